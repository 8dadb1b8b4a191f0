//! `unread-texts`: which texts a program hands to functions isn't known.

use super::{environment, runtime};
use crate::verify::uses::Uses;
use crate::verify::{
    COrigin, Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("unread-texts"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Info,
    summary: "texts of the program aren't read, or aren't constant, so not all files and variables that it \
        names are known",
    explanation: "Which functions a program has is read on every architecture, and who calls them; which \
        constant texts they are called with only for amd64, 386 and arm64. So nothing is said of the \
        files, folders and variables that the program names, and a policy that names a system fails: \
        the program may want something that the system lacks. Of C that is compiled into a program only \
        what the loader needs is read, on no architecture what it opens, runs or asks for: that is told, and \
        fails only where the manifest denies this rule. Variables of the environment that a program asks \
        for by names that aren't constant are told, too, and no more: mostly a library for flags or \
        configuration asks for the user's own, though one may be HOME.",
    symptom: "none: what the program needs is unknown until it runs",
    signs: &[],
    fixes: &[
        Fix::manifest(
            "`allow = [{ rule = \"unread-texts\", reason = \"…\" }]` in [verify] where the same program is \
             proven for amd64 or arm64",
        ),
        Fix::other("inspect the same program for amd64 or arm64, unless C is what isn't read"),
        START_IT,
        WITHOUT_C,
    ],
    check: Check::Functions(check),
};

/// What helps where C isn't read: on no architecture it is.
const OF_C: [Fix; 2] = [START_IT, WITHOUT_C];
const START_IT: Fix = Fix::command(
    "gobuildx smoke, which starts the program where nothing is and tells what it failed for",
);
const WITHOUT_C: Fix = Fix::source("a Go package in place of the C library, where there is one");

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let texts = evidence.unread_architecture().map(|goarch| {
        let detail = format!(
            "constant texts aren't read for {goarch}: the program may name any file or variable"
        );
        // A verdict of whichever policy says that it leaves them open.
        let subject = Subject::unnamed("what its constant texts name");
        let finding = RULE.finding(subject, detail);
        finding.needing(Need::Sight)
    });
    // All names of functions are gone through, so only where Go calls C at all.
    let has_c = uses.links(&[CALLS_C]) && evidence.c_origin() == COrigin::Program;
    let c = has_c.then(|| {
        let detail = "C is compiled into the program or its dependencies";
        let subject = Subject::unnamed("what its C opens and runs");
        Finding {
            fixes: OF_C.to_vec(),
            ..RULE.finding(subject, detail.to_owned())
        }
    });
    let variables = variables(evidence, uses);
    texts.into_iter().chain(c).chain(variables).collect()
}

/// The variables that the program asks for by names that aren't constant. Most programs have a library
/// for flags or configuration that does so for the user's own: the verdict leaves nothing open for it.
fn variables(evidence: &Evidence<'_>, uses: Uses<'_>) -> Option<Finding> {
    if evidence.unread_architecture().is_some() {
        return None;
    }
    let subject = "environment variables whose names don't show";
    let asked = uses.calls(environment::ASK).unknown;
    let finding = runtime::unread(&RULE, uses, &asked, subject)?;
    Some(Finding {
        subject: subject.into(),
        symptom: "none: a variable that isn't set is an empty text".to_owned(),
        fixes: Vec::new(),
        ..finding
    })
}

/// The function by which Go calls C.
pub(super) const CALLS_C: &str = "runtime.cgocall";
