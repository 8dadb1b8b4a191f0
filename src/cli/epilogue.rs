//! What stands below the options: examples and exit codes, laid out for a width.
//!
//! Verbs write it as a text: a line with a title and a colon, then lines `  example  what it does`,
//! with at least two spaces between; what it does may stand on lines of its own, further in.

use std::fmt::Write as _;

/// Narrower than this, what an example does stands below it.
const SIDE_BY_SIDE: usize = 72;
/// Longer examples have what they do below them.
const LONGEST: usize = 38;
const INDENT: usize = 2;
const BELOW: usize = 6;

/// A title and what stands below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
}

/// A command line or a number, and what is said about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) example: String,
    pub(super) says: String,
}

/// The sections of a text.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let (example, says) = match line.trim().split_once("  ") {
            Some((example, says)) => (example, says.trim()),
            None => (line.trim(), ""),
        };
        match sections.last_mut() {
            Some(section) if indent > INDENT => {
                if let Some(entry) = section.entries.last_mut() {
                    let space = if entry.says.is_empty() { "" } else { " " };
                    let _ = write!(entry.says, "{space}{}", line.trim());
                }
            }
            Some(section) if indent > 0 => section.entries.push(Entry {
                example: example.to_owned(),
                says: says.to_owned(),
            }),
            _ => sections.push(Section {
                title: line.trim().trim_end_matches(':').to_owned(),
                entries: Vec::new(),
            }),
        }
    }
    sections
}

/// The text, for terminals of a width.
pub(super) fn laid_out(text: &str, width: usize) -> String {
    let sections: Vec<String> = sections(text)
        .iter()
        .map(|section| section.laid_out(width))
        .collect();
    sections.join("\n")
}

impl Section {
    fn laid_out(&self, width: usize) -> String {
        let lengths = self.entries.iter().map(|entry| entry.example.len());
        let longest = lengths.filter(|length| *length <= LONGEST).max();
        let column = INDENT + longest.unwrap_or(0) + 2;
        let beside = width >= SIDE_BY_SIDE;
        let at = if beside { column } else { BELOW };
        let mut text = format!("{}:\n", self.title);
        for Entry { example, says } in &self.entries {
            let mut lines = textwrap::wrap(says, width.saturating_sub(at)).into_iter();
            let first = match lines.next() {
                Some(line) if line.is_empty() => format!("  {example}"),
                Some(line) if beside && example.len() <= LONGEST => {
                    let room = column - INDENT;
                    format!("  {example:<room$}{line}")
                }
                Some(line) => format!("  {example}\n{:at$}{line}", ""),
                None => format!("  {example}"),
            };
            let _ = writeln!(text, "{first}");
            for line in lines {
                let _ = writeln!(text, "{:at$}{line}", "");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Examples:
  run             does it
  run --with every --option --there --is --on --a --line
                  does it with everything
                  that there is
Exit codes:
  0  done";

    #[test]
    fn what_an_example_does_stands_beside_it_where_there_is_room() {
        assert_eq!(
            laid_out(TEXT, 80),
            "Examples:
  run  does it
  run --with every --option --there --is --on --a --line
       does it with everything that there is

Exit codes:
  0  done
"
        );
    }

    #[test]
    fn on_a_narrow_terminal_it_stands_below() {
        assert_eq!(
            laid_out(TEXT, 30),
            "Examples:
  run
      does it
  run --with every --option --there --is --on --a --line
      does it with everything
      that there is

Exit codes:
  0
      done
"
        );
    }
}
