//! The lock file: which certificates exactly are compiled in, beside the manifest and committed
//! with it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde::Deserialize;

use super::mozilla::MODULE;

/// The version of the format.
const SCHEMA: u32 = 1;

/// What is pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The module with the certificates of Mozilla.
    pub mozilla: Option<ModulePin>,
    /// The PEM files of the project: the SHA-256 of each, in lower-case hexadecimal digits.
    pub files: BTreeMap<String, String>,
    /// Go's own toolchains, by names such as `go1.26.8.linux-amd64`: the digest of each, as go.sum
    /// has it.
    pub toolchains: BTreeMap<String, String>,
}

/// A version of a module, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModulePin {
    /// The version: `v0.0.0-20261030153154-30a33513ff6d`.
    pub version: String,
    /// Its digest, as go.sum has it: `h1:…`.
    pub sum: String,
}

/// The file's contents as TOML.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: u32,
    mozilla: Option<WrittenModule>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    toolchains: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenModule {
    module: String,
    version: String,
    sum: String,
}

/// Why a text is no lock file. It finishes "failed to read …: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseLockError {
    /// No TOML, or other keys.
    #[error("{0}")]
    Syntax(String),
    /// From a later gobuildx.
    #[error("it has the schema {0}, and this gobuildx reads schema {SCHEMA}")]
    Schema(u32),
    /// It pins something else than what is asked for.
    #[error("it pins the module `{0}` and not `{MODULE}`")]
    Module(String),
    /// No version that stays what it is.
    #[error("`{0}` is no version of a module")]
    Version(String),
    /// A toolchain without a digest.
    #[error("`{0}` is no toolchain with its `h1:…`")]
    Toolchain(String),
}

const DIGEST: &str = "sha256:";

impl Lock {
    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, ParseLockError> {
        let written: Written = toml::from_str(text)
            .map_err(|error| ParseLockError::Syntax(error.message().to_owned()))?;
        if written.schema != SCHEMA {
            return Err(ParseLockError::Schema(written.schema));
        }
        let mozilla = written.mozilla.map(WrittenModule::pin).transpose()?;
        let files = written.files.into_iter().map(|(path, digest)| {
            let digest = digest.strip_prefix(DIGEST).unwrap_or_default();
            (path, digest.to_owned())
        });
        let mut toolchains = written.toolchains.iter();
        if let Some((name, _)) = toolchains.find(|(name, sum)| !is_toolchain(name, sum)) {
            return Err(ParseLockError::Toolchain(name.clone()));
        }
        Ok(Self {
            mozilla,
            files: files.collect(),
            toolchains: written.toolchains,
        })
    }

    /// Whether it pins nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mozilla.is_none() && self.files.is_empty() && self.toolchains.is_empty()
    }
}

/// Whether a toolchain is pinned: by a name that is one everywhere, and the digest of a module.
fn is_toolchain(name: &str, sum: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let digest = sum.strip_prefix("h1:").map(str::as_bytes);
    let digest = digest.and_then(|digest| BASE64.decode(digest).ok());
    name.starts_with("go1.") && name.chars().all(plain) && digest.is_some_and(|it| it.len() == 32)
}

impl WrittenModule {
    fn pin(self) -> Result<ModulePin, ParseLockError> {
        if self.module != MODULE {
            return Err(ParseLockError::Module(self.module));
        }
        // Words such as `latest` stand for another version every day.
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
        let starts = self.version.strip_prefix('v');
        if !starts.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            || !self.version.chars().all(plain)
        {
            return Err(ParseLockError::Version(self.version));
        }
        Ok(ModulePin {
            version: self.version,
            sum: self.sum,
        })
    }
}

/// The text of the file.
impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let embeds = self.mozilla.is_some() || !self.files.is_empty();
        f.write_str(if embeds || self.toolchains.is_empty() {
            "# What `[embed] ca_roots` compiles in. `gobuildx lock` writes this file; commit it.\n"
        } else {
            "# What builds are held against; commit it.\n"
        })?;
        writeln!(f, "schema = {SCHEMA}")?;
        if let Some(ModulePin { version, sum }) = &self.mozilla {
            write!(
                f,
                "\n[mozilla]\nmodule = \"{MODULE}\"\nversion = \"{version}\"\nsum = \"{sum}\"\n"
            )?;
        }
        if !self.files.is_empty() {
            f.write_str("\n[files]\n")?;
        }
        for (path, digest) in &self.files {
            // The manifest lets no backslash and no control character into a path.
            let path = path.replace('"', "\\\"");
            writeln!(f, "\"{path}\" = \"{DIGEST}{digest}\"")?;
        }
        if !self.toolchains.is_empty() {
            f.write_str("\n# From `gobuildx toolchains install --lock`.\n[toolchains]\n")?;
        }
        for (name, sum) in &self.toolchains {
            writeln!(f, "\"{name}\" = \"{sum}\"")?;
        }
        Ok(())
    }
}

/// The lock file of a manifest: `targets.lock` for `targets.toml`.
#[must_use]
pub fn lock_file(manifest: &Path) -> PathBuf {
    if manifest.extension().is_some_and(|end| end == "toml") {
        return manifest.with_extension("lock");
    }
    let mut name = manifest.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    manifest.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "h1:5NBkmd8MXirajj6AAEpi4HFVJnVkBNPTL1ggYAKqaws=";

    fn pinned() -> Lock {
        Lock {
            mozilla: Some(ModulePin {
                version: "v0.0.0-20261030153154-30a33513ff6d".to_owned(),
                sum: "h1:5NBkmd8MXirajj6AAEpi4HFVJnVkBNPTL1ggYAKqaws=".to_owned(),
            }),
            files: [("our \"own\"/ca.pem".to_owned(), "0a".repeat(32))].into(),
            toolchains: [("go1.26.8.linux-amd64".to_owned(), SUM.to_owned())].into(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let none = Lock::default();
        for lock in [pinned(), none] {
            assert_eq!(Lock::parse(&lock.to_string()), Ok(lock));
        }
    }

    #[test]
    fn a_version_that_changes_is_no_pin() {
        for version in ["latest", "", "master", "v", "v1.0.0 -x", "v1@x"] {
            let text = pinned().to_string();
            let text = text.replace("v0.0.0-20261030153154-30a33513ff6d", version);
            let error = Lock::parse(&text).unwrap_err();
            assert_eq!(error, ParseLockError::Version(version.to_owned()));
        }
    }

    #[test]
    fn a_toolchain_is_pinned_by_its_name_and_digest() {
        let alone = Lock {
            toolchains: pinned().toolchains,
            ..Lock::default()
        };
        assert_eq!(Lock::parse(&alone.to_string()), Ok(alone.clone()));
        assert!(!alone.is_empty());
        let name = "go1.26.8.linux-amd64";
        for (wrong, right) in [
            ("go", "go1.26.8.linux-amd64"),
            ("h1:x", SUM),
            ("go1.26\\n", name),
        ] {
            let text = alone.to_string().replace(right, wrong);
            let error = Lock::parse(&text).unwrap_err();
            assert!(matches!(error, ParseLockError::Toolchain(_)), "{error}");
        }
    }

    #[test]
    fn another_format_is_told_of() {
        let error = |text: &str| Lock::parse(text).unwrap_err();
        assert_eq!(error("schema = 2"), ParseLockError::Schema(2));
        assert!(matches!(
            error("schema = 1\nx = 1"),
            ParseLockError::Syntax(_)
        ));
        assert!(matches!(error(""), ParseLockError::Syntax(_)));
        let other = pinned().to_string().replace(MODULE, "example.com/roots");
        assert!(matches!(error(&other), ParseLockError::Module(_)));
    }

    #[test]
    fn the_lock_lies_beside_its_manifest() {
        let file = |manifest: &str| lock_file(Path::new(manifest));
        assert_eq!(file("a/targets.toml"), Path::new("a/targets.lock"));
        assert_eq!(file("a/packed.toml"), Path::new("a/packed.lock"));
        assert_eq!(file("other.lock"), Path::new("other.lock.lock"));
    }
}
