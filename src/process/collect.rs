//! What becomes of the bytes that a command writes.

use super::Output;
use super::kept::Kept;
use super::lines::Lines;
use crate::secret::{self, Redacting};

/// Who hears which lines.
pub(super) enum Listener<'a> {
    /// Lines of stderr; all that is written is kept too.
    Stderr(&'a mut dyn FnMut(&str)),
    /// Lines of both without secrets, which come through one pipe; nothing is kept, however much it is.
    Both(&'a mut dyn FnMut(&str)),
}

/// Takes the bytes as they come.
pub(super) struct Collector<'a> {
    listener: Listener<'a>,
    lines: Lines,
    /// Where secrets are taken out before there are lines: a secret may be split over writes, and over the pieces of a
    /// long line.
    clean: Redacting<Vec<u8>>,
    stdout: Kept,
    stderr: Kept,
}

impl<'a> Collector<'a> {
    /// With how many bytes of each stream are kept at most.
    pub(super) fn new(listener: Listener<'a>, keep: Option<usize>) -> Self {
        Self {
            listener,
            lines: Lines::default(),
            clean: secret::redactor().stream(Vec::new()),
            stdout: Kept::new(keep),
            stderr: Kept::new(keep),
        }
    }

    pub(super) fn stdout(&mut self, bytes: &[u8]) {
        self.stdout.take(bytes);
    }

    /// Bytes of stderr, or of both.
    pub(super) fn stderr(&mut self, bytes: &[u8]) {
        match &mut self.listener {
            Listener::Stderr(on_line) => {
                self.lines.feed(bytes, on_line);
                self.stderr.take(bytes);
            }
            Listener::Both(on_line) => self.lines.feed(&self.clean.cleaned(bytes), on_line),
        }
    }

    /// Hands over a last line that had no end, and gives what was kept.
    pub(super) fn finish(mut self) -> Output {
        let (Listener::Stderr(on_line) | Listener::Both(on_line)) = &mut self.listener;
        self.lines.feed(&self.clean.rest(), on_line);
        self.lines.finish(on_line);
        Output {
            stdout: self.stdout.finish(),
            stderr: self.stderr.finish(),
        }
    }
}
