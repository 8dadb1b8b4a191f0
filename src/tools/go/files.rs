//! go.mod and go.work, as go itself parses them.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{ASKING, Go, GoError, PASSED, json};
use crate::process::{Cancel, Command, ProcessError};

/// The part of a go.mod that gobuildx reads.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModuleFile {
    /// The module's own line.
    pub module: ModuleLine,
    /// The `go` line.
    pub go: Option<String>,
    /// The `toolchain` line.
    pub toolchain: Option<String>,
    /// The `replace` lines.
    #[serde(default)]
    replace: Option<Vec<ReplaceLine>>,
}

/// The `module` line of a go.mod.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModuleLine {
    /// The module path.
    pub path: String,
}

/// The part of a go.work that gobuildx reads.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WorkspaceFile {
    /// The `go` line.
    pub go: Option<String>,
    /// The `toolchain` line.
    pub toolchain: Option<String>,
    /// The `use` lines.
    pub r#use: Option<Vec<UseLine>>,
    /// The `replace` lines.
    #[serde(default)]
    replace: Option<Vec<ReplaceLine>>,
}

impl ModuleFile {
    /// The folders that modules are replaced by, as they are written.
    pub fn local_replacements(&self) -> impl Iterator<Item = &str> {
        local_replacements(self.replace.as_deref())
    }
}

impl WorkspaceFile {
    /// The folders that modules are replaced by, as they are written.
    pub fn local_replacements(&self) -> impl Iterator<Item = &str> {
        local_replacements(self.replace.as_deref())
    }
}

/// A folder has no version.
fn local_replacements(lines: Option<&[ReplaceLine]>) -> impl Iterator<Item = &str> {
    let lines = lines.unwrap_or_default().iter();
    lines
        .filter(|line| line.new.version.is_none())
        .map(|line| line.new.path.as_str())
}

/// A `replace` line of a go.mod or go.work.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReplaceLine {
    new: Replacing,
}

/// What is taken in the place of a module.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Replacing {
    path: String,
    version: Option<String>,
}

/// A `use` line of a go.work.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UseLine {
    /// The module's folder as it is written, relative to the go.work.
    pub disk_path: String,
}

impl Go {
    /// Reads a go.mod without resolving anything.
    ///
    /// # Errors
    /// When the file can't be read or parsed.
    pub fn module_file(&self, file: &Path, cancel: &Cancel) -> Result<ModuleFile, GoError> {
        self.edit("mod", file, cancel)
    }

    /// Reads a go.work without resolving anything.
    ///
    /// # Errors
    /// When the file can't be read or parsed.
    pub fn workspace_file(&self, file: &Path, cancel: &Cancel) -> Result<WorkspaceFile, GoError> {
        self.edit("work", file, cancel)
    }

    /// The file that `go env -w` writes; none where go is told not to have one.
    ///
    /// # Errors
    /// When go fails.
    pub fn env_file(&self, cancel: &Cancel) -> Result<Option<PathBuf>, GoError> {
        let mut command = Command::new(&self.program).args(["env", "GOENV"]);
        for (name, value) in self.env.iter() {
            command = command.env(name, value);
        }
        let output = command.envs(ASKING.iter().copied()).run(cancel)?;
        let file = PathBuf::from(output.stdout_text().trim_end());
        Ok(Some(file).filter(|file| file.is_absolute()))
    }

    fn edit<T: DeserializeOwned>(
        &self,
        verb: &str,
        file: &Path,
        cancel: &Cancel,
    ) -> Result<T, GoError> {
        let mut command = Command::new(&self.program)
            .args([verb, "edit", "-json"])
            .args([file])
            .env("GOTOOLCHAIN", "local")
            .env("GOENV", "off");
        for (name, value) in self.env.only(PASSED).iter() {
            command = command.env(name, value);
        }
        let answer = self.asker.of_file(&command, file, cancel);
        let answer = answer.map_err(|error| match error {
            ProcessError::Exit { output, .. } => GoError::File {
                file: file.to_owned(),
                said: output.stderr_text().trim().to_owned(),
            },
            other => other.into(),
        })?;
        json(&answer, "go mod edit")
    }
}
