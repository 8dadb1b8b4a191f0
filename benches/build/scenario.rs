//! What there is to do for a build.

/// What there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// Everything: `-a`, and a build cache that is empty
    #[default]
    Cold,
    /// One file of one binary was edited
    Edit,
    /// Nothing changed
    Nothing,
}

impl Scenario {
    /// Whether each run begins with an empty build cache and an empty output folder.
    pub(crate) fn begins_empty(self) -> bool {
        self == Self::Cold
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Cold => "Everything compiled",
            Self::Edit => "One file edited",
            Self::Nothing => "Nothing changed",
        }
    }

    pub(crate) fn explained(self) -> &'static str {
        match self {
            Self::Cold => {
                "Everything is compiled: each run has a build cache of its own that is empty, and go is told -a."
            }
            Self::Edit => {
                "One file of one binary is edited before each run. All share a build cache that has the rest."
            }
            Self::Nothing => {
                "Nothing changed since the run before. All share a build cache that has everything."
            }
        }
    }
}
