//! The rules of an audit, and what breaks one.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// What may be wrong with a dependency, or with how it is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuditRule {
    /// `go mod tidy` would change go.mod or go.sum.
    Untidy,
    /// go.sum lacks what a build needs.
    Unlocked,
    /// Files in the module cache are others than go.sum has.
    Altered,
    /// `vendor` is another one than `go mod vendor` makes.
    VendorDrift,
    /// A module comes from a folder of this machine.
    LocalReplace,
    /// A commit that nobody released.
    PseudoVersion,
    /// A major version from 2 on without a go.mod.
    Incompatible,
    /// go.mod names another toolchain than the one that builds.
    Toolchain,
    /// Its author took the version back.
    Retracted,
    /// Its author doesn't maintain it.
    Deprecated,
    /// It is older than the manifest allows.
    Old,
    /// An advisory is about it.
    Vulnerable,
    /// What its licence is isn't known.
    LicenceUnknown,
    /// Its licence is one that the manifest denies.
    Licence,
    /// A built program has another version than go.mod says.
    OtherVersion,
    /// A built program has other files than go.sum says.
    OtherSum,
    /// A program was built from sources that no commit has.
    Dirty,
    /// A program was built by another Go than the manifest and go.mod say.
    OtherGo,
    /// A program was built from another commit than the current one.
    OtherCommit,
}

impl AuditRule {
    /// All rules, in the order in which they are told.
    pub const ALL: &[Self] = &[
        Self::Vulnerable,
        Self::Altered,
        Self::OtherSum,
        Self::OtherVersion,
        Self::Unlocked,
        Self::Retracted,
        Self::Deprecated,
        Self::Licence,
        Self::LicenceUnknown,
        Self::Old,
        Self::Untidy,
        Self::VendorDrift,
        Self::LocalReplace,
        Self::PseudoVersion,
        Self::Incompatible,
        Self::Toolchain,
        Self::Dirty,
        Self::OtherGo,
        Self::OtherCommit,
    ];

    /// Its name, as manifests and reports have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Untidy => "untidy",
            Self::Unlocked => "unlocked",
            Self::Altered => "altered",
            Self::VendorDrift => "vendor-drift",
            Self::LocalReplace => "local-replace",
            Self::PseudoVersion => "pseudo-version",
            Self::Incompatible => "incompatible",
            Self::Toolchain => "toolchain",
            Self::Retracted => "retracted",
            Self::Deprecated => "deprecated",
            Self::Old => "old",
            Self::Vulnerable => "vulnerable",
            Self::LicenceUnknown => "licence-unknown",
            Self::Licence => "licence",
            Self::OtherVersion => "other-version",
            Self::OtherSum => "other-sum",
            Self::Dirty => "dirty",
            Self::OtherGo => "other-go",
            Self::OtherCommit => "other-commit",
        }
    }

    /// Whether it is about the files of built programs.
    #[must_use]
    pub fn is_about_files(self) -> bool {
        matches!(
            self,
            Self::OtherVersion | Self::OtherSum | Self::Dirty | Self::OtherGo | Self::OtherCommit
        )
    }

    /// What it means for a release; a sentence.
    #[must_use]
    pub fn means(self) -> &'static str {
        match self {
            Self::Untidy => {
                "the files that lock the build don't say what it needs: another machine may choose otherwise"
            }
            Self::Unlocked => {
                "nothing says what its files have to be: whoever serves them decides what is shipped"
            }
            Self::Altered => "what is compiled is not what its author published",
            Self::VendorDrift => "what is compiled from `vendor` is not what go.mod names",
            Self::LocalReplace => "nobody else can build this, and no checksum covers it",
            Self::PseudoVersion => {
                "its author never released that commit: no promise holds for it, and advisories may miss it"
            }
            Self::Incompatible => "what it requires itself isn't locked",
            Self::Toolchain => "another Go than the named one builds the release",
            Self::Retracted => "its author asks nobody to use this version",
            Self::Deprecated => "nobody will mend it",
            Self::Old => "mistakes that were found since are in it",
            Self::Vulnerable => "somebody may make use of it",
            Self::LicenceUnknown => "whether it may be shipped isn't known",
            Self::Licence => "the manifest doesn't allow shipping it under this licence",
            Self::OtherVersion => "the program is not what the lock file describes",
            Self::OtherSum => "the program holds other code than go.sum has the checksum of",
            Self::Dirty => "no commit has what it was built from",
            Self::OtherGo => "the program holds another standard library than was audited",
            Self::OtherCommit => "the program is not what this commit builds",
        }
    }
}

impl fmt::Display for AuditRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for AuditRule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A text that names no rule of an audit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rule of an audit")]
pub struct ParseRuleError(pub String);

impl FromStr for AuditRule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut rules = Self::ALL.iter();
        let found = rules.find(|rule| rule.as_str() == text);
        found
            .copied()
            .ok_or_else(|| ParseRuleError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_is_read_by_its_name() {
        for rule in AuditRule::ALL {
            assert_eq!(rule.as_str().parse(), Ok(*rule));
        }
        assert!("vulnerabel".parse::<AuditRule>().is_err());
    }
}
