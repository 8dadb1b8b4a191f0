//! A time limit: a number and a unit.

use std::str::FromStr;
use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::reader::{Entry, Reader};
use super::words::quote;

/// A time limit on the command line, in the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit(pub Duration);

/// A text is no time limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number and a unit, such as 5s, 500ms or 2m")]
pub struct ParseTimeLimitError;

impl FromStr for TimeLimit {
    type Err = ParseTimeLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self).ok_or(ParseTimeLimitError)
    }
}

/// `500ms`, `5s`, `2m`, `1h`.
pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Duration> {
    let text = entry.as_str();
    let duration = text.and_then(parse);
    if duration.is_none() {
        let message = format!("{} is not a time", quote(text.unwrap_or(entry.key)));
        let help = "write a number and a unit, such as `\"5s\"`, `\"500ms\"` or `\"2m\"`";
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
    }
    duration
}

fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok().filter(|n| (1..1_000_000).contains(n))?;
    Some(Duration::from_millis(match unit {
        "ms" => number,
        "s" => number * 1_000,
        "m" => number * 60_000,
        "h" => number * 3_600_000,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit() {
        assert_eq!(parse("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse("10m"), Some(Duration::from_mins(10)));
        assert_eq!(parse("1h"), Some(Duration::from_hours(1)));
        for garbage in ["", "5", "s", "0s", "-1s", "1.5s", "5 s", "1d", "1000000s"] {
            assert_eq!(parse(garbage), None, "{garbage}");
        }
    }
}
