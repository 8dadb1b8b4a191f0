//! What a binary is built for: operating system, architecture, CPU variant, cgo, build mode.

mod build_mode;
mod platform;
mod sanitizer;
mod selector;
mod support;
mod variant;

pub use build_mode::BuildMode;
pub use platform::{Goarch, Goos, PLATFORMS, ParsePlatformError, Platform};
pub use sanitizer::Sanitizer;
pub use selector::{ParseSelectorError, Selector};
pub use variant::{ParseVariantError, Variant};

use std::fmt;

use serde::{Deserialize, Serialize, de};

/// A platform with its CPU variant, written `linux/amd64/v1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The operating system.
    pub goos: Goos,
    /// The architecture.
    pub goarch: Goarch,
    /// The CPU variant; none only where Go knows none for the architecture.
    pub variant: Option<Variant>,
}

impl Target {
    /// The target with the variant that Go itself takes when none is named.
    #[must_use]
    pub fn new(goos: Goos, goarch: Goarch) -> Self {
        Self {
            goos,
            goarch,
            variant: Variant::default_of(goarch),
        }
    }

    /// The target as part of a file name: `linux_amd64_v1`.
    #[must_use]
    pub fn slug(&self) -> String {
        self.to_string().replace('/', "_").replace(',', "-")
    }

    /// Whether executables are position-independent there without being told to.
    ///
    /// Source: `DefaultPIE` in Go's `internal/platform`, for a program with the race detector.
    #[must_use]
    pub fn is_pie_anyway(&self) -> bool {
        matches!(self.goos, Goos::Android | Goos::Darwin | Goos::Ios)
    }

    /// The row of the platform table, if Go has ever built for this pair.
    #[must_use]
    pub fn platform(&self) -> Option<&'static Platform> {
        Platform::find(self.goos, self.goarch)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.goos, self.goarch)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

/// Why a text is not a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseTargetError {
    /// Not two or three parts between slashes.
    #[error("`{0}` is not of the form goos/goarch or goos/goarch/variant")]
    Shape(String),
    /// An unknown system or architecture.
    #[error(transparent)]
    Platform(#[from] ParsePlatformError),
    /// A variant that the architecture doesn't have.
    #[error(transparent)]
    Variant(#[from] ParseVariantError),
}

impl std::str::FromStr for Target {
    type Err = ParseTargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '/');
        let (Some(goos), Some(goarch)) = (parts.next(), parts.next()) else {
            return Err(ParseTargetError::Shape(text.to_owned()));
        };
        let mut target = Self::new(goos.parse()?, goarch.parse()?);
        if let Some(variant) = parts.next() {
            target.variant = Some(Variant::new(target.goarch, variant)?);
        }
        Ok(target)
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// Whether C code is compiled and linked in: `CGO_ENABLED`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cgo {
    /// `CGO_ENABLED=0`: Go only.
    #[default]
    Disabled,
    /// `CGO_ENABLED=1`.
    Enabled,
}

impl Cgo {
    /// The value of `CGO_ENABLED`.
    #[must_use]
    pub fn env_value(self) -> &'static str {
        match self {
            Self::Disabled => "0",
            Self::Enabled => "1",
        }
    }
}

impl From<bool> for Cgo {
    fn from(enabled: bool) -> Self {
        if enabled {
            Self::Enabled
        } else {
            Self::Disabled
        }
    }
}

impl Serialize for Cgo {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self == Self::Enabled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_without_variant_gets_the_one_go_takes() {
        let target: Target = "linux/amd64".parse().unwrap();
        assert_eq!(target.to_string(), "linux/amd64/v1");
        assert_eq!(target.slug(), "linux_amd64_v1");
    }

    #[test]
    fn an_architecture_without_variants_has_two_parts() {
        let target: Target = "linux/s390x".parse().unwrap();
        assert_eq!(target.to_string(), "linux/s390x");
    }

    #[test]
    fn a_variant_of_several_words_is_safe_in_a_file_name() {
        let target: Target = "linux/arm64/v8.0,lse".parse().unwrap();
        assert_eq!(target.slug(), "linux_arm64_v8.0-lse");
    }

    #[test]
    fn every_platform_round_trips_through_its_text() {
        for platform in PLATFORMS {
            let target = Target::new(platform.goos, platform.goarch);
            assert_eq!(target.to_string().parse::<Target>().unwrap(), target);
        }
    }

    #[test]
    fn one_part_is_not_a_target() {
        assert!("linux".parse::<Target>().is_err());
    }
}
