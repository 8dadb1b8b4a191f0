//! The bills of materials of a release.

use std::path::{Path, PathBuf};

use super::release_of;
use crate::atomic::Mode;
use crate::commands::build::Made;
use crate::failure::{Exit, Failure};
use crate::manifest::SbomFormat;
use crate::plan::{Action, Artifact, CellToolchains};
use crate::release::{FileKind, Packaging, PlannedBill, ReleasePlan, ReleasedFile};
use crate::report::ArtifactRecord;
use crate::sbom::{Bill, LinkedC, Shipped, cyclonedx, licences, spdx};

/// Writes them.
pub(super) fn write(
    made: &Made,
    release: &ReleasePlan,
    packaging: &Packaging<'_>,
) -> Result<Vec<ReleasedFile>, Box<dyn Failure>> {
    let mut files = Vec::new();
    let mut last: Option<(&str, Bill)> = None;
    for planned in &release.bills {
        let path = planned.artifact.as_str();
        // Both formats of an artifact follow each other.
        let bill = match last.take().filter(|(of, _)| *of == path) {
            Some((_, bill)) => bill,
            None => bill(made, path).ok_or_else(|| NoBill::of(planned, "it isn't recorded"))?,
        };
        let bytes = match planned.format {
            SbomFormat::CycloneDx => cyclonedx(&bill),
            SbomFormat::Spdx => spdx(&bill),
        };
        let bytes = bytes.map_err(|error| NoBill::of(planned, &error.to_string()))?;
        files.push(packaging.write(&planned.name, FileKind::Sbom, &bytes, Mode::Record)?);
        last = Some((path, bill));
    }
    Ok(files)
}

/// What is known of an artifact; none where nothing is recorded of it.
pub(super) fn bill(made: &Made, path: &str) -> Option<Bill> {
    let artifact = artifact(made, path)?;
    let record = record(made, path)?;
    let release = release_of(made);
    let main = module_folder(made, artifact);
    let cache = made.context.settings.inherited.get("GOMODCACHE");
    let modules = record.modules.as_ref();
    let licences = modules.map(|modules| licences(modules, (&main, cache.map(Path::new))));
    Some(Bill {
        name: artifact.binary.clone(),
        version: release.version.clone(),
        file: Shipped {
            name: artifact.path.file_name().to_owned(),
            size: record.size,
            sha256: record.sha256.parse().ok()?,
        },
        target: artifact.target.clone(),
        buildmode: artifact.buildmode,
        package: Some(artifact.package.clone()),
        go: record.go.clone(),
        modules: record.modules.clone(),
        licences: licences.unwrap_or_default(),
        requirements: Vec::new(),
        cgo: artifact.cgo,
        c: linked_c(made, artifact, record),
        epoch: release.epoch,
    })
}

pub(super) fn artifact<'m>(made: &'m Made, path: &str) -> Option<&'m Artifact> {
    let mut artifacts = made.prepared.plan.artifacts.iter();
    artifacts.find(|artifact| artifact.path.as_str() == path)
}

pub(super) fn record<'m>(made: &'m Made, path: &str) -> Option<&'m ArtifactRecord> {
    let mut records = made.ended.report.artifacts.iter();
    records.find(|record| record.path == path)
}

/// The folder of the module that a program is of.
fn module_folder(made: &Made, artifact: &Artifact) -> PathBuf {
    let manifest = &made.context.manifest;
    let mut binaries = manifest.binaries.iter();
    let named = |name: &str| name == artifact.binary;
    let binary = binaries.find(|binary| {
        let name = binary.name.as_ref();
        name.is_some_and(|name| named(&name.value))
    });
    let module = binary.map_or(".", |binary| binary.module.value.as_str());
    made.context.root.join(module)
}

fn linked_c(made: &Made, artifact: &Artifact, record: &ArtifactRecord) -> LinkedC {
    let toolchain = artifact.toolchain.as_ref();
    let setups = made
        .prepared
        .toolchains
        .iter()
        .flat_map(CellToolchains::iter);
    let mut setups = setups.map(|chosen| &chosen.setup);
    let setup = setups.find(|setup| Some(&setup.name) == toolchain);
    let mut steps = made.prepared.plan.steps.iter();
    let step = steps.find(|step| step.id == artifact.steps.compile);
    let compiler = step.and_then(|step| match &step.action {
        Action::Compile(compile) => compile.command.tuning.toolchain.as_ref()?.version.clone(),
        _ => None,
    });
    LinkedC {
        toolchain: toolchain.map(ToString::to_string),
        compiler,
        library: setup.and_then(|setup| setup.c_library),
        needed: record.needed.clone(),
    }
}

/// A bill that can't be written.
#[derive(Debug, thiserror::Error)]
#[error("failed to write the bill of materials `{name}`: {why}")]
struct NoBill {
    name: String,
    why: String,
}

impl NoBill {
    fn of(planned: &PlannedBill, why: &str) -> Self {
        let (name, why) = (planned.name.clone(), why.to_owned());
        Self { name, why }
    }
}

impl Failure for NoBill {
    fn exit(&self) -> Exit {
        Exit::Failed
    }
}
