//! Command lines in a plan: arguments and paths that name no folder of this machine.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::again::THREADS;
use super::container::ContainerHere;
use super::toolchain::{Script, ToolchainHere};
use crate::process::Umask;

/// A folder that only the machine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Base {
    /// The folder of the manifest.
    Root,
    /// The output folder.
    Out,
    /// The folder for intermediate files of this run.
    Work,
    /// A folder of this run for what go and C compilers write and remove, and for sources that are made. It
    /// lies outside of the project: of a path below a package's folder go trims that folder only.
    Temporary,
    /// Go's build cache.
    BuildCache,
    /// Go's folder of downloaded modules.
    ModuleCache,
}

/// A path below a base; `/` between its parts, empty for the base itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The folder that the path starts from.
    pub base: Base,
    /// The rest of the path.
    pub path: String,
}

impl Place {
    /// A path below a base.
    pub fn new(base: Base, path: impl Into<String>) -> Self {
        Self {
            base,
            path: path.into(),
        }
    }

    /// The path on a machine, where its base is a folder.
    #[must_use]
    pub fn below(&self, base: &Path) -> PathBuf {
        match self.path.as_str() {
            "" | "." => base.to_owned(),
            path => base.join(path),
        }
    }

    /// A path below this one.
    #[must_use]
    pub fn join(&self, path: &str) -> Self {
        let path = match (self.path.as_str(), path) {
            (base, "" | ".") => base.to_owned(),
            ("" | ".", path) => path.to_owned(),
            (base, path) => format!("{base}/{path}"),
        };
        Self::new(self.base, path)
    }
}

impl Place {
    /// The same place for a manifest that lies elsewhere.
    fn moved(&self, root: &Self) -> Self {
        match self.base {
            Base::Root => root.join(&self.path),
            Base::Out | Base::Work | Base::Temporary | Base::BuildCache | Base::ModuleCache => {
                self.clone()
            }
        }
    }

    /// The folder that it lies in.
    #[must_use]
    pub fn parent(&self) -> Self {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self::new(self.base, folder)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.base {
            Base::Root => "{root}",
            Base::Out => "{out}",
            Base::Work => "{work}",
            Base::Temporary => "{tmp}",
            Base::BuildCache => "{gocache}",
            Base::ModuleCache => "{modcache}",
        })?;
        match self.path.as_str() {
            "" | "." => Ok(()),
            path => write!(f, "/{path}"),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One argument, or the value of a variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arg {
    /// A text that is the same everywhere.
    Text(String),
    /// A path that depends on the machine.
    Path(Place),
    /// The last part of the path that a base stands for.
    Name(Base),
    /// Texts and paths, one right behind the other.
    Joined(Vec<Self>),
}

impl Arg {
    /// The argument, where it is the same on every machine.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Path(_) | Self::Name(_) | Self::Joined(_) => None,
        }
    }

    /// The argument on a machine, where `path` tells what places stand for.
    pub fn resolve(&self, path: &impl Fn(&Place) -> PathBuf) -> OsString {
        match self {
            Self::Text(text) => text.into(),
            Self::Path(place) => path(place).into(),
            Self::Name(base) => {
                let folder = path(&Place::new(*base, ""));
                folder.file_name().unwrap_or_default().into()
            }
            Self::Joined(parts) => parts.iter().map(|part| part.resolve(path)).collect(),
        }
    }

    /// The same argument for a manifest that lies elsewhere.
    fn moved(&self, root: &Place) -> Self {
        match self {
            Self::Text(_) | Self::Name(_) => self.clone(),
            Self::Path(place) => Self::Path(place.moved(root)),
            Self::Joined(parts) => {
                Self::Joined(parts.iter().map(|part| part.moved(root)).collect())
            }
        }
    }

    /// Puts texts and paths one right behind the other.
    #[must_use]
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut joined: Vec<Self> = Vec::new();
        for part in parts {
            match (part, joined.last_mut()) {
                (Self::Text(more), Some(Self::Text(text))) => text.push_str(&more),
                (part, _) => joined.push(part),
            }
        }
        match joined.as_slice() {
            [] => Self::Text(String::new()),
            [one] => one.clone(),
            _ => Self::Joined(joined),
        }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Path(place) => place.fmt(f),
            Self::Name(base) => write!(f, "{}", Place::new(*base, "")),
            Self::Joined(parts) => parts.iter().try_for_each(|part| part.fmt(f)),
        }
    }
}

impl Serialize for Arg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A go command with its environment: exactly these variables and the inherited ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommandLine {
    /// The folder to run in.
    pub dir: Place,
    /// The program and its arguments.
    pub argv: Vec<Arg>,
    /// The variables that belong to the identity.
    pub env: BTreeMap<String, Arg>,
    /// What the machine adds.
    pub tuning: Tuning,
}

impl CommandLine {
    /// The whole command: what starts the container, if there is one, program and verb, then the tuning's flags, then
    /// the other arguments.
    #[must_use]
    pub fn full_argv(&self) -> Vec<Arg> {
        let (head, tail) = self.argv.split_at(self.argv.len().min(2));
        let container = self.tuning.container.as_ref();
        let before = container.map(|container| container.words(self));
        let own = head.iter().chain(&self.tuning.flags).chain(tail);
        before.into_iter().flatten().chain(own.cloned()).collect()
    }

    /// The same command for one compiler or linker at a time, each of which keeps no more than it needs.
    #[must_use]
    pub(super) fn one_at_a_time(&self) -> Self {
        let mut alone = self.clone();
        let Tuning { flags, env, .. } = &mut alone.tuning;
        flags.retain(|flag| !matches!(flag, Arg::Text(text) if text.starts_with("-p=")));
        flags.insert(0, "-p=1".into());
        env.insert("GOMAXPROCS".to_owned(), "1".into());
        env.remove("GOGC");
        alone
    }

    /// The same command with so many compilers at once, of so many threads.
    #[must_use]
    pub(super) fn with_cores(&self, cores: u32, threads: u32) -> Self {
        let mut shared = self.clone();
        let Tuning { flags, env, .. } = &mut shared.tuning;
        let mut at_once = flags
            .iter_mut()
            .filter(|flag| matches!(flag, Arg::Text(text) if text.starts_with("-p=")));
        if let Some(flag) = at_once.next() {
            *flag = format!("-p={cores}").into();
        }
        env.insert(THREADS.to_owned(), threads.to_string().into());
        shared
    }

    /// The same command for a manifest that lies elsewhere.
    #[must_use]
    pub fn moved(&self, root: &Place) -> Self {
        let moved = |arg: &Arg| arg.moved(root);
        let variables = |env: &BTreeMap<String, Arg>| -> BTreeMap<String, Arg> {
            let all = env.iter();
            all.map(|(name, value)| (name.clone(), moved(value)))
                .collect()
        };
        Self {
            dir: self.dir.moved(root),
            argv: self.argv.iter().map(moved).collect(),
            env: variables(&self.env),
            tuning: Tuning {
                flags: self.tuning.flags.iter().map(moved).collect(),
                env: variables(&self.tuning.env),
                inherit: self.tuning.inherit.clone(),
                umask: self.tuning.umask,
                toolchain: self.tuning.toolchain.clone(),
                container: self.tuning.container.clone(),
            },
        }
    }

    /// All variables that are set, those of the tuning included.
    pub fn full_env(&self) -> impl Iterator<Item = (&String, &Arg)> {
        self.env.iter().chain(&self.tuning.env)
    }
}

/// How a step runs on this machine. Never part of the identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tuning {
    /// Flags that say where and how fast: `-p`, `-o`, `-v`.
    pub flags: Vec<Arg>,
    /// Variables such as GOMAXPROCS and GOTMPDIR.
    pub env: BTreeMap<String, Arg>,
    /// Names of the variables that are inherited; their values may be secret.
    pub inherit: Vec<String>,
    /// The umask, where it isn't that of gobuildx.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub umask: Option<Umask>,
    /// The C toolchain on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toolchain: Option<ToolchainHere>,
    /// The container that it runs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerHere>,
}

impl Tuning {
    /// The scripts of the C toolchain.
    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        self.toolchain
            .iter()
            .flat_map(|toolchain| &toolchain.scripts)
    }

    /// Whether there are such scripts, so that their folder has to be on PATH.
    #[must_use]
    pub fn starts_scripts(&self) -> bool {
        self.scripts().next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_no_folder_of_the_machine() {
        let place = Place::new(Base::Work, "linux_amd64_v1").join("server");
        assert_eq!(place.to_string(), "{work}/linux_amd64_v1/server");
        assert_eq!(
            Place::new(Base::Root, ".").join("cmd").to_string(),
            "{root}/cmd"
        );
        assert_eq!(Place::new(Base::Root, ".").to_string(), "{root}");
    }

    #[test]
    fn parts_of_an_argument_stand_one_behind_the_other() {
        let path = Arg::Path(Place::new(Base::Out, "a/b"));
        let joined = Arg::join(["--of=".into(), "x:".into(), path.clone(), ".sig".into()]);
        assert_eq!(joined.to_string(), "--of=x:{out}/a/b.sig");
        assert_eq!(Arg::join([path.clone()]), path);
        assert_eq!(Arg::join(["a".into(), "b".into()]), "ab".into());
        assert_eq!(Arg::join([]), "".into());
    }

    #[test]
    fn a_command_that_is_moved_names_the_other_folder_wherever_it_named_the_root() {
        let root = Place::new(Base::Root, "");
        let command = CommandLine {
            dir: root.join("mod"),
            argv: vec![Arg::join(["-x=".into(), Arg::Path(root.join("x"))])],
            env: BTreeMap::from([("GOWORK".to_owned(), Arg::Path(root.join("go.work")))]),
            tuning: Tuning {
                flags: vec![Arg::Path(Place::new(Base::Work, "stage"))],
                ..Tuning::default()
            },
        };
        let moved = command.moved(&Place::new(Base::Work, "copy"));
        assert_eq!(moved.dir.to_string(), "{work}/copy/mod");
        assert_eq!(moved.argv[0].to_string(), "-x={work}/copy/x");
        assert_eq!(moved.env["GOWORK"].to_string(), "{work}/copy/go.work");
        assert_eq!(moved.tuning.flags, command.tuning.flags);
    }

    #[test]
    fn a_command_for_one_at_a_time_starts_one_compiler_of_one_thread() {
        let command = CommandLine {
            dir: Place::new(Base::Root, "."),
            argv: vec!["go".into(), "build".into()],
            env: BTreeMap::new(),
            tuning: Tuning {
                flags: vec!["-p=8".into(), "-v".into()],
                env: BTreeMap::from([
                    ("GOGC".to_owned(), "400".into()),
                    ("GOMAXPROCS".to_owned(), "8".into()),
                ]),
                ..Tuning::default()
            },
        };
        let alone = command.one_at_a_time();
        assert_eq!(alone.tuning.flags, ["-p=1".into(), "-v".into()]);
        let env: Vec<_> = alone.full_env().collect();
        assert_eq!(env, [(&"GOMAXPROCS".to_owned(), &"1".into())]);
    }

    #[test]
    fn the_flags_of_the_tuning_follow_the_verb() {
        let command = CommandLine {
            dir: Place::new(Base::Root, "."),
            argv: vec!["go".into(), "build".into(), "-a".into(), "./cmd".into()],
            env: BTreeMap::new(),
            tuning: Tuning {
                flags: vec!["-p=2".into()],
                ..Tuning::default()
            },
        };
        let words: Vec<_> = command
            .full_argv()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(words, ["go", "build", "-p=2", "-a", "./cmd"]);
    }
}
