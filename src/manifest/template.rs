//! Templates: texts with `{version}` and the like in them.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

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

    fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|variable| variable.as_str() == name)
    }
}

/// A text with variables in it; `{{` and `}}` stand for braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(Variable),
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

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unclosed { .. } => "write `{{` for a brace that is meant as one".to_owned(),
            Self::Stray { .. } => "write `}}` for a brace that is meant as one".to_owned(),
            Self::Unknown { name, .. } => {
                let names = Variable::ALL.iter().map(|variable| variable.as_str());
                match words::nearest(name.trim_matches(['.', ' ', '{', '}', '$']), names) {
                    Some(meant) => format!("did you mean `{{{meant}}}`?"),
                    None => format!("the variables are {}", all_in_braces()),
                }
            }
        }
    }
}

fn all_in_braces() -> String {
    let names: Vec<String> = Variable::ALL
        .iter()
        .map(|variable| format!("{{{}}}", variable.as_str()))
        .collect();
    format!("{}; `{{{{` is a brace", names.join(", "))
}

/// One stretch of a template's text.
pub(super) enum Piece<'a> {
    /// Literal text.
    Text(&'a str),
    /// What stands between braces.
    Name(&'a str, Range<usize>),
}

/// Cuts a text at its braces, whatever stands between them.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, TemplateError> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(name) = foreign(rest) {
            let name = format!("{{{name}}}");
            let at = at..at + name.len() + 2;
            return Err(TemplateError::Unknown { name, at });
        }
        if rest.starts_with("{{") || rest.starts_with("}}") {
            pieces.push(Piece::Text(rest.get(..1).unwrap_or_default()));
            at += 2;
        } else if rest.starts_with('}') {
            return Err(TemplateError::Stray { at: at..at + 1 });
        } else if let Some(inner) = rest.strip_prefix('{') {
            let Some((name, _)) = inner.split_once('}') else {
                return Err(TemplateError::Unclosed { at: at..at + 1 });
            };
            let end = at + name.len() + 2;
            pieces.push(Piece::Name(name, at..end));
            at = end;
        } else {
            let literal = rest.split(['{', '}']).next().unwrap_or(rest);
            pieces.push(Piece::Text(literal));
            at += literal.len();
        }
    }
    Ok(pieces)
}

/// `{{.Version}}`, as Go's own templates have it, would be taken for plain text.
fn foreign(text: &str) -> Option<&str> {
    let (inner, _) = text.strip_prefix("{{")?.split_once("}}")?;
    inner.trim_start().starts_with('.').then_some(inner)
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts: Vec<Part> = Vec::new();
        for piece in pieces(text)? {
            match (piece, parts.last_mut()) {
                (Piece::Text(more), Some(Part::Text(text))) => text.push_str(more),
                (Piece::Text(text), _) => parts.push(Part::Text(text.to_owned())),
                (Piece::Name(name, at), _) => {
                    let variable = Variable::named(name).ok_or_else(|| TemplateError::Unknown {
                        name: name.to_owned(),
                        at,
                    })?;
                    parts.push(Part::Variable(variable));
                }
            }
        }
        Ok(Self { parts })
    }
}

impl Template {
    /// A text without variables.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self {
            parts: vec![Part::Text(text.to_owned())],
        }
    }

    /// The text with each variable replaced by what `value` gives for it.
    pub fn render(&self, value: impl Fn(Variable) -> String) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Variable(variable) => value(*variable),
            })
            .collect()
    }

    /// The variables in it, in their order, as often as they occur.
    pub fn variables(&self) -> impl Iterator<Item = Variable> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Variable(variable) => Some(*variable),
        })
    }

    /// The stretches of literal text.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Variable(_) => None,
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => {
                    f.write_str(&text.replace('{', "{{").replace('}', "}}"))?;
                }
                Part::Variable(variable) => write!(f, "{{{}}}", variable.as_str())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> TemplateError {
        text.parse::<Template>().unwrap_err()
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
        assert_eq!(error("{verison}").help(), "did you mean `{version}`?");
        assert_eq!(error("{{ .Version }}").help(), "did you mean `{version}`?");
        assert_eq!(error("x{{.Tag}}y").range(), 1..9);
        assert_eq!(error("{.Version}").help(), "did you mean `{version}`?");
        assert!(
            error("{}")
                .help()
                .starts_with("the variables are {version}")
        );
    }

    #[test]
    fn every_variable_is_found_by_its_name() {
        for variable in Variable::ALL {
            assert_eq!(Variable::named(variable.as_str()), Some(*variable));
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
