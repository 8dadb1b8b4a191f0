//! The manifest of a project: where it lies, and what it says.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::manifest::{self, Manifest};

/// More bytes than any manifest has: 4 MiB.
const LONGEST: u64 = 4 << 20;

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
    let text = read_text(file).map_err(|error| UnreadableManifest {
        path: file.to_owned(),
        error,
    })?;
    let shown = file.strip_prefix(&host.cwd).unwrap_or(file);
    Ok(manifest::parse(Some(shown), &text)?)
}

/// A manifest that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the manifest `{}`: {error}", .path.display())]
struct UnreadableManifest {
    path: PathBuf,
    error: std::io::Error,
}

impl Failure for UnreadableManifest {
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

/// The text of a file. What is no regular file may have no end, or keep its reader waiting.
fn read_text(path: &Path) -> io::Result<String> {
    let fail = |kind, reason: &str| Err(io::Error::new(kind, reason));
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return fail(io::ErrorKind::IsADirectory, "it is a folder");
    }
    if !metadata.is_file() {
        return fail(io::ErrorKind::InvalidInput, "it is not a regular file");
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LONGEST) {
        return fail(io::ErrorKind::FileTooLarge, "it has more than 4 MiB");
    }
    String::from_utf8(bytes).or_else(|_| fail(io::ErrorKind::InvalidData, "it is not UTF-8"))
}
