//! The terminal: what goes to stdout and stderr, and with which colours. Secrets that this process knows don't.
//!
//! A stream that is closed is no reason to stop a build: errors of writing are ignored.

#![expect(clippy::disallowed_methods, reason = "the one place that prints")]

use std::io::{IsTerminal as _, Write as _};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::failure::{Exit, Failure};
use crate::host;
use crate::printable::{printable_json, printable_lines};
use crate::secret;

/// The command and what it works on.
pub const STRONG: Style = Style::new().bold();
/// Something went well.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Something is wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something to know.
pub const NOTE: Style = AnsiColor::Cyan.on_default().bold();

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR`, `CLICOLOR` or `CLICOLOR_FORCE` say otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Makes this the choice for all output.
    pub fn apply(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

/// Whether a stream gets colours.
fn choice(stream: &impl RawStream) -> ColorChoice {
    let is_open = ColorChoice::global() == ColorChoice::Auto;
    if !is_open || !host::declines_forced_colors() {
        return AutoStream::choice(stream);
    }
    // What would have been chosen without the variable, which counts as force with any value there.
    if stream.is_terminal() && host::terminal_takes_colors() {
        ColorChoice::Always
    } else {
        ColorChoice::Never
    }
}

/// A stream that gets its styles only where they are shown.
fn styled<S: RawStream>(stream: S) -> AutoStream<S> {
    let choice = choice(&stream);
    AutoStream::new(stream, choice)
}

/// Writes a text to stdout.
pub fn out(text: &str) {
    out_as_it_is(&secret::redacted(text));
}

fn out_as_it_is(text: &str) {
    let _ = styled(std::io::stdout().lock()).write_all(text.as_bytes());
}

/// Writes what the command was run for to stdout. A reader that has seen enough is no failure.
///
/// # Errors
/// When it can't be written whole, for example because a disk is full.
pub fn deliver(text: &str) -> Result<(), OutputError> {
    written(&mut std::io::stdout().lock(), &secret::redacted(text))
}

/// The same for a text with styles, which only a terminal gets to see.
///
/// # Errors
/// When it can't be written whole.
pub fn deliver_styled(text: &str) -> Result<(), OutputError> {
    written(
        &mut styled(std::io::stdout().lock()),
        &secret::redacted(text),
    )
}

/// The same for a value as a JSON document, with nothing in it that could steer a terminal.
///
/// # Errors
/// When it can't be written whole.
pub fn deliver_json(value: &impl Serialize) -> Result<(), OutputError> {
    let json = serde_json::to_string_pretty(value).map_err(OutputError::Json)?;
    written(&mut std::io::stdout().lock(), &json_line(&json))
}

/// The same on one line.
///
/// # Errors
/// When it can't be written whole.
pub fn deliver_json_line(value: &serde_json::Value) -> Result<(), OutputError> {
    written(
        &mut std::io::stdout().lock(),
        &json_line(&value.to_string()),
    )
}

/// Writes a value as JSON on one line to stdout, with nothing in it that could steer a terminal.
pub fn out_json_line(value: &serde_json::Value) {
    out_as_it_is(&json_line(&value.to_string()));
}

fn json_line(json: &str) -> String {
    let redactor = secret::redactor();
    format!("{}\n", printable_json(&redactor.redacted_json(json)))
}

fn written(stream: &mut impl std::io::Write, text: &str) -> Result<(), OutputError> {
    match stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush())
    {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(OutputError::Write(error))
        }
        _ => Ok(()),
    }
}

/// What the command was run for can't be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// stdout doesn't take it.
    #[error("failed to write to stdout: {0}")]
    Write(std::io::Error),
    /// It is no JSON: a fault of gobuildx.
    #[error("failed to write as JSON: {0}")]
    Json(serde_json::Error),
}

impl Failure for OutputError {
    fn exit(&self) -> Exit {
        Exit::Environment
    }
}

/// Writes a line to stderr.
pub fn err(line: &str) {
    let line = secret::redacted(line);
    let _ = writeln!(styled(std::io::stderr().lock()), "{line}");
}

/// Writes an error, and what to do next. Both may quote what is not ours, and come without styles.
pub fn error(message: &str, hint: Option<&str>) {
    err(&format!("{BAD}error:{BAD:#} {}", printable_lines(message)));
    if let Some(hint) = hint {
        err(&format!("{NOTE}help:{NOTE:#} {}", printable_lines(hint)));
    }
}

/// The columns of the terminal that stdout is; none when it is none.
#[must_use]
pub fn width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(width.0.into())
}

/// The columns that help is written for: of any terminal around, since pagers show it too.
#[must_use]
pub fn help_width() -> Option<usize> {
    let terminal = terminal_size::terminal_size().map(|(width, _)| width.0.into());
    terminal.or_else(host::columns)
}

/// Whether stderr is a terminal that can move its cursor.
#[must_use]
pub fn is_interactive() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether stderr shows colours.
#[must_use]
pub fn has_colors() -> bool {
    choice(&std::io::stderr()) != ColorChoice::Never
}

/// Lines below a message.
#[must_use]
pub fn indented(lines: &[String]) -> String {
    lines.iter().flat_map(|line| ["\n    ", line]).collect()
}
