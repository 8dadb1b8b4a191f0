//! `gobuildx release`: its arguments.

use clap::{Args, Subcommand};

use super::build::BuildArgs;
use super::publishing::PublishingArgs;
use super::selection::SelectionArgs;
use crate::release::Reach;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx release                        all that is local: archives, bills of materials, checksums
  gobuildx release --snapshot             a try, whose version says that it is one
  gobuildx release --dry-run              what would be made, and where it would go
  gobuildx release --publish --allow-hooks
                                          with the commands of [release], and out into the world
  gobuildx release rollback v2.2.9-1a2b3c4
                                          the files of [release.gitops] name that version's image again
Stages:
  tests     the commands of [release.steps]; each stage stops what comes after it
  build     every target of the matrix
  verify    each file is held against its policy
  smoke     programs run on a blank system, where [smoke] says how
  audit     the dependencies of what was built, where there is [audit]
  package   archives, bills of materials, provenance, the image, checksums
  sign      with the keys and commands of [release.sign]
  push      the image goes to its registry, with --publish only
  gitops    the files of [release.gitops], with --publish only";

const OF_ROLLBACK: &str = "Examples:
  gobuildx release rollback v2.2.9-1a2b3c4 --dry-run
                                          which image that was, and which files would change
  gobuildx release rollback v2.2.9-1a2b3c4
                                          the files of [release.gitops] name that image again";

/// `gobuildx release`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ReleaseArgs {
    /// What else is to be done.
    #[command(subcommand)]
    pub verb: Option<ReleaseVerb>,

    /// What is built, and how.
    #[command(flatten)]
    pub build: BuildArgs,

    /// What it says of itself, and where it goes.
    #[command(flatten)]
    pub publishing: PublishingArgs,
}

/// What else is done with releases.
#[derive(Debug, Subcommand)]
pub enum ReleaseVerb {
    /// Let the files of [release.gitops] name a former image again
    #[command(after_long_help = OF_ROLLBACK)]
    Rollback(RollbackArgs),
}

/// `gobuildx release rollback`
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The version to go back to, as it was released; `VERSION@DIGEST` names its image, too
    #[arg(id = "former", value_name = "VERSION")]
    pub version: String,

    /// Show what would change, and change nothing
    #[arg(long, help_heading = "How to build")]
    pub dry_run: bool,

    /// The manifest [default: targets.toml here or in a folder above, in the same repository]
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub manifest: Option<std::path::PathBuf>,
}

impl RollbackArgs {
    /// The project that the manifest is of.
    #[must_use]
    pub fn selection(&self) -> SelectionArgs {
        SelectionArgs::of_manifest(self.manifest.clone())
    }
}

impl ReleaseArgs {
    /// A release is of the whole matrix, and what is published is made anew.
    pub(super) fn settle(&mut self) {
        self.build.selection.whole_matrix();
        if self.publishing.reach() == Reach::Published {
            self.build.force_all();
        }
    }
}
