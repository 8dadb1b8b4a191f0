//! What the files of a release are called, as people who download one expect it:
//! `hello_v1.2.3-7a8b9c1_linux_armv7.tar.gz`.

use crate::plan::Artifact;
use crate::target::{Goarch, Target, Variant};

/// A target in the name of a file: the variant that everybody has goes without saying, but for arm,
/// whose two kinds are different machines.
#[must_use]
pub(super) fn platform(target: &Target) -> String {
    let (goos, goarch) = (target.goos, target.goarch);
    let usual = Variant::default_of(goarch).filter(|_| goarch != Goarch::Arm);
    let variant = target.variant.as_ref();
    let variant = variant.filter(|variant| usual.as_ref() != Some(*variant));
    let variant = variant.map(|variant| variant.to_string().replace(',', "-"));
    let variant = match variant {
        None => String::new(),
        Some(variant) if variant.starts_with('v') => variant,
        Some(variant) if goarch == Goarch::Arm => format!("v{variant}"),
        Some(variant) => format!("_{variant}"),
    };
    format!("{goos}_{goarch}{variant}")
}

/// What an artifact was built for, in the name of a file: with the C toolchain and the release of Go where the
/// matrix has the same target twice.
#[must_use]
pub(super) fn cell(artifact: &Artifact) -> String {
    let plain = format!("{}_{}", artifact.binary, artifact.target.slug());
    let rest = artifact.path.folder().strip_prefix(&plain);
    format!("{}{}", platform(&artifact.target), rest.unwrap_or_default())
}

/// The start of the name of a file: whose it is, which version, and what for.
#[must_use]
pub(super) fn stem(name: &str, version: &str, cell: &str) -> String {
    format!("{name}_{version}_{cell}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_called_as_in_other_releases() {
        let called = |target: &str| platform(&target.parse::<Target>().unwrap());
        assert_eq!(called("linux/amd64/v1"), "linux_amd64");
        assert_eq!(called("linux/amd64/v3"), "linux_amd64v3");
        assert_eq!(called("linux/arm/7"), "linux_armv7");
        assert_eq!(called("linux/arm/6"), "linux_armv6");
        assert_eq!(called("darwin/arm64/v8.0"), "darwin_arm64");
        assert_eq!(called("linux/arm64/v8.1,lse"), "linux_arm64v8.1-lse");
        assert_eq!(called("linux/mips/softfloat"), "linux_mips_softfloat");
        assert_eq!(called("linux/s390x"), "linux_s390x");
    }
}
