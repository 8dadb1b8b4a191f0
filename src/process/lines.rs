//! Cuts a stream of bytes into lines.

/// The longest line that is handed over in one piece.
const LONGEST: usize = 64 * 1024;

/// Collects bytes until a line is complete.
#[derive(Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Takes the next bytes and hands over the lines that they complete, without their ends.
    ///
    /// A line of more than 64 KiB comes in several pieces.
    pub(super) fn feed(&mut self, mut bytes: &[u8], on_line: &mut dyn FnMut(&str)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, after) = bytes.split_at(end);
            self.push(line, on_line);
            self.flush(on_line);
            bytes = after.split_first().map_or(&[], |(_, after)| after);
        }
        self.push(bytes, on_line);
    }

    /// Hands over the last line if it had no end.
    pub(super) fn finish(&mut self, on_line: &mut dyn FnMut(&str)) {
        if !self.rest.is_empty() {
            self.flush(on_line);
        }
    }

    fn push(&mut self, bytes: &[u8], on_line: &mut dyn FnMut(&str)) {
        self.rest.extend_from_slice(bytes);
        while self.rest.len() > LONGEST {
            let after = self.rest.split_off(char_boundary(&self.rest, LONGEST));
            on_line(&String::from_utf8_lossy(&self.rest));
            self.rest = after;
        }
    }

    fn flush(&mut self, on_line: &mut dyn FnMut(&str)) {
        let line = self.rest.strip_suffix(b"\r").unwrap_or(&self.rest);
        on_line(&String::from_utf8_lossy(line));
        self.rest.clear();
    }
}

/// The last place at or before `at` that isn't within a character, as far as UTF-8 goes.
fn char_boundary(bytes: &[u8], at: usize) -> usize {
    let continues = |index: &usize| bytes.get(*index).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3)..=at)
        .rev()
        .find(|index| !continues(index))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let mut seen = Vec::new();
        let mut lines = Lines::default();
        for piece in pieces {
            lines.feed(piece, &mut |line| seen.push(line.to_owned()));
        }
        lines.finish(&mut |line| seen.push(line.to_owned()));
        seen
    }

    #[test]
    fn lines_are_cut_wherever_the_reads_ended() {
        assert_eq!(lines(&[b"a\nb", b"c\n\n", b"d"]), ["a", "bc", "", "d"]);
        assert_eq!(lines(&[b"a\r", b"\nb\r\n"]), ["a", "b"]);
        assert_eq!(lines(&[b"a\n"]), ["a"]);
        assert!(lines(&[b""]).is_empty());
    }

    #[test]
    fn what_is_not_utf8_is_replaced() {
        assert_eq!(lines(&[b"a\xffb\n"]), ["a\u{fffd}b"]);
        assert_eq!(lines(&["ü\n".as_bytes().split_at(1).0, b"\xbc\n"]), ["ü"]);
    }

    #[test]
    fn a_long_line_comes_in_pieces_and_loses_nothing() {
        let text = "xü".repeat(LONGEST);
        let seen = lines(&[text.as_bytes()]);
        assert!(seen.len() > 1);
        assert!(seen.iter().all(|piece| piece.len() <= LONGEST));
        assert_eq!(seen.concat(), text);
    }

    #[test]
    fn a_long_line_without_characters_still_moves_on() {
        let seen = lines(&[&vec![0x80; LONGEST * 2 + 1]]);
        assert_eq!(seen.len(), 3);
    }
}
