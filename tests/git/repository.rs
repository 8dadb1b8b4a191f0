//! A git repository in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gobuildx::host::Host;
use tempfile::TempDir;

/// A folder with a repository, whose commits are all of one time.
pub struct Repository {
    temp: TempDir,
}

impl Repository {
    /// One without a commit.
    pub fn new() -> Self {
        let repository = Self {
            temp: tempfile::tempdir().unwrap(),
        };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.git(&["config", "user.name", "Tester"]);
        repository.git(&["config", "user.email", "tester@example.com"]);
        repository
    }

    /// A clone of another one, which is pushed to that.
    pub fn clone(of: &Self) -> Self {
        let clone = Self {
            temp: tempfile::tempdir().unwrap(),
        };
        let url = format!("file://{}", of.root().display());
        clone.git(&["clone", "-q", &url, "."]);
        clone.git(&["config", "user.name", "Tester"]);
        clone.git(&["config", "user.email", "tester@example.com"]);
        clone
    }

    /// A shallow clone of another one, which has so many commits.
    pub fn shallow(of: &Self, commits: u32) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let clone = Self { temp };
        let url = format!("file://{}", of.root().display());
        let depth = format!("--depth={commits}");
        clone.git(&["clone", "-q", &depth, &url, "."]);
        clone
    }

    pub fn root(&self) -> &Path {
        self.temp.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Adds or replaces a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Commits all that there is, perhaps nothing.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        let message = [
            "commit",
            "-q",
            "--allow-empty",
            "--allow-empty-message",
            "-m",
            message,
        ];
        self.git(&message);
    }

    /// Tags the commit.
    pub fn tag(&self, tag: &str) {
        self.git(&["tag", tag]);
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs git, which has to succeed, and returns what it printed.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(self.root())
            .env("GIT_AUTHOR_DATE", "2024-05-06T07:08:09Z")
            .env("GIT_COMMITTER_DATE", "2024-05-06T07:08:09Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// This machine, but for what its user has configured.
pub fn host() -> Host {
    let mut host = Host::probe().unwrap();
    host.env = host.env.only(&["HOME", "PATH"]);
    host.env.set("GIT_CONFIG_GLOBAL", "/dev/null");
    host.env.set("GIT_CONFIG_NOSYSTEM", "1");
    host
}
