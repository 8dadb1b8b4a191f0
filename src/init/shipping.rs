//! Which main packages are a repository's own tools rather than programs that it ships.
//!
//! Go has no mark for this; the names of folders are what projects agree on. What is set aside
//! stays in the manifest as a comment, with the folder that was the reason, so that a wrong guess
//! costs a few `#`; a tool that is shipped by mistake costs more. Hence `contrib` is set aside
//! (what is there, a project mostly neither releases nor answers for), and `extra` and `plugins` are
//! not (those belong to what is released). Names of programs are no reason: `testify` or
//! `toolbox` may be what a project is about, but nobody ships a folder with `example` in its name.

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
    "gendoc",
    "gendocs",
    "generate",
    "generator",
    "hack",
    "helper",
    "helpers",
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
    path.split('/').find(|folder| is_for_own_use(folder))
}

fn is_for_own_use(folder: &str) -> bool {
    let lower = folder.to_ascii_lowercase();
    let name = lower.trim_start_matches('_');
    // Such as `clientexample` and `gen-docs`.
    OWN_USE.contains(&name) || name.contains("example") || name.starts_with("gen-")
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
            ("helpers/build-release-binaries", "helpers"),
            ("cmd/gen-docs", "gen-docs"),
            ("client/clientexample", "clientexample"),
            ("contrib/raftexample", "contrib"),
        ] {
            assert_eq!(reason_not_to_ship(path), Some(reason), "{path}");
        }
        for path in [
            ".",
            "cmd/server",
            "toolbox",
            "cmd/testify",
            "age-keygen",
            "extra/age-plugin-tag",
            "cmd/genie",
        ] {
            assert_eq!(reason_not_to_ship(path), None, "{path}");
        }
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(OWN_USE.is_sorted());
    }
}
