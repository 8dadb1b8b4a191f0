//! What the rules about running programs share.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::inspect::Format;
use crate::target::Goos;
use crate::verify::uses::{Call, Uses};
use crate::verify::{Evidence, Finding, Need, Rule, Severity};

/// What a finding says where functions are linked in, but nobody leads to them by direct calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreached {
    /// As much as otherwise: only who uses them makes the linker keep them.
    AsBad,
    /// It is told: other packages of Go bring them too.
    Told,
}

/// Programs whose functions can be read.
pub(super) fn has_functions(evidence: &Evidence<'_>) -> bool {
    evidence.program.is_ok()
}

/// Those of them that run on a Unix.
pub(super) fn is_unix(evidence: &Evidence<'_>) -> bool {
    has_functions(evidence)
        && match evidence.goos() {
            Some(goos) => !matches!(goos, Goos::Windows | Goos::Plan9 | Goos::Js | Goos::Wasip1),
            None => evidence.facts.format != Format::Pe,
        }
}

/// Those of them that run on a Unix which isn't Apple's: there, the files of which Go has no copy
/// may be missing.
pub(super) fn is_plain_unix(evidence: &Evidence<'_>) -> bool {
    is_unix(evidence) && !matches!(evidence.goos(), Some(Goos::Darwin | Goos::Ios))
}

/// Those of them that run on Linux.
pub(super) fn is_linux(evidence: &Evidence<'_>) -> bool {
    has_functions(evidence)
        && match evidence.goos() {
            Some(goos) => matches!(goos, Goos::Linux | Goos::Android),
            None => evidence.facts.format == Format::Elf,
        }
}

/// The finding that any of some functions is in the program.
pub(super) fn linked(
    rule: &Rule,
    uses: Uses<'_>,
    names: &[&str],
    unreached: Unreached,
    subject: &str,
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
    chain: Option<Vec<String>>,
    unreached: Unreached,
    subject: &str,
    need: impl Into<Option<Need>>,
) -> Finding {
    let detail = match (&chain, unreached) {
        (Some(chain), _) => chain.join(" → "),
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
    finding.chain = chain.unwrap_or_default();
    finding
}

/// The finding that a function is called.
pub(super) fn called(
    rule: &Rule,
    uses: Uses<'_>,
    call: Call,
    subject: &str,
    need: Need,
) -> Finding {
    let chain = uses.chain_to(call);
    let mut finding = rule.finding(subject, chain.join(" → ")).needing(need);
    finding.chain = chain;
    finding
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
    let told: Vec<_> = told.map(|chain| chain.join(" → ")).collect();
    let mut detail = told.join("; ");
    let more = calls.len() - told.len();
    if more > 0 {
        let _ = write!(detail, "; and {more} more");
    }
    let mut finding = rule.finding(subject, detail);
    finding.chain = first;
    Some(finding)
}
