//! What a program is made from: files of this machine, and versions of modules. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::tools::go::sources::{Origin, SourcePackage};

/// What a program is made from, besides the standard library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Files, which may change at any time; below the root relative to that.
    pub files: BTreeSet<String>,
    /// Modules with their versions, whose files never change.
    pub modules: BTreeMap<String, String>,
    /// Folders all of whose files may be read, since C or an assembler is told to include them.
    pub read_whole: BTreeSet<String>,
    /// Whether there are such folders.
    pub has_c: bool,
    /// Files and folders that the flags of C compilers and linkers name.
    pub named_to_c: BTreeSet<String>,
    /// The top folders of modules and packages that lie on this machine: a new file there may belong to them.
    pub trees: BTreeSet<String>,
    /// The folders of packages, and of modules.
    pub folders: BTreeSet<String>,
    /// The folders of packages below which any file may be embedded.
    pub embedding: BTreeSet<String>,
}

/// Where sources lie.
#[derive(Clone, Copy, Debug)]
pub struct Folders<'a> {
    /// The manifest's folder.
    pub root: &'a Path,
    /// The folder of downloaded modules.
    pub modules: Option<&'a Path>,
}

impl Sources {
    /// What the program of this import path is made from; none where go couldn't tell all of it.
    #[must_use]
    pub fn of(program: &str, packages: &Packages<'_>, folders: Folders<'_>) -> Option<Self> {
        let mut sources = Self::default();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![program];
        while let Some(path) = waiting.pop() {
            if !seen.insert(path) {
                continue;
            }
            let package = packages.0.get(path)?;
            match package.origin(folders.modules) {
                // It imports nothing else than itself.
                Origin::Standard => continue,
                Origin::Module { path, version } => {
                    sources.modules.insert(path.to_owned(), version);
                }
                Origin::Local { go_mod, top } => {
                    sources.add_local(package, (go_mod, top), folders.root)?;
                }
            }
            if !package.is_loaded() {
                return None;
            }
            // The package C is no package.
            let imports = package.imports.iter().map(String::as_str);
            waiting.extend(imports.filter(|import| *import != "C"));
        }
        Some(sources)
    }

    /// The paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    fn add_local(
        &mut self,
        package: &SourcePackage,
        (go_mod, top): (Option<&Path>, Option<&Path>),
        root: &Path,
    ) -> Option<()> {
        for file in package.files() {
            // What go itself made, as for cgo, it makes anew from what changes.
            self.files.insert(relative(&file, root)?);
        }
        let list = package
            .vendor_folder()
            .map(|folder| folder.join("modules.txt"));
        for file in go_mod.map(Path::to_owned).into_iter().chain(list) {
            self.files.insert(relative(&file, root)?);
        }
        let top = relative(&package.top(top), root)?;
        if package.includes() {
            self.has_c = true;
            self.read_whole.insert(top.clone());
            for path in package.named_to_c() {
                self.named_to_c.insert(relative(&path, root)?);
            }
        }
        let folder = relative(&package.dir, root)?;
        if package.embeds() {
            self.embedding.insert(folder.clone());
        }
        self.folders.extend([folder, top.clone()]);
        self.trees.insert(top);
        Some(())
    }
}

/// Packages by their import paths.
#[derive(Debug)]
pub struct Packages<'a>(BTreeMap<&'a str, &'a SourcePackage>);

impl<'a> Packages<'a> {
    /// These packages.
    #[must_use]
    pub fn new(packages: &'a [SourcePackage]) -> Self {
        let by_path = packages.iter().map(|one| (one.import_path.as_str(), one));
        Self(by_path.collect())
    }
}

/// A path as the ledger names it; none where it is no text.
pub(super) fn relative(path: &Path, root: &Path) -> Option<String> {
    let path = path.strip_prefix(root).unwrap_or(path);
    Some(match path.to_str()? {
        "" => ".".to_owned(),
        path => path.to_owned(),
    })
}
