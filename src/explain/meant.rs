//! Which findings messages are about.

use super::cause::Cause;
use crate::verify::{Finding, Need};

/// Of the findings of a rule, those that messages of this cause mean: all where no message names anything, else those
/// that are named there, else those whose names don't show. None where they name only others.
#[must_use]
pub fn meant<'a, 'm>(
    found: &[&'a Finding],
    cause: Cause,
    messages: impl IntoIterator<Item = &'m str>,
) -> Vec<&'a Finding> {
    let messages = messages.into_iter();
    let naming: Vec<String> = messages.flat_map(|one| cause.naming(one)).collect();
    if naming.is_empty() {
        return found.to_vec();
    }
    let is_named = |one: &Finding| {
        let mut naming = naming.iter();
        Name::of(one).is_some_and(|name| naming.any(|part| name.stands_in(part)))
    };
    let named: Vec<_> = found.iter().copied().filter(|one| is_named(one)).collect();
    if !named.is_empty() {
        return named;
    }
    // What goes wrong with a library may be told without its name.
    let is_unsaid =
        |one: &Finding| Name::of(one).is_none() || matches!(one.need, Some(Need::Library(_)));
    found.iter().copied().filter(|one| is_unsaid(one)).collect()
}

/// A name by which messages speak of a finding.
#[derive(Clone, Copy, Debug)]
enum Name<'a> {
    /// As it is.
    Whole(&'a str),
    /// Of a program, which may be told with its folder.
    Base(&'a str),
    /// Of a folder, of which a file may be told.
    Folder(&'a str),
}

impl<'a> Name<'a> {
    /// The name of what a finding is about; none where it doesn't show.
    fn of(finding: &'a Finding) -> Option<Self> {
        match finding.need.as_ref()? {
            Need::Program(Some(name)) => Some(Self::Base(name)),
            Need::File(path) | Need::TmpFile(path) | Need::Socket(path) | Need::Library(path) => {
                Some(Self::Whole(path))
            }
            Need::Folder(path) | Need::Files(path) => Some(Self::Folder(path)),
            Need::ZoneInfo => finding.subject.name().map(Self::Whole),
            _ => None,
        }
    }

    /// Whether it stands in a part of a message, as a whole word.
    fn stands_in(self, part: &str) -> bool {
        let (Self::Whole(name) | Self::Base(name) | Self::Folder(name)) = self;
        let name = name.to_ascii_lowercase();
        let goes_on = |c: char| c.is_ascii_alphanumeric() || "_-+".contains(c);
        let is_start = |before: &str| match before.chars().next_back() {
            Some('/' | '\\') => matches!(self, Self::Base(_)),
            last => !last.is_some_and(|c| goes_on(c) || c == '.'),
        };
        let is_end = |after: &str| match after.chars().next() {
            Some('/' | '\\') => matches!(self, Self::Folder(_)),
            Some('.') => !after.chars().nth(1).is_some_and(goes_on),
            next => !next.is_some_and(goes_on),
        };
        let mut places = part.match_indices(&name);
        places.any(|(at, _)| {
            let (before, after) = (part.get(..at), part.get(at + name.len()..));
            before.is_some_and(is_start) && after.is_some_and(is_end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_in_a_message_as_a_whole() {
        for (name, part, stands) in [
            (
                Name::Whole("Europe/Paris"),
                "unknown time zone europe/paris",
                true,
            ),
            (
                Name::Whole("Europe/Paris"),
                "unknown time zone europe/berlin",
                false,
            ),
            (
                Name::Base("git"),
                "exec: 'git': executable file not found",
                true,
            ),
            (
                Name::Base("git"),
                "fork/exec /usr/bin/git: no such file",
                true,
            ),
            (
                Name::Base("git"),
                "exec: 'git-lfs': executable file not found",
                false,
            ),
            (
                Name::Whole("/tmp/a.lock"),
                "open /tmp/a.lock: file exists",
                true,
            ),
            (
                Name::Whole("/tmp/a"),
                "open /tmp/a.lock: file exists",
                false,
            ),
            (
                Name::Whole("app.yaml"),
                "open config/app.yaml: no such file",
                false,
            ),
            (
                Name::Folder("/var/log"),
                "open /var/log/app.log: no such file",
                true,
            ),
            (
                Name::Whole("/var/log"),
                "open /var/log/app.log: no such file",
                false,
            ),
        ] {
            assert_eq!(name.stands_in(part), stands, "{name:?} in {part}");
        }
    }
}
