//! What a blank system may have besides the program.

use std::fmt;
use std::str::FromStr;

/// Something that the blank system has because it was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// An empty `/tmp` that can be written to.
    Tmp,
    /// The machine's CA certificates.
    CaCertificates,
    /// The machine's `/etc/resolv.conf`; there is no network all the same.
    ResolvConf,
    /// `/proc`, of the program's own processes.
    Proc,
    /// `/dev` with `null`, `zero`, `random` and the like.
    Dev,
}

impl Grant {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Tmp,
        Self::CaCertificates,
        Self::ResolvConf,
        Self::Proc,
        Self::Dev,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tmp => "tmp",
            Self::CaCertificates => "ca-certificates",
            Self::ResolvConf => "resolv.conf",
            Self::Proc => "proc",
            Self::Dev => "dev",
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Nothing of that name can be granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be granted: there are tmp, ca-certificates, resolv.conf, proc and dev")]
pub struct ParseGrantError(String);

impl FromStr for Grant {
    type Err = ParseGrantError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.iter().copied();
        all.find(|grant| grant.as_str() == text)
            .ok_or_else(|| ParseGrantError(text.to_owned()))
    }
}
