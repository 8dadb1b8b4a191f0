//! Templates: texts with `{version}` and the like in them.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::diagnostic::{Diagnostic, Located};
use super::reader::Reader;
use super::words;

/// What may stand between braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variable {
    /// `{version}`: the project's version.
    Version,
    /// `{tag}`: the last tag.
    Tag,
    /// `{commit}`: the whole commit hash.
    Commit,
    /// `{short_commit}`: its first seven digits.
    ShortCommit,
    /// `{date}`: the commit's time (or `SOURCE_DATE_EPOCH`), RFC 3339, UTC.
    Date,
    /// `{timestamp}`: the same in seconds since 1970.
    Timestamp,
    /// `{project}`: the project's name.
    Project,
    /// `{binary}`: the binary's name.
    Binary,
    /// `{goos}`
    Goos,
    /// `{goarch}`
    Goarch,
    /// `{variant}`: empty where the architecture has none.
    Variant,
    /// `{target}`: `linux/amd64/v1`.
    Target,
}

impl Variable {
    /// All variables.
    pub const ALL: &'static [Self] = &[
        Self::Version,
        Self::Tag,
        Self::Commit,
        Self::ShortCommit,
        Self::Date,
        Self::Timestamp,
        Self::Project,
        Self::Binary,
        Self::Goos,
        Self::Goarch,
        Self::Variant,
        Self::Target,
    ];

    /// The name between the braces.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Tag => "tag",
            Self::Commit => "commit",
            Self::ShortCommit => "short_commit",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Project => "project",
            Self::Binary => "binary",
            Self::Goos => "goos",
            Self::Goarch => "goarch",
            Self::Variant => "variant",
            Self::Target => "target",
        }
    }
}

/// What may stand between braces in templates of one kind.
pub trait TemplateVariable: Copy {
    /// All variables.
    fn all() -> impl Iterator<Item = Self>;

    /// The name between the braces.
    fn as_str(self) -> &'static str;
}

impl TemplateVariable for Variable {
    fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied()
    }

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

fn named<V: TemplateVariable>(name: &str) -> Option<V> {
    V::all().find(|variable| variable.as_str() == name)
}

/// A text with variables in it; `{{` and `}}` stand for braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<V = Variable> {
    parts: Vec<Part<V>>,
}

/// One stretch of a template's text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<V> {
    /// Literal text.
    Text(String),
    /// A variable.
    Variable(V),
}

impl<V: Copy> Part<V> {
    fn variable(&self) -> Option<V> {
        match self {
            Self::Text(_) => None,
            Self::Variable(variable) => Some(*variable),
        }
    }
}

/// Why a text is not a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A `{` without its `}`.
    #[error("`{{` is never closed")]
    Unclosed {
        /// The brace.
        at: Range<usize>,
    },
    /// A `}` without its `{`.
    #[error("`}}` closes nothing")]
    Stray {
        /// The brace.
        at: Range<usize>,
    },
    /// Something between braces that is no variable.
    #[error("{} is not a variable", words::quote(&format!("{{{name}}}")))]
    Unknown {
        /// What was written between the braces.
        name: String,
        /// The braces and what is between them.
        at: Range<usize>,
    },
}

impl TemplateError {
    /// The bytes of the text that are at fault.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        match self {
            Self::Unclosed { at } | Self::Stray { at } | Self::Unknown { at, .. } => at.clone(),
        }
    }

    /// What to write instead, where these variables are known.
    fn help<V: TemplateVariable>(&self, known: impl Iterator<Item = V>) -> String {
        let Self::Unknown { name, .. } = self else {
            let brace = if matches!(self, Self::Stray { .. }) {
                "}}"
            } else {
                "{{"
            };
            return format!("write `{brace}` for a brace that is meant as one");
        };
        let bare = name.trim_matches(['.', ' ', '{', '}', '$']);
        let names: Vec<&str> = known.map(V::as_str).collect();
        if let Some(meant) = words::nearest(bare, names.iter().copied()) {
            return format!("did you mean `{{{meant}}}`?");
        }
        let written: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
        let names = words::all(written.iter().map(String::as_str));
        format!("the variables here are {names}; `{{{{` is a brace")
    }
}

/// Why a variable isn't known where a template stands.
pub(super) struct Elsewhere {
    /// Where it isn't known, such as `in …`.
    pub(super) place: &'static str,
    /// What to do about it.
    pub(super) help: String,
}

/// Reads a string; `elsewhere` tells of the variables that aren't known there.
pub(super) fn read<V: TemplateVariable>(
    read: &mut Reader<'_>,
    string: &Located<&str>,
    elsewhere: impl Fn(V) -> Option<Elsewhere>,
) -> Option<Template<V>> {
    let before = read.count();
    let mut good = Vec::new();
    for part in parts(string.value) {
        let (range, message, help) = match part {
            Ok(Located { value, span }) => {
                let unknown = value.variable().and_then(|v| Some((v, elsewhere(v)?)));
                let Some((variable, Elsewhere { place, help })) = unknown else {
                    good.push(value);
                    continue;
                };
                let message = format!("`{{{}}}` is not known {place}", variable.as_str());
                (span, message, help)
            }
            Err(error) => {
                let known = V::all().filter(|variable| elsewhere(*variable).is_none());
                (error.range(), error.to_string(), error.help(known))
            }
        };
        let span = read.part(string, range);
        read.push(Diagnostic::wrong(&span, message).help(help));
    }
    (read.count() == before).then(|| good.into_iter().collect())
}

/// Reads a string in which every variable is known.
pub(super) fn read_any<V: TemplateVariable>(
    read: &mut Reader<'_>,
    string: &Located<&str>,
) -> Option<Template<V>> {
    self::read(read, string, |_| None)
}

/// What a text consists of, each part with its place, or what is wrong there.
fn parts<V: TemplateVariable>(text: &str) -> Vec<Result<Located<Part<V>>, TemplateError>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let part = part(rest, at);
        at = match &part {
            Ok(part) => part.span.end,
            Err(TemplateError::Unknown { at, .. }) => at.end,
            // What follows a lonely brace is anybody's guess.
            Err(_) => text.len(),
        };
        parts.push(part);
    }
    parts
}

/// The part that a text begins with; the text itself begins at `at`.
fn part<V: TemplateVariable>(text: &str, at: usize) -> Result<Located<Part<V>>, TemplateError> {
    if let Some(name) = foreign(text) {
        let name = format!("{{{name}}}");
        let at = at..at + name.len() + 2;
        return Err(TemplateError::Unknown { name, at });
    }
    if text.starts_with("{{") || text.starts_with("}}") {
        let brace = text.get(..1).unwrap_or_default().to_owned();
        let span = at..at + 2;
        let value = Part::Text(brace);
        return Ok(Located { value, span });
    }
    if text.starts_with('}') {
        return Err(TemplateError::Stray { at: at..at + 1 });
    }
    let Some(inner) = text.strip_prefix('{') else {
        let literal = text.split(['{', '}']).next().unwrap_or(text);
        let span = at..at + literal.len();
        let value = Part::Text(literal.to_owned());
        return Ok(Located { value, span });
    };
    let Some((name, _)) = inner.split_once('}') else {
        return Err(TemplateError::Unclosed { at: at..at + 1 });
    };
    let span = at..at + name.len() + 2;
    if let Some(variable) = named(name) {
        let value = Part::Variable(variable);
        return Ok(Located { value, span });
    }
    Err(TemplateError::Unknown {
        name: name.to_owned(),
        at: span,
    })
}

/// `{{.Version}}`, as Go's own templates have it, would be taken for plain text.
fn foreign(text: &str) -> Option<&str> {
    let (inner, _) = text.strip_prefix("{{")?.split_once("}}")?;
    inner.trim_start().starts_with('.').then_some(inner)
}

impl<V: TemplateVariable> FromStr for Template<V> {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = parts(text).into_iter();
        parts.map(|part| part.map(|part| part.value)).collect()
    }
}

impl<V> FromIterator<Part<V>> for Template<V> {
    fn from_iter<I: IntoIterator<Item = Part<V>>>(stretches: I) -> Self {
        let mut parts: Vec<Part<V>> = Vec::new();
        for stretch in stretches {
            match (stretch, parts.last_mut()) {
                (Part::Text(more), Some(Part::Text(text))) => text.push_str(&more),
                (stretch, _) => parts.push(stretch),
            }
        }
        Self { parts }
    }
}

impl<V: Copy> Template<V> {
    /// A text without variables.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self {
            parts: vec![Part::Text(text.to_owned())],
        }
    }

    /// What `text` makes of each stretch of literal text and `value` of each variable, in order.
    pub fn walk<T>(
        &self,
        text: impl Fn(&str) -> T,
        value: impl Fn(V) -> T,
    ) -> impl Iterator<Item = T> {
        self.parts.iter().map(move |part| match part {
            Part::Text(literal) => text(literal),
            Part::Variable(variable) => value(*variable),
        })
    }

    /// The text with each variable replaced by what `value` gives for it.
    pub fn render(&self, value: impl Fn(V) -> String) -> String {
        self.walk(str::to_owned, value).collect()
    }

    /// The variables in it, in their order, as often as they occur.
    pub fn variables(&self) -> impl Iterator<Item = V> {
        self.parts.iter().filter_map(Part::variable)
    }

    /// The stretches of literal text.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Variable(_) => None,
        })
    }
}

/// As it stands in the manifest.
impl<V: TemplateVariable> fmt::Display for Template<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Part::Variable(variable) => write!(f, "{{{}}}", variable.as_str()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> TemplateError {
        text.parse::<Template>().unwrap_err()
    }

    fn help(text: &str) -> String {
        error(text).help(Variable::all())
    }

    #[test]
    fn variables_are_replaced_and_doubled_braces_are_braces() {
        let template: Template = "v{version}-{{x}}".parse().unwrap();
        let rendered = template.render(|variable| variable.as_str().to_uppercase());
        assert_eq!(rendered, "vVERSION-{x}");
        assert_eq!(
            template.variables().collect::<Vec<_>>(),
            [Variable::Version]
        );
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(error("ä{version").range(), 2..3);
        assert_eq!(error("version}").range(), 7..8);
        assert_eq!(error("a{ä}b").range(), 1..5);
    }

    #[test]
    fn a_misspelt_variable_is_recognised() {
        assert_eq!(help("{verison}"), "did you mean `{version}`?");
        assert_eq!(help("{{ .Version }}"), "did you mean `{version}`?");
        assert_eq!(error("x{{.Tag}}y").range(), 1..9);
        assert_eq!(help("{.Version}"), "did you mean `{version}`?");
        assert!(help("{}").starts_with("the variables here are `{version}`, "));
    }

    #[test]
    fn all_unknown_variables_are_found_at_once() {
        let parts = parts::<Variable>("{a}{{.B}}{version}{c}{d");
        let wrong: Vec<_> = parts
            .iter()
            .filter_map(|part| part.as_ref().err())
            .collect();
        let places: Vec<_> = wrong.iter().map(|error| error.range()).collect();
        assert_eq!(places, [0..3, 3..9, 18..21, 21..22]);
    }

    #[test]
    fn every_variable_is_found_by_its_name() {
        for variable in Variable::ALL {
            assert_eq!(named(variable.as_str()), Some(*variable));
        }
    }

    proptest! {
        #[test]
        fn what_parses_is_displayed_as_written(text in "([a{}ä]|\\{version\\}){0,8}") {
            match text.parse::<Template>() {
                Ok(template) => prop_assert_eq!(template.to_string(), text),
                Err(error) => prop_assert!(text.get(error.range()).is_some()),
            }
        }
    }
}
