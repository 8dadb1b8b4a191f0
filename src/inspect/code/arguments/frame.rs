//! How far a function moves the stack pointer: Go's compiler does so once, at its start, and back
//! before it returns.

/// A move of the stack pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Down by so many bytes, or up again where the number is negative.
    Down(i64),
    /// To where it doesn't show.
    Anywhere,
}

/// The frame of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// How far the stack pointer is below where it was at the start; none where that doesn't show.
    depth: Option<i64>,
    /// The most that it was.
    size: i64,
}

impl Default for Frame {
    /// At the start of a function.
    fn default() -> Self {
        Self {
            depth: Some(0),
            size: 0,
        }
    }
}

impl Frame {
    /// The stack pointer moves.
    pub(super) fn follow(&mut self, moved: Move) {
        let depth = match (self.depth, moved) {
            (Some(depth), Move::Down(down)) => depth.checked_add(down),
            _ => None,
        };
        self.depth = depth.filter(|depth| *depth >= 0);
        let depth = self.depth.unwrap_or_default();
        self.size = self.size.max(depth);
        if self.depth == Some(0) {
            // It returns, and behind that is other code of the function.
            self.depth = Some(self.size);
        }
    }

    /// How far a distance from the stack pointer is from where that was at the start.
    pub(super) fn own(self, offset: i64) -> Option<i64> {
        offset.checked_sub(self.depth?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_stays_after_the_function_returned_somewhere() {
        let mut frame = Frame::default();
        assert_eq!(frame.own(8), Some(8));
        frame.follow(Move::Down(24));
        frame.follow(Move::Down(-24));
        assert_eq!(frame.own(32), Some(8));
    }

    #[test]
    fn a_frame_is_the_sum_of_its_steps() {
        let mut frame = Frame::default();
        frame.follow(Move::Down(8));
        frame.follow(Move::Down(24));
        assert_eq!(frame.own(40), Some(8));
        frame.follow(Move::Down(-24));
        assert_eq!(frame.own(16), Some(8));
        frame.follow(Move::Down(-8));
        assert_eq!(frame.own(40), Some(8));
    }

    #[test]
    fn a_frame_above_the_start_is_not_known() {
        let mut frame = Frame::default();
        frame.follow(Move::Down(8));
        frame.follow(Move::Down(-16));
        assert_eq!(frame.own(8), None);
    }
}
