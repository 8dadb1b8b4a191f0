//! The Go toolchain of each release that builds some cell.

use super::{ProjectError, Questions};
use crate::by_release::ByRelease;
use crate::go_toolchain::{self, GoToolchain, GoToolchainError, Requirement};
use crate::manifest::{Diagnostic, Rejected};

/// Chooses them; every release of the matrix that go.mod forbids is a fault in its place.
pub(super) fn choose(
    local: &str,
    questions: &Questions<'_>,
    requirements: &[Requirement],
) -> Result<ByRelease<GoToolchain>, ProjectError> {
    let manifest = questions.manifest;
    let pinned = manifest.project.go.as_ref().map(|go| go.value.clone());
    let mut faults = Vec::new();
    let chosen = ByRelease::of_cells(questions.cells, |go| {
        let release = go.map(|go| go.value.to_string()).or(pinned.clone());
        let chosen = go_toolchain::choose(local, release.as_deref(), requirements);
        if let (Some(place), Err(GoToolchainError::PinnedTooOld { pinned, go })) = (go, &chosen) {
            let message = format!("Go {pinned} can't build this: go.mod asks for at least Go {go}");
            let newer = go_toolchain::release_for(go);
            faults.push(
                Diagnostic::wrong(&place.span, message)
                    .help(format!("remove it, or name {newer} or newer")),
            );
        }
        chosen
    });
    if !faults.is_empty() {
        let source = manifest.source.clone();
        faults.sort_by_key(|fault: &Diagnostic| fault.span.start);
        let diagnostics = faults;
        return Err(Rejected {
            source,
            diagnostics,
        }
        .into());
    }
    Ok(chosen.try_map(|_, chosen| chosen)?)
}
