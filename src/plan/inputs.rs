//! What the planner reads.

use super::{Packers, Release, Request, RootSources, Selection, Smokers};
use crate::manifest::Manifest;
use crate::project::Project;
use crate::target::Target;

/// All that a plan is made of.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What the user asks for.
    pub request: &'a Request,
    /// The cells to build.
    pub selection: &'a Selection,
    /// The manifest.
    pub manifest: &'a Manifest,
    /// What go and git say.
    pub project: &'a Project,
    /// What artifacts are stamped with.
    pub release: &'a Release,
    /// The machine's platform.
    pub host: &'a Target,
    /// Cores that go processes share.
    pub cores: u32,
    /// Names of the variables that go processes inherit.
    pub inherit: &'a [String],
    /// The CA certificates that are compiled in.
    pub roots: &'a RootSources,
    /// What packs files; none where nothing is packed.
    pub packers: Option<&'a Packers>,
    /// What runs programs on a blank system; none where that isn't asked.
    pub smokers: Option<&'a Smokers>,
}
