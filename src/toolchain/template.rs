//! Words of a definition with placeholders in them: `--target={triple}`.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A text with placeholders: a name in braces each. `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Text(String),
    Name(String),
}

/// A text whose braces don't fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` has a brace without its partner; write `{{{{` for a brace that is meant")]
pub struct ParseTemplateError(String);

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// When a brace has no partner.
    pub fn parse(text: &str) -> Result<Self, ParseTemplateError> {
        let fault = || ParseTemplateError(text.to_owned());
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    literal.push(c);
                }
                '{' => {
                    if !literal.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    }
                    let mut name = String::new();
                    loop {
                        match chars.next().ok_or_else(fault)? {
                            '}' => break,
                            '{' => return Err(fault()),
                            c => name.push(c),
                        }
                    }
                    pieces.push(Piece::Name(name));
                }
                '}' => return Err(fault()),
                c => literal.push(c),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self(pieces))
    }

    /// The placeholders in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The placeholder that is all of it.
    #[must_use]
    pub fn whole(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// The text with its placeholders replaced; none where one has no value.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
        let parts = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Name(name) => value(name),
        });
        parts.collect()
    }

    /// The placeholders of several texts.
    pub(super) fn names_of<'t>(templates: impl IntoIterator<Item = &'t Self>) -> BTreeSet<&'t str> {
        templates.into_iter().flat_map(Self::names).collect()
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Name(name) => write!(f, "{{{name}}}"),
        })
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl serde::Serialize for Template {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_replaced() {
        let template = Template::parse("--target={triple}.{glibc}").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["triple", "glibc"]);
        let value = |name: &str| (name == "triple").then_some("x");
        assert_eq!(template.fill(value), None);
        assert_eq!(
            template.fill(|_| Some("x")).as_deref(),
            Some("--target=x.x")
        );
    }

    #[test]
    fn braces_are_doubled() {
        let template = Template::parse("{{a}}").unwrap();
        assert_eq!(template.fill(|_| None).as_deref(), Some("{a}"));
    }

    #[test]
    fn a_brace_without_its_partner_is_refused() {
        for text in ["{", "}", "{a", "a}", "{a{b}}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(text in "[a{}]{0,8}") {
            if let Ok(template) = Template::parse(&text) {
                prop_assert_eq!(Template::parse(&template.to_string()), Ok(template));
            }
        }
    }
}
