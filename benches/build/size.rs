//! How much is built.

use std::fmt;
use std::str::FromStr;

/// So many binaries for so many targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) binaries: usize,
    pub(crate) targets: usize,
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = || format!("`{text}` is no size such as 4x2");
        let (binaries, targets) = text.split_once('x').ok_or_else(wanted)?;
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
        Ok(Self {
            binaries: number(binaries).ok_or_else(wanted)?,
            targets: number(targets).ok_or_else(wanted)?,
        })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (binaries, targets) = (self.binaries, self.targets);
        let binary = if binaries == 1 { "binary" } else { "binaries" };
        let target = if targets == 1 { "target" } else { "targets" };
        write!(f, "{binaries} {binary} × {targets} {target}")
    }
}
