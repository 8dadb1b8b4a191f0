//! The part of a Go file that decides what go lists of it. Pure.

use memchr::memmem;
use sha2::{Digest as _, Sha256};

/// What starts a comment that names files to embed.
const EMBED: &[u8] = b"//go:embed";

/// What go lists of a file follows from this, and from the name of the file.
///
/// go reads a Go file up to the first declaration behind the imports, which has the constraints, the package
/// clause, the imports and what cgo is told; and it looks for comments that name files to embed in all the rest.
/// Where the text isn't as go's parser wants it, the whole file counts.
///
/// Source: `readGoInfo` in Go's `go/build/read.go`, and `imports/read.go` and `modindex/read.go` in `cmd/go/internal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// SHA-256 of what counts.
    pub digest: [u8; 32],
    /// Whether files may be embedded.
    pub embeds: bool,
}

impl Head {
    /// That of a Go file.
    #[must_use]
    pub fn of_go(content: &[u8]) -> Self {
        let embeds = memmem::find(content, EMBED).is_some();
        let Some((header, rest)) = split(content) else {
            return Self {
                embeds,
                ..Self::whole(content)
            };
        };
        let comments = if memmem::find(rest, EMBED).is_some() {
            embed_comments(rest)
        } else {
            Some(Vec::new())
        };
        let Some(comments) = comments else {
            return Self {
                embeds,
                ..Self::whole(content)
            };
        };
        let mut hasher = Sha256::new();
        hasher.update(b"head");
        hasher.update(header.len().to_le_bytes());
        hasher.update(header);
        for comment in comments {
            hasher.update([u8::from(comment.is_alone)]);
            hasher.update(comment.text.len().to_le_bytes());
            hasher.update(comment.text);
        }
        Self {
            digest: hasher.finalize().into(),
            embeds,
        }
    }

    /// That of a file of which all counts.
    #[must_use]
    pub fn whole(content: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"whole");
        hasher.update(content);
        Self {
            digest: hasher.finalize().into(),
            embeds: false,
        }
    }
}

/// What go reads of a file at first, and the rest; none where that isn't how a Go file starts.
fn split(content: &[u8]) -> Option<(&[u8], &[u8])> {
    if content.contains(&0) {
        return None;
    }
    let mark = if content.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let mut reader = Reader { content, at: mark };
    reader.keyword(b"package")?;
    reader.identifier()?;
    loop {
        reader.space()?;
        if reader.peek() != Some(b'i') {
            return content.split_at_checked(reader.at);
        }
        reader.keyword(b"import")?;
        reader.space()?;
        if reader.peek() != Some(b'(') {
            reader.import()?;
            continue;
        }
        reader.at += 1;
        loop {
            reader.space()?;
            if reader.peek() == Some(b')') {
                reader.at += 1;
                break;
            }
            reader.import()?;
        }
    }
}

/// A comment that names files to embed.
struct EmbedComment<'a> {
    text: &'a [u8],
    /// Whether nothing but blanks stands before it in its line: releases of Go differ in whether that matters.
    is_alone: bool,
}

/// All such comments; none where texts and comments can't be told from code.
fn embed_comments(rest: &[u8]) -> Option<Vec<EmbedComment<'_>>> {
    let mut comments = Vec::new();
    let mut reader = Reader {
        content: rest,
        at: 0,
    };
    // What go stopped reading at stands before.
    let mut is_alone = false;
    while let Some(byte) = reader.peek() {
        let next = rest.get(reader.at + 1).copied();
        match (byte, next) {
            (b'\n', _) => is_alone = true,
            (b' ' | b'\t', _) => {}
            (b'/', Some(b'/')) => {
                let text = reader.line();
                if text.starts_with(EMBED) {
                    comments.push(EmbedComment { text, is_alone });
                }
                continue;
            }
            (b'/', Some(b'*')) => {
                reader.block_comment()?;
                is_alone = false;
                continue;
            }
            (b'"' | b'\'' | b'`', _) => {
                reader.quoted(byte)?;
                is_alone = false;
                continue;
            }
            _ => is_alone = false,
        }
        reader.at += 1;
    }
    Some(comments)
}

/// Reads as go does. Each method takes what it is named after, and says none where that isn't there.
struct Reader<'a> {
    content: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.content.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.content.get(self.at).copied()
    }

    /// Blanks, semicolons and comments, if there are any.
    fn space(&mut self) -> Option<()> {
        loop {
            match self.rest() {
                [b' ' | b'\x0c' | b'\t' | b'\r' | b'\n' | b';', ..] => self.at += 1,
                [b'/', b'/', ..] => drop(self.line()),
                [b'/', b'*', ..] => self.block_comment()?,
                [b'/', ..] => return None,
                _ => return Some(()),
            }
        }
    }

    /// The rest of a line, but for its end.
    fn line(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn block_comment(&mut self) -> Option<()> {
        let end = memmem::find(self.rest().get(2..)?, b"*/")?;
        self.at += 2 + end + 2;
        Some(())
    }

    fn keyword(&mut self, word: &[u8]) -> Option<()> {
        self.space()?;
        self.rest().strip_prefix(word)?;
        self.at += word.len();
        (!self.peek().is_some_and(is_of_identifier)).then_some(())
    }

    fn identifier(&mut self) -> Option<()> {
        self.space()?;
        let rest = self.rest().iter();
        let length = rest.take_while(|byte| is_of_identifier(**byte)).count();
        self.at += length;
        (length > 0).then_some(())
    }

    /// A text or a character in these quotes, on one line unless it is raw.
    fn quoted(&mut self, quote: u8) -> Option<()> {
        self.at += 1;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                _ if byte == quote => return Some(()),
                b'\n' if quote != b'`' => return None,
                b'\\' if quote != b'`' => {
                    if self.peek()? == b'\n' {
                        return None;
                    }
                    self.at += 1;
                }
                _ => {}
            }
        }
    }

    /// One import: a name, if it has one, and a path.
    fn import(&mut self) -> Option<()> {
        self.space()?;
        match self.peek()? {
            b'.' => self.at += 1,
            byte if is_of_identifier(byte) => self.identifier()?,
            _ => {}
        }
        self.space()?;
        match self.peek()? {
            quote @ (b'"' | b'`') => self.quoted(quote),
            _ => None,
        }
    }
}

fn is_of_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = "// Copyright\n\n//go:build linux\n\n// Package x.\npackage x\n\nimport (\n\t\"embed\"\n\t. \"fmt\"\n\
                        \tother `a/b` // why\n)\n\nimport \"C\"\n\n//go:embed a.txt\nvar A string\n\nfunc f() { println(\"//go:embed no\") }\n";

    fn head(text: &str) -> Head {
        Head::of_go(text.as_bytes())
    }

    /// Whether a file with this in the place of that has the same head.
    fn stays(from: &str, to: &str) -> bool {
        assert!(FILE.contains(from), "{from}");
        head(&FILE.replacen(from, to, 1)) == head(FILE)
    }

    #[test]
    fn code_is_not_in_the_head() {
        assert!(stays("println(", "panic("));
        assert!(stays("}\n", "}\n\nvar x = 'a' // more\n"));
        assert!(stays("\"//go:embed no\"", "`\n//go:embed no\n`"));
        assert!(stays("}\n", "}\n/*\n//go:embed no\n*/\n"));
    }

    #[test]
    fn all_before_the_first_declaration_is_in_the_head() {
        assert!(!stays("linux", "darwin"));
        assert!(!stays("package x", "package y"));
        assert!(!stays("\"fmt\"", "\"log\""));
        assert!(!stays("import \"C\"", "// #cgo LDFLAGS: -lm\nimport \"C\""));
        assert!(!stays("import \"C\"\n", "import \"C\"\nimport \"os\"\n"));
        assert!(!stays("// Copyright", "// Copyleft"));
    }

    #[test]
    fn comments_that_embed_are_in_the_head_wherever_they_are() {
        assert!(head(FILE).embeds);
        assert!(!stays("a.txt", "b.txt"));
        assert!(!stays("}\n", "}\n\n//go:embed b.txt\nvar B string\n"));
        assert!(!stays("//go:embed a.txt", "/*\n//go:embed a.txt\n*/"));
        assert!(!stays("//go:embed a.txt\n", "var a int //go:embed a.txt\n"));
        assert!(!stays("println(\"//go:embed no\")", "`\n` //go:embed no\n"));
    }

    #[test]
    fn of_what_is_no_go_file_all_counts() {
        for text in [
            "",
            "packagex",
            "package",
            "package x\nimport fmt\nvar a",
            "package x\nimport (\n\"a\"\nvar a",
            "package x\nif a",
            "package x\n/* a",
            "package x\nimport \"a\nb\"\nvar a",
            "package x\nvar a = \"\0\"",
            "package x\nvar a = \"\n//go:embed b",
        ] {
            let more = format!("{text} ");
            assert_ne!(head(text), head(&more), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_file_is_read_without_harm(content in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Head::of_go(&content);
        }

        #[test]
        fn a_longer_declaration_leaves_the_head(text in "[a-z =+(){}\n\t0-9]{0,60}") {
            let more = format!("{FILE}var z = 1\n{text}");
            prop_assert_eq!(head(&more), head(FILE));
        }
    }
}
