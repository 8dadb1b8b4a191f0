//! The second build: the same command on a copy of the sources, where everything is different that
//! should make no difference.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::command::{Arg, Base, CommandLine, Place};
use super::name::ArtifactPath;
use crate::process::Umask;
use crate::project::Project;
use crate::reproduce::Traced;
use crate::verify::Trimpath;

/// The name of the user in the second build.
const USER: &str = "gobuildx-again";
/// Far from UTC, and with no need of a table of time zones.
const TIME_ZONE: &str = "<+14>-14";
/// Where it isn't installed, programs take the one that they take without any.
const LOCALE: &str = "fr_CH.UTF-8";

/// A copy of the sources.
#[derive(Clone, Debug, Serialize)]
pub struct CopySources {
    /// The folders that are copied, each with its place. They lie to each other as they did.
    pub folders: Vec<CopiedFolder>,
}

/// A folder that is copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopiedFolder {
    /// The folder.
    pub from: Place,
    /// Where it is copied to.
    pub to: Place,
}

/// Two builds of one artifact to compare.
#[derive(Clone, Debug, Serialize)]
pub struct CompareFiles {
    /// The artifact.
    pub artifact: ArtifactPath,
    /// The binary as go made it, twice.
    pub binary: Builds,
    /// The header of a library, which go writes only for one that exports something to C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Builds>,
    /// Whether Go trims paths.
    pub trimpath: Trimpath,
    /// What of the second build may be in its bytes.
    pub tuning: CompareHere,
}

/// A file that is built twice.
#[derive(Clone, Debug, Serialize)]
pub struct Builds {
    /// That of the first build.
    pub first: Place,
    /// That of the second build.
    pub second: Place,
    /// Where both are kept when they differ.
    pub kept: [Place; 2],
}

/// What of the second build may be in its bytes.
#[derive(Clone, Debug, Serialize)]
pub struct CompareHere {
    /// Texts that only the second build can hold.
    pub traces: Vec<TracePlace>,
}

/// A text that only the second build can hold.
#[derive(Clone, Debug, Serialize)]
pub struct TracePlace {
    /// What it is.
    pub of: Traced,
    /// The text.
    pub text: Arg,
}

/// The second build of a target.
#[derive(Clone, Debug)]
pub(super) struct Again {
    /// Where the manifest's folder is in the copy.
    pub(super) root: Place,
    pub(super) copy: CopySources,
    home: Place,
    temporary: Place,
    /// An empty build cache.
    pub(super) cache: Place,
}

/// The variable that tells go and the compiler among how many threads they share their work.
pub(super) const THREADS: &str = "GOMAXPROCS";

/// The threads of a second build: others than the first one's. The budget is that of -p.
pub(super) fn threads(cpu: u32) -> u32 {
    cpu + 1
}

impl Again {
    /// The second build of what has this name, from a copy that has that one.
    pub(super) fn new(project: &Project, slug: &str, copy: &str) -> Self {
        let base = Place::new(Base::Work, "again");
        let (root, folders) = layout(project, &base.join(&format!("sources/{copy}")));
        Self {
            root,
            copy: CopySources { folders },
            home: base.join("home"),
            temporary: Place::new(Base::Temporary, "again"),
            cache: base.join(&format!("cache/{slug}")),
        }
    }

    /// The folders that have to be there.
    pub(super) fn folders(&self) -> Vec<Place> {
        vec![self.home.clone(), self.temporary.clone()]
    }

    /// The command of the first build, on the copy and in another environment.
    ///
    /// What the manifest itself sets is the same in both.
    pub(super) fn command(&self, first: &CommandLine, cpu: u32) -> CommandLine {
        let mut again = first.moved(&self.root);
        let place = |place: &Place| Arg::Path(place.clone());
        let differently = [
            ("GOCACHE", place(&self.cache)),
            (THREADS, threads(cpu).to_string().into()),
            ("GOTMPDIR", place(&self.temporary)),
            ("HOME", place(&self.home)),
            ("LANG", LOCALE.into()),
            ("LC_ALL", LOCALE.into()),
            ("LOGNAME", USER.into()),
            ("TMPDIR", place(&self.temporary)),
            ("TZ", TIME_ZONE.into()),
            ("USER", USER.into()),
            ("XDG_CONFIG_HOME", place(&self.home.join(".config"))),
        ];
        let differently: BTreeMap<String, Arg> = differently
            .into_iter()
            .filter(|(name, _)| !first.env.contains_key(*name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        again.tuning.env.extend(differently);
        again.tuning.umask = Some(Umask::PRIVATE);
        again
    }

    /// What of it may be found in what it makes.
    pub(super) fn traces(&self) -> CompareHere {
        let path = |of, place: &Place| TracePlace {
            of,
            text: Arg::Path(place.clone()),
        };
        CompareHere {
            traces: vec![
                path(Traced::Sources, &self.root),
                path(Traced::Home, &self.home),
                path(Traced::Temporary, &self.temporary),
                path(Traced::Cache, &self.cache),
                TracePlace {
                    of: Traced::User,
                    text: USER.into(),
                },
            ],
        }
    }
}

/// Where the manifest's folder is in a copy at `to`, and what is copied: the repository, whose state go
/// stamps, or without one that folder; and what `replace` and `use` lead to outside of it. Paths that
/// lead from one to another hold in the copy, too.
fn layout(project: &Project, to: &Place) -> (Place, Vec<CopiedFolder>) {
    let stamps = project.stamps.values().flatten();
    let tops = stamps.map(|repository| repository.root.as_path());
    let below = |top: &Path| {
        let path = project.root.strip_prefix(top).ok()?;
        Some(path.to_string_lossy().replace('\\', "/"))
    };
    // Of several repositories around it, the outermost one holds the others.
    let root = tops.filter_map(below).max_by_key(|path| depth(path));
    let root = root.unwrap_or_default();
    let above = |path: &str| path.split('/').take_while(|part| *part == "..").count();
    let outside = project.outside.iter();
    let outside = outside.filter(|path| above(path) > depth(&root));
    let most = outside.clone().map(|path| above(path)).max();
    // As many folders around it as paths lead up through.
    let spare = most.map_or(0, |most| most - depth(&root) - 1);
    let top = (0..spare).fold(to.clone(), |place, _| place.join("around"));
    let top = top.join("tree");
    let at_root = top.join(&root);
    let up = vec![".."; depth(&root)].join("/");
    let mut folders = vec![CopiedFolder {
        from: Place::new(Base::Root, up),
        to: top,
    }];
    folders.extend(outside.map(|path| CopiedFolder {
        from: Place::new(Base::Root, path.clone()),
        to: climbed(&at_root, path),
    }));
    (at_root, folders)
}

/// The number of folders in a path.
fn depth(path: &str) -> usize {
    path.split('/').filter(|part| !part.is_empty()).count()
}

/// The place that a path leads to from another one.
fn climbed(from: &Place, path: &str) -> Place {
    path.split('/')
        .fold(from.clone(), |place, part| match part {
            ".." => place.parent(),
            part => place.join(part),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_up_and_down_is_followed_by_its_words() {
        let from = Place::new(Base::Work, "a/b/c");
        let to = climbed(&from, "../../x/y");
        assert_eq!(to, Place::new(Base::Work, "a/x/y"));
    }
}
