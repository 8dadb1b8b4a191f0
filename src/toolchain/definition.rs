//! A toolchain as all layers together define it, checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use globset::Glob;
use serde_json::Value;

use super::layer::{
    CLibrary, Commands, Container, Flags, Layer, Links, Program, Reach, Serves, Sysroot,
};
use super::template::Template;
use crate::go_words::has_both_quotes;
use crate::installing::Packager;
use crate::printable::printable;
use crate::target::{Goarch, Goos, PLATFORMS, Selector, Target};
use crate::version::Version;

/// A way to compile the C of a cgo program.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name, without a release of glibc.
    pub name: String,
    /// Where it comes from, the last layer first.
    pub origins: Vec<Origin>,
    /// Whether the project says something of it that may start programs.
    pub of_project: bool,
    /// What it is, for people.
    pub description: String,
    /// The C library that programs are linked with, where that is known.
    pub c_library: Option<CLibrary>,
    /// Whether it is for the machine's own platform alone.
    pub reach: Reach,
    /// Of the toolchains that would do, that with the lowest is chosen; one without is only named.
    pub rank: Option<u32>,
    /// The targets; never empty.
    pub serves: Vec<Serves>,
    /// The programs, those of one name in the order in which they are tried.
    pub programs: Vec<Program>,
    /// The folder with the target's headers and libraries, where it needs one.
    pub sysroot: Option<Sysroot>,
    /// What go starts for C.
    pub commands: Commands,
    /// What it starts in their place with `-asan`.
    pub asan: Commands,
    /// Flags that go adds to each command.
    pub flags: Flags,
    /// Flags of Go's linker.
    pub link: Links,
    /// Variables of the environment.
    pub environment: BTreeMap<String, Template>,
    /// How to get it.
    pub install: BTreeMap<String, Template>,
    /// A C program that proves that it works.
    pub check: Option<String>,
    /// The image in which go itself runs.
    pub container: Option<Container>,
    /// All of it, as a file would say it.
    pub whole: Box<Layer>,
}

/// Where a definition comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// The last layer first.
    pub layers: Vec<Origin>,
    /// Whether one of the project's says something that may start programs.
    pub of_project: bool,
}

/// Where a layer comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// gobuildx itself.
    BuiltIn,
    /// A file in the user's folder of configuration.
    User(PathBuf),
    /// A file in `toolchains/` beside the manifest.
    Project(PathBuf),
    /// A section of the manifest.
    Manifest,
}

impl Origin {
    /// Whether it came with the sources that are built, and not with the user or with gobuildx.
    #[must_use]
    pub fn is_of_project(&self) -> bool {
        matches!(self, Self::Project(_) | Self::Manifest)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::User(file) | Self::Project(file) => write!(f, "{}", file.display()),
            Self::Manifest => f.write_str("the manifest"),
        }
    }
}

/// Why a definition can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// A key that each definition needs is missing.
    #[error("it has no `{0}`")]
    Missing(&'static str),
    /// It needs a value that nothing gives.
    #[error(
        "`{{{name}}}` stands for nothing: neither for a `[[program]]` nor for a value of `[[serves]]`"
    )]
    UnknownPlaceholder {
        /// The placeholder.
        name: String,
    },
    /// A list of words without a word.
    #[error("`{0}` has no words")]
    Empty(&'static str),
    /// A version that is none.
    #[error("`{0}` is no version, such as 0.13.0")]
    Version(String),
    /// A variable that the planner itself sets.
    #[error(
        "`{0}` can't be set in `[environment]`: gobuildx sets it, or go would be redirected by it"
    )]
    Variable(String),
    /// A name that no variable has.
    #[error("`{0}` can't be the name of a variable: write letters, digits and underscores")]
    NoVariable(String),
    /// A variable by whose name nobody would know what it is.
    #[error("`{0}` can't name a sysroot: write a name that ends with `SYSROOT` or `SDKROOT`")]
    SysrootVariable(String),
    /// A command whose program is none of the definition's: nobody would look for it, nor for its version.
    #[error(
        "`{0}` starts with a word of its own: name the program in a `[[program]]`, and write its name in braces"
    )]
    Program(&'static str),
    /// A flag that go can't be told in a variable.
    #[error("the flag `{0}` has both kinds of quotes, and go can't be told such a flag")]
    Quotes(String),
    /// Targets of which Go has none, or none with cgo.
    #[error("`{0}` selects no target that Go builds with cgo")]
    Targets(String),
    /// A pattern that is none.
    #[error("`{0}` is no pattern: {1}")]
    Pattern(String, String),
    /// A way to install it that nothing asks for.
    #[error("`install.{name}` is none: there are {known}")]
    Packager {
        /// The key.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A text that would end the line that it is on.
    #[error("`{0}` has a line break or another control character in it")]
    Line(String),
}

/// The variables that a definition leaves alone, by what they start with.
const RESERVED: &[&str] = &["GO", "CGO_", "PATH", "HOME", "TMP", "TEMP", "LD_", "DYLD_"];

/// Whether a variable of the environment may say where a sysroot is.
#[must_use]
pub fn names_a_sysroot(name: &str) -> bool {
    name.ends_with("SYSROOT") || name.ends_with("SDKROOT")
}

/// Each command starts with a program of the definition.
fn check_commands(commands: &[(&'static str, &[Template])]) -> Result<(), DefinitionError> {
    for (variable, words) in commands {
        let first = words.first().ok_or(DefinitionError::Empty(variable))?;
        let is_program = |name: &str| !["glibc", "sysroot", "triple"].contains(&name);
        if !first.whole().is_some_and(is_program) {
            return Err(DefinitionError::Program(variable));
        }
    }
    Ok(())
}

/// Each placeholder stands for something.
fn check_placeholders<'t>(
    words: impl Iterator<Item = &'t Template>,
    known: &BTreeSet<&str>,
) -> Result<(), DefinitionError> {
    let used = Template::names_of(words);
    match used.into_iter().find(|name| !known.contains(name)) {
        Some(name) => Err(DefinitionError::UnknownPlaceholder {
            name: name.to_owned(),
        }),
        None => Ok(()),
    }
}

impl Definition {
    /// What all layers together say.
    ///
    /// # Errors
    /// When something is missing, or fits nothing.
    pub fn new(name: &str, origins: Origins, layer: Layer) -> Result<Self, DefinitionError> {
        let whole = Box::new(layer.clone());
        let definition = Self {
            whole,
            name: name.to_owned(),
            origins: origins.layers,
            of_project: origins.of_project,
            description: layer
                .description
                .ok_or(DefinitionError::Missing("description"))?,
            c_library: layer.c_library,
            reach: layer.reach.unwrap_or_default(),
            rank: layer.rank,
            serves: layer.serves.unwrap_or_default(),
            programs: layer.program.unwrap_or_default(),
            sysroot: layer.sysroot,
            commands: layer.commands,
            asan: layer.asan,
            flags: layer.flags,
            link: layer.link,
            environment: layer.environment,
            install: layer.install,
            check: layer.check,
            container: layer.container,
        };
        definition.check_itself()?;
        Ok(definition)
    }

    fn check_itself(&self) -> Result<(), DefinitionError> {
        self.check_texts()?;
        let image = self.container.as_ref().map(|container| &container.image);
        if let Some(name) = image.and_then(|image| image.names().find(|name| *name != "go")) {
            return Err(DefinitionError::UnknownPlaceholder {
                name: name.to_owned(),
            });
        }
        if self.serves.is_empty() {
            return Err(DefinitionError::Missing("serves"));
        }
        if self.commands.cc.is_none() && self.container.is_none() {
            return Err(DefinitionError::Missing("commands.cc"));
        }
        let commands: Vec<(&'static str, &[Template])> = self
            .commands
            .by_variable()
            .chain(self.asan.by_variable())
            .collect();
        check_commands(&commands)?;
        let variable = self.sysroot.as_ref().and_then(|one| one.variable.as_ref());
        if let Some(name) = variable.filter(|name| !names_a_sysroot(name)) {
            return Err(DefinitionError::SysrootVariable(name.clone()));
        }
        self.check_programs()?;
        self.check_targets()?;
        self.check_packagers()?;
        for name in self.environment.keys() {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(is_word) {
                return Err(DefinitionError::NoVariable(name.clone()));
            }
            let is_own = ["CC", "CXX", "AR", "PKG_CONFIG"].contains(&name.as_str());
            if is_own || RESERVED.iter().any(|start| name.starts_with(start)) {
                return Err(DefinitionError::Variable(name.clone()));
            }
        }
        let flags: Vec<&Template> = self
            .flags
            .by_variable()
            .flat_map(|(_, words)| words)
            .collect();
        let quoted = flags.iter().map(ToString::to_string);
        if let Some(flag) = quoted.into_iter().find(|flag| has_both_quotes(flag)) {
            return Err(DefinitionError::Quotes(flag));
        }
        let words = commands.into_iter().flat_map(|(_, words)| words);
        let words = words.chain(flags).chain(self.environment.values());
        check_placeholders(words, &self.placeholders())?;
        check_placeholders(self.words_of_targets(), &self.placeholders_of_targets())
    }

    fn check_programs(&self) -> Result<(), DefinitionError> {
        for program in &self.programs {
            if program.command.is_empty() {
                return Err(DefinitionError::Empty("program.command"));
            }
            if let Some(text) = &program.oldest {
                Version::find(text).ok_or_else(|| DefinitionError::Version(text.clone()))?;
            }
            if let Some(machine) = &program.machine {
                let pattern = |error: globset::Error| {
                    DefinitionError::Pattern(machine.says.clone(), error.kind().to_string())
                };
                Glob::new(&machine.says).map_err(pattern)?;
            }
        }
        Ok(())
    }

    fn check_targets(&self) -> Result<(), DefinitionError> {
        let mut selectors = self.serves.iter().flat_map(|serves| &serves.targets);
        let is_for_none = |selector: &&Selector| {
            let mut with_cgo = PLATFORMS.iter().filter(|platform| platform.cgo);
            !with_cgo.any(|platform| selector.may_match(platform.goos, platform.goarch))
        };
        match selectors.find(is_for_none) {
            Some(selector) => Err(DefinitionError::Targets(selector.as_str().to_owned())),
            None => Ok(()),
        }
    }

    fn check_packagers(&self) -> Result<(), DefinitionError> {
        let packagers = Packager::ALL.iter().filter_map(|packager| packager.key());
        let known: Vec<&str> = packagers.chain(["any", "page"]).collect();
        let mut names = self.install.keys();
        match names.find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(DefinitionError::Packager {
                name: name.clone(),
                known: known.join(", "),
            }),
            None => Ok(()),
        }
    }

    /// The texts that are filled in before any program or sysroot is known. Ways to install it are none of them: one that
    /// has no value for a target isn't told, and what is `like` another may have other values.
    fn words_of_targets(&self) -> impl Iterator<Item = &Template> {
        let programs = self.programs.iter().flat_map(|program| &program.command);
        let sysroot = self.sysroot.iter().flat_map(|sysroot| &sysroot.folders);
        programs.chain(sysroot)
    }

    /// No text but the check program has control characters: they would end a line, or mean something to a terminal.
    fn check_texts(&self) -> Result<(), DefinitionError> {
        let whole = Layer {
            check: None,
            ..(*self.whole).clone()
        };
        let whole = serde_json::to_value(whole).unwrap_or_default();
        let mut waiting = vec![&whole];
        while let Some(value) = waiting.pop() {
            match value {
                Value::String(text) if text.contains(char::is_control) => {
                    return Err(DefinitionError::Line(printable(text)));
                }
                Value::Array(values) => waiting.extend(values),
                Value::Object(object) => waiting.extend(object.values()),
                _ => {}
            }
        }
        Ok(())
    }

    /// All that placeholders may stand for.
    fn placeholders(&self) -> BTreeSet<&str> {
        let programs = self.programs.iter().map(|program| program.name.as_str());
        let sysroot = self.sysroot.as_ref().map(|_| "sysroot");
        let mut names = self.placeholders_of_targets();
        names.extend(programs.chain(["glibc"]).chain(sysroot));
        names
    }

    /// What placeholders may stand for that depends on the target alone.
    fn placeholders_of_targets(&self) -> BTreeSet<&str> {
        let values = self.serves.iter().flat_map(|serves| serves.values.keys());
        values.map(String::as_str).chain(["triple"]).collect()
    }

    /// What it calls a target, if it is for that at all, on a machine of this platform.
    #[must_use]
    pub fn serving(&self, target: &Target, host: (Goos, Goarch)) -> Option<&Serves> {
        let reaches = match self.reach {
            Reach::Own => (target.goos, target.goarch) == host,
            Reach::Any => true,
        };
        let matches = |serves: &&Serves| serves.targets.iter().any(|one| one.matches(target));
        self.serves.iter().find(matches).filter(|_| reaches)
    }

    /// The placeholder of the program that compiles C.
    #[must_use]
    pub fn compiler(&self) -> Option<&str> {
        self.commands.cc.as_ref()?.first()?.whole()
    }
}
