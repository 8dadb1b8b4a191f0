//! Values by position in the code, as Go writes them: differences of both.
//!
//! Source: Go's `runtime/symtab.go` (`pcvalue`, `step`).

/// Values by position: each with the position at which it ends.
#[derive(Clone, Debug)]
pub(super) struct Values<'data> {
    bytes: &'data [u8],
    quantum: u64,
    value: i64,
    end: u64,
}

impl<'data> Values<'data> {
    pub(super) fn new(bytes: &'data [u8], quantum: u8) -> Self {
        Self {
            bytes,
            quantum: quantum.into(),
            value: -1,
            end: 0,
        }
    }

    #[inline]
    fn number(&mut self) -> Option<u32> {
        // Most numbers are small.
        if let Some((byte, rest)) = self.bytes.split_first()
            && byte & 0x80 == 0
        {
            self.bytes = rest;
            return Some((*byte).into());
        }
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

impl Iterator for Values<'_> {
    type Item = (i64, u64);

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.number()?;
        if step == 0 && self.end != 0 {
            return None;
        }
        // Signed numbers alternate: 0, -1, 1, -2, …
        let size = i64::from(step >> 1);
        self.value += if step & 1 == 0 { size } else { !size };
        self.end += u64::from(self.number()?) * self.quantum;
        Some((self.value, self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_position_are_read_until_a_step_of_nothing() {
        // +1 (from -1) until 4, +2 until 5, -3 until 8, end.
        let bytes = [2, 4, 4, 1, 5, 3, 0];
        let values: Vec<_> = Values::new(&bytes, 1).collect();
        assert_eq!(values, [(0, 4), (2, 5), (-1, 8)]);
        let steps: Vec<_> = Values::new(&bytes, 4).map(|(_, end)| end).collect();
        assert_eq!(steps, [16, 20, 32]);
    }

    #[test]
    fn values_that_never_end_end_with_the_bytes() {
        assert_eq!(Values::new(&[2, 0x80, 0x80], 1).count(), 0);
        assert_eq!(Values::new(&[0xff; 20], 1).count(), 0);
    }
}
