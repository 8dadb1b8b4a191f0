//! The arguments of hooks: templates that also know where artifacts lie.

use super::diagnostic::Located;
use super::reader::Reader;
use super::template::{self, Elsewhere, Template, TemplateVariable, Variable};

/// What may stand between braces in a hook's argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookVariable {
    /// What any template knows.
    Common(Variable),
    /// `{out}`: the output folder.
    Out,
    /// `{path}`: an artifact in the output folder, or the file that is signed.
    Path,
    /// `{signature}`: where the signature of a file belongs.
    Signature,
}

impl TemplateVariable for HookVariable {
    fn all() -> impl Iterator<Item = Self> {
        let common = Variable::ALL.iter().copied().map(Self::Common);
        common.chain([Self::Out, Self::Path, Self::Signature])
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Common(variable) => variable.as_str(),
            Self::Out => "out",
            Self::Path => "path",
            Self::Signature => "signature",
        }
    }
}

impl HookVariable {
    /// Whether it has another value for each artifact of a target.
    #[must_use]
    pub fn is_of_an_artifact(self) -> bool {
        matches!(self, Self::Path | Self::Common(Variable::Binary))
    }

    fn is_of_a_program(self) -> bool {
        self.is_of_an_artifact() || self.is_of_a_target()
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
    /// When a file of the release is signed.
    Sign,
    /// When a program is signed before it is packed.
    SignProgram,
}

impl Moment {
    fn knows(self, variable: HookVariable) -> bool {
        if variable == HookVariable::Signature {
            return self == Self::Sign;
        }
        if self == Self::Sign {
            return variable == HookVariable::Path || !variable.is_of_a_program();
        }
        if self == Self::SignProgram {
            return true;
        }
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
    fn unknown(self, variable: HookVariable) -> Elsewhere {
        if variable == HookVariable::Signature {
            return Elsewhere {
                place: "here",
                help: "it is in `cmd` of `[release.sign]`, whose commands write it".to_owned(),
            };
        }
        if self == Self::Sign {
            return Elsewhere {
                place: "where the whole release is signed",
                help: "`{path}` is the file to sign, and `{signature}` where its signature belongs"
                    .to_owned(),
            };
        }
        let is_early = matches!(self, Self::BeforeAll | Self::BeforeTarget);
        let (place, help) =
            if is_early && (variable == HookVariable::Out || variable.is_of_an_artifact()) {
                (
                    "before anything is built",
                    "artifacts are there in `after`; `{path}` and `{binary}` in that of an \
                 `[override.hooks]`",
                )
            } else {
                (
                    "in `[hooks]`, which is for the whole run",
                    "write the hook below `[override.hooks]`: it runs for each target that matches",
                )
            };
        let help = help.to_owned();
        Elsewhere { place, help }
    }
}

/// Reads an argument; what its moment doesn't know is a fault.
pub(super) fn read(
    read: &mut Reader<'_>,
    argument: &Located<&str>,
    moment: Moment,
) -> Option<Template<HookVariable>> {
    template::read(read, argument, |variable: HookVariable| {
        (!moment.knows(variable)).then(|| moment.unknown(variable))
    })
}
