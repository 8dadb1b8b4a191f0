//! What a program is linked from, as `go list -deps` sees it for one target.

use serde::Deserialize;

use super::{GoError, ListQuery, PinnedGo, command_for};
use crate::go_package::ListedError;
use crate::process::{Cancel, ProcessError};

/// Where go writes what nobody wants; it takes care not to link then.
const NOWHERE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// A package of a program, or the program itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LinkedPackage {
    /// The import path.
    pub import_path: String,
    /// Whether it belongs to the standard library.
    pub standard: bool,
    /// Files without cgo.
    go_files: Vec<String>,
    /// Files with cgo.
    pub cgo_files: Vec<String>,
    /// All packages that it needs.
    pub deps: Vec<String>,
    /// Why it can't be loaded.
    error: Option<ListedError>,
    /// What is wrong with packages that it needs.
    deps_errors: Vec<ListedError>,
}

/// Whether a program needs a package of which no file is for the target.
#[must_use]
pub fn needs_what_is_excluded(program: &LinkedPackage, packages: &[LinkedPackage]) -> bool {
    // Go's words for `NoGoError` with files that are ignored.
    let excluded = |error: &ListedError| error.err.contains("build constraints exclude all Go");
    // A package that has tests for the target is no error to list, but one to build.
    let only_tests = |package: &&LinkedPackage| {
        package.go_files.is_empty() && package.cgo_files.is_empty() && package.error.is_none()
    };
    let mut only_tests = packages.iter().filter(only_tests);
    program.deps_errors.iter().any(excluded)
        || only_tests.any(|package| program.deps.contains(&package.import_path))
}

/// The packages of one program that have C parts, besides those of the standard library.
#[must_use]
pub fn c_parts<'a>(program: &str, packages: &'a [LinkedPackage]) -> Vec<&'a LinkedPackage> {
    let is_program = |package: &&LinkedPackage| package.import_path == program;
    let Some(main) = packages.iter().find(is_program) else {
        return Vec::new();
    };
    let in_it = |package: &&LinkedPackage| {
        package.import_path == program || main.deps.contains(&package.import_path)
    };
    packages
        .iter()
        .filter(|package| !package.standard && !package.cgo_files.is_empty())
        .filter(in_it)
        .collect()
}

impl PinnedGo {
    /// All packages that programs are linked from.
    ///
    /// # Errors
    /// When go fails.
    pub fn linked(
        &self,
        query: ListQuery<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<LinkedPackage>, GoError> {
        let fields = "-json=ImportPath,Standard,GoFiles,CgoFiles,Deps,Error,DepsErrors";
        self.listing(&["-deps", fields], query, cancel)
    }

    /// The packages that match, with what each is linked from.
    ///
    /// # Errors
    /// When go fails.
    pub fn linked_into(
        &self,
        query: ListQuery<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<LinkedPackage>, GoError> {
        self.listing(
            &["-json=Dir,ImportPath,Deps,Error,DepsErrors"],
            query,
            cancel,
        )
    }

    /// Whether a program compiles. What go compiles stays in its build cache.
    ///
    /// # Errors
    /// When go can't be run at all.
    pub fn compiles(&self, query: ListQuery<'_>, cancel: &Cancel) -> Result<bool, GoError> {
        let command = self.command(["build", "-buildvcs=false", "-o", NOWHERE]);
        match command_for(command, query).run(cancel) {
            Ok(_) => Ok(true),
            Err(ProcessError::Exit { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(import_path: &str, cgo: &[&str]) -> LinkedPackage {
        LinkedPackage {
            import_path: import_path.to_owned(),
            cgo_files: cgo.iter().map(ToString::to_string).collect(),
            ..LinkedPackage::default()
        }
    }

    #[test]
    fn c_parts_are_those_of_the_program_and_not_of_its_neighbours() {
        let mut packages = vec![
            package("x/main", &[]),
            package("x/sqlite", &["sqlite.go"]),
            package("x/other", &["other.go"]),
            package("net", &["cgo.go"]),
        ];
        packages[0].deps = vec!["x/sqlite".to_owned(), "net".to_owned()];
        packages[3].standard = true;
        let names: Vec<_> = c_parts("x/main", &packages)
            .iter()
            .map(|package| package.import_path.as_str())
            .collect();
        assert_eq!(names, ["x/sqlite"]);
    }

    #[test]
    fn only_build_constraints_keep_a_program_from_a_target() {
        let failing = |err: &str| LinkedPackage {
            deps_errors: vec![ListedError {
                err: err.to_owned(),
                ..ListedError::default()
            }],
            ..LinkedPackage::default()
        };
        let excluded = "build constraints exclude all Go files in /src/x";
        assert!(needs_what_is_excluded(&failing(excluded), &[]));
        let missing = "no required module provides package x";
        assert!(!needs_what_is_excluded(&failing(missing), &[]));
    }

    #[test]
    fn a_package_with_nothing_but_tests_can_not_be_linked() {
        let mut main = package("x/main", &[]);
        main.deps = vec!["x/tested".to_owned()];
        let packages = [main.clone(), package("x/tested", &[])];
        assert!(needs_what_is_excluded(&main, &packages));
        let packages = [main.clone(), package("x/tested", &["c.go"])];
        assert!(!needs_what_is_excluded(&main, &packages));
    }
}
