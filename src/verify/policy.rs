//! Which findings the user accepts.

use std::collections::BTreeMap;

use super::{Class, Finding, Rule, RuleId, Standing};

/// The policy `static`: dynamic linking fails the gate, and so does a binary that isn't what was
/// asked for. What the program wants while it runs is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Policy {
    /// The manifest's `allow`: the reason why findings of a rule are acceptable.
    pub allow: BTreeMap<RuleId, String>,
}

impl Policy {
    /// What becomes of a finding of a rule. That a binary is what was asked for can't be waived,
    /// and what only strikes while the program runs is told.
    pub(super) fn judge(&self, rule: &Rule, finding: &Finding) -> Standing {
        let can_fail = match rule.class {
            Class::Linking | Class::Runtime => {
                if let Some(reason) = self.allow.get(&rule.id) {
                    return Standing::Allowed(reason.clone());
                }
                rule.class == Class::Linking
            }
            Class::Confirmation | Class::Opacity => true,
        };
        if can_fail && finding.severity.is_error() {
            Standing::Fails
        } else {
            Standing::Told
        }
    }
}
