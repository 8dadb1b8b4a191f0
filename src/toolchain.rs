//! C toolchains: the definitions under `toolchains/`, built in.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A way to compile the C of a cgo program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toolchain {
    /// What it is, for people.
    pub description: String,
    /// Where its programs run.
    pub targets: Reach,
    /// Variables that make go use it, such as `CC`.
    pub env: BTreeMap<String, String>,
    /// What is set in their place with `-asan`, for which go asks the compiler for its name.
    #[serde(default)]
    pub asan: BTreeMap<String, String>,
}

/// The targets that a toolchain builds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Only the machine's own platform.
    Host,
}

/// The definitions, by name.
const DEFINITIONS: &[(&str, &str)] = &[("host", include_str!("../toolchains/host.toml"))];

/// The toolchain that cells with cgo take when they name none.
pub const DEFAULT: &str = "host";

/// The names of all definitions.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    DEFINITIONS.iter().map(|(name, _)| *name)
}

/// The definition with this name.
#[must_use]
pub fn find(name: &str) -> Option<Toolchain> {
    let (_, text) = DEFINITIONS.iter().find(|(known, _)| *known == name)?;
    toml::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_can_be_read() {
        for name in names() {
            let toolchain = find(name).unwrap_or_else(|| panic!("{name} can't be read"));
            assert!(!toolchain.description.is_empty(), "{name}");
        }
        assert!(find(DEFAULT).is_some());
    }
}
