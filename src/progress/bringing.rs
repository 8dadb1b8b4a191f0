//! The files of a release on their way: a line on terminals only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::delivery::Bringing;
use crate::human;
use crate::printable::printable;

/// Shows which file comes, and how much of all has come.
pub struct ReleaseProgress {
    bar: ProgressBar,
    bytes: u64,
    now: String,
}

impl ReleaseProgress {
    /// Nothing has come.
    #[must_use]
    pub fn start() -> Self {
        let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            bar,
            bytes: 0,
            now: String::new(),
        }
    }

    fn show(&self) {
        let (now, bytes) = (&self.now, human::size(self.bytes));
        self.bar.set_message(format!("Getting {now} ({bytes})"));
    }
}

impl Bringing for ReleaseProgress {
    fn gets(&mut self, path: &str) {
        self.now = printable(path);
        self.show();
    }

    fn comes(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.show();
    }
}

impl Drop for ReleaseProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
