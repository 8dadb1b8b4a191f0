//! What is there now: asks go what programs are made from, and reads these files where they may have
//! changed. That comes before anything is compiled: whatever changes later is another file next time.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::below::{Around, Found, Kind, all_files, all_folders};
use super::files::Files;
use super::made_from::read_by;
use super::sources::{Folders, Packages, Sources, relative};
use super::{FileStamp, Ledger, Machine, Present};
use crate::answers::Asker;
use crate::atomic::Mode;
use crate::exec::{FileDigest, Session};
use crate::parallel;
use crate::plan::{Action, Arg, ArtifactPath, Compile, Plan, StepId};
use crate::process::Cancel;
use crate::tools::go::sources::{self as listed, SourcePackage};

/// Looks at what is there of what a plan reads and makes.
#[must_use]
pub fn survey(
    plan: &Plan,
    (session, asker): (&Session, &Asker),
    (ledger, machine): (&Ledger, Machine),
    (workers, cancel): (usize, &Cancel),
) -> Present {
    let compiles: Vec<(&StepId, &Compile)> = compilations(plan).collect();
    let lists = parallel::map(&compiles, workers, |(_, compile)| {
        let answer = asker.list(&session.command(&compile.listing), cancel);
        listed::read(&answer.ok()?).ok()
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
    let folders = folders(&sources, &session.root);
    Present {
        machine,
        sources,
        totals,
        files,
        folders,
        artifacts,
    }
}

/// The folders of packages as they are now: which files are in one shows in its times.
pub(super) fn folders(
    sources: &BTreeMap<ArtifactPath, Sources>,
    root: &Path,
) -> BTreeMap<String, FileStamp> {
    let all: BTreeSet<&String> = sources.values().flat_map(|one| &one.folders).collect();
    let stamp = |folder: &String| {
        let metadata = std::fs::metadata(root.join(folder)).ok()?;
        Some((folder.clone(), FileStamp::of(&metadata)))
    };
    all.into_iter().filter_map(stamp).collect()
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
    // A module may take headers and libraries from what lies around it.
    let around = Around {
        root,
        out: session.out.path(),
    };
    let of_c = LazyCell::new(|| all_files(root, Kind::OfC, around));
    let of = |artifact: &ArtifactPath, import_path: &str| {
        let mut sources = Sources::of(import_path, &by_path, folders)?;
        for folder in sources.read_whole.clone() {
            let found = all_files(&root.join(folder), Kind::Any, around)?;
            add(&mut sources, found);
        }
        if sources.has_c {
            add(&mut sources, of_c.clone()?);
            for path in sources.named_to_c.clone() {
                add(&mut sources, files_named(&root.join(path), around)?);
            }
        }
        for folder in &sources.embedding {
            let below = all_folders(&root.join(folder), around)?;
            sources.folders.extend(below);
        }
        let package = packages.iter().find(|one| one.import_path == import_path)?;
        let dir = session.path(&compile.command.dir);
        let profile = profile(&compile.command.argv, (&dir, &package.dir));
        for file in gowork.iter().chain(&profile) {
            sources.files.insert(relative(file, root)?);
        }
        Some((artifact.clone(), sources))
    };
    let programs = compile.programs.iter();
    programs
        .filter_map(|program| of(&program.artifact, &program.import_path))
        .collect()
}

/// The profile by which go optimizes a program: that of `-pgo`, else the one beside the main package.
fn profile(argv: &[Arg], (dir, package): (&Path, &Path)) -> Option<PathBuf> {
    let words = argv.iter().map(Arg::to_string);
    let mut flags = words.filter_map(|word| word.strip_prefix("-pgo=").map(str::to_owned));
    let file = match flags.next_back().as_deref() {
        Some("off") => return None,
        Some("auto") | None => package.join("default.pgo"),
        Some(file) => dir.join(file),
    };
    file.is_file().then_some(file)
}

/// What a flag of a C compiler or linker names: a file, or the headers and libraries in a folder. Those of the
/// system don't count, as they don't for go.
fn files_named(path: &Path, around: Around<'_>) -> Option<Found> {
    if path.starts_with("/usr") || path.starts_with("/lib") {
        return Some(Found::default());
    }
    if path.is_dir() {
        return all_files(path, Kind::OfC, around);
    }
    let file = path.is_file().then(|| relative(path, around.root));
    Some(Found {
        files: file.into_iter().collect::<Option<_>>()?,
        linked: Vec::new(),
    })
}

/// Adds what C may read. A folder behind a link is watched, as no tree has it.
fn add(sources: &mut Sources, found: Found) {
    sources.files.extend(found.files);
    sources.folders.extend(found.linked);
}

/// The path by which the ledger knows a file in the output folder.
pub(super) fn out_path(session: &Session, artifact: &ArtifactPath) -> Option<String> {
    relative(&session.out.path().join(artifact.as_str()), &session.root)
}

/// What lies where artifacts and headers belong, if it is a file as gobuildx puts it there.
fn artifacts(
    plan: &Plan,
    session: &Session,
    known: &Files,
    workers: usize,
) -> BTreeMap<ArtifactPath, FileDigest> {
    let mut paths: BTreeMap<String, &ArtifactPath> = BTreeMap::new();
    for step in &plan.steps {
        let Action::Place(place) = &step.action else {
            continue;
        };
        let header = place
            .header
            .as_ref()
            .map(|header| (&header.path, Mode::Record));
        for (path, mode) in std::iter::once((&place.artifact, place.mode)).chain(header) {
            let is_plain = mode.is_exactly(&session.out.path().join(path.as_str()));
            paths.extend(
                out_path(session, path)
                    .filter(|_| is_plain)
                    .map(|name| (name, path)),
            );
        }
    }
    let files = known.read(&session.root, paths.keys().map(String::as_str), workers);
    let lies_there = |(path, artifact): (&String, &&ArtifactPath)| {
        Some(((*artifact).clone(), files.file_digest(path)?))
    };
    paths.iter().filter_map(lies_there).collect()
}
