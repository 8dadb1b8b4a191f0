//! What go and the files of modules say, put together for each module that is linked. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::drift::Selected;
use super::licence::Licence;
use super::module::{AuditedModule, Newest, Part, Releases};
use super::program::{AuditedProgram, LinkedModule};
use super::rating::Rating;
use super::reason;
use super::version::{ModuleVersion, VersionKind};
use super::ways::Ways;
use crate::tools::go::ListedModule;

/// What go and the files of modules say.
#[derive(Clone, Debug, Default)]
pub struct ModuleFacts {
    /// The build list.
    pub listed: Vec<ListedModule>,
    /// The versions that only programs have: go.mod selects others, by now.
    pub others: Vec<ListedModule>,
    /// The newest versions of modules whose highest numbers were taken back, by the modules' paths.
    pub latest: BTreeMap<String, ListedModule>,
    /// Who requires whom, `path@version` each.
    pub requirements: Vec<(String, String)>,
    /// The licences, by the modules' paths and what is compiled of them.
    pub licences: BTreeMap<(String, Selected), Licence>,
    /// When older versions were made, by `path@version`.
    pub times: BTreeMap<String, String>,
    /// Why no proxy was asked.
    pub not_asked: Option<String>,
}

/// How many releases an interval is told by.
const INTERVALS: usize = 5;

/// The version whose time tells how often there are new ones, and how many intervals lie between.
fn earlier(versions: &[ModuleVersion]) -> Option<(&ModuleVersion, usize)> {
    let intervals = versions.len().checked_sub(1)?.min(INTERVALS);
    let at = versions.len() - 1 - intervals;
    versions
        .get(at)
        .filter(|_| intervals > 0)
        .map(|version| (version, intervals))
}

impl ModuleFacts {
    /// What go says of the version that a program has.
    #[must_use]
    pub fn of_linked(&self, linked: &LinkedModule) -> Option<&ListedModule> {
        let built = Selected::in_program(linked);
        let is_it =
            |listed: &&ListedModule| listed.path == linked.path && Selected::of(listed) == built;
        let selected = self.listed.iter().find(is_it);
        let selected = selected.map(|listed| listed.replace.as_deref().unwrap_or(listed));
        selected.or_else(|| {
            let real = linked.real();
            let is_it =
                |other: &&ListedModule| (other.path.as_str(), other.version.as_str()) == real;
            self.others
                .iter()
                .find(is_it)
                .filter(|_| !linked.is_from_folder())
        })
    }

    /// The versions that only programs have, and that go wasn't asked about with the build list: `path@version`.
    #[must_use]
    pub fn unselected(&self, programs: &[AuditedProgram]) -> Vec<String> {
        let linked = programs.iter().flat_map(|program| &program.modules);
        let linked =
            linked.filter(|linked| linked.has_version() && self.of_linked(linked).is_none());
        let versions: BTreeSet<String> = linked
            .map(LinkedModule::real)
            .map(|(path, version)| format!("{path}@{version}"))
            .collect();
        versions.into_iter().collect()
    }

    /// The modules of which go tells no newer version, since higher numbers were taken back.
    #[must_use]
    pub fn taken_back(&self, programs: &[AuditedProgram]) -> Vec<String> {
        let known = self.all(programs).into_iter();
        let taken = known.filter(|one| !one.retracted.is_empty() && one.update.is_none());
        let paths: BTreeSet<String> = taken.map(|one| one.path.clone()).collect();
        paths.into_iter().collect()
    }

    /// The versions whose times have to be asked for: `path@version`.
    #[must_use]
    pub fn versions_to_ask(&self, programs: &[AuditedProgram]) -> Vec<String> {
        let questions = self.all(programs).into_iter().flat_map(|module| {
            let versions = self.released(module);
            let newest = versions.last().map(ModuleVersion::to_string);
            let known = |version: &String| {
                let mut known = [
                    Some(module),
                    module.update.as_deref(),
                    self.latest.get(&module.path),
                ]
                .into_iter()
                .flatten();
                known.any(|known| known.version == *version)
            };
            let newest = newest.filter(|newest| !known(newest));
            let earlier = earlier(&versions).map(|(version, _)| version.to_string());
            let earlier = earlier.filter(|earlier| *earlier != module.version);
            let asked = newest.into_iter().chain(earlier);
            asked.map(|version| format!("{}@{version}", module.path))
        });
        let questions: BTreeSet<String> = questions.collect();
        questions.into_iter().collect()
    }

    /// What go says of all that programs have.
    fn all(&self, programs: &[AuditedProgram]) -> Vec<&ListedModule> {
        let linked = programs.iter().flat_map(|program| &program.modules);
        let mut known: Vec<_> = linked.filter_map(|linked| self.of_linked(linked)).collect();
        known.sort_by_key(|one| (&one.path, &one.version));
        known.dedup_by_key(|one| (&one.path, &one.version));
        known
    }

    /// All modules that are linked into a program, by their paths; what they are rated is left open.
    #[must_use]
    pub fn linked_into(&self, programs: &[AuditedProgram]) -> Vec<AuditedModule> {
        let mut modules: BTreeMap<(&str, Selected), AuditedModule> = BTreeMap::new();
        let ways = Ways::of(self);
        for program in programs {
            for linked in &program.modules {
                let key = (linked.path.as_str(), Selected::in_program(linked));
                let module = modules.entry(key);
                let module = module.or_insert_with(|| AuditedModule {
                    required_by: ways.to(&linked.path),
                    ..self.module(linked)
                });
                module.programs.push(Part {
                    program: program.name.clone(),
                    packages: linked.packages,
                    code: linked.code,
                });
            }
        }
        modules.into_values().collect()
    }

    fn module(&self, linked: &LinkedModule) -> AuditedModule {
        let known = self.of_linked(linked);
        let replaced = linked.replaced_by.as_ref();
        let (_, version) = linked.real();
        let licence = self
            .licences
            .get(&(linked.path.clone(), Selected::in_program(linked)));
        AuditedModule {
            path: linked.path.clone(),
            version: linked.version.clone(),
            replaced_by: replaced.map(|(path, version)| match version.as_str() {
                "" => path.clone(),
                version => format!("{path}@{version}"),
            }),
            time: known.and_then(|known| plausible(&known.time)),
            newest: self.newest(linked, known),
            releases: known.and_then(|known| self.releases(known, version)),
            deprecated: self.deprecated(linked, known),
            retracted: known
                .map(|known| known.retracted.clone())
                .unwrap_or_default(),
            licence: licence.cloned().unwrap_or(Licence::NotRead),
            required_by: Vec::new(),
            programs: Vec::new(),
            advisories: Vec::new(),
            rating: Rating::default(),
        }
    }

    /// What the author of any version says counts for all.
    fn deprecated(&self, linked: &LinkedModule, known: Option<&ListedModule>) -> Option<String> {
        let (path, _) = linked.real();
        let real = self
            .listed
            .iter()
            .map(|one| one.replace.as_deref().unwrap_or(one));
        let of_path = known.into_iter().chain(real.filter(|one| one.path == path));
        let mut texts = of_path.map(|one| &one.deprecated);
        texts.find(|text| !text.is_empty()).cloned()
    }

    fn newest(&self, linked: &LinkedModule, known: Option<&ListedModule>) -> Newest {
        let not_asked = |why: String| Newest::NotAsked { why };
        if linked.is_from_folder() {
            return not_asked("a folder is compiled in its place".to_owned());
        }
        if let Some(why) = &self.not_asked {
            return not_asked(why.clone());
        }
        let Some(known) = known else {
            return not_asked("go doesn't know the version".to_owned());
        };
        let latest = self.latest.get(&known.path);
        let mut asked = [Some(known), latest].into_iter().flatten();
        if let Some(error) = asked.find_map(|one| one.error.as_ref()) {
            return not_asked(reason::first(&error.err));
        }
        match latest.or(known.update.as_deref()) {
            Some(newest) if newest.version != known.version => Newest::Other {
                version: newest.version.clone(),
                time: plausible(&newest.time),
            },
            _ => Newest::This,
        }
    }

    /// The released versions of a module, the oldest first; what was taken back at the top of them is none.
    fn released(&self, listed: &ListedModule) -> Vec<ModuleVersion> {
        let versions = listed.versions.iter();
        let mut versions: Vec<ModuleVersion> =
            versions.filter_map(|text| text.parse().ok()).collect();
        let latest = self.latest.get(&listed.path);
        let latest: Option<ModuleVersion> = latest.and_then(|it| it.version.parse().ok());
        versions.retain(|version| {
            let is_there = latest.as_ref().is_none_or(|latest| version <= latest);
            version.kind() == VersionKind::Release && is_there
        });
        versions.sort();
        versions
    }

    fn releases(&self, listed: &ListedModule, version: &str) -> Option<Releases> {
        let versions = self.released(listed);
        let used: Option<ModuleVersion> = version.parse().ok();
        let newest = versions.last()?;
        let newer = versions
            .iter()
            .filter(|one| used.as_ref().is_some_and(|used| *one > used));
        let time = |version: &ModuleVersion| -> Option<Timestamp> {
            let known = [
                Some(listed),
                listed.update.as_deref(),
                self.latest.get(&listed.path),
            ];
            let mut known = known.into_iter().flatten();
            if let Some(known) = known.find(|known| known.version == version.as_str()) {
                return plausible(&known.time);
            }
            let key = format!("{}@{version}", listed.path);
            plausible(self.times.get(&key)?)
        };
        let days_between = earlier(&versions).and_then(|(version, intervals)| {
            let between = time(newest)?.duration_since(time(version)?);
            let days = between.as_hours() / 24;
            u32::try_from(days / i64::try_from(intervals).ok()?).ok()
        });
        Some(Releases {
            all: versions.len(),
            newer: newer.count(),
            days_between,
        })
    }
}

/// A time, unless no module is of it: before there was Go, or so late that nobody has been there.
fn plausible(text: &str) -> Option<Timestamp> {
    let time: Timestamp = text.parse().ok()?;
    let first = Timestamp::constant(1_257_811_200, 0);
    let last = Timestamp::constant(4_102_444_800, 0);
    (first..last).contains(&time).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::program::Known;

    fn listed(path: &str, version: &str, versions: &[&str]) -> ListedModule {
        ListedModule {
            path: path.to_owned(),
            version: version.to_owned(),
            time: "2020-01-01T00:00:00Z".to_owned(),
            versions: versions.iter().map(ToString::to_string).collect(),
            ..ListedModule::default()
        }
    }

    fn program(modules: &[(&str, &str)]) -> AuditedProgram {
        let modules = modules.iter().map(|(path, version)| LinkedModule {
            path: (*path).to_owned(),
            version: (*version).to_owned(),
            replaced_by: None,
            sum: None,
            packages: Some(2),
            code: Some(100),
        });
        AuditedProgram {
            name: "p linux/amd64".to_owned(),
            target: "linux/amd64".parse().unwrap(),
            folder: ".".to_owned(),
            go: "go1.26.8".to_owned(),
            known: Known::Listed {
                why: "not built".to_owned(),
            },
            modules: modules.collect(),
            build: None,
            packages: std::collections::BTreeSet::new(),
        }
    }

    #[test]
    fn how_often_there_are_new_versions_is_told_by_the_last_ones() {
        let mut module = listed(
            "x",
            "v1.0.0",
            &["v1.0.0", "v1.1.0", "v1.2.0", "v2.0.0-rc.1"],
        );
        module.update = Some(Box::new(ListedModule {
            time: "2020-07-19T00:00:00Z".to_owned(),
            ..listed("x", "v1.2.0", &[])
        }));
        let facts = ModuleFacts {
            listed: vec![module],
            ..ModuleFacts::default()
        };
        let programs = [program(&[("x", "v1.0.0")])];
        assert_eq!(facts.versions_to_ask(&programs), [""; 0]);
        let modules = facts.linked_into(&programs);
        let releases = Releases {
            all: 3,
            newer: 2,
            days_between: Some(100),
        };
        assert_eq!(modules[0].releases, Some(releases));
        assert!(matches!(&modules[0].newest, Newest::Other { version, .. } if version == "v1.2.0"));
    }

    #[test]
    fn what_no_proxy_was_asked_for_is_not_known() {
        let facts = ModuleFacts {
            listed: vec![listed("x", "v1.0.0", &[])],
            not_asked: Some("--offline".to_owned()),
            ..ModuleFacts::default()
        };
        let modules = facts.linked_into(&[program(&[("x", "v1.0.0"), ("gone", "v1.0.0")])]);
        let why = "--offline".to_owned();
        assert_eq!(modules[1].newest, Newest::NotAsked { why });
        assert_eq!(modules[0].path, "gone");
    }

    #[test]
    fn of_a_version_that_only_a_program_has_all_is_told_by_itself() {
        let programs = [program(&[("x", "v1.0.0"), ("y", "(devel)")])];
        let mut facts = ModuleFacts {
            listed: vec![listed("x", "v1.1.0", &["v1.0.0", "v1.1.0"])],
            ..ModuleFacts::default()
        };
        assert_eq!(facts.unselected(&programs), ["x@v1.0.0"]);
        let unknown = facts.linked_into(&programs);
        assert!(matches!(unknown[0].newest, Newest::NotAsked { .. }));
        assert_eq!(unknown[0].time, None);
        facts.others = vec![ListedModule {
            retracted: vec!["it was broken".to_owned()],
            update: Some(Box::new(listed("x", "v1.1.0", &[]))),
            ..listed("x", "v1.0.0", &["v1.0.0", "v1.1.0"])
        }];
        assert_eq!(facts.unselected(&programs), [""; 0]);
        let module = &facts.linked_into(&programs)[0];
        assert_eq!(module.retracted, ["it was broken"]);
        assert!(module.time.is_some());
        assert!(matches!(&module.newest, Newest::Other { version, .. } if version == "v1.1.0"));
        assert_eq!(module.releases.map(|releases| releases.newer), Some(1));
    }

    #[test]
    fn what_was_taken_back_is_not_the_newest_whatever_its_number() {
        let taken_back = ListedModule {
            retracted: vec!["accidental".to_owned()],
            ..listed(
                "x",
                "v2.0.3+incompatible",
                &["v1.13.0", "v1.14.0", "v2.0.3+incompatible"],
            )
        };
        let mut facts = ModuleFacts {
            listed: vec![taken_back],
            ..ModuleFacts::default()
        };
        let programs = [program(&[("x", "v2.0.3+incompatible")])];
        assert_eq!(facts.taken_back(&programs), ["x"]);
        facts
            .latest
            .insert("x".to_owned(), listed("x", "v1.14.0", &[]));
        assert_eq!(facts.versions_to_ask(&programs), ["x@v1.13.0"]);
        let module = &facts.linked_into(&programs)[0];
        assert!(matches!(&module.newest, Newest::Other { version, .. } if version == "v1.14.0"));
        assert_eq!(
            module
                .releases
                .map(|releases| (releases.all, releases.newer)),
            Some((2, 0))
        );
    }
}
