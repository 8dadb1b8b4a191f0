//! Another umask for a command. Only a process itself can change its own, so gobuildx starts once
//! more, changes its own, and becomes the program.

use std::fmt;
use std::str::FromStr;

#[cfg(unix)]
use rustix::fs::RawMode;
/// Other systems have none.
#[cfg(not(unix))]
type RawMode = u32;

/// The verb by which gobuildx becomes another program. No user calls it, so no help has it.
pub const WITH_UMASK: &str = "start-with-umask";

/// The rights that new files of a process never have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Umask(RawMode);

impl Umask {
    /// Nobody but the owner has any.
    pub const PRIVATE: Self = Self(0o077);
}

/// Four octal digits, as shells take them.
impl fmt::Display for Umask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl serde::Serialize for Umask {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is no umask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no umask: that is up to 0777, in octal digits")]
pub struct ParseUmaskError(String);

impl FromStr for Umask {
    type Err = ParseUmaskError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = RawMode::from_str_radix(text, 8).ok();
        let mask = number.filter(|mask| *mask <= 0o777);
        mask.map(Self)
            .ok_or_else(|| ParseUmaskError(text.to_owned()))
    }
}

#[cfg(unix)]
mod setting {
    use std::convert::Infallible;
    use std::ffi::OsString;

    use rustix::fs::Mode;

    use super::super::becoming::{self, BecomeError};
    use super::Umask;

    impl Umask {
        /// Sets the umask that the first argument is, and becomes the program that the others call.
        ///
        /// # Errors
        /// When that isn't possible; else this doesn't return.
        pub fn start(
            mut arguments: impl Iterator<Item = OsString>,
        ) -> Result<Infallible, BecomeError> {
            let umask = arguments.next().ok_or(BecomeError::Arguments)?;
            let Umask(mask) = umask.to_string_lossy().parse()?;
            rustix::process::umask(Mode::from_raw_mode(mask));
            becoming::start(arguments)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_umask_is_written_as_shells_read_it() {
        assert_eq!(Umask::PRIVATE.to_string(), "0077");
        assert_eq!("0077".parse(), Ok(Umask::PRIVATE));
        for wrong in ["", "8", "1000", "-1"] {
            assert!(wrong.parse::<Umask>().is_err(), "{wrong}");
        }
    }
}
