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
    /// Bytes; none where the stack pointer moves in another way.
    size: Option<i64>,
}

impl Default for Frame {
    /// At the start of a function.
    fn default() -> Self {
        Self { size: Some(0) }
    }
}

impl Frame {
    /// The stack pointer moves.
    pub(super) fn follow(&mut self, moved: Move) {
        self.size = match (self.size, moved) {
            (Some(0), Move::Down(down)) if down >= 0 => Some(down),
            // It returns, and behind that is other code of the function.
            (Some(size), Move::Down(down)) if down < 0 => Some(size),
            _ => None,
        };
    }

    /// How far a distance from the stack pointer is from where that was at the start.
    pub(super) fn own(self, offset: i64) -> Option<i64> {
        offset.checked_sub(self.size?)
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
    fn a_frame_in_steps_is_not_known() {
        let mut frame = Frame::default();
        frame.follow(Move::Down(8));
        frame.follow(Move::Down(24));
        assert_eq!(frame.own(32), None);
    }
}
