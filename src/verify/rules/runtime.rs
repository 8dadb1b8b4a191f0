//! What the rules about running programs share.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::verify::uses::{Call, Chain, Handed, IN_TABLES, Start, Uses};
use crate::verify::{Finding, Need, Rule, Severity, Subject};

/// What a finding says where functions are linked in, but nobody leads to them by direct calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreached {
    /// As much as otherwise: only who uses them makes the linker keep them.
    AsBad,
    /// It is told: other packages of Go bring them too.
    Told,
}

/// The finding that any of some functions is in the program.
pub(super) fn linked(
    rule: &Rule,
    uses: Uses<'_>,
    names: &[&str],
    unreached: Unreached,
    subject: impl Into<Subject>,
    need: impl Into<Option<Need>>,
) -> Option<Finding> {
    if !uses.links(names) {
        return None;
    }
    // Where it doesn't show who refers to whom, nobody can say that a function is only there.
    let unreached = if uses.has_calls() {
        unreached
    } else {
        Unreached::AsBad
    };
    Some(reached(rule, uses.chain(names), unreached, subject, need))
}

/// The finding that a function is linked in, with the chain that leads to it where one shows.
pub(super) fn reached(
    rule: &Rule,
    chain: Option<Chain>,
    unreached: Unreached,
    subject: impl Into<Subject>,
    need: impl Into<Option<Need>>,
) -> Finding {
    let detail = match (&chain, unreached) {
        (Some(chain), _) => in_words(chain),
        (None, Unreached::AsBad) => "Go's own packages bring it in for the program".to_owned(),
        (None, Unreached::Told) => {
            "the function is linked in, but no code of the program leads to it by direct calls"
                .to_owned()
        }
    };
    let mut finding = rule.finding(subject, detail);
    finding.need = need.into();
    if chain.is_none() && unreached == Unreached::Told {
        finding.severity = finding.severity.min(Severity::Info);
    }
    finding.chain = chain.map(|chain| chain.names).unwrap_or_default();
    finding
}

/// The finding that a function is called.
pub(super) fn called(
    rule: &Rule,
    uses: Uses<'_>,
    call: Call,
    subject: impl Into<Subject>,
    need: Need,
) -> Finding {
    let chain = uses.chain_to(call);
    let mut finding = rule.finding(subject, in_words(&chain)).needing(need);
    finding.chain = chain.names;
    finding
}

/// The finding that functions are handed on, where any is.
pub(super) fn handed(
    rule: &Rule,
    uses: Uses<'_>,
    names: &[&str],
    subject: impl Into<Subject>,
    need: Need,
) -> Option<Finding> {
    let Handed {
        calls,
        is_in_tables,
    } = uses.handed_on(names);
    match uses.likeliest_call(calls) {
        Some(call) => Some(called(rule, uses, call, subject, need)),
        None => is_in_tables.then(|| rule.finding(subject, IN_TABLES.to_owned()).needing(need)),
    }
}

/// A chain in words. What nobody leads to may be only there.
fn in_words(chain: &Chain) -> String {
    match chain.start {
        Start::Main | Start::Always => chain.to_string(),
        Start::Unknown => format!("{chain} (no direct call of the main module's leads there)"),
    }
}

/// Callers that are named where many call a function with what can't be read.
const CALLERS: usize = 3;

/// The finding that functions are called with what isn't constant or can't be read, with a chain for
/// each of the most telling callers.
pub(super) fn unread(
    rule: &Rule,
    uses: Uses<'_>,
    calls: &BTreeSet<Call>,
    subject: &str,
) -> Option<Finding> {
    let calls = uses.by_caller(calls);
    let mut chains = calls.iter().map(|call| uses.chain_to(*call));
    let first = chains.next()?;
    let told = std::iter::once(first.clone()).chain(chains.take(CALLERS - 1));
    let told: Vec<_> = told.map(|chain| in_words(&chain)).collect();
    let mut detail = told.join("; ");
    let more = calls.len() - told.len();
    if more > 0 {
        let _ = write!(detail, "; and {more} more");
    }
    let mut finding = rule.finding(Subject::unnamed(subject), detail);
    finding.chain = first.names;
    Some(finding)
}
