//! `gobuildx doctor`: what is installed, and what is missing.

use std::path::Path;

use super::manifest_file;
use crate::cli::{DoctorArgs, ReportFormat};
use crate::console;
use crate::doctor::{self, Examination};
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::process::Cancel;

pub(super) fn run(args: &DoctorArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let file = manifest_file::find(args.manifest.as_deref(), &host);
    let root = file.as_deref().and_then(Path::parent).unwrap_or(&host.cwd);
    // A manifest that is wrong doesn't keep from telling the rest.
    let (manifest, fault) = match manifest_file::read(file.as_deref(), &host) {
        Ok(manifest) => (manifest, None),
        Err(fault) => (Manifest::without_file(), Some(fault)),
    };
    let examination = Examination {
        host: &host,
        root,
        manifest: &manifest,
        out: &root.join("dist"),
        colors: console::has_colors(),
    };
    let mut report = doctor::examine(examination, cancel);
    if let Some(fault) = &fault {
        report = report.with_manifest_fault(fault.to_string());
    }
    if let Some(reason) = cancel.reason() {
        return Ok(reason.into());
    }
    match args.output.format {
        ReportFormat::Human => console::out(&doctor::text(&report)),
        ReportFormat::Json => console::deliver_json(&report)?,
    }
    match fault {
        Some(fault) => Err(fault),
        None if report.ready => Ok(Exit::Success),
        None => Ok(Exit::Environment),
    }
}
