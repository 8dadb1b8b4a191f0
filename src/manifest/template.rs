//! Templates: texts with `{version}` and the like in them.

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
    /// `{date}`: the commit's time (or SOURCE_DATE_EPOCH), RFC 3339, UTC.
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
pub enum TemplateError {}

impl Template {
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
}
