//! The machine that gobuildx runs on: its environment, cores and the time that builds pretend.
//!
//! Nothing else reads the process's environment; whoever needs a variable gets it from here.

pub mod cgroup;
mod folders;
pub mod memory;
mod own_program;

pub use own_program::OwnProgram;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::failure::{Exit, Failure};
use crate::secret::{Secret, secrets_of};
use crate::target::{Goarch, Goos};

/// Facts about the machine, read once.
#[derive(Clone, Debug)]
pub struct Host {
    /// The folder that the program was started in.
    pub cwd: PathBuf,
    /// Cores that this process may use.
    pub cores: u32,
    /// The environment of this process, as tools get it: PATH without its relative entries, which
    /// would run whatever lies in the current folder.
    pub env: Environment,
    /// The whole environment of the user, which hooks inherit.
    pub user_env: Environment,
    /// The programs that were looked for, by their names.
    looked_for: Arc<Mutex<BTreeMap<String, Option<PathBuf>>>>,
}

impl Host {
    /// Reads the facts.
    ///
    /// # Errors
    /// When the folder that the program was started in is gone.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks where it is"
    )]
    pub fn probe() -> Result<Self, HostError> {
        let cwd = std::env::current_dir().map_err(HostError::Cwd)?;
        let user_env = Environment::of_process();
        Ok(Self {
            cwd,
            cores: std::thread::available_parallelism()
                .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX)),
            env: user_env.clone().with_absolute_path(),
            user_env,
            looked_for: Arc::default(),
        })
    }

    /// The program of this name on PATH, never one that is there only as seen from the current
    /// folder.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that looks for programs"
    )]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let path = which::which_in(name, self.env.get("PATH"), &self.cwd).ok();
        let mut looked_for = self
            .looked_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        looked_for.insert(name.to_owned(), path.clone());
        path
    }

    /// The user's folder of configuration for gobuildx, whether it is there or not; none where no variable says where.
    #[must_use]
    pub fn config_folder(&self) -> Option<PathBuf> {
        let of = |name: &str| self.env.get(name).map(PathBuf::from);
        let folder = if cfg!(windows) {
            of("APPDATA")
        } else {
            of("XDG_CONFIG_HOME").or_else(|| Some(of("HOME")?.join(".config")))
        };
        let folder = folder.filter(|folder| folder.is_absolute())?;
        Some(folder.join("gobuildx"))
    }

    /// All programs that were looked for so far, and where they were found.
    #[must_use]
    pub fn looked_for(&self) -> BTreeMap<String, Option<PathBuf>> {
        let looked_for = self
            .looked_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        looked_for.clone()
    }

    /// The entries of the user's PATH in which nothing is looked for, since they are relative.
    #[must_use]
    pub fn relative_entries(&self) -> Vec<PathBuf> {
        let path = self.user_env.get("PATH").unwrap_or_default();
        let entries = std::env::split_paths(path);
        entries.filter(|entry| !entry.is_absolute()).collect()
    }
}

/// The numbers of the user and the group of this process: `1000:1000`.
#[must_use]
#[cfg(unix)]
pub fn user() -> Option<String> {
    let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
    Some(format!("{}:{}", user.as_raw(), group.as_raw()))
}

/// Other systems have no such numbers.
#[must_use]
#[cfg(not(unix))]
pub fn user() -> Option<String> {
    None
}

/// The platform of this machine, as Go calls it: that of gobuildx itself.
#[must_use]
pub fn platform() -> (Goos, Goarch) {
    let goos = match std::env::consts::OS {
        "macos" => "darwin",
        os => os,
    };
    let goarch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "loongarch64" => "loong64",
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        arch => arch,
    };
    (
        goos.parse().unwrap_or(Goos::Linux),
        goarch.parse().unwrap_or(Goarch::Amd64),
    )
}

/// The arguments of this process, for clap.
#[expect(clippy::disallowed_methods, reason = "the one place that has them")]
pub fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

/// `COLUMNS`: how wide the user says that the terminal is.
#[must_use]
pub fn columns() -> Option<usize> {
    let env = Environment::of_process();
    let columns = env.get("COLUMNS")?.to_str()?.parse().ok()?;
    (columns > 0).then_some(columns)
}

/// `CLICOLOR_FORCE=0`: nothing is forced, though some take any value for a wish.
#[must_use]
pub fn declines_forced_colors() -> bool {
    Environment::of_process().is("CLICOLOR_FORCE", "0")
}

/// Whether a terminal may be sent colours, by what is said of it and wished for.
#[must_use]
pub fn terminal_takes_colors() -> bool {
    let env = Environment::of_process();
    let unwanted = env.get("NO_COLOR").is_some() || env.is("CLICOLOR", "0");
    let wanted = env.get("CLICOLOR").is_some() || env.get("CI").is_some();
    let able = match env.get("TERM") {
        Some(term) => term != "dumb",
        None => cfg!(windows),
    };
    !unwanted && (wanted || able)
}

/// Environment variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    fn of_process() -> Self {
        let vars = std::env::vars_os();
        // Windows ignores case in names, and says `Path`.
        #[cfg(windows)]
        let vars = vars.map(|(name, value)| (name.to_ascii_uppercase(), value));
        Self(vars.collect())
    }

    fn with_absolute_path(mut self) -> Self {
        let name = OsStr::new("PATH");
        let Some(path) = self.0.remove(name) else {
            return self;
        };
        let absolute = std::env::split_paths(&path).filter(|entry| entry.is_absolute());
        // What came out of a PATH fits into one. An empty one would mean the current folder.
        if let Ok(path) = std::env::join_paths(absolute)
            && !path.is_empty()
        {
            self.0.insert(name.to_owned(), path);
        }
        self
    }

    /// The same with a folder behind all others on PATH.
    #[must_use]
    pub fn with_path_entry(mut self, folder: &Path) -> Self {
        let name = OsStr::new("PATH");
        let path = self.0.get(name).filter(|path| !path.is_empty());
        let entries = path.map(|path| std::env::split_paths(path).collect::<Vec<_>>());
        let entries = entries.into_iter().flatten().chain([folder.to_owned()]);
        // Nothing can be found in a folder whose name divides a PATH.
        if let Ok(path) = std::env::join_paths(entries) {
            self.0.insert(name.to_owned(), path);
        }
        self
    }

    /// An environment of these variables only.
    pub fn of<K: Into<OsString>, V: Into<OsString>>(
        vars: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self(
            vars.into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }

    /// The value of a variable; an empty one counts as absent, as in Go.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// Takes a variable out.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(OsStr::new(name));
    }

    /// Whether a variable has exactly this value.
    fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).is_some_and(|of_it| of_it == value)
    }

    /// The part of the environment with these names.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        Self(
            names
                .iter()
                .filter_map(|name| Some((OsString::from(name), self.get(name)?.to_owned())))
                .collect(),
        )
    }

    /// The variables whose names start with `prefix`.
    pub fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a OsString, &'a OsString)> {
        self.0
            .iter()
            .filter(move |(name, _)| name.to_string_lossy().starts_with(prefix))
    }

    /// Sets a variable.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// All variables, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.0.iter()
    }
}

/// The values in the environment of this process that must not be shown.
#[must_use]
pub fn secrets() -> Vec<Secret> {
    let env = Environment::of_process();
    let texts = |(name, value): (&OsString, &OsString)| {
        let text = |text: &OsStr| text.to_string_lossy().into_owned();
        (text(name), text(value))
    };
    let variables: Vec<(String, String)> = env.iter().map(texts).collect();
    secrets_of(
        variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

/// `SOURCE_DATE_EPOCH`: the time that a build pretends, in seconds since 1970.
///
/// Source: <https://reproducible-builds.org/specs/source-date-epoch/>
///
/// # Errors
/// When the variable is set to something else than a number of seconds up to the year 9999.
pub fn source_date_epoch(env: &Environment) -> Result<Option<u64>, HostError> {
    const END_OF_9999: u64 = 253_402_300_799;
    let Some(value) = env.0.get(OsStr::new("SOURCE_DATE_EPOCH")) else {
        return Ok(None);
    };
    let text = value.to_string_lossy();
    match text.parse() {
        Ok(seconds) if seconds <= END_OF_9999 && !text.starts_with('+') => Ok(Some(seconds)),
        _ => Err(HostError::Epoch(text.into_owned())),
    }
}

/// The variable that tells hooks the output folder, which the run that they belong to has locked.
pub const HOOK_OUTPUT: &str = "GOBUILDX_OUTPUT";

/// `GOBUILDX_OUTPUT`: the folder of the run whose hook started this process.
#[must_use]
pub fn hook_output(env: &Environment) -> Option<&Path> {
    env.get(HOOK_OUTPUT).map(Path::new)
}

/// What is wrong with the machine.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The current folder can't be named.
    #[error("failed to find the current folder: {0}")]
    Cwd(std::io::Error),
    /// The file of this program can't be named.
    #[error("failed to find the file of gobuildx itself: {0}")]
    OwnProgram(std::io::Error),
    /// A time that is none.
    #[error("failed to read SOURCE_DATE_EPOCH: `{0}` is not a number of seconds since 1970")]
    Epoch(String),
}

impl Failure for HostError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Cwd(_) => Some("change to a folder that exists".to_owned()),
            Self::OwnProgram(_) => None,
            Self::Epoch(_) => Some(
                "unset SOURCE_DATE_EPOCH to take the commit's time, or set it to whole seconds"
                    .to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(value: &str) -> Result<Option<u64>, HostError> {
        source_date_epoch(&Environment::of([("SOURCE_DATE_EPOCH", value)]))
    }

    #[test]
    fn an_epoch_is_whole_seconds() {
        assert_eq!(epoch("1700000000").unwrap(), Some(1_700_000_000));
        assert!(
            source_date_epoch(&Environment::default())
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn an_epoch_that_is_garbage_is_refused() {
        for garbage in ["", "now", "-1", "+1", "1.5", "253402300800"] {
            assert!(epoch(garbage).is_err(), "{garbage:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn tools_get_a_path_of_absolute_entries_only() {
        let path = |path| {
            let env = Environment::of([("PATH", path)]).with_absolute_path();
            env.iter().next().map(|(_, value)| value.to_owned())
        };
        assert_eq!(path("rel:/bin::.:/usr/bin:"), Some("/bin:/usr/bin".into()));
        assert_eq!(path(".:"), None);
        assert_eq!(path(""), None);
    }

    #[test]
    fn an_empty_variable_counts_as_absent() {
        assert_eq!(Environment::of([("HOME", "")]).get("HOME"), None);
    }
}
