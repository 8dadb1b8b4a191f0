//! The manifest of a project: where it lies, and what it says.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::manifest::{self, Manifest};

/// The manifest that is named, or the nearest `targets.toml` up to the top of the repository.
pub(super) fn find(named: Option<&Path>, host: &Host) -> Option<PathBuf> {
    if let Some(file) = named {
        return Some(host.cwd.join(file));
    }
    let in_repository = host.cwd.ancestors().any(is_repository);
    let mut above = host.cwd.ancestors();
    let mut folder = above.next()?;
    loop {
        let file = folder.join("targets.toml");
        // A link that leads nowhere is a fault to tell of, not a manifest that isn't there.
        if file.is_file() || file.is_symlink() {
            return Some(file);
        }
        // Outside of a repository a file in some folder above is somebody else's.
        if !in_repository || is_repository(folder) {
            return None;
        }
        folder = above.next()?;
    }
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// The manifest of a file; without one, what holds then.
pub(super) fn read(file: Option<&Path>, host: &Host) -> Result<Manifest, Box<dyn Failure>> {
    let Some(file) = file else {
        return Ok(Manifest::without_file());
    };
    let text = fs::read_to_string(file).map_err(|error| Unreadable {
        path: file.to_owned(),
        error,
    })?;
    let shown = file.strip_prefix(&host.cwd).unwrap_or(file);
    Ok(manifest::parse(Some(shown), &text)?)
}

/// A manifest that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the manifest `{}`: {error}", .path.display())]
struct Unreadable {
    path: PathBuf,
    error: std::io::Error,
}

impl Failure for Unreadable {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(
            "name a file with --manifest; without it the nearest targets.toml is taken, or none \
             is needed"
                .to_owned(),
        )
    }
}
