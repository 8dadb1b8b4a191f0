//! govulncheck: which vulnerabilities the sources of a program run into.

mod stream;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audit::database::address_of;
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::process::{Cancel, Command, ProcessError};
use crate::tools::go::{ListQuery, PinnedGo};
use crate::version::Version;

pub use stream::{Scan, StreamError, Vulnerability};

/// The govulncheck on PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Govulncheck {
    program: PathBuf,
    /// Its version.
    pub version: Version,
}

/// What it has to tell its version in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Its package, as go installs it.
pub const PACKAGE: &str = "golang.org/x/vuln/cmd/govulncheck";

/// The version that is fetched.
pub const FETCHED: &str = "1.9.0";

/// More than this of what it prints then isn't kept.
const MOST_OUTPUT: usize = 64 * 1024;

impl fmt::Display for Govulncheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "govulncheck {}", self.version)
    }
}

impl Govulncheck {
    /// Finds govulncheck on PATH and asks for its version.
    ///
    /// # Errors
    /// When there is none, or it can't be run.
    pub fn find(host: &Host, cancel: &Cancel) -> Result<Self, GovulncheckError> {
        let program = host.program("govulncheck");
        let program = program.ok_or(GovulncheckError::Missing)?;
        // Otherwise it asks a server when its database last changed.
        let folder = program.parent().and_then(address_of);
        let database = folder.map(|address| format!("-db={address}"));
        let output = Command::new(&program)
            .arg("-version")
            .args(database)
            .timeout(PATIENCE)
            .keep(MOST_OUTPUT)
            .run(cancel)
            .map_err(GovulncheckError::Unusable)?;
        let said = output.stdout_text();
        let version = version(&said).ok_or_else(|| {
            let first = said.lines().next().unwrap_or_default();
            GovulncheckError::Unknown(first.to_owned())
        })?;
        Ok(Self { program, version })
    }

    /// Has go fetch and build it, into this folder: the version that is known to work here.
    ///
    /// # Errors
    /// When go can't.
    pub fn fetch(go: &PinnedGo, folder: &Path, cancel: &Cancel) -> Result<Self, GovulncheckError> {
        let package = format!("{PACKAGE}@v{FETCHED}");
        let installed = go.install(&package, folder, cancel);
        installed.map_err(GovulncheckError::Unusable)?;
        let name = format!("govulncheck{}", std::env::consts::EXE_SUFFIX);
        let version = Version::find(FETCHED);
        Ok(Self {
            program: folder.join(name),
            version: version.ok_or_else(|| GovulncheckError::Unknown(FETCHED.to_owned()))?,
        })
    }

    /// Looks for vulnerabilities in packages as they are for a target, in a database: its own, where none
    /// is named.
    ///
    /// # Errors
    /// When the packages can't be loaded, the database can't be had, or it prints something else.
    pub fn scan(
        &self,
        go: &PinnedGo,
        query: ListQuery<'_>,
        database: Option<&str>,
        cancel: &Cancel,
    ) -> Result<Scan, GovulncheckError> {
        let command = Command::new(&self.program).arg("-json");
        let command = command.args(database.map(|address| format!("-db={address}")));
        // It ends with 0 whatever it finds, and with something else where it couldn't look, after it
        // has printed its settings already.
        let output = go.asked_by_way_of(command, query).run(cancel);
        let output = output.map_err(GovulncheckError::Scan)?;
        Scan::parse(&output.stdout).map_err(|fault| GovulncheckError::Output {
            fault,
            said: output.stderr_text().trim().to_owned(),
        })
    }

    /// Where it lies.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }
}

/// Reads the line `Scanner: govulncheck@v1.9.0`.
fn version(said: &str) -> Option<Version> {
    let mut lines = said.lines();
    let scanner = lines.find_map(|line| line.strip_prefix("Scanner: "))?;
    Version::find(scanner.split_once('@')?.1)
}

/// Why govulncheck says nothing.
#[derive(Debug, thiserror::Error)]
pub enum GovulncheckError {
    /// It isn't there.
    #[error("failed to find govulncheck: there is none on PATH")]
    Missing,
    /// It can't be run.
    #[error("failed to ask govulncheck for its version: {0}")]
    Unusable(ProcessError),
    /// It prints no version.
    #[error("failed to read the version of govulncheck from `{0}`")]
    Unknown(String),
    /// It couldn't look.
    #[error("{}", .0.with_stderr())]
    Scan(ProcessError),
    /// It printed something else than it should.
    #[error(
        "failed to read what `govulncheck -json` printed: {fault}{}",
        below(said)
    )]
    Output {
        /// What is wrong with it.
        fault: StreamError,
        /// What it wrote to stderr.
        said: String,
    },
}

/// What was said, on lines of its own.
fn below(said: &str) -> String {
    let lines = said.lines().filter(|line| !line.trim().is_empty());
    let lines = lines.flat_map(|line| ["\n  ", line]);
    lines.collect()
}

impl Failure for GovulncheckError {
    fn exit(&self) -> Exit {
        match self {
            Self::Unusable(error) | Self::Scan(error)
                if matches!(error, ProcessError::Cancelled { .. }) =>
            {
                error.exit()
            }
            Self::Scan(_) => Exit::Failed,
            Self::Missing | Self::Unusable(_) | Self::Unknown(_) | Self::Output { .. } => {
                Exit::Environment
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Missing => Some(
                "get govulncheck: `go install golang.org/x/vuln/cmd/govulncheck@latest`, and have \
                 the folder that it is installed in on PATH"
                    .to_owned(),
            ),
            Self::Unusable(_) | Self::Unknown(_) | Self::Scan(_) | Self::Output { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_scanner() {
        let read = |said| version(said).map(|version| version.to_string());
        let said = "Go: go1.26.8\nScanner: govulncheck@v1.9.0\nDB: file:///srv\n";
        assert_eq!(read(said).as_deref(), Some("1.9.0"));
        let said = "Scanner: govulncheck@v1.1.4-0.20250101000000-0123456789ab\n";
        assert_eq!(read(said).as_deref(), Some("1.1.4"));
        assert_eq!(read("Go: go1.26.8\n"), None);
        assert_eq!(read("Scanner: govulncheck\n"), None);
    }
}
