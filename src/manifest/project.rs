//! `[project]`

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader, Table};
use super::template::{self, Elsewhere, Variable};
use super::words::{character, list, quote};
use super::{Project, VersionSource, name};
use crate::go_version::{GoVersion, newest_known_patch};

pub(super) const KEYS: &[&str] = &["name", "version", "go"];

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) -> Project {
    let Some(table) = read.section(root, "project", KEYS) else {
        return Project::default();
    };
    let name = table.entry("name").and_then(|entry| {
        let string = read.string(&entry)?;
        name::check(read, string)
    });
    let version = table
        .entry("version")
        .and_then(|entry| version(read, &entry));
    let go = table.entry("go").and_then(|entry| {
        let string = read.string(&entry)?;
        let release = release(read, &string)?;
        Some(release.map(|release| release.to_string()))
    });
    Project {
        name,
        version: version.unwrap_or_default(),
        go,
    }
}

/// What is known before a binary or a target is chosen.
pub(super) const OF_THE_PROJECT: [Variable; 6] = [
    Variable::Tag,
    Variable::Commit,
    Variable::ShortCommit,
    Variable::Date,
    Variable::Timestamp,
    Variable::Project,
];

/// Whether a character can be in a version, which is a part of file names.
#[must_use]
pub fn is_version_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".+-_~".contains(c)
}

fn version<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<VersionSource> {
    let string = read.string(entry)?;
    if string.value == "git" {
        return Some(VersionSource::Git);
    }
    if string.value.is_empty() {
        let diagnostic = Diagnostic::wrong(&string.span, "the version is empty");
        read.push(diagnostic.help("write `version = \"git\"`, or a version such as \"1.2.3\""));
        return None;
    }
    let template = template::read(read, &string, elsewhere)?;
    let unsafe_char = template
        .literals()
        .flat_map(str::chars)
        .find(|c| !is_version_char(*c));
    if let Some(c) = unsafe_char {
        let c = character(c);
        let message = format!("{c} can't be in a version, which is a part of file names");
        let help = "write letters, digits and `.`, `+`, `-`, `_`, `~` only";
        read.push(Diagnostic::wrong(&string.span, message).help(help));
        return None;
    }
    Some(VersionSource::Template(Located {
        value: template,
        span: string.span,
    }))
}

/// Most variables are not known before the version is.
fn elsewhere(variable: Variable) -> Option<Elsewhere> {
    if OF_THE_PROJECT.contains(&variable) {
        return None;
    }
    let known: Vec<String> = OF_THE_PROJECT
        .iter()
        .map(|variable| format!("{{{}}}", variable.as_str()))
        .collect();
    Some(Elsewhere {
        place: "where the version is made",
        help: format!("use {}", list(known.iter().map(String::as_str))),
    })
}

/// What a text is, seen as a release of Go.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    /// Such as `1.26.8` or `1.27rc1`.
    Whole,
    /// `1.26.x`: the newest of this line.
    NewestOf(String),
    /// A language version such as `1.26`, which is no release.
    Language,
    /// None of these.
    No,
}

fn written(text: &str) -> Written {
    let number = |part: &str| {
        let zero = part.len() > 1 && part.starts_with('0');
        !part.is_empty() && part.len() < 5 && !zero && part.bytes().all(|b| b.is_ascii_digit())
    };
    let parts: Vec<&str> = text.split('.').collect();
    match parts.as_slice() {
        ["1", minor, "x"] if number(minor) => Written::NewestOf(format!("1.{minor}")),
        ["1", minor, patch] if number(minor) && number(patch) => Written::Whole,
        // The first release of a line has no patch number before Go 1.21, and always one since.
        ["1", minor] if number(minor) && minor.parse().is_ok_and(|n: u32| n < 21) => Written::Whole,
        ["1", minor] if number(minor) => Written::Language,
        ["1", minor] => {
            let early = minor.split_once("rc").or_else(|| minor.split_once("beta"));
            if early.is_some_and(|(minor, count)| number(minor) && number(count)) {
                Written::Whole
            } else {
                Written::No
            }
        }
        _ => Written::No,
    }
}

/// The newest release of a line that is known.
fn newest_of(line: &str) -> Option<GoVersion> {
    newest_known_patch(&line.parse().ok()?)
}

/// The newest release of a line that is known; its first one, where none is.
fn a_release_of(line: &str) -> String {
    newest_of(line).map_or_else(|| format!("{line}.0"), |release| release.to_string())
}

/// A release of Go as a value of the manifest.
pub(super) fn release(read: &mut Reader<'_>, string: &Located<&str>) -> Option<Located<GoVersion>> {
    let text = string.value;
    let bare = text.trim().trim_start_matches("go").trim_start_matches('v');
    let found = match written(text) {
        Written::Whole => text.parse().ok(),
        Written::NewestOf(line) => newest_of(&line),
        Written::Language | Written::No => None,
    };
    if let Some(value) = found {
        let span = string.span.clone();
        return Some(Located { value, span });
    }
    let (message, help) = match (written(text), written(bare)) {
        (Written::NewestOf(line), _) => (
            format!(
                "{} names a line of which this gobuildx knows no release",
                quote(text)
            ),
            format!("name a release, such as \"{line}.0\""),
        ),
        (Written::Language, _) => (
            format!("{} is a language version, not a release of Go", quote(text)),
            format!("name a release, such as \"{}\"", a_release_of(text)),
        ),
        (_, Written::Whole | Written::NewestOf(_)) => (
            format!("{} is not written like a release", quote(text)),
            format!("write \"{bare}\""),
        ),
        _ => (
            format!("{} is not a release of Go", quote(text)),
            "name a release, such as \"1.26.8\" or \"1.27rc1\"".to_owned(),
        ),
    };
    read.push(Diagnostic::wrong(&string.span, message).help(help));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_has_three_numbers_or_is_a_candidate() {
        for text in ["1.26.8", "1.21.0", "1.27rc1", "1.27beta2"] {
            assert_eq!(written(text), Written::Whole, "{text}");
        }
        assert_eq!(written("1.26"), Written::Language);
        assert_eq!(written("1.21"), Written::Language);
        assert_eq!(written("1.20"), Written::Whole);
        assert_eq!(written("1.9"), Written::Whole);
        assert_eq!(written("1.25.x"), Written::NewestOf("1.25".to_owned()));
        assert_eq!(a_release_of("1.25"), "1.25.14");
        assert_eq!(a_release_of("1.999"), "1.999.0");
        for text in [
            "", "1", "2.0.0", "1.26.", "1.026.1", "1.26.8-x", "latest", "1.26rc", "1.x",
            "1.26.x.1", "1.26.X",
        ] {
            assert_eq!(written(text), Written::No, "{text}");
        }
    }
}
