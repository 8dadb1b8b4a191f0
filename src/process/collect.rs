//! What becomes of the bytes that a command writes.

use super::Output;
use super::lines::Lines;

/// Who hears which lines.
pub(super) enum Listener<'a> {
    /// Lines of stderr; everything is kept too.
    Stderr(&'a mut dyn FnMut(&str)),
    /// Lines of both; nothing is kept, however much it is.
    Both(&'a mut dyn FnMut(&str)),
}

/// Takes the bytes as they come.
pub(super) struct Collector<'a> {
    listener: Listener<'a>,
    of_stdout: Lines,
    of_stderr: Lines,
    output: Output,
}

impl<'a> Collector<'a> {
    pub(super) fn new(listener: Listener<'a>) -> Self {
        Self {
            listener,
            of_stdout: Lines::default(),
            of_stderr: Lines::default(),
            output: Output::default(),
        }
    }

    pub(super) fn stdout(&mut self, bytes: Vec<u8>) {
        match &mut self.listener {
            Listener::Stderr(_) => self.output.stdout.extend(bytes),
            Listener::Both(on_line) => self.of_stdout.feed(&bytes, on_line),
        }
    }

    pub(super) fn stderr(&mut self, bytes: Vec<u8>) {
        match &mut self.listener {
            Listener::Stderr(on_line) => {
                self.of_stderr.feed(&bytes, on_line);
                self.output.stderr.extend(bytes);
            }
            Listener::Both(on_line) => self.of_stderr.feed(&bytes, on_line),
        }
    }

    /// Hands over last lines that had no end, and gives what was kept.
    pub(super) fn finish(mut self) -> Output {
        let (Listener::Stderr(on_line) | Listener::Both(on_line)) = &mut self.listener;
        self.of_stdout.finish(on_line);
        self.of_stderr.finish(on_line);
        self.output
    }
}
