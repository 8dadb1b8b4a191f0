//! `cpu-level`: CPUs that are too old for the program.

use std::cmp::Ordering;

use crate::inspect::Facts;
use crate::target::{Goarch, Variant};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("cpu-level"),
    class: Class::Runtime,
    systems: Systems::ButWasm,
    severity: Severity::Block,
    summary: "the program only runs on newer CPUs of its architecture",
    explanation: "GOAMD64, GOARM and the like say which instructions may be used without asking \
        the CPU. On one that lacks them the program ends before main, or in the middle with \
        an illegal instruction. What Go takes by itself on an architecture is no finding where \
        all its CPUs have that, and only told where some haven't: GOARM=7 and GO386=sse2, and \
        floating point on MIPS, which small systems lack. A variant that the manifest asks for \
        is no surprise, and only told too. Before anything else Go's runtime compares \
        numbers that are none: where a CPU or an emulator has no floating point that does this right, as \
        with GOMIPS=hardfloat on MIPS, the program ends with float64nan.",
    symptom: "This program can only be run on AMD64 processors with v3 microarchitecture support, \
        or Illegal instruction",
    signs: &[
        "This program can only be run on AMD64 processors with … microarchitecture support",
        "This program can only run on ARM64 processors with LSE support",
        "runtime: this CPU has no … floating point hardware, so it cannot run",
        "This program can only be run on processors with MMX support",
        // What `check` in Go's runtime/runtime1.go ends with.
        "fatal error: float64nan",
        "fatal error: float32nan",
        "Illegal instruction",
    ],
    fixes: &[
        Fix::manifest("the lowest variant too, such as `variants = { amd64 = [\"v1\", \"v3\"] }`"),
        Fix::command("build with the lowest variant, such as GOAMD64=v1 or GOMIPS=softfloat"),
    ],
    check: Check::Facts {
        applies: |evidence| told(evidence.facts).is_some(),
        check,
    },
};

/// Variants from the lowest to the one that Go takes by itself. A CPU may lack what is above the
/// lowest; what is above Go's own choice was chosen by somebody.
///
/// Source: Go's `internal/buildcfg/cfg.go` and <https://go.dev/wiki/MinimumRequirements>.
const fn usual(goarch: Goarch) -> &'static [&'static str] {
    match goarch {
        Goarch::Amd64 => &["v1"],
        Goarch::I386 => &["softfloat", "sse2"],
        Goarch::Arm => &[
            "5",
            "5,softfloat",
            "6,softfloat",
            "7,softfloat",
            "5,hardfloat",
            "6",
            "6,hardfloat",
            "7",
            "7,hardfloat",
        ],
        Goarch::Arm64 => &["v8.0"],
        Goarch::Mips | Goarch::Mipsle | Goarch::Mips64 | Goarch::Mips64le => {
            &["softfloat", "hardfloat"]
        }
        Goarch::Ppc64 | Goarch::Ppc64le => &["power8"],
        Goarch::Riscv64 => &["rva20u64"],
        Goarch::Loong64 | Goarch::S390x | Goarch::Wasm => &[],
    }
}

/// How many of the first of these every CPU of the architecture can run.
const fn lowest(goarch: Goarch) -> usize {
    match goarch {
        // Without floating point in hardware: instructions of the levels are all asked for.
        Goarch::Arm => 2,
        _ => 1,
    }
}

/// The variant with its variable.
struct Told<'a> {
    goarch: Goarch,
    env: &'static str,
    value: &'a str,
}

/// Before Go 1.18 nothing was recorded. WebAssembly isn't run by a CPU.
fn told(facts: &Facts) -> Option<Told<'_>> {
    let goarch = facts.goarch().filter(|goarch| *goarch != Goarch::Wasm)?;
    Some(Told {
        goarch,
        env: Variant::env_of(goarch)?,
        value: facts.variant()?,
    })
}

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(told) = told(evidence.facts) else {
        return Vec::new();
    };
    let place = usual(told.goarch)
        .iter()
        .position(|value| *value == told.value);
    let Some(severity) = severity(told.goarch, place) else {
        return Vec::new();
    };
    let setting = format!("{}={}", told.env, told.value);
    let detail = format!(
        "Go recorded {setting}, and CPUs of {} without that exist",
        told.goarch
    );
    let mut finding = RULE
        .finding(&setting, detail)
        .needing(Need::Cpu(setting.clone()));
    let is_wanted = evidence.expectation.is_some_and(|expected| {
        let variant = expected.target.variant.as_ref();
        variant.is_some_and(|variant| variant.value() == told.value)
    });
    finding.severity = if is_wanted { Severity::Info } else { severity };
    vec![finding]
}

fn severity(goarch: Goarch, place: Option<usize>) -> Option<Severity> {
    let Some(place) = place else {
        return Some(Severity::Block);
    };
    match place.cmp(&lowest(goarch)) {
        Ordering::Less => None,
        Ordering::Equal | Ordering::Greater => Some(Severity::Info),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_takes_by_itself_blocks_nothing() {
        for goarch in Goarch::ALL.iter().filter(|goarch| **goarch != Goarch::Wasm) {
            let Some(default) = Variant::default_of(*goarch) else {
                continue;
            };
            let place = usual(*goarch)
                .iter()
                .position(|value| *value == default.value());
            assert!(place.is_some(), "{goarch}");
            assert_ne!(severity(*goarch, place), Some(Severity::Block), "{goarch}");
        }
    }

    #[test]
    fn the_usual_variants_exist_and_the_lowest_needs_nothing() {
        for goarch in Goarch::ALL {
            for (place, value) in usual(*goarch).iter().enumerate() {
                assert!(Variant::new(*goarch, value).is_ok(), "{goarch} {value}");
                assert_eq!(
                    severity(*goarch, Some(place)).is_none(),
                    place < lowest(*goarch)
                );
            }
        }
    }
}
