//! Changes of a text, beside what they mean for its tree.
//!
//! Each change is made twice: in the tree, and as new text for a few bytes. In the end both have to agree.

use std::ops::Range;

use super::fault::{Fault, Why};
use super::yaml::{Layout, Node, Quotes, Value, is_plain_text, parse};

/// New text for some bytes.
#[derive(Clone, Debug)]
struct Edit {
    at: Range<usize>,
    text: String,
}

/// A text that is being changed.
#[derive(Debug)]
pub(super) struct Edits<'a> {
    text: &'a str,
    edits: Vec<Edit>,
}

impl<'a> Edits<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let edits = Vec::new();
        Self { text, edits }
    }

    /// Gives a scalar another text, in quotes as before. `what` names it in faults.
    pub(super) fn set(&mut self, node: &mut Node, text: &str, what: &str) -> Result<(), Fault> {
        let fault = |why: fn(String) -> Why| Err(why(format!("`{what}`")).at(node.line));
        if node.has_anchor() || matches!(node.value, Value::Alias(..)) {
            return fault(Why::Shared);
        }
        let Value::Scalar(old, quotes) = &mut node.value else {
            return fault(Why::NoText);
        };
        let is_same = old == text && (*quotes != Quotes::None || is_plain_text(text));
        if is_same {
            return Ok(());
        }
        let written = match quotes {
            Quotes::None if is_plain_text(text) => text.to_owned(),
            Quotes::Single => format!("'{text}'"),
            Quotes::None | Quotes::Double => format!("\"{text}\""),
            Quotes::Block => return fault(Why::Block),
        };
        text.clone_into(old);
        if *quotes == Quotes::None {
            *quotes = Quotes::Double;
        }
        if node.at.is_empty() {
            self.fill(node, &written);
        } else {
            self.push(node.at.clone(), written);
        }
        Ok(())
    }

    /// Writes a value where there is none, behind the colon of its key.
    fn fill(&mut self, node: &Node, written: &str) {
        let at = node.at.start;
        let rest = self.text.get(at..).unwrap_or_default();
        let colon = usize::from(rest.starts_with(':'));
        self.push(at + colon..at + colon, format!(" {written}"));
    }

    /// Adds a key with a text to a mapping, behind all others.
    pub(super) fn add_key(
        &mut self,
        mapping: &mut Node,
        key: &str,
        text: &str,
    ) -> Result<(), Fault> {
        let end = mapping.end();
        let (column, line) = (mapping.column, mapping.line);
        let ends_in_block = mapping.ends_in_block();
        let at = mapping.at.clone();
        let Value::Mapping(layout, entries) = &mut mapping.value else {
            return Err(Why::NoMapping(format!("what has `{key}`")).at(line));
        };
        match layout {
            Layout::Flow => {
                let entry = format!("\"{key}\": \"{text}\"");
                self.add_to_flow(&at, entries.is_empty(), &entry);
            }
            Layout::Block => {
                let value = plain_or_quoted(text);
                let entry = format!("{}{key}: {value}", " ".repeat(column));
                self.add_lines(end, ends_in_block, &entry);
            }
        }
        entries.push((Node::text(key), Node::text(text)));
        Ok(())
    }

    /// Adds a mapping of texts to a list, behind all others.
    pub(super) fn add_item(
        &mut self,
        (list, key): (&mut Node, &Node),
        texts: &[(&str, &str)],
    ) -> Result<(), Fault> {
        let (end, line) = (list.end(), list.line);
        let ends_in_block = list.ends_in_block();
        let at = list.at.clone();
        let Value::Sequence(layout, items) = &mut list.value else {
            return Err(Why::NoList(key.as_text().unwrap_or_default().to_owned()).at(line));
        };
        match layout {
            Layout::Flow => self.add_to_flow(&at, items.is_empty(), &flow_mapping(texts)),
            Layout::Block => {
                let first = items.first().map_or(at.start, |item| item.at.start);
                let indent = self.dash(key.at.end..first);
                let indent = indent.ok_or_else(|| Why::Style("a list").at(line))?;
                self.add_lines(end, ends_in_block, &block_item(indent, texts));
            }
        }
        items.push(mapping_of(texts));
        Ok(())
    }

    /// Adds a key with a list of one mapping of texts to the mapping that is the whole document. The list is written as
    /// others of the file are.
    pub(super) fn add_list(
        &mut self,
        root: &mut Node,
        key: &str,
        texts: &[(&str, &str)],
    ) -> Result<(), Fault> {
        let indent = self.indent_of_lists(root);
        let (at, column, line) = (root.at.clone(), root.column, root.line);
        let Value::Mapping(layout, entries) = &mut root.value else {
            return Err(Why::NoMapping("the document".to_owned()).at(line));
        };
        match layout {
            Layout::Flow => {
                let list = format!("\"{key}\": [{}]", flow_mapping(texts));
                self.add_to_flow(&at, entries.is_empty(), &list);
            }
            Layout::Block => {
                let newline = self.newline();
                let item = block_item(column + indent, texts);
                let list = format!("{}{key}:\n{item}", " ".repeat(column));
                let is_open = !self.text.ends_with('\n');
                let start = if is_open { newline } else { "" };
                let list = format!("{start}{}{newline}", list.replace('\n', newline));
                self.push(self.text.len()..self.text.len(), list);
            }
        }
        let list = Value::Sequence(Layout::Block, vec![mapping_of(texts)]);
        entries.push((Node::text(key), Node::unwritten(list)));
        Ok(())
    }

    /// Gives a key that has no value a list of one mapping of texts.
    pub(super) fn fill_list(
        &mut self,
        (empty, key): (&mut Node, &Node),
        indent: usize,
        texts: &[(&str, &str)],
    ) {
        self.add_lines(key.at.end, false, &block_item(key.column + indent, texts));
        empty.value = Value::Sequence(Layout::Block, vec![mapping_of(texts)]);
    }

    /// By how many columns the items of lists stand behind their keys: 0 or more.
    pub(super) fn indent_of_lists(&self, root: &Node) -> usize {
        let Value::Mapping(Layout::Block, entries) = &root.value else {
            return 0;
        };
        let mut lists = entries.iter().filter_map(|(key, value)| {
            let Value::Sequence(Layout::Block, items) = &value.value else {
                return None;
            };
            let dash = self.dash(key.at.end..items.first()?.at.start)?;
            dash.checked_sub(key.column)
        });
        lists.next().unwrap_or(0)
    }

    /// The column of the first dash of a list, between its key and what follows the dash.
    fn dash(&self, between: Range<usize>) -> Option<usize> {
        let lines = self.text.get(between)?.split('\n');
        // What follows the key in its own line is none of the list.
        let mut lines = lines.skip(1).filter_map(|line| {
            let rest = line.trim_start_matches(' ');
            rest.starts_with('-').then_some(line.len() - rest.len())
        });
        lines.next()
    }

    /// Adds lines below the one in which something ends.
    fn add_lines(&mut self, end: usize, ends_in_block: bool, lines: &str) {
        let newline = self.newline();
        let lines = lines.replace('\n', newline);
        let rest = self.text.get(end..).unwrap_or_default();
        // The end of a block of lines is the start of the next line.
        let starts_line = ends_in_block
            && self
                .text
                .get(..end)
                .is_some_and(|text| text.ends_with('\n'));
        let (at, added) = match rest.find('\n') {
            _ if starts_line => (end, format!("{lines}{newline}")),
            Some(after) => (end + after + 1, format!("{lines}{newline}")),
            None => (self.text.len(), format!("{newline}{lines}")),
        };
        self.push(at..at, added);
    }

    /// Adds to a collection in brackets or braces, of which these are the bytes.
    fn add_to_flow(&mut self, at: &Range<usize>, is_empty: bool, text: &str) {
        let inner = self.text.get(at.start..at.end.saturating_sub(1));
        let last = at.start + inner.unwrap_or_default().trim_end().len();
        let comma = if is_empty { "" } else { ", " };
        self.push(last..last, format!("{comma}{text}"));
    }

    fn newline(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
            _ => "\n",
        }
    }

    fn push(&mut self, at: Range<usize>, text: String) {
        self.edits.push(Edit { at, text });
    }

    /// The changed text, which has to mean what the tree says.
    ///
    /// # Errors
    /// When it means anything else.
    pub(super) fn apply(mut self, expected: &[Node]) -> Result<String, Fault> {
        let unwritable =
            |line| Why::Style("the text with the change would mean something else").at(line);
        self.edits.sort_by_key(|edit| edit.at.start);
        let mut changed = String::with_capacity(self.text.len() + 256);
        let mut done = 0;
        for edit in &self.edits {
            let kept = self.text.get(done..edit.at.start);
            changed.push_str(kept.ok_or_else(|| unwritable(1))?);
            changed.push_str(&edit.text);
            done = edit.at.end;
        }
        changed.push_str(self.text.get(done..).ok_or_else(|| unwritable(1))?);
        let first = self.edits.first().map_or(0, |edit| edit.at.start);
        let line = 1 + self
            .text
            .get(..first)
            .unwrap_or_default()
            .matches('\n')
            .count();
        match parse(&changed) {
            Ok(read) if read == expected => Ok(changed),
            _ => Err(unwritable(line)),
        }
    }
}

fn plain_or_quoted(text: &str) -> String {
    if is_plain_text(text) {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    }
}

fn block_item(indent: usize, texts: &[(&str, &str)]) -> String {
    let lines = texts.iter().enumerate().map(|(index, (key, text))| {
        let mark = if index == 0 { "- " } else { "  " };
        format!(
            "{}{mark}{key}: {}",
            " ".repeat(indent),
            plain_or_quoted(text)
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn flow_mapping(texts: &[(&str, &str)]) -> String {
    let entries = texts
        .iter()
        .map(|(key, text)| format!("\"{key}\": \"{text}\""));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

fn mapping_of(texts: &[(&str, &str)]) -> Node {
    let entries = texts
        .iter()
        .map(|(key, text)| (Node::text(key), Node::text(text)));
    Node::unwritten(Value::Mapping(Layout::Block, entries.collect()))
}
