//! What go and git say about the project: modules, packages, toolchain and repositories.
//!
//! [`survey`] asks all questions before the plan is made; the planner only reads the answers.

mod packages;
mod toolchains;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use packages::{CertificateUse, Listing};

use crate::answers::Places;
use crate::by_release::ByRelease;
use crate::failure::{Exit, Failure};
use crate::go_package::ListedPackage;
use crate::go_toolchain::{GoToolchain, GoToolchainError, Requirement};
use crate::host::Host;
use crate::manifest::{Cell, Diagnostic, Manifest, Rejected};
use crate::process::Cancel;
use crate::target::Target;
use crate::tools::git::{self, GitError, Repository};
use crate::tools::go::{Go, GoError, ListedPlatform, Refusal, Settings};

/// Facts about the project, as one release of Go sees it.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that all paths of the manifest start from.
    pub root: PathBuf,
    /// The go.work that joins the modules.
    pub workspace: Workspace,
    /// The toolchain that builds.
    pub toolchain: GoToolchain,
    /// Every pair that the toolchain builds for.
    pub platforms: Vec<ListedPlatform>,
    /// The modules that binaries come from, by folder below the root.
    pub modules: BTreeMap<String, Module>,
    /// The folders outside of the root that `replace` and `use` lead to, seen from the root: `../other`.
    pub outside: BTreeSet<String>,
    /// The repository that the root is in, which the version comes from.
    pub repository: Option<Repository>,
    /// The repositories that go stamps binaries with, by the folders of modules and the root.
    pub stamps: BTreeMap<String, Option<Repository>>,
    /// What go lists, by module folder and cell.
    pub packages: BTreeMap<Listing, Vec<ListedPackage>>,
    /// What the packages of a listing have to do with certificates, by import path; only where
    /// the manifest asks for some to be compiled in.
    pub certificates: BTreeMap<Listing, BTreeMap<String, CertificateUse>>,
}

/// The go.work that the modules are built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workspace {
    /// None: `GOWORK=off`.
    Off,
    /// The file beside the manifest.
    Root,
    /// A file elsewhere, seen from the root; only without a manifest, where go's own choice holds.
    Elsewhere(String),
}

/// One module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The module path.
    pub path: String,
}

/// Where the project is, and what the manifest asks of it.
#[derive(Clone, Copy)]
pub struct Questions<'a> {
    /// The folder of the manifest.
    pub root: &'a Path,
    /// The manifest.
    pub manifest: &'a Manifest,
    /// The cells that are built.
    pub cells: &'a [Cell],
    /// Cores that go processes share.
    pub cores: u32,
    /// The machine that git runs on.
    pub host: &'a Host,
    /// Called when another toolchain than the one on PATH is needed, which go may have to fetch.
    pub on_fetch: &'a dyn Fn(&GoToolchain),
}

/// Asks go and git everything that the planner has to know: git once, and go by each release that builds.
///
/// # Errors
/// When a module is missing, a toolchain can't be had, or go or git fails.
pub fn survey(
    go: &Go,
    settings: &Settings,
    questions: Questions<'_>,
    cancel: &Cancel,
) -> Result<ByRelease<Project>, ProjectError> {
    let root = questions.root;
    let workspace = workspace(settings, &questions);
    let Modules {
        found: modules,
        requirements,
        outside,
    } = modules(go, &questions, &workspace, cancel)?;
    let toolchains = toolchains::choose(&settings.version, &questions, &requirements)?;
    for toolchain in toolchains.all() {
        if toolchain.version != settings.version {
            (questions.on_fetch)(toolchain);
        }
    }
    let gowork = workspace.gowork(root);
    let toolchains = toolchains.try_map(|_, toolchain| {
        let pinned = go.pinned(settings, &toolchain.gotoolchain, &gowork);
        let platforms = pinned.platforms(cancel)?;
        Ok::<_, GoError>((toolchain, pinned, platforms))
    })?;
    let repositories = if stamps(questions.manifest) {
        repositories(&modules, &questions, cancel)?
    } else {
        Repositories::default()
    };
    toolchains.try_map(|release, (toolchain, pinned, platforms)| {
        let mut project = Project {
            root: root.to_owned(),
            workspace: workspace.clone(),
            toolchain,
            platforms,
            modules: modules.clone(),
            outside: outside.clone(),
            repository: repositories.of_root.clone(),
            stamps: repositories.stamps.clone(),
            packages: BTreeMap::new(),
            certificates: BTreeMap::new(),
        };
        let listings = packages::listings(&project, &questions, release);
        project.packages =
            packages::list_packages(&project, &pinned, &questions, (&listings, cancel))?;
        project.certificates =
            packages::certificates(&project, &pinned, &questions, (&listings, cancel))?;
        Ok(project)
    })
}

impl Workspace {
    /// The value of GOWORK that selects it, for a project in this folder.
    #[must_use]
    pub fn gowork(&self, root: &Path) -> String {
        match self {
            Self::Off => "off".to_owned(),
            Self::Root => root.join("go.work").to_string_lossy().into_owned(),
            Self::Elsewhere(path) => root.join(path).to_string_lossy().into_owned(),
        }
    }
}

impl Project {
    /// The folder that go runs in for a module: the workspace's, or the module's own.
    ///
    /// Go stamps only what is in the repository of the folder that it runs in.
    #[must_use]
    pub fn working_dir<'a>(&self, module: &'a str) -> &'a str {
        let top = |dir: &str| self.stamp(dir).map(|repository| &repository.root);
        match self.workspace {
            Workspace::Root if top(".") == top(module) => ".",
            _ => module,
        }
    }

    /// The module path of a module's folder.
    #[must_use]
    pub fn module_path(&self, module: &str) -> &str {
        self.modules
            .get(module)
            .map_or("", |module| module.path.as_str())
    }

    /// The repository that go stamps binaries with when it runs in a module's folder or the root.
    #[must_use]
    pub fn stamp(&self, dir: &str) -> Option<&Repository> {
        self.stamps.get(dir)?.as_ref()
    }

    /// Whether the toolchain builds for the target's pair.
    #[must_use]
    pub fn builds_for(&self, target: &Target) -> bool {
        self.platforms.iter().any(|platform| {
            platform.goos == target.goos.as_str() && platform.goarch == target.goarch.as_str()
        })
    }
}

/// Whether any binary is stamped.
fn stamps(manifest: &Manifest) -> bool {
    let overrides = manifest.overrides.iter();
    manifest.build.vcs != Some(false)
        || overrides
            .into_iter()
            .any(|setting| setting.settings.vcs == Some(true))
}

/// The repository that the root is in, which the version comes from; none where it isn't asked for.
///
/// # Errors
/// When git fails.
pub fn repository(
    root: &Path,
    manifest: &Manifest,
    host: &Host,
    cancel: &Cancel,
) -> Result<Option<Repository>, GitError> {
    let top = git::top(root).filter(|_| stamps(manifest));
    top.map(|top| git::repository(top, host, cancel))
        .transpose()
}

/// The repositories around a project.
#[derive(Default)]
struct Repositories {
    of_root: Option<Repository>,
    stamps: BTreeMap<String, Option<Repository>>,
}

/// Reads the repositories of the root and of all modules, each once.
fn repositories(
    modules: &BTreeMap<String, Module>,
    questions: &Questions<'_>,
    cancel: &Cancel,
) -> Result<Repositories, GitError> {
    let mut known: BTreeMap<PathBuf, Repository> = BTreeMap::new();
    let mut read = |top: &Path| -> Result<Repository, GitError> {
        if let Some(repository) = known.get(top) {
            return Ok(repository.clone());
        }
        let repository = git::repository(top, questions.host, cancel)?;
        known.insert(top.to_owned(), repository.clone());
        Ok(repository)
    };
    let home = git::top(questions.root);
    let of_root = home.map(&mut read).transpose()?;
    let modules = modules.keys().map(String::as_str);
    let mut stamps = BTreeMap::new();
    for dir in std::iter::once(".").chain(modules) {
        let folder = folder(questions.root, dir);
        // What go finds around a worktree is the repository of something else.
        let own = |top: &&Path| Some(*top) == home || Some(*top) == git::top(&folder);
        let found = git::top_for_go(&folder).filter(own);
        stamps.insert(dir.to_owned(), found.map(&mut read).transpose()?);
    }
    Ok(Repositories { of_root, stamps })
}

fn workspace(settings: &Settings, questions: &Questions<'_>) -> Workspace {
    if questions.root.join("go.work").is_file() {
        return Workspace::Root;
    }
    match (&questions.manifest.source.path, &settings.gowork) {
        (None, Some(file)) => Workspace::Elsewhere(seen_from(questions.root, file)),
        _ => Workspace::Off,
    }
}

/// Where the project lies, without asking go.
#[must_use]
pub fn places(root: &Path, manifest: &Manifest, settings: &Settings, out: &Path) -> Places {
    let modules = manifest.binaries.iter();
    let mut modules: BTreeSet<PathBuf> = modules
        .map(|binary| folder(root, &binary.module.value))
        .collect();
    if modules.is_empty() {
        modules.insert(root.to_owned());
    }
    let beside = Some(root.join("go.work")).filter(|file| file.is_file());
    let elsewhere = settings.gowork.clone();
    let elsewhere = elsewhere.filter(|_| manifest.source.path.is_none());
    Places {
        modules,
        workspace: beside.or(elsewhere),
        out: out.to_owned(),
    }
}

/// The path of a go.work in a folder above, without naming that folder: plans name no folder of the
/// machine. A file that lies elsewhere keeps its whole path.
fn seen_from(root: &Path, file: &Path) -> String {
    let folders = root.ancestors().enumerate();
    let mut above = folders.filter(|(_, folder)| file.parent() == Some(folder));
    let name = file.file_name().map(|name| name.to_string_lossy());
    match (above.next(), name) {
        (Some((steps, _)), Some(name)) => format!("{}{name}", "../".repeat(steps)),
        _ => file.to_string_lossy().into_owned(),
    }
}

/// What the files of modules and of the workspace say.
#[derive(Default)]
struct Modules {
    found: BTreeMap<String, Module>,
    requirements: Vec<Requirement>,
    outside: BTreeSet<String>,
}

fn modules(
    go: &Go,
    questions: &Questions<'_>,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<Modules, ProjectError> {
    check_modules(questions)?;
    let root = questions.root;
    let mut modules = Modules::default();
    let mut dirs: Vec<String> = questions
        .manifest
        .binaries
        .iter()
        .map(|binary| binary.module.value.clone())
        .collect();
    if *workspace == Workspace::Root {
        let file = go.workspace_file(&root.join("go.work"), cancel)?;
        modules.requirements.push(Requirement::new(
            file.go.as_deref(),
            file.toolchain.as_deref(),
        ));
        let uses = file.r#use.iter().flatten();
        let uses = uses.map(|line| line.disk_path.as_str());
        let outside = file.local_replacements().chain(uses.clone());
        modules
            .outside
            .extend(outside.filter_map(|path| outside_root(".", path)));
        if dirs.is_empty() {
            dirs.extend(uses.filter_map(below_root));
        }
    }
    if dirs.is_empty() {
        dirs.push(".".to_owned());
    }
    for dir in dirs {
        let file = folder(root, &dir).join("go.mod");
        if !file.is_file() {
            return Err(ProjectError::NoModule { file });
        }
        let file = go.module_file(&file, cancel)?;
        modules.requirements.push(Requirement::new(
            file.go.as_deref(),
            file.toolchain.as_deref(),
        ));
        let outside = file.local_replacements();
        modules
            .outside
            .extend(outside.filter_map(|path| outside_root(&dir, path)));
        modules.found.insert(
            dir,
            Module {
                path: file.module.path,
            },
        );
    }
    Ok(modules)
}

/// The folder that a path leads to from a folder below the root, seen from the root; none for one below
/// it, and for one that is named from the top of the disk: that is the same wherever it is named.
fn outside_root(dir: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    if Path::new(&path).is_absolute() {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(path.split('/')) {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => drop(parts.pop()),
            (part, _) => parts.push(part),
        }
    }
    (parts.first() == Some(&"..")).then(|| parts.join("/"))
}

/// A folder below the root; `.` is the root itself.
pub(crate) fn folder(root: &Path, dir: &str) -> PathBuf {
    match dir {
        "." => root.to_owned(),
        dir => root.join(dir),
    }
}

/// Every folder that the manifest calls a module has to be one.
fn check_modules(questions: &Questions<'_>) -> Result<(), Rejected> {
    let missing = questions.manifest.binaries.iter().filter_map(|binary| {
        let module = &binary.module;
        if questions.root.join(&module.value).join("go.mod").is_file() {
            return None;
        }
        let message = format!("there is no go.mod in `{}`", module.value);
        let help = "name a folder that has one: `module = \"…\"`";
        Some(Diagnostic::wrong(&module.span, message).help(help))
    });
    let diagnostics: Vec<Diagnostic> = missing.collect();
    if diagnostics.is_empty() {
        return Ok(());
    }
    Err(Rejected {
        source: questions.manifest.source.clone(),
        diagnostics,
    })
}

/// A `use` line's folder in the manifest's form; none for a folder outside of the root.
pub(crate) fn below_root(disk_path: &str) -> Option<String> {
    let path = disk_path.replace('\\', "/");
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let outside = path.starts_with('/') || path.split('/').any(|part| part == "..");
    match path {
        _ if outside => None,
        "" | "." => Some(".".to_owned()),
        path => Some(path.to_owned()),
    }
}

/// What is wrong with the project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The manifest names modules that aren't there.
    #[error(transparent)]
    Faulty(#[from] Rejected),
    /// No go.mod where one should be.
    #[error("failed to find a Go module: there is no `{}`", .file.display())]
    NoModule {
        /// The file that is missing.
        file: PathBuf,
    },
    /// No toolchain fits.
    #[error(transparent)]
    Toolchain(#[from] GoToolchainError),
    /// go failed.
    #[error(transparent)]
    Go(#[from] GoError),
    /// git failed.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl ProjectError {
    /// What go refuses the project for, where that is why.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Go(error) => error.refusal(),
            Self::Faulty(_) | Self::NoModule { .. } | Self::Toolchain(_) | Self::Git(_) => None,
        }
    }
}

impl Failure for ProjectError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoModule { .. } => Exit::Manifest,
            Self::Faulty(rejected) => rejected.exit(),
            Self::Toolchain(error) => error.exit(),
            Self::Go(error) => error.exit(),
            Self::Git(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoModule { .. } => Some(
                "run gobuildx in a folder with a go.mod, or name the module's folder: \
                 `module = \"…\"` in [[binary]]"
                    .to_owned(),
            ),
            Self::Faulty(_) => None,
            Self::Toolchain(error) => error.hint(),
            Self::Go(error) => error.hint(),
            Self::Git(error) => error.hint(),
        }
    }

    fn rendered(&self, colored: bool) -> Option<String> {
        match self {
            Self::Faulty(rejected) => rejected.rendered(colored),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_above_is_named_without_the_folders_of_the_machine() {
        let root = Path::new("/home/me/src/tools/cli");
        let above = seen_from(root, Path::new("/home/me/src/go.work"));
        assert_eq!(above, "../../go.work");
        let far = seen_from(root, Path::new("/opt/go.work"));
        assert_eq!(far, "/opt/go.work");
    }

    #[test]
    fn what_lies_outside_is_seen_from_the_root() {
        let outside = |dir, path| outside_root(dir, path);
        assert_eq!(outside(".", "../other/"), Some("../other".to_owned()));
        assert_eq!(outside("a/b", "../../../x/./y"), Some("../x/y".to_owned()));
        assert_eq!(outside("a/b", "../../.."), Some("..".to_owned()));
        assert_eq!(outside("a", "../b"), None);
        assert_eq!(outside(".", "./b"), None);
        assert_eq!(outside(".", "/abs"), None);
    }

    #[test]
    fn a_workspace_uses_only_folders_below_the_root() {
        assert_eq!(below_root("./tools/"), Some("tools".to_owned()));
        assert_eq!(below_root("."), Some(".".to_owned()));
        assert_eq!(below_root("../other"), None);
        assert_eq!(below_root("/abs"), None);
    }
}
