//! How much work a file may make: so many steps for its size, so that one that was made to be slow
//! is given up.

/// Steps for each byte of a file. Real programs take fewer than one.
const STEPS_A_BYTE: u64 = 4;
/// Steps that any file may take, so that small ones need no care.
const LEAST: u64 = 1 << 16;
/// Steps that no file may exceed: a fraction of a second.
const MOST: u64 = 1 << 28;

/// The steps that are left.
#[derive(Debug)]
pub(super) struct Work {
    left: u64,
}

/// A file makes more work than any program of its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMuch;

impl Work {
    /// What a file of so many bytes may take.
    pub(super) fn for_file(bytes: usize) -> Self {
        let steps = (bytes as u64).saturating_mul(STEPS_A_BYTE);
        Self {
            left: steps.clamp(LEAST, MOST),
        }
    }

    /// Takes steps; fails where there aren't as many left.
    #[inline]
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), TooMuch> {
        self.left = self.left.checked_sub(steps as u64).ok_or(TooMuch)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends() {
        let mut work = Work::for_file(0);
        assert_eq!(work.spend(1 << 15), Ok(()));
        assert_eq!(work.spend(1 << 15), Ok(()));
        assert_eq!(work.spend(1), Err(TooMuch));
        let mut work = Work::for_file(usize::MAX);
        assert_eq!(work.spend(1 << 29), Err(TooMuch));
    }
}
