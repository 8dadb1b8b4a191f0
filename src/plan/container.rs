//! A go command in a container: the same words, behind those that start the container.
//!
//! What go reads and writes is mounted where it lies on this machine, so no path differs. The variables are named, and
//! the engine takes their values from its own environment: they may be secret.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::command::{Arg, Base, CommandLine, Place};
use crate::project::Project;
use crate::toolchain::Setup;

/// A container that a go command runs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerHere {
    /// The engine, docker or podman.
    pub engine: String,
    /// The image.
    pub image: String,
    /// More arguments for the engine's `run`.
    pub args: Vec<String>,
    /// The user that files will belong to, `1000:1000`; none where the system has no such numbers.
    pub user: Option<String>,
    /// Sources outside of the project.
    pub outside: Vec<Place>,
}

/// What says where things are on this machine, and not in an image.
const LEFT_OUT: &[&str] = &[
    "GIT_ASKPASS",
    "GIT_SSL_CAINFO",
    "HOME",
    "LOCALAPPDATA",
    "NETRC",
    "PATH",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SUDO_UID",
    "SYSTEMROOT",
    "USERPROFILE",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "ZIG_GLOBAL_CACHE_DIR",
];

impl ContainerHere {
    /// The container of a toolchain that has one.
    pub(super) fn of(setup: &Setup, project: &Project) -> Option<Self> {
        let container = setup.container.as_ref()?;
        let engine = setup.programs.values().next()?;
        let version = &project.toolchain.version;
        let go = version.strip_prefix("go").unwrap_or(version);
        let outside = project.outside.iter();
        Some(Self {
            engine: engine.file.to_str()?.to_owned(),
            image: container.image.fill(|name| (name == "go").then_some(go))?,
            args: container.args.clone(),
            user: setup.user.clone(),
            outside: outside
                .map(|folder| Place::new(Base::Root, folder.clone()))
                .collect(),
        })
    }

    /// The name of the container of a command: that of its stage in the folder of this run.
    #[must_use]
    pub fn name(&self, line: &CommandLine) -> Arg {
        let output = line
            .tuning
            .flags
            .iter()
            .skip_while(|flag| **flag != Arg::from("-o"));
        let stage = output.skip(1).find_map(|arg| match arg {
            Arg::Path(place) => Some(
                place
                    .path
                    .replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
            ),
            _ => None,
        });
        let run = Arg::Name(Base::Work);
        let stage = stage.unwrap_or_default();
        Arg::join(["gobuildx-".into(), run, format!("-{stage}").into()])
    }

    /// The words that come before those of the command.
    pub(super) fn words(&self, line: &CommandLine) -> Vec<Arg> {
        let mut words: Vec<Arg> = vec![self.engine.clone().into()];
        words.extend(["run", "--rm", "--init"].map(Arg::from));
        words.extend(["--name".into(), self.name(line)]);
        let user = self.user.as_ref();
        words.extend(user.map(|user| format!("--user={user}").into()));
        // Without it an ordinary user's podman has numbers of its own for users, and files would belong to one of those.
        let is_ordinary = user.is_some_and(|user| !user.starts_with("0:"));
        if is_ordinary && Path::new(&self.engine).ends_with("podman") {
            words.push("--userns=keep-id".into());
        }
        let mount = |place: Place, mode: &str| {
            let mount = |place: &Place| Arg::Path(place.clone());
            // The engines read it as CSV: within quotes a comma is one of the path.
            Arg::join([
                "--mount=type=bind,\"source=".into(),
                mount(&place),
                "\",\"target=".into(),
                mount(&place),
                "\"".into(),
                mode.into(),
            ])
        };
        let sources =
            std::iter::once(Place::new(Base::Root, "")).chain(self.outside.iter().cloned());
        words.extend(sources.map(|place| mount(place, ",readonly")));
        let written = [
            Base::Out,
            Base::Temporary,
            Base::BuildCache,
            Base::ModuleCache,
        ];
        words.extend(written.map(|base| mount(Place::new(base, ""), "")));
        words.push(Arg::join([
            "--workdir=".into(),
            Arg::Path(line.dir.clone()),
        ]));
        let home = Arg::Path(Place::new(Base::Temporary, ""));
        words.push(Arg::join(["--env=HOME=".into(), home]));
        let set = line.full_env().map(|(name, _)| name.as_str());
        let inherited = line.tuning.inherit.iter().map(String::as_str);
        let names: BTreeSet<&str> = set.chain(inherited).collect();
        let names = names.into_iter().filter(|name| !LEFT_OUT.contains(name));
        words.extend(names.map(|name| format!("--env={name}").into()));
        words.extend(self.args.iter().map(|arg| Arg::from(arg.as_str())));
        words.push(self.image.clone().into());
        words
    }
}
