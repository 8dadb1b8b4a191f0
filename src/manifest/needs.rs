//! What build modes, sanitizers and policies need of the cells that they hold for.

use super::diagnostic::{Diagnostic, Located, Span};
use super::effective::{Effective, applies_to_some, effective};
use super::matrix::targets;
use super::possible::told_binaries;
use super::words::toml;
use super::{Allow, Cell, Manifest, Override};
use crate::target::{BuildMode, Cgo, Sanitizer};
use crate::verify::{PolicyName, RuleId};

/// What is wrong with settings for a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// Go doesn't have the mode there.
    Mode(BuildMode),
    /// The mode needs cgo there.
    CgoForMode(BuildMode),
    /// Go doesn't have the sanitizer there.
    Sanitizer(Sanitizer),
    /// The sanitizer needs cgo there.
    CgoForSanitizer(Sanitizer),
    /// There is another sanitizer already.
    Beside(Sanitizer, Sanitizer),
    /// The race detector and position-independent executables exclude each other there.
    RaceInPie,
    /// The policy is about another system.
    Policy(PolicyName),
    /// Findings of a rule are denied, and allowed elsewhere.
    DeniedAndAllowed(RuleId),
}

/// What is wrong wherever it holds, for one binary or for all.
struct Problem<'a> {
    lack: Lack,
    span: Span,
    cells: Vec<&'a Cell>,
}

/// What the settings of binaries need and their cells don't have.
pub(crate) fn faults<'a>(
    settings: impl IntoIterator<Item = (&'a Cell, Effective)>,
) -> Vec<Diagnostic> {
    let mut problems: Vec<Problem<'a>> = Vec::new();
    for (cell, settings) in settings {
        for (lack, span) in lacks(&settings, cell) {
            let known = problems
                .iter_mut()
                .find(|problem| problem.lack == lack && problem.span == span);
            match known {
                Some(problem) => problem.cells.push(cell),
                None => problems.push(Problem {
                    lack,
                    span,
                    cells: vec![cell],
                }),
            }
        }
    }
    problems.iter().map(Problem::describe).collect()
}

/// The faults that can be told without go, which alone knows some names of binaries.
pub(super) fn certain_faults(manifest: &Manifest) -> Vec<Diagnostic> {
    let mut settings = Vec::new();
    for binary in told_binaries(manifest) {
        for cell in &manifest.cells {
            let is_built = binary.builds_for(&cell.target);
            let may_change = |setting: &Override| {
                let changes =
                    setting.settings.buildmode.is_some() || !setting.settings.flags.is_empty();
                let changes = changes || setting.verify.policy.is_some();
                changes && !setting.binaries.is_empty() && applies_to_some(setting, cell)
            };
            // It may be the one that an override names: the planner knows.
            let is_open = binary.name.is_none() && manifest.overrides.iter().any(may_change);
            if is_built && !is_open {
                settings.push((cell, effective(manifest, &binary, cell)));
            }
        }
    }
    faults(settings)
}

fn lacks(settings: &Effective, cell: &Cell) -> Vec<(Lack, Span)> {
    let target = &cell.target;
    let mode = &settings.buildmode;
    let mut lacks = Vec::new();
    if !mode.value.builds_for(target) {
        lacks.push((Lack::Mode(mode.value), mode.span.clone()));
    } else if cell.cgo == Cgo::Disabled && mode.value.needs_cgo(target) {
        lacks.push((Lack::CgoForMode(mode.value), mode.span.clone()));
    }
    for Located { value, span } in &settings.sanitizers {
        if !value.builds_for(target) {
            lacks.push((Lack::Sanitizer(*value), span.clone()));
        } else if cell.cgo == Cgo::Disabled && value.needs_cgo(target) {
            lacks.push((Lack::CgoForSanitizer(*value), span.clone()));
        } else if *value == Sanitizer::Race
            && mode.value == BuildMode::Pie
            && !target.is_pie_anyway()
        {
            lacks.push((Lack::RaceInPie, span.clone()));
        }
    }
    if let [first, second, ..] = settings.sanitizers.as_slice() {
        lacks.push((Lack::Beside(first.value, second.value), second.span.clone()));
    }
    let policy = &settings.policy;
    if !policy.value.fits(target.goos) {
        lacks.push((Lack::Policy(policy.value), policy.span.clone()));
    }
    for denied in &settings.deny {
        // What is allowed for one subject is an exception from what is denied.
        let contradicts =
            |allow: &Allow| allow.rule.value == denied.value && allow.subject.is_none();
        if settings.allow.iter().any(contradicts) {
            let lack = Lack::DeniedAndAllowed(denied.value);
            lacks.push((lack, denied.span.clone()));
        }
    }
    lacks
}

impl Problem<'_> {
    fn describe(&self) -> Diagnostic {
        let there = targets(self.cells.iter().copied());
        let (message, help) = match self.lack {
            Lack::Mode(mode) => (
                format!("Go has no build mode `{mode}` for {there}"),
                format!(
                    "Go has it for {}: set the mode in an [[override]] with `match`, or limit the \
                     binary with `targets`",
                    mode.platforms()
                ),
            ),
            Lack::CgoForMode(mode) => (
                format!("{} needs cgo, which is off for {there}", assigned(mode)),
                "build these cells with `cgo = true`, or set the mode in an [[override]] with \
                 `cgo = true`"
                    .to_owned(),
            ),
            Lack::Sanitizer(sanitizer) => (
                format!("Go has no `{sanitizer}` for {there}"),
                format!(
                    "Go has it for {}: set it in an [[override]] with `match`",
                    sanitizer.platforms()
                ),
            ),
            Lack::CgoForSanitizer(sanitizer) => (
                format!("`{sanitizer}` needs cgo, which is off for {there}"),
                "set it in an [[override]] with `cgo = true`, for a cell that has cgo".to_owned(),
            ),
            Lack::Beside(first, second) => (
                format!("`{first}` and `{second}` can't be in one program"),
                "remove one of them".to_owned(),
            ),
            Lack::RaceInPie => (
                format!("`-race` and `buildmode = \"pie\"` exclude each other for {there}"),
                "remove `-race`, or write `buildmode = \"exe\"`".to_owned(),
            ),
            Lack::Policy(policy) => (
                format!("the policy `{policy}` says nothing about {there}"),
                match policy.goos() {
                    Some(goos) => format!(
                        "it is about programs for {goos}: set it in an [[override]] with \
                         `match = \"{goos}/*\"` and `verify = {{ policy = \"{policy}\" }}`"
                    ),
                    None => "write `policy = \"static\"`".to_owned(),
                },
            ),
            Lack::DeniedAndAllowed(rule) => (
                format!("findings of `{rule}` are denied here and allowed by `allow`"),
                "remove one of them, or allow only what one is about: `subject = \"…\"`".to_owned(),
            ),
        };
        Diagnostic::wrong(&self.span, message).help(help)
    }
}

fn assigned(mode: BuildMode) -> String {
    format!("`buildmode = {}`", toml(mode.as_str()))
}
