//! Which lines of a log can tell anything: most can't, and aren't worth being read as text.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind, PatternID};

use super::tidy::without_colors;

/// Words that a line must have to tell anything, as its bytes are.
pub(super) struct Screen {
    texts: AhoCorasick,
    /// So many of the texts come before what only interrupts others.
    telling: usize,
}

/// Escapes of JSON for letters and for what stands between them. A line that has one passes, whatever it
/// says.
const ESCAPES: &[&str] = &["\\u", "\\/"];

/// How the sequences begin that change colours and lead to other places, in text of one and of two bytes a
/// character. Bytes that are no text have other things behind an escape.
const SEQUENCES: &[&str] = &["\u{1b}[", "\u{1b}]", "\u{1b}(", "\u{1b}\0"];

/// What two bytes a character leave between letters.
const GAPS: &[&str] = &["\0", "\u{feff}"];

/// What a text means that is found in a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hit {
    /// Words may go on behind it.
    Gap,
    /// The same, behind all that belongs to it.
    Sequence,
    /// The line may tell something.
    Telling,
}

impl Screen {
    /// A screen that lets each line pass which has one of these texts, in whatever case.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, BuildError> {
        let mut words: Vec<&str> = texts.map(longest_word).collect();
        words.extend(ESCAPES);
        let telling = words.len();
        words.extend(SEQUENCES.iter().chain(GAPS));
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true);
        // A sequence is more than the gap in it.
        builder.match_kind(MatchKind::LeftmostFirst);
        // There are few words, and there may be many lines.
        builder.kind(Some(AhoCorasickKind::DFA));
        let texts = builder.build(words)?;
        Ok(Self { texts, telling })
    }

    pub(super) fn passes(&self, line: &[u8]) -> bool {
        match self.best(line) {
            None => false,
            Some(Hit::Telling) => true,
            Some(Hit::Gap) => self.tells_without_gaps(line.to_vec()),
            Some(Hit::Sequence) => {
                let text = String::from_utf8_lossy(line);
                self.tells_without_gaps(without_colors(&text).into_owned().into_bytes())
            }
        }
    }

    fn tells_without_gaps(&self, mut line: Vec<u8>) -> bool {
        // The bytes of U+FEFF one by one: that rather lets a line pass.
        line.retain(|byte| !matches!(byte, 0 | 0xef | 0xbb | 0xbf));
        self.best(&line) == Some(Hit::Telling)
    }

    /// What says most of what is found in a line.
    fn best(&self, line: &[u8]) -> Option<Hit> {
        let mut best = None;
        for hit in self.texts.find_iter(line) {
            best = best.max(Some(self.meaning(hit.pattern())));
            if best == Some(Hit::Telling) {
                break;
            }
        }
        best
    }

    fn meaning(&self, text: PatternID) -> Hit {
        match text.as_usize().checked_sub(self.telling) {
            None => Hit::Telling,
            Some(after) if after < SEQUENCES.len() => Hit::Sequence,
            Some(_) => Hit::Gap,
        }
    }
}

/// The longest word of a text: what stands between words may differ, such as spaces and quotation
/// marks. The first one if there are several.
fn longest_word(text: &str) -> &str {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let longest = words.rev().max_by_key(|word| word.len());
    longest.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Cause;

    fn of(texts: &[&'static str]) -> Screen {
        Screen::new(texts.iter().copied()).unwrap()
    }

    #[test]
    fn a_line_without_any_of_the_words_does_not_pass() {
        let screen = of(&["open …: no such file or directory", "fatal error: "]);
        for line in [
            "open /etc/app: permission denied",
            "GET / 200 \"error\"",
            "",
        ] {
            assert!(!screen.passes(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn a_line_passes_however_its_words_are_written() {
        let screen = of(&["exec: …: executable file not found in …"]);
        for line in [
            "exec: \"git\": EXECUTABLE\tfile not found in $PATH",
            "\u{1b}[1mexec\u{1b}[0mutable",
            r#"{"msg":"\u0065xecutable"}"#,
            "e\0x\0e\0c\0u\0t\0a\0b\0l\0e\0",
            "e\0x\u{1b}[0me\u{feff}cutable",
            "\\\u{1b}[1mu0065xecutable",
            "e\0x\0\u{1b}\0[\0m\0e\0c\0u\0t\0a\0b\0l\0e\0",
        ] {
            assert!(screen.passes(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_do_not_pass_for_what_interrupts_them() {
        let screen = of(&["fatal error: "]);
        for line in [
            &b"\0\x01\xfe\x1b[1m\0"[..],
            b"\x7fELF\x02\0\0",
            b"\x1b]0;fat\x07al",
        ] {
            assert!(!screen.passes(line), "{line:?}");
        }
    }

    #[test]
    fn every_sign_has_a_word_that_is_in_few_lines() {
        for sign in Cause::all().flat_map(Cause::signs) {
            assert!(longest_word(sign).len() > 3, "{sign}");
        }
    }
}
