//! How far a function moves the stack pointer: Go's compiler does so once, at its start, and back
//! before it returns.

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
    /// The stack pointer moves down, or up again where the number is negative; none if that doesn't
    /// show how far.
    pub(super) fn grow(&mut self, down: Option<i64>) {
        self.size = match (self.size, down) {
            (Some(0), Some(down)) if down >= 0 => Some(down),
            // It returns, and behind that is other code of the function.
            (Some(size), Some(down)) if down < 0 => Some(size),
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
        frame.grow(Some(24));
        frame.grow(Some(-24));
        assert_eq!(frame.own(32), Some(8));
    }

    #[test]
    fn a_frame_in_steps_is_not_known() {
        let mut frame = Frame::default();
        frame.grow(Some(8));
        frame.grow(Some(24));
        assert_eq!(frame.own(32), None);
    }
}
