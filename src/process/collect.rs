//! What becomes of the bytes that a command writes.

use super::Output;
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
    output: Output,
    /// How many bytes of each stream are kept at most.
    keep: Option<usize>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(listener: Listener<'a>, keep: Option<usize>) -> Self {
        Self {
            listener,
            lines: Lines::default(),
            output: Output::default(),
            keep,
        }
    }

    pub(super) fn stdout(&mut self, bytes: &[u8]) {
        extend(&mut self.output.stdout, bytes, self.keep);
    }

    /// Bytes of stderr, or of both.
    pub(super) fn stderr(&mut self, bytes: &[u8]) {
        match &mut self.listener {
            Listener::Stderr(on_line) => {
                self.lines.feed(bytes, on_line);
                extend(&mut self.output.stderr, bytes, self.keep);
            }
            Listener::Both(on_line) => self.lines.feed(bytes, on_line),
        }
    }

    /// Hands over a last line that had no end, and gives what was kept.
    pub(super) fn finish(mut self) -> Output {
        let (Listener::Stderr(on_line) | Listener::Both(on_line)) = &mut self.listener;
        self.lines.finish(on_line);
        self.output
    }
}

/// Appends bytes, up to the number that is kept.
fn extend(kept: &mut Vec<u8>, bytes: &[u8], limit: Option<usize>) {
    let room = limit.map_or(bytes.len(), |limit| limit.saturating_sub(kept.len()));
    kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}
