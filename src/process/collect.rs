//! What becomes of the bytes that a command writes.

use super::Output;
use super::kept::Kept;
use super::lines::Lines;

/// Who hears which lines.
pub(super) enum Listener<'a> {
    /// Lines of stderr; all that is written is kept too.
    Stderr(&'a mut dyn FnMut(&str)),
    /// Lines of both, which come through one pipe; nothing is kept, however much it is.
    Both(&'a mut dyn FnMut(&str)),
}

/// Takes the bytes as they come.
pub(super) struct Collector<'a> {
    listener: Listener<'a>,
    lines: Lines,
    stdout: Kept,
    stderr: Kept,
}

impl<'a> Collector<'a> {
    /// With how many bytes of each stream are kept at most.
    pub(super) fn new(listener: Listener<'a>, keep: Option<usize>) -> Self {
        Self {
            listener,
            lines: Lines::default(),
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
            Listener::Both(on_line) => self.lines.feed(bytes, on_line),
        }
    }

    /// Hands over a last line that had no end, and gives what was kept.
    pub(super) fn finish(mut self) -> Output {
        let (Listener::Stderr(on_line) | Listener::Both(on_line)) = &mut self.listener;
        self.lines.finish(on_line);
        Output {
            stdout: self.stdout.finish(),
            stderr: self.stderr.finish(),
        }
    }
}
