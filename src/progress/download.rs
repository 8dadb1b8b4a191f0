//! A toolchain on its way: lines, and a bar on terminals.

use indicatif::{ProgressBar, ProgressStyle};

use crate::console::{self, NOTE};
use crate::fetch::Address;
use crate::go_install::Telling;
use crate::printable::printable;

/// Shows a toolchain on its way.
pub struct Download {
    name: String,
    bar: Option<ProgressBar>,
}

impl Download {
    /// One of this name.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self { name, bar: None }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Telling for Download {
    fn waits(&mut self) {
        console::err(&format!(
            "{NOTE}Waiting{NOTE:#} for another gobuildx that installs"
        ));
    }

    fn is_broken(&mut self, reason: &str) {
        console::err(&format!(
            "{NOTE}Note:{NOTE:#} {} is there, but it {}: it is installed anew",
            self.name,
            printable(reason)
        ));
    }

    fn asks(&mut self, address: &Address) {
        self.clear();
        console::err(&format!(
            "{NOTE}Getting{NOTE:#} {}",
            printable(&address.to_string())
        ));
    }

    fn begins(&mut self, length: Option<u64>) {
        let (bar, form) = match length {
            Some(length) => (
                ProgressBar::new(length),
                "{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left",
            ),
            None => (ProgressBar::no_length(), "{msg} {spinner} {bytes}"),
        };
        let style = ProgressStyle::with_template(form);
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar = Some(bar.with_message(self.name.clone()));
    }

    fn comes(&mut self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
        }
    }

    fn has_come(&mut self) {
        self.clear();
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        self.clear();
    }
}
