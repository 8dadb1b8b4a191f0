//! Asks go and reads files for an audit (effects). Nothing of the project is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::advice::{self, Advisors};
use super::audited::AuditFacts;
use super::check::Answer;
use super::drift::Selected;
use super::licence::Licence;
use super::licence_files::licence_in;
use super::locked::{FromFolder, LockFacts};
use super::mains::{Main, by_listing};
use super::module_facts::ModuleFacts;
use super::program::{AuditedProgram, linked_into};
use super::reason::{self, reason};
use super::unpacker::Unpacker;
use super::vendored;
use crate::by_release::ByRelease;
use crate::delivery;
use crate::manifest::{Cell, Manifest};
use crate::parallel;
use crate::process::{Cancel, ProcessError};
use crate::project::{Listing, Project, Workspace, folder};
use crate::tools::go::{ListQuery, ListedModule, ModuleError, Network, PackageOfModule, PinnedGo};

/// What is audited, and how it is asked about.
#[derive(Clone, Copy)]
pub struct Survey<'a> {
    /// What go and git say of the project, by each release of Go that builds.
    pub projects: &'a ByRelease<Project>,
    /// The manifest.
    pub manifest: &'a Manifest,
    /// The cells that are shipped.
    pub cells: &'a [Cell],
    /// Only these binaries; none means all.
    pub binaries: &'a [String],
    /// The output folder.
    pub out: &'a Path,
    /// Which programs count.
    pub programs: Programs,
    /// The oldest Go that go.mod and go.sum have to be tidy for.
    pub compat: Option<&'a str>,
    /// The go command, pinned to each of them.
    pub gos: &'a ByRelease<PinnedGo>,
    /// Whether a proxy may be asked.
    pub network: Network,
    /// The toolchains that the modules' files name, by the modules' folders.
    pub toolchains: &'a BTreeMap<String, String>,
    /// How many questions are asked at once.
    pub cores: usize,
    /// What packed programs are unpacked by.
    pub unpacker: &'a Unpacker<'a>,
    /// What is asked about vulnerabilities.
    pub advisors: &'a Advisors<'a>,
    /// When it is asked.
    pub now: Timestamp,
}

/// Which programs are audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Programs {
    /// Those in the output folder, and for what isn't there its sources.
    Built,
    /// What would be built now.
    OfSources,
}

/// One question to go.
enum Ask<'m> {
    Modules(String),
    Requirements(String),
    Tidy(String),
    Sums(String),
    Vendor(String),
    Linked(&'m Listing, Vec<&'m Main>),
}

/// What go says to it.
enum Said<'m> {
    Modules(String, Answer<Vec<ListedModule>>),
    Requirements(Answer<Vec<(String, String)>>),
    Tidy(String, Answer<String>),
    Sums(String, Answer<Vec<String>>),
    Vendor(String, Answer<Vec<String>>),
    Linked(Vec<&'m Main>, Answer<Vec<PackageOfModule>>),
}

/// What go said, by what it is about.
#[derive(Default)]
struct Gathered {
    programs: Vec<AuditedProgram>,
    modules: ModuleFacts,
    locks: BTreeMap<String, LockFacts>,
    /// Why it isn't known in full what programs are linked from.
    unlinked: Vec<String>,
    /// Why it isn't known what all go.mod files select.
    unlisted: Option<String>,
}

impl Survey<'_> {
    /// Asks everything.
    #[must_use]
    pub fn facts(&self, cancel: &Cancel) -> AuditFacts {
        let delivery = match self.programs {
            Programs::Built => delivery::open(self.out).map_err(|error| error.to_string()),
            Programs::OfSources => Err("it is built after the audit".to_owned()),
        };
        let mains = self.mains();
        let built = self.built(&mains, &delivery, cancel);
        let said = self.ask_all(&mains, &built.unread, cancel);
        let gathered = self.gathered(said, &built.unread);
        let Gathered {
            mut modules,
            locks,
            unlinked,
            unlisted,
            ..
        } = gathered;
        let altered = built.altered();
        let mut programs = built.programs;
        programs.extend(gathered.programs);
        programs.sort_by(|a, b| a.name.cmp(&b.name));
        // Several modules of a project may want several versions.
        let key = |module: &ListedModule| (module.path.clone(), Selected::of(module));
        // What one of them requires for itself comes before what others do for theirs.
        modules
            .listed
            .sort_by_key(|module| (key(module), module.indirect));
        modules.listed.dedup_by_key(|module| key(module));
        self.ask_about_versions(&mut modules, &programs, cancel);
        modules.licences = licences(&modules, &programs, &self.projects.any().root);
        let advice = advice::ask(self, &mains, (&programs, &built.files), cancel);
        AuditFacts {
            unlinked,
            altered,
            scope: self.programs,
            lock: Some(self.lock_of(unlisted.map_or(Ok(&modules.listed), Err))),
            refused: None,
            programs,
            modules,
            locks: locks.into_values().collect(),
            advisories: advice.findings,
            advisories_asked: advice.advisories,
            sources: advice.sources,
            database: advice.database,
            required_at: self.required_at(),
            insisted: advice.insisted,
            now: self.now,
        }
    }

    /// What go said, by what it is about.
    fn gathered(&self, said: Vec<Said<'_>>, unbuilt: &BTreeMap<String, String>) -> Gathered {
        let mut gathered = Gathered::default();
        gathered.modules.not_asked = (self.network == Network::Off).then(|| "--offline".to_owned());
        for said in said {
            let modules = &mut gathered.modules;
            let locks = &mut gathered.locks;
            match said {
                Said::Modules(dir, Ok(listed)) => {
                    let from_folders = listed.iter().filter_map(FromFolder::of);
                    self.lock(locks, dir).from_folders = from_folders.collect();
                    modules.listed.extend(listed);
                }
                Said::Modules(_, Err(why)) => {
                    modules.not_asked.get_or_insert_with(|| why.clone());
                    gathered.unlisted.get_or_insert(why);
                }
                Said::Requirements(edges) => modules.requirements.extend(edges.unwrap_or_default()),
                Said::Tidy(dir, tidy) => self.lock(locks, dir).tidy = tidy,
                Said::Sums(dir, sums) => self.lock(locks, dir).altered = sums,
                Said::Vendor(dir, files) => self.lock(locks, dir).vendor = Some(files),
                Said::Linked(mains, packages) => {
                    for main in &mains {
                        gathered.unlinked.extend(unlisted(main, &packages));
                    }
                    let packages = packages.unwrap_or_default();
                    for main in mains {
                        let lock = self.lock(locks, main.listing.module.clone());
                        lock.unlocked.extend(missing_sums(&packages));
                        let why = unbuilt.get(&main.label).cloned().unwrap_or_default();
                        let path = &main.import_path;
                        let program = AuditedProgram::listed(main.named(), why, path, &packages);
                        gathered.programs.push(program);
                    }
                }
            }
        }
        gathered
    }

    /// What the build list doesn't tell of versions: those that only programs have, what is the newest where that
    /// was taken back, and when the versions were made by which it is told how often there are new ones.
    fn ask_about_versions(
        &self,
        modules: &mut ModuleFacts,
        programs: &[AuditedProgram],
        cancel: &Cancel,
    ) {
        let dir = folder(&self.projects.any().root, self.first_dir());
        let go = self.gos.any();
        let questions = modules.unselected(programs);
        let others = go.other_versions((&dir, &questions), cancel);
        modules.others = others.unwrap_or_else(|error| unanswered(&questions, &error.to_string()));
        if self.network == Network::Off {
            return;
        }
        let paths = modules.taken_back(programs);
        let latest: Vec<String> = paths.iter().map(|path| format!("{path}@latest")).collect();
        let said = go.versions((&dir, &latest), cancel);
        let said = said.unwrap_or_else(|error| unanswered(&latest, &error.to_string()));
        modules.latest = said.into_iter().map(|it| (it.path.clone(), it)).collect();
        let questions = modules.versions_to_ask(programs);
        let times = go.versions((&dir, &questions), cancel);
        let times = times.unwrap_or_default().into_iter();
        modules.times = times
            .map(|it| (format!("{}@{}", it.path, it.version), it.time))
            .collect();
    }

    /// The folders whose go.mod files count: of a workspace, its own alone.
    fn first_dir(&self) -> &str {
        let mut dirs = self.projects.any().modules.keys();
        dirs.next().map_or(".", String::as_str)
    }

    fn lock<'l>(
        &self,
        locks: &'l mut BTreeMap<String, LockFacts>,
        dir: String,
    ) -> &'l mut LockFacts {
        let named = self.toolchains.get(&dir);
        let builds = self.projects.all();
        let builds = builds.map(|project| project.toolchain.version.clone());
        locks.entry(dir.clone()).or_insert_with(|| LockFacts {
            dir,
            tidy: Ok(String::new()),
            altered: Ok(Vec::new()),
            vendor: None,
            unlocked: BTreeSet::new(),
            from_folders: Vec::new(),
            toolchain: named.map(|named| (named.clone(), builds.collect())),
        })
    }

    /// The names of all programs.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.mains().into_iter().map(|main| main.name).collect();
        names.sort();
        names.dedup();
        names
    }

    fn ask_all<'m>(
        &self,
        mains: &'m [Main],
        unbuilt: &BTreeMap<String, String>,
        cancel: &Cancel,
    ) -> Vec<Said<'m>> {
        let dirs: Vec<String> = self.projects.any().modules.keys().cloned().collect();
        // The slowest first.
        let mut asks: Vec<Ask<'_>> = self.build_lists().into_iter().map(Ask::Modules).collect();
        asks.extend(dirs.iter().cloned().map(Ask::Tidy));
        let listed = mains
            .iter()
            .filter(|main| unbuilt.contains_key(&main.label));
        let listed = by_listing(listed).into_iter();
        asks.extend(listed.map(|(listing, mains)| Ask::Linked(listing, mains)));
        asks.extend(dirs.iter().cloned().map(Ask::Sums));
        asks.extend(dirs.iter().cloned().map(Ask::Requirements));
        let vendored = dirs.into_iter().filter(|dir| {
            let folder = folder(&self.projects.any().root, dir);
            folder.join("vendor/modules.txt").is_file()
        });
        asks.extend(vendored.map(Ask::Vendor));
        // They wait for proxies and not for cores.
        parallel::map(&asks, self.cores.max(2) * 2, |ask| self.ask(ask, cancel))
    }

    /// The folders with build lists: one for a workspace, else one for each module.
    fn build_lists(&self) -> Vec<String> {
        match self.projects.any().workspace {
            Workspace::Off => self.projects.any().modules.keys().cloned().collect(),
            _ => vec![self.first_dir().to_owned()],
        }
    }

    fn ask<'m>(&self, ask: &Ask<'m>, cancel: &Cancel) -> Said<'m> {
        let go = self.gos.any();
        let place = |dir: &str| -> PathBuf { folder(&self.projects.any().root, dir) };
        let failed = |error: ProcessError| reason(&error);
        match ask {
            Ask::Modules(dir) => {
                let listed = go.modules(&place(dir), cancel);
                Said::Modules(dir.clone(), listed.map_err(|error| error.to_string()))
            }
            Ask::Requirements(dir) => {
                Said::Requirements(go.requirements(&place(dir), cancel).map_err(failed))
            }
            Ask::Tidy(dir) => {
                let tidy = go
                    .tidy_diff((&place(dir), self.compat), cancel)
                    .map_err(failed);
                Said::Tidy(dir.clone(), tidy)
            }
            Ask::Sums(dir) => {
                Said::Sums(dir.clone(), go.altered(&place(dir), cancel).map_err(failed))
            }
            Ask::Vendor(dir) => {
                let differing = vendored::differing(go, &place(dir), cancel);
                Said::Vendor(dir.clone(), differing)
            }
            Ask::Linked(listing, mains) => {
                let packages = self.asked_about((listing, mains.as_slice()), |go, query| {
                    go.linked_modules(query, cancel)
                });
                Said::Linked(mains.clone(), packages.map_err(|error| error.to_string()))
            }
        }
    }

    /// Asks about programs of one listing.
    pub(super) fn asked_about<T>(
        &self,
        (listing, mains): (&Listing, &[&Main]),
        ask: impl FnOnce(&PinnedGo, ListQuery<'_>) -> T,
    ) -> T {
        let go = mains.first().map(|main| self.gos.of(&main.cell));
        let go = go.unwrap_or_else(|| self.gos.any());
        let patterns: Vec<String> = mains.iter().map(|main| main.import_path.clone()).collect();
        let query = ListQuery {
            dir: &folder(&self.projects.any().root, &listing.module),
            target: &listing.target,
            cgo: listing.cgo,
            view: &listing.view,
            patterns: &patterns,
        };
        ask(go, query)
    }
}

/// Why a program isn't listed in full.
fn unlisted(main: &Main, packages: &Answer<Vec<PackageOfModule>>) -> Option<String> {
    let packages = match packages {
        Err(why) => return Some(why.clone()),
        Ok(packages) => packages,
    };
    let linked = linked_into(&main.import_path, packages);
    let errors = linked.filter_map(|package| package.error.as_ref());
    let mut reasons = errors.map(|error| reason::first(&error.err));
    reasons.find(|reason| !reason.is_empty())
}

/// What go misses in go.sum.
fn missing_sums(packages: &[PackageOfModule]) -> impl Iterator<Item = String> {
    let errors = packages.iter().filter_map(|package| package.error.as_ref());
    let lines = errors.filter_map(|error| error.err.lines().next());
    let missing = lines.filter(|line| line.contains("missing go.sum entry"));
    let told = missing.map(|line| line.split_once("; to add").map_or(line, |(told, _)| told));
    told.map(str::to_owned)
}

/// That go didn't say anything of these versions.
fn unanswered(versions: &[String], why: &str) -> Vec<ListedModule> {
    let unanswered = versions.iter().filter_map(|version| {
        let (path, version) = version.split_once('@')?;
        Some(ListedModule {
            path: path.to_owned(),
            version: version.to_owned(),
            error: Some(ModuleError {
                err: why.to_owned(),
            }),
            ..ListedModule::default()
        })
    });
    unanswered.collect()
}

fn licences(
    modules: &ModuleFacts,
    programs: &[AuditedProgram],
    root: &Path,
) -> BTreeMap<(String, Selected), Licence> {
    let mut licences = BTreeMap::new();
    for linked in programs.iter().flat_map(|program| &program.modules) {
        let known = modules.of_linked(linked);
        let Some(known) = known.filter(|it| !it.dir.as_os_str().is_empty()) else {
            continue;
        };
        let key = (linked.path.clone(), Selected::in_program(linked));
        let licence = licences.entry(key);
        licence.or_insert_with(|| licence_in(&root.join(&known.dir)));
    }
    licences
}
