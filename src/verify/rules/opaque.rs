//! `opaque`: part of the binary can't be read, so nothing may be said about it.

use crate::inspect::{Facts, Format, Kind, NoProgram, Packer};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("opaque"),
    class: Class::Opacity,
    systems: Systems::Every,
    severity: Severity::Info,
    summary: "part of the binary can't be read, so it is not proven self-contained",
    explanation: "A packed file shows the unpacker and not the program. A file without Go's build \
        information is no Go program, or was stripped of it by an obfuscator, which may hide the table of the \
        program's functions too: then nothing tells what it uses while it runs. The linking of \
        WebAssembly, XCOFF and Plan 9 files isn't read, and an archive is linked by somebody else \
        later. None of that is a fault, unless a policy names a system, which may lack what can't be seen, or the plan expects build information to compare: then nothing is confirmed, \
        and the gate fails.",
    symptom: "none: what the program needs is unknown until it runs",
    signs: &[],
    fixes: &[BEFORE],
    check: Check::Facts {
        applies: |_| true,
        check,
    },
};

const BEFORE: Fix = Fix::other("inspect the binary before it is packed or obfuscated");

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let facts = evidence.facts;
    let mut findings = Vec::new();
    if let Some(Packer::Upx) = facts.packed {
        let detail = "the program is packed with UPX: only its unpacker can be read";
        findings.push(unseen(RULE.finding("upx", detail.to_owned())));
    }
    if let Some(detail) = unread(facts) {
        let finding = without_fix(facts.format.as_str(), detail.to_owned());
        findings.push(match facts.format {
            // Nobody runs it.
            Format::Archive => finding,
            _ => unseen(finding),
        });
    }
    if let Some(reason) = without_functions(evidence) {
        let detail = format!("what the program uses while it runs isn't known: {reason}");
        findings.push(unseen(RULE.finding("functions", detail)));
    }
    match &facts.go {
        Ok(info) if info.go_version == "unknown" || info.go_version.is_empty() => {
            let detail = "the Go version was removed, as obfuscators do";
            findings.push(RULE.finding("build information", detail.to_owned()));
        }
        Ok(_) => {}
        Err(reason) => {
            let mut finding = unseen(without_fix("build information", reason.to_string()));
            if evidence.expectation.is_some() {
                finding.severity = Severity::Block;
            }
            findings.push(finding);
        }
    }
    findings
}

/// Something that the program may want doesn't show.
fn unseen(finding: Finding) -> Finding {
    finding.needing(Need::Sight)
}

/// A finding that nobody can do anything about.
fn without_fix(subject: &str, detail: String) -> Finding {
    Finding {
        fixes: Vec::new(),
        ..RULE.finding(subject, detail)
    }
}

/// Why the functions of a program that Go made can't be read.
fn without_functions<'a>(evidence: &Evidence<'a>) -> Option<&'a NoProgram> {
    let reason = evidence.program.err()?;
    let is_expected = match reason {
        // Those formats are told of by themselves.
        NoProgram::Format => false,
        NoProgram::Hidden => true,
        NoProgram::NotFound | NoProgram::TooMuch | NoProgram::Damaged(_) => {
            evidence.facts.go.is_ok()
        }
    };
    // A packed program has its functions in what is packed.
    (is_expected && evidence.facts.packed.is_none()).then_some(reason)
}

/// Why the linking of a file isn't read.
fn unread(facts: &Facts) -> Option<&'static str> {
    match (facts.format, facts.kind) {
        (Format::Unknown, _) => Some("the format of the file is unknown"),
        (Format::Wasm, Kind::Component) => {
            Some("what a component imports, and the modules in it, aren't read")
        }
        (Format::Wasm, _) => Some("what the module imports from its host isn't read"),
        (Format::Xcoff, _) => Some("the libraries that an XCOFF file loads aren't read"),
        (Format::Plan9, _) => Some("the linking of Plan 9 files isn't read"),
        (Format::Macho, Kind::Universal) => {
            Some("the file holds several programs, each of which has to be judged by itself")
        }
        (Format::Archive, _) => Some(
            "what it needs in the end is decided by whoever links a program with it: inspect that \
             program",
        ),
        (_, Kind::DebugInfo) => {
            Some("the file is debug information only: the program that it is of is another file")
        }
        (_, Kind::Other) => Some("the file is neither a program nor a library"),
        _ => None,
    }
}
