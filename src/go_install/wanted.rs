//! Which Go a project wants, as far as its files tell it without any Go.

use std::fs;
use std::path::Path;

use super::cache::Installed;
use super::request::newest_known;
use crate::go_version::{GoVersion, newest_known_patch};
use crate::manifest::{Cell, Manifest};

/// What a project wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The release that the manifest pins; of several the newest, which has go fetch the others.
    pinned: Option<GoVersion>,
    /// The oldest one that all of its go.mod allow.
    oldest: Option<GoVersion>,
}

impl Wanted {
    /// What the manifest in a folder and the modules that it names want.
    #[must_use]
    pub fn of(manifest: &Manifest, root: &Path) -> Self {
        let mut folders = vec![root.to_owned()];
        if manifest.source.path.is_none() {
            // Then go looks for the module in the folders above.
            folders.extend(root.ancestors().skip(1).map(Path::to_owned));
            let nearest = folders
                .iter()
                .position(|folder| folder.join("go.mod").is_file());
            folders.truncate(nearest.map_or(1, |nearest| nearest + 1));
        }
        let modules = manifest.binaries.iter();
        folders.extend(modules.map(|binary| root.join(&binary.module.value)));
        let files = folders
            .iter()
            .flat_map(|folder| ["go.work", "go.mod"].map(|name| folder.join(name)));
        let texts = files.filter_map(|file| fs::read_to_string(file).ok());
        Self {
            pinned: pinned(manifest),
            oldest: texts.filter_map(|text| go_line(&text)).max(),
        }
    }

    /// The one of those that are installed that builds.
    ///
    /// # Errors
    /// The release to install, where none of them does.
    pub fn choose<'a>(
        &self,
        installed: &'a [Installed],
    ) -> Result<&'a Installed, Option<GoVersion>> {
        if let Some(pinned) = &self.pinned {
            let same = installed.iter().find(|it| it.version == *pinned);
            // Another one fetches it, as one on PATH does.
            let fetching = installed.iter().filter(|it| it.version.is_at_least(1, 21));
            let newest = fetching.max_by(|one, other| one.version.cmp(&other.version));
            return same.or(newest).ok_or_else(|| Some(pinned.clone()));
        }
        let allowed = installed.iter().filter(|it| {
            let oldest = self.oldest.as_ref();
            oldest.is_none_or(|oldest| it.version >= *oldest)
        });
        let newest = allowed.max_by(|one, other| one.version.cmp(&other.version));
        newest.ok_or_else(|| self.release())
    }

    /// The release that the modules name, or the newest of their line.
    fn release(&self) -> Option<GoVersion> {
        match &self.oldest {
            Some(line) if line.is_line() => newest_known_patch(line),
            Some(release) if release.is_at_least(1, 21) => Some(release.clone()),
            _ => newest_known(),
        }
    }
}

/// The release that the manifest names for every cell.
fn pinned(manifest: &Manifest) -> Option<GoVersion> {
    if let Some(go) = &manifest.project.go {
        return go.value.parse().ok();
    }
    let releases: Option<Vec<&GoVersion>> = manifest.cells.iter().map(Cell::release).collect();
    releases?.into_iter().max().cloned()
}

/// The version in the `go` line of a go.mod or go.work.
fn go_line(text: &str) -> Option<GoVersion> {
    text.lines().find_map(|line| {
        let line = line.split("//").next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let version = words
            .next()
            .filter(|word| *word == "go")
            .and_then(|_| words.next())?;
        version.parse().ok().filter(|_| words.next().is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> GoVersion {
        text.parse().unwrap()
    }

    fn installed(versions: &[&str]) -> Vec<Installed> {
        let installed = |text: &&str| Installed {
            version: version(text),
            goroot: text.into(),
        };
        versions.iter().map(installed).collect()
    }

    fn chosen(wanted: &Wanted, versions: &[&str]) -> Result<String, Option<String>> {
        let installed = installed(versions);
        let chosen = wanted.choose(&installed);
        chosen
            .map(|it| it.version.to_string())
            .map_err(|version| version.map(|version| version.to_string()))
    }

    #[test]
    fn the_go_line_is_read_whatever_is_around_it() {
        let text = "module example.com/go\n\n//go 1.30\n\tgo 1.26.3 // as of today\n\ntoolchain go1.27.0\n";
        assert_eq!(go_line(text), Some(version("1.26.3")));
        for text in ["", "module go\n", "go\n", "gone 1.2\n", "go 1.26 x\n"] {
            assert_eq!(go_line(text), None, "{text}");
        }
    }

    #[test]
    fn the_pinned_one_builds_and_another_fetches_it() {
        let wanted = Wanted {
            pinned: Some(version("1.26.8")),
            oldest: Some(version("1.24")),
        };
        assert_eq!(
            chosen(&wanted, &["1.27.4", "1.26.8"]),
            Ok("1.26.8".to_owned())
        );
        assert_eq!(
            chosen(&wanted, &["1.25.4", "1.27.4"]),
            Ok("1.27.4".to_owned())
        );
        assert_eq!(chosen(&wanted, &["1.20.4"]), Err(Some("1.26.8".to_owned())));
    }

    #[test]
    fn of_several_in_a_matrix_the_newest_builds() {
        let wanted = |text: &str| {
            let manifest = crate::manifest::parse(None, text).unwrap();
            Wanted::of(&manifest, Path::new("/nonexistent")).pinned
        };
        let several = "[matrix]\ngo = [\"1.25.x\", \"1.26.8\", \"1.24.1\"]\n";
        assert_eq!(wanted(several), Some(version("1.26.8")));
        let one_cell = "[[matrix.include]]\ntarget = \"linux/amd64\"\n\n\
                        [[matrix.include]]\ntarget = \"linux/arm64\"\ngo = \"1.26.8\"\n";
        assert_eq!(wanted(one_cell), None);
    }

    #[test]
    fn without_a_pin_it_is_the_newest_that_go_mod_allows() {
        let wanted = |oldest: &str| Wanted {
            pinned: None,
            oldest: Some(version(oldest)),
        };
        assert_eq!(
            chosen(&wanted("1.25"), &["1.25.1", "1.26.8"]),
            Ok("1.26.8".to_owned())
        );
        assert_eq!(
            chosen(&wanted("1.21"), &["1.20"]),
            Err(Some("1.21.13".to_owned()))
        );
        assert_eq!(
            chosen(&wanted("1.26.9"), &["1.26.8"]),
            Err(Some("1.26.9".to_owned()))
        );
        assert_eq!(chosen(&wanted("1.99"), &["1.26.8"]), Err(None));
        assert!(matches!(chosen(&wanted("1.18"), &[]), Err(Some(_))));
        assert_eq!(
            chosen(&Wanted::default(), &["1.25.1"]),
            Ok("1.25.1".to_owned())
        );
    }

    #[test]
    fn all_modules_of_a_project_have_their_say() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("a/b");
        fs::create_dir_all(&root).unwrap();
        fs::write(temp.path().join("a/go.mod"), "module x\ngo 1.25.3\n").unwrap();
        fs::write(temp.path().join("go.mod"), "module y\ngo 1.26.3\n").unwrap();
        let wanted = Wanted::of(&Manifest::without_file(), &root);
        assert_eq!(wanted.oldest, Some(version("1.25.3")));
    }
}
