//! What one file, or one section of a manifest, says of a toolchain. Several say it together: a later one has the last
//! word on each key.
//!
//! The format is described in `docs/toolchains.md`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::template::Template;
use crate::inspect::GlibcVersion;
use crate::target::Selector;

/// Keys of a definition; an absent one is left to the layers below.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Layer {
    /// Another definition that this one starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// What it is, for people; a phrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The C library that programs are linked with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub c_library: Option<CLibrary>,
    /// Whether it is for the machine's own platform alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Of the toolchains that would do, that with the lowest is chosen. Without one it is never chosen, only named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// The targets, the first that matches counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<Vec<Serves>>,
    /// The programs that have to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<Vec<Program>>,
    /// The folder with the target's headers and libraries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sysroot: Option<Sysroot>,
    /// What go starts for C.
    #[serde(skip_serializing_if = "Commands::is_empty")]
    pub commands: Commands,
    /// What it starts in their place with `-asan`.
    #[serde(skip_serializing_if = "Commands::is_empty")]
    pub asan: Commands,
    /// Flags that go adds to each command.
    #[serde(skip_serializing_if = "Flags::is_empty")]
    pub flags: Flags,
    /// Flags of Go's linker.
    #[serde(skip_serializing_if = "Links::is_empty")]
    pub link: Links,
    /// Variables of the environment.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Template>,
    /// How to get it: for a packager by its name, for `any` system, or on a `page`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub install: BTreeMap<String, Template>,
    /// A C program that proves that it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// The image in which go itself runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// The C library that programs are linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CLibrary {
    /// musl.
    Musl,
    /// glibc.
    Glibc,
    /// That of Windows, by mingw-w64.
    Mingw,
    /// That of macOS.
    Apple,
}

/// The targets that a toolchain may be for at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The machine's own platform.
    Own,
    /// Any.
    #[default]
    Any,
}

/// Some targets, and what they are called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Serves {
    /// The targets.
    #[serde(deserialize_with = "selectors", serialize_with = "as_texts")]
    pub targets: Vec<Selector>,
    /// `{triple}`: the compiler's word for them.
    #[serde(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triple: Option<String>,
    /// The oldest glibc that there is for them, where one can be chosen.
    #[serde(default, deserialize_with = "glibc")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glibc: Option<GlibcVersion>,
    /// Other placeholders.
    #[serde(default)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

/// A program, or one of several ways to have it: those with one name are tried in their order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Program {
    /// Its placeholder.
    pub name: String,
    /// The program, looked for on PATH, and arguments that always come first.
    pub command: Vec<Template>,
    /// Arguments that make it print the path of the program that is meant.
    #[serde(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<Vec<String>>,
    /// Arguments that make it tell its version.
    pub version: Vec<String>,
    /// The oldest version that does.
    #[serde(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
    /// What it has to say of what it compiles for.
    #[serde(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// Whether the rest works without it.
    #[serde(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// A question to a compiler, and the answer that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// The arguments.
    pub ask: Vec<String>,
    /// A glob for the first line of the answer.
    pub says: String,
}

/// Where the target's headers and libraries are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sysroot {
    /// A variable of the user's environment that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Else the first of these folders that is there; a relative one starts at the manifest's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<Template>,
    /// Else what this command prints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<Vec<String>>,
    /// A file by which such a folder is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<PathBuf>,
}

/// What go starts for C: a program and arguments that always come first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Commands {
    /// `CC`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc: Option<Vec<Template>>,
    /// `CXX`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cxx: Option<Vec<Template>>,
    /// `AR`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ar: Option<Vec<Template>>,
    /// `PKG_CONFIG`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pkg_config: Option<Vec<Template>>,
}

/// Flags that go adds to each command, besides its own `-g -O2`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Flags {
    /// `CGO_CFLAGS`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cflags: Option<Vec<Template>>,
    /// `CGO_CXXFLAGS`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cxxflags: Option<Vec<Template>>,
    /// `CGO_LDFLAGS`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ldflags: Option<Vec<Template>>,
}

/// Flags of Go's linker, by what is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Links {
    /// A program that needs no library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#static: Option<Vec<String>>,
    /// Such a program that is position-independent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub static_pie: Option<Vec<String>>,
    /// A program that loads its libraries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<Vec<String>>,
}

/// The image in which go itself runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// Its name; `{go}` is the version of Go.
    pub image: Template,
    /// Arguments of the engine's `run`.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
}

fn selectors<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Selector>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parsed = texts.iter().map(|text| text.parse());
    parsed
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

fn as_texts<S: serde::Serializer>(
    selectors: &[Selector],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(selectors.iter().map(Selector::as_str))
}

fn glibc<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<GlibcVersion>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

impl Layer {
    /// This layer with what it leaves open filled in from one below.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let mut environment = below.environment;
        environment.extend(self.environment);
        let mut install = below.install;
        install.extend(self.install);
        Self {
            like: self.like.or(below.like),
            description: self.description.or(below.description),
            c_library: self.c_library.or(below.c_library),
            reach: self.reach.or(below.reach),
            rank: self.rank.or(below.rank),
            serves: self.serves.or(below.serves),
            program: self.program.or(below.program),
            sysroot: match (self.sysroot, below.sysroot) {
                (Some(above), Some(below)) => Some(above.over(below)),
                (above, below) => above.or(below),
            },
            commands: self.commands.over(below.commands),
            asan: self.asan.over(below.asan),
            flags: self.flags.over(below.flags),
            link: self.link.over(below.link),
            environment,
            install,
            check: self.check.or(below.check),
            container: self.container.or(below.container),
        }
    }

    /// Whether nothing of it leads to what is started: compilers look for programs in a sysroot, too.
    #[must_use]
    pub fn starts_nothing(&self) -> bool {
        let harmless = Self {
            description: self.description.clone(),
            rank: self.rank,
            ..Self::default()
        };
        *self == harmless
    }
}

impl Sysroot {
    fn over(self, below: Self) -> Self {
        Self {
            variable: self.variable.or(below.variable),
            folders: if self.folders.is_empty() {
                below.folders
            } else {
                self.folders
            },
            ask: self.ask.or(below.ask),
            holds: self.holds.or(below.holds),
        }
    }
}

impl Commands {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn over(self, below: Self) -> Self {
        Self {
            cc: self.cc.or(below.cc),
            cxx: self.cxx.or(below.cxx),
            ar: self.ar.or(below.ar),
            pkg_config: self.pkg_config.or(below.pkg_config),
        }
    }

    /// The variables of go, each with its words.
    pub fn by_variable(&self) -> impl Iterator<Item = (&'static str, &[Template])> {
        let all = [
            ("CC", &self.cc),
            ("CXX", &self.cxx),
            ("AR", &self.ar),
            ("PKG_CONFIG", &self.pkg_config),
        ];
        all.into_iter()
            .filter_map(|(variable, words)| Some((variable, words.as_deref()?)))
    }
}

impl Flags {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn over(self, below: Self) -> Self {
        Self {
            cflags: self.cflags.or(below.cflags),
            cxxflags: self.cxxflags.or(below.cxxflags),
            ldflags: self.ldflags.or(below.ldflags),
        }
    }

    /// The variables of go, each with its flags.
    pub fn by_variable(&self) -> impl Iterator<Item = (&'static str, &[Template])> {
        let all = [
            ("CGO_CFLAGS", &self.cflags),
            ("CGO_CXXFLAGS", &self.cxxflags),
            ("CGO_LDFLAGS", &self.ldflags),
        ];
        all.into_iter()
            .filter_map(|(variable, flags)| Some((variable, flags.as_deref()?)))
    }
}

impl Links {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn over(self, below: Self) -> Self {
        Self {
            r#static: self.r#static.or(below.r#static),
            static_pie: self.static_pie.or(below.static_pie),
            dynamic: self.dynamic.or(below.dynamic),
        }
    }
}
