//! `build-mode`: the build mode is the planned one.

use super::{comparison, differs, is_comparable};
use crate::inspect::{Format, Kind};
use crate::target::{BuildMode, Sanitizer};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-mode"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "the binary was built in another build mode than planned",
    explanation: "Go records -buildmode, also when it isn't given: then as exe, even where that \
        makes a position-independent executable (macOS, Android, Windows).",
    symptom: "none, or that of pie-interp",
    signs: &[],
    fixes: &[Fix::command(
        "build again with -buildmode as the manifest says",
    )],
    check: Check::Facts {
        applies: is_comparable,
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some((expected, info)) = comparison(evidence) else {
        return Vec::new();
    };
    let wanted = expected.buildmode.as_str();
    let recorded = info.buildmode().unwrap_or("not recorded");
    // Outside linux/amd64 go makes every program with -msan position-independent, and records that.
    let by_msan = recorded == BuildMode::Pie.as_str()
        && expected.buildmode == BuildMode::Exe
        && evidence.sanitizer() == Some(Sanitizer::Msan);
    if recorded != wanted && !by_msan {
        return vec![RULE.finding("-buildmode", differs("-buildmode", wanted, recorded))];
    }
    let is_library = match expected.buildmode {
        BuildMode::Exe | BuildMode::Pie => return Vec::new(),
        BuildMode::CArchive => evidence.facts.kind == Kind::Archive,
        // A module of WebAssembly doesn't tell.
        BuildMode::CShared => {
            evidence.facts.kind == Kind::Library || evidence.facts.format == Format::Wasm
        }
    };
    if is_library {
        return Vec::new();
    }
    let detail = format!("the file is not the kind of library that {wanted} makes");
    vec![RULE.finding("kind", detail)]
}
