//! Lines of any length, with memory for a bounded one: what is longer comes in pieces.

use std::io::{self, BufRead, Read as _};

/// The most bytes of a piece.
const PIECE: usize = 64 << 10;
/// What a piece repeats of the one before, so that no sign is cut in two.
const OVERLAP: usize = 2 << 10;

/// Reads a log in pieces of lines.
pub(super) struct Lines<R> {
    log: R,
    piece: Vec<u8>,
    number: u64,
    /// Whether the last piece ended where its line ends.
    is_whole: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(log: R) -> Self {
        Self {
            log,
            piece: Vec::new(),
            number: 0,
            is_whole: true,
        }
    }

    /// The lines so far.
    pub(super) fn count(&self) -> u64 {
        self.number
    }

    /// The number of a line and its next bytes; none at the end of the log.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        let kept = if self.is_whole { 0 } else { OVERLAP };
        let done = self.piece.len().saturating_sub(kept);
        self.piece.drain(..done);
        let room = PIECE.saturating_sub(self.piece.len());
        let mut limited = (&mut self.log).take(room as u64);
        if limited.read_until(b'\n', &mut self.piece)? == 0 {
            return Ok(None);
        }
        if self.is_whole {
            self.number += 1;
        }
        self.is_whole = self.piece.last() == Some(&b'\n');
        Ok(Some((self.number, &self.piece)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(log: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(log);
        let mut pieces = Vec::new();
        while let Some((number, piece)) = lines.next().unwrap() {
            pieces.push((number, piece.to_vec()));
        }
        pieces
    }

    #[test]
    fn lines_are_numbered_and_the_last_one_needs_no_end() {
        let pieces = pieces(b"a\n\nb");
        let expected = [
            (1, b"a\n".to_vec()),
            (2, b"\n".to_vec()),
            (3, b"b".to_vec()),
        ];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn a_long_line_comes_in_pieces_that_overlap_and_have_one_number() {
        let mut log = vec![b'x'; 3 * PIECE];
        log.extend(b"\nend\n");
        let pieces = pieces(&log);
        let (last, first) = pieces.split_last().unwrap();
        assert_eq!(last, &(2, b"end\n".to_vec()));
        assert!(first.len() > 3 && first.iter().all(|(number, _)| *number == 1));
        assert!(first.iter().all(|(_, piece)| piece.len() <= PIECE));
        let fresh: usize = first.iter().map(|(_, piece)| piece.len()).sum();
        assert_eq!(fresh - OVERLAP * (first.len() - 1), 3 * PIECE + 1);
    }
}
