//! The arguments of hooks: templates that also know where artifacts lie.

use std::fmt;

use super::diagnostic::{Diagnostic, Located, Span};
use super::reader::Reader;
use super::template::{Piece, TemplateError, Variable, pieces};
use super::words::{all, nearest, quote};

/// What may stand between braces in a hook's argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookVariable {
    /// What any template knows.
    Common(Variable),
    /// `{out}`: the output folder.
    Out,
    /// `{path}`: an artifact in the output folder.
    Path,
}

impl HookVariable {
    /// All variables.
    fn all() -> impl Iterator<Item = Self> {
        let common = Variable::ALL.iter().copied().map(Self::Common);
        common.chain([Self::Out, Self::Path])
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Common(variable) => variable.as_str(),
            Self::Out => "out",
            Self::Path => "path",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::all().find(|variable| variable.as_str() == name)
    }

    /// Whether it has another value for each artifact of a target.
    #[must_use]
    pub fn is_of_an_artifact(self) -> bool {
        matches!(self, Self::Path | Self::Common(Variable::Binary))
    }

    fn is_of_a_target(self) -> bool {
        use Variable::{Goarch, Goos, Target, Variant};
        matches!(self, Self::Common(Goos | Goarch | Variant | Target))
    }
}

/// When hooks run, which decides what their arguments may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before anything else.
    BeforeAll,
    /// After everything else.
    AfterAll,
    /// Before a target is compiled.
    BeforeTarget,
    /// After the artifacts of a target are in their places.
    AfterTarget,
}

impl Moment {
    fn knows(self, variable: HookVariable) -> bool {
        let is_late = matches!(self, Self::AfterAll | Self::AfterTarget);
        let is_for_a_target = matches!(self, Self::BeforeTarget | Self::AfterTarget);
        if variable.is_of_an_artifact() {
            is_late && is_for_a_target
        } else if variable.is_of_a_target() {
            is_for_a_target
        } else {
            is_late || variable != HookVariable::Out
        }
    }

    /// Why a variable isn't known, and what to do about it.
    fn unknown(self, variable: HookVariable) -> (&'static str, &'static str) {
        let is_early = matches!(self, Self::BeforeAll | Self::BeforeTarget);
        if is_early && (variable == HookVariable::Out || variable.is_of_an_artifact()) {
            let help = "artifacts are there in `after`; `{path}` and `{binary}` in that of an \
                        `[override.hooks]`";
            return ("before anything is built", help);
        }
        (
            "in `[hooks]`, which is for the whole run",
            "write the hook below `[override.hooks]`: it runs for each target that matches",
        )
    }
}

/// One argument of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookTemplate {
    parts: Vec<HookPart>,
}

/// A stretch of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookPart {
    /// Literal text.
    Text(String),
    /// A variable.
    Variable(HookVariable),
}

impl HookTemplate {
    /// What it consists of, in order.
    #[must_use]
    pub fn parts(&self) -> &[HookPart] {
        &self.parts
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = HookVariable> + '_ {
        self.parts.iter().filter_map(|part| match part {
            HookPart::Variable(variable) => Some(*variable),
            HookPart::Text(_) => None,
        })
    }
}

/// As it stands in the manifest.
impl fmt::Display for HookTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            HookPart::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            HookPart::Variable(variable) => write!(f, "{{{}}}", variable.as_str()),
        })
    }
}

/// Reads an argument; what its moment doesn't know is a fault.
pub(super) fn read(
    read: &mut Reader<'_>,
    argument: &Located<&str>,
    moment: Moment,
) -> Option<HookTemplate> {
    let pieces = match pieces(argument.value) {
        Ok(pieces) => pieces,
        Err(TemplateError::Unknown { name, at }) => {
            let span = read.part(argument, at);
            read.push(misspelt(&span, &name, moment));
            return None;
        }
        Err(error) => {
            read.template_error(argument, &error);
            return None;
        }
    };
    let mut parts = Vec::new();
    let before = read.count();
    for piece in pieces {
        match piece {
            Piece::Text(text) => parts.push(HookPart::Text(text.to_owned())),
            Piece::Name(name, at) => {
                let span = read.part(argument, at);
                match variable(name, &span, moment) {
                    Ok(variable) => parts.push(HookPart::Variable(variable)),
                    Err(fault) => read.push(fault),
                }
            }
        }
    }
    (read.count() == before).then_some(HookTemplate { parts })
}

fn variable(name: &str, span: &Span, moment: Moment) -> Result<HookVariable, Diagnostic> {
    let variable = HookVariable::named(name).ok_or_else(|| misspelt(span, name, moment))?;
    if moment.knows(variable) {
        return Ok(variable);
    }
    let (place, help) = moment.unknown(variable);
    let message = format!("`{{{name}}}` is not known {place}");
    Err(Diagnostic::wrong(span, message).help(help))
}

fn misspelt(span: &Span, name: &str, moment: Moment) -> Diagnostic {
    let known = || HookVariable::all().filter(|variable| moment.knows(*variable));
    let names = known().map(HookVariable::as_str);
    let bare = name.trim_matches(['.', ' ', '{', '}', '$']);
    let help = if let Some(meant) = nearest(bare, names) {
        format!("did you mean `{{{meant}}}`?")
    } else {
        let written: Vec<String> = known().map(|v| format!("{{{}}}", v.as_str())).collect();
        let names = all(written.iter().map(String::as_str));
        format!("the variables here are {names}; `{{{{` is a brace")
    };
    let message = format!("{} is not a variable", quote(&format!("{{{name}}}")));
    Diagnostic::wrong(span, message).help(help)
}
