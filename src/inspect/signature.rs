//! What only Mach-O files have: a code signature and the oldest system they run on.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

/// Who signed a Mach-O file. Apple silicon starts no program without a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeSignature {
    /// The linker, without an identity: `CS_ADHOC | CS_LINKER_SIGNED`.
    Linker,
    /// A signing tool, without an identity: `CS_ADHOC`.
    AdHoc,
    /// Somebody with a certificate.
    Identity,
}

/// The oldest release of a system, from `LC_BUILD_VERSION` or `LC_VERSION_MIN_MACOSX`.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
pub struct MinimumOs {
    /// As in macOS 12.0.
    pub major: u16,
    /// As in macOS 12.0.
    pub minor: u8,
}

impl MinimumOs {
    /// Reads the nibbles `xxxx.yy.zz` of `mach-o/loader.h`.
    pub(super) fn from_nibbles(version: u32) -> Self {
        let [high, low, minor, _patch] = version.to_be_bytes();
        Self {
            major: u16::from_be_bytes([high, low]),
            minor,
        }
    }
}

impl fmt::Display for MinimumOs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl serde::Serialize for MinimumOs {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
