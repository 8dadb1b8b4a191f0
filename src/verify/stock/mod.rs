//! What systems have of that which programs want from them: a table, with a source for each fact.
//!
//! A system has only what is known to be there. Where a version matters that a need doesn't name,
//! as for libstdc++, the library counts as lacking.

mod containers;
mod desktops;
mod distributions;
mod programs;

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

use super::Need;
use crate::inspect::GlibcVersion;
use crate::target::Goos;

/// A system that a program is meant to run on.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
pub enum System {
    /// A container of an image with nothing in it but the program.
    Scratch,
    /// The image `gcr.io/distroless/static`.
    DistrolessStatic,
    /// The image `alpine`.
    Alpine,
    /// The image `debian:12`.
    Debian12,
    /// An ordinary distribution, installed on a machine, with this glibc or a later one.
    Glibc(GlibcVersion),
    /// Windows 10, or a later one.
    Windows10,
    /// macOS 12, or a later one.
    Macos12,
}

/// Whether a system has what is wanted from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// It always has it.
    Has,
    /// It hasn't, or that isn't known.
    Lacks,
    /// That hangs on something else than the system.
    Open,
}

/// The first release of glibc whose distributions have a kernel that Go supports: RHEL 7 with 3.10,
/// where Go asks for 3.2.
const RECENT_GLIBC: GlibcVersion = GlibcVersion::new(2, 17);

/// The glibc of Debian 12: 2.36-9+deb12u9 in the list of packages of its image.
const DEBIAN_12_GLIBC: GlibcVersion = GlibcVersion::new(2, 36);

impl System {
    /// Every system, with one glibc to stand for all.
    pub const ALL: &'static [Self] = &[
        Self::Scratch,
        Self::DistrolessStatic,
        Self::Alpine,
        Self::Debian12,
        Self::Glibc(RECENT_GLIBC),
        Self::Windows10,
        Self::Macos12,
    ];

    /// Which programs run on it.
    #[must_use]
    pub fn goos(self) -> Goos {
        match self {
            Self::Scratch
            | Self::DistrolessStatic
            | Self::Alpine
            | Self::Debian12
            | Self::Glibc(_) => Goos::Linux,
            Self::Windows10 => Goos::Windows,
            Self::Macos12 => Goos::Darwin,
        }
    }

    /// Whether it has something.
    #[must_use]
    pub fn supply(self, need: &Need) -> Supply {
        match need {
            Need::All(needs) => self.supply_of_all(needs),
            // No system says which CPU it runs on.
            Need::Cpu(_) => Supply::Open,
            // Which one it is shows when the program runs.
            Need::Program(None) if !self.is_bare() => Supply::Open,
            // Where there is such a folder, what is in it shows when the program runs.
            Need::Files(folder) if self.has(&Need::Folder(folder.clone())) => Supply::Open,
            // Whether others write to the folder shows on no system.
            Need::TmpFile(_) if self.has(&Need::Tmp) => Supply::Open,
            // The release that Go asks for is in the file as `MacOs`.
            Need::RecentSystem if self == Self::Macos12 => Supply::Open,
            _ if self.has(need) => Supply::Has,
            // Also modules of the name service switch: they would have to be of the very release that
            // was linked in, which the file doesn't name, and those of another crash the program.
            _ => Supply::Lacks,
        }
    }

    /// It has all where it has each; what it lacks outweighs what is open.
    fn supply_of_all(self, needs: &[Need]) -> Supply {
        let worst = |worst, need| match (worst, self.supply(need)) {
            (Supply::Lacks, _) | (_, Supply::Lacks) => Supply::Lacks,
            (Supply::Open, _) | (_, Supply::Open) => Supply::Open,
            (Supply::Has, Supply::Has) => Supply::Has,
        };
        needs.iter().fold(Supply::Has, worst)
    }

    /// Whether there is no program on it but the one that is run.
    fn is_bare(self) -> bool {
        matches!(self, Self::Scratch | Self::DistrolessStatic)
    }

    fn has(self, need: &Need) -> bool {
        match self {
            Self::Scratch => containers::scratch(need),
            Self::DistrolessStatic => containers::distroless_static(need),
            Self::Alpine => containers::alpine(need),
            Self::Debian12 => distributions::debian_12(need, DEBIAN_12_GLIBC),
            Self::Glibc(version) => {
                let recent = *need == Need::RecentSystem && version >= RECENT_GLIBC;
                recent || distributions::any_with_glibc(need, version)
            }
            Self::Windows10 => desktops::windows_10(need),
            Self::Macos12 => desktops::macos_12(need),
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scratch => "scratch",
            Self::DistrolessStatic => "distroless-static",
            Self::Alpine => "alpine",
            Self::Debian12 => "debian-12",
            Self::Glibc(version) => return write!(f, "glibc-{version}"),
            Self::Windows10 => "windows-10",
            Self::Macos12 => "macos-12",
        })
    }
}

/// A text that names no system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no system `{0}`")]
pub struct ParseSystemError(pub String);

impl FromStr for System {
    type Err = ParseSystemError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseSystemError(text.to_owned());
        // Every glibc that a Go program can be linked to is a 2.x.
        if let Some(minor) = text.strip_prefix("glibc-2.") {
            let is_number = (1..=2).contains(&minor.len()) && !minor.starts_with(['0', '+']);
            let minor = minor.parse().ok().filter(|_| is_number);
            let version = minor.map(|minor| Self::Glibc(GlibcVersion::new(2, minor)));
            return version.ok_or_else(error);
        }
        let named = Self::ALL
            .iter()
            .find(|system| system.to_string() == text)
            .copied();
        named.ok_or_else(error)
    }
}

/// Whether a path is one of these, or lies in one of these folders, which end with `/`.
fn is_among(path: &str, places: &[&str]) -> bool {
    let clean = !path.split('/').any(|part| part == "..");
    clean
        && places.iter().any(|place| match place.strip_suffix('/') {
            Some(folder) => path == folder || path.starts_with(place),
            None => path == *place,
        })
}

#[cfg(test)]
mod tests;
