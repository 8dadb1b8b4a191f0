//! Lines with aligned labels, wrapped where the terminal ends.

use std::fmt::Write as _;

use anstyle::Style;
use textwrap::core::display_width;

use crate::printable::printable;
use crate::text_table::padded;

/// The style of labels.
const LABEL: Style = Style::new().dimmed();

/// Below this a hanging indent leaves no room for the text.
const LEAST_ROOM: usize = 24;

/// A text that is made of fields. All that goes in is made fit for a terminal.
pub(in crate::report) struct Fields {
    text: String,
    /// The columns of the terminal; none where lines are never wrapped.
    width: Option<usize>,
}

/// Where the fields of a block stand.
#[derive(Clone, Copy)]
pub(in crate::report) struct Block {
    /// Columns before the labels.
    pub(in crate::report) indent: usize,
    /// Columns of the widest label.
    pub(in crate::report) labels: usize,
}

impl Block {
    fn text_column(self) -> usize {
        self.indent + self.labels + 2
    }
}

impl Fields {
    pub(in crate::report) fn new(width: Option<usize>) -> Self {
        Self {
            text: String::new(),
            width,
        }
    }

    /// A line on its own.
    pub(in crate::report) fn title(&mut self, style: Style, text: &str) {
        self.wrapped(2, 0, style, text);
    }

    /// An empty line, where there isn't one already.
    pub(in crate::report) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Sentences on their own.
    pub(in crate::report) fn paragraph(&mut self, text: &str) {
        self.wrapped(0, 0, Style::new(), text);
    }

    /// The start of a block below the title: what it is, and a sentence on it.
    pub(in crate::report) fn heading(&mut self, style: Style, head: &str, text: &str) {
        let head = printable(head);
        let _ = write!(self.text, "  {style}{head}{style:#}  ");
        self.wrapped(4, 4 + display_width(&head), Style::new(), text);
    }

    /// A label and its text.
    pub(in crate::report) fn field(&mut self, block: Block, label: &str, style: Style, text: &str) {
        self.label(block, label);
        let column = block.text_column();
        self.wrapped(column, column, style, text);
    }

    fn label(&mut self, block: Block, label: &str) {
        let _ = write!(
            self.text,
            "{:indent$}{LABEL}{label:<labels$}{LABEL:#}  ",
            "",
            indent = block.indent,
            labels = block.labels
        );
    }

    /// A label and a list: the names in a column, what they mean beside them.
    pub(in crate::report) fn list<'a>(
        &mut self,
        block: Block,
        label: &str,
        entries: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) {
        let names = entries.clone().filter(|(_, meaning)| !meaning.is_empty());
        let names = names.map(|(name, _)| display_width(&printable(name)));
        let names = names.filter(|name| *name <= LEAST_ROOM).max().unwrap_or(0);
        let mut label = label;
        for (name, meaning) in entries {
            let text = format!("{}  {meaning}", padded(&printable(name), names));
            self.label(block, label);
            let column = block.text_column();
            self.wrapped(column + names + 2, column, Style::new(), text.trim_end());
            label = "";
        }
    }

    /// A list without a label; below a name that is long comes what it means.
    pub(in crate::report) fn entries<'a>(
        &mut self,
        indent: usize,
        entries: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) {
        let longest = self.width.map_or(usize::MAX, |width| width / 2);
        let names = entries.clone().map(|(name, _)| display_width(name));
        let column = names.filter(|name| *name <= longest).max().unwrap_or(0);
        let at = indent + column + 2;
        for (name, meaning) in entries {
            let name = printable(name);
            let _ = write!(self.text, "{:indent$}{name}", "");
            let used = indent + display_width(&name);
            if used + 2 > at {
                self.text.push('\n');
                let below = indent + 2;
                let _ = write!(self.text, "{:below$}", "");
                self.wrapped(below, below, Style::new(), meaning);
            } else {
                let _ = write!(self.text, "{:gap$}", "", gap = at - used);
                self.wrapped(at, at, Style::new(), meaning);
            }
        }
    }

    /// Writes a text from a column on, and what doesn't fit below each other with an indent.
    fn wrapped(&mut self, indent: usize, column: usize, style: Style, text: &str) {
        let text = printable(text).replace('\t', " ");
        let Some(width) = self.width else {
            let _ = writeln!(self.text, "{style}{text}{style:#}");
            return;
        };
        let indent = if indent + LEAST_ROOM > width {
            4
        } else {
            indent
        };
        let (first, rest) = (" ".repeat(column), " ".repeat(indent));
        let options = textwrap::Options::new(width)
            .initial_indent(&first)
            .subsequent_indent(&rest)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for (index, line) in textwrap::wrap(&text, options).iter().enumerate() {
            // The cursor is at the column already.
            let (margin, line) = match index {
                0 => ("", line.strip_prefix(&first).unwrap_or(line)),
                _ => (rest.as_str(), line.strip_prefix(&rest).unwrap_or(line)),
            };
            let _ = writeln!(self.text, "{margin}{style}{line}{style:#}");
        }
    }

    pub(in crate::report) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Block = Block {
        indent: 2,
        labels: 4,
    };

    fn plain(fields: Fields) -> String {
        anstream::adapter::strip_str(&fields.finish()).to_string()
    }

    #[test]
    fn what_does_not_fit_goes_below_its_text() {
        let mut fields = Fields::new(Some(34));
        fields.field(
            BLOCK,
            "a",
            Style::new(),
            "one two three four five six seven",
        );
        assert_eq!(
            plain(fields),
            "  a     one two three four five\n        six seven\n"
        );
    }

    #[test]
    fn without_a_terminal_nothing_is_wrapped() {
        let mut fields = Fields::new(None);
        let long = "word ".repeat(100);
        fields.field(BLOCK, "a", Style::new(), long.trim_end());
        assert_eq!(plain(fields).lines().count(), 1);
    }

    #[test]
    fn a_narrow_terminal_keeps_room_for_the_text() {
        let mut fields = Fields::new(Some(20));
        fields.field(BLOCK, "a", Style::new(), "one two three");
        assert_eq!(plain(fields), "  a     one two\n    three\n");
    }

    #[test]
    fn names_of_a_list_stand_in_a_column() {
        let mut fields = Fields::new(None);
        let entries = [("a.so", "one"), ("long.so", "two"), ("x", "")];
        fields.list(BLOCK, "l", entries.into_iter());
        let expected = "  l     a.so     one\n        long.so  two\n        x\n";
        assert_eq!(plain(fields), expected);
    }

    #[test]
    fn what_a_long_name_means_stands_below_it() {
        let mut fields = Fields::new(Some(40));
        let entries = [("a", "one"), ("/a/long/path/of/a/file/somewhere", "two")];
        fields.entries(2, entries.into_iter());
        let expected = "  a  one\n  /a/long/path/of/a/file/somewhere\n    two\n";
        assert_eq!(plain(fields), expected);
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let mut fields = Fields::new(None);
        fields.title(Style::new(), "a\u{1b}]0;x\u{7}");
        assert_eq!(fields.finish(), "a\\u{1b}]0;x\\u{7}\n");
    }
}
