//! What go's answers about a project's packages rest on, as it is on the disk now.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest as _, Sha256};

use super::head::Head;
use super::named::{named_in_module, words_in_workspace};
use crate::ledger::{COMPILED, Digest, FileStamp, TELLING};
use crate::parallel;

/// How many files and folders are looked at. Where there are more, go is asked: it needn't look at all of them.
const MOST: usize = 100_000;

/// Where a project lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The folders of its modules.
    pub modules: BTreeSet<PathBuf>,
    /// The go.work that joins them.
    pub workspace: Option<PathBuf>,
    /// The output folder.
    pub out: PathBuf,
}

/// What answers rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// All that go reads, and which files and folders there are.
    pub digest: Digest,
    /// Size, times and number of all of that: what changed and changed back shows here.
    pub moment: Digest,
    /// The folders that were looked at.
    pub folders: BTreeSet<PathBuf>,
}

/// What is known of files that were read, by their paths.
pub type Known = BTreeMap<String, KnownHead>;

/// What is known of a file.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownHead {
    stamp: FileStamp,
    /// Whether a change after it was read would show in the stamp.
    is_settled: bool,
    digest: Digest,
    embeds: bool,
}

impl Grounds {
    /// Looks at a project. Of files that are known only what may have changed is read. None where something
    /// isn't understood, or can't be read.
    #[must_use]
    pub fn look(places: &Places, known: &Known, workers: usize) -> Option<(Self, Known)> {
        let tops = Tops::of(places)?;
        let out = fs::canonicalize(&places.out).unwrap_or_else(|_| places.out.clone());
        let folders = Walk::through(&tops.folders, &out)?;
        let mut paths: Vec<PathBuf> = tops.files.clone();
        for (path, folder) in &folders {
            let read = folder.entries.iter().filter(|(name, kind)| {
                matches!(kind, Kind::File | Kind::Link) && reading(name) != Reading::Nothing
            });
            paths.extend(read.map(|(name, _)| path.join(name)));
        }
        let when = SystemTime::now();
        let read = |path: &PathBuf| {
            let name = path.to_str()?.to_owned();
            let head = read(path, known.get(&name), when)?;
            Some((name, head))
        };
        let heads: Known = parallel::map(&paths, workers, read)
            .into_iter()
            .collect::<Option<_>>()?;
        let state = State {
            tops: &tops,
            folders: &folders,
            heads: &heads,
            out: &out,
        };
        let grounds = Self {
            digest: state.digest()?,
            moment: state.moment(),
            folders: folders.keys().cloned().collect(),
        };
        Some((grounds, heads))
    }

    /// Whether a folder is among those that were looked at.
    #[must_use]
    pub fn has(&self, folder: &Path) -> bool {
        self.folders.contains(folder)
            || fs::canonicalize(folder).is_ok_and(|folder| self.folders.contains(&folder))
    }
}

/// How go reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As a Go file.
    Head,
    All,
    /// Not at all: only that it is there may count.
    Nothing,
}

fn reading(name: &str) -> Reading {
    let extension = Path::new(name).extension().and_then(OsStr::to_str);
    match extension {
        Some("go") => Reading::Head,
        Some(extension) if COMPILED.contains(&extension) => Reading::All,
        // What git reads says nothing to go.
        _ if TELLING.contains(&name) && !name.starts_with(".git") => Reading::All,
        _ => Reading::Nothing,
    }
}

fn read(path: &Path, known: Option<&KnownHead>, when: SystemTime) -> Option<KnownHead> {
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let stamp = FileStamp::of(&metadata);
    if let Some(known) = known.filter(|known| known.stamp == stamp && known.is_settled) {
        return Some(*known);
    }
    let content = fs::read(path).ok()?;
    let head = match reading(path.file_name()?.to_str()?) {
        Reading::Head => Head::of_go(&content),
        Reading::All | Reading::Nothing => Head::whole(&content),
    };
    Some(KnownHead {
        stamp,
        is_settled: stamp.is_settled(when),
        digest: head.digest,
        embeds: head.embeds,
    })
}

/// Where to look.
#[derive(Debug, Default)]
struct Tops {
    /// Folders, by their true paths.
    folders: BTreeSet<PathBuf>,
    /// Files that lie elsewhere.
    files: Vec<PathBuf>,
    /// What isn't there.
    absent: BTreeSet<PathBuf>,
}

impl Tops {
    fn of(places: &Places) -> Option<Self> {
        let mut tops = Self::default();
        let mut modules = places.modules.clone();
        if let Some(file) = &places.workspace {
            let beside = file.parent()?;
            let text = fs::read_to_string(file).ok()?;
            let words = words_in_workspace(&text)?.into_iter();
            let folders = words.map(|word| beside.join(word));
            modules.extend(folders.filter(|folder| folder.join("go.mod").exists()));
            tops.add_file(file.clone());
            tops.add_file(file.with_extension("work.sum"));
            tops.add_folder(&beside.join("vendor"));
        }
        for module in modules {
            if let Ok(text) = fs::read_to_string(module.join("go.mod")) {
                for word in named_in_module(&text)? {
                    tops.add_folder(&module.join(word));
                }
            }
            tops.add_folder(&module);
        }
        Some(tops)
    }

    fn add_file(&mut self, file: PathBuf) {
        if file.is_file() {
            self.files.push(file);
        } else {
            self.absent.insert(file);
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        match fs::canonicalize(folder) {
            Ok(real) if real.is_dir() => drop(self.folders.insert(real)),
            _ => drop(self.absent.insert(folder.to_owned())),
        }
    }
}

/// What stands in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    /// A link to a file, which go compiles as one and embeds never.
    Link,
    /// A link to a folder that is looked at.
    FolderBehind(PathBuf),
    /// Anything else.
    Other,
}

/// A folder that was looked at.
#[derive(Debug)]
struct Folder {
    stamp: FileStamp,
    entries: BTreeMap<String, Kind>,
}

type Folders = BTreeMap<PathBuf, Folder>;

/// The way through all folders.
struct Walk<'a> {
    tops: &'a BTreeSet<PathBuf>,
    out: &'a Path,
    seen: Folders,
    entries: usize,
}

impl<'a> Walk<'a> {
    fn through(tops: &'a BTreeSet<PathBuf>, out: &'a Path) -> Option<Folders> {
        let mut walk = Self {
            tops,
            out,
            seen: Folders::new(),
            entries: 0,
        };
        for top in tops {
            let mut waiting = vec![top.clone()];
            while let Some(path) = waiting.pop() {
                if walk.seen.contains_key(&path) {
                    continue;
                }
                let folder = walk.folder(&path)?;
                let entries = folder.entries.iter();
                let below = entries.filter(|(_, kind)| **kind == Kind::Folder);
                waiting.extend(below.map(|(name, _)| path.join(name)));
                walk.seen.insert(path, folder);
            }
        }
        Some(walk.seen)
    }

    fn folder(&mut self, path: &Path) -> Option<Folder> {
        let stamp = FileStamp::of(&fs::metadata(path).ok()?);
        let mut entries = BTreeMap::new();
        for entry in fs::read_dir(path).ok()? {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let is_own = path == self.out && name == ".gobuildx";
            if name == ".git" || is_own {
                continue;
            }
            self.entries += 1;
            if self.entries > MOST {
                return None;
            }
            let kind = entry.file_type().ok()?;
            let kind = if kind.is_dir() {
                Kind::Folder
            } else if kind.is_file() {
                Kind::File
            } else if kind.is_symlink() {
                self.behind(&entry.path())?
            } else {
                Kind::Other
            };
            entries.insert(name, kind);
        }
        Some(Folder { stamp, entries })
    }

    /// What a link leads to; none where that is a folder that isn't looked at.
    fn behind(&self, link: &Path) -> Option<Kind> {
        let Ok(metadata) = fs::metadata(link) else {
            return Some(Kind::Other);
        };
        if metadata.is_file() {
            return Some(Kind::Link);
        }
        if !metadata.is_dir() {
            return Some(Kind::Other);
        }
        let real = fs::canonicalize(link).ok()?;
        let is_below = |top: &PathBuf| real.starts_with(top);
        let is_looked_at =
            self.tops.iter().any(is_below) && !real.iter().any(|part| part == ".git");
        is_looked_at.then_some(Kind::FolderBehind(real))
    }
}

/// All that was seen.
struct State<'a> {
    tops: &'a Tops,
    folders: &'a Folders,
    heads: &'a Known,
    out: &'a Path,
}

impl State<'_> {
    /// What decides what go answers. Of files that go doesn't read, names count only where they may be embedded.
    fn digest(&self) -> Option<Digest> {
        let mut parts = Parts::default();
        for path in &self.tops.absent {
            parts.add(b"absent").add(path.to_str()?.as_bytes());
        }
        for path in &self.tops.files {
            self.add_head(path, &mut parts)?;
        }
        for path in &self.tops.folders {
            parts.add(b"top").add(path.to_str()?.as_bytes());
        }
        let embedding = self.embedding();
        for (path, folder) in self.folders {
            let folder_name = path.to_str()?.as_bytes();
            let may_be_embedded = path.ancestors().any(|above| embedding.contains(above));
            for (name, kind) in &folder.entries {
                let is_read = reading(name) != Reading::Nothing;
                // Which artifacts there are says nothing to go.
                let is_folder = matches!(kind, Kind::Folder | Kind::FolderBehind(_))
                    && !path.starts_with(self.out)
                    && path.join(name) != self.out;
                if !(is_read || is_folder || may_be_embedded) {
                    continue;
                }
                parts.add(kind.word()).add(folder_name).add(name.as_bytes());
                match kind {
                    Kind::FolderBehind(real) => drop(parts.add(real.to_str()?.as_bytes())),
                    Kind::File | Kind::Link if is_read => {
                        self.add_head(&path.join(name), &mut parts)?;
                    }
                    Kind::File | Kind::Folder | Kind::Link | Kind::Other => {}
                }
            }
        }
        Some(parts.digest())
    }

    fn add_head(&self, path: &Path, parts: &mut Parts) -> Option<()> {
        let name = path.to_str()?;
        let head = self.heads.get(name)?;
        parts.add(name.as_bytes()).add(&head.digest);
        Some(())
    }

    /// The folders of files that may embed others.
    fn embedding(&self) -> BTreeSet<&Path> {
        let embedding = self.heads.iter().filter(|(_, head)| head.embeds);
        embedding
            .filter_map(|(path, _)| Path::new(path).parent())
            .collect()
    }

    fn moment(&self) -> Digest {
        let mut parts = Parts::default();
        for (path, folder) in self.folders {
            parts.add(path.as_os_str().as_encoded_bytes());
            parts.add(folder.stamp.to_string().as_bytes());
        }
        for (path, head) in self.heads {
            parts.add(path.as_bytes());
            parts.add(head.stamp.to_string().as_bytes());
        }
        parts.digest()
    }
}

impl Kind {
    fn word(&self) -> &'static [u8] {
        match self {
            Self::File => b"file",
            Self::Folder => b"is folder",
            Self::Link => b"link",
            Self::FolderBehind(_) => b"leads to",
            Self::Other => b"other",
        }
    }
}

/// A digest of parts that are told apart.
#[derive(Default)]
pub(super) struct Parts(Sha256);

impl Parts {
    pub(super) fn add(&mut self, part: &[u8]) -> &mut Self {
        self.0.update(part.len().to_le_bytes());
        self.0.update(part);
        self
    }

    pub(super) fn digest(self) -> Digest {
        self.0.finalize().into()
    }
}

#[cfg(test)]
#[cfg(unix)]
#[path = "grounds_tests.rs"]
mod tests;
