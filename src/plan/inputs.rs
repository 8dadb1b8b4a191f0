//! What the planner reads.

use super::group::CompileKey;
use super::toolchain::CellToolchains;
use super::{Release, Request, RootSources, Selection};
use crate::by_release::ByRelease;
use crate::ledger::Measures;
use crate::manifest::{Cell, Manifest};
use crate::project::Project;
use crate::smoke::{CannotStart, Means, Starters, Wanted};
use crate::target::Target;
use crate::toolchain::Chosen;
use crate::tools::upx::Upx;

/// All that a plan is made of.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What the user asks for.
    pub request: &'a Request,
    /// The cells to build.
    pub selection: &'a Selection,
    /// The C toolchains of each cell, by its position.
    pub toolchains: &'a [CellToolchains],
    /// The manifest.
    pub manifest: &'a Manifest,
    /// What go and git say, by the release that builds a cell.
    pub projects: &'a ByRelease<Project>,
    /// What artifacts are stamped with.
    pub release: &'a Release,
    /// The machine's platform.
    pub host: &'a Target,
    /// Cores that go processes share.
    pub cores: u32,
    /// Bytes of memory that they share; none where there is no limit.
    pub memory: Option<u64>,
    /// What steps took in earlier runs.
    pub measures: &'a Measures,
    /// Names of the variables that go processes inherit.
    pub inherit: &'a [String],
    /// The CA certificates that are compiled in, by the release that compiles them.
    pub roots: &'a ByRelease<RootSources>,
    /// What packs files; none where nothing is packed.
    pub packer: Option<&'a Upx>,
    /// What starts programs; none where nothing asks for that.
    pub starters: Option<&'a Starters>,
}

impl<'a> Inputs<'a> {
    /// What go and git say of the project, where a cell is built.
    pub(super) fn project_of(&self, cell: &Cell) -> &'a Project {
        self.projects.of(cell)
    }

    /// The C toolchain of a group; none without cgo.
    pub(super) fn chosen(&self, key: &CompileKey) -> Option<&'a Chosen> {
        let toolchains = self.toolchains.get(key.cell_index)?;
        toolchains.named(key.toolchain.as_ref()?)
    }

    /// Cores and bytes of memory that go processes share.
    pub(super) fn machine(&self) -> (u32, Option<u64>) {
        (self.cores, self.memory)
    }

    /// What starts a program for the target on this machine, or why nothing does.
    pub(super) fn means(&self, target: &Target, wanted: &Wanted) -> Result<Means, CannotStart> {
        let starters = self.starters.ok_or(CannotStart::NothingLookedFor)?;
        starters.means(target, wanted)
    }
}
