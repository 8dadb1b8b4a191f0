//! What a terminal shows while a command runs in it.

use std::io::Read as _;
use std::num::NonZero;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use vt100::{Cell, Color, Parser, Screen};

pub(super) const COLUMNS: u16 = 106;
pub(super) const ROWS: u16 = 26;

/// How a piece of text looks. The colour is one of the eight that a terminal's user chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Style {
    pub(super) colour: Option<u8>,
    pub(super) bold: bool,
    pub(super) dim: bool,
}

/// Text of one look, from a column on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Piece {
    pub(super) column: u16,
    pub(super) style: Style,
    pub(super) text: String,
}

/// What a row of the terminal shows.
pub(super) type Row = Vec<Piece>;

/// The whole terminal from a moment on.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) at: Duration,
    pub(super) rows: Vec<Row>,
}

/// Types a command in a terminal, and films it until it ends.
pub(super) fn record(typed: &str, folder: &Path, path: &str) -> Vec<Frame> {
    let script = format!(
        "stty cols {COLUMNS} rows {ROWS}; printf '\\033[1m$ %s\\033[m\\n' '{typed}'; exec {typed}"
    );
    let mut child = Command::new("script")
        .args(["-qefc", &script, "/dev/null"])
        .current_dir(folder)
        .env("PATH", path)
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .env_remove("SOURCE_DATE_EPOCH")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut terminal = Parser::new(size(ROWS), size(COLUMNS), 0);
    let start = Instant::now();
    let mut frames: Vec<Frame> = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stdout.read(&mut buffer).unwrap();
        if length == 0 {
            break;
        }
        terminal.process(&buffer[..length]);
        let rows = rows(terminal.screen());
        if frames.last().is_none_or(|last| last.rows != rows) {
            frames.push(Frame {
                at: start.elapsed(),
                rows,
            });
        }
    }
    assert!(child.wait().unwrap().success(), "{:#?}", frames.last());
    frames
}

fn size(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

fn rows(screen: &Screen) -> Vec<Row> {
    (0..ROWS).map(|row| pieces(screen, row)).collect()
}

fn pieces(screen: &Screen, row: u16) -> Row {
    let mut pieces: Row = Vec::new();
    for column in 0..COLUMNS {
        let cell = screen.cell(row, column).unwrap();
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        let style = style(cell);
        match pieces.last_mut() {
            Some(piece) if piece.style == style && !is_gap(&piece.text, text) => {
                piece.text.push_str(text);
            }
            _ => pieces.push(Piece {
                column,
                style,
                text: text.to_owned(),
            }),
        }
    }
    for piece in &mut pieces {
        piece.text.truncate(piece.text.trim_end().len());
    }
    pieces.retain(|piece| !piece.text.trim().is_empty());
    pieces
}

/// Whether a gap begins or ends here. Gaps are places, not text: few renderers agree on spaces.
fn is_gap(before: &str, next: &str) -> bool {
    before.trim().is_empty() || (before.ends_with(' ') && next == " ")
}

fn style(cell: &Cell) -> Style {
    Style {
        colour: match cell.fgcolor() {
            Color::Idx(number) => Some(number % 8),
            Color::Default | Color::Rgb(..) => None,
        },
        bold: cell.bold(),
        dim: cell.dim(),
    }
}
