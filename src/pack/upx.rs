//! Where files that UPX packed really run.
//!
//! UPX exits with 0 for many platforms on which its output then crashes or is for another system,
//! so its exit code says nothing: this is an allow-list. Its facts were found by packing Go 1.26
//! programs with UPX 4.2.2 and starting them, on the machine itself and under qemu-user, and by
//! reading UPX's list of open faults.

use std::fmt;

use crate::target::{BuildMode, Goarch, Goos, Target};

/// How it is known that packed files run on a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Packed Go programs were started, on the hardware or emulated.
    Started,
    /// UPX packs them and people ship them; gobuildx's own tests can't start them.
    Reported,
}

/// Why no packed file is made for a platform or a kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// macOS ends packed programs.
    KilledByMacos,
    /// No program runs on iOS unsigned, and packing breaks the signature.
    SignedByIos,
    /// UPX packs the file, and it crashes when it is started.
    Crashes,
    /// UPX packs the file as if it were for Linux.
    LinuxStub,
    /// UPX says that it can't pack files of this platform.
    Unsupported,
    /// UPX can't pack what Android starts: position-independent executables.
    Android,
    /// UPX can't pack position-independent executables that Go links.
    Pie,
    /// Another program loads or links it.
    Library,
    /// UPX knows only executables of operating systems.
    NoExecutable,
}

impl Refusal {
    /// Whether UPX itself makes a packed file.
    #[must_use]
    pub fn is_packed(self) -> bool {
        matches!(self, Self::Crashes | Self::LinuxStub)
    }

    /// Whether somebody may know better, with a UPX or a system that is mended.
    #[must_use]
    pub fn may_be_allowed(self) -> bool {
        !matches!(
            self,
            Self::Library | Self::KilledByMacos | Self::SignedByIos
        )
    }
}

impl serde::Serialize for Refusal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            // https://github.com/upx/upx/issues/612
            Self::KilledByMacos => "macOS 13 and newer kill packed programs",
            Self::SignedByIos => {
                "iOS starts signed programs only, and packing breaks the signature"
            }
            Self::Crashes => "UPX packs it, and the packed program crashes when it is started",
            Self::LinuxStub => "UPX packs it as if it were a Linux program",
            // https://github.com/upx/upx/issues/502 for Windows on arm64
            Self::Unsupported => "UPX can't pack programs of this platform",
            Self::Android => {
                "UPX can't pack the position-independent executables that Android needs"
            }
            // https://github.com/upx/upx/issues/18895
            Self::Pie => "UPX can't pack Go's position-independent executables",
            Self::Library => "it is a library, which another program loads or links",
            Self::NoExecutable => "it isn't an executable of an operating system",
        })
    }
}

/// Whether a file that UPX packed runs on a target.
///
/// The CPU variant makes no difference: what UPX puts in front of a program runs on the oldest.
///
/// # Errors
/// The reason, where it doesn't, or where UPX can't pack it at all.
pub fn upx(target: &Target, mode: BuildMode) -> Result<Known, Refusal> {
    let known = platform(target.goos, target.goarch)?;
    match mode {
        BuildMode::Exe => Ok(known),
        // Go's executables for Windows are always relocatable.
        BuildMode::Pie if target.goos == Goos::Windows => Ok(known),
        BuildMode::Pie => Err(Refusal::Pie),
        BuildMode::CShared | BuildMode::CArchive => Err(Refusal::Library),
    }
}

fn platform(goos: Goos, goarch: Goarch) -> Result<Known, Refusal> {
    match goos {
        Goos::Linux => linux(goarch),
        Goos::Windows => match goarch {
            Goarch::Amd64 | Goarch::I386 => Ok(Known::Reported),
            _ => Err(Refusal::Unsupported),
        },
        Goos::Darwin => Err(Refusal::KilledByMacos),
        Goos::Ios => Err(Refusal::SignedByIos),
        Goos::Android => Err(Refusal::Android),
        Goos::Dragonfly | Goos::Illumos | Goos::Solaris => Err(Refusal::LinuxStub),
        Goos::Aix | Goos::Freebsd | Goos::Netbsd | Goos::Openbsd | Goos::Plan9 => {
            Err(Refusal::Unsupported)
        }
        Goos::Js | Goos::Wasip1 => Err(Refusal::NoExecutable),
    }
}

fn linux(goarch: Goarch) -> Result<Known, Refusal> {
    match goarch {
        Goarch::Amd64 | Goarch::I386 | Goarch::Arm | Goarch::Arm64 | Goarch::Ppc64le => {
            Ok(Known::Started)
        }
        Goarch::Mips | Goarch::Mipsle | Goarch::Ppc64 => Err(Refusal::Crashes),
        Goarch::Loong64 | Goarch::Mips64 | Goarch::Mips64le | Goarch::Riscv64 | Goarch::S390x => {
            Err(Refusal::Unsupported)
        }
        Goarch::Wasm => Err(Refusal::NoExecutable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::PLATFORMS;

    fn on(target: &str) -> Result<Known, Refusal> {
        upx(&target.parse().unwrap(), BuildMode::Exe)
    }

    #[test]
    fn packed_files_run_on_seven_platforms() {
        let runs: Vec<String> = PLATFORMS
            .iter()
            .filter(|row| platform(row.goos, row.goarch).is_ok())
            .map(|row| format!("{}/{}", row.goos, row.goarch))
            .collect();
        assert_eq!(
            runs,
            [
                "linux/386",
                "linux/amd64",
                "linux/arm",
                "linux/arm64",
                "linux/ppc64le",
                "windows/386",
                "windows/amd64"
            ]
        );
    }

    #[test]
    fn what_upx_packs_without_complaint_is_refused_where_it_does_not_run() {
        assert_eq!(on("linux/mips"), Err(Refusal::Crashes));
        assert_eq!(on("linux/ppc64"), Err(Refusal::Crashes));
        assert_eq!(on("solaris/amd64"), Err(Refusal::LinuxStub));
        assert_eq!(on("darwin/arm64"), Err(Refusal::KilledByMacos));
    }

    #[test]
    fn what_is_known_to_run_without_having_been_started_here_says_so() {
        assert_eq!(on("windows/amd64"), Ok(Known::Reported));
        assert_eq!(on("linux/amd64/v3"), Ok(Known::Started));
    }

    #[test]
    fn a_position_independent_executable_is_refused_but_on_windows() {
        let pie = |target: &str| upx(&target.parse().unwrap(), BuildMode::Pie);
        assert_eq!(pie("linux/amd64"), Err(Refusal::Pie));
        assert_eq!(pie("windows/amd64"), Ok(Known::Reported));
        // What holds for every file of the platform is the better reason.
        assert_eq!(pie("darwin/amd64"), Err(Refusal::KilledByMacos));
    }
}
