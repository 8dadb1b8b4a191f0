//! From the command line to a plan: what `build` and `plan` have in common.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::packers::packers;
use crate::cli::SelectionArgs;
use crate::console::{self, NOTE};
use crate::dist::Dist;
use crate::exec::Session;
use crate::failure::{Exit, Failure};
use crate::go_toolchain::GoToolchain;
use crate::host::{Host, hook_output, source_date_epoch};
use crate::manifest::{self, Manifest};
use crate::plan::{Inputs, Plan, Release, Request, RunHook, Selection, hooks_before, plan, select};
use crate::process::Cancel;
use crate::progress::Spinner;
use crate::project::{Project, Questions, repository, survey};
use crate::tools::go::{Go, Settings, default_binary_name};

/// A plan, and what is needed to run or to print it.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) root: PathBuf,
    pub(super) out: PathBuf,
    /// Cores that go processes share.
    pub(super) cores: u32,
    /// Whether the terminal, if there is one, can move its cursor.
    pub(super) moves_cursor: bool,
}

/// What is known before the project is looked at.
pub(super) struct Context {
    pub(super) manifest: Manifest,
    pub(super) root: PathBuf,
    pub(super) out: PathBuf,
    host: Host,
    go: Go,
    settings: Settings,
    request: Request,
    selection: Selection,
    cores: u32,
}

/// Reads the manifest, asks go and git, and makes the plan.
pub(super) fn prepare(args: &SelectionArgs, cancel: &Cancel) -> Result<Prepared, Box<dyn Failure>> {
    Context::read(args, cancel)?.plan(cancel)
}

impl Context {
    /// Reads the manifest and finds go.
    pub(super) fn read(args: &SelectionArgs, cancel: &Cancel) -> Result<Self, Box<dyn Failure>> {
        let host = Host::probe()?;
        let manifest_file = manifest_file(args.manifest.as_deref(), &host);
        let manifest = read_manifest(manifest_file.as_deref(), &host)?;
        let go = Go::find(&host)?;
        let start = manifest_file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(&host.cwd);
        let start = fs::canonicalize(start).map_err(|error| PrepareError::read(start, error))?;
        let settings = go.settings(&start, cancel)?;
        let root = root(&start, manifest_file.is_some(), &settings);
        let request = args.request();
        let selection = select(&manifest, &request, &settings.host)?;
        let out = match &args.out {
            Some(out) => host.cwd.join(out).components().collect(),
            None => root.join("dist"),
        };
        Ok(Self {
            manifest,
            out,
            go,
            settings,
            request,
            selection,
            cores: args.jobs.map_or(host.cores, u32::from),
            root,
            host,
        })
    }

    /// Asks go and git about the project, and makes the plan.
    pub(super) fn plan(&self, cancel: &Cancel) -> Result<Prepared, Box<dyn Failure>> {
        let Self { manifest, root, .. } = self;
        let spinner = Spinner::start("Asking go and git about the project");
        let questions = Questions {
            root,
            manifest,
            cells: &self.selection.cells,
            cores: self.cores,
            env: &self.host.env,
            on_fetch: &|toolchain| announce(&spinner, toolchain),
        };
        let project = survey(&self.go, &self.settings, questions, cancel)?;
        drop(spinner);
        warn_of_missing_tags(&project);
        let release = release(manifest, &project, &self.host)?;
        let inherited = self.settings.inherited.iter();
        let inherit: Vec<String> = inherited
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect();
        let packers = packers(manifest, &self.selection, &self.host, cancel)?;
        let plan = plan(&Inputs {
            request: &self.request,
            selection: &self.selection,
            manifest,
            project: &project,
            release: &release,
            host: &self.settings.host,
            cores: self.cores,
            inherit: &inherit,
            packers: packers.as_ref(),
        })?;
        let term = self.host.env.get("TERM");
        Ok(Prepared {
            out: self.out.clone(),
            cores: self.cores,
            moves_cursor: term.is_none_or(|term| term != "dumb"),
            plan,
            root: root.clone(),
        })
    }

    /// The commands that run before the project is looked at, with what git says by then.
    pub(super) fn hooks_before(&self, cancel: &Cancel) -> Result<Vec<RunHook>, Box<dyn Failure>> {
        let Self { manifest, root, .. } = self;
        let hooks = &manifest.hooks.before;
        let repository = if hooks.iter().any(|hook| hook.variables().next().is_some()) {
            repository(root, manifest, &self.host.env, cancel)?
        } else {
            None
        };
        let name = manifest.project.name.as_ref();
        let release = Release::new(
            name.map(|name| name.value.clone()).unwrap_or_default(),
            &manifest.project.version,
            repository.as_ref(),
            source_date_epoch(&self.host.env)?,
            String::new(),
        )?;
        Ok(hooks_before(manifest, &release))
    }

    /// Whether this is run by a hook of a run that has the output folder, and ends after the hook.
    pub(super) fn is_held_by_caller(&self) -> bool {
        let same = |held: &Path| match (fs::canonicalize(held), fs::canonicalize(&self.out)) {
            (Ok(held), Ok(out)) => held == out,
            _ => false,
        };
        hook_output(&self.host.env).is_some_and(same)
    }

    /// What replaces the bases and names of plans in this output folder.
    pub(super) fn session(&self, dist: &Dist) -> Session {
        Session {
            root: self.root.clone(),
            out: dist.folder().clone(),
            lock: Arc::clone(dist.lock()),
            work: dist.work().to_owned(),
            inherited: self.settings.inherited.clone(),
            environment: self.host.env.clone(),
            source_dirs: source_dirs(&self.root, &self.settings),
        }
    }
}

/// A toolchain of tens of megabytes may have to come first.
pub(super) fn announce(spinner: &Spinner, toolchain: &GoToolchain) {
    spinner.say(&format!(
        "{NOTE}Using{NOTE:#} {}, which go fetches where it isn't there yet",
        toolchain.version
    ));
}

/// In a shallow clone, which many CI systems make, the version would be that of no tag at all.
fn warn_of_missing_tags(project: &Project) {
    let head = project
        .repository
        .as_ref()
        .and_then(|repository| repository.head.as_ref());
    if head.is_some_and(|head| head.shallow && head.tag.is_none()) {
        console::err(&format!(
            "{NOTE}Note:{NOTE:#} the clone is shallow and has no version tag; \
             `git fetch --unshallow --tags` brings them"
        ));
    }
}

/// The manifest that is named, or the nearest `targets.toml` up to the top of the repository.
pub(super) fn manifest_file(named: Option<&Path>, host: &Host) -> Option<PathBuf> {
    if let Some(file) = named {
        return Some(host.cwd.join(file));
    }
    let in_repository = host.cwd.ancestors().any(is_repository);
    let mut above = host.cwd.ancestors();
    let mut folder = above.next()?;
    loop {
        let file = folder.join("targets.toml");
        // A link that leads nowhere is a fault to tell of, not a manifest that isn't there.
        if file.is_file() || file.is_symlink() {
            return Some(file);
        }
        // Outside of a repository a file in some folder above is somebody else's.
        if !in_repository || is_repository(folder) {
            return None;
        }
        folder = above.next()?;
    }
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

pub(super) fn read_manifest(
    file: Option<&Path>,
    host: &Host,
) -> Result<Manifest, Box<dyn Failure>> {
    let Some(file) = file else {
        return Ok(Manifest::without_file());
    };
    let text = fs::read_to_string(file).map_err(|error| PrepareError::Manifest {
        path: file.to_owned(),
        error,
    })?;
    let shown = file.strip_prefix(&host.cwd).unwrap_or(file);
    Ok(manifest::parse(Some(shown), &text)?)
}

/// The folder of the manifest; without one, that of the go.mod, or of the go.work beside it.
fn root(start: &Path, has_manifest: bool, settings: &Settings) -> PathBuf {
    let gowork = settings.gowork.as_deref().and_then(Path::parent);
    let gomod = settings.gomod.as_deref().and_then(Path::parent);
    match (gowork, gomod) {
        _ if has_manifest => start.to_owned(),
        (Some(gowork), _) if gowork == start => start.to_owned(),
        (_, Some(gomod)) => gomod.to_owned(),
        (Some(gowork), None) => gowork.to_owned(),
        (None, None) => start.to_owned(),
    }
}

fn release(
    manifest: &Manifest,
    project: &Project,
    host: &Host,
) -> Result<Release, Box<dyn Failure>> {
    let name = match (&manifest.project.name, project.modules.get(".")) {
        (Some(name), _) => name.value.clone(),
        (None, Some(module)) => default_binary_name(&module.path).to_owned(),
        // Several modules and none at the root: the repository's folder names them all.
        (None, None) => {
            let folder = project.root.file_name();
            let name = folder.map(|name| name.to_string_lossy().into_owned());
            name.filter(|name| manifest::is_safe_name(name))
                .unwrap_or_else(|| "project".to_owned())
        }
    };
    Ok(Release::new(
        name,
        &manifest.project.version,
        project.repository.as_ref(),
        source_date_epoch(&host.env)?,
        project.toolchain.version.clone(),
    )?)
}

/// Where the sources of a build lie on this machine.
fn source_dirs(root: &Path, settings: &Settings) -> Vec<String> {
    let cache = settings.inherited.get("GOMODCACHE").map(PathBuf::from);
    std::iter::once(root.to_owned())
        .chain(cache)
        .map(|path| path.to_string_lossy().into_owned())
        .collect()
}

/// Why there is nothing to plan from.
#[derive(Debug, thiserror::Error)]
pub(super) enum PrepareError {
    /// The manifest can't be read.
    #[error("failed to read the manifest `{}`: {error}", .path.display())]
    Manifest {
        path: PathBuf,
        error: std::io::Error,
    },
    /// A file or folder can't be read.
    #[error("failed to read `{}`: {error}", .path.display())]
    Read {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl PrepareError {
    pub(super) fn read(path: &Path, error: std::io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            error,
        }
    }
}

impl Failure for PrepareError {
    fn exit(&self) -> Exit {
        match self {
            Self::Manifest { .. } => Exit::Usage,
            Self::Read { .. } => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Manifest { .. } => Some(
                "name a file with --manifest; without it the nearest targets.toml is taken, or \
                 none is needed"
                    .to_owned(),
            ),
            Self::Read { .. } => None,
        }
    }
}
