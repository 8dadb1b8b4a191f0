//! Whether commands of a manifest may be run: an argument that verbs share.

use clap::Args;

/// Whether commands of a manifest may be run.
#[derive(Debug, Args)]
pub struct HookArgs {
    /// Run the hooks of the manifest: commands of its author, which may do all that you may do
    #[arg(long, help_heading = "How to build")]
    allow_hooks: bool,
}

impl HookArgs {
    /// What the flag says.
    #[must_use]
    pub fn permission(&self) -> Permission {
        if self.allow_hooks {
            Permission::Given
        } else {
            Permission::Withheld
        }
    }
}

/// Whether commands of a manifest may be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// The user said so on the command line.
    Given,
    /// A manifest alone runs nothing.
    Withheld,
}
