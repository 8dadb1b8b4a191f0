//! A film as an SVG that plays by itself: no scripts, and what can't play it shows its end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::film::{COLUMNS, Frame, Piece, ROWS, Row};

/// Width and height of a character, and the margin.
const WIDTH: f64 = 8.0;
const HEIGHT: f64 = 18.0;
const MARGIN: f64 = 16.0;

/// How long the film lasts at most, and how long its end stays.
const LONGEST: f64 = 9.0;
const END: f64 = 6.0;

/// Screens that follow each other faster than this are one.
const FRAME: f64 = 0.2;

const STYLE: &str = "\
text{font:13.3px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#24292f}
.bg{fill:#f6f8fa;stroke:#d0d7de}.b{font-weight:bold}.d{opacity:.65}
.c1{fill:#b91c1c}.c2{fill:#15803d}.c3{fill:#92600a}.c4{fill:#1d4ed8}.c5{fill:#86198f}.c6{fill:#0e7490}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bg{fill:#0d1117;stroke:#30363d}
.c1{fill:#ff7b72}.c2{fill:#4ade80}.c3{fill:#e3b341}.c4{fill:#79c0ff}.c5{fill:#d2a8ff}.c6{fill:#67e8f9}}
@media(prefers-reduced-motion:reduce){g{animation:none!important}}
.t{visibility:hidden}
";

/// When a row shows something: from a frame on, up to another.
type Interval = (usize, usize);

/// The film as an SVG. `title` is what is read out in place of it.
pub(super) fn render(frames: &[Frame], title: &str) -> String {
    let length = frames.last().unwrap().at.as_secs_f64();
    let speed = (LONGEST / length).min(1.0);
    let total = length * speed + END;
    let frames = thinned(frames, FRAME / speed);
    let mut groups: BTreeMap<Interval, String> = BTreeMap::new();
    for row in 0..usize::from(ROWS) {
        for (interval, pieces) in intervals(&frames, row) {
            write_row(groups.entry(interval).or_default(), row, pieces);
        }
    }
    let width = f64::from(COLUMNS) * WIDTH + 2.0 * MARGIN;
    let height = f64::from(ROWS) * HEIGHT + 2.0 * MARGIN;
    let mut style = STYLE.to_owned();
    let mut body = String::new();
    for (number, (&(from, to), rows)) in groups.iter().enumerate() {
        let is_end = to == frames.len();
        let percent = |frame: usize| {
            frames.get(frame).map_or(100.0, |frame| {
                100.0 * frame.at.as_secs_f64() * speed / total
            })
        };
        let class = if is_end { "e" } else { "t" };
        let (from, to) = (percent(from), percent(to));
        let hidden = if is_end {
            String::new()
        } else {
            format!("{to:.2}%{{visibility:hidden}}")
        };
        writeln!(
            style,
            "@keyframes k{number}{{0%{{visibility:hidden}}{from:.2}%{{visibility:visible}}{hidden}}}\
             #g{number}{{animation:k{number} {total:.1}s step-end infinite}}",
        )
        .unwrap();
        writeln!(body, "<g id=\"g{number}\" class=\"{class}\">{rows}</g>").unwrap();
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n\
         <rect class=\"bg\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n{body}</svg>\n",
        width - 1.0,
        height - 1.0
    )
}

/// The frames with so many seconds between them at least, and the last one.
fn thinned(frames: &[Frame], apart: f64) -> Vec<Frame> {
    let mut kept: Vec<Frame> = Vec::new();
    for frame in frames {
        match kept.last_mut() {
            Some(last) if frame.at.saturating_sub(last.at).as_secs_f64() < apart => {
                last.rows.clone_from(&frame.rows);
            }
            _ => kept.push(frame.clone()),
        }
    }
    kept
}

/// What a row shows, and when.
fn intervals(frames: &[Frame], row: usize) -> Vec<(Interval, &Row)> {
    let mut intervals: Vec<(Interval, &Row)> = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        let pieces = &frame.rows[row];
        match intervals.last_mut() {
            Some((interval, last)) if *last == pieces => interval.1 = number + 1,
            _ => intervals.push(((number, number + 1), pieces)),
        }
    }
    intervals.retain(|(_, pieces)| !pieces.is_empty());
    intervals
}

fn write_row(out: &mut String, row: usize, pieces: &[Piece]) {
    let baseline = MARGIN + (f64::from(u16::try_from(row).unwrap()) + 0.75) * HEIGHT;
    write!(out, "<text y=\"{baseline}\">").unwrap();
    for piece in pieces {
        let x = MARGIN + f64::from(piece.column) * WIDTH;
        let length = WIDTH * f64::from(u16::try_from(piece.text.chars().count()).unwrap());
        let text = piece.text.replace('&', "&amp;").replace('<', "&lt;");
        write!(
            out,
            "<tspan x=\"{x}\" textLength=\"{length}\"{}>{text}</tspan>",
            class(piece)
        )
        .unwrap();
    }
    out.push_str("</text>");
}

fn class(piece: &Piece) -> String {
    let mut classes: Vec<String> = Vec::new();
    if let Some(colour) = piece.style.colour.filter(|colour| (1..=6).contains(colour)) {
        classes.push(format!("c{colour}"));
    }
    if piece.style.bold {
        classes.push("b".to_owned());
    }
    if piece.style.dim {
        classes.push("d".to_owned());
    }
    if classes.is_empty() {
        return String::new();
    }
    format!(" class=\"{}\"", classes.join(" "))
}

/// The lines that the film ends with, from the SVG.
pub(super) fn end(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let groups = document
        .descendants()
        .filter(|node| node.attribute("class") == Some("e"));
    let mut rows: Vec<(f64, String)> = groups
        .flat_map(|group| group.children().filter(|node| node.has_tag_name("text")))
        .map(|text| (text.attribute("y").unwrap().parse().unwrap(), words(text)))
        .collect();
    rows.sort_by(|left, right| left.0.total_cmp(&right.0));
    rows.into_iter().map(|(_, text)| text).collect()
}

/// The text of a row, with the gaps between its pieces.
fn words(text: roxmltree::Node<'_, '_>) -> String {
    let mut line = String::new();
    for piece in text.children() {
        let x: f64 = piece.attribute("x").unwrap().parse().unwrap();
        while MARGIN + f64::from(u16::try_from(line.chars().count()).unwrap()) * WIDTH < x {
            line.push(' ');
        }
        line.push_str(piece.text().unwrap());
    }
    line
}
