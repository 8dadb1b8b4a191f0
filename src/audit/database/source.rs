//! Where a database is.

use std::fmt;
use std::path::{Path, PathBuf};

use data_encoding::HEXUPPER;

use crate::fetch::{Address, ParseAddressError};

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// On a server, as a folder of files.
    Address(Address),
    /// A folder, or a file.
    Path(PathBuf),
}

/// A text that doesn't say where a database is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address of the vulnerability database is no address: {0}")]
pub struct ParseSourceError(#[from] ParseAddressError);

impl Source {
    /// Reads an address, or a path from a folder on. What a `file://` address names is a path: nobody is asked for it.
    ///
    /// # Errors
    /// When it looks like an address and is none.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, ParseSourceError> {
        if text.contains("://") {
            let address: Address = text.parse()?;
            Ok(match address.path() {
                Some(path) => Self::Path(path),
                None => Self::Address(address),
            })
        } else {
            Ok(Self::Path(folder.join(text)))
        }
    }

    /// The address by which govulncheck finds it. None where it doesn't: it reads no zip, and no file
    /// with entries only.
    #[must_use]
    pub fn for_govulncheck(&self) -> Option<String> {
        match self {
            Self::Address(address) => Some(address.to_string()),
            Self::Path(path) if path.is_dir() => Some(address_of(path)?),
            Self::Path(_) => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}

/// The address of a folder of this machine.
pub(crate) fn address_of(folder: &Path) -> Option<String> {
    let folder = folder.to_str()?.replace('\\', "/");
    let mut address = "file://".to_owned();
    // The name of a drive comes first on Windows.
    if !folder.starts_with('/') {
        address.push('/');
    }
    for byte in folder.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~:".contains(&byte) {
            address.push(byte.into());
        } else {
            address.push('%');
            address.push_str(&HEXUPPER.encode(&[byte]));
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path() {
        let read = |text| Source::parse(text, Path::new("/src"));
        assert_eq!(read("vulndb").unwrap(), Source::Path("/src/vulndb".into()));
        assert_eq!(read("/db.zip").unwrap(), Source::Path("/db.zip".into()));
        let file = read("file:///my%20db").unwrap();
        #[cfg(unix)]
        assert_eq!(file, Source::Path("/my db".into()));
        assert!(matches!(file, Source::Path(_)));
        let address = read("https://me:secret@example.com/vuln/").unwrap();
        assert_eq!(address.to_string(), "https://example.com/vuln");
        let error = read("ftp://me:secret@example.com").unwrap_err().to_string();
        assert!(
            error.contains("https://") && !error.contains("secret"),
            "{error}"
        );
    }

    #[test]
    fn govulncheck_is_told_of_folders_and_addresses_only() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("my db%");
        std::fs::create_dir(&folder).unwrap();
        let address = Source::Path(folder.clone()).for_govulncheck().unwrap();
        assert!(
            address.starts_with("file:///") && address.ends_with("/my%20db%25"),
            "{address}"
        );
        let file = folder.join("db.zip");
        std::fs::write(&file, "").unwrap();
        assert_eq!(Source::Path(file).for_govulncheck(), None);
        let source = Source::parse("https://example.com/vuln", &folder).unwrap();
        assert_eq!(
            source.for_govulncheck().unwrap(),
            "https://example.com/vuln"
        );
    }
}
