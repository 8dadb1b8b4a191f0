//! A folder with the files that a cluster is deployed from.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::deployment::Kind;
use super::error::{GitopsError, NoFile};

/// More than any such file has.
const MOST: u64 = 16 << 20;

/// The names that kustomize looks for in a folder.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A checkout: files are read and written below it, and nowhere else.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Without links in it.
    root: PathBuf,
}

/// A file of a checkout that names the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its path from there, or for a kustomization that of its folder.
    pub path: String,
    /// What kind of file it is.
    pub kind: Kind,
}

/// A file of a checkout that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its path from there, with slashes, and without links in it.
    pub(super) name: String,
    pub(super) path: PathBuf,
}

impl Checkout {
    /// Opens a folder.
    ///
    /// # Errors
    /// When it isn't there.
    pub fn open(path: &Path) -> Result<Self, GitopsError> {
        let failed = |error| GitopsError::NoCheckout {
            path: path.to_owned(),
            error,
        };
        let root = path.canonicalize().map_err(failed)?;
        fs::read_dir(&root).map_err(failed)?;
        Ok(Self { root })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The file of a place, which has to lie in the checkout wherever links lead.
    pub(super) fn find(&self, place: &Place) -> Result<Found, GitopsError> {
        let path = Path::new(&place.path);
        let unfit = |why| GitopsError::Path {
            path: self.root.join(path),
            why,
        };
        let is_plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if place.path.is_empty() || !path.components().all(is_plain) {
            return Err(unfit(NoFile::Outside));
        }
        let mut path = self.root.join(path);
        if place.kind == Kind::Kustomization && path.is_dir() {
            path = kustomization_in(&path).map_err(unfit)?;
        }
        let read = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => unfit(NoFile::NoFile),
            _ => GitopsError::Read {
                path: path.clone(),
                error,
            },
        };
        let path = path.canonicalize().map_err(read)?;
        let inside = path.strip_prefix(&self.root);
        let inside = inside.map_err(|_| unfit(NoFile::Outside))?;
        if inside.components().any(is_of_git) {
            return Err(unfit(NoFile::OfGit));
        }
        if !path.is_file() {
            return Err(unfit(NoFile::NoFile));
        }
        let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
        let name = parts.ok_or_else(|| unfit(NoFile::NoText))?.join("/");
        Ok(Found { name, path })
    }
}

impl Found {
    /// What the file holds.
    pub(super) fn text(&self) -> Result<String, GitopsError> {
        let failed = |error| GitopsError::Read {
            path: self.path.clone(),
            error,
        };
        let unfit = |why| GitopsError::Path {
            path: self.path.clone(),
            why,
        };
        if fs::metadata(&self.path).map_err(failed)?.len() > MOST {
            return Err(unfit(NoFile::Large));
        }
        let bytes = fs::read(&self.path).map_err(failed)?;
        String::from_utf8(bytes).map_err(|_| unfit(NoFile::NoText))
    }
}

/// The one kustomization of a folder.
fn kustomization_in(folder: &Path) -> Result<PathBuf, NoFile> {
    let paths = KUSTOMIZATIONS.map(|name| folder.join(name));
    let mut there = paths.into_iter().filter(|path| path.is_file());
    match (there.next(), there.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(NoFile::NoKustomization),
        (Some(_), Some(_)) => Err(NoFile::Kustomizations),
    }
}

fn is_of_git(part: Component<'_>) -> bool {
    part.as_os_str().eq_ignore_ascii_case(".git")
}
