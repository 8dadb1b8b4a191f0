//! Where toolchains lie that were installed: whole, with a list of their files beside.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::toolchain::Toolchain;
use crate::go_version::GoVersion;
use crate::host::Host;

/// What the list of files starts with.
const TITLE: &str = "gobuildx toolchain 1";
/// What the name of the list ends with.
const LIST: &str = ".files";

/// The folder of what gobuildx has downloaded.
#[derive(Clone, Debug)]
pub struct Cache(PathBuf);

/// A toolchain that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Its release.
    pub version: GoVersion,
    /// Where it lies: its GOROOT.
    pub goroot: PathBuf,
}

impl Installed {
    /// The folder of its go.
    #[must_use]
    pub fn bin(&self) -> PathBuf {
        self.goroot.join("bin")
    }

    /// Its go.
    #[must_use]
    pub fn go(&self) -> PathBuf {
        go_program(&self.goroot)
    }
}

/// The go command of a toolchain for this machine.
#[must_use]
pub fn go_program(goroot: &Path) -> PathBuf {
    let name = format!("go{}", std::env::consts::EXE_SUFFIX);
    goroot.join("bin").join(name)
}

/// How much of a toolchain is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Absent,
    /// All of it; its hash was this.
    Whole {
        /// The hash of its zip: `h1:…`.
        sum: String,
    },
    /// A part of it. What is wrong finishes "it ".
    Broken(String),
}

impl Cache {
    /// That of this user; none where nothing says where it lies.
    #[must_use]
    pub fn of(host: &Host) -> Option<Self> {
        host.cache().map(Self)
    }

    /// The folder of the toolchains.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.0.join("go")
    }

    /// Where a toolchain lies, or would.
    #[must_use]
    pub fn goroot(&self, toolchain: &Toolchain) -> PathBuf {
        self.folder().join(toolchain.to_string())
    }

    /// The list of its files.
    pub(super) fn list(&self, toolchain: &Toolchain) -> PathBuf {
        self.folder().join(format!("{toolchain}{LIST}"))
    }

    /// The newest tree of a checksum database that was seen.
    pub(super) fn newest_tree(&self, database: &str) -> PathBuf {
        let name = database.replace('/', "!");
        self.0.join("sumdb").join(name).join("latest")
    }

    /// Those for this machine, the newest first. Whether each file is there isn't looked at.
    #[must_use]
    pub fn installed(&self) -> Vec<Installed> {
        let Some(any) = "1.21.0"
            .parse()
            .ok()
            .and_then(|it| Toolchain::for_this_machine(&it))
        else {
            return Vec::new();
        };
        let names = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        let found = names.filter_map(|name| {
            let toolchain = any.named(&name)?;
            let installed = Installed {
                goroot: self.goroot(&toolchain),
                version: toolchain.version.clone(),
            };
            let is_there = installed.go().is_file() && self.list(&toolchain).is_file();
            is_there.then_some(installed)
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|one, other| other.version.cmp(&one.version));
        found
    }

    /// Looks at every file of a toolchain: whether it is there, its size, and whether it may be run.
    #[must_use]
    pub fn state(&self, toolchain: &Toolchain) -> State {
        let goroot = self.goroot(toolchain);
        let list = match fs::read_to_string(self.list(toolchain)) {
            Ok(list) => list,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return if goroot.exists() {
                    State::Broken("was not finished".to_owned())
                } else {
                    State::Absent
                };
            }
            Err(error) => return State::Broken(format!("has a list that can't be read: {error}")),
        };
        let Some((sum, files)) = parse(&list) else {
            return State::Broken("has a list of another form".to_owned());
        };
        match files.iter().find(|file| !file.is_in(&goroot)) {
            Some(file) => State::Broken(format!("has a `{}` that isn't as it was", file.path)),
            None => State::Whole {
                sum: sum.to_owned(),
            },
        }
    }
}

/// A file as it was unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListedFile<'a> {
    pub(super) path: &'a str,
    pub(super) size: u64,
    pub(super) is_program: bool,
}

impl ListedFile<'_> {
    fn is_in(&self, goroot: &Path) -> bool {
        let metadata = goroot.join(self.path).symlink_metadata();
        metadata.is_ok_and(|metadata| {
            metadata.is_file()
                && metadata.len() == self.size
                && (!self.is_program || may_be_run(&metadata))
        })
    }
}

#[cfg(unix)]
fn may_be_run(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn may_be_run(_: &fs::Metadata) -> bool {
    true
}

/// The text of a list.
pub(super) fn written(sum: &str, files: &[ListedFile<'_>]) -> String {
    let mut text = format!("{TITLE}\n{sum}\n");
    for file in files {
        let kind = if file.is_program { 'x' } else { '-' };
        let _ = writeln!(text, "{kind} {} {}", file.size, file.path);
    }
    text
}

/// The hash, and the files; none where it is no list that was written whole.
fn parse(text: &str) -> Option<(&str, Vec<ListedFile<'_>>)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (title, sum) = (lines.next()?, lines.next()?);
    let files = lines.map(|line| {
        let mut words = line.splitn(3, ' ');
        Some(ListedFile {
            is_program: words.next()? == "x",
            size: words.next()?.parse().ok()?,
            path: words.next()?,
        })
    });
    let files: Option<Vec<_>> = files.collect();
    let files = files.filter(|files| !files.is_empty() && title == TITLE);
    Some((sum, files?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain(version: &str) -> Toolchain {
        Toolchain::for_this_machine(&version.parse().unwrap()).unwrap()
    }

    /// Puts a toolchain of two files into a cache.
    fn put(cache: &Cache, version: &str) -> Toolchain {
        let toolchain = toolchain(version);
        let goroot = cache.goroot(&toolchain);
        fs::create_dir_all(goroot.join("bin")).unwrap();
        let go = format!("bin/go{}", std::env::consts::EXE_SUFFIX);
        for path in [go.as_str(), "VERSION"] {
            fs::write(goroot.join(path), version).unwrap();
        }
        crate::atomic::Mode::Executable
            .set(&goroot.join(&go))
            .unwrap();
        let size = version.len() as u64;
        let file = |path, is_program| ListedFile {
            path,
            size,
            is_program,
        };
        let list = written("h1:x", &[file(go.as_str(), true), file("VERSION", false)]);
        fs::write(cache.list(&toolchain), list).unwrap();
        toolchain
    }

    #[test]
    fn what_was_installed_is_found_newest_first() {
        let temp = tempfile::tempdir().unwrap();
        let cache = Cache(temp.path().to_owned());
        assert_eq!(cache.installed(), []);
        for version in ["1.25.9", "1.26.0", "1.25.10"] {
            put(&cache, version);
        }
        // Neither what was not finished nor what is something else.
        let unfinished = put(&cache, "1.27.0");
        fs::remove_file(cache.list(&unfinished)).unwrap();
        fs::create_dir(cache.folder().join("go1.28.0.plan9-mips")).unwrap();
        let found = cache.installed();
        let versions: Vec<String> = found.iter().map(|it| it.version.to_string()).collect();
        assert_eq!(versions, ["1.26.0", "1.25.10", "1.25.9"]);
    }

    #[test]
    fn a_file_that_changed_makes_the_toolchain_broken() {
        let temp = tempfile::tempdir().unwrap();
        let cache = Cache(temp.path().to_owned());
        let toolchain = put(&cache, "1.26.8");
        let sum = "h1:x".to_owned();
        assert_eq!(cache.state(&toolchain), State::Whole { sum });
        fs::write(
            cache.goroot(&toolchain).join("VERSION"),
            "longer than it was",
        )
        .unwrap();
        let State::Broken(what) = cache.state(&toolchain) else {
            panic!("whole");
        };
        assert!(what.contains("`VERSION`"), "{what}");
        fs::write(cache.list(&toolchain), "gobuildx toolchain 1\nh1:x\n- 3").unwrap();
        assert!(matches!(cache.state(&toolchain), State::Broken(_)));
        fs::remove_file(cache.list(&toolchain)).unwrap();
        assert!(matches!(cache.state(&toolchain), State::Broken(_)));
        fs::remove_dir_all(cache.goroot(&toolchain)).unwrap();
        assert_eq!(cache.state(&toolchain), State::Absent);
    }

    #[test]
    fn a_list_that_was_cut_is_none() {
        let file = ListedFile {
            path: "a b",
            size: 3,
            is_program: true,
        };
        let text = written("h1:x", std::slice::from_ref(&file));
        assert_eq!(parse(&text), Some(("h1:x", vec![file])));
        for end in 0..text.len() {
            let cut = text.get(..end).unwrap();
            assert_eq!(parse(cut), None, "{cut:?}");
        }
    }
}
