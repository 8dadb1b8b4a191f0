//! `build-x`: the texts that the linker was told to set are in the binary.

use memchr::{memmem, memrchr};

use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::BUILD_X,
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Info,
    summary: "a variable that -X sets is not in the binary",
    explanation: "Go's linker ignores -X silently for a variable that there is not: its name or the import \
        path of its package is another, or nothing in the program uses it. So is it for what is no \
        package-level variable of type string. What is looked for is the value: where it is nowhere in \
        the file, nothing was set. A short one may be there by chance.",
    symptom: "none: the program shows what the source says, such as \"dev\" or nothing, as its version",
    signs: &[],
    fixes: &[
        Fix::manifest(
            "the import path and the name of the variable: `-X=example.com/m/internal/build.Version=…`; \
             package main is `main`",
        ),
        Fix::source("`var version string` in that package, and a use of it"),
    ],
    check: Check::Facts {
        applies: |evidence| {
            let expected = evidence.expectation;
            expected.is_some_and(|expected| !expected.variables.is_empty())
        },
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let variables = evidence.expectation.iter();
    let variables = variables.flat_map(|expected| &expected.variables);
    let lacking = variables
        .filter(|(_, value)| !is_set(evidence.bytes, value))
        .map(|(variable, _)| {
            let detail = format!("-X sets {variable}, but the binary doesn't have its value");
            RULE.finding(variable, detail)
        });
    lacking.collect()
}

/// Whether a text is in a file, elsewhere than among the flags that Go records without -trimpath.
fn is_set(bytes: &[u8], value: &str) -> bool {
    const RECORDED: &[u8] = b"build\t-ldflags=";
    let mut places = memmem::find_iter(bytes, value);
    places.any(|at| {
        let before = bytes.get(..at).unwrap_or_default();
        let line = memrchr(b'\n', before).map_or(0, |end| end + 1);
        !before.get(line..).unwrap_or_default().starts_with(RECORDED)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_among_the_recorded_flags_is_not_set_by_that() {
        let recorded = b"path\tm\nbuild\t-ldflags=-X=main.version=1.2.3\nbuild\tCGO_ENABLED=0\n";
        assert!(!is_set(recorded, "1.2.3"));
        assert!(is_set(&[recorded, b"v1.2.3".as_slice()].concat(), "1.2.3"));
        assert!(!is_set(b"", "1.2.3"));
        assert!(is_set(recorded, ""), "nothing can be looked for");
    }
}
