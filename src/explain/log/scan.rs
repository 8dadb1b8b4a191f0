//! The causes that a log tells of, each with the line where it was first seen.

use std::io::{self, BufRead};
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};

use super::lines::Lines;
use super::screen::Screen;
use super::tidy::tidy;
use super::trace::{STARTS, Trace};
use crate::explain::cause::Cause;
use crate::explain::pattern::{Pattern, folded};

/// What a log tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// How many lines were read.
    pub lines: u64,
    /// Whether all of it was read.
    pub reading: Reading,
    /// What was recognised, in the order in which it was first seen.
    pub sightings: Vec<Sighting>,
}

impl Log {
    /// Every cause that it tells of, as often as it is among those of a line.
    pub fn causes(&self) -> impl Iterator<Item = Cause> {
        let all = self.sightings.iter().flat_map(|sighting| &sighting.causes);
        all.copied()
    }
}

/// How much of a log was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All of it.
    Whole,
    /// So many bytes, and there is more.
    Cut(u64),
}

/// A line that tells of a cause, or of several that can't be told apart by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The number of the line, from 1 on.
    pub line: u64,
    /// The line, or the part of it that tells.
    pub text: String,
    /// The sign that stands in it, or the function that it names.
    pub sign: &'static str,
    /// What it may come from.
    pub causes: Vec<Cause>,
    /// How many lines tell the same.
    pub times: u64,
}

/// Why a log couldn't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It can't be read on.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The signs are too many to look for at once: a fault of gobuildx.
    #[error(transparent)]
    Signs(#[from] BuildError),
}

/// Reads a log to its end, or so many bytes of it: what makes up its bytes as it is read has no end.
///
/// # Errors
/// When it can't be read on.
pub fn read(log: impl BufRead, limit: u64) -> Result<Log, ReadError> {
    let mut scanner = Scanner::new()?;
    let mut log = log.take(limit);
    let mut lines = Lines::new(&mut log);
    while let Some((number, bytes)) = lines.next()? {
        if scanner.may_tell(bytes) {
            scanner.line(number, &String::from_utf8_lossy(bytes));
        }
    }
    let lines = lines.count();
    let is_cut = log.limit() == 0 && !log.into_inner().fill_buf()?.is_empty();
    Ok(Log {
        lines,
        reading: if is_cut {
            Reading::Cut(limit)
        } else {
            Reading::Whole
        },
        sightings: scanner.sightings,
    })
}

/// A sign of a cause.
struct Sign {
    cause: Cause,
    text: &'static str,
    pattern: Pattern,
    /// The numbers of its parts among those of all signs.
    parts: Vec<usize>,
}

struct Scanner {
    signs: Vec<Sign>,
    screen: Screen,
    /// Finds the parts of all signs in one pass.
    parts: AhoCorasick,
    trace: Trace,
    sightings: Vec<Sighting>,
}

/// A sign that stands in a line, with every cause that has one which says as much there.
struct Found {
    range: Range<usize>,
    weight: usize,
    sign: &'static str,
    causes: Vec<Cause>,
}

impl Scanner {
    fn new() -> Result<Self, BuildError> {
        let mut parts: Vec<String> = Vec::new();
        let mut number = |part: &String| {
            let known = parts.iter().position(|one| one == part);
            known.unwrap_or_else(|| {
                parts.push(part.clone());
                parts.len() - 1
            })
        };
        let signs: Vec<Sign> = Cause::all()
            .flat_map(|cause| cause.signs().iter().map(move |text| (cause, *text)))
            .map(|(cause, text)| {
                let pattern = Pattern::new(text);
                Sign {
                    cause,
                    text,
                    parts: pattern.parts().iter().map(&mut number).collect(),
                    pattern,
                }
            })
            .collect();
        let parts = AhoCorasick::new(parts)?;
        Ok(Self {
            screen: Screen::new(
                signs
                    .iter()
                    .map(|sign| sign.text)
                    .chain(STARTS.iter().copied()),
            )?,
            signs,
            parts,
            trace: Trace::new(),
            sightings: Vec::new(),
        })
    }

    /// Whether a line has to be read as text.
    fn may_tell(&self, line: &[u8]) -> bool {
        self.trace.goes_on() || self.screen.passes(line)
    }

    fn line(&mut self, number: u64, line: &str) {
        let line = tidy(line);
        for found in self.signs_in(&folded(&line)) {
            let text = excerpt(&line, &found.range);
            self.sight(number, text, found.sign, found.causes);
        }
        for (rule, function) in self.trace.next(&line) {
            self.sight(number, line.clone(), function, vec![Cause::Rule(rule)]);
        }
    }

    /// The signs in a line. Of those that overlap, the one that says most counts.
    fn signs_in(&self, folded: &str) -> Vec<Found> {
        let mut is_there = vec![false; self.parts.patterns_len()];
        for hit in self.parts.find_overlapping_iter(folded) {
            if let Some(is_there) = is_there.get_mut(hit.pattern().as_usize()) {
                *is_there = true;
            }
        }
        let has = |part: &usize| is_there.get(*part) == Some(&true);
        let signs = self.signs.iter();
        let signs = signs.filter(|sign| sign.parts.iter().all(has));
        let mut whole: Vec<_> = signs
            .filter_map(|sign| Some((sign, sign.cause.find(&sign.pattern, folded)?)))
            .collect();
        // Stable: signs that say as much stay in the order of the rules.
        whole.sort_by_key(|(sign, _)| std::cmp::Reverse(sign.pattern.weight()));
        let mut found: Vec<Found> = Vec::new();
        for (sign, range) in whole {
            let weight = sign.pattern.weight();
            let overlaps =
                |one: &&mut Found| one.range.start < range.end && range.start < one.range.end;
            match found.iter_mut().find(overlaps) {
                Some(one) if one.weight == weight => one.causes.push(sign.cause),
                Some(_) => {}
                None => found.push(Found {
                    range,
                    weight,
                    sign: sign.text,
                    causes: vec![sign.cause],
                }),
            }
        }
        found.sort_by_key(|one| one.range.start);
        found
    }

    /// Keeps what is new, and counts what isn't.
    fn sight(&mut self, line: u64, text: String, sign: &'static str, causes: Vec<Cause>) {
        let is_known =
            |sighting: &&mut Sighting| causes.iter().all(|cause| sighting.causes.contains(cause));
        match self.sightings.iter_mut().find(is_known) {
            Some(known) => known.times += 1,
            None => self.sightings.push(Sighting {
                line,
                text,
                sign,
                causes,
                times: 1,
            }),
        }
    }
}

/// How much of a long line is shown on either side of a sign, in bytes.
const AROUND: usize = 120;

/// A line, or the part of it around a sign.
fn excerpt(line: &str, range: &Range<usize>) -> String {
    let start = range.start.saturating_sub(AROUND);
    let end = line.len().min(range.end + AROUND);
    let start = (start..=range.start).find(|at| line.is_char_boundary(*at));
    let end = (range.end..=end)
        .rev()
        .find(|at| line.is_char_boundary(*at));
    let (Some(start), Some(end)) = (start, end) else {
        return line.to_owned();
    };
    let before = if start > 0 { "…" } else { "" };
    let after = if end < line.len() { "…" } else { "" };
    let part = line.get(start..end).unwrap_or(line);
    format!("{before}{part}{after}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: impl AsRef<[u8]>) -> Log {
        read(text.as_ref(), u64::MAX).unwrap()
    }

    fn seen(text: impl AsRef<[u8]>) -> Vec<(u64, Vec<&'static str>)> {
        let names = |sighting: &Sighting| {
            let names = sighting.causes.iter().map(|cause| cause.name());
            (sighting.line, names.collect())
        };
        log(text).sightings.iter().map(names).collect()
    }

    #[test]
    fn each_cause_is_told_once_with_its_first_line() {
        let text = "starting\nunknown time zone Europe/Paris\nx\nunknown time zone Asia/Tokyo\n";
        let log = log(text);
        assert_eq!(log.lines, 4);
        assert_eq!(log.sightings.len(), 1);
        let sighting = &log.sightings[0];
        assert_eq!((sighting.line, sighting.times), (2, 2));
        assert_eq!(sighting.text, "unknown time zone Europe/Paris");
    }

    #[test]
    fn the_most_specific_of_the_signs_in_one_place_counts() {
        let line = "2026-01-02T03:04:05Z open /etc/passwd: no such file or directory\r\n";
        assert_eq!(seen(line), [(1, vec!["user-db"])]);
        let line = "fork/exec /bin/convert: no such file or directory";
        assert_eq!(seen(line), [(1, vec!["exec"])]);
    }

    #[test]
    fn what_is_also_printed_where_all_is_well_is_no_sign() {
        assert_eq!(seen("note: all times are UTC\ntimes are UTC\n"), []);
    }

    #[test]
    fn causes_with_one_sign_stand_together() {
        let found = seen("exec /app: no such file or directory");
        assert_eq!(found.len(), 1);
        assert!(found[0].1.contains(&"elf-interp") && found[0].1.contains(&"absent-file"));
    }

    #[test]
    fn json_colours_and_bytes_that_are_no_text_are_read() {
        let json = r#"{"log":"exec: \"git\": executable file not found in $PATH\n"}"#;
        assert_eq!(seen(json), [(1, vec!["exec"])]);
        assert_eq!(
            seen(b"\xff\xfe\x1b[31munknown \x1b[1mtime zone\x1b[0m X\xff"),
            [(1, vec!["tzdata"])]
        );
        let wide: Vec<u8> = "unknown time zone X\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(seen(wide), [(1, vec!["tzdata"])]);
    }

    #[test]
    fn a_line_without_end_shows_what_is_around_the_sign() {
        let mut text = "x".repeat(200_000);
        text.push_str(" unknown time zone Mars/Crater ");
        text.push_str(&"é".repeat(100_000));
        let log = log(text);
        assert_eq!(log.lines, 1);
        assert_eq!(log.sightings.len(), 1);
        let shown = &log.sightings[0].text;
        assert!(
            shown.contains("unknown time zone Mars") && shown.len() < 400,
            "{shown}"
        );
    }

    #[test]
    fn what_is_behind_the_limit_is_not_read_and_that_is_told() {
        let text = b"unknown time zone X\nexec: \"git\": executable file not found in $PATH\n";
        let limited = |limit| read(&text[..], limit).unwrap();
        let whole = text.len() as u64;
        assert_eq!(limited(whole).reading, Reading::Whole);
        assert_eq!(limited(whole + 1).reading, Reading::Whole);
        let cut = limited(whole - 1);
        assert_eq!((cut.reading, cut.lines), (Reading::Cut(whole - 1), 2));
        let first = limited(20);
        assert_eq!((first.reading, first.lines), (Reading::Cut(20), 1));
        assert_eq!(first.sightings.len(), 1);
    }

    #[test]
    fn every_sign_is_seen_in_each_way_to_write_it() {
        let signs = Cause::all().flat_map(Cause::signs);
        let lines: Vec<String> = signs.map(|sign| sign.replace('…', "x") + "\n").collect();
        let told = |written: &dyn Fn(&str) -> String| {
            let text: String = lines.iter().map(|line| written(line)).collect();
            let sightings = log(text).sightings.into_iter();
            let told = sightings.map(|one| (one.line, one.sign, one.times));
            told.collect::<Vec<_>>()
        };
        let plain = told(&str::to_owned);
        let times: u64 = plain.iter().map(|(_, _, times)| times).sum();
        assert!(times >= lines.len() as u64, "{plain:?}");
        let json = |line: &str| serde_json::to_string(line).unwrap() + "\n";
        let ways: [&dyn Fn(&str) -> String; 5] = [
            &|line| line.to_ascii_uppercase(),
            &|line| line.replace(' ', "\t \u{1b}[1m"),
            &|line| json(line).replace('/', "\\/"),
            &|line| json(&json(line)),
            &|line| line.chars().flat_map(|c| [c, '\0']).collect(),
        ];
        for way in ways {
            assert_eq!(told(way), plain, "{}", way("exec: a b"));
        }
    }

    #[test]
    fn a_log_that_tells_nothing_has_no_sightings() {
        assert_eq!(seen("listening on :8080\nGET / 200\n"), []);
        assert_eq!(log("").lines, 0);
    }

    #[test]
    fn a_trace_names_the_function() {
        let text = "panic: oops\n\ngoroutine 1 [running]:\nos/user.Current()\n";
        assert_eq!(seen(text), [(4, vec!["user-db"])]);
    }
}
