//! What go tells of the modules that a program is made of: which, how old, and whether they are what go.sum has.
//!
//! Nothing is written: go.mod and go.sum stay as they are (`-mod=readonly`, `-diff`).

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{GoError, ListQuery, PinnedGo, stream};
use crate::process::{Cancel, ProcessError};

/// A module of the build list, as `go list -m -json` has it; an absent field is empty.
///
/// Source: `go help list`, the struct `Module`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListedModule {
    /// Its path.
    pub path: String,
    /// Its version; empty for a main module.
    pub version: String,
    /// When that was made, in the format of RFC 3339.
    pub time: String,
    /// All released versions, the oldest first.
    pub versions: Vec<String>,
    /// A newer version.
    pub update: Option<Box<Self>>,
    /// What is used in its place.
    pub replace: Option<Box<Self>>,
    /// Whether it is a module of the project.
    pub main: bool,
    /// Whether go.mod requires it for others alone.
    pub indirect: bool,
    /// The folder with its files; empty where they were not fetched.
    pub dir: PathBuf,
    /// Why its author took the version back.
    pub retracted: Vec<String>,
    /// What its author says in place of maintaining it.
    pub deprecated: String,
    /// Why not all could be told.
    pub error: Option<ModuleError>,
}

/// Why go can't tell all of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ModuleError {
    /// What go says.
    pub err: String,
}

/// A package that programs are linked from, and the module that it is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PackageOfModule {
    /// The import path.
    pub import_path: String,
    /// Whether it belongs to the standard library.
    pub standard: bool,
    /// The packages that it needs, with all of theirs.
    pub deps: Vec<String>,
    /// Its module.
    pub module: Option<ListedModule>,
    /// Why it can't be loaded.
    pub error: Option<ModuleError>,
}

/// Whether go may ask a proxy for what it doesn't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// As GOPROXY says.
    Asked,
    /// Only what was fetched before counts.
    Off,
}

impl PinnedGo {
    /// Without a proxy, where nobody may be asked.
    #[must_use]
    pub fn on(mut self, network: Network) -> Self {
        if network == Network::Off {
            self.env.set("GOPROXY", "off");
        }
        self
    }

    /// The build list, with what the proxy knows of each module.
    ///
    /// # Errors
    /// When go fails; that a module's proxy can't be asked is told with the module.
    pub fn modules(&self, dir: &Path, cancel: &Cancel) -> Result<Vec<ListedModule>, GoError> {
        let about = ["-m", "-u", "-retracted", "-versions", "-json", "all"];
        let command = self
            .command(["list", "-e", "-mod=readonly"])
            .args(about)
            .dir(dir);
        let output = command.run(cancel).map_err(GoError::List)?;
        stream(&output.stdout, "go list -m")
    }

    /// What the proxy knows of some versions, `path@version` each, which needn't be of the build list; one that
    /// isn't known has an error.
    ///
    /// # Errors
    /// When go fails.
    pub fn other_versions(
        &self,
        (dir, versions): (&Path, &[String]),
        cancel: &Cancel,
    ) -> Result<Vec<ListedModule>, GoError> {
        let flags = ["-u", "-retracted", "-versions"];
        self.listed_versions(&flags, (dir, versions), cancel)
    }

    /// The times of some versions, `path@version` each; one that isn't known has an error.
    ///
    /// # Errors
    /// When go fails.
    pub fn versions(
        &self,
        (dir, versions): (&Path, &[String]),
        cancel: &Cancel,
    ) -> Result<Vec<ListedModule>, GoError> {
        self.listed_versions(&[], (dir, versions), cancel)
    }

    fn listed_versions(
        &self,
        flags: &[&str],
        (dir, versions): (&Path, &[String]),
        cancel: &Cancel,
    ) -> Result<Vec<ListedModule>, GoError> {
        // Without any, go would tell of the main module.
        if versions.is_empty() {
            return Ok(Vec::new());
        }
        let command = self.command(["list", "-e", "-mod=readonly", "-m", "-json"]);
        let command = command.args(flags).args(versions).dir(dir);
        let output = command.run(cancel).map_err(GoError::List)?;
        stream(&output.stdout, "go list -m")
    }

    /// What `go mod tidy` would change, as a diff; empty where that is nothing.
    ///
    /// # Errors
    /// When go can't tell.
    pub fn tidy_diff(
        &self,
        (dir, compat): (&Path, Option<&str>),
        cancel: &Cancel,
    ) -> Result<String, ProcessError> {
        let compat = compat.map(|release| format!("-compat={release}"));
        let command = self.command(["mod", "tidy", "-diff"]).args(compat).dir(dir);
        match command.run(cancel) {
            Ok(output) => Ok(output.stdout_text().into_owned()),
            // With a diff it exits with 1.
            Err(ProcessError::Exit { output, .. }) if !output.stdout.is_empty() => {
                Ok(output.stdout_text().into_owned())
            }
            Err(error) => Err(error),
        }
    }

    /// The modules whose files are others than go.sum has, a line each.
    ///
    /// # Errors
    /// When go can't tell.
    pub fn altered(&self, dir: &Path, cancel: &Cancel) -> Result<Vec<String>, ProcessError> {
        let command = self.command(["mod", "verify"]).dir(dir);
        match command.run(cancel) {
            Ok(_) => Ok(Vec::new()),
            Err(ProcessError::Exit { output, .. })
                if String::from_utf8_lossy(&output.stderr).contains("has been modified") =>
            {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let lines = said
                    .lines()
                    .filter(|line| line.contains("has been modified"));
                Ok(lines.map(str::to_owned).collect())
            }
            Err(error) => Err(error),
        }
    }

    /// Which module requires which: `path@version` each, a main module without its version.
    ///
    /// # Errors
    /// When go can't tell.
    pub fn requirements(
        &self,
        dir: &Path,
        cancel: &Cancel,
    ) -> Result<Vec<(String, String)>, ProcessError> {
        let output = self.command(["mod", "graph"]).dir(dir).run(cancel)?;
        let text = output.stdout_text();
        let edges = text.lines().filter_map(|line| line.split_once(' '));
        Ok(edges
            .map(|(from, to)| (from.to_owned(), to.to_owned()))
            .collect())
    }

    /// Makes in another folder what `vendor` should be.
    ///
    /// # Errors
    /// When go can't.
    pub fn vendor(&self, (dir, into): (&Path, &Path), cancel: &Cancel) -> Result<(), ProcessError> {
        let command = self.command(["mod", "vendor", "-o"]).arg(into).dir(dir);
        command.run(cancel).map(drop)
    }

    /// Builds a program of another module, `package@version`, into a folder.
    ///
    /// # Errors
    /// When go can't.
    pub fn install(
        &self,
        package: &str,
        folder: &Path,
        cancel: &Cancel,
    ) -> Result<(), ProcessError> {
        let command = self.command(["install", package]).dir(folder);
        // It may want a newer go than the one that builds here.
        let command = command.env("GOBIN", folder).env("GOTOOLCHAIN", "auto");
        command.env("GOWORK", "off").run(cancel).map(drop)
    }

    /// The packages that programs are linked from, with their modules.
    ///
    /// # Errors
    /// When go fails.
    pub fn linked_modules(
        &self,
        query: ListQuery<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<PackageOfModule>, GoError> {
        let fields = "-json=ImportPath,Standard,Deps,Module,Error";
        self.listing(&["-deps", fields], query, cancel)
    }
}
