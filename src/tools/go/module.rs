//! A module by itself, fetched like the dependencies of a program.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Go, GoError, Settings, json};
use crate::process::{Cancel, ProcessError};

/// A module in Go's module cache.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FetchedModule {
    /// The version that a query such as `latest` stands for.
    pub version: String,
    /// The folder with its files.
    pub dir: PathBuf,
    /// Its digest, as go.sum has it; checked by Go's checksum database.
    pub sum: String,
}

/// What go says instead of a module.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refused {
    error: String,
}

impl Go {
    /// Fetches a module, if it isn't in the module cache: `path@version`. `dir` is a folder that
    /// belongs to no module, whose go.sum would be written.
    ///
    /// # Errors
    /// When go can't get it.
    pub fn fetch(
        &self,
        settings: &Settings,
        module: &str,
        dir: &Path,
        cancel: &Cancel,
    ) -> Result<FetchedModule, GoError> {
        // A module may want a newer go than the one that is here, if only to be unpacked.
        let pinned = self.pinned(settings, "auto", "off");
        let command = pinned.command(["mod", "download", "-json", module]);
        let output = command.dir(dir).run(cancel).map_err(|error| {
            // go writes the reason where the answer would be.
            let said = match &error {
                ProcessError::Exit { output, .. } => {
                    serde_json::from_slice::<Refused>(&output.stdout).ok()
                }
                _ => None,
            };
            match said {
                Some(Refused { error }) => GoError::Module {
                    module: module.to_owned(),
                    said: error,
                },
                None => error.into(),
            }
        })?;
        json(&output.stdout, "go mod download")
    }
}
