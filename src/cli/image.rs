//! `gobuildx image`: its arguments.

use clap::Args;

use super::build::BuildArgs;
use super::publishing::PublishingArgs;
use crate::release::Reach;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx image                          the image of [release.image], as a layout and as tars
  gobuildx image --target linux/arm64     for one platform
  skopeo inspect oci:dist/oci             what others say of it
  docker load -i dist/hello_v1.2.3-7a8b9c1_linux_amd64.image.tar
                                          the image for one platform, in an engine";

/// `gobuildx image`
#[derive(Debug, Args)]
pub struct ImageArgs {
    /// What is built, and how.
    #[command(flatten)]
    pub build: BuildArgs,

    /// What it says of itself, and where it goes.
    #[command(flatten)]
    pub publishing: PublishingArgs,
}

impl ImageArgs {
    /// What is published is made anew.
    pub(super) fn settle(&mut self) {
        if self.publishing.reach() == Reach::Published {
            self.build.force_all();
        }
    }
}
