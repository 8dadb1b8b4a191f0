//! What isn't a program: the system, PATH, Go's settings and folders, the repository.

use std::fs;
use std::path::{Path, PathBuf};

use super::go_env::without_effect;
use super::probe;
use super::report::Note;
use crate::failure::Failure;
use crate::go_install::Wanted;
use crate::host::Host;
use crate::process::Cancel;
use crate::tools::git::{self, GitError};
use crate::tools::go::{Go, Settings};

/// Entries of PATH that depend on where one is.
pub(super) fn path(host: &Host) -> Vec<Note> {
    let relative = host.relative_entries();
    let Some(first) = relative.first() else {
        return Vec::new();
    };
    let shown = match first.to_string_lossy() {
        entry if entry.is_empty() => "an empty entry, which is the current folder,".to_owned(),
        entry => format!("`{entry}`"),
    };
    vec![Note::hint(
        format!("PATH has {shown} among its folders: what lies there depends on where you are"),
        "take it out of PATH; nothing was looked for there".to_owned(),
    )]
}

/// The toolchains that gobuildx has installed.
pub(super) fn installed(host: &Host) -> Option<Note> {
    let installed = probe::installed(host);
    let folder = installed.first()?.goroot.parent()?.display().to_string();
    let names: Vec<String> = installed.iter().map(|it| it.version.toolchain()).collect();
    Some(Note::hint(
        format!("{} in `{folder}`, installed by gobuildx", names.join(", ")),
        "used where there is no go on PATH".to_owned(),
    ))
}

/// Go's settings, and the folders that it keeps things in.
pub(super) fn go(host: &Host, root: &Path, cancel: &Cancel) -> Vec<Note> {
    let settings =
        Go::find(host, &Wanted::default()).and_then(|go| Ok((go.settings(root, cancel)?, go)));
    let (settings, go) = match settings {
        Ok(found) => found,
        Err(error) => {
            let fix = error.hint().unwrap_or_default();
            return vec![Note::problem(error.to_string(), fix)];
        }
    };
    let mut notes: Vec<Note> = ["GOCACHE", "GOMODCACHE"]
        .iter()
        .filter_map(|name| unwritable(&settings, name))
        .collect();
    let file = go.env_file(cancel).ok().flatten();
    let file = file.and_then(|file| fs::read_to_string(file).ok());
    notes.extend(without_effect(&host.env, &file.unwrap_or_default()));
    if settings
        .inherited
        .get("GOPROXY")
        .is_some_and(|proxy| proxy == "off")
    {
        notes.push(Note::hint(
            "GOPROXY=off: go fetches no module and no toolchain".to_owned(),
            "what is in GOMODCACHE or vendored can be built".to_owned(),
        ));
    }
    notes
}

/// What is wrong with a folder that go writes to.
fn unwritable(settings: &Settings, name: &str) -> Option<Note> {
    let folder = PathBuf::from(settings.inherited.get(name)?);
    // Go creates it where it isn't there yet.
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let error = tempfile::tempfile_in(there).err()?;
    Some(Note::problem(
        format!("{name} can't be written to: `{}`: {error}", there.display()),
        format!("make it writable, or set {name} to a folder of yours"),
    ))
}

/// The state of the repository.
pub(super) fn repository(host: &Host, root: &Path, cancel: &Cancel) -> Vec<Note> {
    let Some(top) = git::top(root) else {
        return Vec::new();
    };
    match git::repository(top, host, cancel) {
        Ok(repository) => match repository.head {
            None => vec![Note::hint(
                "the repository has no commit yet: the version is 0.0.0-dev".to_owned(),
                "commit something".to_owned(),
            )],
            Some(head) if head.shallow && head.tag.is_none() => vec![Note::hint(
                "the clone is shallow and has no version tag".to_owned(),
                "git fetch --unshallow --tags".to_owned(),
            )],
            Some(_) => Vec::new(),
        },
        Err(error) => vec![refused(&error)],
    }
}

fn refused(error: &GitError) -> Note {
    Note::problem(error.to_string(), error.hint().unwrap_or_default())
}
