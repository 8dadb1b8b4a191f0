//! A module that is linked into something that is shipped: all that is known of it. Pure.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::Serialize;

use super::licence::Licence;
use super::program::AuditedProgram;
use super::rating::Rating;
use super::reason;
use super::version::{ModuleVersion, VersionKind};
use crate::tools::go::ListedModule;

/// A module that is linked into some program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditedModule {
    /// The path by which it is imported.
    pub path: String,
    /// The version that go.mod selects.
    pub version: String,
    /// What is compiled in its place: `path@version`, or a folder.
    pub replaced_by: Option<String>,
    /// When the version was made, in the format of RFC 3339.
    #[serde(serialize_with = "as_text")]
    pub time: Option<Timestamp>,
    /// The newest version.
    pub newest: Newest,
    /// How often there are new ones.
    pub releases: Option<Releases>,
    /// What its author says in place of maintaining it.
    pub deprecated: Option<String>,
    /// Why its author took the version back.
    pub retracted: Vec<String>,
    /// Its licence.
    pub licence: Licence,
    /// Who requires it: from a module of the project to it, the shortest way.
    pub required_by: Vec<String>,
    /// The programs that it is linked into.
    pub programs: Vec<Part>,
    /// The advisories about it.
    pub advisories: Vec<String>,
    /// What all of that comes to.
    pub rating: Rating,
}

/// The newest version of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "newest", rename_all = "kebab-case")]
pub enum Newest {
    /// The one that is used.
    This,
    /// Another one.
    Other {
        /// It.
        version: String,
        /// When it was made.
        #[serde(serialize_with = "as_text")]
        time: Option<Timestamp>,
    },
    /// It isn't known.
    NotAsked {
        /// Why.
        why: String,
    },
}

/// How often there are new versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Releases {
    /// How many there are.
    pub all: usize,
    /// How many of them are newer than the one that is used.
    pub newer: usize,
    /// Days between the last ones, on the average.
    pub days_between: Option<u32>,
}

/// What of a program is of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The program.
    pub program: String,
    /// How many packages.
    pub packages: Option<usize>,
    /// Bytes of code.
    pub code: Option<u64>,
}

/// What go and the files of modules say.
#[derive(Clone, Debug, Default)]
pub struct ModuleFacts {
    /// The build list.
    pub listed: Vec<ListedModule>,
    /// Who requires whom, `path@version` each.
    pub requirements: Vec<(String, String)>,
    /// The licences, by the modules' paths.
    pub licences: BTreeMap<String, Licence>,
    /// When older versions were made, by `path@version`.
    pub times: BTreeMap<String, String>,
    /// Why no proxy was asked.
    pub not_asked: Option<String>,
}

/// How many releases an interval is told by.
const INTERVALS: usize = 5;

/// The released versions of a module, the oldest first.
fn released(listed: &ListedModule) -> Vec<ModuleVersion> {
    let versions = listed.versions.iter();
    let mut versions: Vec<ModuleVersion> = versions.filter_map(|text| text.parse().ok()).collect();
    versions.retain(|version| version.kind() == VersionKind::Release);
    versions.sort();
    versions
}

/// The version whose time tells how often there are new ones, and how many intervals lie between.
fn earlier(versions: &[ModuleVersion]) -> Option<(&ModuleVersion, usize)> {
    let intervals = versions.len().checked_sub(1)?.min(INTERVALS);
    let at = versions.len() - 1 - intervals;
    versions
        .get(at)
        .filter(|_| intervals > 0)
        .map(|version| (version, intervals))
}

/// The versions whose times have to be asked for: `path@version`.
#[must_use]
pub fn versions_to_ask(listed: &[ListedModule]) -> Vec<String> {
    let questions = listed.iter().flat_map(|module| {
        let versions = released(module);
        let newest = versions.last().map(ModuleVersion::to_string);
        let known = module.update.as_ref().map(|update| update.version.clone());
        let known = [Some(module.version.clone()), known];
        let newest = newest.filter(|newest| !known.contains(&Some(newest.clone())));
        let earlier = earlier(&versions).map(|(version, _)| version.to_string());
        let earlier = earlier.filter(|earlier| *earlier != module.version);
        let asked = newest.into_iter().chain(earlier);
        asked.map(|version| format!("{}@{version}", module.path))
    });
    let mut questions: Vec<String> = questions.collect();
    questions.dedup();
    questions
}

impl ModuleFacts {
    /// All modules that are linked into a program, by their paths; what they are rated is left open.
    #[must_use]
    pub fn linked_into(&self, programs: &[AuditedProgram]) -> Vec<AuditedModule> {
        let mut modules: BTreeMap<(&str, &str), AuditedModule> = BTreeMap::new();
        let ways = Ways::of(self);
        for program in programs {
            for linked in &program.modules {
                let key = (linked.path.as_str(), linked.version.as_str());
                let module = modules.entry(key).or_insert_with(|| {
                    let replaced = linked.replaced_by.as_ref();
                    let mut of_path = self.listed.iter().filter(|one| one.path == linked.path);
                    let same = of_path.clone().find(|one| one.version == linked.version);
                    let listed = same.or_else(|| of_path.next());
                    AuditedModule {
                        replaced_by: replaced.map(|(path, version)| match version.as_str() {
                            "" => path.clone(),
                            version => format!("{path}@{version}"),
                        }),
                        required_by: ways.to(&linked.path),
                        licence: self
                            .licences
                            .get(&linked.path)
                            .cloned()
                            .unwrap_or(Licence::NotRead),
                        ..self.module(&linked.path, &linked.version, listed)
                    }
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

    fn module(&self, path: &str, version: &str, listed: Option<&ListedModule>) -> AuditedModule {
        let default = ListedModule::default();
        // What a program has may be another version than go.mod selects by now.
        let same = listed.filter(|listed| listed.version == version);
        let real = listed.map_or(&default, |listed| {
            listed.replace.as_deref().unwrap_or(listed)
        });
        let of_version = same.map_or(&default, |same| same.replace.as_deref().unwrap_or(same));
        // Of a replaced module another version is compiled than go.mod names.
        let used = match same.and_then(|same| same.replace.as_ref()) {
            Some(replace) => replace.version.as_str(),
            None => version,
        };
        AuditedModule {
            path: path.to_owned(),
            version: version.to_owned(),
            replaced_by: None,
            time: plausible(&of_version.time),
            newest: self.newest(real, used),
            releases: self.releases(real, used),
            deprecated: Some(real.deprecated.clone()).filter(|text| !text.is_empty()),
            retracted: of_version.retracted.clone(),
            licence: Licence::NotRead,
            required_by: Vec::new(),
            programs: Vec::new(),
            advisories: Vec::new(),
            rating: Rating::default(),
        }
    }

    fn newest(&self, listed: &ListedModule, version: &str) -> Newest {
        if version.is_empty() {
            let why = "a folder is compiled in its place".to_owned();
            return Newest::NotAsked { why };
        }
        let why = self.not_asked.clone().or_else(|| {
            let error = listed.error.as_ref().map(|error| reason::first(&error.err));
            error.or_else(|| {
                let is_unknown = listed.path.is_empty();
                is_unknown.then(|| "go.mod doesn't have it any more".to_owned())
            })
        });
        if let Some(why) = why {
            return Newest::NotAsked { why };
        }
        match &listed.update {
            Some(update) if update.version != version => Newest::Other {
                version: update.version.clone(),
                time: plausible(&update.time),
            },
            _ => Newest::This,
        }
    }

    fn releases(&self, listed: &ListedModule, version: &str) -> Option<Releases> {
        let versions = released(listed);
        let used: Option<ModuleVersion> = version.parse().ok();
        let newest = versions.last()?;
        let newer = versions
            .iter()
            .filter(|one| used.as_ref().is_some_and(|used| *one > used));
        let time = |version: &ModuleVersion| -> Option<Timestamp> {
            if version.as_str() == listed.version {
                return plausible(&listed.time);
            }
            let update = listed.update.as_ref();
            if let Some(update) = update.filter(|update| update.version == version.as_str()) {
                return plausible(&update.time);
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

/// The shortest ways from the modules of a project to all others.
///
/// Since Go 1.17 go.mod names all modules that are needed, so the project itself would be one step from each. What it
/// names for others alone is taken from those, and only where none of them leads there from go.mod.
struct Ways<'f> {
    /// By the path of a module, the one before it.
    before: BTreeMap<&'f str, &'f str>,
}

impl<'f> Ways<'f> {
    fn of(facts: &'f ModuleFacts) -> Self {
        let path = |text: &'f str| text.split_once('@').map_or(text, |(path, _)| path);
        let mut required: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, to) in &facts.requirements {
            let to = path(to);
            // Go and its toolchain are no modules.
            if !["go", "toolchain"].contains(&to) {
                required.entry(path(from)).or_default().push(to);
            }
        }
        let mains = facts.requirements.iter().map(|(from, _)| from.as_str());
        let mains: BTreeSet<&str> = mains.filter(|from| !from.contains('@')).collect();
        let (indirect, direct): (Vec<_>, Vec<_>) =
            facts.listed.iter().partition(|module| module.indirect);
        let is_indirect = |path: &str| {
            let has = |listed: &[&ListedModule]| listed.iter().any(|module| module.path == path);
            has(&indirect) && !has(&direct)
        };
        let mut ways = Self {
            before: mains.iter().map(|main| (*main, "")).collect(),
        };
        let of_project = |main: &&'f str| required.get(main).cloned().unwrap_or_default();
        let named = mains
            .iter()
            .flat_map(|main| of_project(main).into_iter().map(|to| (*main, to)));
        let (for_others, own): (Vec<_>, Vec<_>) = named.partition(|(_, to)| is_indirect(to));
        ways.extend(own, &required);
        ways.extend(for_others, &required);
        ways
    }

    /// Adds the ways that go on from some steps.
    fn extend(
        &mut self,
        steps: Vec<(&'f str, &'f str)>,
        required: &BTreeMap<&'f str, Vec<&'f str>>,
    ) {
        let mut steps = VecDeque::from(steps);
        while let Some((from, to)) = steps.pop_front() {
            if self.before.contains_key(to) {
                continue;
            }
            self.before.insert(to, from);
            let next = required.get(to).into_iter().flatten();
            steps.extend(next.map(|next| (to, *next)));
        }
    }

    /// From a module of the project to this one, which is left out.
    fn to(&self, module: &str) -> Vec<String> {
        let mut way = Vec::new();
        let mut at = self.before.get(module).copied().unwrap_or_default();
        while !at.is_empty() {
            way.push(at.to_owned());
            at = self.before.get(at).copied().unwrap_or_default();
        }
        way.reverse();
        way
    }
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn as_text<S: serde::Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(time),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::program::{Known, LinkedModule};

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
    fn the_way_to_a_module_is_the_shortest() {
        let edge = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let facts = ModuleFacts {
            requirements: vec![
                edge("m", "a@v1.0.0"),
                edge("m", "go@1.24"),
                edge("a@v1.0.0", "b@v1.0.0"),
                edge("b@v1.0.0", "c@v1.0.0"),
                edge("m", "d@v1.0.0"),
                edge("d@v1.0.0", "c@v1.1.0"),
            ],
            ..ModuleFacts::default()
        };
        let ways = Ways::of(&facts);
        assert_eq!(ways.to("c"), ["m", "d"]);
        assert_eq!(ways.to("a"), ["m"]);
        assert_eq!(ways.to("nobody"), [""; 0]);
    }

    #[test]
    fn what_go_mod_names_for_others_alone_is_required_by_those() {
        let edge = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let indirect = |path: &str| ListedModule {
            indirect: true,
            ..listed(path, "v1.0.0", &[])
        };
        let facts = ModuleFacts {
            listed: vec![listed("a", "v1.0.0", &[]), indirect("b"), indirect("c")],
            requirements: vec![
                edge("m", "a@v1.0.0"),
                edge("m", "b@v1.0.0"),
                edge("m", "c@v1.0.0"),
                edge("a@v1.0.0", "b@v1.0.0"),
            ],
            ..ModuleFacts::default()
        };
        let ways = Ways::of(&facts);
        assert_eq!(ways.to("b"), ["m", "a"]);
        // Nothing else leads to it.
        assert_eq!(ways.to("c"), ["m"]);
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
        assert_eq!(versions_to_ask(&[module.clone()]), [""; 0]);
        let facts = ModuleFacts {
            listed: vec![module],
            ..ModuleFacts::default()
        };
        let modules = facts.linked_into(&[program(&[("x", "v1.0.0")])]);
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
}
