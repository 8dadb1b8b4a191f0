//! What packing needs of this machine: looked for only where something is packed.

use crate::failure::Failure;
use crate::host::Host;
use crate::manifest::Manifest;
use crate::plan::{Packers, Selection};
use crate::process::Cancel;
use crate::runner::Runners;
use crate::tools::bwrap::Bwrap;
use crate::tools::upx::Upx;

/// Finds what packs, and what can start packed programs.
///
/// # Errors
/// When something is to be packed and there is no packer: before anything is built.
pub(super) fn packers(
    manifest: &Manifest,
    selection: &Selection,
    host: &Host,
    cancel: &Cancel,
) -> Result<Option<Packers>, Box<dyn Failure>> {
    if manifest.packs(&selection.cells).is_none() {
        return Ok(None);
    }
    Ok(Some(Packers {
        upx: Upx::find(host, cancel)?,
        runners: Runners::probe(host),
        sandbox: Bwrap::find(host, cancel),
    }))
}
