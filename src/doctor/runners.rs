//! What the manifest names to run programs with, or to keep them from the machine: whether that works here.

use std::path::Path;

use super::report::{Examined, Need, State};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::process::Cancel;
use crate::smoke::{Isolation, Isolator, WINE_ROOT, Wine};

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
    let wines = wines.map(|root| {
        let state = wine(&folder.join(root), host, cancel);
        ("wine", "runs programs for Windows: smoke", state, WINE_ROOT)
    });
    let engines = manifest.isolators().into_iter();
    let engines = engines.filter_map(|isolator| {
        let page = match isolator {
            // A row of its own.
            Isolator::Bubblewrap => return None,
            Isolator::Docker => "https://docs.docker.com/engine/install",
            Isolator::Podman => "https://podman.io/docs/installation",
        };
        let state = engine(isolator, host, cancel);
        let purpose = "keeps programs from this machine: smoke";
        Some((isolator.as_str(), purpose, state, page))
    });
    wines
        .chain(engines)
        .map(|(name, purpose, state, install)| Examined {
            id: None,
            name,
            purpose,
            need: need.clone(),
            install: (!matches!(state, State::Found { .. })).then(|| install.to_owned()),
            state,
        })
        .collect()
}

fn wine(root: &Path, host: &Host, cancel: &Cancel) -> State {
    let tried = || -> Result<Wine, String> {
        let isolation = Isolation::find(Isolator::Bubblewrap, host, cancel);
        let Isolation::Bubblewrap(bubblewrap) = isolation.map_err(|why| why.to_string())? else {
            return Err("it takes bubblewrap".to_owned());
        };
        let wine = Wine::find(root, &bubblewrap, cancel).map_err(|why| why.to_string())?;
        wine.try_out(&bubblewrap, cancel)?;
        Ok(wine)
    };
    let path = root.to_owned();
    match tried() {
        Ok(wine) => State::Found {
            version: wine.version(),
            path,
            detail: Some("windows/amd64".to_owned()),
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
