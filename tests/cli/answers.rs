//! What tests ask a project: its plan, and the binaries that were built from it.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::project::{Project, Run};

impl Project {
    /// Writes `targets.toml`.
    pub fn manifest(self, text: &str) -> Self {
        self.file("targets.toml", text)
    }

    /// The plan as JSON.
    #[track_caller]
    pub fn plan(&self, args: &[&str]) -> Value {
        let all = [&["plan", "--format", "json"], args].concat();
        self.run(&all).exits(0).json()
    }

    /// Builds with Go's build cache.
    pub fn build(&self, args: &[&str]) -> Run {
        self.run(&[&["build", "--rebuild", "changed"], args].concat())
    }

    /// What a binary below `dist` prints.
    #[track_caller]
    pub fn prints(&self, binary: &str) -> String {
        let output = Command::new(self.path("dist").join(binary))
            .output()
            .unwrap_or_else(|error| panic!("{binary}: {error}"));
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The build information of a binary below `dist`, as go shows it: a line `key<TAB>value` each.
    pub fn build_info(&self, binary: &str) -> String {
        go(&[
            "version",
            "-m",
            self.path("dist").join(binary).to_str().unwrap(),
        ])
    }
}

/// What go prints in the environment of the tests.
#[track_caller]
pub fn go(args: &[&str]) -> String {
    let output = Command::new("go").args(args).output().unwrap();
    assert!(output.status.success(), "go {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A program on the PATH of the tests.
#[expect(clippy::disallowed_methods, reason = "tests look on their own PATH")]
pub fn program(name: &str) -> PathBuf {
    which::which(name).unwrap()
}

/// The folder of a program on the PATH of the tests.
pub fn folder_of(name: &str) -> PathBuf {
    program(name)
        .canonicalize()
        .unwrap()
        .parent()
        .unwrap()
        .to_owned()
}

/// The go processes of a plan.
pub fn compiles(plan: &Value) -> Vec<&Value> {
    let steps = plan["steps"].as_array().unwrap().iter();
    steps.filter(|step| step["kind"] == "compile").collect()
}

/// The strings of an array.
#[track_caller]
pub fn words(array: &Value) -> Vec<&str> {
    let array = array
        .as_array()
        .unwrap_or_else(|| panic!("no array: {array}"));
    array.iter().map(|word| word.as_str().unwrap()).collect()
}

/// The arguments of the only go process of a plan.
#[track_caller]
pub fn only_argv(plan: &Value) -> Vec<&str> {
    let compiles = compiles(plan);
    assert_eq!(compiles.len(), 1, "{plan:#}");
    words(&compiles[0]["argv"])
}

/// The paths of a plan's artifacts.
pub fn artifacts(plan: &Value) -> Vec<&str> {
    let artifacts = plan["artifacts"].as_array().unwrap().iter();
    artifacts
        .map(|artifact| artifact["path"].as_str().unwrap())
        .collect()
}
