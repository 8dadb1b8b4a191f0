//! The static gate: facts about a binary become findings, and findings a verdict.
//!
//! A rule is one file under `rules/`, which holds what it detects and all of its prose: the
//! gate and `explain` print the same text. To add one, write the file and name it in
//! [`Rule::ALL`].

mod c_origin;
mod expectation;
mod finding;
mod fix;
mod fold;
mod glibc;
mod need;
mod owner;
mod policy;
mod rule;
mod rules;
mod stock;
mod subject;
mod system;
mod systems;
mod uses;
mod weight;

pub use c_origin::COrigin;
pub use expectation::{Embedded, Expectation, Stamp, Trimpath};
pub use finding::{Finding, Outcome, Severity, Standing, Verdict, Verification};
pub use fix::{Fix, FixPlace};
pub use fold::MOST as MOST_OF_A_RULE;
pub use need::{AsksForNames, Need};
pub use owner::Owner;
pub(crate) use owner::{package, readable, runs_before_main};
pub use policy::{Exception, ParsePolicyError, Policy, PolicyName};
use rule::Check;
pub use rule::{Class, Evidence, ParseRuleIdError, Rule, RuleId};
use rules::Shared;
#[doc(hidden)]
pub use rules::{Companions, Readers, companions, readers, readers_of_windows};
pub use stock::{ParseSystemError, Supply, System};
pub use subject::Subject;
pub use systems::Systems;
pub use weight::{CodeWeight, OtherPackages, PackageWeight, Weight};

/// Checks a binary against every rule that says something about it.
#[must_use]
pub fn verify(evidence: &Evidence<'_>, policy: &Policy) -> Verification {
    let mut findings = Vec::new();
    let mut checked = Vec::new();
    let shared = Shared::default();
    let uses = evidence.uses(&shared);
    for rule in Rule::ALL.iter().filter(|rule| rule.applies(evidence)) {
        checked.push(rule.id);
        for mut finding in fold::folded(rule.check(evidence, uses), policy) {
            if !evidence.may_be_go() && finding.fixes == rule.fixes {
                // What a rule itself advises is for people who build Go programs.
                finding.fixes.clear();
            }
            findings.push(finding);
        }
    }
    policy.weigh(findings, checked)
}

#[cfg(test)]
mod tests;
