//! `tags`: build constraints that count as satisfied.

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader};
use super::words::{character, quote, toml};
use crate::target::{Goarch, Goos};

pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Vec<Located<String>>> {
    let tags = read.distinct(entry)?;
    let good = tags
        .into_iter()
        .filter_map(|tag| match fault(tag.value) {
            Some((message, help)) => {
                read.push(Diagnostic::wrong(&tag.span, message).help(help));
                None
            }
            None => Some(tag.map(str::to_owned)),
        })
        .collect();
    Some(good)
}

/// The tags that go sets from the target that is built.
pub(super) fn set_by_go() -> impl Iterator<Item = &'static str> {
    let systems = Goos::ALL.iter().map(|goos| goos.as_str());
    let architectures = Goarch::ALL.iter().map(|goarch| goarch.as_str());
    systems.chain(architectures).chain(["cgo"])
}

fn fault(tag: &str) -> Option<(String, String)> {
    let several: Vec<String> = tag
        .split([',', ' '])
        .filter(|tag| !tag.is_empty())
        .map(toml)
        .collect();
    let plain = |c: char| c.is_alphanumeric() || "_.".contains(c);
    if several.len() > 1 && tag.chars().all(|c| plain(c) || c == ',' || c == ' ') {
        let message = format!("{} is several tags in one element", quote(tag));
        return Some((message, format!("write {}", several.join(", "))));
    }
    if tag.is_empty() {
        return Some(("a tag is empty".to_owned(), "remove it".to_owned()));
    }
    if let Some(c) = tag.chars().find(|c| !plain(*c)) {
        let bad = character(c);
        let message = format!("{bad} can't be in a build tag");
        let help = match tag.strip_prefix('!') {
            Some(rest) => format!(
                "a tag is set or left out: remove it, and {} where it is set",
                quote(rest)
            ),
            None => "a tag has letters, digits, `_` and `.` only".to_owned(),
        };
        return Some((message, help));
    }
    if set_by_go().any(|gos| gos == tag) {
        let message = format!(
            "the tag {} is set by go, from the target that is built",
            quote(tag)
        );
        return Some((
            message,
            "remove it; `[matrix]` chooses the targets".to_owned(),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_digits_underscores_and_dots_make_a_tag() {
        for tag in ["netgo", "sqlite_fts5", "go1.26", "größe"] {
            assert_eq!(fault(tag), None, "{tag}");
        }
        for tag in ["", "a,b", "a b", "!x", "a-b", "linux", "arm64", "cgo"] {
            assert!(fault(tag).is_some(), "{tag}");
        }
    }
}
