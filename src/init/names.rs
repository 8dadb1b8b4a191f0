//! Names for binaries: those that Go gives, unless a file can't be named so or two are alike.

use std::collections::BTreeSet;

use crate::go_package::{default_binary_name, is_major_version};
use crate::manifest::is_safe_name;

/// Last elements of import paths that don't say which program it is.
const SAY_NOTHING: &[&str] = &["app", "bin", "cmd", "main", "src"];

/// Those that say what part of a project it is; below `cmd` that is a choice of its authors.
const SAY_THE_PART: &[&str] = &["cli", "server"];

/// Hosts whose paths have the owner between the host and the project.
const WITH_OWNERS: &[&str] = &[
    "bitbucket.org",
    "codeberg.org",
    "git.sr.ht",
    "github.com",
    "gitlab.com",
];

/// The name for a program that Go would give one such as `cmd`: what the import path has before it.
///
/// None where Go's own name says enough, or there is nothing before it but a host and an owner.
pub(super) fn telling_name(import_path: &str) -> Option<&str> {
    let of_go = default_binary_name(import_path);
    let (before, _) = import_path.rsplit_once(of_go)?;
    let elements: Vec<&str> = before.trim_end_matches('/').split('/').collect();
    let is_part = SAY_THE_PART.contains(&of_go) && elements.last() != Some(&"cmd");
    if !is_part && !SAY_NOTHING.contains(&of_go) {
        return None;
    }
    // Only an element with a dot is a host.
    let ahead = match elements.first()? {
        host if WITH_OWNERS.contains(host) => 2,
        host if host.contains('.') => 1,
        _ => 0,
    };
    let project: Vec<&str> = elements
        .into_iter()
        .skip(ahead)
        .filter(|name| !name.is_empty() && !is_major_version(name))
        .collect();
    let tells = |name: &&&str| !SAY_NOTHING.contains(name) && !SAY_THE_PART.contains(name);
    let nearest = project.iter().rev().find(tells);
    nearest.or(project.first()).copied()
}

/// The names that are taken, in lower case: on macOS and Windows case makes no difference.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Takes a name: the wanted one, or one that also says where the package is, or has a number.
    pub(super) fn take(&mut self, wanted: &str, path: &str) -> String {
        let wanted = safe(wanted);
        let longer = path
            .rsplit('/')
            .nth(1)
            .map(|above| safe(&format!("{above}-{wanted}")));
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        let choices = std::iter::once(wanted.clone())
            .chain(longer)
            .chain(numbered);
        let free = |name: &String| is_safe_name(name) && !self.0.contains(&name.to_lowercase());
        let name = choices.into_iter().find(free).unwrap_or(wanted);
        self.0.insert(name.to_lowercase());
        name
    }
}

/// The name with what isn't safe in a file name replaced.
fn safe(name: &str) -> String {
    if is_safe_name(name) {
        return name.to_owned();
    }
    let letters = |c: char| {
        if c.is_ascii_alphanumeric() || "._+".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(letters).take(80).collect();
    let name = name.trim_matches(['-', '.']);
    let name = match name.rsplit_once('.') {
        Some((stem, end)) if end.eq_ignore_ascii_case("exe") => stem,
        _ => name,
    };
    if is_safe_name(name) {
        return name.to_owned();
    }
    // The name of a device, or nothing is left.
    format!("program-{name}")
        .trim_end_matches('-')
        .replace('.', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_second_of_two_says_where_it_is() {
        let mut names = Names::default();
        assert_eq!(names.take("server", "a/server"), "server");
        assert_eq!(names.take("Server", "b/Server"), "b-Server");
        assert_eq!(names.take("server", "b/server"), "server-2");
    }

    #[test]
    fn a_program_with_a_general_name_is_called_as_what_is_before_it() {
        for (import_path, name) in [
            ("github.com/google/cadvisor/cmd", "cadvisor"),
            (
                "github.com/docker/docker-credential-helpers/pass/cmd",
                "pass",
            ),
            ("go.etcd.io/etcd/server/v3", "etcd"),
            ("github.com/me/x/v2/src/main", "x"),
            ("example.com/x/cmd/app", "x"),
            ("github.com/me/server/cmd", "server"),
            ("x/cmd", "x"),
        ] {
            assert_eq!(telling_name(import_path), Some(name), "{import_path}");
        }
    }

    #[test]
    fn a_name_that_says_enough_or_is_the_projects_stays() {
        for import_path in [
            "filippo.io/age/cmd/age",
            "example.com/x/cmd/server",
            "github.com/cli/cli/v2",
            "github.com/me/app",
            "example.com/server",
            "app",
        ] {
            assert_eq!(telling_name(import_path), None, "{import_path}");
        }
    }

    #[test]
    fn names_that_no_file_can_have_are_changed() {
        for (wanted, name) in [
            ("größe", "gr--e"),
            ("con", "program-con"),
            ("-x", "x"),
            ("x.exe", "x"),
            ("ä", "program"),
        ] {
            assert_eq!(Names::default().take(wanted, wanted), name);
        }
    }

    proptest! {
        #[test]
        fn every_name_is_safe_and_given_once(wanted in prop::collection::vec("\\PC{0,12}|con|a", 1..8)) {
            let mut names = Names::default();
            let taken: Vec<String> = wanted.iter().map(|name| names.take(name, name)).collect();
            let lower: BTreeSet<String> = taken.iter().map(|name| name.to_lowercase()).collect();
            prop_assert_eq!(lower.len(), taken.len());
            prop_assert!(taken.iter().all(|name| is_safe_name(name)));
        }

        #[test]
        fn any_path_is_looked_at(path in "([a-z.]{0,3}|cmd|v2|github.com|/){0,8}") {
            if let Some(name) = telling_name(&path) {
                prop_assert!(path.contains(name) && !name.is_empty());
            }
        }
    }
}
