//! `build-embed`: what the manifest has compiled in is in the binary, once.

use std::collections::BTreeSet;

use super::tzdata;
use crate::inspect::Program;
use crate::verify::{
    Check, Class, Embedded, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-embed"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "what [embed] asks for is not in the binary, or is there twice",
    explanation: "The function that sets CA certificates, crypto/x509.SetFallbackRoots, and the one \
        that puts the time zones into place stay in a program only if they are called. A program \
        that sets CA certificates itself, too, ends with a panic: Go lets it do so once.",
    symptom: "panic: SetFallbackRoots has already been called, or what the manifest had compiled in \
        is missing where the program runs",
    signs: &["SetFallbackRoots has already been called"],
    fixes: &[
        Fix::source("let one place set CA certificates"),
        Fix::manifest(
            "`embed = { ca_roots = false }` in an [[override]] for a binary that has its own",
        ),
    ],
    check: Check::Facts {
        applies: |evidence| expected(evidence).is_some_and(|(expected, _)| !expected.is_empty()),
        check,
    },
};

const SET_ROOTS: &str = "crypto/x509.SetFallbackRoots";

/// The function of the source that is added, which comes first in its package.
const OWN: &str = "main.init.0";

fn expected<'a>(evidence: &Evidence<'a>) -> Option<(&'a BTreeSet<Embedded>, &'a Program<'a>)> {
    Some((&evidence.expectation?.embedded, evidence.program.ok()?))
}

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some((expected, program)) = expected(evidence) else {
        return Vec::new();
    };
    let lacking = expected.iter().filter_map(|embedded| {
        let (what, function) = match embedded {
            Embedded::CaRoots => ("CA certificates", SET_ROOTS),
            Embedded::Tzdata => ("time zones", tzdata::EMBEDDED),
        };
        let lacks = !program.has_name(function);
        let detail = format!("{what} should be compiled in, but {function} is missing");
        lacks.then(|| RULE.finding(what, detail))
    });
    let others = if expected.contains(&Embedded::CaRoots) {
        other_setters(program)
    } else {
        BTreeSet::new()
    };
    let twice = others.into_iter().map(|function| {
        let detail = format!("{function} sets CA certificates too, and only one function may");
        RULE.finding(function, detail)
    });
    lacking.chain(twice).collect()
}

/// The functions besides the added one that set CA certificates, where the code shows it.
fn other_setters<'a>(program: &'a Program<'a>) -> BTreeSet<&'a str> {
    let setters = program.named(SET_ROOTS);
    let callers = setters.iter().flat_map(|setter| program.callers(*setter));
    let names = callers.map(|(caller, _)| program.name(caller));
    // A function leads back to its own start when its stack has to grow; trampolines are the
    // linker's.
    let by_others = |name: &&str| ![OWN, SET_ROOTS].contains(name) && !name.contains("-tramp");
    names.filter(by_others).collect()
}
