//! Turns the signals that ask a program to stop into a [`Cancel`].

use std::io;

use crate::process::Cancel;

/// Triggers `cancel` when SIGINT, SIGQUIT, SIGTERM or SIGHUP comes, from now to the end of the program.
///
/// A shell without job control starts a background job with SIGINT and SIGQUIT ignored, and `nohup` does the
/// same with SIGHUP: then the signal stays ignored. SIGTERM always works. Further signals change
/// nothing: everything is being stopped already.
///
/// # Errors
///
/// If the system refuses the handlers or the thread that waits for them.
#[cfg(unix)]
pub fn listen(cancel: &Cancel) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;

    use crate::process::Reason;

    let ignored = ignored_signals();
    let may_be_ignored = [SIGINT, SIGQUIT, SIGHUP];
    let heard = may_be_ignored
        .into_iter()
        .filter(|signal| !is_in(ignored, *signal))
        .chain([SIGTERM]);
    let mut signals = Signals::new(heard)?;
    let cancel = cancel.clone();
    let wait = move || {
        for signal in signals.forever() {
            cancel.trigger(Reason::Interrupted { signal });
        }
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(wait)
        .map(drop)
}

/// Does nothing: other systems end the program by themselves.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn listen(_: &Cancel) -> io::Result<()> {
    Ok(())
}

/// The signals that were ignored when the program started, as Linux tells; none elsewhere.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| ignored_in(&status))
        .unwrap_or(0)
}

/// The mask of the line `SigIgn:`.
#[cfg(unix)]
fn ignored_in(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// Whether a mask holds a signal: signal 1 is its lowest bit.
#[cfg(unix)]
fn is_in(mask: u64, signal: i32) -> bool {
    u32::try_from(signal - 1)
        .ok()
        .and_then(|bit| mask.checked_shr(bit))
        .is_some_and(|mask| mask & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_mask_is_read() {
        let status = "SigBlk:\t0000000000000001\nSigIgn:\t0000000000001003\nSigCgt:\t0\n";
        let mask = ignored_in(status).unwrap();
        let ignored: Vec<i32> = (1..=64).filter(|signal| is_in(mask, *signal)).collect();
        assert_eq!(ignored, [1, 2, 13]);
        assert_eq!(ignored_in("Name:\tx\n"), None);
    }
}
