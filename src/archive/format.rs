//! The kinds of archives.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::target::Goos;

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// tar, compressed with gzip.
    TarGz,
    /// tar, compressed with Zstandard.
    TarZst,
    /// zip.
    Zip,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::TarGz, Self::TarZst, Self::Zip];

    /// What people on a system can unpack without another program.
    #[must_use]
    pub fn usual(goos: Goos) -> Self {
        match goos {
            Goos::Windows => Self::Zip,
            _ => Self::TarGz,
        }
    }

    /// Its name, which is how its files end.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TarGz => "tar.gz",
            Self::TarZst => "tar.zst",
            Self::Zip => "zip",
        }
    }

    /// The kind of a file, by its name.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        const OTHER_ENDINGS: &[(&str, Format)] =
            &[(".tgz", Format::TarGz), (".tzst", Format::TarZst)];
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let by_name = Self::ALL.iter().copied().find(|format| {
            let stem = name.strip_suffix(format.as_str());
            stem.is_some_and(|stem| stem.len() > 1 && stem.ends_with('.'))
        });
        by_name.or_else(|| {
            let mut others = OTHER_ENDINGS.iter();
            let other = others.find(|(ending, _)| name.ends_with(ending))?;
            Some(other.1)
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No archive has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of archive: there are tar.gz, tar.zst and zip")]
pub struct ParseFormatError(String);

impl FromStr for Format {
    type Err = ParseFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.iter().copied();
        all.find(|format| format.as_str() == text)
            .ok_or_else(|| ParseFormatError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_known_by_its_name() {
        let of = |name: &str| Format::of(Path::new(name));
        assert_eq!(of("dist/server_1.2.tar.gz"), Some(Format::TarGz));
        assert_eq!(of("SERVER.ZIP"), Some(Format::Zip));
        assert_eq!(of("server.tgz"), Some(Format::TarGz));
        assert_eq!(of("server.tar.zst"), Some(Format::TarZst));
        for other in ["server", "zip", ".zip", "serverzip", "server.gz", "a.tar/b"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn every_kind_is_parsed_from_its_name() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(*format));
        }
        assert!("tar.xz".parse::<Format>().is_err());
        assert_eq!(Format::usual(Goos::Windows), Format::Zip);
        assert_eq!(Format::usual(Goos::Linux), Format::TarGz);
    }
}
