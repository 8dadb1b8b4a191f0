//! What packs programs and what starts them: looked for only where that is asked.

use std::path::Path;

use crate::failure::Failure;
use crate::host::Host;
use crate::manifest::Manifest;
use crate::plan::Selection;
use crate::process::Cancel;
use crate::smoke::{Asked, Starters};
use crate::tools::upx::Upx;

/// Finds what packs.
///
/// # Errors
/// When something is to be packed and there is no packer: before anything is built.
pub(super) fn packer(
    manifest: &Manifest,
    selection: &Selection,
    host: &Host,
    cancel: &Cancel,
) -> Result<Option<Upx>, Box<dyn Failure>> {
    if manifest.packs(&selection.cells).is_none() {
        return Ok(None);
    }
    Ok(Some(Upx::find(host, cancel)?))
}

/// Finds what starts programs that were packed, or that run on a blank system.
pub(super) fn starters(
    (manifest, folder): (&Manifest, &Path),
    selection: &Selection,
    host: &Host,
    cancel: &Cancel,
) -> Option<Starters> {
    let is_asked = manifest.packs(&selection.cells).is_some() || manifest.smokes();
    let asked = Asked {
        isolators: manifest.isolators(),
        wines: manifest.wines(),
        folder: folder.to_owned(),
    };
    is_asked.then(|| Starters::find(host, &asked, cancel))
}
