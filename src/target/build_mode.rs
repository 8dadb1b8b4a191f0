//! Build modes: what kind of file go makes.

/// What kind of file go makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildMode {
    /// An ordinary executable.
    #[default]
    Exe,
    /// A position-independent executable.
    Pie,
}
