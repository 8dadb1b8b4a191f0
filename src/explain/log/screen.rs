//! Which lines of a log can tell anything: most can't, and aren't worth being read as text.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

/// Words that a line must have to tell anything, as its bytes are.
pub(super) struct Screen(AhoCorasick);

/// What may stand in the bytes where the text goes on: colours, characters of two bytes, escapes of
/// JSON for letters and for what stands between them. A line that has it passes, whatever it says.
const RESHAPED: &[&str] = &["\u{1b}", "\0", "\u{feff}", "\\u", "\\/"];

impl Screen {
    /// A screen that lets each line pass which has one of these texts, in whatever case.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, BuildError> {
        let words = texts.map(longest_word).chain(RESHAPED.iter().copied());
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true);
        // There are few words, and there may be many lines.
        builder.kind(Some(AhoCorasickKind::DFA));
        builder.build(words).map(Self)
    }

    pub(super) fn passes(&self, line: &[u8]) -> bool {
        self.0.is_match(line)
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
            "e\0x\0e\0c\0",
        ] {
            assert!(screen.passes(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn every_sign_has_a_word_that_is_in_few_lines() {
        for sign in Cause::all().flat_map(Cause::signs) {
            assert!(longest_word(sign).len() > 3, "{sign}");
        }
    }
}
