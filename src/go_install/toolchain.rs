//! A toolchain: a release of Go for a machine, which is a module with a version of its own.
//!
//! Source: <https://go.dev/doc/toolchain#download>

use std::fmt;

use crate::go_version::GoVersion;
use crate::runner;
use crate::target::{Goarch, Goos};

/// The path of the module of all of them.
pub(super) const MODULE: &str = "golang.org/toolchain";
/// How their versions start.
pub(super) const VERSION: &str = "v0.0.1-";

/// A release of Go for a machine. It is shown as its name: `go1.26.8.linux-amd64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// The release.
    pub version: GoVersion,
    /// The system that it runs on.
    pub goos: Goos,
    /// The architecture that it runs on.
    pub goarch: Goarch,
}

impl Toolchain {
    /// The one for this machine; none where Go has no name for it.
    #[must_use]
    pub fn for_this_machine(version: &GoVersion) -> Option<Self> {
        let goos = match std::env::consts::OS {
            "macos" => Some(Goos::Darwin),
            other => other.parse().ok(),
        };
        Some(Self {
            version: version.clone(),
            goos: goos?,
            goarch: runner::of_this_machine()?,
        })
    }

    /// The version of its module.
    #[must_use]
    pub fn module_version(&self) -> String {
        format!("{VERSION}{self}")
    }

    /// What the names of all files of its module start with.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{MODULE}@{}/", self.module_version())
    }

    /// Its file on a proxy.
    #[must_use]
    pub fn zip(&self) -> String {
        format!("{MODULE}/@v/{}.zip", self.module_version())
    }

    /// The one of this name, if it is for the same machine.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Self> {
        let release = name.strip_suffix(&format!(".{}-{}", self.goos, self.goarch))?;
        let version: GoVersion = release.strip_prefix("go")?.parse().ok()?;
        let found = Self {
            version,
            ..self.clone()
        };
        (found.to_string() == name).then_some(found)
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version,
            goos,
            goarch,
        } = self;
        write!(f, "{}.{goos}-{goarch}", version.toolchain())
    }
}

/// Whether a file of a toolchain is a program, of which modules say nothing.
///
/// Source: `allowExec` in Go's `cmd/go/internal/toolchain/select.go`.
#[must_use]
pub(super) fn is_program(path: &str) -> bool {
    let is_starter = |name: &str| {
        let parts: Option<Vec<&str>> = name
            .strip_prefix("go_")
            .and_then(|rest| rest.strip_suffix("_exec"))
            .map(|rest| rest.splitn(2, '_').collect());
        parts.is_some_and(|parts| parts.len() == 2 && parts.iter().all(|part| !part.is_empty()))
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("bin/")
        || path.starts_with("pkg/tool/")
        || path.starts_with("lib/") && is_starter(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain() -> Toolchain {
        Toolchain {
            version: "1.26.8".parse().unwrap(),
            goos: Goos::Linux,
            goarch: Goarch::Amd64,
        }
    }

    #[test]
    fn a_toolchain_is_a_module() {
        let toolchain = toolchain();
        assert_eq!(toolchain.to_string(), "go1.26.8.linux-amd64");
        let zip = "golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip";
        assert_eq!(toolchain.zip(), zip);
        let prefix = "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64/";
        assert_eq!(toolchain.prefix(), prefix);
    }

    #[test]
    fn names_of_other_machines_and_other_things_are_none() {
        let named = |name: &str| {
            toolchain()
                .named(name)
                .map(|found| found.version.to_string())
        };
        assert_eq!(named("go1.25.3.linux-amd64"), Some("1.25.3".to_owned()));
        for name in [
            "go1.25.3.linux-arm64",
            "1.25.3.linux-amd64",
            "gogo1.25.3.linux-amd64",
            "lock",
            "go.linux-amd64",
        ] {
            assert_eq!(named(name), None, "{name}");
        }
    }

    #[test]
    fn programs_are_those_that_go_lets_run() {
        for path in [
            "bin/go",
            "pkg/tool/linux_amd64/link",
            "lib/wasm/go_js_wasm_exec",
        ] {
            assert!(is_program(path), "{path}");
        }
        for path in [
            "src/bin/x",
            "lib/wasm/wasm_exec.js",
            "lib/go_wasm_exec",
            "VERSION",
        ] {
            assert!(!is_program(path), "{path}");
        }
    }
}
