//! `gobuildx doctor`: what is installed, and what is missing.

use std::path::Path;

use super::{c_toolchains, manifest_file};
use crate::cli::{DoctorArgs, ReportFormat};
use crate::console;
use crate::doctor::{self, Examination, Toolchains};
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::process::Cancel;
use crate::toolchain::Library;

pub(super) fn run(args: &DoctorArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let file = manifest_file::find(args.manifest.as_deref(), &host);
    let root = file.as_deref().and_then(Path::parent).unwrap_or(&host.cwd);
    // A manifest that is wrong doesn't keep from telling the rest.
    let (manifest, fault) = match manifest_file::read(file.as_deref(), &host) {
        Ok(manifest) => (manifest, None),
        Err(fault) => (Manifest::without_file(), Some(fault)),
    };
    let library = c_toolchains::library((&manifest, root), &host);
    let (library, fault) = match (library, fault) {
        (Ok(library), fault) => (library, fault),
        (Err(error), fault) => (Library::default(), fault.or(Some(error))),
    };
    let examination = Examination {
        toolchains: Toolchains {
            library: &library,
            scope: args.scope(),
        },
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
