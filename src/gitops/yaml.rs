//! YAML as a tree that knows where each part of it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, StructureStyle};

use super::fault::{Fault, Why};

/// A node. Two are equal where they mean the same, however they are written and wherever they stand.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    /// Its bytes; of a collection in lines of its own, where it starts.
    pub(super) at: Range<usize>,
    /// The line that it starts in, from 1.
    pub(super) line: usize,
    /// The column that it starts in, from 0.
    pub(super) column: usize,
    /// The number of its anchor; 0 if it has none.
    anchor: usize,
    tag: Option<String>,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(String, Quotes),
    Sequence(Layout, Vec<Node>),
    Mapping(Layout, Vec<(Node, Node)>),
    /// What has the anchor of this number; its text, where it is one.
    Alias(usize, Option<String>),
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    None,
    Single,
    Double,
    /// After `|` or `>`, in lines of its own.
    Block,
}

/// How a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// In lines.
    Block,
    /// In brackets or braces.
    Flow,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        let is_same = match (&self.value, &other.value) {
            (Value::Scalar(one, a), Value::Scalar(two, b)) => {
                one == two && is_text(one, *a) == is_text(two, *b)
            }
            (Value::Sequence(_, one), Value::Sequence(_, two)) => one == two,
            (Value::Mapping(_, one), Value::Mapping(_, two)) => one == two,
            (Value::Alias(one, _), Value::Alias(two, _)) => one == two,
            _ => false,
        };
        is_same && self.anchor == other.anchor && self.tag == other.tag
    }
}

/// Whether a scalar is a text to each reader of YAML, of version 1.1 too, and no number, truth, date or nothing.
fn is_text(text: &str, quotes: Quotes) -> bool {
    quotes != Quotes::None || is_plain_text(text)
}

/// Whether a text is still one without quotes, wherever it stands.
pub(super) fn is_plain_text(text: &str) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./@:+".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(is_plain)
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

impl Node {
    /// A text that is not written yet.
    pub(super) fn text(text: &str) -> Self {
        Self::unwritten(Value::Scalar(text.to_owned(), Quotes::Double))
    }

    /// A node that is not written yet.
    pub(super) fn unwritten(value: Value) -> Self {
        Self {
            value,
            at: 0..0,
            line: 0,
            column: 0,
            anchor: 0,
            tag: None,
        }
    }

    pub(super) fn has_anchor(&self) -> bool {
        self.anchor != 0
    }

    /// The text of a scalar.
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is written where a value could be.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.value, Value::Scalar(_, Quotes::None)) && self.at.is_empty()
    }

    /// The value of a key; none where this is no mapping, too.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Value::Mapping(_, entries) = &self.value else {
            return None;
        };
        let mut entries = entries.iter();
        let entry = entries.find(|(name, _)| name.as_text() == Some(key));
        entry.map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Value::Mapping(_, entries) = &mut self.value else {
            return None;
        };
        let mut entries = entries.iter_mut();
        let entry = entries.find(|(name, _)| name.as_text() == Some(key));
        entry.map(|(_, value)| value)
    }

    /// Where it ends, with all that is written in it.
    pub(super) fn end(&self) -> usize {
        self.last().map_or(self.at.end, |(key, value)| {
            key.map_or(0, Self::end).max(value.end())
        })
    }

    /// Whether its last line belongs to a block of lines, which has its own end.
    pub(super) fn ends_in_block(&self) -> bool {
        matches!(self.value, Value::Scalar(_, Quotes::Block))
            || self.last().is_some_and(|(_, value)| value.ends_in_block())
    }

    /// The last node that is written in it, with its key, if it is a collection in lines.
    fn last(&self) -> Option<(Option<&Self>, &Self)> {
        match &self.value {
            Value::Sequence(Layout::Block, items) => {
                let mut items = items.iter().rev();
                let last = items.find(|item| item.is_written())?;
                Some((None, last))
            }
            Value::Mapping(Layout::Block, entries) => {
                let mut entries = entries.iter().rev();
                let (key, value) = entries.find(|(key, _)| key.is_written())?;
                Some((Some(key), value))
            }
            _ => None,
        }
    }

    fn is_written(&self) -> bool {
        self.line > 0
    }
}

/// Reads all documents of a text.
///
/// # Errors
/// When it isn't YAML, or a mapping has a key twice.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, Fault> {
    // Readers differ in whether a block of lines that ends with the file, in the middle of a line, has a line feed. Those
    // of Kubernetes take none, so that adding lines would change the block.
    let options = granit_parser::options! { block_scalar_eof_without_line_feed: true };
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(text, options),
        texts: BTreeMap::new(),
    };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next()? {
        if event.is_node() {
            documents.push(reader.node(event, span)?);
        }
    }
    Ok(documents)
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    /// The texts that have anchors.
    texts: BTreeMap<usize, String>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Fault> {
        let wrong = |error: ScanError| Why::Syntax(error.info()).at(error.marker().line());
        self.events.next().transpose().map_err(wrong)
    }

    /// The nodes up to the end of a collection, and where that is.
    fn children(&mut self) -> Result<(Vec<Node>, usize), Fault> {
        let mut nodes = Vec::new();
        while let Some((event, span)) = self.next()? {
            if !event.is_node() {
                let end = span.byte_range().unwrap_or_default().end;
                return Ok((nodes, end));
            }
            nodes.push(self.node(event, span)?);
        }
        Ok((nodes, 0))
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, Fault> {
        let mut at = span.byte_range().unwrap_or_default();
        let anchor = event.anchor_id().unwrap_or_default();
        let tag = event.tag().map(ToString::to_string);
        let value = match event {
            Event::Scalar(text, style, ..) => {
                if anchor != 0 {
                    self.texts.insert(anchor, text.to_string());
                }
                Value::Scalar(text.into_owned(), quotes(style))
            }
            Event::SequenceStart(style, ..) => {
                let (items, end) = self.children()?;
                if style == StructureStyle::Flow {
                    at.end = end;
                }
                Value::Sequence(layout(style), items)
            }
            Event::MappingStart(style, ..) => {
                let (nodes, end) = self.children()?;
                if style == StructureStyle::Flow {
                    at.end = end;
                }
                Value::Mapping(layout(style), entries(nodes)?)
            }
            Event::Alias(of) => Value::Alias(of, self.texts.get(&of).cloned()),
            // Nothing else is a node.
            _ => Value::Alias(0, None),
        };
        Ok(Node {
            value,
            at,
            line: span.start.line(),
            column: span.start.col(),
            anchor,
            tag,
        })
    }
}

/// Keys and values, which follow each other.
fn entries(nodes: Vec<Node>) -> Result<Vec<(Node, Node)>, Fault> {
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
        if let Some(name) = key.as_text()
            && !seen.insert(name.to_owned())
        {
            return Err(Why::Twice(name.to_owned()).at(key.line));
        }
        entries.push((key, value));
    }
    Ok(entries)
}

fn quotes(style: ScalarStyle) -> Quotes {
    match style {
        ScalarStyle::Plain => Quotes::None,
        ScalarStyle::SingleQuoted => Quotes::Single,
        ScalarStyle::DoubleQuoted => Quotes::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Quotes::Block,
    }
}

fn layout(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Flow => Layout::Flow,
        StructureStyle::Block => Layout::Block,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Node {
        parse(text).unwrap().remove(0)
    }

    #[test]
    fn nodes_are_equal_that_mean_the_same() {
        assert_eq!(
            one("a: {b: [w, 'x']}\n"),
            one("a:\n  b:\n  - \"w\"\n  - x # z\n")
        );
        for (one_text, other) in [
            ("a: 1", "a: '1'"),
            ("a: x", "a: y"),
            ("a: x", "a: &x x"),
            ("a: x", "a: !t x"),
            ("a: [x]", "a: [x, x]"),
            ("a: null", "a: 'null'"),
        ] {
            assert_ne!(one(one_text), one(other), "{one_text} | {other}");
        }
    }

    #[test]
    fn bytes_are_those_of_the_node() {
        let text = "\u{feff}ö: {b: \"x\", c: [1, 2]} # c\r\nd:\r\n  e: y z \r\n";
        let root = one(text);
        let written = |node: &Node| text.get(node.at.clone()).unwrap();
        let inner = root.get("ö").unwrap();
        assert_eq!(written(inner), "{b: \"x\", c: [1, 2]}");
        assert_eq!(written(inner.get("b").unwrap()), "\"x\"");
        assert_eq!(written(inner.get("c").unwrap()), "[1, 2]");
        let last = root.get("d").unwrap().get("e").unwrap();
        assert_eq!(written(last), "y z");
        assert_eq!((last.line, root.end()), (3, last.at.end));
    }

    #[test]
    fn what_readers_take_for_different_things_is_refused_with_its_line() {
        let fault = parse("a: 1\nb:\n  c: 1\n  c: 2\n").unwrap_err();
        assert_eq!(fault, Why::Twice("c".to_owned()).at(4));
        for (text, line) in [("a: [\n", 1), ("a:\n\tb: 1\n", 2), ("a: *b\n", 1)] {
            let fault = parse(text).unwrap_err();
            assert!(matches!(fault.why, Why::Syntax(_)), "{fault}");
            assert_eq!(fault.line, line, "{text:?}: {fault}");
        }
    }

    #[test]
    fn a_plain_text_is_one_to_each_reader() {
        for text in [
            "v1.2.3-abc",
            "registry.example:5000/a/b@sha256:00",
            "sha256:ab",
        ] {
            assert!(is_plain_text(text), "{text}");
        }
        for text in [
            "",
            "1.10",
            "0x1",
            "1e5",
            "2024-01-01",
            "yes",
            "Null",
            "a: b",
            "a #b",
            "a:",
            "[::1]/a",
            "~",
            "_x",
        ] {
            assert!(!is_plain_text(text), "{text}");
        }
    }
}
