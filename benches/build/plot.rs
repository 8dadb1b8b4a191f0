//! A picture of times: one group of bars a size, one bar a side.

use std::fmt::Write as _;

use crate::rounds::{Measured, seconds};

/// Pixels.
const NAMES: u32 = 210;
const BARS: u32 = 430;
const WIDTH: u32 = NAMES + BARS + 80;
const BAR: u32 = 18;
const LINE: u32 = 24;
const HEAD: u32 = 30;

/// Readable on light and dark pages: its colours are in the middle, and it has no ground.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#7a7f87}.title{font-weight:600}\
    .gobuildx{fill:#1a9b76}.other{fill:#9aa3b0}";

/// The picture as a page may show it. All bars have one scale.
pub(crate) fn svg(title: &str, measured: &[Measured]) -> String {
    let mut body = String::new();
    let mut y = HEAD;
    let time = |all: &Measured, who| all.median(who, |cost| cost.wall).unwrap_or(f64::NAN);
    let longest = measured
        .iter()
        .flat_map(|all| all.sides.iter().map(|(who, _)| time(all, *who)))
        .fold(0.0, f64::max);
    for all in measured {
        y += LINE;
        text(&mut body, (0, y), "title", &all.size.to_string());
        for (who, _) in &all.sides {
            y += LINE;
            let time = time(all, *who);
            let width = (f64::from(BARS) * time / longest).max(1.0);
            let class = if who.is_gobuildx() {
                "gobuildx"
            } else {
                "other"
            };
            text(&mut body, (12, y), "name", who.name());
            let top = y - BAR + 4;
            // Writing to a string can't fail.
            let _ = writeln!(
                body,
                r#"<rect class="{class}" x="{NAMES}" y="{top}" width="{width:.1}" height="{BAR}" rx="2"/>"#
            );
            let _ = writeln!(
                body,
                r#"<text x="{:.1}" y="{y}">{}</text>"#,
                f64::from(NAMES) + width + 6.0,
                seconds(time)
            );
        }
        y += LINE / 2;
    }
    let height = y + LINE;
    let mut head = String::new();
    text(&mut head, (0, 18), "title", title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\">\n<style>{STYLE}</style>\n{head}{body}</svg>\n"
    )
}

fn text(body: &mut String, (x, y): (u32, u32), class: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        body,
        r#"<text class="{class}" x="{x}" y="{y}">{text}</text>"#
    );
}
