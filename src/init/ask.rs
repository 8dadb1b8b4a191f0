//! What go says of the main packages below a folder: where they build, and what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::go_vars::string_variables;
use super::layout::{Join, Layout};
use super::program::{CParts, Program, SourceVariable, Stamp};
use super::{InitError, shipping};
use crate::go_package::{ListedPackage, View, package_argument};
use crate::go_toolchain::{self, GoToolchain, Requirement};
use crate::manifest::Manifest;
use crate::parallel;
use crate::process::Cancel;
use crate::project::folder;
use crate::target::{Cgo, Goarch, Goos, Target};
use crate::tools::go::{
    Go, GoError, LinkedPackage, ListQuery, PinnedGo, Settings, c_parts, needs_what_is_excluded,
};

/// Who is asked, and how.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The go command.
    pub go: &'a Go,
    /// Its settings.
    pub settings: &'a Settings,
    /// How many go processes run at once.
    pub cores: u32,
    /// Called when another toolchain than the one on PATH is needed, which go may have to fetch.
    pub on_fetch: &'a dyn Fn(&GoToolchain),
    /// Called with the import path of a program that is compiled, to see whether it needs its C.
    pub on_try: &'a (dyn Fn(&str) + Sync),
    /// Stops everything.
    pub cancel: &'a Cancel,
}

/// What go says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The module paths, by folder.
    pub modules: BTreeMap<String, String>,
    /// All main packages, sorted by module and package.
    pub programs: Vec<Program>,
    /// Modules that weren't looked into, because of where they are.
    pub unasked: Vec<String>,
}

/// Asks about the modules that may have programs to ship; about all of them if those have none.
///
/// # Errors
/// When go fails.
pub fn ask(asking: Asking<'_>, layout: &Layout) -> Result<Answers, InitError> {
    let (first, rest): (Vec<_>, Vec<_>) = layout
        .modules
        .iter()
        .cloned()
        .partition(|dir| shipping::reason_not_to_ship(dir).is_none());
    if !first.is_empty() {
        let mut answers = ask_modules(asking, layout, &first)?;
        if answers.programs.iter().any(Program::is_shipped) || rest.is_empty() {
            answers.unasked = rest;
            return Ok(answers);
        }
    }
    ask_modules(asking, layout, &layout.modules)
}

fn ask_modules(asking: Asking<'_>, layout: &Layout, dirs: &[String]) -> Result<Answers, InitError> {
    let (modules, toolchain) = modules(asking, layout, dirs)?;
    if toolchain.version != asking.settings.version {
        (asking.on_fetch)(&toolchain);
    }
    let gowork = match layout.join {
        Join::Nothing => "off".to_owned(),
        Join::Workspace { .. } => layout.root.join("go.work").to_string_lossy().into_owned(),
    };
    let go = asking
        .go
        .pinned(asking.settings, &toolchain.gotoolchain, &gowork);
    let questioner = Questioner {
        go,
        cores: asking.cores,
        on_try: asking.on_try,
        cancel: asking.cancel,
        batches: batches(layout, dirs),
    };
    let mut mains = mains(&questioner.listed()?);
    let linked = questioner.linked(&mains)?;
    narrow(&mut mains, &linked);
    questioner.try_without_c(&mut mains)?;
    let programs = mains
        .into_iter()
        .filter_map(|(import_path, main)| program(layout, &modules, import_path, main));
    let mut programs: Vec<Program> = programs.collect();
    programs.sort_by(|a, b| (&a.module, &a.package).cmp(&(&b.module, &b.package)));
    Ok(Answers {
        modules,
        programs,
        unasked: Vec::new(),
    })
}

/// The paths of the modules, and the toolchain that a manifest with all of them is built with.
fn modules(
    asking: Asking<'_>,
    layout: &Layout,
    dirs: &[String],
) -> Result<(BTreeMap<String, String>, GoToolchain), InitError> {
    let mut requirements = Vec::new();
    if layout.join != Join::Nothing {
        let file = layout.root.join("go.work");
        let file = asking.go.workspace_file(&file, asking.cancel)?;
        requirements.push((file.go, file.toolchain));
    }
    let mut modules = BTreeMap::new();
    for dir in dirs {
        let file = folder(&layout.root, dir).join("go.mod");
        let file = asking.go.module_file(&file, asking.cancel)?;
        requirements.push((file.go, file.toolchain));
        modules.insert(dir.clone(), file.module.path);
    }
    let requirements: Vec<Requirement> = requirements
        .iter()
        .map(|(go, toolchain)| Requirement::new(go.as_deref(), toolchain.as_deref()))
        .collect();
    let toolchain = go_toolchain::choose(&asking.settings.version, None, &requirements)?;
    Ok((modules, toolchain))
}

/// Modules that one go process can be asked about.
struct Batch {
    dir: PathBuf,
    patterns: Vec<String>,
}

fn batches(layout: &Layout, dirs: &[String]) -> Vec<Batch> {
    match layout.join {
        Join::Nothing => dirs
            .iter()
            .map(|dir| Batch {
                dir: folder(&layout.root, dir),
                patterns: vec!["./...".to_owned()],
            })
            .collect(),
        Join::Workspace { .. } => vec![Batch {
            dir: layout.root.clone(),
            patterns: dirs
                .iter()
                .map(|dir| match dir.as_str() {
                    "." => "./...".to_owned(),
                    dir => format!("./{dir}/..."),
                })
                .collect(),
        }],
    }
}

/// The system whose C parts are told of: the one that most of them are for.
const C_SYSTEM: Goos = Goos::Linux;

/// The targets of a manifest without `[matrix]`, and a cell of each system for C parts.
fn cells() -> Vec<(Target, Cgo)> {
    let targets = default_targets();
    let systems: BTreeSet<Goos> = targets.iter().map(|target| target.goos).collect();
    let with_c = systems
        .into_iter()
        .map(|goos| (Target::new(goos, Goarch::Amd64), Cgo::Enabled));
    let pure = targets.into_iter().map(|target| (target, Cgo::Disabled));
    pure.chain(with_c).collect()
}

/// The targets of a manifest without `[matrix]`.
#[must_use]
pub fn default_targets() -> Vec<Target> {
    let cells = Manifest::without_file().cells.into_iter();
    cells.map(|cell| cell.target).collect()
}

struct Questioner<'a> {
    go: PinnedGo,
    cores: u32,
    on_try: &'a (dyn Fn(&str) + Sync),
    cancel: &'a Cancel,
    batches: Vec<Batch>,
}

/// What go lists for one cell.
type Listed<T> = Vec<((Target, Cgo), Vec<T>)>;

impl Questioner<'_> {
    /// All packages.
    fn listed(&self) -> Result<Listed<ListedPackage>, InitError> {
        self.each_cell(
            |query| self.go.list(query, self.cancel),
            |batch| batch.patterns.clone(),
        )
    }

    /// All that the main packages are linked from.
    fn linked(&self, mains: &BTreeMap<String, Main>) -> Result<Listed<LinkedPackage>, InitError> {
        self.each_cell(
            |query| self.go.linked(query, self.cancel),
            |batch| {
                let here = |main: &Main| {
                    self.batches.len() == 1
                        || main.dirs.iter().any(|dir| dir.starts_with(&batch.dir))
                };
                let here = mains.iter().filter(|(_, main)| here(main));
                here.map(|(import_path, _)| import_path.clone()).collect()
            },
        )
    }

    /// Compiles programs that leave C parts out, once for each system that has some: build
    /// constraints don't tell whether what is left still fits together.
    fn try_without_c(&self, mains: &mut BTreeMap<String, Main>) -> Result<(), InitError> {
        let view = View::default();
        for (import_path, main) in mains.iter_mut().filter(|(_, main)| !main.with_c.is_empty()) {
            (self.on_try)(import_path);
            for goos in std::mem::take(&mut main.with_c) {
                let target = main.targets.iter().find(|target| target.goos == goos);
                let (Some(target), Some(dir)) = (target, main.dirs.first()) else {
                    continue;
                };
                let query = ListQuery {
                    dir,
                    target,
                    cgo: Cgo::Disabled,
                    view: &view,
                    patterns: &[".".to_owned()],
                };
                if !self.go.compiles(query, self.cancel)? {
                    main.targets.retain(|target| target.goos != goos);
                }
            }
        }
        Ok(())
    }

    fn each_cell<T: Send>(
        &self,
        ask: impl Fn(ListQuery<'_>) -> Result<Vec<T>, GoError> + Sync,
        patterns: impl Fn(&Batch) -> Vec<String>,
    ) -> Result<Listed<T>, InitError> {
        let view = View::default();
        let mut questions = Vec::new();
        for batch in &self.batches {
            let patterns = patterns(batch);
            if !patterns.is_empty() {
                questions.extend(
                    cells()
                        .into_iter()
                        .map(|cell| (batch, patterns.clone(), cell)),
                );
            }
        }
        let workers = self.cores as usize;
        let answers = parallel::map(&questions, workers, |(batch, patterns, (target, cgo))| {
            let packages = ask(ListQuery {
                dir: &batch.dir,
                target,
                cgo: *cgo,
                view: &view,
                patterns,
            })?;
            Ok(((target.clone(), *cgo), packages))
        });
        Ok(answers.into_iter().collect::<Result<_, GoError>>()?)
    }
}

/// A main package, while it is being asked about.
#[derive(Default)]
struct Main {
    dirs: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
    targets: BTreeSet<Target>,
    with_cgo: bool,
    c_parts: Vec<String>,
    /// The systems that have C parts of it.
    with_c: BTreeSet<Goos>,
}

/// The main packages, with the targets that their own files are for.
fn mains(listed: &Listed<ListedPackage>) -> BTreeMap<String, Main> {
    let mut mains: BTreeMap<String, Main> = BTreeMap::new();
    for ((target, cgo), packages) in listed {
        for package in packages.iter().filter(|package| package.name == "main") {
            let main = mains.entry(package.import_path.clone()).or_default();
            main.dirs.insert(package.dir.clone());
            let files = package.go_files.iter();
            main.files.extend(files.map(|file| package.dir.join(file)));
            match cgo {
                Cgo::Enabled => main.with_cgo |= target.goos == C_SYSTEM,
                Cgo::Disabled => {
                    main.targets.insert(target.clone());
                }
            }
        }
    }
    mains
}

/// Takes targets away that a package which is linked in has no files for, and adds its C parts.
fn narrow(mains: &mut BTreeMap<String, Main>, linked: &Listed<LinkedPackage>) {
    for ((target, cgo), packages) in linked {
        for package in packages {
            let Some(main) = mains.get_mut(&package.import_path) else {
                continue;
            };
            let excluded = needs_what_is_excluded(package, packages);
            match cgo {
                Cgo::Disabled if excluded => {
                    main.targets.remove(target);
                }
                Cgo::Disabled => {}
                Cgo::Enabled => {
                    let parts = c_parts(&package.import_path, packages);
                    if !parts.is_empty() {
                        main.with_c.insert(target.goos);
                    }
                    if target.goos == C_SYSTEM {
                        main.with_cgo &= !excluded;
                        main.c_parts = parts.iter().map(|part| part.import_path.clone()).collect();
                    }
                }
            }
        }
    }
}

/// A main package in the manifest's words; none for one that is in none of the modules.
fn program(
    layout: &Layout,
    modules: &BTreeMap<String, String>,
    import_path: String,
    main: Main,
) -> Option<Program> {
    let is_in = |path: &str| {
        let rest = import_path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (module, path) = modules
        .iter()
        .filter(|(_, path)| is_in(path))
        .max_by_key(|(_, path)| path.len())?;
    let c_parts = match (main.targets.is_empty(), main.c_parts.is_empty()) {
        (true, _) if main.with_cgo => CParts::Needed(main.c_parts),
        (_, true) => CParts::None,
        (_, false) => CParts::LeftOut(main.c_parts),
    };
    let variables = main.files.iter().flat_map(|file| {
        let source = std::fs::read_to_string(file).unwrap_or_default();
        let shown = file.strip_prefix(&layout.root).unwrap_or(file);
        let shown = shown.to_string_lossy().replace('\\', "/");
        string_variables(&source)
            .into_iter()
            .map(move |name| SourceVariable {
                name,
                file: shown.clone(),
            })
    });
    Some(Program {
        package: package_argument(&import_path, path),
        module: module.clone(),
        targets: main.targets,
        c_parts,
        stamps: variables.filter_map(Stamp::of).collect(),
        import_path,
    })
}
