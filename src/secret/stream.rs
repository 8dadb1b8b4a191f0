//! A stream without secrets.

use std::io::{self, Write};

use super::{PLACEHOLDER, Redactor};

/// Passes on what is written to it, without secrets. What may be the beginning of one is held back until it is known to
/// be none, or until the stream ends ([`Self::finish`], or when it is dropped); flushing passes it not on, since then a
/// secret that is written in pieces would be, too.
#[derive(Debug)]
pub struct Redacting<W: Write> {
    redactor: Redactor,
    inner: W,
    held: Vec<u8>,
    /// So many of the first bytes that are held belong to a secret for which the placeholder is written already.
    covered: usize,
}

impl<W: Write> Redacting<W> {
    pub(super) fn new(redactor: Redactor, inner: W) -> Self {
        Self {
            redactor,
            inner,
            held: Vec::new(),
            covered: 0,
        }
    }

    /// Passes on what is held back, since nothing follows.
    ///
    /// # Errors
    /// What the stream behind says.
    pub fn finish(&mut self) -> io::Result<()> {
        self.pass_on(self.held.len())?;
        self.inner.flush()
    }

    /// Passes on the bytes before a place at which no secret that is still unfinished has begun.
    fn pass_on(&mut self, until: usize) -> io::Result<()> {
        let mut passed = Vec::new();
        let mut done = self.covered.min(until);
        let mut covered_end = self.covered;
        for region in self.redactor.regions(&self.held) {
            if region.start >= until {
                break;
            }
            // One that overlaps with what is covered makes that longer.
            if region.start >= covered_end {
                passed.extend_from_slice(self.held.get(done..region.start).unwrap_or_default());
                passed.extend_from_slice(PLACEHOLDER.as_bytes());
            }
            covered_end = covered_end.max(region.end);
            done = covered_end.min(until);
        }
        passed.extend_from_slice(self.held.get(done..until).unwrap_or_default());
        self.held.drain(..until);
        self.covered = covered_end.saturating_sub(until);
        self.inner.write_all(&passed)
    }
}

impl Redacting<Vec<u8>> {
    /// What is known to be free of secrets once these bytes have come.
    pub fn cleaned(&mut self, bytes: &[u8]) -> Vec<u8> {
        // A Vec takes everything.
        let _ = self.write_all(bytes);
        std::mem::take(&mut self.inner)
    }

    /// What was held back, when nothing follows.
    pub fn rest(&mut self) -> Vec<u8> {
        let _ = self.finish();
        std::mem::take(&mut self.inner)
    }
}

impl<W: Write> Write for Redacting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        let until = self.redactor.unfinished(&self.held);
        self.pass_on(until)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Drop for Redacting<W> {
    fn drop(&mut self) {
        // Whoever wants to know of an error has called `finish`.
        let _ = self.finish();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Secret;
    use super::*;

    fn redactor(secrets: &[String]) -> Redactor {
        let secrets: Vec<Secret> = secrets
            .iter()
            .map(|text| Secret::from(text.as_str()))
            .collect();
        Redactor::of(&secrets).unwrap()
    }

    /// What comes out when a text is written in these pieces.
    fn streamed<'p>(redactor: &Redactor, pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
        let mut written = Vec::new();
        let mut stream = redactor.stream(&mut written);
        for piece in pieces {
            stream.write_all(piece).unwrap();
            stream.flush().unwrap();
        }
        stream.finish().unwrap();
        drop(stream);
        written
    }

    #[test]
    fn a_secret_is_gone_wherever_a_text_with_it_is_split() {
        let redactor = redactor(&["s3cret-token".to_owned(), "token-of-others".to_owned()]);
        let text = b"a s3cret-token-of-others, s3cret-tok and s3cret-s3cret-token.";
        let expected = b"a [secret], s3cret-tok and s3cret-[secret].";
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(streamed(&redactor, pieces), expected, "{first} {second}");
            }
        }
        assert_eq!(streamed(&redactor, text.chunks(1)), expected);
    }

    #[test]
    fn what_can_not_be_the_beginning_of_a_secret_is_passed_on_at_once() {
        let redactor = redactor(&["s3cret-token".to_owned()]);
        let mut written = Vec::new();
        let mut stream = redactor.stream(&mut written);
        stream.write_all(b"compiling s3cret-").unwrap();
        assert_eq!(stream.inner.as_slice(), b"compiling ");
        stream.write_all(b"less\n").unwrap();
        assert_eq!(stream.inner.as_slice(), b"compiling s3cret-less\n");
    }

    #[test]
    fn what_is_held_back_comes_when_the_stream_ends() {
        let redactor = redactor(&["s3cret-token".to_owned()]);
        let mut written = Vec::new();
        redactor
            .stream(&mut written)
            .write_all(b"s3cret-t")
            .unwrap();
        assert_eq!(written, b"s3cret-t");
    }

    /// Secrets of few letters, so that they overlap and repeat.
    fn secrets() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("[ab]{6,9}|[abc]{6,8}", 1..4)
    }

    proptest! {
        #[test]
        fn a_stream_writes_what_the_whole_text_would_be(
            secrets in secrets(), text in "[abc]{0,60}", pieces in proptest::collection::vec(1_usize..9, 1..40),
        ) {
            let redactor = redactor(&secrets);
            let mut rest = text.as_bytes();
            let mut split = Vec::new();
            for length in pieces {
                let (piece, after) = rest.split_at(length.min(rest.len()));
                split.push(piece);
                rest = after;
            }
            split.push(rest);
            let whole = redactor.redacted_bytes(text.as_bytes());
            prop_assert_eq!(streamed(&redactor, split), whole.as_ref());
            prop_assert_eq!(streamed(&redactor, text.as_bytes().chunks(1)), whole.as_ref());
        }

        #[test]
        fn no_secret_is_left(secrets in secrets(), text in "[abc]{0,60}") {
            let redacted = redactor(&secrets).redacted(&text).into_owned();
            // The placeholder has letters of secrets, so what stands between is looked at.
            for secret in &secrets {
                prop_assert!(redacted.split(PLACEHOLDER).all(|part| !part.contains(secret.as_str())));
            }
        }
    }
}
