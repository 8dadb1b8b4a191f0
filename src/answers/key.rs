//! What tells one question to go from another.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::grounds::Parts;
use crate::ledger::{Digest, FileStamp};
use crate::process::Command;
use crate::tools::go::Settings;

/// The go command that answers, and where what it brings along lies: files that never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoItself {
    digest: Digest,
    folders: Vec<PathBuf>,
}

impl GoItself {
    /// That of these settings; none of one that somebody works on, whose files change.
    #[must_use]
    pub fn of(program: &Path, settings: &Settings) -> Option<Self> {
        if !settings.version.starts_with("go1") {
            return None;
        }
        let mut parts = Parts::default();
        parts.add(settings.version.as_bytes());
        parts.add(settings.goroot.as_bytes());
        for file in settings.files.iter().map(PathBuf::as_path).chain([program]) {
            let stamp = fs::metadata(file).map(|metadata| FileStamp::of(&metadata).to_string());
            parts.add(file.as_os_str().as_encoded_bytes());
            parts.add(stamp.unwrap_or_default().as_bytes());
        }
        let modules = settings.inherited.get("GOMODCACHE").map(PathBuf::from);
        let folders = std::iter::once(PathBuf::from(&settings.goroot)).chain(modules);
        Some(Self {
            digest: parts.digest(),
            folders: folders.filter(|folder| folder.is_absolute()).collect(),
        })
    }

    #[cfg(test)]
    pub(super) fn in_folders(folders: &[&str]) -> Self {
        Self {
            digest: [0; 32],
            folders: folders.iter().map(PathBuf::from).collect(),
        }
    }

    /// Whether it brought this folder along.
    #[must_use]
    pub fn has(&self, folder: &Path) -> bool {
        self.folders.iter().any(|own| folder.starts_with(own))
    }
}

/// Variables that say how, and where what is removed again lies; go lists the same with whatever values.
const HOW: &[&str] = &[
    "GOGC",
    "GOMAXPROCS",
    "GOMEMLIMIT",
    "GOTMPDIR",
    "SOURCE_DATE_EPOCH",
    "TMPDIR",
];

/// Variables by which go would read other files than those that are looked at.
const ELSEWHERE: &[&str] = &["GO111MODULE", "GOPACKAGESDRIVER", "GOROOT", "GOTOOLDIR"];

/// Flags of `go list` with which it reads nothing else, and changes nothing.
const PLAIN: &[&str] = &[
    "-deps",
    "-e",
    "-find",
    "-mod=readonly",
    "-mod=vendor",
    "-pgo=auto",
    "-pgo=off",
    "-race",
    "-trimpath",
];

/// The same with whatever values.
const PLAIN_WITH_VALUE: &[&str] = &["-asmflags=", "-gcflags=", "-json=", "-tags="];

/// Whether go lists packages by this command from nothing but files that are looked at.
#[must_use]
pub(super) fn lists_plainly(command: &Command) -> bool {
    let is_plain = |word: &OsStr| {
        let Some(word) = word.to_str() else {
            return false;
        };
        !word.starts_with('-')
            || PLAIN.contains(&word)
            || PLAIN_WITH_VALUE.iter().any(|flag| word.starts_with(flag))
    };
    let mut words = command.args.iter();
    words.next().is_some_and(|verb| verb == "list") && words.all(|word| is_plain(word))
}

/// What tells a command from others; none of one that can't be told from its words.
#[must_use]
pub(super) fn key(command: &Command, go: &GoItself) -> Option<Digest> {
    let is_elsewhere = |name: &&str| command.env.contains_key(OsStr::new(*name));
    if ELSEWHERE.iter().any(is_elsewhere) {
        return None;
    }
    let mut parts = Parts::default();
    parts.add(&go.digest);
    parts.add(command.program.as_encoded_bytes());
    let dir = command.dir.as_deref().unwrap_or(Path::new(""));
    parts.add(dir.as_os_str().as_encoded_bytes());
    for word in &command.args {
        parts.add(b"word").add(word.as_encoded_bytes());
    }
    let variables = command.env.iter();
    for (name, value) in variables.filter(|(name, _)| !HOW.iter().any(|how| *name == how)) {
        parts.add(b"variable").add(name.as_encoded_bytes());
        parts.add(value.as_encoded_bytes());
    }
    Some(parts.digest())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Head;

    fn go(version: &str) -> GoItself {
        GoItself {
            digest: Head::whole(version.as_bytes()).digest,
            folders: Vec::new(),
        }
    }

    fn list(args: &[&str]) -> Command {
        Command::new("go")
            .args(["list", "-e"])
            .args(args)
            .env("GOOS", "linux")
    }

    #[test]
    fn commands_are_told_apart_by_all_that_may_change_the_answer() {
        let key = |command: &Command| key(command, &go("go1.26.8")).unwrap();
        let all = [
            list(&["./..."]),
            list(&["-deps", "./..."]),
            list(&["./..."]).dir("/x"),
            list(&["./..."]).env("GOOS", "windows"),
            list(&["./..."]).env("GOPRIVATE", "x"),
            list(&["./..", "."]),
        ];
        let keys: std::collections::BTreeSet<_> = all.iter().map(key).collect();
        assert_eq!(keys.len(), all.len());
        let same = list(&["./..."])
            .env("GOMAXPROCS", "3")
            .env("GOTMPDIR", "/x");
        assert_eq!(key(&list(&["./..."])), key(&same));
        let other = super::key(&list(&["./..."]), &go("go1.27.0"));
        assert_ne!(Some(key(&list(&["./..."]))), other);
    }

    #[test]
    fn what_reads_other_files_is_always_asked() {
        assert!(lists_plainly(&list(&["-tags=a,b", "-race", "./x"])));
        for flag in ["-modfile=x.mod", "-overlay=x", "-mod=mod", "-C=x", "-asan"] {
            assert!(!lists_plainly(&list(&[flag, "./x"])), "{flag}");
        }
        let command = list(&[]).env("GO111MODULE", "off");
        assert_eq!(key(&command, &go("go1.26.8")), None);
    }
}
