//! Whether `vendor` is what go would make it (effects): makes it in a folder of its own, and compares.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::check::Answer;
use super::reason::reason;
use crate::process::Cancel;
use crate::temporary::OwnFolder;
use crate::tools::go::PinnedGo;

/// The files of a module's `vendor` that are others than go makes, or missing, or too much.
pub(super) fn differing(go: &PinnedGo, module: &Path, cancel: &Cancel) -> Answer<Vec<String>> {
    let own = OwnFolder::make().map_err(|error| error.to_string())?;
    let made = own.path().join("vendor");
    go.vendor((module, &made), cancel)
        .map_err(|error| reason(&error))?;
    let vendor = module.join("vendor");
    let here = files(&vendor).map_err(|error| error.to_string())?;
    let there = files(&made).map_err(|error| error.to_string())?;
    let mut differing: Vec<String> = Vec::new();
    for (path, file) in &here {
        let is_same = there.get(path).is_some_and(|other| same(file, other));
        if !is_same {
            differing.push(path.clone());
        }
    }
    differing.extend(there.into_keys().filter(|path| !here.contains_key(path)));
    differing.sort();
    Ok(differing)
}

fn same(one: &Path, other: &Path) -> bool {
    match (std::fs::read(one), std::fs::read(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// All files below a folder, by their paths with slashes.
fn files(top: &Path) -> std::io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), top.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push((format!("{path}/"), entry.path()));
            } else {
                files.insert(path, entry.path());
            }
        }
    }
    Ok(files)
}
