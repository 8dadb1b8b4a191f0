//! All that a run depended on and left, as the file system told of it: where that is still so, a run would
//! change nothing. Nobody is asked, neither go nor git, and few files are read.
//!
//! It lies in `.gobuildx/snapshot` in the output folder, and is removed before anything there changes.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest as _, Sha256};

use super::files::KnownFile;
use super::store::{seal, unseal};
use super::{Dependence, Digest, FileStamp};
use crate::host::{Environment, Host};
use crate::toolchain;

/// Its path in the output folder.
pub const FILE: &str = ".gobuildx/snapshot";

/// What it starts with: a name, and the number of the form.
const MAGIC: &[u8] = b"gobuildx snapshot 2\n";

/// What a run depended on and left.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What was asked for, and in which folder.
    pub request: String,
    /// The gobuildx that took it, wherever it lies: another one may judge otherwise.
    program: KnownFile,
    /// What go, git and others may read of the environment.
    pub environment: Digest,
    /// Programs that were looked for, and where they were found.
    pub programs: Vec<(String, Option<String>)>,
    /// Paths at which nothing was.
    pub absent: Vec<String>,
    /// Files and folders that were there.
    pub watched: Vec<Watched>,
    /// What the run told in the end.
    pub told: Told,
}

/// What a run tells in the end.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The rows of the table.
    pub rows: Vec<Vec<String>>,
    /// What might be taken for done and isn't.
    pub notes: Vec<String>,
    /// The output folder as it is shown.
    pub place: String,
}

/// A file or folder that is watched.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    path: String,
    stamp: FileStamp,
    /// What is in it; none where each change would show in the stamp.
    content: Option<Digest>,
}

impl Watched {
    /// A file or folder as it is now; of a folder its names are the content. None where it can't be read.
    #[must_use]
    pub fn now(path: &Path) -> Option<Self> {
        let when = SystemTime::now();
        let stamp = FileStamp::of(&fs::metadata(path).ok()?);
        let content = if stamp.is_settled(when) {
            None
        } else {
            Some(content(path).ok()?)
        };
        Some(Self {
            path: path.to_str()?.to_owned(),
            stamp,
            content,
        })
    }

    /// Whether it changed last before this time.
    #[must_use]
    pub fn is_older_than(&self, when: SystemTime) -> bool {
        self.stamp.is_settled(when)
    }

    /// Whether it has this stamp.
    #[must_use]
    pub fn has(&self, stamp: &FileStamp) -> bool {
        self.stamp == *stamp
    }

    fn is_same(&self) -> bool {
        let path = Path::new(&self.path);
        let Ok(metadata) = fs::metadata(path) else {
            return false;
        };
        match self.content {
            None => FileStamp::of(&metadata) == self.stamp,
            Some(digest) => content(path).is_ok_and(|now| now == digest),
        }
    }
}

/// What is in a file, or which names are in a folder; none where it can't be read.
#[must_use]
pub fn content_of(path: &Path) -> Option<Digest> {
    content(path).ok()
}

/// Which names will be in the folder around this one as soon as this one is there.
#[must_use]
pub fn content_with(folder: &Path) -> Option<Digest> {
    let own = (folder.file_name()?.to_owned(), true);
    let mut names = names(folder.parent()?).ok()?;
    names.insert(own);
    Some(of_names(&names))
}

/// What is in a file, or which names are in a folder.
pub(super) fn content(path: &Path) -> io::Result<Digest> {
    if fs::metadata(path)?.is_dir() {
        return Ok(of_names(&names(path)?));
    }
    Ok(Sha256::digest(fs::read(path)?).into())
}

/// The names in a folder, and which of them are folders.
type Names = BTreeSet<(OsString, bool)>;

fn names(folder: &Path) -> io::Result<Names> {
    let mut names = Names::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        names.insert((entry.file_name(), entry.file_type()?.is_dir()));
    }
    Ok(names)
}

fn of_names(names: &Names) -> Digest {
    let mut hasher = Sha256::new();
    for (name, is_folder) in names {
        let name = name.as_encoded_bytes();
        hasher.update(name.len().to_le_bytes());
        hasher.update(name);
        hasher.update([u8::from(*is_folder)]);
    }
    hasher.finalize().into()
}

impl Snapshot {
    /// What a run depended on and left; none where something changed since it began.
    #[must_use]
    pub fn take(
        (request, program, told): (String, &Path, Told),
        host: &Host,
        dependence: &Dependence,
        (out, begin): (&Path, SystemTime),
    ) -> Option<Self> {
        let (watched, absent) = dependence.watch(out, begin)?;
        let programs = host.looked_for().into_iter();
        let programs = programs.map(|(name, path)| {
            let path = path.map(|path| path.to_string_lossy().into_owned());
            (name, path)
        });
        Some(Self {
            request,
            program: KnownFile::now(program).ok()?,
            environment: environment(&host.env),
            programs: programs.collect(),
            absent,
            watched,
            told,
        })
    }

    /// Whether all is as it was, so that this request would change nothing.
    #[must_use]
    pub fn holds(&self, (request, program): (&str, &Path), host: &Host) -> bool {
        let is_there = |path: &String| fs::metadata(path).is_ok();
        let found = |name: &str| {
            let path = host.program(name);
            path.map(|path| path.to_string_lossy().into_owned())
        };
        let mut programs = self.programs.iter();
        self.request == request
            && self.program.is_at(program)
            && self.environment == environment(&host.env)
            && self.watched.iter().all(Watched::is_same)
            && !self.absent.iter().any(is_there)
            && programs.all(|(name, path)| found(name) == *path)
    }

    /// The snapshot in an output folder; none where there is none that can be used.
    #[must_use]
    pub fn read(out: &Path) -> Option<Self> {
        let path = out.join(FILE);
        let is_file = fs::symlink_metadata(&path).ok()?.is_file();
        let bytes = is_file.then(|| fs::read(&path).ok())??;
        Self::try_from_slice(unseal(&bytes, MAGIC)?).ok()
    }

    /// The snapshot as it is written.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        seal(MAGIC, self)
    }
}

/// Variables that are read although go's rule for names doesn't have them: by go itself, git, and
/// whatever finds programs and folders.
const READ: &[&str] = &[
    "AR",
    "CC",
    "CXX",
    "DOCKER_CONFIG",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "CONTAINER_HOST",
    "FC",
    "HOME",
    "LOCALAPPDATA",
    "NETRC",
    "PATH",
    "PKG_CONFIG",
    "SOURCE_DATE_EPOCH",
    "SSH_AUTH_SOCK",
    "SUDO_UID",
    "SYSTEMROOT",
    "TMPDIR",
    "USERPROFILE",
];

/// The beginnings of names that go, git, C compilers and gobuildx read, and those of folders.
const READ_PREFIXES: &[&str] = &[
    "ALL_PROXY",
    "CGO_",
    "GIT_",
    "GO",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "PKG_CONFIG",
    "SSL_CERT_",
    "XDG_",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Variables that say how much time and memory Go's tools take, and change nothing that they make.
const HOW: &[&str] = &["GOGC", "GOMAXPROCS", "GOMEMLIMIT"];

/// What is read of the environment and may change what is made.
#[must_use]
pub fn environment(env: &Environment) -> Digest {
    let mut hasher = Sha256::new();
    for (name, value) in env.iter() {
        let text = name.to_string_lossy();
        let is_read = READ.contains(&text.as_ref())
            || READ_PREFIXES.iter().any(|prefix| text.starts_with(prefix))
            || toolchain::names_a_sysroot(&text);
        if is_read && !HOW.contains(&text.as_ref()) {
            for part in [name.as_encoded_bytes(), value.as_encoded_bytes()] {
                hasher.update(part.len().to_le_bytes());
                hasher.update(part);
            }
        }
    }
    hasher.finalize().into()
}

/// The output folder of a request, where it can be told without asking go: that which is named, or the
/// one that has a snapshot.
#[must_use]
pub fn folder(named: Option<&Path>, manifest: Option<&Path>, cwd: &Path) -> Option<PathBuf> {
    match (named, manifest.and_then(Path::parent)) {
        (Some(out), _) => Some(cwd.join(out)),
        (None, Some(folder)) => Some(folder.join("dist")),
        (None, None) => {
            let mut above = cwd.ancestors().map(|folder| folder.join("dist"));
            above.find(|out| out.join(FILE).is_file())
        }
    }
}
