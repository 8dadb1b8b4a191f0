//! A Go project in a folder of its own, and the ways in which tests use it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A main package that prints its variable `version`.
pub const PRINTS_VERSION: &str = r#"package main

import "fmt"

var version = "unset"

func main() { fmt.Println(version) }
"#;

/// A main package that prints a text of its own.
pub fn says(text: &str) -> String {
    format!("package main\n\nimport \"fmt\"\n\nfunc main() {{ fmt.Println({text:?}) }}\n")
}

/// A folder with a Go project in it.
pub struct Project {
    temp: TempDir,
    env: BTreeMap<OsString, OsString>,
}

impl Project {
    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            temp: tempfile::tempdir().unwrap(),
            env: BTreeMap::new(),
        }
    }

    /// The module `example.com/hello` with one main package at its root.
    pub fn hello() -> Self {
        Self::empty()
            .file("go.mod", "module example.com/hello\n\ngo 1.24\n")
            .file("main.go", PRINTS_VERSION)
    }

    /// Adds or replaces a file.
    pub fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// Adds or replaces a file of a project that is in use.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Makes it a git repository with everything committed at a fixed time.
    pub fn committed(self) -> Self {
        self.git(&["init", "-q", "-b", "main"]);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "First"]);
        self
    }

    /// Tags the commit.
    pub fn tagged(self, tag: &str) -> Self {
        self.git(&["tag", tag]);
        self
    }

    /// Sets a variable for every later run.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// A path in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.temp.path().join(path)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        self.temp.path()
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A file as JSON.
    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(path)).unwrap()
    }

    /// Runs git, which has to succeed, and returns what it printed.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=Tester",
                "-c",
                "user.email=tester@example.com",
            ])
            .args(args)
            .current_dir(self.root())
            .env("GIT_AUTHOR_DATE", "2024-05-06T07:08:09Z")
            .env("GIT_COMMITTER_DATE", "2024-05-06T07:08:09Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The command that runs gobuildx in the folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gobuildx"));
        command
            .args(args)
            .current_dir(self.root())
            // What the user has installed is no part of a test.
            .env("GOBUILDX_CACHE", self.path("no-cache"))
            .envs(&self.env)
            .env_remove("SOURCE_DATE_EPOCH");
        command
    }

    /// Runs gobuildx in the folder.
    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }
}

/// What a run printed, and its exit code.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Asserts that stderr has a text in it.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "no {text:?} in stderr:\n{}",
            self.stderr
        );
        self
    }

    /// Asserts that stdout has a text in it.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "no {text:?} in stdout:\n{}",
            self.stdout
        );
        self
    }

    /// Stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}
