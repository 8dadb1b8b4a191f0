//! Reads the tree of a TOML text and keeps what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Located, Span};
use super::ldflags::split;
use super::words::{all, nearest, quote, toml};

/// The text that is read, and the faults found so far.
pub(super) struct Reader<'a> {
    text: &'a str,
    whole: bool,
    found: Vec<Diagnostic>,
    /// Where words without quotes are told to be of a wrong type.
    bare_words: BTreeSet<usize>,
}

/// A value of the tree, and the key that it stands under.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    /// The key; for an element of an array, the array's.
    pub(super) key: &'a str,
    /// Where the key stands; for an element, where the element does.
    pub(super) key_span: Span,
    /// Where the value stands.
    pub(super) span: Span,
    value: &'a DeValue<'a>,
    element: bool,
}

/// A table of which every key is known.
pub(super) struct Table<'a> {
    /// Where it stands: its header, or the braces.
    pub(super) span: Span,
    entries: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// The value under a key.
    pub(super) fn entry(&self, key: &str) -> Option<Entry<'a>> {
        let (key, value) = self.entries.get_key_value(key)?;
        Some(entry(key, value))
    }

    /// All values, in the order of their keys.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        self.entries.iter().map(|(key, value)| entry(key, value))
    }
}

fn entry<'a>(
    key: &'a Spanned<std::borrow::Cow<'a, str>>,
    value: &'a Spanned<DeValue<'a>>,
) -> Entry<'a> {
    Entry {
        key: key.get_ref(),
        key_span: key.span(),
        span: value.span(),
        value: value.get_ref(),
        element: false,
    }
}

impl Entry<'_> {
    /// The value, as messages name it.
    fn name(&self) -> String {
        if self.element {
            format!("an element of {}", quote(self.key))
        } else {
            quote(self.key)
        }
    }

    /// Whether the value is an array.
    pub(super) fn is_array(&self) -> bool {
        self.value.is_array()
    }

    /// Whether the value is an array without elements.
    pub(super) fn is_empty_array(&self) -> bool {
        self.value.as_array().is_some_and(|array| array.is_empty())
    }

    /// The value, if it is a string.
    pub(super) fn as_str(&self) -> Option<&str> {
        self.value.as_str()
    }

    /// Whether the value is a boolean.
    pub(super) fn is_boolean(&self) -> bool {
        self.value.is_bool()
    }
}

/// The arguments of a command line in one string, as elements of an array; none for one word.
fn words(text: &str) -> Option<Vec<String>> {
    let words = split(text).filter(|words| words.len() > 1)?;
    Some(words.into_iter().map(toml).collect())
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(array)
            if !array.is_empty() && array.iter().all(|v| v.get_ref().is_table()) =>
        {
            "an array of tables"
        }
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

impl<'a> Reader<'a> {
    /// `whole` says that the tree holds all of the text; if not, nothing is known to be missing.
    pub(super) fn new(text: &'a str, whole: bool) -> Self {
        Self {
            text,
            whole,
            found: Vec::new(),
            bare_words: BTreeSet::new(),
        }
    }

    /// Keeps a fault.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Whether the tree holds all of the text.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Keeps a fault that consists in something missing.
    pub(super) fn missing(&mut self, diagnostic: Diagnostic) {
        if self.whole {
            self.push(diagnostic);
        }
    }

    /// How many faults there are so far.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// All faults of the tree, and those of the syntax that they don't tell already.
    pub(super) fn with_syntax(self, mut syntax: Vec<Diagnostic>) -> Vec<Diagnostic> {
        syntax.retain(|fault| !self.bare_words.contains(&fault.span.start));
        syntax.extend(self.found);
        syntax
    }

    /// Drops what stands behind a place from which on the tree can't be trusted.
    pub(super) fn forget_behind(&mut self, place: usize) {
        self.found.retain(|fault| fault.span.end < place);
        self.bare_words.retain(|start| *start < place);
    }

    /// The place of a part of a string, where the string is written without escapes.
    pub(super) fn part(&self, string: &Located<&str>, range: std::ops::Range<usize>) -> Span {
        let open = string.span.start + 1;
        let place = open + range.start..open + range.end;
        let written = open..string.span.end.saturating_sub(1);
        if self.text.get(written) == Some(string.value) && self.text.get(place.clone()).is_some() {
            place
        } else {
            string.span.clone()
        }
    }

    /// A value of another type than the one wanted.
    fn wrong_type(&mut self, entry: &Entry<'_>, wanted: &str, instead: &str) {
        let written = self.text.get(entry.span.clone()).unwrap_or_default();
        let bare = entry.value.is_str() && !written.starts_with(['"', '\'']);
        let found = if bare {
            "a bare word"
        } else {
            kind(entry.value)
        };
        if bare {
            self.bare_words.insert(entry.span.start);
        }
        let message = format!("{} is {found}; {wanted} is wanted", entry.name());
        let diagnostic = Diagnostic::wrong(&entry.span, message);
        self.push(diagnostic.help(if entry.element {
            format!("write `{instead}`")
        } else {
            format!("write `{} = {instead}`", entry.key)
        }));
    }

    /// How a value is written in the manifest, if on one line.
    fn written(&self, entry: &Entry<'_>) -> Option<&'a str> {
        let written = self.text.get(entry.span.clone())?;
        (!written.contains('\n') && written.len() < 60).then_some(written)
    }

    pub(super) fn string(&mut self, entry: &Entry<'a>) -> Option<Located<&'a str>> {
        let DeValue::String(value) = entry.value else {
            let scalar = !entry.value.is_array() && !entry.value.is_table();
            let only = match entry.value {
                DeValue::Array(array) if array.len() == 1 => {
                    array.iter().next().and_then(|one| one.get_ref().as_str())
                }
                _ => None,
            };
            let instead = match only {
                Some(text) => Some(toml(text)),
                None => self.written(entry).filter(|_| scalar).map(toml),
            };
            self.wrong_type(entry, "a string", instead.as_deref().unwrap_or("\"…\""));
            return None;
        };
        Some(Located {
            value: value.as_ref(),
            span: entry.span.clone(),
        })
    }

    pub(super) fn boolean(&mut self, entry: &Entry<'a>) -> Option<bool> {
        if let DeValue::Boolean(value) = entry.value {
            return Some(*value);
        }
        let instead = match entry.value {
            DeValue::String(text) => match text.to_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some("true"),
                "false" | "no" | "off" | "0" => Some("false"),
                _ => None,
            },
            DeValue::Integer(number) => match number.as_str() {
                "1" => Some("true"),
                "0" => Some("false"),
                _ => None,
            },
            _ => None,
        };
        self.wrong_type(entry, "true or false", instead.unwrap_or("true"));
        None
    }

    pub(super) fn integer(&mut self, entry: &Entry<'a>) -> Option<i64> {
        let DeValue::Integer(number) = entry.value else {
            let instead = match entry.value {
                DeValue::String(text) => text.parse::<i64>().ok().map(|n| n.to_string()),
                _ => None,
            };
            self.wrong_type(entry, "a whole number", instead.as_deref().unwrap_or("1"));
            return None;
        };
        let value = i64::from_str_radix(number.as_str(), number.radix()).ok();
        if value.is_none() {
            self.push(
                Diagnostic::wrong(&entry.span, format!("{} is too large", entry.name()))
                    .help("write a smaller number"),
            );
        }
        value
    }

    /// The elements of an array; none if it is no array.
    pub(super) fn array(&mut self, entry: &Entry<'a>, of: &str) -> Option<Vec<Entry<'a>>> {
        let DeValue::Array(array) = entry.value else {
            let written = || self.written(entry).filter(|_| !entry.value.is_table());
            let instead = match entry.value.as_str().and_then(words) {
                Some(words) => Some(format!("[{}]", words.join(", "))),
                None => written().map(|value| format!("[{value}]")),
            };
            let instead = instead.unwrap_or_else(|| "[{ … }]".to_owned());
            self.wrong_type(entry, &format!("an array of {of}"), &instead);
            return None;
        };
        let elements = array.iter().map(|value| Entry {
            key: entry.key,
            key_span: value.span(),
            span: value.span(),
            value: value.get_ref(),
            element: true,
        });
        Some(elements.collect())
    }

    /// The strings of an array; those elements that are none are faults.
    pub(super) fn strings(&mut self, entry: &Entry<'a>) -> Option<Vec<Located<&'a str>>> {
        let elements = self.array(entry, "strings")?;
        let strings = elements.iter().filter_map(|element| self.string(element));
        Some(strings.collect())
    }

    /// The strings of an array in which each may stand once.
    pub(super) fn distinct(&mut self, entry: &Entry<'a>) -> Option<Vec<Located<&'a str>>> {
        let strings = self.strings(entry)?;
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut distinct = Vec::new();
        for string in strings {
            if let Some(first) = seen.get(string.value) {
                let message = format!("{} stands twice in {}", quote(string.value), entry.name());
                let diagnostic = Diagnostic::wrong(&string.span, message)
                    .also(first, "here first")
                    .help("remove one of them");
                self.push(diagnostic);
            } else {
                seen.insert(string.value, string.span.clone());
                distinct.push(string);
            }
        }
        Some(distinct)
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, entry: &Entry<'a>, words: &[(&str, T)]) -> Option<T> {
        let string = self.string(entry)?;
        self.known(entry.key, &string, words)
    }

    /// Several of a few words, each once.
    pub(super) fn words<T: Copy>(&mut self, entry: &Entry<'a>, words: &[(&str, T)]) -> Vec<T> {
        let strings = self.distinct(entry).unwrap_or_default();
        let known = strings
            .iter()
            .filter_map(|string| self.known(entry.key, string, words));
        known.collect()
    }

    fn known<T: Copy>(
        &mut self,
        key: &str,
        string: &Located<&str>,
        words: &[(&str, T)],
    ) -> Option<T> {
        let known = words.iter().find(|(word, _)| *word == string.value);
        if known.is_none() {
            let names = words.iter().map(|(word, _)| *word);
            self.push(
                Diagnostic::wrong(
                    &string.span,
                    format!("{} is not a value of `{key}`", quote(string.value)),
                )
                .help(super::words::suggest(string.value, names)),
            );
        }
        known.map(|(_, value)| *value)
    }

    /// A table written `[key]`, with these keys and no others.
    pub(super) fn section(
        &mut self,
        parent: &Table<'a>,
        key: &str,
        keys: &[&str],
    ) -> Option<Table<'a>> {
        let entry = parent.entry(key)?;
        if let DeValue::Table(_) = entry.value {
            return self.table(&entry, &format!("`[{key}]`"), keys);
        }
        let diagnostic = Diagnostic::wrong(
            &entry.span,
            format!(
                "{} is {}; a table is wanted",
                entry.name(),
                kind(entry.value)
            ),
        );
        self.push(diagnostic.help(format!("write the settings below a line `[{key}]`")));
        None
    }

    /// A table with these keys and no others; `name` is how messages call it.
    pub(super) fn table(
        &mut self,
        entry: &Entry<'a>,
        name: &str,
        keys: &[&str],
    ) -> Option<Table<'a>> {
        let table = self.open_table(entry)?;
        self.check_keys(&table, name, keys);
        Some(table)
    }

    /// A table with keys that the caller checks.
    pub(super) fn open_table(&mut self, entry: &Entry<'a>) -> Option<Table<'a>> {
        let DeValue::Table(entries) = entry.value else {
            self.wrong_type(entry, "a table", "{ … }");
            return None;
        };
        Some(Table {
            span: entry.span.clone(),
            entries,
        })
    }

    /// The whole text as a table of sections.
    pub(super) fn root(&mut self, entries: &'a DeTable<'a>, keys: &[&str]) -> Table<'a> {
        let table = Table {
            span: 0..0,
            entries,
        };
        for entry in table.entries().filter(|entry| !keys.contains(&entry.key)) {
            let message = if entry.value.is_table() {
                format!("there is no section {}", quote(&format!("[{}]", entry.key)))
            } else {
                format!("{} stands in no section", quote(entry.key))
            };
            let help = if let Some(home) = super::parse::home_of(entry.key) {
                format!("{} belongs to {home}", quote(entry.key))
            } else if let Some(meant) = nearest(entry.key, keys.iter().copied()) {
                format!("did you mean `{meant}`?")
            } else {
                format!("the sections are {}", all(keys.iter().copied()))
            };
            self.push(Diagnostic::wrong(&entry.key_span, message).help(help));
        }
        table
    }

    /// The tables of an array written with `[[key]]`.
    pub(super) fn tables(
        &mut self,
        parent: &Table<'a>,
        header: &str,
        keys: &[&str],
    ) -> Vec<Table<'a>> {
        let key = header.rsplit('.').next().unwrap_or(header);
        let Some(entry) = parent.entry(key) else {
            return Vec::new();
        };
        if !entry.is_array() {
            let message = format!(
                "{} is {}; an array of tables is wanted",
                entry.name(),
                kind(entry.value)
            );
            self.push(
                Diagnostic::wrong(&entry.span, message)
                    .help(format!("write `[[{header}]]`, with two brackets")),
            );
            return Vec::new();
        }
        let name = format!("`[[{header}]]`");
        let elements = self.array(&entry, "tables").unwrap_or_default();
        elements
            .iter()
            .filter_map(|element| self.table(element, &name, keys))
            .collect()
    }

    fn check_keys(&mut self, table: &Table<'a>, name: &str, keys: &[&str]) {
        for entry in table.entries().filter(|entry| !keys.contains(&entry.key)) {
            let key = quote(entry.key);
            let message = format!("{name} has no key {key}");
            let help = if let Some(home) = super::parse::home_of(entry.key) {
                format!("{key} belongs to {home}")
            } else if let Some(meant) = nearest(entry.key, keys.iter().copied()) {
                format!("did you mean `{meant}`?")
            } else {
                format!("its keys are {}", all(keys.iter().copied()))
            };
            self.push(Diagnostic::wrong(&entry.key_span, message).help(help));
        }
    }
}
