//! What a release says of itself, and whether it leaves this machine: arguments that verbs share.

use clap::Args;

use crate::plan::Edition;
use crate::release::Reach;

/// What a release says of itself, and whether it leaves this machine.
#[derive(Debug, Args)]
pub struct PublishingArgs {
    /// Let the version say that this is no release, and what is wrong with the sources
    #[arg(long, conflicts_with = "publish", help_heading = "What to build")]
    snapshot: bool,

    /// When everything is proven: push the image, and change the files of [release.gitops]
    #[arg(long, help_heading = "How to build")]
    publish: bool,
}

impl PublishingArgs {
    /// Whether the version may be taken for one that was released.
    #[must_use]
    pub fn edition(&self) -> Edition {
        if self.snapshot {
            Edition::Snapshot
        } else {
            Edition::Release
        }
    }

    /// Whether anything may leave this machine.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.publish {
            Reach::Published
        } else {
            Reach::Local
        }
    }
}
