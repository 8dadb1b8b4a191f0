//! The bytes of a stream that are kept: how it begins, and how it ends.

use std::collections::VecDeque;

/// What stands in place of those that aren't: no line goes on behind it.
const CUT: &str = "…\n…";

/// Takes bytes, and keeps the first and the last of them.
#[derive(Debug)]
pub(super) struct Kept {
    /// How many are kept at most.
    limit: Option<usize>,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    is_cut: bool,
}

impl Kept {
    pub(super) fn new(limit: Option<usize>) -> Self {
        Self {
            limit,
            head: Vec::new(),
            tail: VecDeque::new(),
            is_cut: false,
        }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        let Some(limit) = self.limit else {
            self.head.extend_from_slice(bytes);
            return;
        };
        // What a program dies of stands at its end.
        let most = limit / 4;
        let room = most.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let beyond = self.tail.len().saturating_sub(limit - most);
        self.is_cut |= beyond > 0;
        self.tail.drain(..beyond);
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.is_cut {
            self.head.extend_from_slice(CUT.as_bytes());
            self.tail.drain(..CUT.len().min(self.tail.len()));
        }
        self.head.extend(self.tail);
        self.head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(limit: Option<usize>, pieces: &[&str]) -> String {
        let mut kept = Kept::new(limit);
        for piece in pieces {
            kept.take(piece.as_bytes());
        }
        String::from_utf8(kept.finish()).unwrap()
    }

    #[test]
    fn what_is_within_the_limit_is_kept_as_it_is() {
        for limit in [None, Some(6), Some(100)] {
            assert_eq!(kept(limit, &["abc", "", "def"]), "abcdef");
        }
    }

    #[test]
    fn beginning_and_end_are_kept_and_not_joined() {
        let pieces = ["beginning ", &"middle ".repeat(100), "at ", "the end"];
        let text = kept(Some(40), &pieces);
        assert_eq!(text.len(), 40);
        assert_eq!(text, "beginning …\n…iddle middle at the end");
        assert_eq!(kept(Some(40), &[&pieces.concat()]), text);
    }
}
