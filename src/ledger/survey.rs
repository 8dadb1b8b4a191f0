//! What is there now: asks go what programs are made from, and reads these files where they may have
//! changed. That comes before anything is compiled: whatever changes later is another file next time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::Files;
use super::made_from::read_by;
use super::sources::{Folders, Packages, Sources, relative};
use super::{Ledger, Machine, Present};
use crate::exec::{FileDigest, Session};
use crate::parallel;
use crate::plan::{Action, Artifact, ArtifactPath, Compile, Plan, StepId};
use crate::process::Cancel;
use crate::tools::go::sources::{self as listed, SourcePackage};

/// Files that a C compiler may read, wherever they lie in a module.
const OF_C: &[&str] = &[
    "S", "a", "c", "cc", "cpp", "cxx", "def", "f", "f90", "h", "hh", "hpp", "hxx", "inc", "inl",
    "lib", "m", "mm", "o", "pc", "s", "so", "syso",
];

/// Looks at what is there of what a plan reads and makes.
#[must_use]
pub fn survey(
    plan: &Plan,
    session: &Session,
    (ledger, machine): (&Ledger, Machine),
    (workers, cancel): (usize, &Cancel),
) -> Present {
    let compiles: Vec<(&StepId, &Compile)> = compilations(plan).collect();
    let lists = parallel::map(&compiles, workers, |(_, compile)| {
        let output = session.command(&compile.listing).run(cancel).ok()?;
        listed::read(&output.stdout).ok()
    });
    let mut sources = BTreeMap::new();
    let mut totals = BTreeMap::new();
    for ((step, compile), packages) in compiles.iter().zip(&lists) {
        let Some(packages) = packages else {
            continue;
        };
        sources.extend(sources_of(compile, packages, session));
        if compile.compiles_all() {
            // The package unsafe is part of the compiler.
            let all = packages.iter().filter(|one| one.import_path != "unsafe");
            totals.insert((*step).clone(), all.count());
        }
    }
    let others: Vec<String> = plan.steps.iter().flat_map(read_by).collect();
    let others = others.iter().map(String::as_str);
    let all: BTreeSet<&str> = sources
        .values()
        .flat_map(Sources::paths)
        .chain(others)
        .collect();
    let files = ledger.files.read(&session.root, all.into_iter(), workers);
    let artifacts = artifacts(plan, session, &ledger.files, workers);
    Present {
        machine,
        sources,
        totals,
        files,
        artifacts,
    }
}

/// The first builds of a plan.
fn compilations(plan: &Plan) -> impl Iterator<Item = (&StepId, &Compile)> {
    plan.steps.iter().filter_map(|step| match &step.action {
        Action::Compile(compile) => Some((&step.id, compile.as_ref())),
        _ => None,
    })
}

/// What each program of a compilation is made from, where that is known.
fn sources_of(
    compile: &Compile,
    packages: &[SourcePackage],
    session: &Session,
) -> Vec<(ArtifactPath, Sources)> {
    let modules = session.inherited.get("GOMODCACHE").map(Path::new);
    let root = &session.root;
    let folders = Folders { root, modules };
    let by_path = Packages::new(packages);
    let gowork = compile
        .command
        .env
        .get("GOWORK")
        .map(|file| session.value(file));
    let gowork = gowork.map(PathBuf::from).filter(|file| file.is_file());
    let of = |artifact: &ArtifactPath, import_path: &str| {
        let mut sources = Sources::of(import_path, &by_path, folders)?;
        for folder in std::mem::take(&mut sources.c_folders) {
            sources.files.extend(c_files(&root.join(folder), session)?);
        }
        if let Some(file) = &gowork {
            sources.files.insert(relative(file, root)?);
        }
        Some((artifact.clone(), sources))
    };
    let programs = compile.programs.iter();
    programs
        .filter_map(|program| of(&program.artifact, &program.import_path))
        .collect()
}

/// All files below a folder that a C compiler may read; none where they can't be listed.
fn c_files(folder: &Path, session: &Session) -> Option<Vec<String>> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            let (path, kind) = (entry.path(), entry.file_type().ok()?);
            let is_own = path == session.out.path() || entry.file_name() == ".git";
            if kind.is_dir() && !is_own {
                waiting.push(path);
            } else if is_of_c(&path) {
                files.push(relative(&path, &session.root)?);
            }
        }
    }
    Some(files)
}

fn is_of_c(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| OF_C.contains(&extension))
}

/// The path by which the ledger knows a file in the output folder.
pub(super) fn out_path(session: &Session, artifact: &ArtifactPath) -> Option<String> {
    relative(&session.out.path().join(artifact.as_str()), &session.root)
}

/// What lies where artifacts and headers belong.
fn artifacts(
    plan: &Plan,
    session: &Session,
    known: &Files,
    workers: usize,
) -> BTreeMap<ArtifactPath, FileDigest> {
    let paths: BTreeMap<String, &ArtifactPath> = plan
        .artifacts
        .iter()
        .flat_map(Artifact::files)
        .filter_map(|path| Some((out_path(session, path)?, path)))
        .collect();
    let files = known.read(&session.root, paths.keys().map(String::as_str), workers);
    let lies_there = |(path, artifact): (&String, &&ArtifactPath)| {
        Some(((*artifact).clone(), files.file_digest(path)?))
    };
    paths.iter().filter_map(lies_there).collect()
}
