//! `build-path`: a trimmed binary names no source file of the machine that built it.

use super::{comparison, differs};
use crate::inspect::BuildInfo;
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems, Trimpath,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("build-path"),
    class: Class::Confirmation,
    systems: Systems::Every,
    severity: Severity::Block,
    summary: "paths of the machine are in the binary although they should be trimmed",
    explanation: "Go records -trimpath. With it, the names of source files begin with a module \
        path, and the same commit gives the same bytes in every folder. C compilers, and \
        generators that write the path of their input, can still leave an absolute path. Only \
        the name of a .go file below a folder counts, so that a short folder such as /app is \
        no false alarm.",
    symptom: "none: other bytes in another folder, and the name of the builder's home in stack \
        traces",
    signs: &[],
    fixes: &[
        Fix::command("go build -trimpath"),
        Fix::other("with C: CGO_CFLAGS=-ffile-prefix-map=DIR=."),
    ],
    check: Check::Facts {
        applies: |evidence| trimming(evidence).is_some(),
        check,
    },
};

fn trimming<'a>(evidence: &Evidence<'a>) -> Option<(Trimpath, &'a BuildInfo)> {
    let (expected, info) = comparison(evidence)?;
    Some((expected.trimpath?, info))
}

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some((trimpath, info)) = trimming(evidence) else {
        return Vec::new();
    };
    let trimmed = trimpath == Trimpath::Trimmed;
    let mut findings = Vec::new();
    if info.trimpath() != trimmed {
        let word = |value: bool| if value { "true" } else { "false" };
        let detail = differs("-trimpath", word(trimmed), word(info.trimpath()));
        findings.push(RULE.finding("-trimpath", detail));
    }
    if trimmed {
        for folder in evidence.source_dirs {
            if let Some(file) = source_below(evidence.bytes, folder) {
                let detail = format!("the binary names the source file {file}");
                findings.push(RULE.finding(&file, detail));
            }
        }
    }
    findings
}

/// The longest path that is taken for the name of a source file.
const MAX_NAME: usize = 200;

/// How many elements a folder has that can't be the end of some import path by chance. A shallow
/// one can: `/app` in `example.com/me/app/main.go`, `/build` in `go/build/build.go`.
const DEEP: usize = 3;

/// Whether a path that starts after this byte is only the end of a longer one.
fn continues_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-~+@/".contains(&byte)
}

/// The first name of a `.go` file below a folder.
fn source_below(bytes: &[u8], folder: &str) -> Option<String> {
    let folder = folder.trim_end_matches('/');
    if folder.is_empty() {
        return None;
    }
    let prefix = format!("{folder}/");
    let is_deep = folder.matches('/').count() >= DEEP;
    memchr::memmem::find_iter(bytes, prefix.as_bytes()).find_map(|start| {
        let before = start.checked_sub(1).and_then(|at| bytes.get(at));
        if !is_deep && before.is_some_and(|byte| continues_path(*byte)) {
            return None;
        }
        let rest = bytes.get(start + prefix.len()..)?;
        let name = go_file(rest.get(..MAX_NAME).unwrap_or(rest))?;
        Some(format!("{prefix}{}", String::from_utf8_lossy(name)))
    })
}

/// The name of a Go file at the start of a window: bytes of a path that end in `.go`.
fn go_file(window: &[u8]) -> Option<&[u8]> {
    let end = window.iter().position(|byte| !is_path_byte(*byte));
    let path = window.get(..end.unwrap_or(window.len()))?;
    memchr::memmem::find_iter(path, b".go")
        .map(|dot| dot + ".go".len())
        .find(|end| !path.get(*end).is_some_and(u8::is_ascii_alphanumeric))
        .and_then(|end| path.get(..end))
}

/// What may stand in the name of a source file; anything that quotes or ends a text may not.
fn is_path_byte(byte: u8) -> bool {
    byte >= 0x80 || byte.is_ascii_alphanumeric() || b"/._-+@~,=()[]{}!#$%&' ".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_file_below_the_folder_is_found() {
        let bytes = b"\0/home/ada/app/cmd/main.go\0";
        let found = source_below(bytes, "/home/ada/app/");
        assert_eq!(found.as_deref(), Some("/home/ada/app/cmd/main.go"));
    }

    #[test]
    fn other_paths_below_the_folder_are_no_source() {
        assert_eq!(source_below(b"/app/config.yaml\0main.go", "/app"), None);
        assert_eq!(source_below(b"/app/x.google.com/y", "/app"), None);
        assert_eq!(source_below(b"/application/main.go", "/app"), None);
        assert_eq!(source_below(b"/main.go", "/"), None);
    }

    #[test]
    fn the_end_of_an_import_path_is_no_folder() {
        assert_eq!(
            source_below(b"\0example.com/me/app/main.go\0", "/app"),
            None
        );
        assert_eq!(source_below(b"\0go/build/build.go\0", "/build"), None);
        assert_eq!(source_below(b"\0a.b/c@v1.2.3/src/x.go\0", "/src"), None);
        assert!(source_below(b"\0/app/main.go\0", "/app").is_some());
        assert!(source_below(b"see:/app/main.go", "/app").is_some());
        // Go puts constants beside each other with nothing between them.
        assert!(source_below(b"text/home/ada/app/x.go", "/home/ada/app").is_some());
    }

    #[test]
    fn a_later_place_counts_too() {
        let bytes = b"/app/config.yaml\0/app/a.go\0";
        assert_eq!(source_below(bytes, "/app").as_deref(), Some("/app/a.go"));
    }
}
