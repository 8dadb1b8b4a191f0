//! `macho`: libraries that macOS doesn't bring, and the signature that Apple silicon insists on.

use super::described;
use crate::inspect::{Format, Kind};
use crate::target::Goarch;
use crate::verify::system::{Origin, dylib_origin};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("macho"),
    class: Class::Linking,
    systems: Systems::Apple,
    severity: Severity::Block,
    summary: "the program needs libraries that are not part of macOS, or has no signature on arm64",
    explanation: "Every program for macOS goes through libSystem; one without C also uses \
        libresolv, CoreFoundation and Security, and no other. What else macOS itself brings is \
        reported, but fails nothing. A library of Homebrew or an @rpath is on no other Mac. \
        Apple silicon kills a program without a signature; Go's linker signs it, and every \
        change to the file afterwards breaks that.",
    symptom: "dyld: Library not loaded",
    signs: &[
        "dyld…Library not loaded",
        "Killed: 9",
        "zsh: killed",
        "developer cannot be verified",
    ],
    fixes: &[
        Fix::manifest("`cgo = false` for this cell"),
        Fix::command("CGO_ENABLED=0 go build"),
        Fix::other("if C is needed: link the library's .a file in place of its .dylib"),
    ],
    check: Check::Facts {
        applies: |evidence| {
            evidence.facts.format == Format::Macho && evidence.facts.kind != Kind::Universal
        },
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings: Vec<_> = evidence
        .facts
        .needed
        .iter()
        .filter_map(|library| match dylib_origin(&library.name) {
            Origin::PureGo => None,
            Origin::System => {
                let detail = format!("C code links {}; macOS has it", described(library));
                let mut finding = RULE.finding(&library.name, detail);
                finding.severity = Severity::Info;
                Some(finding.needing(Need::Library(library.name.clone())))
            }
            Origin::Foreign => {
                let detail = format!(
                    "dyld has to find {} before the program starts.{}",
                    described(library),
                    evidence.cgo_note()
                );
                let need = Need::Library(library.name.clone());
                Some(RULE.finding(&library.name, detail).needing(need))
            }
        })
        .collect();
    if evidence.facts.goarch() == Some(Goarch::Arm64) && evidence.facts.code_signature.is_none() {
        findings.push(unsigned());
    }
    findings
}

fn unsigned() -> Finding {
    let detail = "the file has no LC_CODE_SIGNATURE, which arm64 needs";
    let mut finding = RULE.finding("code signature", detail.to_owned());
    "Killed: 9".clone_into(&mut finding.symptom);
    finding.fixes = vec![
        Fix::command("codesign -s - FILE, or rcodesign sign FILE, after the last change to it"),
        Fix::manifest("don't strip or compress darwin/arm64 after the build"),
    ];
    finding
}
