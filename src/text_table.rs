//! Tables of plain text, with columns as wide as their widest cell, or made to fit a terminal.

use std::fmt::{self, Write as _};

use textwrap::core::display_width;

/// Spaces between columns.
const GAP: usize = 2;

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table with a head.
#[derive(Clone, Debug)]
pub struct Table {
    head: Vec<String>,
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
    spare: Vec<usize>,
}

impl Table {
    /// A table with these columns and no rows.
    #[must_use]
    pub fn new(columns: &[(&str, Align)]) -> Self {
        Self {
            head: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            align: columns.iter().map(|(_, align)| *align).collect(),
            rows: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Names the columns that a narrow terminal can do without, the first to go first.
    #[must_use]
    pub fn spare(mut self, names: &[&str]) -> Self {
        let column = |name: &&str| self.head.iter().position(|head| head == name);
        self.spare = names.iter().filter_map(column).collect();
        self
    }

    /// The table for a terminal of this width; none is as wide as it takes.
    ///
    /// What is too wide loses the columns that can be spared, one after the other. If that isn't
    /// enough, every cell gets a line of its own, below the first one of its row.
    #[must_use]
    pub fn fitted(&self, width: Option<usize>) -> String {
        let widths = self.widths();
        let mut shown: Vec<usize> = (0..self.head.len()).collect();
        let Some(width) = width else {
            return self.side_by_side(&widths, &shown);
        };
        for spare in self.spare.iter().map(Some).chain([None]) {
            let total: usize = shown.iter().filter_map(|at| widths.get(*at)).sum();
            if total + GAP * shown.len().saturating_sub(1) <= width {
                return self.side_by_side(&widths, &shown);
            }
            shown.retain(|column| Some(column) != spare);
        }
        self.stacked()
    }

    fn side_by_side(&self, widths: &[usize], shown: &[usize]) -> String {
        let mut text = String::new();
        for row in std::iter::once(&self.head).chain(&self.rows) {
            let cells = row.iter().zip(widths).zip(&self.align).enumerate();
            let line: Vec<String> = cells
                .filter(|(column, _)| shown.contains(column))
                .map(|(_, ((cell, width), align))| match align {
                    Align::Left => padded(cell, *width),
                    Align::Right => {
                        let missing = width.saturating_sub(display_width(cell));
                        format!("{}{cell}", " ".repeat(missing))
                    }
                })
                .collect();
            text.push_str(line.join(&" ".repeat(GAP)).trim_end());
            text.push('\n');
        }
        text
    }

    fn stacked(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let mut cells = self.head.iter().zip(row);
            if let Some((_, first)) = cells.next() {
                text.push_str(first);
                text.push('\n');
            }
            for (head, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
                // Writing to a String can't fail.
                let _ = writeln!(text, "  {head}: {cell}");
            }
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.head.len()];
        for row in std::iter::once(&self.head).chain(&self.rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(display_width(cell));
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fitted(None))
    }
}

/// A text with spaces behind it, up to so many columns of a terminal.
#[must_use]
pub fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(display_width(text));
    format!("{text}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_character_takes_two_columns_and_a_mark_on_another_takes_none() {
        let mut table = Table::new(&[("Name", Align::Left), ("Size", Align::Right)]);
        for (name, size) in [("服务器", "7"), ("e\u{301}", "12"), ("server", "大")] {
            table.row(vec![name.into(), size.into()]);
        }
        let text = table.to_string();
        assert_eq!(
            text,
            "Name    Size\n服务器     7\ne\u{301}         12\nserver    大\n"
        );
        assert!(text.lines().all(|line| display_width(line) == 12), "{text}");
        assert_eq!(table.fitted(Some(12)), text);
        assert_ne!(table.fitted(Some(11)), text);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&[("Name", Align::Left), ("Size", Align::Right)]);
        table.row(vec!["server".into(), "7".into()]);
        table.row(vec!["é".into(), "12.5".into()]);
        assert_eq!(
            table.to_string(),
            "Name    Size\nserver     7\né       12.5\n"
        );
    }
    fn wide() -> Table {
        let columns = [
            ("Target", Align::Left),
            ("Artifact", Align::Left),
            ("Size", Align::Right),
            ("Verdict", Align::Left),
        ];
        let mut table = Table::new(&columns).spare(&["Size", "Target"]);
        table.row(vec![
            "linux/amd64".into(),
            "a_linux_amd64/a".into(),
            "7 B".into(),
            "static: proven".into(),
        ]);
        table
    }

    #[test]
    fn a_table_that_fits_is_whole() {
        let whole = wide().to_string();
        let width = whole.lines().map(str::len).max().unwrap();
        assert_eq!(wide().fitted(Some(width)), whole);
        assert_ne!(wide().fitted(Some(width - 1)), whole);
    }

    #[test]
    fn a_narrow_terminal_loses_what_can_be_spared() {
        assert_eq!(
            wide().fitted(Some(45)),
            "Target       Artifact         Verdict\n\
             linux/amd64  a_linux_amd64/a  static: proven\n"
        );
        assert_eq!(
            wide().fitted(Some(40)),
            "Artifact         Verdict\na_linux_amd64/a  static: proven\n"
        );
    }

    #[test]
    fn a_very_narrow_terminal_has_a_cell_a_line() {
        assert_eq!(
            wide().fitted(Some(30)),
            "linux/amd64\n  Artifact: a_linux_amd64/a\n  Size: 7 B\n  Verdict: static: proven\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_as_long_as_no_cell_is() {
        let natural = wide().to_string().lines().map(str::len).max().unwrap();
        for width in 27..=natural {
            let text = wide().fitted(Some(width));
            assert!(
                text.lines().all(|line| line.len() <= width),
                "{width}:\n{text}"
            );
        }
    }
}
