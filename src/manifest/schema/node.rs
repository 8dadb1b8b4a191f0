//! The pieces that the schema is put together from: what one value may be.

use serde_json::{Map, Value, json};

/// What one value may be, and what an editor says about it.
#[derive(Clone, Debug)]
pub(super) struct Node(Map<String, Value>);

impl Node {
    fn of(kind: &str) -> Self {
        Self(Map::new()).with("type", kind)
    }

    fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        self.0.insert(keyword.to_owned(), value.into());
        self
    }

    pub(super) fn string() -> Self {
        Self::of("string")
    }

    pub(super) fn boolean() -> Self {
        Self::of("boolean")
    }

    pub(super) fn integer(from: i64, to: i64) -> Self {
        Self::of("integer")
            .with("minimum", from)
            .with("maximum", to)
    }

    /// One of a few words.
    pub(super) fn word(words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words: Vec<Value> = words.into_iter().map(|word| word.into().into()).collect();
        Self::string().with("enum", words)
    }

    /// One of a few words, each with a text that an editor shows beside it.
    pub(super) fn explained(words: &[(&str, &str)]) -> Self {
        let texts: Vec<&str> = words.iter().map(|(_, text)| *text).collect();
        Self::word(words.iter().map(|(word, _)| *word))
            .with("x-taplo", json!({ "docs": { "enumValues": texts } }))
    }

    pub(super) fn array(items: Self) -> Self {
        Self::of("array").with("items", items)
    }

    /// An array in which each element may stand once.
    pub(super) fn set(items: Self) -> Self {
        Self::array(items).with("uniqueItems", true)
    }

    /// A table with these keys and no others.
    pub(super) fn table(keys: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let keys = keys.into_iter().map(|(key, node)| (key.to_owned(), node));
        let keys: Map<String, Value> = keys.map(|(key, node)| (key, node.into())).collect();
        Self::of("object")
            .with("properties", keys)
            .with("additionalProperties", false)
    }

    /// A table with any keys of this pattern, whose values are all of one kind.
    pub(super) fn open(keys: &str, value: Self) -> Self {
        Self::of("object")
            .with("propertyNames", Self::like(keys))
            .with("additionalProperties", value)
    }

    pub(super) fn any_of(nodes: impl IntoIterator<Item = Self>) -> Self {
        let nodes: Vec<Value> = nodes.into_iter().map(Value::from).collect();
        Self(Map::new()).with("anyOf", nodes)
    }

    /// What an editor shows.
    pub(super) fn says(self, text: &str) -> Self {
        self.with("description", text)
    }

    pub(super) fn default(self, value: impl Into<Value>) -> Self {
        self.with("default", value)
    }

    /// No other value.
    pub(super) fn only(self, value: impl Into<Value>) -> Self {
        self.with("const", value)
    }

    pub(super) fn pattern(self, pattern: &str) -> Self {
        self.with("pattern", pattern)
    }

    pub(super) fn longest(self, characters: usize) -> Self {
        self.with("maxLength", characters)
    }

    pub(super) fn not(self, node: Self) -> Self {
        self.with("not", node)
    }

    /// What can't be, whatever its type: the pattern of a string.
    pub(super) fn like(pattern: &str) -> Self {
        Self(Map::new()).pattern(pattern)
    }

    pub(super) fn not_empty(self) -> Self {
        let keyword = match self.0.get("type").and_then(Value::as_str) {
            Some("array") => "minItems",
            Some("object") => "minProperties",
            _ => "minLength",
        };
        self.with(keyword, 1)
    }

    /// Keys that have to be there.
    pub(super) fn needs(self, keys: &[&str]) -> Self {
        self.with("required", keys)
    }

    /// Exactly one of these keys has to be there.
    pub(super) fn needs_one_of(self, keys: &[&str]) -> Self {
        let one: Vec<Value> = keys
            .iter()
            .map(|key| json!({ "required": [key] }))
            .collect();
        self.with("oneOf", one)
    }

    /// Where a key stands, the table has to be like the node too.
    pub(super) fn with_key(self, key: &str, node: Self) -> Self {
        self.with("dependencies", json!({ key: Value::from(node) }))
    }

    /// A table that has a key, with this value if one is named.
    pub(super) fn having(key: &str, value: Option<Value>) -> Self {
        let node = Self(Map::new()).needs(&[key]);
        match value {
            Some(value) => node.with("properties", json!({ key: { "const": value } })),
            None => node,
        }
    }

    /// The whole schema.
    pub(super) fn document(self, title: &str) -> Value {
        // The draft that editors know best.
        self.with("$schema", "http://json-schema.org/draft-07/schema#")
            .with("title", title)
            .into()
    }
}

impl From<Node> for Value {
    fn from(node: Node) -> Self {
        Self::Object(node.0)
    }
}
