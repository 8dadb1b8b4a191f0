//! upx: packs executables.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::installing::{self, ToolId};
use crate::pack::UpxOption;
use crate::process::{Cancel, Command, Output, ProcessError};
use crate::target::{Goos, Target};
use crate::version::Version;

/// The upx on PATH; other versions make other bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upx {
    /// Its version.
    pub version: Version,
}

/// What upx has to tell its version in.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than this of what it prints then isn't kept.
const MOST_OUTPUT: usize = 64 * 1024;

/// What is known of packed files is known of this version and of newer ones.
pub const OLDEST: &[u32] = &[4, 2];

impl fmt::Display for Upx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "upx {}", self.version)
    }
}

impl Upx {
    /// Finds upx on PATH and asks for its version.
    ///
    /// # Errors
    /// When there is none, or one of which nothing is known.
    pub fn find(host: &Host, cancel: &Cancel) -> Result<Self, UpxError> {
        Self::look_for(host, cancel).map_err(|problem| UpxError {
            problem,
            advice: installing::advice(ToolId::Upx, host),
        })
    }

    fn look_for(host: &Host, cancel: &Cancel) -> Result<Self, UpxProblem> {
        let program = host.program("upx").ok_or(UpxProblem::Missing)?;
        // Nothing of the environment: the variable UPX would add options.
        let output = Command::new(program)
            .arg("--version")
            .timeout(PATIENCE)
            .keep(MOST_OUTPUT)
            .run(cancel)
            .map_err(UpxProblem::Unusable)?;
        let stdout = output.stdout_text();
        let first = stdout.lines().next().unwrap_or_default();
        let upx = Self::read(first).ok_or_else(|| UpxProblem::Unknown(first.to_owned()))?;
        if upx.version < Version::new(OLDEST) {
            return Err(UpxProblem::TooOld { found: upx });
        }
        Ok(upx)
    }

    /// Reads the first line that `upx --version` prints: `upx 4.2.2`.
    fn read(line: &str) -> Option<Self> {
        let version = line.trim().strip_prefix("upx ")?;
        Version::find(version).map(|version| Self { version })
    }
}

impl Upx {
    /// Writes a packed file into another one as it was before.
    ///
    /// # Errors
    /// What upx says, when it can't.
    pub fn unpack(
        &self,
        host: &Host,
        (file, to): (&Path, &Path),
        cancel: &Cancel,
    ) -> Result<(), String> {
        let program = host.program("upx").ok_or("there is none on PATH anymore")?;
        let command = Command::new(program).args(["-q", "-d", "-o"]);
        let command = command.arg(to).arg(file).keep(MOST_OUTPUT);
        command.run(cancel).map(drop).map_err(|error| {
            let said = error.output().and_then(complaint);
            said.unwrap_or_else(|| error.with_stderr())
        })
    }
}

/// The words of the command that packs a file.
pub fn packing<W: From<String>>(options: &[UpxOption], target: &Target, from: W, to: W) -> Vec<W> {
    let word = |text: &str| W::from(text.to_owned());
    let exports = UpxOption::compress_exports();
    let adds_exports =
        target.goos == Goos::Windows && !options.iter().any(UpxOption::is_about_exports);
    let options = options.iter().chain(adds_exports.then_some(&exports));
    let mut words = vec![word("upx")];
    words.extend(options.map(|option| word(option.as_str())));
    words.extend([word("-o"), to, from]);
    words
}

/// The words of the command that unpacks a packed file in memory and compares its checksums.
pub fn testing<W: From<String>>(file: W) -> Vec<W> {
    vec![W::from("upx".to_owned()), W::from("-t".to_owned()), file]
}

/// What upx says of a file that it doesn't pack: `upx: FILE: CantPackException: …`.
#[must_use]
pub fn complaint(output: &Output) -> Option<String> {
    let stderr = output.stderr_text();
    let line = stderr
        .lines()
        .rev()
        .find(|line| line.starts_with("upx: "))?;
    let said = line.rsplit_once("Exception").map_or(line, |(before, _)| {
        let start = before.rfind(": ").map_or(0, |at| at + 2);
        line.get(start..).unwrap_or(line)
    });
    Some(said.to_owned())
}

/// Why upx can't be used, and how to get one that can.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct UpxError {
    problem: UpxProblem,
    advice: String,
}

impl UpxError {
    /// What to do about it for who has a packed file and no `[compress]`.
    #[must_use]
    pub fn to_unpack(&self) -> String {
        let oldest = Version::new(OLDEST);
        format!(
            "to read it as it was, get upx {oldest} or newer: {}",
            self.advice
        )
    }
}

/// What is wrong with upx.
#[derive(Debug, thiserror::Error)]
enum UpxProblem {
    /// It isn't there.
    #[error("failed to find upx, which [compress] needs: there is none on PATH")]
    Missing,
    /// It can't be run.
    #[error("failed to ask upx for its version: {0}")]
    Unusable(ProcessError),
    /// It prints no version.
    #[error("failed to read the version of upx from `{0}`")]
    Unknown(String),
    /// It is older than what is known to work.
    #[error(
        "failed to use {found}: where its files run is known of upx {oldest} and newer ones only",
        oldest = Version::new(OLDEST)
    )]
    TooOld {
        /// The one that is there.
        found: Upx,
    },
}

impl Failure for UpxError {
    fn exit(&self) -> Exit {
        match &self.problem {
            UpxProblem::Unusable(error @ ProcessError::Cancelled { .. }) => error.exit(),
            UpxProblem::Missing
            | UpxProblem::Unusable(_)
            | UpxProblem::Unknown(_)
            | UpxProblem::TooOld { .. } => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(format!(
            "get upx {} or newer: {}; or remove [compress]",
            Version::new(OLDEST),
            self.advice
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_in_the_first_line() {
        let read = |line| Upx::read(line).map(|upx| upx.to_string());
        assert_eq!(read("upx 4.2.2").as_deref(), Some("upx 4.2.2"));
        assert_eq!(
            read("upx 5.0.3-devel.20250808").as_deref(),
            Some("upx 5.0.3")
        );
        assert_eq!(read("UPX"), None);
        assert_eq!(read("upx 4"), None);
        assert_eq!(read("UCL data compression library 1.03"), None);
        assert!(Upx::read("upx 3.96").unwrap().version < Version::new(OLDEST));
    }

    fn words(options: &[&str], target: &str) -> String {
        let options: Vec<UpxOption> = options
            .iter()
            .map(|option| UpxOption::new(option).unwrap())
            .collect();
        let target = target.parse().unwrap();
        let words: Vec<String> = packing(&options, &target, "in".to_owned(), "out".to_owned());
        words.join(" ")
    }

    #[test]
    fn exports_of_a_windows_program_are_packed_once() {
        assert_eq!(words(&["-9"], "linux/amd64"), "upx -9 -o out in");
        assert_eq!(
            words(&["-9"], "windows/amd64"),
            "upx -9 --compress-exports=1 -o out in"
        );
        assert_eq!(
            words(&["--compress-exports=1"], "windows/386"),
            "upx --compress-exports=1 -o out in"
        );
    }

    #[test]
    fn what_upx_complains_of_is_found_in_what_it_prints() {
        let output = |stderr: &str| Output {
            stdout: Vec::new(),
            stderr: stderr.into(),
        };
        let packed = output("upx: /a: b/hello: AlreadyPackedException\n");
        assert_eq!(
            complaint(&packed).as_deref(),
            Some("AlreadyPackedException")
        );
        let reason = output("upx: x: CantPackException: bad e_phoff\n\n");
        assert_eq!(
            complaint(&reason).as_deref(),
            Some("CantPackException: bad e_phoff")
        );
        assert_eq!(complaint(&output("")), None);
    }
}
