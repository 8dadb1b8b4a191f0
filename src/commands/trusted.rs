//! The certificates by which services are believed: read before anything is built.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use crate::embed::certificates_among;
use crate::manifest::{Diagnostic, Manifest, Rejected};
use crate::plan::Plan;

/// Reads the files that the manifest names for the services that this plan asks.
///
/// # Errors
/// When one of them holds no certificate, or isn't there and no hook may make it.
pub(super) fn check(manifest: &Manifest, plan: &Plan, root: &Path) -> Result<(), Rejected> {
    let needed: BTreeSet<&Path> = plan.certificates_of_services().collect();
    let overrides = manifest.overrides.iter().map(|setting| &setting.hooks);
    let mut hooks = overrides.chain([&manifest.hooks]);
    let makes_files = hooks.any(|hooks| !hooks.before.is_empty());
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let named = manifest.certificates_of_services();
    for ca in named.filter(|ca| needed.contains(Path::new(&ca.value))) {
        let (message, help) = match fs::read(root.join(&ca.value)) {
            Ok(bytes) => match certificates_among(&bytes) {
                Ok(_) => continue,
                Err(fault) => (format!("`{}` {fault}", ca.value), fault.help()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound && makes_files => continue,
            Err(error) => (
                format!("`{}` can't be read: {error}", ca.value),
                "name a PEM file below the manifest's folder, with the certificate that the service has",
            ),
        };
        let fault = Diagnostic::wrong(&ca.span, message).help(help);
        if !diagnostics.contains(&fault) {
            diagnostics.push(fault);
        }
    }
    if diagnostics.is_empty() {
        return Ok(());
    }
    diagnostics.sort_by_key(|fault| fault.span.start);
    Err(Rejected {
        source: manifest.source.clone(),
        diagnostics,
    })
}
