//! The folder that a path starts with which the program puts together.

use super::Uses;
use crate::inspect::{Argument, FunctionId, List, Word};

/// Functions that put texts together, one behind the other.
const CONCATENATE: &[&str] = &[
    "runtime.concatstring2",
    "runtime.concatstring3",
    "runtime.concatstring4",
    "runtime.concatstring5",
];
/// Functions that put texts into another.
const FORMAT: &[&str] = &["fmt.Sprintf"];
/// Functions that put a slice of texts together as a path.
const JOIN: &[&str] = &["path/filepath.join", "path/filepath.Join", "path.Join"];

impl<'a> Uses<'a> {
    /// The folder that a path starts with which the call at an offset in a function returns, where
    /// that is constant.
    pub(super) fn start_of_joined(self, caller: FunctionId, at: u32) -> Option<&'a str> {
        let text = Argument::text;
        let folder = |start: &'a str| {
            // Only Windows has drives, and then either separator.
            let has_drive = start.get(1..3) == Some(":\\");
            let separates = |letter| letter == '/' || (letter == '\\' && has_drive);
            Some(start.rsplit_once(separates)?.0)
        };
        if self.is_of(caller, at, CONCATENATE) {
            // What the text is put into comes first.
            folder(text(self.program.argument(caller, at, Word(1)))?)
        } else if self.is_of(caller, at, FORMAT) {
            let format = text(self.program.argument(caller, at, Word(0)))?;
            folder(format.split('%').next()?)
        } else if self.is_of(caller, at, JOIN) {
            match self.program.list(caller, at, Word(0)) {
                // One alone is the path itself, and `..` may lead anywhere.
                List::Texts(texts)
                    if texts.len() > 1
                        && !texts
                            .iter()
                            .any(|one| text(*one).is_some_and(|one| one.contains(".."))) =>
                {
                    text(texts.first().copied()?)
                }
                List::Texts(_) | List::HandedOn(_) | List::Unknown => None,
            }
        } else {
            None
        }
    }
}
