//! Signs: parts of messages, in which `…` stands for what differs.

use std::ops::Range;

use memchr::memmem;

/// How much of a line `…` may stand for, in bytes: a path, a name, an address, and no further
/// message.
const GAP: usize = 300;

/// A sign, ready to be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What stands between the `…`, folded; never empty texts.
    parts: Vec<String>,
    /// Whether it ends in `…`.
    is_open: bool,
}

/// Whoever quotes so much of a sign means it, whatever goes on where the sign has `…`.
const ENOUGH: usize = 10;

/// A text as it is compared: cases and kinds of quotation marks play no part. It is as long as the
/// text itself.
pub(super) fn folded(text: &str) -> String {
    text.to_ascii_lowercase().replace(['`', '"'], "'")
}

impl Pattern {
    pub(super) fn new(sign: &str) -> Self {
        let parts = sign.split('…').map(folded);
        Self {
            parts: parts.filter(|part| !part.is_empty()).collect(),
            is_open: sign.ends_with('…'),
        }
    }

    /// What it can't be found without: all that stands between its `…`, folded.
    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Bytes that aren't `…`: the more, the more the sign says.
    pub(super) fn weight(&self) -> usize {
        self.parts.iter().map(String::len).sum()
    }

    /// Where the whole sign stands in a folded text.
    pub(super) fn find(&self, text: &str) -> Option<Range<usize>> {
        find(&self.parts, text)
    }

    /// The part of a folded text from the start of the sign, which stands there, to the end of
    /// what its last `…` names; none where what stands for its `…` is nothing.
    pub(super) fn naming<'t>(&self, text: &'t str, at: Range<usize>) -> Option<&'t str> {
        let rest = text.get(at.end..)?;
        let named = if self.is_open {
            named_at_start(rest)
        } else {
            0
        };
        let said = at.len() + named;
        let is_named = |c: char| c.is_ascii_alphanumeric();
        let all = text.get(at.start..at.start + said)?;
        let is_more = all.chars().filter(|c| is_named(*c)).count()
            > self
                .parts
                .iter()
                .flat_map(|part| part.chars())
                .filter(|c| is_named(*c))
                .count();
        is_more.then_some(all)
    }

    /// How many bytes of the sign's end stand in a folded text: who quotes a message often leaves
    /// out how it begins.
    pub(super) fn find_end(&self, text: &str) -> Option<usize> {
        let ends = (1..self.parts.len()).filter_map(|from| self.parts.get(from..));
        ends.filter(|end| find(end, text).is_some())
            .map(|end| end.iter().map(String::len).sum())
            .max()
    }

    /// How many bytes of the sign a folded text quotes, if it is a piece of what the sign stands
    /// for, and enough of it stands in the sign.
    pub(super) fn quoted_by(&self, piece: &str) -> Option<usize> {
        if piece.len() > GAP {
            return None;
        }
        let parts = self.parts.iter().enumerate();
        let quoted = parts.filter_map(|(index, part)| {
            let rest = self.parts.get(index + 1..)?;
            let starts = part.char_indices().map(|(at, _)| at);
            let starts = starts.filter(|at| begins_word(part.as_bytes(), *at));
            starts
                .filter_map(|at| follow(piece, part.get(at..)?, rest))
                .max()
        });
        quoted
            .max()
            .filter(|quoted| quoted * 2 >= piece.len() || *quoted >= ENOUGH)
    }
}

/// Where parts stand in a text, in this order and near each other.
fn find(parts: &[String], text: &str) -> Option<Range<usize>> {
    let text = text.as_bytes();
    let (first, rest) = parts.split_first()?;
    memmem::find_iter(text, first)
        .filter(|at| begins_word(text, *at))
        .find_map(|at| {
            let mut end = at + first.len();
            for part in rest {
                let last = text.len().min(end + GAP + part.len());
                end += memmem::find(text.get(end..last)?, part.as_bytes())? + part.len();
            }
            Some(at..end)
        })
}

/// How long a name at the start of a text is: to the next space, behind quotation marks.
fn named_at_start(text: &str) -> usize {
    let name = text.trim_start();
    let end = name.find(char::is_whitespace).unwrap_or(name.len());
    text.len() - name.len() + end
}

/// Whether a word or a mark begins there, and not the middle of a word.
fn begins_word(text: &[u8], at: usize) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    !text.get(at).is_some_and(is_word) || !before.is_some_and(|byte| is_word(byte) || *byte == b'_')
}

/// How many bytes of `literal` and the parts behind it a piece quotes, from its start to its end.
fn follow(piece: &str, literal: &str, rest: &[String]) -> Option<usize> {
    if literal.starts_with(piece) {
        return Some(piece.len());
    }
    let after = piece.strip_prefix(literal)?;
    let (next, rest) = rest.split_first()?;
    // The piece may end in what `…` stands for, or go on with the next part after it.
    let further = after.char_indices().filter_map(|(at, _)| {
        let quoted = follow(after.get(at..)?, next, rest)?;
        // A lone letter at the end of a piece quotes nothing.
        (quoted > 1).then_some(quoted)
    });
    Some(literal.len() + further.max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXEC: &str = "exec: …: executable file not found in …";

    fn find(sign: &str, text: &str) -> bool {
        Pattern::new(sign).find(&folded(text)).is_some()
    }

    fn quoted(sign: &str, piece: &str) -> Option<usize> {
        Pattern::new(sign).quoted_by(&folded(piece))
    }

    #[test]
    fn a_sign_is_found_whatever_the_case_and_the_quotation_marks() {
        let line = "level=error err=\"Exec: `git`: Executable file not found in $PATH\"";
        assert!(find(EXEC, line));
        assert!(find(
            "version `GLIBC_…' not found",
            "version 'GLIBC_2.34' not found"
        ));
        assert!(!find(EXEC, "exec: git: not found"));
    }

    #[test]
    fn a_sign_begins_with_a_word_and_not_within_one() {
        assert!(!find("exec …: denied", "reexec x: denied"));
        assert!(find("exec …: denied", "fork/exec x: denied"));
    }

    #[test]
    fn what_is_far_away_is_another_message() {
        let far = format!(
            "exec: {}: executable file not found in PATH",
            "x".repeat(GAP + 1)
        );
        assert!(!find(EXEC, &far));
    }

    #[test]
    fn a_piece_of_a_message_quotes_the_sign() {
        let sign = "exec …: no such file or directory";
        assert_eq!(quoted(sign, "no such file or directory"), Some(25));
        assert_eq!(quoted(sign, "No such file"), Some(12));
        assert_eq!(quoted(sign, "exec /app: no such file"), Some(5 + 14));
        assert_eq!(
            quoted("version `GLIBC_…' not found", "version `GLIBC_2.34"),
            Some(15)
        );
    }

    #[test]
    fn a_piece_may_end_within_what_differs() {
        let sign = "open /tmp/…: no such file or directory";
        assert_eq!(quoted(sign, "open /tmp/multipart-123456789"), Some(10));
    }

    #[test]
    fn what_says_more_than_the_sign_or_mostly_something_else_is_no_piece_of_it() {
        assert_eq!(quoted("exec …: denied", "exec format error"), None);
        assert_eq!(quoted("denied", "denied by the policy"), None);
        assert_eq!(quoted("unknown time zone …", "known time zone"), None);
    }

    #[test]
    fn the_end_of_a_message_is_found_without_its_beginning() {
        let end = ": executable file not found in ";
        let found =
            Pattern::new(EXEC).find_end(&folded("\"git\": executable file not found in $PATH"));
        assert_eq!(found, Some(end.len()));
    }

    proptest! {
        #[test]
        fn a_sign_is_found_wherever_it_stands(before in "[^a-z]{0,20}", name in "[a-z/.]{0,40}", after in any::<String>()) {
            let line = format!("{before} exec: {name}: executable file not found in {after}");
            prop_assert!(find(EXEC, &line));
        }

        #[test]
        fn any_text_is_looked_through(text in any::<String>()) {
            let pattern = Pattern::new(EXEC);
            let text = folded(&text);
            let _ = (pattern.find(&text), pattern.find_end(&text), pattern.quoted_by(&text));
        }
    }
}
