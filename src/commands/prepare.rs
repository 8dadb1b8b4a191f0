//! From the command line to a plan: what `build` and `plan` have in common.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::c_toolchains;
use super::installed::{packer, starters};
use super::manifest_file;
use super::trusted;
use crate::answers::{Answers, Asker, GoItself};
use crate::atomic::OutputFolder;
use crate::by_release::ByRelease;
use crate::cli::{MemoryArg, SelectionArgs};
use crate::console::{self, NOTE};
use crate::dist::{self, Dist};
use crate::embed;
use crate::embed::RootSets;
use crate::exec::Session;
use crate::failure::{Exit, Failure};
use crate::go_install::Wanted;
use crate::go_package::default_binary_name;
use crate::host::{Host, HostError, OwnProgram, hook_output, memory, source_date_epoch};
use crate::ledger::{self, FileStamp, Input, Machine, Measures};
use crate::manifest::{self, Hook, Manifest};
use crate::plan::{
    CellToolchains, Edition, Garbage, Inputs, Plan, Release, Request, RootSources, RunHook, Scope,
    Selection, hooks_before, plan, root_sources, select,
};
use crate::process::Cancel;
use crate::progress::Spinner;
use crate::project::{self, Project, Questions, repository, survey};
use crate::target::{Cgo, Goos};
use crate::toolchain::installed::Trust;
use crate::tools::git;
use crate::tools::go::{Go, GoError, Settings};

/// A plan, and what is needed to run or to print it.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) root: PathBuf,
    pub(super) out: PathBuf,
    /// Cores that go processes share.
    pub(super) cores: u32,
    /// How seldom these collect garbage.
    pub(super) garbage: Garbage,
    /// What of the machine decides what is made.
    pub(super) machine: Machine,
    /// What go and git said; what doesn't depend on the release of Go.
    pub(super) project: Project,
    /// The files that say what C toolchains there are, and those that these consist of.
    pub(super) toolchain_files: Vec<PathBuf>,
    /// The C toolchains of each cell.
    pub(super) toolchains: Vec<CellToolchains>,
    /// What go answered, if that is kept.
    pub(super) answers: Option<Arc<Answers>>,
    /// Whether the terminal, if there is one, can move its cursor.
    pub(super) moves_cursor: bool,
}

/// What compiles and links C, under the names by which it is looked for.
const C_PROGRAMS: &[&str] = &[
    "ar",
    "as",
    "c++",
    "cc",
    "clang",
    "clang++",
    "g++",
    "gcc",
    "ld",
    "musl-gcc",
    "pkg-config",
    "zig",
];

/// What is known before the project is looked at.
pub(super) struct Context {
    pub(super) manifest: Manifest,
    pub(super) root: PathBuf,
    pub(super) out: PathBuf,
    pub(super) host: Host,
    go: Go,
    pub(super) settings: Settings,
    answers: Option<Arc<Answers>>,
    request: Request,
    pub(super) selection: Selection,
    cores: u32,
    /// Bytes that go processes share, if there is a limit.
    memory: Option<u64>,
    trust: Trust,
    edition: Edition,
}

/// Reads the manifest, asks go and git, and makes the plan.
pub(super) fn prepare(args: &SelectionArgs, cancel: &Cancel) -> Result<Prepared, Box<dyn Failure>> {
    Context::read(args, Host::probe()?, cancel)?.plan(cancel)
}

impl Context {
    /// Reads the manifest and finds go.
    pub(super) fn read(
        args: &SelectionArgs,
        host: Host,
        cancel: &Cancel,
    ) -> Result<Self, Box<dyn Failure>> {
        let manifest_file = manifest_file::find(args.manifest.as_deref(), &host);
        let manifest = manifest_file::read(manifest_file.as_deref(), &host)?;
        let start = manifest_file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(&host.cwd);
        let go = Go::find(&host, &Wanted::of(&manifest, start))?;
        let start = fs::canonicalize(start).map_err(|error| Unreadable::new(start, error))?;
        let settings = go.settings(&start, cancel)?;
        let root = match manifest_file {
            Some(_) => start,
            None => root_of_go(&start, &settings),
        };
        let request = args.request();
        let selection = select(&manifest, &request, &settings.host)?;
        let out = match &args.out {
            Some(out) => dist::named(&host.cwd, out),
            None => root.join("dist"),
        };
        let answers = answers(&go, &settings, &out);
        Ok(Self {
            manifest,
            out,
            answers,
            go,
            settings,
            request,
            selection,
            cores: args.jobs.map_or(host.cores, u32::from),
            memory: match args.memory {
                None => memory::available().map(memory::most_of),
                Some(MemoryArg::Unlimited) => None,
                Some(MemoryArg::AtMost(size)) => Some(size.bytes()),
            },
            trust: args.trust.level(),
            edition: Edition::Release,
            root,
            host,
        })
    }

    /// The same for the image alone: its program, for Linux, and nothing that is made of others.
    pub(super) fn image_alone(mut self) -> Result<Self, Box<dyn Failure>> {
        let release = std::mem::take(&mut self.manifest.release);
        let Some(image) = &release.image else {
            return Err(NoImage.into());
        };
        let request = &mut self.request;
        request.scope = Scope::Matrix;
        if request.binaries.is_empty() {
            request.binaries = image.binary.iter().map(|name| name.value.clone()).collect();
        }
        if request.targets.is_empty() {
            let named = image.targets.iter();
            request.targets = named.map(|selector| selector.value.clone()).collect();
        }
        self.selection = select(&self.manifest, request, &self.settings.host)?;
        self.selection
            .cells
            .retain(|cell| cell.target.goos == Goos::Linux);
        self.manifest.release = release.image_alone();
        Ok(self)
    }

    /// The same without some variables of the user's, which no command gets.
    pub(super) fn without_variables(mut self, names: &[String]) -> Self {
        for name in names {
            self.host.env.remove(name);
            self.host.user_env.remove(name);
        }
        self
    }

    /// The same for another edition of the release.
    pub(super) fn edition(self, edition: Edition) -> Self {
        Self { edition, ..self }
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
            host: &self.host,
            on_fetch: &|toolchain| spinner.announce(toolchain),
        };
        let asker = self.asker();
        let go = self.go.clone().asked_by(asker.clone());
        let projects = survey(&go, &self.settings, questions, cancel)?;
        asker.keep();
        drop(spinner);
        // Of what git says each has the same.
        let project = projects.any();
        if let Some(note) = missing_tags(project) {
            console::err(&format!("{NOTE}Note:{NOTE:#} {note}"));
        }
        let release = self.release(&projects)?;
        let toolchains = self.toolchains(cancel)?;
        let inherit = self.inherited_names();
        let roots = self.root_sources(&projects, cancel)?;
        let packer = packer(manifest, &self.selection, &self.host, cancel)?;
        let starters = starters((manifest, root), &self.selection, &self.host, cancel);
        let garbage = Garbage::on((self.cores, self.memory), &inherit);
        let measures = Measures::read(&self.out).at(garbage);
        let plan = plan(&Inputs {
            request: &self.request,
            selection: &self.selection,
            toolchains: &toolchains,
            manifest,
            projects: &projects,
            release: &release,
            host: &self.settings.host,
            cores: self.cores,
            memory: self.memory,
            measures: &measures,
            inherit: &inherit,
            roots: &roots,
            packer: packer.as_ref(),
            starters: starters.as_ref(),
        })?;
        trusted::check(manifest, &plan, root)?;
        let term = self.host.env.get("TERM");
        Ok(Prepared {
            machine: self.machine(project, &toolchains),
            toolchain_files: self.toolchain_files(&toolchains),
            toolchains,
            out: self.out.clone(),
            answers: self.answers.clone(),
            cores: self.cores,
            garbage,
            moves_cursor: term.is_none_or(|term| term != "dumb"),
            plan,
            project: project.clone(),
            root: root.clone(),
        })
    }

    /// The names of the variables that steps inherit.
    fn inherited_names(&self) -> Vec<String> {
        let inherited = self.settings.inherited.iter();
        inherited
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect()
    }

    /// What artifacts are stamped with.
    fn release(&self, projects: &ByRelease<Project>) -> Result<Release, Box<dyn Failure>> {
        let release = release(&self.manifest, projects, &self.host)?;
        Ok(match self.edition {
            Edition::Release => release,
            Edition::Snapshot => release.snapshot(projects.any().repository.as_ref()),
        })
    }

    /// Where a release of Go lies that builds, such as `go1.26.8`.
    pub(super) fn goroot(&self, go: &str, cancel: &Cancel) -> Result<PathBuf, GoError> {
        if go == self.settings.version {
            return Ok(PathBuf::from(&self.settings.goroot));
        }
        let pinned = self.go.pinned(&self.settings, go, "off");
        pinned.goroot(&self.root, cancel)
    }

    /// Forgets what go answered in earlier runs.
    pub(super) fn ask_anew(&self) {
        if let Some(answers) = &self.answers {
            answers.forget();
        }
    }

    /// Asks go about the project as it is now.
    pub(super) fn asker(&self) -> Asker {
        let Self { manifest, root, .. } = self;
        let Some(answers) = &self.answers else {
            return Asker::default();
        };
        let places = project::places(root, manifest, &self.settings, &self.out);
        answers.asker(places, self.cores as usize)
    }

    /// Whether a repository is in the state in which it was surveyed.
    pub(super) fn is_in_state(&self, top: &Path, project: &Project, cancel: &Cancel) -> bool {
        let mut known = project.stamps.values().flatten().chain(&project.repository);
        let before = known.find(|repository| repository.root == top);
        before.is_some_and(|before| {
            git::repository(top, &self.host, cancel).is_ok_and(|now| now == *before)
        })
    }

    /// The C toolchains of each cell.
    fn toolchains(&self, cancel: &Cancel) -> Result<Vec<CellToolchains>, Box<dyn Failure>> {
        let mut cells = self.selection.cells.iter();
        if !cells.any(|cell| cell.cgo == Cgo::Enabled) {
            // Whatever lies in a folder of that name is no matter of a build without C.
            return Ok(Vec::new());
        }
        let library = c_toolchains::library((&self.manifest, &self.root), &self.host)?;
        let choosing = c_toolchains::Choosing {
            manifest: &self.manifest,
            root: &self.root,
            library: &library,
            platform: &self.settings.host,
            host: &self.host,
            trust: self.trust,
        };
        choosing.of(&self.selection, cancel)
    }

    /// The files of toolchains, and the folders in which definitions may appear.
    fn toolchain_files(&self, toolchains: &[CellToolchains]) -> Vec<PathBuf> {
        let chosen = toolchains.iter().flat_map(CellToolchains::iter);
        let mut files: Vec<PathBuf> = chosen
            .flat_map(|chosen| chosen.setup.files.clone())
            .collect();
        if toolchains.iter().any(|of_cell| !of_cell.is_empty()) {
            files.extend(c_toolchains::files(
                (&self.manifest, &self.root),
                &self.host,
            ));
        }
        files
    }

    /// What of the machine decides what is made, besides the project's files.
    fn machine(&self, project: &Project, toolchains: &[CellToolchains]) -> Machine {
        let repositories = project.stamps.values().flatten().chain(&project.repository);
        let heads = repositories.filter_map(|repository| repository.head.as_ref());
        let tags: BTreeSet<&str> = heads.map(|head| head.tags.as_str()).collect();
        let tags: Vec<&str> = tags.into_iter().collect();
        let variable = |name: &str| {
            let value = self.settings.inherited.get(name);
            let value = value.unwrap_or_default().to_string_lossy().into_owned();
            (Input::Variable(name.to_owned()), value.into())
        };
        let folder = self.root.to_string_lossy().into_owned();
        let goroot = self.settings.goroot.clone();
        let which = |name: &str, file: &Path| {
            let stamp = FileStamp::of(&fs::metadata(file).ok()?);
            let which = format!("{} {stamp}", file.display());
            Some((Input::Tool(name.to_owned()), which.into()))
        };
        let starters = self.host.looked_for().into_iter();
        let others = [&["go", "git"], C_PROGRAMS].concat();
        let starters = starters.filter(|(name, _)| !others.contains(&name.as_str()));
        let starters = starters
            .filter_map(|(name, file)| which(&name, &file?))
            .collect();
        let compilers = C_PROGRAMS
            .iter()
            .filter_map(|name| which(name, &self.host.program(name)?));
        let toolchains = toolchains.iter().flat_map(CellToolchains::iter);
        let of_toolchains = toolchains.flat_map(|chosen| &chosen.setup.files);
        let of_toolchains = of_toolchains.filter_map(|file| which(file.to_str()?, file));
        Machine {
            all: ledger::Inputs::from([
                (Input::Setting("tags".to_owned()), tags.concat().into()),
                (Input::Setting("project folder".to_owned()), folder.into()),
                (Input::Setting("folder of go".to_owned()), goroot.into()),
                variable("GOMODCACHE"),
            ]),
            c: compilers
                .chain(of_toolchains)
                .chain([variable("PATH")])
                .collect(),
            starters,
        }
    }

    /// The certificates that the image may need, which have to be pinned.
    pub(super) fn image_roots(&self, cancel: &Cancel) -> Result<RootSets, Box<dyn Failure>> {
        let wanted = embed::of_image(&self.manifest);
        Ok(self.asking(cancel).pinned(wanted)?)
    }

    fn asking<'c>(&'c self, cancel: &'c Cancel) -> embed::Asking<'c> {
        embed::Asking {
            root: &self.root,
            manifest: &self.manifest,
            go: &self.go,
            settings: &self.settings,
            cancel,
        }
    }

    /// The CA certificates that are compiled in, which have to be those that are pinned.
    fn root_sources(
        &self,
        projects: &ByRelease<Project>,
        cancel: &Cancel,
    ) -> Result<ByRelease<RootSources>, Box<dyn Failure>> {
        let asking = self.asking(cancel);
        let cells = self.selection.cells.iter();
        let sets = asking.pinned(cells.flat_map(|cell| self.manifest.ca_roots_in(cell)))?;
        Ok(projects.map(|project| root_sources(&sets, &project.toolchain.version)))
    }

    /// Tells of a packer that is missing where something may be packed.
    pub(super) fn look_for_packer(&self, cancel: &Cancel) -> Result<(), Box<dyn Failure>> {
        packer(&self.manifest, &self.selection, &self.host, cancel).map(drop)
    }

    /// The commands that run before the project is looked at, with what git says by then.
    pub(super) fn hooks_before(&self, cancel: &Cancel) -> Result<Vec<RunHook>, Box<dyn Failure>> {
        let manifest = &self.manifest;
        let release = self.release_of_hooks(&manifest.hooks.before, cancel)?;
        Ok(hooks_before(manifest, &release))
    }

    /// The release as far as these commands may name it, before the project is looked at.
    pub(super) fn release_of_hooks(
        &self,
        hooks: &[Hook],
        cancel: &Cancel,
    ) -> Result<Release, Box<dyn Failure>> {
        let Self { manifest, root, .. } = self;
        let repository = if hooks.iter().any(|hook| hook.variables().next().is_some()) {
            repository(root, manifest, &self.host, cancel)?
        } else {
            None
        };
        let name = manifest.project.name.as_ref();
        let release = Release::new(
            name.map(|name| name.value.clone()).unwrap_or_default(),
            &manifest.project.version,
            repository.as_ref(),
            source_date_epoch(&self.host.env)?,
            [],
        )?;
        Ok(match self.edition {
            Edition::Release => release,
            Edition::Snapshot => release.snapshot(repository.as_ref()),
        })
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
    pub(super) fn session(&self, dist: &Dist) -> Result<Session, HostError> {
        Ok(Session {
            root: self.root.clone(),
            out: dist.folder().clone(),
            lock: Arc::clone(dist.lock()),
            work: dist.work().to_owned(),
            temporary: dist.temporary().to_owned(),
            inherited: self.settings.inherited.clone(),
            environment: self.host.user_env.clone(),
            own_program: Arc::new(OwnProgram::find()?),
            source_dirs: source_dirs(&self.root, &self.settings),
        })
    }
}

/// What go answered in earlier runs; none where nobody could tell whether it still holds.
fn answers(go: &Go, settings: &Settings, out: &Path) -> Option<Arc<Answers>> {
    let own_program = OwnProgram::find().ok()?;
    let go = GoItself::of(go.program(), settings)?;
    Some(Answers::read(go, out, own_program.once_more()))
}

impl Prepared {
    /// Keeps what go answered where that leaves no trace: in an output folder that is there already.
    pub(super) fn keep_answers(&self) {
        let is_ours = self.out.join(".gobuildx").is_dir();
        if let Some(answers) = self.answers.as_ref().filter(|_| is_ours)
            && let Ok(folder) = OutputFolder::create(&self.out)
        {
            // Without them go is asked again.
            let _ = answers.write(&folder);
        }
    }
}

/// In a shallow clone, which many CI systems make, the version would be that of no tag at all.
pub(super) fn missing_tags(project: &Project) -> Option<&'static str> {
    let head = project
        .repository
        .as_ref()
        .and_then(|repository| repository.head.as_ref())?;
    (head.shallow && head.tag.is_none()).then_some(
        "the clone is shallow and has no version tag; `git fetch --unshallow --tags` brings them",
    )
}

/// Without a manifest, the folder of the go.mod, or of the go.work beside it.
pub(super) fn root_of_go(start: &Path, settings: &Settings) -> PathBuf {
    let gowork = settings.gowork.as_deref().and_then(Path::parent);
    let gomod = settings.gomod.as_deref().and_then(Path::parent);
    match (gowork, gomod) {
        (Some(gowork), _) if gowork == start => start.to_owned(),
        (_, Some(gomod)) => gomod.to_owned(),
        (Some(gowork), None) => gowork.to_owned(),
        (None, None) => start.to_owned(),
    }
}

fn release(
    manifest: &Manifest,
    projects: &ByRelease<Project>,
    host: &Host,
) -> Result<Release, Box<dyn Failure>> {
    let project = projects.any();
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
        projects
            .all()
            .map(|project| project.toolchain.version.clone()),
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

/// There is no image to make.
#[derive(Debug, thiserror::Error)]
#[error("failed to make the image: the manifest has no `[release.image]`")]
struct NoImage;

impl Failure for NoImage {
    fn exit(&self) -> Exit {
        Exit::Manifest
    }

    fn hint(&self) -> Option<String> {
        Some("write `[release.image]` with `name = \"registry.example/hello\"`".to_owned())
    }
}

/// A file or folder that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read `{}`: {error}", .path.display())]
pub(super) struct Unreadable {
    path: PathBuf,
    error: std::io::Error,
}

impl Unreadable {
    pub(super) fn new(path: &Path, error: std::io::Error) -> Self {
        Self {
            path: path.to_owned(),
            error,
        }
    }
}

impl Failure for Unreadable {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        Some("name a folder that is there and may be read, or make it first".to_owned())
    }
}
