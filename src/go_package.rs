//! Packages of Go: their names, how they are seen, and what go tells of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// A package as `go list -find -e` describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListedPackage {
    /// The folder.
    pub dir: PathBuf,
    /// The import path.
    pub import_path: String,
    /// The name in the package clause; empty when nothing of it can be built for the target.
    pub name: String,
    /// Files without cgo.
    pub go_files: Vec<String>,
    /// Files with cgo.
    pub cgo_files: Vec<String>,
    /// Files that are for other targets or tags.
    pub ignored_go_files: Vec<String>,
    /// Why it can't be loaded.
    pub error: Option<ListedError>,
}

impl ListedPackage {
    /// A folder that has only tests is named by them, but `go build` refuses it.
    pub(crate) fn without_tests(mut self) -> Self {
        if self.go_files.is_empty() && self.cgo_files.is_empty() && self.error.is_none() {
            self.name.clear();
        }
        self
    }
}

/// Why a package can't be loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListedError {
    /// The file, line and column; empty where the fault is no line of a file.
    pub pos: String,
    /// go's own words.
    pub err: String,
}

/// How packages are seen: what decides, beside the target, which of their files count.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct View {
    /// Build tags, sorted.
    pub tags: Vec<String>,
    /// Flags of go build, such as `-race`, which is a tag too.
    pub flags: Vec<String>,
    /// Variables, such as GOEXPERIMENT, whose experiments are tags too.
    pub env: BTreeMap<String, String>,
}

/// The name that `go build -o DIR` gives a package's binary, without `.exe`.
///
/// Source: `exeFromImportPath` in Go's `cmd/go/internal/load`: the last element of the import
/// path, or the one before it when the last is a major version such as `v2`.
#[must_use]
pub fn default_binary_name(import_path: &str) -> &str {
    let last = |path| match str::rsplit_once(path, '/') {
        Some((rest, last)) => (Some(rest), last),
        None => (None, path),
    };
    match last(import_path) {
        (Some(rest), version) if is_major_version(version) => last(rest).1,
        (_, name) => name,
    }
}

/// A package of a module as an argument of go: `.` or `./…`.
#[must_use]
pub fn package_argument(import_path: &str, module_path: &str) -> String {
    match import_path.strip_prefix(module_path) {
        Some("") => ".".to_owned(),
        Some(folder) => format!(".{folder}"),
        None => import_path.to_owned(),
    }
}

/// Whether an element of an import path is a major version such as `v2`.
#[must_use]
pub fn is_major_version(element: &str) -> bool {
    let Some(digits) = element.strip_prefix('v') else {
        return false;
    };
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && digits != "1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_is_named_like_the_last_element_that_is_no_major_version() {
        for (path, name) in [
            ("example.com/hello", "hello"),
            ("example.com/m1/v2", "m1"),
            ("example.com/m1/v2/cmd/server", "server"),
            ("example.com/m1/v2/v2", "v2"),
            ("example.com/m1/v1", "v1"),
            ("example.com/m1/v0", "v0"),
            ("v2", "v2"),
        ] {
            assert_eq!(default_binary_name(path), name, "{path}");
        }
    }
}
