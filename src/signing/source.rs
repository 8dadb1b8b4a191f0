//! Where keys and passwords come from: a file, or a variable of the environment.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure};
use crate::host::Environment;
use crate::printable::printable_path;
use crate::secret::{self, RedactorError, Secret};

/// More bytes than any key has.
const LONGEST: u64 = 64 * 1024;

/// How the name of a variable is told from a path.
const VARIABLE: &str = "env:";

/// Where a key or a password is: `env:NAME` for a variable, anything else is the path of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum KeySource {
    /// The value of a variable.
    Variable(String),
    /// What is in a file.
    File(PathBuf),
}

/// A text that names no place of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseKeySourceError {
    /// It is empty.
    #[error("a key is named by the path of a file, or as env:NAME for a variable")]
    Empty,
    /// It is a key, which would be seen by all who see commands.
    #[error("this is a key itself: name its file, or a variable that has it as env:NAME")]
    Key,
    /// What follows `env:` is no name.
    #[error("`{0}` is no name of a variable: letters, digits and `_`, no digit first")]
    Variable(String),
}

impl FromStr for KeySource {
    type Err = ParseKeySourceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(name) = text.strip_prefix(VARIABLE) else {
            let path = Some(text).filter(|text| !text.is_empty() && !text.contains('\0'));
            let path = path.ok_or(ParseKeySourceError::Empty)?;
            if is_key(path) {
                return Err(ParseKeySourceError::Key);
            }
            return Ok(Self::File(path.into()));
        };
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if starts && name.chars().all(is_word) {
            Ok(Self::Variable(name.to_owned()))
        } else {
            Err(ParseKeySourceError::Variable(name.to_owned()))
        }
    }
}

/// Whether a text is a key and no path: a block of PEM, or as many digits of base64 as a secret key of minisign has.
fn is_key(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let minisign = text.starts_with("RW") && text.len() > 100 && text.chars().all(is_digit);
    minisign || text.contains("-----BEGIN")
}

impl TryFrom<String> for KeySource {
    type Error = ParseKeySourceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KeySource> for String {
    fn from(source: KeySource) -> Self {
        match source {
            KeySource::Variable(name) => format!("{VARIABLE}{name}"),
            KeySource::File(path) => path.to_string_lossy().into_owned(),
        }
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::File(path) => write!(f, "`{}`", printable_path(path)),
        }
    }
}

/// The text of a key, which isn't understood yet.
#[derive(Clone, Debug)]
pub struct KeyText {
    /// Where it is from.
    pub source: KeySource,
    /// The text.
    pub text: Secret,
    /// What is wrong with how it is kept. Only a private key has to be kept.
    pub loose: Option<LooseKey>,
}

/// A file that others on this machine may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooseKey {
    /// The file.
    pub path: PathBuf,
}

impl fmt::Display for LooseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = printable_path(&self.path);
        write!(
            f,
            "others may read `{path}`; `chmod 600` keeps it to yourself"
        )
    }
}

impl KeySource {
    /// Reads a private key or a password; a relative path starts at a folder. From then on it stands in nothing that this
    /// process writes.
    ///
    /// # Errors
    /// When there is nothing, or more than a key.
    pub fn read(&self, folder: &Path, env: &Environment) -> Result<KeyText, ReadKeyError> {
        let key = self.read_public(folder, env)?;
        secret::conceal([&key.text]).map_err(|error| ReadKeyError {
            origin: self.clone(),
            fault: ReadKeyFault::Conceal(error),
        })?;
        Ok(key)
    }

    /// Reads a public key.
    ///
    /// # Errors
    /// When there is nothing, or more than a key.
    pub fn read_public(&self, folder: &Path, env: &Environment) -> Result<KeyText, ReadKeyError> {
        let error = |fault| ReadKeyError {
            origin: self.clone(),
            fault,
        };
        let (text, loose) = match self {
            Self::Variable(name) => {
                let value = env.get(name).ok_or_else(|| error(ReadKeyFault::NotSet))?;
                (value.as_encoded_bytes().to_vec(), None)
            }
            Self::File(path) => read_file(&folder.join(path)).map_err(error)?,
        };
        if text.trim_ascii().is_empty() {
            return Err(error(ReadKeyFault::Empty));
        }
        Ok(KeyText {
            source: self.clone(),
            text: text.into(),
            loose,
        })
    }
}

fn read_file(path: &Path) -> Result<(Vec<u8>, Option<LooseKey>), ReadKeyFault> {
    let mut file = File::open(path).map_err(ReadKeyFault::Io)?;
    let metadata = file.metadata().map_err(ReadKeyFault::Io)?;
    // Its size is known, so the text is in memory once.
    let size = usize::try_from(metadata.len().min(LONGEST)).unwrap_or_default();
    let mut text = Vec::with_capacity(size + 1);
    let limited = (&mut file).take(LONGEST + 1).read_to_end(&mut text);
    limited.map_err(ReadKeyFault::Io)?;
    if text.len() as u64 > LONGEST {
        return Err(ReadKeyFault::TooLong);
    }
    let loose = is_loose(&metadata).then(|| LooseKey {
        path: path.to_owned(),
    });
    Ok((text, loose))
}

/// Whether others than the owner may read a file.
#[cfg(unix)]
fn is_loose(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.is_file() && metadata.permissions().mode() & 0o077 != 0
}

/// Other systems have no modes.
#[cfg(not(unix))]
fn is_loose(_: &std::fs::Metadata) -> bool {
    false
}

/// Why there is no key to read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read a key from {origin}: {fault}")]
pub struct ReadKeyError {
    origin: KeySource,
    fault: ReadKeyFault,
}

#[derive(Debug, thiserror::Error)]
enum ReadKeyFault {
    #[error("it is not set")]
    NotSet,
    #[error("it is empty")]
    Empty,
    #[error("it has more than 64 KiB, so it is no key")]
    TooLong,
    #[error("{0}")]
    Io(io::Error),
    #[error("{0}")]
    Conceal(RedactorError),
}

impl Failure for ReadKeyError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        let what = match (&self.origin, &self.fault) {
            (KeySource::Variable(name), _) => {
                format!("set {name} to the text of the key, or name a file in its place")
            }
            (KeySource::File(_), ReadKeyFault::TooLong) => {
                "name the file of the key itself".to_owned()
            }
            (KeySource::File(_), _) => {
                "put the key there, or name a variable that has it: env:NAME".to_owned()
            }
        };
        Some(what)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_in_a_file_or_in_a_variable() {
        let variable = "env:RELEASE_KEY".parse();
        assert_eq!(variable, Ok(KeySource::Variable("RELEASE_KEY".to_owned())));
        let file = "keys/release.pem".parse();
        assert_eq!(file, Ok(KeySource::File("keys/release.pem".into())));
        for name in ["", "1A", "A B", "A=b", "Ä"] {
            let fault = ParseKeySourceError::Variable(name.to_owned());
            assert_eq!(format!("env:{name}").parse::<KeySource>(), Err(fault));
        }
        assert_eq!("".parse::<KeySource>(), Err(ParseKeySourceError::Empty));
        for key in [
            format!("RWQAAEIy{}", "A".repeat(204)),
            "-----BEGIN PRIVATE KEY-----".to_owned(),
        ] {
            assert_eq!(key.parse::<KeySource>(), Err(ParseKeySourceError::Key));
        }
    }

    #[test]
    fn the_value_of_a_variable_is_read_and_not_shown() {
        let env = Environment::of([("RELEASE_KEY", "hunter2"), ("BLANK", " \n")]);
        let read = |name: &str| {
            let source = KeySource::Variable(name.to_owned());
            source.read(Path::new("/"), &env)
        };
        let key = read("RELEASE_KEY").unwrap();
        assert_eq!(key.text.expose(), b"hunter2");
        assert!(!format!("{key:?}").contains("hunter2"), "{key:?}");
        for (name, says) in [
            ("ABSENT", "the variable ABSENT: it is not set"),
            ("BLANK", "it is empty"),
        ] {
            let error = read(name).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert!(error.hint().unwrap().contains(name));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_told_of() {
        use std::os::unix::fs::PermissionsExt as _;
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("key");
        fs::write(&path, "text").unwrap();
        let read = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let source: KeySource = "key".parse().unwrap();
            source.read(temp.path(), &Environment::default()).unwrap()
        };
        assert_eq!(read(0o600).loose, None);
        for mode in [0o640, 0o604] {
            let loose = read(mode).loose.unwrap().to_string();
            assert!(loose.contains("chmod 600"), "{loose}");
        }
    }

    #[test]
    fn what_is_too_long_or_missing_is_no_key() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("long"), vec![b'x'; 64 * 1024 + 1]).unwrap();
        fs::write(temp.path().join("most"), vec![b'x'; 64 * 1024]).unwrap();
        let read = |name: &str| {
            let source: KeySource = name.parse().unwrap();
            source.read(temp.path(), &Environment::default())
        };
        assert!(read("most").is_ok());
        let error = read("long").unwrap_err().to_string();
        assert!(
            error.contains("`long`") && error.contains("64 KiB"),
            "{error}"
        );
        assert!(read("absent").unwrap_err().to_string().contains("`absent`"));
    }

    proptest! {
        #[test]
        fn a_source_is_written_as_it_is_read(text in "env:[A-Z_][A-Z0-9_]{0,9}|[a-z./-]{1,20}") {
            let source: KeySource = text.parse().unwrap();
            prop_assert_eq!(String::from(source), text);
        }
    }
}
