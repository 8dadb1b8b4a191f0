//! The go command: what it knows of itself and of a project's packages.

mod files;
mod linked;
mod mismatch;
mod module;
mod modules;
mod refusal;
pub mod sources;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::answers::Asker;
use crate::failure::{Exit, Failure};
use crate::go_install::{Cache, Installed, Wanted};
use crate::go_package::{ListedPackage, View};
use crate::go_version::GoVersion;
use crate::go_words::join_for_go;
use crate::host::{Environment, Host};
use crate::installing::{self, ToolId};
use crate::process::{Cancel, Command, ProcessError};
use crate::target::{Cgo, Target};

pub use files::{ModuleFile, ModuleLine, UseLine, WorkspaceFile};
pub use linked::{LinkedPackage, c_parts, needs_what_is_excluded};
pub use mismatch::Mismatch;
pub use module::FetchedModule;
pub use modules::{ListedModule, ModuleError, Network, PackageOfModule};
pub use refusal::{Refusal, StaleVendor};

/// Settings that go resolves from its own env file and the environment, and that steps get back
/// after everything else has been pinned: where modules come from and where caches lie.
pub const RESOLVED: &[&str] = &[
    "GOAUTH",
    "GOCACHE",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "GOVCS",
];

/// Variables that steps get as they are: the way to programs, homes, proxies and certificates.
pub const PASSED: &[&str] = &[
    "ALL_PROXY",
    "GIT_ASKPASS",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GOGC",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LOCALAPPDATA",
    "NETRC",
    "NO_PROXY",
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
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The value of GOFLAGS that adds nothing. An empty one would count as unset, and then the go.env
/// of the GOROOT would be obeyed, which `GOENV=off` doesn't turn off.
pub const NO_FLAGS: &str = "-x=false";

/// What holds while go is asked for its settings: those of the go on PATH are wanted, not those of
/// a toolchain yet to be fetched, and what is left over in the environment or in go's env file must
/// neither switch modules off nor be refused.
pub const ASKING: &[(&str, &str)] = &[
    ("GO111MODULE", "on"),
    ("GOEXPERIMENT", "none"),
    ("GOFIPS140", "off"),
    ("GOTOOLCHAIN", "local"),
];

/// The go command, before anything is pinned.
#[derive(Clone, Debug)]
pub struct Go {
    program: PathBuf,
    env: Environment,
    asker: Asker,
    /// What decided that it is this one, where it isn't on PATH.
    installed: Vec<PathBuf>,
}

/// What `go env` says in a folder.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The version of the go command on PATH, such as `go1.26.8`.
    pub version: String,
    /// The platform it runs on.
    pub host: Target,
    /// The go.mod that the folder belongs to.
    pub gomod: Option<PathBuf>,
    /// The go.work that the folder belongs to.
    pub gowork: Option<PathBuf>,
    /// What every step inherits: [`RESOLVED`] and [`PASSED`].
    pub inherited: Environment,
    /// Where go itself lies, which `-trimpath` leaves out of programs.
    pub goroot: String,
    /// The files that these settings are read from, beside the environment.
    pub files: Vec<PathBuf>,
}

impl Go {
    /// Finds go on PATH, else among the toolchains that gobuildx has installed.
    ///
    /// # Errors
    /// When there is none that would do.
    pub fn find(host: &Host, wanted: &Wanted) -> Result<Self, GoError> {
        if let Some(program) = host.program("go") {
            return Ok(Self {
                program,
                env: host.env.clone(),
                asker: Asker::default(),
                installed: Vec::new(),
            });
        }
        let cache = Cache::of(host);
        let installed = cache.as_ref().map(Cache::installed).unwrap_or_default();
        match wanted.choose(&installed) {
            Ok(found) => Ok(Self::installed(found, host)),
            Err(release) => Err(GoError::Missing {
                advice: installing::advice(ToolId::Go, host),
                release,
            }),
        }
    }

    /// One that gobuildx has installed, in an environment in which it is on PATH.
    fn installed(found: &Installed, host: &Host) -> Self {
        let mut env = host.env.clone().with_path_entry(&found.bin());
        // That of another Go would lead it to another's compilers.
        env.set("GOROOT", &found.goroot);
        let program = found.go();
        // A newer one may be installed beside it.
        let folder = found.goroot.parent().map(Path::to_owned);
        Self {
            env,
            installed: folder.into_iter().chain([program.clone()]).collect(),
            program,
            asker: Asker::default(),
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The same, but that what is known isn't asked.
    #[must_use]
    pub fn asked_by(self, asker: Asker) -> Self {
        Self { asker, ..self }
    }

    /// Asks go for its settings in a folder, in the user's own environment.
    ///
    /// # Errors
    /// When go fails or prints something unexpected.
    pub fn settings(&self, dir: &Path, cancel: &Cancel) -> Result<Settings, GoError> {
        let mut command = Command::new(&self.program)
            .args([
                "env",
                "-json",
                "GOVERSION",
                "GOHOSTOS",
                "GOHOSTARCH",
                "GOMOD",
                "GOWORK",
                "GOENV",
                "GOROOT",
            ])
            .args(RESOLVED)
            .dir(dir);
        for (name, value) in self.env.iter() {
            command = command.env(name, value);
        }
        let output = command
            .envs(ASKING.iter().copied())
            .run(cancel)
            .map_err(GoError::Unusable)?;
        let all: BTreeMap<String, String> = json(&output.stdout, "go env")?;
        let get = |name: &str| all.get(name).filter(|value| !value.is_empty());
        let word = |name: &str| get(name).cloned().unwrap_or_default();
        let host = format!("{}/{}", word("GOHOSTOS"), word("GOHOSTARCH"));
        let mut inherited = self.env.only(PASSED);
        for (name, value) in self.env.with_prefix("GIT_CONFIG_") {
            inherited.set(name, value);
        }
        for name in RESOLVED {
            if let Some(value) = get(name) {
                inherited.set(*name, value);
            }
        }
        let file = |name: &str| {
            get(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute() && path.is_file())
        };
        let cache = word("GOCACHE");
        if cache.is_empty() || cache == "off" {
            return Err(GoError::NoCache(cache));
        }
        let mut files = settings_files(&word("GOENV"), &word("GOROOT"));
        files.extend(self.installed.iter().cloned());
        Ok(Settings {
            version: word("GOVERSION"),
            host: host.parse().map_err(|_| GoError::Output {
                command: "go env",
                reason: format!("an unknown host platform {host}"),
            })?,
            gomod: file("GOMOD"),
            gowork: file("GOWORK"),
            inherited,
            files,
            goroot: word("GOROOT"),
        })
    }

    /// The go command pinned to a toolchain, with nothing of the user's environment but what is
    /// inherited on purpose.
    #[must_use]
    pub fn pinned(&self, settings: &Settings, gotoolchain: &str, gowork: &str) -> PinnedGo {
        let mut env = settings.inherited.clone();
        for (name, value) in [
            ("GOENV", "off"),
            ("GOFLAGS", NO_FLAGS),
            ("GOTOOLCHAIN", gotoolchain),
            ("GOWORK", gowork),
        ] {
            env.set(name, value);
        }
        PinnedGo {
            program: self.program.clone(),
            env,
            asker: self.asker.clone(),
        }
    }
}

/// The go command with everything pinned that could change what it says.
#[derive(Clone, Debug)]
pub struct PinnedGo {
    program: PathBuf,
    env: Environment,
    asker: Asker,
}

/// A pair of the toolchain's own list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct ListedPlatform {
    /// GOOS
    pub goos: String,
    /// GOARCH
    pub goarch: String,
}

/// What packages are asked about.
#[derive(Clone, Copy, Debug)]
pub struct ListQuery<'a> {
    /// The folder to run in.
    pub dir: &'a Path,
    /// The target whose build constraints hold.
    pub target: &'a Target,
    /// Whether files that use cgo count.
    pub cgo: Cgo,
    /// The settings that decide which files count.
    pub view: &'a View,
    /// Which packages.
    pub patterns: &'a [String],
}

impl PinnedGo {
    /// Every pair that the toolchain builds for.
    ///
    /// # Errors
    /// When go fails, for example because the toolchain can't be fetched.
    pub fn platforms(&self, cancel: &Cancel) -> Result<Vec<ListedPlatform>, GoError> {
        let command = self.command(["tool", "dist", "list", "-json"]);
        let answer = self.asker.of_go(&command, cancel);
        let answer = answer.map_err(|error| GoError::Toolchain {
            toolchain: self.toolchain().to_owned(),
            error,
        })?;
        json(&answer, "go tool dist list")
    }

    /// Where the toolchain lies, which is fetched if it isn't there yet.
    ///
    /// # Errors
    /// When go fails, for example because the toolchain can't be fetched.
    pub fn goroot(&self, dir: &Path, cancel: &Cancel) -> Result<PathBuf, GoError> {
        let command = self.command(["env", "GOROOT"]).dir(dir);
        let output = command.run(cancel).map_err(|error| GoError::Toolchain {
            toolchain: self.toolchain().to_owned(),
            error,
        })?;
        Ok(PathBuf::from(output.stdout_text().trim()))
    }

    /// The packages that match, as they are for one target.
    ///
    /// # Errors
    /// When go fails.
    pub fn list(
        &self,
        query: ListQuery<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<ListedPackage>, GoError> {
        let fields = "-json=Dir,ImportPath,Name,GoFiles,CgoFiles,IgnoredGoFiles,Error";
        let listed: Vec<ListedPackage> = self.listing(&["-find", fields], query, cancel)?;
        Ok(listed
            .into_iter()
            .map(ListedPackage::without_tests)
            .collect())
    }

    /// What `go list -e` prints with these flags.
    fn listing<T: DeserializeOwned>(
        &self,
        flags: &[&str],
        query: ListQuery<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<T>, GoError> {
        let command = self.command(["list", "-e"]).args(flags);
        let answer = self.asker.list(&command_for(command, query), cancel);
        let answer = answer.map_err(GoError::List)?;
        stream(&answer, "go list")
    }

    /// The command of another program, with what a query asks of it, and of go by way of it: what isn't a flag
    /// of all such programs reaches go by a variable.
    #[must_use]
    pub fn asked_by_way_of(&self, command: Command, query: ListQuery<'_>) -> Command {
        let flags = query.view.flags.iter().map(String::as_str);
        let command = command.args([tags(query.view)]).args(query.patterns);
        let with_flags = command
            .envs(self.env.iter())
            .env("GOFLAGS", join_for_go([NO_FLAGS].into_iter().chain(flags)));
        in_place(with_flags, query)
    }

    fn toolchain(&self) -> &str {
        let value = self.env.get("GOTOOLCHAIN");
        value.and_then(|value| value.to_str()).unwrap_or_default()
    }

    fn command<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = Command::new(&self.program).args(args);
        for (name, value) in self.env.iter() {
            command = command.env(name, value);
        }
        command
    }
}

/// The command with what a query asks of go: packages, as they are for a target.
fn command_for(command: Command, query: ListQuery<'_>) -> Command {
    let command = command
        .args([tags(query.view)])
        .args(&query.view.flags)
        .args(query.patterns);
    in_place(command, query)
}

/// The flag with the build tags.
fn tags(view: &View) -> String {
    format!("-tags={}", view.tags.join(","))
}

/// The command where a query asks, and in the environment that makes go see packages as it wants them.
fn in_place(command: Command, query: ListQuery<'_>) -> Command {
    let command = command
        .dir(query.dir)
        .envs(&query.view.env)
        .env("GOOS", query.target.goos.as_str())
        .env("GOARCH", query.target.goarch.as_str())
        .env("CGO_ENABLED", query.cgo.env_value());
    match &query.target.variant {
        Some(variant) => command.env(variant.env(), variant.value()),
        None => command,
    }
}

/// The files that go reads its settings from, and that which names its release.
fn settings_files(goenv: &str, goroot: &str) -> Vec<PathBuf> {
    let root = Path::new(goroot);
    let goenv = Some(PathBuf::from(goenv)).filter(|file| file.is_absolute());
    let of_root = ["VERSION", "go.env"].map(|name| root.join(name));
    goenv
        .into_iter()
        .chain(of_root)
        .filter(|file| file.is_absolute())
        .collect()
}

/// One value after the other.
fn stream<T: DeserializeOwned>(bytes: &[u8], command: &'static str) -> Result<Vec<T>, GoError> {
    let values = serde_json::Deserializer::from_slice(bytes).into_iter();
    let values: Result<_, _> = values.collect();
    values.map_err(|error| GoError::Output {
        command,
        reason: error.to_string(),
    })
}

fn json<T: DeserializeOwned>(bytes: &[u8], command: &'static str) -> Result<T, GoError> {
    serde_json::from_slice(bytes).map_err(|error| GoError::Output {
        command,
        reason: error.to_string(),
    })
}

/// The version of Go that a module wants, as go says when its own is older.
///
/// Source: `TooNewError` in Go's `cmd/go/internal/gover/toolchain.go`.
fn wanted_go(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once(" requires go >= ")?;
    rest.split_whitespace().next()
}

/// Why go can't be asked.
#[derive(Debug, thiserror::Error)]
pub enum GoError {
    /// Not on PATH, and not installed.
    #[error("failed to find go on PATH")]
    Missing {
        /// How to get it.
        advice: String,
        /// The release that could be installed.
        release: Option<GoVersion>,
    },
    /// It failed.
    #[error("{}", .0.with_stderr())]
    Process(#[from] ProcessError),
    /// It can't even tell its settings.
    #[error("{}", .0.with_stderr())]
    Unusable(ProcessError),
    /// It has nowhere to keep what it compiles.
    #[error("failed to find Go's build cache: go env says GOCACHE is `{0}`")]
    NoCache(String),
    /// It can't list the packages as the manifest asks for them.
    #[error("{}", .0.with_stderr())]
    List(ProcessError),
    /// A go.mod or go.work that go can't parse.
    #[error("failed to read `{}`: {said}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// go's own words.
        said: String,
    },
    /// The toolchain that builds can't be had.
    #[error("failed to get the toolchain {toolchain}\n{}", .error.with_stderr())]
    Toolchain {
        /// The value of GOTOOLCHAIN.
        toolchain: String,
        /// How go failed.
        error: ProcessError,
    },
    /// A module that it can't get.
    #[error("failed to get the module {module}: {said}")]
    Module {
        /// The module and its version.
        module: String,
        /// go's own words.
        said: String,
    },
    /// It printed something else than it should.
    #[error("failed to read what `{command}` printed: {reason}")]
    Output {
        /// The command.
        command: &'static str,
        /// What is wrong with the output.
        reason: String,
    },
}

impl GoError {
    /// What go refuses the project for, where that is why it failed.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Process(error) | Self::List(error) => Refusal::read(&error.with_stderr()),
            Self::Missing { .. }
            | Self::Unusable(_)
            | Self::NoCache(_)
            | Self::File { .. }
            | Self::Toolchain { .. }
            | Self::Module { .. }
            | Self::Output { .. } => None,
        }
    }
}

impl Failure for GoError {
    fn exit(&self) -> Exit {
        match self {
            Self::Process(error) => error.exit(),
            Self::Unusable(error) | Self::List(error)
                if matches!(error, ProcessError::Cancelled { .. }) =>
            {
                error.exit()
            }
            Self::File { .. } | Self::List(_) => Exit::Manifest,
            Self::Missing { .. }
            | Self::Unusable(_)
            | Self::NoCache(_)
            | Self::Output { .. }
            | Self::Module { .. }
            | Self::Toolchain { .. } => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { advice, release } => {
                let release = release.as_ref();
                let install = release.map(|release| {
                    format!(". Or `gobuildx toolchains install go@{release}`, which needs no Go")
                });
                let install = install.unwrap_or_default();
                Some(format!("get go: {advice}; it has to be on PATH{install}"))
            }
            Self::Toolchain { .. } => Some(
                "go fetches toolchains like modules, from GOPROXY; name one that is there: \
                 `go = \"…\"` in [project]"
                    .to_owned(),
            ),
            Self::Module { .. } => Some(
                "go gets it like any module: from its module cache, else from GOPROXY".to_owned(),
            ),
            Self::NoCache(_) => {
                Some("set HOME, or GOCACHE to a folder that can be written to".to_owned())
            }
            Self::Unusable(_) => Some("`go env` has to work first".to_owned()),
            Self::List(error) => Some(match wanted_go(&error.with_stderr()) {
                Some(version) => format!(
                    "a module wants Go {version} or newer: name a release in [project], `go = \"…\"`"
                ),
                None if error.with_stderr().contains("checksum mismatch") => {
                    "go.sum has another checksum than what was fetched: take it from version control, or find out who \
                     changed the module"
                        .to_owned()
                }
                None => {
                    "`flags`, `tags` and `env` in the manifest, and go.mod, decide what go can load"
                        .to_owned()
                }
            }),
            Self::Process(_) | Self::Output { .. } | Self::File { .. } => None,
        }
    }
}
