//! What running programs on a blank system needs of this machine: looked for only where that is asked.

use crate::host::Host;
use crate::manifest::Manifest;
use crate::plan::Smokers;
use crate::process::Cancel;
use crate::runner::Runners;
use crate::smoke::Isolation;

/// Finds what starts programs, and what isolates them. What is missing is no error: a program that isn't run
/// is told of, and the manifest says whether it may be placed.
pub(super) fn smokers(manifest: &Manifest, host: &Host, cancel: &Cancel) -> Option<Smokers> {
    manifest.smokes().then(|| Smokers {
        runners: Runners::probe(host),
        isolation: Isolation::find(host, cancel),
    })
}
