//! Files of the project that go into each archive beside the programs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::archive::{MemberPath, ParseMemberPathError};
use crate::atomic::Mode;
use crate::dist;
use crate::failure::{Exit, Failure};
use crate::manifest::{Located, is_device};
use crate::printable::{printable, printable_path};

/// How many files archives may get besides the programs.
const MOST: usize = 10_000;

/// A file that goes into each archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// Its path in the project, which is that in the archive.
    pub path: MemberPath,
    /// Whether it may be started.
    pub mode: Mode,
    /// Where it lies.
    pub from: PathBuf,
}

/// A name that not every system can have.
#[derive(Debug, thiserror::Error)]
pub enum NameFault {
    /// Archives have texts.
    #[error("its name is no text")]
    NoText,
    /// Windows takes it for a device, or drops its end.
    #[error("Windows has no file of that name")]
    Windows,
    /// It is none of a member of archives.
    #[error(transparent)]
    Member(#[from] ParseMemberPathError),
}

/// Why a pattern doesn't tell which files are meant.
#[derive(Debug, thiserror::Error)]
pub enum ExtraError {
    /// Nothing has such a name.
    #[error("failed to find a file that `{}` of `files` means", printable(pattern))]
    None {
        /// What the manifest says.
        pattern: String,
    },
    /// A link may lead anywhere.
    #[error(
        "failed to take `{}` into archives: it is a symbolic link",
        printable_path(path)
    )]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A pipe, a socket or a device.
    #[error(
        "failed to take `{}` into archives: it is no file",
        printable_path(path)
    )]
    NoFile {
        /// What it is.
        path: PathBuf,
    },
    /// Not every system can have a file of this name.
    #[error("failed to take `{}` into archives: {error}", printable_path(path))]
    Name {
        /// The file.
        path: PathBuf,
        /// What is wrong with its name.
        error: NameFault,
    },
    /// More than anybody means.
    #[error("failed to take what `files` names into archives: there are more than {MOST} files")]
    Many,
    /// The project can't be looked through.
    #[error(
        "failed to look for the files of archives in `{}`: {error}",
        printable_path(path)
    )]
    Read {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl Failure for ExtraError {
    fn exit(&self) -> Exit {
        match self {
            Self::Read { .. } => Exit::Environment,
            _ => Exit::Manifest,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::None { .. } => {
                "patterns start at the manifest's folder; remove it, or write the name as it is"
            }
            Self::Link { .. } => "name the file that it leads to",
            Self::Many => "name the files that users need, such as `LICENSE*`",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// The files of the project below `root` that `patterns` mean, sorted by their paths.
///
/// Repositories' own folders and output folders are left out, and no link is followed.
///
/// # Errors
/// When a pattern means nothing, or something that is no file.
pub fn extras(root: &Path, patterns: &[Located<String>]) -> Result<Vec<Extra>, ExtraError> {
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let mut walk = Walk::default();
    let globs = patterns.iter().filter_map(|pattern| {
        let mut glob = GlobBuilder::new(&pattern.value);
        // The manifest's reader has refused what is no pattern.
        let glob = glob.literal_separator(true).build().ok()?;
        Some((pattern.value.as_str(), glob.compile_matcher()))
    });
    let globs: Vec<_> = globs.collect();
    walk.below(root, "")?;
    walk.found.sort();
    let mut extras = Vec::new();
    for (path, from) in &walk.found {
        if globs.iter().any(|one| means(one, path)) {
            extras.push(extra(path, from)?);
        }
    }
    let unmet = globs.iter().find(|one| {
        let mut paths = walk.found.iter().map(|(path, _)| path);
        !paths.any(|path| means(one, path))
    });
    match unmet {
        Some((pattern, _)) => Err(ExtraError::None {
            pattern: (*pattern).to_owned(),
        }),
        None if extras.len() > MOST => Err(ExtraError::Many),
        None => Ok(extras),
    }
}

/// Whether a pattern means a file. Names that start with a dot are secrets as often as not: only a pattern that writes
/// such a name means them, as in shells.
fn means((pattern, glob): &(&str, GlobMatcher), path: &str) -> bool {
    let is_hidden = |path: &str| path.split('/').any(|name| name.starts_with('.'));
    glob.is_match(path) && (is_hidden(pattern) || !is_hidden(path))
}

fn extra(path: &str, from: &Path) -> Result<Extra, ExtraError> {
    let read = |error| ExtraError::Read {
        path: from.to_owned(),
        error,
    };
    let at = || from.to_owned();
    let kind = fs::symlink_metadata(from).map_err(read)?.file_type();
    if kind.is_symlink() {
        return Err(ExtraError::Link { path: at() });
    }
    if !kind.is_file() {
        return Err(ExtraError::NoFile { path: at() });
    }
    let path = named(path, from).map_err(|error| ExtraError::Name { path: at(), error })?;
    Ok(Extra {
        path,
        mode: Mode::of(from).map_err(read)?,
        from: at(),
    })
}

/// The path in archives of what lies somewhere.
fn named(path: &str, from: &Path) -> Result<MemberPath, NameFault> {
    if from.to_str().is_none() {
        return Err(NameFault::NoText);
    }
    if path
        .split('/')
        .any(|name| is_device(name) || name.ends_with(['.', ' ']))
    {
        return Err(NameFault::Windows);
    }
    Ok(path.parse()?)
}

/// All that is no folder, by its path from the root.
#[derive(Default)]
struct Walk {
    found: Vec<(String, PathBuf)>,
}

impl Walk {
    fn below(&mut self, folder: &Path, above: &str) -> Result<(), ExtraError> {
        let read = |error| ExtraError::Read {
            path: folder.to_owned(),
            error,
        };
        for entry in fs::read_dir(folder).map_err(read)? {
            let entry = entry.map_err(read)?;
            let from = entry.path();
            // A name that is no text is refused once a pattern means it.
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_repository = name == ".git";
            let path = match above {
                "" => name,
                above => format!("{above}/{name}"),
            };
            if !entry.file_type().map_err(read)?.is_dir() {
                self.found.push((path, from));
            } else if !is_repository && !dist::is_output_folder(&from) {
                self.below(&from, &path)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(patterns: &[&str]) -> Vec<Located<String>> {
        let located = |pattern: &&str| Located {
            value: (*pattern).to_owned(),
            span: 0..0,
        };
        patterns.iter().map(located).collect()
    }

    fn project(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "text").unwrap();
        }
        folder
    }

    fn paths(root: &Path, globs: &[&str]) -> Vec<String> {
        let extras = extras(root, &patterns(globs)).unwrap();
        extras.iter().map(|extra| extra.path.to_string()).collect()
    }

    #[test]
    fn what_patterns_mean_is_found_each_once() {
        let project = project(&["LICENSE", "LICENSE.BSD", "docs/a.md", "docs/b/c.md", "x.go"]);
        let found = paths(project.path(), &["LICENSE*", "docs/*.md", "LICENSE"]);
        assert_eq!(found, ["LICENSE", "LICENSE.BSD", "docs/a.md"]);
        let found = paths(project.path(), &["docs/**"]);
        assert_eq!(found, ["docs/a.md", "docs/b/c.md"]);
    }

    #[test]
    fn names_that_start_with_a_dot_are_meant_only_by_patterns_that_write_them() {
        let project = project(&["conf/.env", "conf/a.yml", ".keys/b.yml"]);
        assert_eq!(paths(project.path(), &["**"]), ["conf/a.yml"]);
        assert_eq!(paths(project.path(), &["conf/.e*"]), ["conf/.env"]);
        assert_eq!(paths(project.path(), &[".keys/*"]), [".keys/b.yml"]);
    }

    #[test]
    fn names_that_not_every_system_has_are_refused() {
        for name in ["con.txt", "docs/AUX", "end."] {
            let project = project(&[name]);
            let error = extras(project.path(), &patterns(&["**"])).unwrap_err();
            let error = error.to_string();
            assert!(
                error.ends_with("Windows has no file of that name"),
                "{error}"
            );
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_no_text_is_refused_once_a_pattern_means_it() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let project = project(&["README.md"]);
        fs::write(project.path().join(OsStr::from_bytes(b"x\xff")), "").unwrap();
        assert_eq!(paths(project.path(), &["README*"]), ["README.md"]);
        let error = extras(project.path(), &patterns(&["x*"])).unwrap_err();
        assert!(
            error.to_string().ends_with("its name is no text"),
            "{error}"
        );
    }

    #[test]
    fn repositories_and_output_folders_are_left_out() {
        let project = project(&[
            ".git/LICENSE",
            "dist/.gobuildx/lock",
            "dist/LICENSE",
            "LICENSE",
        ]);
        assert_eq!(paths(project.path(), &["**/LICENSE"]), ["LICENSE"]);
    }

    #[test]
    fn a_pattern_that_means_nothing_is_told() {
        let project = project(&["README.md"]);
        let error = extras(project.path(), &patterns(&["LICENCE*"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "failed to find a file that `LICENCE*` of `files` means"
        );
        assert_eq!(error.exit(), Exit::Manifest);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused_wherever_it_leads() {
        let project = project(&["README.md"]);
        std::os::unix::fs::symlink("/etc/passwd", project.path().join("LICENSE")).unwrap();
        let error = extras(project.path(), &patterns(&["LICENSE"])).unwrap_err();
        assert!(matches!(error, ExtraError::Link { .. }), "{error}");
        // One that no pattern means disturbs nobody.
        assert_eq!(paths(project.path(), &["README*"]), ["README.md"]);
    }
}
