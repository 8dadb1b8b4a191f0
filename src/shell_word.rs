//! Writes words so that a POSIX shell reads them back, byte for byte.

use std::ffi::OsStr;
use std::fmt::{self, Write as _};

/// One word as a POSIX shell would take it.
///
/// Plain words stay as they are, others are put between single quotes. Bytes that no terminal
/// should get to see (control characters, and what isn't UTF-8) are written as
/// `"$(printf '\033')"`, which dash understands as well as bash.
#[must_use]
pub fn shell_word(word: &OsStr) -> impl fmt::Display + '_ {
    Word(word)
}

struct Word<'a>(&'a OsStr);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.as_encoded_bytes();
        if !bytes.is_empty() && bytes.iter().copied().all(is_plain) {
            return f.write_str(&self.0.to_string_lossy());
        }
        let mut word = Quoted { f, within: None };
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                word.char(c)?;
            }
            for byte in chunk.invalid() {
                word.escaped(*byte)?;
            }
        }
        word.finish(bytes.is_empty())
    }
}

/// Whether a byte means nothing special to a shell, wherever in a word it stands.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./,:=+@".contains(&byte)
}

/// The quotes that a quoted word is in the middle of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// `'…'`
    Single,
    /// `"$(printf '…')"`
    Printf,
}

/// A word that is being written piece by piece.
struct Quoted<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    within: Option<Quotes>,
}

impl Quoted<'_, '_> {
    fn char(&mut self, c: char) -> fmt::Result {
        match c {
            '\'' => {
                self.switch(None)?;
                self.f.write_str(r"\'")
            }
            // A command substitution would lose a newline at its end.
            c if c.is_control() && c != '\n' => {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    self.escaped(byte)?;
                }
                Ok(())
            }
            c => {
                self.switch(Some(Quotes::Single))?;
                self.f.write_char(c)
            }
        }
    }

    fn escaped(&mut self, byte: u8) -> fmt::Result {
        self.switch(Some(Quotes::Printf))?;
        write!(self.f, "\\{byte:03o}")
    }

    fn switch(&mut self, to: Option<Quotes>) -> fmt::Result {
        if self.within == to {
            return Ok(());
        }
        self.f.write_str(match self.within {
            None => "",
            Some(Quotes::Single) => "'",
            Some(Quotes::Printf) => "')\"",
        })?;
        self.f.write_str(match to {
            None => "",
            Some(Quotes::Single) => "'",
            Some(Quotes::Printf) => "\"$(printf '",
        })?;
        self.within = to;
        Ok(())
    }

    fn finish(mut self, empty: bool) -> fmt::Result {
        if empty {
            return self.f.write_str("''");
        }
        self.switch(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(word: &str) -> String {
        Word(OsStr::new(word)).to_string()
    }

    #[test]
    fn plain_words_stay_plain() {
        for word in [
            "go",
            "-ldflags=-s",
            "./cmd/server",
            "a,b",
            "v1.2.3+x@y",
            "-X=a.b=1",
        ] {
            assert_eq!(quote(word), word);
        }
    }

    #[test]
    fn others_are_quoted() {
        assert_eq!(quote(""), "''");
        assert_eq!(quote("-s -w"), "'-s -w'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote("$HOME"), "'$HOME'");
        assert_eq!(quote("~"), "'~'");
        assert_eq!(quote("a\nb"), "'a\nb'");
        assert_eq!(quote("{version}"), "'{version}'");
        assert_eq!(quote("café"), "'café'");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(quote("\x1b[31m"), r#""$(printf '\033')"'[31m'"#);
        assert_eq!(quote("\u{9b}"), r#""$(printf '\302\233')""#);
    }

    #[test]
    #[cfg(unix)]
    fn what_is_not_utf8_keeps_its_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let word = OsStr::from_bytes(b"a\xff\xfeb");
        assert_eq!(Word(word).to_string(), r#"'a'"$(printf '\377\376')"'b'"#);
    }
}
