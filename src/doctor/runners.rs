//! What the manifest names to run programs with, or to keep them from the machine: whether that works here.

use std::path::Path;

use super::report::{Examined, Need, State};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::process::Cancel;
use crate::smoke::{Bubblewrap, Isolation, Isolator, WINE_ROOT, Wine};
use crate::target::Goos;

/// The wines and engines that a manifest in a folder names.
pub(super) fn runners(
    manifest: &Manifest,
    folder: &Path,
    host: &Host,
    cancel: &Cancel,
) -> Vec<Examined> {
    let need = if manifest.refuses_what_is_not_run() {
        Need::Required {
            reason: "[smoke] names it, and `not_run = \"fail\"`".to_owned(),
        }
    } else {
        Need::Optional
    };
    let wines = manifest.wines().into_iter();
    let wines = wines.map(|root| Row {
        name: "wine",
        purpose: "runs programs for Windows: smoke",
        state: wine(&folder.join(root), host, cancel),
        install: WINE_ROOT,
    });
    let engines = manifest.isolators().into_iter();
    let engines = engines.filter_map(|isolator| {
        let install = match isolator {
            // A row of its own.
            Isolator::Bubblewrap => return None,
            Isolator::Docker => "https://docs.docker.com/engine/install",
            Isolator::Podman => "https://podman.io/docs/installation",
        };
        Some(Row {
            name: isolator.as_str(),
            purpose: "keeps programs from this machine: smoke",
            state: engine(isolator, host, cancel),
            install,
        })
    });
    let rows = wines.chain(engines);
    rows.map(|row| row.needed(need.clone())).collect()
}

/// What a manifest names.
struct Row {
    name: &'static str,
    purpose: &'static str,
    state: State,
    /// How one gets it.
    install: &'static str,
}

impl Row {
    fn needed(self, need: Need) -> Examined {
        let is_found = matches!(self.state, State::Found { .. });
        Examined {
            id: None,
            name: self.name.into(),
            purpose: self.purpose.into(),
            need,
            install: (!is_found).then(|| self.install.to_owned()),
            state: self.state,
        }
    }
}

fn wine(root: &Path, host: &Host, cancel: &Cancel) -> State {
    let tried = || -> Result<Wine, String> {
        let bubblewrap = Bubblewrap::find(host, cancel).map_err(|why| why.to_string())?;
        let wine = Wine::find(root, &bubblewrap, cancel).map_err(|why| why.to_string())?;
        wine.try_out(&bubblewrap, cancel)?;
        Ok(wine)
    };
    let path = root.to_owned();
    match tried() {
        Ok(wine) => State::Found {
            version: wine.version(),
            path,
            detail: Some(format!("{}/{}", Goos::Windows, Wine::GOARCH)),
        },
        Err(problem) => State::Unusable { path, problem },
    }
}

fn engine(isolator: Isolator, host: &Host, cancel: &Cancel) -> State {
    let Some(path) = host.program(isolator.as_str()) else {
        return State::Missing;
    };
    match Isolation::find(isolator, host, cancel) {
        Ok(_) => State::Found {
            version: None,
            path,
            detail: None,
        },
        Err(why) => State::Unusable {
            path,
            problem: why.to_string(),
        },
    }
}
