//! upx: packs executables.

use std::fmt;
use std::time::Duration;

use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::pack::UpxOption;
use crate::process::{Cancel, Command, Output, ProcessError};
use crate::target::{Goos, Target};

/// The upx on PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upx {
    /// Its version.
    pub version: Version,
}

/// A version of upx; others make other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

/// What upx has to tell its version in.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than this of what it prints then isn't kept.
const MOST_OUTPUT: usize = 64 * 1024;

/// What is known of packed files is known of this version and of newer ones.
pub const OLDEST: Version = Version {
    major: 4,
    minor: 2,
    patch: 0,
};

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "upx {}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Version {
    /// Reads what `upx --version` prints: `upx 4.2.2` in its first line.
    fn read(stdout: &str) -> Option<Self> {
        let version = stdout.lines().next()?.trim().strip_prefix("upx ")?;
        // A version between releases is like `5.0.3-devel.20250808`.
        let numbers = version
            .split(|c: char| c != '.' && !c.is_ascii_digit())
            .next()?;
        let mut numbers = numbers.split('.').map(str::parse);
        Some(Self {
            major: numbers.next()?.ok()?,
            minor: numbers.next()?.ok()?,
            // Before 4.0 there were two numbers.
            patch: numbers.next().map_or(Some(0), Result::ok)?,
        })
    }
}

impl Upx {
    /// Finds upx on PATH and asks for its version.
    ///
    /// # Errors
    /// When there is none, or one of which nothing is known.
    pub fn find(host: &Host, cancel: &Cancel) -> Result<Self, UpxError> {
        let path = host.env.get("PATH");
        let program = which::which_in("upx", path, &host.cwd).map_err(|_| UpxError::Missing)?;
        // Nothing of the environment: the variable UPX would add options.
        let output = Command::new(program)
            .arg("--version")
            .timeout(PATIENCE)
            .keep(MOST_OUTPUT)
            .run(cancel)
            .map_err(UpxError::Unusable)?;
        let stdout = output.stdout_text();
        let first = stdout.lines().next().unwrap_or_default();
        let version = Version::read(&stdout).ok_or_else(|| UpxError::Unknown(first.to_owned()))?;
        if version < OLDEST {
            return Err(UpxError::TooOld(version));
        }
        Ok(Self { version })
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

/// Why upx can't be used.
#[derive(Debug, thiserror::Error)]
pub enum UpxError {
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
    #[error("failed to use {0}: where its files run is known of {OLDEST} and newer ones only")]
    TooOld(Version),
}

impl Failure for UpxError {
    fn exit(&self) -> Exit {
        match self {
            Self::Unusable(error @ ProcessError::Cancelled { .. }) => error.exit(),
            Self::Missing | Self::Unusable(_) | Self::Unknown(_) | Self::TooOld(_) => {
                Exit::Environment
            }
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            "install upx 4.2 or newer: `apt install upx-ucl` (Debian 12 has it in \
             bookworm-backports), `dnf install upx`, `apk add upx`, `pacman -S upx`, \
             `brew install upx` or `winget install upx`; or remove [compress]"
                .to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_in_the_first_line() {
        let read = |text| Version::read(text).map(|version| version.to_string());
        let printed = "upx 4.2.2\nUCL data compression library 1.03\n";
        assert_eq!(read(printed).as_deref(), Some("upx 4.2.2"));
        assert_eq!(
            read("upx 5.0.3-devel.20250808\n").as_deref(),
            Some("upx 5.0.3")
        );
        assert_eq!(read("UPX\n"), None);
        assert_eq!(read("upx 4\n"), None);
        assert!(Version::read("upx 3.96\n").unwrap() < OLDEST);
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
    fn exports_of_a_windows_program_are_packed_unless_the_manifest_says_otherwise() {
        assert_eq!(words(&["-9"], "linux/amd64"), "upx -9 -o out in");
        assert_eq!(
            words(&["-9"], "windows/amd64"),
            "upx -9 --compress-exports=1 -o out in"
        );
        assert_eq!(
            words(&["--compress-exports=0"], "windows/386"),
            "upx --compress-exports=0 -o out in"
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
