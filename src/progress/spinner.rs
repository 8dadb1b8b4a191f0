//! A sign of life while go and git are asked: on terminals only.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::console::{self, NOTE};
use crate::go_toolchain::GoToolchain;

/// Turns on stderr until it is dropped.
pub struct Spinner(ProgressBar);

impl Spinner {
    /// Starts to turn beside a text.
    #[must_use]
    pub fn start(text: impl Into<Cow<'static, str>>) -> Self {
        let bar = ProgressBar::new_spinner()
            .with_style(ProgressStyle::default_spinner())
            .with_message(text);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Writes a line above.
    pub fn say(&self, line: &str) {
        self.0.suspend(|| console::err(line));
    }

    /// Says which toolchain is used: one of tens of megabytes may have to come first.
    pub fn announce(&self, toolchain: &GoToolchain) {
        self.say(&format!(
            "{NOTE}Using{NOTE:#} {}, which go fetches where it isn't there yet",
            toolchain.version
        ));
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
