//! Which lines of a log can tell anything: most can't, and aren't worth being read as text.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, PatternID};

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

/// What may stand in the bytes where the text goes on: colours, characters of two bytes. A line that has
/// it is screened once more without it: bytes that are no text have it everywhere.
const INTERRUPTIONS: &[&str] = &["\u{1b}", "\0", "\u{feff}"];

impl Screen {
    /// A screen that lets each line pass which has one of these texts, in whatever case.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, BuildError> {
        let mut words: Vec<&str> = texts.map(longest_word).collect();
        words.extend(ESCAPES);
        let telling = words.len();
        words.extend(INTERRUPTIONS);
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true);
        // There are few words, and there may be many lines.
        builder.kind(Some(AhoCorasickKind::DFA));
        let texts = builder.build(words)?;
        Ok(Self { texts, telling })
    }

    pub(super) fn passes(&self, line: &[u8]) -> bool {
        let mut is_interrupted = false;
        for hit in self.texts.find_iter(line) {
            if self.tells(hit.pattern()) {
                return true;
            }
            is_interrupted = true;
        }
        is_interrupted && !is_noise(line) && self.passes_on(&String::from_utf8_lossy(line))
    }

    /// Whether a line passes where nothing interrupts its words.
    fn passes_on(&self, line: &str) -> bool {
        let mut line = without_colors(line).into_owned();
        line.retain(|c| !matches!(c, '\0' | '\u{feff}'));
        let mut hits = self.texts.find_iter(&line);
        hits.any(|hit| self.tells(hit.pattern()))
    }

    fn tells(&self, text: PatternID) -> bool {
        text.as_usize() < self.telling
    }
}

/// Whether bytes are no text of any kind, in which nothing is meant to interrupt anything. Of bytes by
/// chance a tenth are controls that no text has; of text in UTF-16 at most a twentieth, whatever its
/// language.
fn is_noise(line: &[u8]) -> bool {
    let is_odd =
        |byte: &&u8| matches!(byte, 0x01..=0x08 | 0x0b | 0x0c | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let odd = line.iter().filter(is_odd).count();
    odd > 4 && odd * 12 > line.len()
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
    fn bytes_by_chance_are_noise_and_text_in_no_encoding_is() {
        let every: Vec<u8> = (0..=u8::MAX).collect();
        assert!(is_noise(&every));
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let language: String = ('\u{4e00}'..'\u{5e00}').collect();
        assert!(!is_noise(&wide(&language)), "of each character one");
        for text in [
            "fatal error: x",
            "\u{1b}[31mfatal\u{1b}[0m\t\r\n",
            "ошибка: нет файла",
        ] {
            assert!(
                !is_noise(text.as_bytes()) && !is_noise(&wide(text)),
                "{text}"
            );
        }
    }

    #[test]
    fn every_sign_has_a_word_that_is_in_few_lines() {
        for sign in Cause::all().flat_map(Cause::signs) {
            assert!(longest_word(sign).len() > 3, "{sign}");
        }
    }
}
