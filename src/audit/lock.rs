//! Reads what a build from here would be made of: what go.mod selects, the lines of go.sum, the commit (effects).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::check::Answer;
use super::drift::{Lock, Selected, Sums};
use super::locked::requiring;
use super::survey::Survey;
use crate::project::{Workspace, folder};
use crate::tools::git::Head;
use crate::tools::go::ListedModule;

impl Survey<'_> {
    /// By what go lists of modules, or why it doesn't.
    pub(super) fn lock_of(&self, listed: Answer<&[ListedModule]>) -> Lock {
        let project = self.projects.any();
        let head = project.repository.as_ref();
        let head = head.and_then(|repository| repository.head.as_ref());
        let folders = project.modules.keys();
        let sums = folders
            .clone()
            .map(|dir| (dir.clone(), self.sums_of(dir, &listed)));
        Lock {
            sums: sums.collect(),
            vendored: folders
                .filter(|dir| self.is_vendored(dir))
                .cloned()
                .collect(),
            selected: listed.map(selected),
            commit: head.map(|head| head.commit.clone()),
            tags: head.map(Head::commits_of_tags).unwrap_or_default(),
            tag: head.and_then(|head| head.tag.clone()),
        }
    }

    /// The lines that require modules, by the folders of go.mod files.
    pub(super) fn required_at(&self) -> BTreeMap<(String, String), usize> {
        let project = self.projects.any();
        let of_folder = |dir: &String| {
            let lines = requiring(&text(&folder(&project.root, dir).join("go.mod")));
            let lines = lines.into_iter();
            let places: Vec<_> = lines
                .map(|(path, line)| ((dir.clone(), path), line))
                .collect();
            places
        };
        project.modules.keys().flat_map(of_folder).collect()
    }

    /// What counts for a module: in a workspace the files of all its modules, and its own.
    fn sums_of(&self, dir: &str, listed: &Answer<&[ListedModule]>) -> Sums {
        let project = self.projects.any();
        let root = &project.root;
        let own = folder(root, dir).join("go.sum");
        let files: BTreeSet<PathBuf> = match &project.workspace {
            Workspace::Off => BTreeSet::from([own]),
            workspace @ (Workspace::Root | Workspace::Elsewhere(_)) => {
                let work = PathBuf::from(workspace.gowork(root)).with_file_name("go.work.sum");
                let listed = listed.as_ref().copied().unwrap_or_default().iter();
                let others = listed.filter(|module| module.main);
                let others = others.map(|module| root.join(&module.dir).join("go.sum"));
                others.chain([own, work]).collect()
            }
        };
        let texts = files.iter().map(|file| text(file));
        Sums::of(&texts.collect::<String>())
    }

    /// Whether `vendor` is compiled, for which go.sum isn't asked.
    pub(super) fn is_vendored(&self, dir: &str) -> bool {
        let project = self.projects.any();
        let folders = match &project.workspace {
            Workspace::Off => vec![folder(&project.root, dir)],
            workspace @ (Workspace::Root | Workspace::Elsewhere(_)) => {
                let work = PathBuf::from(workspace.gowork(&project.root));
                work.parent().map(Path::to_owned).into_iter().collect()
            }
        };
        let mut lists = folders
            .iter()
            .map(|folder| folder.join("vendor/modules.txt"));
        lists.any(|list| list.is_file())
    }
}

fn selected(listed: &[ListedModule]) -> BTreeMap<String, BTreeSet<Selected>> {
    let mut selected: BTreeMap<String, BTreeSet<Selected>> = BTreeMap::new();
    for module in listed.iter().filter(|module| !module.main) {
        let of_path = selected.entry(module.path.clone()).or_default();
        of_path.insert(Selected::of(module));
    }
    selected
}

/// The text of a file, which ends with a line; nothing where there is none.
fn text(file: &Path) -> String {
    let mut text = std::fs::read_to_string(file).unwrap_or_default();
    text.push('\n');
    text
}
