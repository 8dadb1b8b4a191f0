//! Disks that fill while a step is done.

use std::fmt;
use std::path::{Path, PathBuf};

use super::session::Session;

/// How systems say that a disk has no room, or nothing more for this user.
const SIGNS: &[&str] = &[
    "o space left on device",
    "isk quota exceeded",
    "not enough space on the disk",
];

/// What stands in go's messages for its folder among the temporary files.
const WORK: &str = "$WORK";

/// A disk that was full, by what was to be written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullDisk {
    /// What builds write there.
    holds: Holds,
    /// The folder.
    folder: PathBuf,
}

/// What builds write to a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Temporary,
    Cache,
    Output,
}

impl FullDisk {
    /// The disks that messages tell of.
    pub(super) fn find(messages: &[String], session: &Session) -> Vec<Self> {
        let cache = session.inherited.get("GOCACHE").map(Path::new);
        let folders = [
            // A second build's cache lies there, too.
            (Holds::Temporary, Some(session.temporary.as_path())),
            (Holds::Cache, cache),
            (Holds::Output, Some(session.out.path())),
        ];
        let folders = folders.into_iter();
        let folders: Vec<_> = folders
            .filter_map(|(holds, folder)| Some((holds, folder?)))
            .collect();
        of_messages(messages, &folders)
    }
}

fn of_messages(messages: &[String], folders: &[(Holds, &Path)]) -> Vec<FullDisk> {
    let mut full = Vec::new();
    for line in messages.iter().filter(|line| tells_of_full_disk(line)) {
        // What a file was copied from comes first in its line.
        let last = |(holds, folder): &&(Holds, &Path)| {
            let work = (*holds == Holds::Temporary).then_some(WORK);
            let names = work.into_iter().chain(folder.to_str());
            names.filter_map(|name| line.rfind(name)).max()
        };
        let named = folders.iter().filter(|folder| last(folder).is_some());
        let Some((holds, folder)) = named.max_by_key(last) else {
            continue;
        };
        let one = FullDisk {
            holds: *holds,
            folder: (*folder).to_owned(),
        };
        if !full.contains(&one) {
            full.push(one);
        }
    }
    full
}

/// Whether a line says that some disk is full.
#[must_use]
pub fn tells_of_full_disk(line: &str) -> bool {
    SIGNS.iter().any(|sign| line.contains(sign))
}

/// What is full, and what to do.
impl fmt::Display for FullDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, next) = match self.holds {
            Holds::Temporary => (
                "temporary files",
                "make room there, or set TMPDIR to a folder on another disk",
            ),
            Holds::Cache => (
                "Go's cache",
                "make room there (`go clean -cache` empties it), or set GOCACHE to a folder on another disk",
            ),
            Holds::Output => (
                "the output",
                "make room there, or name a folder on another disk with --out",
            ),
        };
        let folder = self.folder.display();
        write!(
            f,
            "the disk of `{folder}` is full, which has {what}: {next}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of messages that go wrote.
    fn told(messages: &[&str]) -> Vec<String> {
        let messages: Vec<String> = messages.iter().map(|line| (*line).to_owned()).collect();
        let folders = [
            (Holds::Temporary, Path::new("/tmp/gobuildx-1.x")),
            (Holds::Cache, Path::new("/home/me/.cache/go-build")),
            (Holds::Output, Path::new("/src/dist")),
        ];
        let full = of_messages(&messages, &folders);
        full.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_disk_that_is_full_is_told_once_with_what_to_do() {
        let lines = [
            "compile: writing output: write $WORK/b023/_pkg_.a: no space left on device",
            "x: write /tmp/gobuildx-1.x/go-build1/b025/importcfg: no space left on device",
        ];
        let [told] = told(&lines).try_into().unwrap();
        assert!(
            told.contains("`/tmp/gobuildx-1.x` is full") && told.contains("TMPDIR"),
            "{told}"
        );
    }

    #[test]
    fn each_folder_that_builds_write_to_is_known() {
        let cache = told(&["go: open /home/me/.cache/go-build/ab/c-d: disk quota exceeded"]);
        assert!(
            cache.iter().any(|line| line.contains("GOCACHE")),
            "{cache:?}"
        );
        let output = told(&["write /src/dist/.gobuildx/work.1/x: no space left on device"]);
        assert!(
            output.iter().any(|line| line.contains("--out")),
            "{output:?}"
        );
    }

    #[test]
    fn the_disk_of_what_is_written_counts_and_not_of_what_it_is_copied_from() {
        let line = "go build x: copying /tmp/gobuildx-1.x/b001/exe/a.out to /src/dist/x: write \
                    /src/dist/x: no space left on device";
        let [told] = told(&[line]).try_into().unwrap();
        assert!(
            told.starts_with("the disk of `/src/dist` is full"),
            "{told}"
        );
    }

    #[test]
    fn other_messages_and_other_folders_tell_of_no_disk() {
        let elsewhere = "write /mnt/x: no space left on device";
        let other = "open /src/dist/x: permission denied";
        assert!(told(&[elsewhere, other]).is_empty());
        assert!(tells_of_full_disk(elsewhere) && !tells_of_full_disk(other));
    }
}
