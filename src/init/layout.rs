//! Where the Go modules of a folder are: below a go.work, or wherever a go.mod lies.

use std::fs;
use std::path::{Path, PathBuf};

use super::InitError;
use crate::process::Cancel;
use crate::project::below_root;
use crate::tools::go::Go;

/// More folders than this are not looked through.
const MOST_FOLDERS: usize = 50_000;

/// The modules of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The folder.
    pub root: PathBuf,
    /// What joins the modules.
    pub join: Join,
    /// The folders of the modules below the root, `.` for the root itself.
    pub modules: Vec<String>,
}

/// What joins the modules of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// Nothing: each is built by itself.
    Nothing,
    /// A go.work in the folder.
    Workspace {
        /// Folders with a go.mod that it doesn't use.
        unused: Vec<String>,
    },
}

/// Looks for modules in a folder and below it.
///
/// # Errors
/// When there is none, or go can't read the go.work.
pub fn find(go: &Go, root: &Path, cancel: &Cancel) -> Result<Layout, InitError> {
    let found = go_mod_folders(root);
    let file = root.join("go.work");
    if file.is_file() {
        let lines = go.workspace_file(&file, cancel)?.r#use.unwrap_or_default();
        let mut used: Vec<String> = lines
            .iter()
            .filter_map(|line| below_root(&line.disk_path))
            .collect();
        used.sort();
        let unused = found.into_iter().filter(|dir| !used.contains(dir));
        let join = Join::Workspace {
            unused: unused.collect(),
        };
        return Layout::of(root, join, used);
    }
    Layout::of(root, Join::Nothing, found)
}

impl Layout {
    fn of(root: &Path, join: Join, modules: Vec<String>) -> Result<Self, InitError> {
        if modules.is_empty() {
            let mut above = root.ancestors().skip(1);
            return Err(InitError::NoModule {
                folder: root.to_owned(),
                above: above
                    .find(|folder| folder.join("go.mod").is_file())
                    .map(Path::to_owned),
            });
        }
        Ok(Self {
            root: root.to_owned(),
            join,
            modules,
        })
    }
}

/// The folders below a root that have a go.mod, sorted. Folders that go itself ignores are left
/// out, and links aren't followed.
fn go_mod_folders(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![(root.to_owned(), String::new())];
    let mut seen = 0;
    while let Some((folder, below)) = waiting.pop() {
        seen += 1;
        if seen > MOST_FOLDERS {
            break;
        }
        if folder.join("go.mod").is_file() {
            let here = if below.is_empty() { "." } else { &below };
            found.push(here.to_owned());
        }
        // A folder that can't be read has nothing that could be built.
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !is_ignored(name)) else {
                continue;
            };
            let path = if below.is_empty() {
                name.to_owned()
            } else {
                format!("{below}/{name}")
            };
            waiting.push((entry.path(), path));
        }
    }
    found.sort();
    found
}

fn is_ignored(name: &str) -> bool {
    name.starts_with(['.', '_']) || ["testdata", "vendor", "node_modules"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_where_go_would_look() {
        let temp = tempfile::tempdir().unwrap();
        for dir in [
            "a/b",
            "vendor/x",
            "testdata/x",
            ".hidden",
            "_old",
            "node_modules/x",
        ] {
            fs::create_dir_all(temp.path().join(dir)).unwrap();
            fs::write(temp.path().join(dir).join("go.mod"), "module x\n").unwrap();
        }
        assert_eq!(go_mod_folders(temp.path()), ["a/b"]);
        fs::write(temp.path().join("go.mod"), "module x\n").unwrap();
        assert_eq!(go_mod_folders(temp.path()), [".", "a/b"]);
    }
}
