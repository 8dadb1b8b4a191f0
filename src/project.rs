//! What go and git say about the project: modules, packages, toolchain and repositories.
//!
//! [`survey`] asks all questions before the plan is made; the planner only reads the answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};
use crate::go_version::{GoVersion, newest_known_patch};
use crate::host::Environment;
use crate::manifest::{Cell, Manifest};
use crate::process::Cancel;
use crate::target::{Cgo, Target};
use crate::tools::git::{GitError, Repository, repository};
use crate::tools::go::{Go, GoError, ListQuery, ListedPackage, ListedPlatform, PinnedGo, Settings};

/// Facts about the project.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that all paths of the manifest start from.
    pub root: PathBuf,
    /// The go.work that joins the modules.
    pub workspace: Workspace,
    /// The toolchain that builds.
    pub toolchain: Toolchain,
    /// Every pair that the toolchain builds for.
    pub platforms: Vec<ListedPlatform>,
    /// The modules that binaries come from, by folder below the root.
    pub modules: BTreeMap<String, Module>,
    /// Repositories, by the folder that go runs in.
    pub repositories: BTreeMap<String, Option<Repository>>,
    /// What go lists, by module folder and cell.
    pub packages: BTreeMap<Listing, Vec<ListedPackage>>,
}

/// The go.work that the modules are built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workspace {
    /// None: `GOWORK=off`.
    Off,
    /// The file beside the manifest.
    Root,
    /// A file elsewhere; only without a manifest, where go's own choice holds.
    Elsewhere(PathBuf),
}

/// The Go toolchain that builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// Its version as build information records it: `go1.26.8`.
    pub version: String,
    /// The value of GOTOOLCHAIN that selects it.
    pub gotoolchain: String,
}

/// One module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The module path.
    pub path: String,
}

/// What a listing depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listing {
    /// The module's folder below the root.
    pub module: String,
    /// The target whose build constraints hold.
    pub target: Target,
    /// Whether files that use cgo count.
    pub cgo: Cgo,
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
    /// The environment that git runs in.
    pub env: &'a Environment,
}

/// Asks go and git everything that the planner has to know.
///
/// # Errors
/// When a module is missing, a toolchain can't be had, or go or git fails.
pub fn survey(
    go: &Go,
    settings: &Settings,
    questions: Questions<'_>,
    cancel: &Cancel,
) -> Result<Project, ProjectError> {
    let root = questions.root;
    let workspace = workspace(settings, &questions);
    let (modules, requirements) = modules(go, &questions, &workspace, cancel)?;
    let pinned = questions
        .manifest
        .project
        .go
        .as_ref()
        .map(|go| go.value.as_str());
    let toolchain = toolchain(&settings.version, pinned, &requirements)?;
    let gowork = match &workspace {
        Workspace::Off => "off".to_owned(),
        Workspace::Root => root.join("go.work").to_string_lossy().into_owned(),
        Workspace::Elsewhere(file) => file.to_string_lossy().into_owned(),
    };
    let pinned = go.pinned(settings, &toolchain.gotoolchain, &gowork);
    let platforms = pinned.platforms(cancel)?;
    let mut project = Project {
        root: root.to_owned(),
        workspace,
        toolchain,
        platforms,
        modules,
        repositories: BTreeMap::new(),
        packages: BTreeMap::new(),
    };
    if questions.manifest.build.vcs != Some(false) {
        for dir in project.working_dirs() {
            let found = repository(&folder(root, &dir), questions.env, cancel)?;
            project.repositories.insert(dir, found);
        }
    }
    project.packages = list_packages(&project, &pinned, &questions, cancel)?;
    Ok(project)
}

impl Project {
    /// The folder that go runs in for a module: the workspace's, or the module's own.
    #[must_use]
    pub fn working_dir<'a>(&self, module: &'a str) -> &'a str {
        match self.workspace {
            Workspace::Root => ".",
            Workspace::Off | Workspace::Elsewhere(_) => module,
        }
    }

    fn working_dirs(&self) -> Vec<String> {
        let mut dirs: Vec<String> = std::iter::once(".")
            .chain(self.modules.keys().map(|module| self.working_dir(module)))
            .map(str::to_owned)
            .collect();
        dirs.sort();
        dirs.dedup();
        dirs
    }

    /// The repository that stamps what is built in a folder.
    #[must_use]
    pub fn repository(&self, working_dir: &str) -> Option<&Repository> {
        self.repositories.get(working_dir)?.as_ref()
    }

    /// Whether the toolchain builds for the target's pair.
    #[must_use]
    pub fn builds_for(&self, target: &Target) -> bool {
        self.platforms.iter().any(|platform| {
            platform.goos == target.goos.as_str() && platform.goarch == target.goarch.as_str()
        })
    }
}

fn workspace(settings: &Settings, questions: &Questions<'_>) -> Workspace {
    if questions.root.join("go.work").is_file() {
        return Workspace::Root;
    }
    match (&questions.manifest.source.path, &settings.gowork) {
        (None, Some(file)) => Workspace::Elsewhere(file.clone()),
        _ => Workspace::Off,
    }
}

/// What a go.mod or go.work asks of the toolchain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Requirement {
    go: Option<GoVersion>,
    toolchain: Option<GoVersion>,
}

impl Requirement {
    fn new(go: Option<&str>, toolchain: Option<&str>) -> Self {
        let version = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        Self {
            go: version(go),
            toolchain: version(toolchain),
        }
    }
}

type Modules = BTreeMap<String, Module>;

fn modules(
    go: &Go,
    questions: &Questions<'_>,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<(Modules, Vec<Requirement>), ProjectError> {
    let root = questions.root;
    let mut requirements = Vec::new();
    let mut dirs: Vec<String> = questions
        .manifest
        .binaries
        .iter()
        .map(|binary| binary.module.value.clone())
        .collect();
    if *workspace == Workspace::Root {
        let file = go.workspace_file(&root.join("go.work"), cancel)?;
        requirements.push(Requirement::new(
            file.go.as_deref(),
            file.toolchain.as_deref(),
        ));
        if dirs.is_empty() {
            let uses = file.r#use.unwrap_or_default();
            dirs.extend(uses.iter().filter_map(|line| below_root(&line.disk_path)));
        }
    }
    if dirs.is_empty() {
        dirs.push(".".to_owned());
    }
    let mut modules = Modules::new();
    for dir in dirs {
        let file = folder(root, &dir).join("go.mod");
        if !file.is_file() {
            return Err(ProjectError::NoModule { file });
        }
        let file = go.module_file(&file, cancel)?;
        requirements.push(Requirement::new(
            file.go.as_deref(),
            file.toolchain.as_deref(),
        ));
        modules.insert(
            dir,
            Module {
                path: file.module.path,
            },
        );
    }
    Ok((modules, requirements))
}

/// A folder of the project; `.` is the root itself.
fn folder(root: &Path, dir: &str) -> PathBuf {
    match dir {
        "." => root.to_owned(),
        dir => root.join(dir),
    }
}

/// A `use` line's folder in the manifest's form; none for a folder outside of the root.
fn below_root(disk_path: &str) -> Option<String> {
    let path = disk_path.replace('\\', "/");
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let outside = path.starts_with('/') || path.split('/').any(|part| part == "..");
    match path {
        _ if outside => None,
        "" | "." => Some(".".to_owned()),
        path => Some(path.to_owned()),
    }
}

/// Chooses the toolchain: the pinned one; else the one on PATH when it is new enough; else the one
/// that the newest go.mod names.
fn toolchain(
    local: &str,
    pinned: Option<&str>,
    requirements: &[Requirement],
) -> Result<Toolchain, ProjectError> {
    let needed = requirements
        .iter()
        .max_by_key(|requirement| &requirement.go);
    let go = needed.and_then(|requirement| requirement.go.as_ref());
    let local_version: Option<GoVersion> = local.parse().ok();
    let release = |version: &GoVersion| Toolchain {
        version: version.toolchain(),
        gotoolchain: version.toolchain(),
    };
    if let Some(pinned) = pinned.and_then(|text| text.parse::<GoVersion>().ok()) {
        return match go {
            Some(go) if *go > pinned => Err(ProjectError::PinnedTooOld {
                pinned,
                go: go.clone(),
            }),
            _ => Ok(release(&pinned)),
        };
    }
    match (local_version, go) {
        (Some(local), Some(go)) if local < *go => {
            let asked = needed.and_then(|requirement| requirement.toolchain.as_ref());
            let wanted = asked.filter(|asked| *asked >= go).unwrap_or(go);
            if !wanted.is_line() {
                return Ok(release(wanted));
            }
            newest_known_patch(wanted)
                .map(|patch| release(&patch))
                .ok_or_else(|| ProjectError::UnknownLine(wanted.clone()))
        }
        (Some(local), _) => Ok(release(&local)),
        // A Go built from source has no name that GOTOOLCHAIN could select.
        (None, _) => Ok(Toolchain {
            version: local.to_owned(),
            gotoolchain: "local".to_owned(),
        }),
    }
}

fn list_packages(
    project: &Project,
    go: &PinnedGo,
    questions: &Questions<'_>,
    cancel: &Cancel,
) -> Result<BTreeMap<Listing, Vec<ListedPackage>>, ProjectError> {
    let mut packages = BTreeMap::new();
    for cell in questions.cells {
        if !project.builds_for(&cell.target) {
            continue;
        }
        for module in project.modules.keys() {
            let listing = Listing {
                module: module.clone(),
                target: cell.target.clone(),
                cgo: cell.cgo,
            };
            if packages.contains_key(&listing) {
                continue;
            }
            let tags = questions.manifest.cell_tags(cell);
            let patterns = patterns(questions.manifest, module);
            let query = ListQuery {
                dir: &folder(&project.root, module),
                target: &cell.target,
                cgo: cell.cgo,
                tags: &tags,
                patterns: &patterns,
            };
            packages.insert(listing, go.list(query, cancel)?);
        }
    }
    Ok(packages)
}

/// The packages that the manifest names in a module; all when it names no binary at all.
fn patterns(manifest: &Manifest, module: &str) -> Vec<String> {
    if manifest.binaries.is_empty() {
        return vec!["./...".to_owned()];
    }
    manifest
        .binaries
        .iter()
        .filter(|binary| binary.module.value == module)
        .map(|binary| binary.package.value.clone())
        .collect()
}

/// What is wrong with the project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// No go.mod where one should be.
    #[error("failed to find a Go module: there is no `{}`", .file.display())]
    NoModule {
        /// The file that is missing.
        file: PathBuf,
    },
    /// The manifest pins a toolchain that go.mod forbids.
    #[error(
        "failed to choose a Go toolchain: the manifest pins Go {pinned}, but go.mod asks for at least {go}"
    )]
    PinnedTooOld {
        /// The manifest's version.
        pinned: GoVersion,
        /// go.mod's version.
        go: GoVersion,
    },
    /// A release line without a known release.
    #[error(
        "failed to choose a Go toolchain: go.mod asks for Go {0}, which is newer than the Go on PATH and than this gobuildx"
    )]
    UnknownLine(GoVersion),
    /// go failed.
    #[error(transparent)]
    Go(#[from] GoError),
    /// git failed.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Failure for ProjectError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoModule { .. } | Self::PinnedTooOld { .. } => Exit::Manifest,
            Self::UnknownLine(_) => Exit::Environment,
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
            Self::PinnedTooOld { go, .. } => {
                Some(format!("set `go = \"{go}\"` or newer in [project]"))
            }
            Self::UnknownLine(line) => {
                Some(format!("name a release: `go = \"{line}.0\"` in [project]"))
            }
            Self::Go(error) => error.hint(),
            Self::Git(error) => error.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(local: &str, pinned: Option<&str>, go: &str, line: Option<&str>) -> String {
        let requirements = [Requirement::new(Some(go), line)];
        toolchain(local, pinned, &requirements).unwrap().gotoolchain
    }

    #[test]
    fn the_go_on_path_is_taken_when_it_is_new_enough() {
        assert_eq!(chosen("go1.26.8", None, "1.26", None), "go1.26.8");
        assert_eq!(
            chosen("go1.26.8", None, "1.24.0", Some("go1.27.1")),
            "go1.26.8"
        );
    }

    #[test]
    fn an_older_go_fetches_what_go_mod_names() {
        assert_eq!(chosen("go1.24.1", None, "1.25.3", None), "go1.25.3");
        assert_eq!(
            chosen("go1.24.1", None, "1.25.3", Some("go1.25.5")),
            "go1.25.5"
        );
        assert_eq!(chosen("go1.24.1", None, "1.25", None), "go1.25.14");
    }

    #[test]
    fn a_pinned_toolchain_wins_but_not_against_go_mod() {
        assert_eq!(chosen("go1.26.8", Some("1.25.1"), "1.25", None), "go1.25.1");
        let requirements = [Requirement::new(Some("1.26"), None)];
        assert!(toolchain("go1.26.8", Some("1.25.1"), &requirements).is_err());
    }

    #[test]
    fn a_go_built_from_source_is_used_as_it_is() {
        assert_eq!(chosen("devel go1.28-abc", None, "1.26", None), "local");
    }

    #[test]
    fn a_workspace_uses_only_folders_below_the_root() {
        assert_eq!(below_root("./tools/"), Some("tools".to_owned()));
        assert_eq!(below_root("."), Some(".".to_owned()));
        assert_eq!(below_root("../other"), None);
        assert_eq!(below_root("/abs"), None);
    }
}
