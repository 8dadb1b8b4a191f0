//! Platforms, as images name them.

use serde::{Deserialize, Serialize};

use crate::target::{Goarch, Goos, Target};

/// What an image runs on. Its words are those of `GOOS` and `GOARCH`.
///
/// Source: OCI image specification v1.1, `image-index.md`, "Platform Variants".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Platform {
    /// The CPU.
    pub architecture: String,
    /// The operating system.
    pub os: String,
    /// The kind of CPU, where the architecture alone doesn't say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// Why there is no image for a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an image from scratch is for linux, not for {0}")]
pub struct NoImage(pub Goos);

impl Platform {
    /// That of a target.
    ///
    /// # Errors
    /// When it isn't for Linux: nothing else runs from scratch.
    pub fn of(target: &Target) -> Result<Self, NoImage> {
        if target.goos != Goos::Linux {
            return Err(NoImage(target.goos));
        }
        Ok(Self {
            architecture: target.goarch.to_string(),
            os: target.goos.to_string(),
            variant: variant(target),
        })
    }

    /// As part of a file name: `linux_arm_v7`.
    #[must_use]
    pub fn slug(&self) -> String {
        self.to_string().replace('/', "_")
    }
}

/// `linux/arm/v7`
impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

/// The variant. The first of each architecture isn't named, since what runs images asks for an architecture without
/// one there; of arm, what an image has is asked for. Options such as `lse` have no words in images.
fn variant(target: &Target) -> Option<String> {
    let value = target.variant.as_ref()?.value();
    let level = value.split(',').next().unwrap_or(value);
    match target.goarch {
        Goarch::Arm => Some(format!("v{level}")),
        Goarch::Amd64 => (level != "v1").then(|| level.to_owned()),
        Goarch::Arm64 => {
            let level = level.strip_suffix(".0").unwrap_or(level);
            (level != "v8").then(|| level.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(target: &str) -> String {
        Platform::of(&target.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn variants_are_those_that_images_name() {
        for (target, expected) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/amd64/v3", "linux/amd64/v3"),
            ("linux/arm/6", "linux/arm/v6"),
            ("linux/arm/7,softfloat", "linux/arm/v7"),
            ("linux/arm64", "linux/arm64"),
            ("linux/arm64/v8.0,lse", "linux/arm64"),
            ("linux/arm64/v8.2", "linux/arm64/v8.2"),
            ("linux/arm64/v9.0", "linux/arm64/v9"),
            ("linux/386", "linux/386"),
            ("linux/riscv64", "linux/riscv64"),
            ("linux/s390x", "linux/s390x"),
        ] {
            assert_eq!(platform(target), expected, "{target}");
        }
    }

    #[test]
    fn nothing_but_linux_runs_from_scratch() {
        let error = Platform::of(&"windows/amd64".parse().unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "an image from scratch is for linux, not for windows"
        );
    }

    #[test]
    fn a_variant_that_there_isnt_is_left_out() {
        let platform = Platform::of(&"linux/amd64".parse().unwrap()).unwrap();
        let json = serde_json::to_string(&platform).unwrap();
        assert_eq!(json, r#"{"architecture":"amd64","os":"linux"}"#);
        assert_eq!(serde_json::from_str::<Platform>(&json).unwrap(), platform);
    }
}
