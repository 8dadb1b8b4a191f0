//! The bills of materials of a release.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::release_of;
use crate::atomic::Mode;
use crate::commands::build::Made;
use crate::failure::{Exit, Failure};
use crate::manifest::SbomFormat;
use crate::plan::{Action, Artifact, ArtifactPath, CellToolchains, Compile, Plan};
use crate::release::{FileKind, Packaging, PlannedBill, ReleasePlan, ReleasedFile};
use crate::report::ArtifactRecord;
use crate::sbom::{
    Bill, Licences, LinkedC, Requirements, Shipped, cyclonedx, licences, requirements, spdx,
};

/// What is known of the artifacts of a release, by their paths.
pub(super) type Bills = BTreeMap<ArtifactPath, Bill>;

/// What is known of each artifact that a bill is written of, or that an image holds.
pub(super) fn all(made: &Made, release: &ReleasePlan) -> Bills {
    let billed = release.bills.iter().map(|planned| &planned.artifact);
    let image = release.image.iter().flat_map(|image| &image.programs);
    let artifacts: BTreeSet<_> = billed.chain(image.map(|one| &one.artifact)).collect();
    let bills = artifacts.into_iter().filter_map(|path| {
        let bill = bill(made, path.as_str())?;
        Some((path.clone(), bill))
    });
    bills.collect()
}

/// Writes the bills that are planned.
pub(super) fn write(
    bills: &Bills,
    release: &ReleasePlan,
    packaging: &Packaging<'_>,
) -> Result<Vec<ReleasedFile>, Box<dyn Failure>> {
    let mut files = Vec::new();
    for planned in &release.bills {
        let bill = bills.get(&planned.artifact);
        let bill = bill.ok_or_else(|| NoBill::of(planned, "it isn't recorded"))?;
        let bytes = match planned.format {
            SbomFormat::CycloneDx => cyclonedx(bill),
            SbomFormat::Spdx => spdx(bill),
        };
        let bytes = bytes.map_err(|error| NoBill::of(planned, &error.to_string()))?;
        files.push(packaging.write(&planned.name, FileKind::Sbom, &bytes, Mode::Record)?);
    }
    Ok(files)
}

/// What is known of an artifact; none where nothing is recorded of it.
fn bill(made: &Made, path: &str) -> Option<Bill> {
    let artifact = artifact(&made.prepared.plan, path)?;
    let record = record(made, path)?;
    let release = release_of(made);
    let compile = compile(&made.prepared.plan, artifact)?;
    let main = made.context.root.join(&compile.command.dir.path);
    let cache = made.context.settings.inherited.get("GOMODCACHE");
    let places = (main.as_path(), cache.map(Path::new));
    let modules = record.modules.as_ref();
    Some(Bill {
        name: artifact.binary.clone(),
        version: release.version.clone(),
        file: Shipped {
            name: artifact.path.file_name().to_owned(),
            size: record.size,
            sha256: record.sha256.clone(),
        },
        target: artifact.target.clone(),
        buildmode: artifact.buildmode,
        package: Some(artifact.package.clone()),
        go: record.go.clone(),
        modules: record.modules.clone(),
        licences: modules.map_or_else(Licences::new, |modules| licences(modules, places)),
        requirements: modules
            .map_or_else(Requirements::new, |modules| requirements(modules, places)),
        cgo: artifact.cgo,
        c: linked_c(made, (artifact, compile), record),
        epoch: release.epoch,
    })
}

pub(super) fn artifact<'p>(plan: &'p Plan, path: &str) -> Option<&'p Artifact> {
    let mut artifacts = plan.artifacts.iter();
    artifacts.find(|artifact| artifact.path.as_str() == path)
}

pub(super) fn record<'m>(made: &'m Made, path: &str) -> Option<&'m ArtifactRecord> {
    let mut records = made.ended.report.artifacts.iter();
    records.find(|record| record.path == path)
}

/// The step that compiles an artifact, in the folder of its module.
pub(super) fn compile<'p>(plan: &'p Plan, artifact: &Artifact) -> Option<&'p Compile> {
    let mut steps = plan.steps.iter();
    let step = steps.find(|step| step.id == artifact.steps.compile)?;
    match &step.action {
        Action::Compile(compile) => Some(compile),
        _ => None,
    }
}

fn linked_c(
    made: &Made,
    (artifact, compile): (&Artifact, &Compile),
    record: &ArtifactRecord,
) -> LinkedC {
    let toolchain = artifact.toolchain.as_ref();
    let setups = made
        .prepared
        .toolchains
        .iter()
        .flat_map(CellToolchains::iter);
    let mut setups = setups.map(|chosen| &chosen.setup);
    let setup = setups.find(|setup| Some(&setup.name) == toolchain);
    let compiler = compile.command.tuning.toolchain.as_ref();
    let compiler = compiler.and_then(|compiler| compiler.version.clone());
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
