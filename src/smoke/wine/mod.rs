//! Wine runs programs for Windows. It lies in a root folder of its own, such as debootstrap makes, of which the sandbox
//! has what wine needs: none of the machine's files.
//!
//! It makes a Windows first ([`Windows`]), once for all programs; and the smallest program is tried on that, since an
//! older wine stops every Go program. All this is done when the first program is to be run.

mod trial;
mod windows;

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::bubblewrap::{Access, Staged};
use super::{Bubblewrap, Limits, RunError};
use crate::process::{Cancel, Output};
use crate::runner::Runners;
use crate::target::{Goarch, Target};
use crate::tools::bwrap::complaint;
use crate::version::Version;
use windows::NoWindows;
pub(super) use windows::Windows;

/// What it may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the first bubblewrap shows wine's root.
const STAGED: &str = "/tmp/wine";
/// Where the sandbox has the folder that wine keeps a Windows in.
const PREFIX: &str = "/windows";

/// Where distributions have it, and the server of its processes.
const PLACES: [Programs; 3] = [
    Programs {
        wine: "/usr/lib/wine/wine64",
        server: "/usr/lib/wine/wineserver",
        running: "/usr/lib/wine/wineserver64",
    },
    Programs {
        wine: "/usr/bin/wine64",
        server: "/usr/bin/wineserver",
        running: "/usr/bin/wineserver",
    },
    Programs {
        wine: "/usr/bin/wine",
        server: "/usr/bin/wineserver",
        running: "/usr/bin/wineserver",
    },
];
/// What has the server write down what it has in memory.
const SHELL: &str = "/bin/sh";

/// What else of its root it needs, where that is there. `/etc` may have more of the machine that made the root.
const NEEDED: [&str; 7] = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "etc/fonts"];

/// All that wine says of itself is left out but which libraries it doesn't find, and what it would do to the
/// machine's menus isn't done.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("HOME", PREFIX),
    ("LANG", "C.UTF-8"),
    ("WINEDEBUG", "-all,err+module"),
    ("WINEDLLOVERRIDES", "winemenubuilder.exe=d"),
    ("WINEPREFIX", PREFIX),
    // Else a library complains of it that looks for a screen.
    ("XDG_RUNTIME_DIR", "/tmp"),
];

/// Wine's own programs, by their paths in its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Programs {
    wine: &'static str,
    server: &'static str,
    /// What the server calls itself: where it is a script, that starts it.
    running: &'static str,
}

/// Whether a process that calls itself so is the server of wine's processes.
pub(super) fn is_server(started: &str) -> bool {
    let mut places = PLACES.iter();
    places.any(|place| [place.server, place.running].contains(&started))
}

/// The root folder of a wine.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Root {
    folder: PathBuf,
    programs: Programs,
}

/// What lies at a path of a root.
enum Part {
    /// A link, and where that leads.
    Link(PathBuf),
    /// A folder.
    Folder,
}

/// A wine that told its version.
#[derive(Clone, Debug)]
pub struct Wine {
    root: Root,
    version: String,
    /// None before the first program.
    made: Arc<Mutex<Option<Made>>>,
}

/// What came of making a Windows, or why that is of no use.
type Made = Result<Arc<Windows>, String>;

impl PartialEq for Wine {
    fn eq(&self, other: &Self) -> bool {
        (&self.root, &self.version) == (&other.root, &other.version)
    }
}

impl Eq for Wine {}

impl fmt::Display for Wine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wine {}", self.version)
    }
}

/// Why a program for Windows isn't run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoWine {
    /// Nobody says where wine is.
    #[error(
        "programs for Windows take wine: name a root folder that has it by `[smoke.runner.wine] root` or --wine-root; `{WINE_ROOT}` makes one"
    )]
    NotNamed,
    /// There is no such folder.
    #[error("there is no folder `{}` with wine in it: `{WINE_ROOT}` makes one", .0.display())]
    NoFolder(PathBuf),
    /// There is no wine in it, or not all that it takes.
    #[error("there is no wine in `{}` with its server and a shell: `{WINE_ROOT}` makes a folder that has one", .0.display())]
    NotThere(PathBuf),
    /// It doesn't start.
    #[error("the wine in `{}` doesn't start: {why}", root.display())]
    Unusable {
        /// Its root.
        root: PathBuf,
        /// What it says.
        why: String,
    },
    /// It runs programs of one architecture.
    #[error("wine runs programs for windows/{cpu} here, and this is one for {0}", cpu = Wine::GOARCH)]
    OtherCpu(Target),
    /// This machine's CPU doesn't run them, as far as it is known.
    #[error(
        "wine takes Linux and emulates no CPU: this machine isn't known to run programs for {0}"
    )]
    NoCpu(Target),
    /// It is entered by bubblewrap.
    #[error("wine is kept from this machine by bubblewrap only, which isn't to be had: {0}")]
    NoBubblewrap(String),
}

/// What makes a root folder with wine, on Debian and its kin.
pub const WINE_ROOT: &str = "mmdebstrap --variant=minbase --include=wine64 trixie DIR";

impl Wine {
    /// The architecture of the programs that it runs.
    pub const GOARCH: Goarch = Goarch::Amd64;

    /// Whether a wine would run a program for Windows on this machine.
    ///
    /// # Errors
    /// The reason, where none would.
    pub fn runs(target: &Target, runners: &Runners) -> Result<(), NoWine> {
        if target.goarch != Self::GOARCH {
            return Err(NoWine::OtherCpu(target.clone()));
        }
        if !runners.has_cpu_of(target) {
            return Err(NoWine::NoCpu(target.clone()));
        }
        Ok(())
    }

    /// The files in a root folder by which [`Wine::find`] finds it, and the folder.
    #[must_use]
    pub fn files(root: &Path) -> Vec<PathBuf> {
        let needed = PLACES.iter().flat_map(|place| [place.wine, place.server]);
        let needed = needed.chain([SHELL]).map(|path| inside(root, path));
        std::iter::once(root.to_owned()).chain(needed).collect()
    }

    /// Finds wine in a root folder, and asks it for its version.
    ///
    /// # Errors
    /// The reason, where there is none, or it doesn't start.
    pub fn find(root: &Path, bubblewrap: &Bubblewrap, cancel: &Cancel) -> Result<Self, NoWine> {
        if !root.is_dir() {
            return Err(NoWine::NoFolder(root.to_owned()));
        }
        // Links in it lead nowhere from here.
        let is_there = |path: &str| fs::symlink_metadata(inside(root, path)).is_ok();
        let programs = PLACES.into_iter().find(|place| {
            let needed = [place.wine, place.server, SHELL];
            needed.into_iter().all(is_there)
        });
        let root = Root {
            folder: root.to_owned(),
            programs: programs.ok_or_else(|| NoWine::NotThere(root.to_owned()))?,
        };
        let unusable = |why| NoWine::Unusable {
            root: root.folder.clone(),
            why,
        };
        let ask = [root.programs.wine, "--version"].map(OsString::from);
        let ask = bubblewrap.unwatched(&[root.staged()], root.furniture(&Limits::default()), ask);
        let told = ask.timeout(PATIENCE).run(cancel);
        let told = told.map_err(|error| unusable(complaint(&error)))?;
        Ok(Self {
            version: version(&told).ok_or_else(|| unusable("it tells no version".to_owned()))?,
            made: Arc::default(),
            root,
        })
    }

    /// Makes a Windows and tries the smallest program on it, to say whether programs can be run.
    ///
    /// # Errors
    /// The reason, where they can't.
    pub fn try_out(&self, bubblewrap: &Bubblewrap, cancel: &Cancel) -> Result<(), String> {
        let made = self.windows(bubblewrap, cancel);
        made.map(drop).map_err(|why| why.to_string())
    }

    /// Its version, if that is of numbers.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        Version::find(&self.version)
    }

    /// Its path in the sandbox.
    #[must_use]
    pub fn program(&self) -> &'static str {
        self.root.programs.wine
    }

    /// The Windows for all programs, which is made for the first of them.
    pub(super) fn windows(
        &self,
        bubblewrap: &Bubblewrap,
        cancel: &Cancel,
    ) -> Result<Arc<Windows>, RunError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*made {
            return made.clone().map_err(RunError::NoWindows);
        }
        let windows = match Windows::make(&self.root, bubblewrap, cancel) {
            Ok(windows) => Ok(Arc::new(windows)),
            Err(NoWindows::Stopped(error)) => return Err(error.into()),
            Err(why) => {
                let folder = self.root.folder.display();
                Err(format!("{self} in `{folder}` {why}"))
            }
        };
        *made = Some(windows.clone());
        windows.map_err(RunError::NoWindows)
    }
}

impl Root {
    /// It, as the first bubblewrap shows it.
    fn staged(&self) -> Staged<'_> {
        Staged {
            from: &self.folder,
            to: STAGED.to_owned(),
            access: Access::Read,
        }
    }

    /// What it has of what wine needs, by the paths in it.
    fn parts(&self) -> impl Iterator<Item = (&'static str, Part)> {
        let is_real = |folder: &Path| folder.is_dir() && !folder.is_symlink();
        NEEDED.into_iter().filter_map(move |path| {
            let here = self.folder.join(path);
            // A link on the way would be followed where all of this machine can be seen.
            let above = here.parent().filter(|above| *above != self.folder);
            if above.is_some_and(|above| !is_real(above)) {
                return None;
            }
            let part = match fs::read_link(&here) {
                Ok(leads_to) => Part::Link(leads_to),
                Err(_) => is_real(&here).then_some(Part::Folder)?,
            };
            Some((path, part))
        })
    }

    /// The options that give the sandbox what wine needs, but for a Windows.
    fn furniture(&self, limits: &Limits) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        for (path, part) in self.parts() {
            let (option, from) = match part {
                Part::Link(leads_to) => ("--symlink", leads_to.into()),
                Part::Folder => ("--ro-bind", format!("{STAGED}/{path}").into()),
            };
            words.extend([option.into(), from, format!("/{path}").into()]);
        }
        let own = ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"];
        words.extend(own.map(OsString::from));
        words.extend(["--perms", "1777", "--size"].map(OsString::from));
        words.push(limits.disk.to_string().into());
        words.extend(["--tmpfs", "/tmp"].map(OsString::from));
        for (name, value) in ENVIRONMENT {
            words.extend(["--setenv", name, value].map(OsString::from));
        }
        words
    }

    /// The names that the root of the sandbox has by that.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let tops = self.parts();
        let tops = tops.filter_map(|(path, _)| path.split('/').next());
        tops.chain(["proc", "dev", "tmp"])
    }
}

/// Where a path of a root lies on this machine.
fn inside(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

/// The version in `wine-10.0 (Debian 10.0~repack-6)`.
fn version(told: &Output) -> Option<String> {
    let text = told.stdout_text();
    let version = text.split_whitespace().next()?.strip_prefix("wine-")?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stdout: &str) -> Option<String> {
        version(&Output {
            stdout: stdout.into(),
            stderr: Vec::new(),
        })
    }

    #[test]
    fn the_version_is_read_from_what_wine_tells() {
        let debian = told("wine-10.0 (Debian 10.0~repack-6)\n");
        assert_eq!(debian.as_deref(), Some("10.0"));
        assert_eq!(told("wine-9.0-rc1\n").as_deref(), Some("9.0-rc1"));
        assert_eq!(told("wine: could not load ntdll.so\n"), None);
        assert_eq!(told(""), None);
    }

    #[test]
    fn a_reason_tells_what_to_do() {
        let reason = NoWine::NotNamed.to_string();
        for word in ["mmdebstrap", "[smoke.runner.wine]", "--wine-root"] {
            assert!(reason.contains(word), "{reason}");
        }
    }
}
