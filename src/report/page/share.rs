//! Parts of a whole, as charts have them.

use std::fmt;

/// A part of a whole, in hundredths of a percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share(u64);

impl Share {
    /// So much of so much; nothing of nothing.
    pub(super) fn of(part: u64, whole: u64) -> Self {
        let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
        Self(u64::try_from(hundredths).unwrap_or(u64::MAX))
    }

    /// What lies between two shares.
    pub(super) fn since(self, start: Self) -> Self {
        Self(self.0.saturating_sub(start.0))
    }

    /// For people: `12 %`, `<1 %`.
    pub(super) fn in_words(self) -> String {
        match self.0 {
            0 => "0 %".to_owned(),
            1..100 => "<1 %".to_owned(),
            hundredths => format!("{} %", hundredths.saturating_add(50) / 100),
        }
    }
}

/// As CSS and SVG have it: `12.34%`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage() {
        assert_eq!(Share::of(1, 3).to_string(), "33.33%");
        assert_eq!(Share::of(5, 0).to_string(), "500.00%");
        assert_eq!(Share::of(0, 0).to_string(), "0.00%");
        assert_eq!(Share::of(u64::MAX, u64::MAX).to_string(), "100.00%");
    }

    #[test]
    fn people_read_whole_percents() {
        let words = |part| Share::of(part, 10_000).in_words();
        assert_eq!(
            [0, 1, 100, 1_250].map(words),
            ["0 %", "<1 %", "1 %", "13 %"]
        );
    }
}
