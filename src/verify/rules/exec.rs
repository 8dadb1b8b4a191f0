//! `exec`: other programs that the program runs.

use super::runtime::{Unreached, called, linked};
use crate::inspect::Word;
use crate::target::Goos;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("exec"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program runs other programs",
    explanation: "os/exec looks for the program in the folders of PATH. An image made from \
        scratch has no other program, and no shell. Names that are constant in the source are \
        read from the machine code; others show when the program runs. That a program is only \
        looked for (exec.LookPath), and done without where it isn't there, can't be told from the \
        rest.",
    symptom: "exec: \"git\": executable file not found in $PATH",
    signs: &[
        "exec: …: executable file not found in …",
        "exec: …: file does not exist",
        "fork/exec …: no such file or directory",
        "open /dev/null: no such file or directory",
    ],
    fixes: &[
        Fix::source("a package that does the same in Go, or a message that says what to install"),
        Fix::image("copy the program with all that it needs, or use an image that has it"),
        Fix::manifest(
            "`allow = [{ rule = \"exec\", reason = \"…\" }]` in [verify] where it is always there",
        ),
    ],
    check: Check::Functions(check),
};

/// Functions that take the name of a program, and where.
pub(super) const NAMED: &[(&str, Word)] = &[
    ("os/exec.Command", Word(0)),
    // The context comes first, and takes two words.
    ("os/exec.CommandContext", Word(2)),
    ("os/exec.LookPath", Word(0)),
    // What LookPath is inlined to.
    ("os/exec.lookPath", Word(0)),
    ("os.StartProcess", Word(0)),
    ("syscall.StartProcess", Word(0)),
    ("syscall.ForkExec", Word(0)),
    ("syscall.Exec", Word(0)),
];
/// Functions that start one.
const START: &[&str] = &["os/exec.(*Cmd).Start", "os.StartProcess", "syscall.Exec"];

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let calls = uses.calls(NAMED);
    let constant = calls.texts.iter().filter(|(name, _)| !name.is_empty());
    let named = constant.map(|(name, call)| {
        let need = Need::Program(Some((*name).to_owned()));
        let mut finding = called(&RULE, uses, *call, *name, need);
        finding.symptom = symptom(evidence, name);
        finding
    });
    let mut findings: Vec<_> = named.collect();
    let others = "programs whose names are not constant";
    if let Some(call) = uses.likeliest_call(calls.unknown.iter().copied()) {
        let mut finding = called(&RULE, uses, call, others, Need::Program(None));
        finding.symptom = symptom(evidence, "…");
        findings.push(finding);
    } else if calls.is_empty() {
        let need = Need::Program(None);
        findings.extend(linked(
            &RULE,
            uses,
            START,
            Unreached::Told,
            "other programs",
            need,
        ));
    }
    findings
}

/// What is seen where there is no such program. A path is not looked for.
fn symptom(evidence: &Evidence<'_>, name: &str) -> String {
    match evidence.goos() {
        Some(Goos::Windows) if name.contains(['/', '\\', ':']) => {
            format!("exec: \"{name}\": file does not exist")
        }
        Some(Goos::Windows) => format!("exec: \"{name}\": executable file not found in %PATH%"),
        _ if name.contains('/') => format!("fork/exec {name}: no such file or directory"),
        Some(Goos::Plan9) => format!("exec: \"{name}\": executable file not found in $path"),
        _ => format!("exec: \"{name}\": executable file not found in $PATH"),
    }
}
