//! Which main packages are a repository's own tools rather than programs that it ships.
//!
//! Go has no mark for this; the names of folders are what projects agree on. What is set aside
//! stays in the manifest as a comment, with the folder that was the reason.

/// Folders, wherever they stand in a path, below which programs are for the project itself.
const OWN_USE: &[&str] = &[
    "bench",
    "benchmark",
    "benchmarks",
    "contrib",
    "demo",
    "demos",
    "doc",
    "docs",
    "e2e",
    "example",
    "examples",
    "fixtures",
    "fuzz",
    "gen",
    "generate",
    "generator",
    "hack",
    "integration",
    "internal",
    "misc",
    "mock",
    "mocks",
    "sample",
    "samples",
    "script",
    "scripts",
    "test",
    "testdata",
    "testing",
    "tests",
    "third_party",
    "tool",
    "tools",
    "website",
];

/// The folder of a path that says that programs below it aren't shipped.
pub(super) fn reason_not_to_ship(path: &str) -> Option<&str> {
    path.split('/')
        .find(|folder| OWN_USE.contains(&folder.to_ascii_lowercase().trim_start_matches('_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_below_tools_and_examples_are_not_shipped() {
        for (path, reason) in [
            ("internal/gen/tables", "internal"),
            ("hack/release", "hack"),
            ("cmd/x/_examples/hello", "_examples"),
            ("Tests/e2e", "Tests"),
        ] {
            assert_eq!(reason_not_to_ship(path), Some(reason), "{path}");
        }
        for path in [".", "cmd/server", "toolbox", "cmd/testify", "age-keygen"] {
            assert_eq!(reason_not_to_ship(path), None, "{path}");
        }
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(OWN_USE.is_sorted());
    }
}
