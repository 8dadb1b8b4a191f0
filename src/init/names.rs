//! Names for binaries: those that Go gives, unless a file can't be named so or two are alike.

use std::collections::BTreeSet;

use crate::manifest::is_safe_name;

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
    }
}
