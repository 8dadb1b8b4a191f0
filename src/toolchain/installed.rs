//! What of a definition is on this machine: looks for programs and asks them (effects).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use globset::Glob;

use super::definition::Definition;
use super::layer::{Program, Serves, Sysroot};
use crate::host::{self, Host};
use crate::process::{Cancel, Command};
use crate::tools::engine::ENGINE_VARIABLES;
use crate::version::Version;

/// The programs and the sysroot of a toolchain, for some targets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// The programs by their placeholders; an optional one may be missing.
    pub programs: BTreeMap<String, Found>,
    /// The folder with headers and libraries, where the definition wants one.
    pub sysroot: Option<PathBuf>,
    /// Who runs gobuildx, where a container has to know: `1000:1000`.
    pub user: Option<String>,
}

/// A program that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub file: PathBuf,
    /// Arguments that always come first.
    pub args: Vec<String>,
    /// The name by which it is found on PATH, where that is all of it.
    pub name: Option<String>,
    /// What it says that it is; none where it tells no version that can be read.
    pub version: Option<Version>,
}

/// What comes of one way to have a program.
enum Way {
    /// It is there.
    Works(Found),
    /// It isn't on PATH.
    Missing,
    /// It is, and knows of no program of that kind.
    LeadsNowhere,
}

/// Why a toolchain can't be used here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Absent {
    /// None of the programs is there.
    #[error("{0}")]
    Program(String),
    /// The program is older than what works.
    #[error("{program} is {version}, and {oldest} is the oldest that works")]
    TooOld {
        /// The program.
        program: String,
        /// Its version.
        version: Version,
        /// The oldest that works.
        oldest: String,
    },
    /// The program compiles for something else.
    #[error("{program} compiles for {says}, which is not what is wanted: {wanted}")]
    Machine {
        /// The program.
        program: String,
        /// What it says.
        says: String,
        /// What it should say.
        wanted: String,
    },
    /// The program can't be run.
    #[error("{program} can't be run: {error}")]
    Broken {
        /// The program.
        program: String,
        /// What happened.
        error: String,
    },
    /// Nobody allowed to start what the project names.
    #[error("the project itself says what it starts, and nothing allows that: --allow-toolchains")]
    Untrusted,
    /// There is no folder with headers and libraries.
    #[error("{0}")]
    Sysroot(String),
}

/// Who may say which programs compile C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The project, too: the user said so on the command line.
    Project,
    /// The user, and what is built in.
    User,
}

/// What a program has to tell its version in.
const PATIENCE: Duration = Duration::from_secs(20);

/// More than this of what it prints then isn't kept.
const MOST_OUTPUT: usize = 64 * 1024;

/// What of the user's environment programs get when they are asked, and compilers when they are checked.
pub(super) const PASSED: &[&str] = &["HOME", "LOCALAPPDATA", "PATH", "SYSTEMROOT", "USERPROFILE"];

/// Looks for programs, each once.
#[derive(Debug)]
pub struct Search<'a> {
    host: &'a Host,
    /// The manifest's folder.
    root: &'a Path,
    trust: Trust,
    cancel: &'a Cancel,
    asked: BTreeMap<(PathBuf, Vec<String>), Result<String, String>>,
}

impl<'a> Search<'a> {
    /// Looks on this machine, for a manifest in this folder.
    #[must_use]
    pub fn new((host, root): (&'a Host, &'a Path), trust: Trust, cancel: &'a Cancel) -> Self {
        Self {
            host,
            root,
            trust,
            cancel,
            asked: BTreeMap::new(),
        }
    }

    /// What of a definition is there, for targets that it serves.
    ///
    /// # Errors
    /// The first thing that is missing.
    pub fn look(&mut self, definition: &Definition, serves: &Serves) -> Result<Installed, Absent> {
        if definition.of_project && self.trust == Trust::User {
            return Err(Absent::Untrusted);
        }
        let mut programs = BTreeMap::new();
        let mut names: Vec<&str> = Vec::new();
        for program in &definition.programs {
            if !names.contains(&program.name.as_str()) {
                names.push(&program.name);
            }
        }
        for name in names {
            let ways = definition.programs.iter().filter(|one| one.name == name);
            match self.first(ways.clone(), serves) {
                Ok(found) => {
                    programs.insert(name.to_owned(), found);
                }
                Err(_) if ways.clone().any(|way| way.optional) => {}
                Err(absent) => return Err(absent),
            }
        }
        let sysroot = match &definition.sysroot {
            Some(sysroot) => Some(self.sysroot(sysroot, serves)?),
            None => None,
        };
        let in_container = definition.container.as_ref();
        Ok(Installed {
            programs,
            sysroot,
            user: in_container.and_then(|_| host::user()),
        })
    }

    /// The first way to have a program that works; else why the first one that is there doesn't.
    fn first<'p>(
        &mut self,
        ways: impl Iterator<Item = &'p Program>,
        serves: &Serves,
    ) -> Result<Found, Absent> {
        let mut tried = Vec::new();
        let mut astray = Vec::new();
        let mut worse: Option<Absent> = None;
        for way in ways {
            let shown = || words(way, serves).join(" ");
            match self.program(way, serves) {
                Ok(Way::Works(found)) => return Ok(found),
                Ok(Way::Missing) => tried.push(shown()),
                Ok(Way::LeadsNowhere) => astray.push(format!("`{}` has no {}", shown(), way.name)),
                Err(absent) => worse = worse.or(Some(absent)),
            }
        }
        tried.dedup();
        let missing = || {
            let tried = (!tried.is_empty()).then(|| none(&tried, "isn't on PATH", "is on PATH"));
            let told: Vec<String> = tried.into_iter().chain(astray).collect();
            Absent::Program(told.join(", and "))
        };
        Err(worse.unwrap_or_else(missing))
    }

    /// What comes of one way to have a program.
    fn program(&mut self, way: &Program, serves: &Serves) -> Result<Way, Absent> {
        let words = words(way, serves);
        let Some((name, args)) = words.split_first() else {
            return Ok(Way::Missing);
        };
        let Some(file) = self.host.program(name) else {
            return Ok(Way::Missing);
        };
        let mut found = Found {
            name: args.is_empty().then(|| name.clone()),
            args: args.to_vec(),
            file,
            version: None,
        };
        if let Some(question) = &way.leads_to {
            // A Python without that package is a Python without zig, and no fault.
            let Ok(answer) = self.ask(&found, question) else {
                return Ok(Way::LeadsNowhere);
            };
            let file = PathBuf::from(answer.trim());
            if !file.is_absolute() || !file.exists() {
                return Ok(Way::LeadsNowhere);
            }
            found = Found {
                file,
                args: Vec::new(),
                name: None,
                version: None,
            };
        }
        let shown = found.name.clone().unwrap_or_else(|| words.join(" "));
        let broken = |error| Absent::Broken {
            program: shown.clone(),
            error,
        };
        if let Some(machine) = &way.machine {
            let says = self.ask(&found, &machine.ask).map_err(broken)?;
            let says = says.lines().next().unwrap_or_default().trim();
            let glob = Glob::new(&machine.says).map(|glob| glob.compile_matcher());
            if !glob.is_ok_and(|glob| glob.is_match(says)) {
                return Err(Absent::Machine {
                    program: shown.clone(),
                    says: says.to_owned(),
                    wanted: machine.says.clone(),
                });
            }
        }
        check_path(&found.file).map_err(broken)?;
        let said = self.ask(&found, &way.version).map_err(broken)?;
        found.version = version(said.lines().next().unwrap_or_default());
        if let (Some(oldest), Some(version)) = (&way.oldest, &found.version)
            && Version::find(oldest).is_some_and(|oldest| *version < oldest)
        {
            return Err(Absent::TooOld {
                program: shown,
                version: version.clone(),
                oldest: oldest.clone(),
            });
        }
        Ok(Way::Works(found))
    }

    /// What a program answers, or why it doesn't; asked once.
    fn ask(&mut self, program: &Found, question: &[String]) -> Result<String, String> {
        let key = (program.file.clone(), [&program.args, question].concat());
        if let Some(answer) = self.asked.get(&key) {
            return answer.clone();
        }
        let command = Command::new(&program.file)
            .args(&key.1)
            .envs(self.host.env.only(PASSED).iter())
            .envs(self.host.env.only(ENGINE_VARIABLES).iter())
            .env("LC_ALL", "C")
            .timeout(PATIENCE)
            .keep(MOST_OUTPUT);
        let answer = command.run(self.cancel);
        let answer = answer
            .map(|output| output.stdout_text().into_owned())
            .map_err(|error| error.to_string());
        self.asked.insert(key, answer.clone());
        answer
    }

    fn sysroot(&mut self, sysroot: &Sysroot, serves: &Serves) -> Result<PathBuf, Absent> {
        let mut places = Vec::new();
        if let Some(name) = &sysroot.variable {
            // A compiler works in another folder than the user.
            let named = self.host.env.get(name).filter(|value| !value.is_empty());
            places.extend(named.map(|named| self.host.cwd.join(named)));
        }
        let value = |name: &str| value_of(serves, name);
        let folders = sysroot.folders.iter();
        places.extend(folders.filter_map(|folder| Some(self.root.join(folder.fill(value)?))));
        if let Some((name, args)) = sysroot.ask.as_deref().and_then(<[String]>::split_first)
            && let Some(file) = self.host.program(name)
        {
            let program = Found {
                file,
                args: Vec::new(),
                name: Some(name.clone()),
                version: None,
            };
            places.extend(self.ask(&program, args).map(|said| said.trim().into()));
        }
        // It becomes part of commands and scripts.
        let is_text = |place: &PathBuf| {
            place
                .to_str()
                .is_some_and(|text| !text.contains(char::is_control))
        };
        if let Some(place) = places.iter().find(|place| !is_text(place)) {
            let place = place.display();
            let why = format!("the path `{place}` can't be part of a command: rename that folder");
            return Err(Absent::Sysroot(why));
        }
        let holds = |place: &&PathBuf| match &sysroot.holds {
            Some(file) => place.join(file).exists(),
            None => place.is_dir(),
        };
        if let Some(place) = places.iter().find(holds) {
            return Ok(place.clone());
        }
        let what = sysroot.holds.as_deref().unwrap_or(Path::new("anything"));
        let what = what.display();
        let set = sysroot.variable.as_ref().map(|name| format!("set {name}"));
        let set = set.unwrap_or_default();
        Err(Absent::Sysroot(if places.is_empty() {
            format!("there is no folder with the target's {what}: {set}")
        } else {
            let places: Vec<String> = places.iter().map(|p| p.display().to_string()).collect();
            format!("{} {what}", none(&places, "has no", "has"))
        }))
    }
}

/// A program becomes part of commands, which are texts.
fn check_path(file: &Path) -> Result<(), String> {
    let fault = "its path is no text, so no command can have it: rename that folder";
    file.to_str().map(drop).ok_or_else(|| fault.to_owned())
}

/// The version in what a compiler says: mingw-w64's says `gcc (GCC) 12-win32`.
fn version(line: &str) -> Option<Version> {
    let number = || {
        let mut words = line.split_whitespace();
        let word = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let digits = word.split(|c: char| !c.is_ascii_digit()).next()?;
        Some(Version::new(&[digits.parse().ok()?]))
    };
    Version::find(line).or_else(number)
}

/// The words that start a program; those whose placeholders have no value for these targets are left out.
fn words(way: &Program, serves: &Serves) -> Vec<String> {
    let words = way.command.iter();
    words
        .filter_map(|word| word.fill(|name| value_of(serves, name)))
        .collect()
}

/// What a placeholder stands for that depends on the target alone.
pub(super) fn value_of<'s>(serves: &'s Serves, name: &str) -> Option<&'s str> {
    match name {
        "triple" => serves.triple.as_deref(),
        name => serves.values.get(name).map(String::as_str),
    }
}

/// That nothing of these is something: the verb that denies it of one, and the verb for several.
fn none(words: &[String], one_isnt: &str, any_is: &str) -> String {
    match words {
        [] => format!("nothing {any_is}"),
        [one] => format!("`{one}` {one_isnt}"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("neither {} nor `{last}` {any_is}", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_may_be_one_number() {
        let of = |line| version(line).map(|version| version.to_string());
        assert_eq!(
            of("x86_64-w64-mingw32-gcc (GCC) 12-win32").as_deref(),
            Some("12")
        );
        assert_eq!(
            of("gcc (Debian 12.2.0-14) 12.2.0").as_deref(),
            Some("12.2.0")
        );
        assert_eq!(of("0.17.1").as_deref(), Some("0.17.1"));
        assert_eq!(of("no number"), None);
    }
}
