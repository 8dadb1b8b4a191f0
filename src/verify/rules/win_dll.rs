//! `win-dll`: DLLs that Windows doesn't bring.

use super::described;
use crate::inspect::Format;
use crate::verify::system::{Origin, dll_origin};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("win-dll"),
    class: Class::Linking,
    systems: Systems::Windows,
    severity: Severity::Block,
    summary: "the program needs DLLs that are not part of Windows",
    explanation: "A Go program without C imports kernel32.dll only, and loads the other DLLs of \
        Windows when it first uses them. MinGW adds msvcrt.dll or the universal C runtime, \
        which every Windows 10 has: that is reported, but fails nothing. Its own libraries \
        (libgcc_s, libwinpthread-1, libstdc++-6) are on no Windows.",
    symptom: "The code execution cannot proceed because the DLL was not found",
    signs: &[
        "The code execution cannot proceed because ….dll was not found",
        "was not found. Reinstalling the program may fix this problem",
        "error while loading shared libraries: …dll",
        "Library ….dll (which is needed by L\"…\") not found",
        "exit status 0xc0000135",
        "0xc000007b",
    ],
    fixes: &[
        Fix::manifest("`cgo = false` for this cell"),
        Fix::command("CGO_ENABLED=0 go build"),
        Fix::manifest_if(
            "if C is needed: `toolchain = \"mingw-w64\"` for this cell, which links its own libraries statically",
        ),
    ],
    check: Check::Facts {
        applies: |evidence| evidence.facts.format == Format::Pe,
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for library in &evidence.facts.needed {
        let finding = match dll_origin(&library.name) {
            Origin::PureGo => continue,
            Origin::System => {
                let detail = format!("C code imports {}; Windows has it", described(library));
                let mut finding = RULE.finding(&library.name, detail);
                finding.severity = Severity::Info;
                finding
            }
            Origin::Foreign => {
                let detail = format!(
                    "Windows has to find {} before the program starts.{}",
                    described(library),
                    evidence.cgo_note()
                );
                RULE.finding(&library.name, detail)
            }
        };
        findings.push(finding.needing(Need::Library(library.name.clone())));
    }
    findings
}
