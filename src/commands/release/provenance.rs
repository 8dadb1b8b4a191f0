//! How a release was made: the statement that lies beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::keys::Keys;
use super::release_of;
use crate::atomic::Mode;
use crate::attest::{Build, Envelope, LOCAL_BUILDER, Resource, SIGNED, Statement, UNSIGNED};
use crate::commands::build::Made;
use crate::commands::prepare::Unreadable;
use crate::console::{self, NOTE};
use crate::digest::Sha256Hex;
use crate::failure::{Exit, Failure};
use crate::go_install::go_program;
use crate::human::{counted, first};
use crate::plan::CellToolchains;
use crate::printable::printable_path;
use crate::process::Cancel;
use crate::release::{FileKind, Packaging, ReleasedFile};
use crate::tools::git::{origin, untracked};
use crate::tools::go::{PASSED, RESOLVED};

/// Writes the statement about these files and the binaries, signed where there is a key.
pub(super) fn write(
    made: &Made,
    files: &[ReleasedFile],
    keys: &Keys,
    packaging: &Packaging<'_>,
    cancel: &Cancel,
) -> Result<ReleasedFile, Box<dyn Failure>> {
    let repository = made.prepared.project.repository.as_ref();
    let remote = repository.map(|one| origin(&one.root, &made.context.host, cancel));
    let remote = remote.transpose()?.flatten();
    let failed = |error: &dyn std::fmt::Display| NoProvenance(error.to_string());
    let statement = Statement::of(
        &subjects(made, files),
        &build(made, remote.as_deref(), cancel)?,
    );
    let statement = statement.map_err(|error| failed(&error))?;
    let (name, bytes) = match &keys.dsse {
        Some(key) => {
            let line = Envelope::sign(&statement, key).and_then(|envelope| envelope.to_line());
            (SIGNED, line.map(String::into_bytes))
        }
        None => (UNSIGNED, statement.to_file()),
    };
    let bytes = bytes.map_err(|error| failed(&error))?;
    Ok(packaging.write(name, FileKind::Provenance, &bytes, Mode::Record)?)
}

/// All that is delivered, by path.
fn subjects(made: &Made, files: &[ReleasedFile]) -> BTreeMap<String, Sha256Hex> {
    let artifacts = made.ended.report.artifacts.iter();
    let artifacts = artifacts.flat_map(|one| {
        let header = one.header.as_ref();
        let header = header.map(|header| (&header.path, &header.sha256));
        std::iter::once((&one.path, &one.sha256)).chain(header)
    });
    let files = files.iter().map(|file| (&file.path, &file.sha256));
    let all = artifacts.chain(files);
    all.map(|(path, sum)| (path.clone(), sum.clone())).collect()
}

fn build(made: &Made, remote: Option<&str>, cancel: &Cancel) -> Result<Build, Box<dyn Failure>> {
    let plan = &made.prepared.plan;
    let release = release_of(made);
    let manifest = &made.context.manifest.source;
    let manifest = manifest
        .path
        .as_ref()
        .map(|_| Sha256Hex::of(manifest.text.as_bytes()));
    let artifacts = plan.artifacts.iter();
    Ok(Build {
        version: release.version.clone(),
        manifest,
        plan: plan.digest().sha256().clone(),
        targets: artifacts.map(|one| one.target.to_string()).collect(),
        // Which of them are set differs between machines that make the same.
        variables: RESOLVED
            .iter()
            .chain(PASSED)
            .copied()
            .chain(["GIT_CONFIG_*"])
            .map(str::to_owned)
            .collect(),
        resources: resources(made, remote, cancel)?,
        builder: LOCAL_BUILDER.to_owned(),
        epoch: release.epoch,
    })
}

/// What went in: the commit, what compiled, and the modules.
fn resources(
    made: &Made,
    remote: Option<&str>,
    cancel: &Cancel,
) -> Result<BTreeSet<Resource>, Box<dyn Failure>> {
    let release = release_of(made);
    let commit = release.commit.iter();
    let more = uncommitted(made, cancel)?;
    let commit = commit.map(|commit| {
        let source = if release.modified {
            Resource::modified(commit, remote)
        } else {
            Resource::commit(commit, remote)
        };
        match &more {
            Some(files) => source.without(files),
            None => source,
        }
    });
    let releases: BTreeSet<&String> = release.go_releases.iter().chain([&release.go]).collect();
    let toolchains = releases
        .into_iter()
        .map(|go| go_toolchain(made, go, cancel));
    let toolchains: Vec<Resource> = toolchains.collect::<Result<_, _>>()?;
    let chosen = made
        .prepared
        .toolchains
        .iter()
        .flat_map(CellToolchains::iter);
    let of_c = chosen.map(|chosen| {
        let setup = &chosen.setup;
        Resource::c_toolchain(&setup.name.to_string(), setup.identity.clone())
    });
    let artifacts = made.ended.report.artifacts.iter();
    let modules = artifacts.filter_map(|one| one.modules.as_ref());
    let modules = modules
        .flat_map(|modules| &modules.dependencies)
        .map(|module| {
            let real = module.replace.as_ref();
            let (path, version, sum) = match real {
                Some(real) => (&real.path, &real.version, &real.sum),
                None => (&module.path, &module.version, &module.sum),
            };
            let sum = sum.parse().ok();
            Resource::module(path, version, sum.as_ref())
        });
    let all = commit.chain(toolchains).chain(of_c).chain(modules);
    Ok(all.collect())
}

/// What was compiled and is in no commit, such as sources that a hook makes, in words; none where all is in it.
fn uncommitted(made: &Made, cancel: &Cancel) -> Result<Option<String>, Box<dyn Failure>> {
    let Some(repository) = &made.prepared.project.repository else {
        return Ok(None);
    };
    let top = &repository.root;
    let files = made.sources.iter().map(|file| made.context.root.join(file));
    let files: Vec<PathBuf> = files.collect();
    let files = files.iter().map(PathBuf::as_path);
    let untracked = untracked(top, files, &made.context.host, cancel)?;
    let (inside, outside): (Vec<&Path>, Vec<&Path>) =
        untracked.iter().partition(|file| file.starts_with(top));
    let inside = inside.iter().filter_map(|file| file.strip_prefix(top).ok());
    let inside: Vec<String> = inside.map(printable_path).collect();
    let elsewhere = counted(outside.len(), "file elsewhere", "files elsewhere");
    let what = [
        (!inside.is_empty()).then(|| first(10, &inside)),
        (!outside.is_empty()).then_some(elsewhere),
    ];
    let what: Vec<String> = what.into_iter().flatten().collect();
    if what.is_empty() {
        return Ok(None);
    }
    let what = what.join(", ");
    console::err(&format!(
        "{NOTE}Note:{NOTE:#} compiled from what no commit has: {what}"
    ));
    Ok(Some(what))
}

/// A release of Go that built, by the digest of its program.
fn go_toolchain(made: &Made, go: &str, cancel: &Cancel) -> Result<Resource, Box<dyn Failure>> {
    let program = go_program(&made.context.goroot(go, cancel)?);
    let bytes = fs::read(&program).map_err(|error| Unreadable::new(&program, error))?;
    Ok(Resource::go_toolchain(go, &Sha256Hex::of(&bytes)))
}

/// A statement that can't be made.
#[derive(Debug, thiserror::Error)]
#[error("failed to tell how the release was made: {0}")]
struct NoProvenance(String);

impl Failure for NoProvenance {
    fn exit(&self) -> Exit {
        Exit::Failed
    }
}
