//! Which findings the user accepts.

use std::collections::BTreeMap;

use super::{Class, Rule, RuleId};

/// The policy `static`: dynamic linking fails the gate, and so does a binary that isn't what was
/// asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Policy {
    /// The manifest's `allow`: the reason why findings of a rule are acceptable.
    pub allow: BTreeMap<RuleId, String>,
}

impl Policy {
    /// The reason to accept a rule's findings. That a binary is what was asked for can't be
    /// waived.
    pub(super) fn allows(&self, rule: &Rule) -> Option<&str> {
        match rule.class {
            Class::Linking => self.allow.get(&rule.id).map(String::as_str),
            Class::Confirmation | Class::Opacity => None,
        }
    }
}
