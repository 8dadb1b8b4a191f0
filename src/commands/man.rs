//! `gobuildx man`: pages for man, one for gobuildx and one for each verb.

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::{ManArgs, man_pages};
use crate::console;
use crate::failure::{Exit, Failure};

pub(super) fn run(args: &ManArgs) -> Result<Exit, Box<dyn Failure>> {
    let pages = man_pages();
    match &args.out {
        None => {
            let page = pages.first().map_or("", |page| page.text.as_str());
            console::deliver(page)?;
        }
        Some(folder) => {
            make(folder).map_err(|error| ManError::new("make", folder, error))?;
            for page in &pages {
                let path = folder.join(format!("{}.1", page.name));
                std::fs::write(&path, &page.text)
                    .map_err(|error| ManError::new("write", &path, error))?;
            }
        }
    }
    Ok(Exit::Success)
}

fn make(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// A page that can't be written.
#[derive(Debug, thiserror::Error)]
#[error("failed to {action} {}: {error}", path.display())]
struct ManError {
    action: &'static str,
    path: PathBuf,
    error: io::Error,
}

impl ManError {
    fn new(action: &'static str, path: &Path, error: io::Error) -> Self {
        Self {
            action,
            path: path.to_owned(),
            error,
        }
    }
}

impl Failure for ManError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }

    fn hint(&self) -> Option<String> {
        Some("name a folder that you may write to with `--out`".to_owned())
    }
}
