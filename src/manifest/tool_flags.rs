//! The arguments of the programs that go build runs: linker, compiler and assembler.
//!
//! What isn't listed is refused, so that a flag of a later Go can't slip through unseen.

use super::diagnostic::{Diagnostic, Located, Span};
use super::words::{nearest, quote};

/// Why a flag is refused.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    /// It names a file to write or to read, or a program to run.
    Redirects,
    /// go passes it itself.
    Gos,
    /// Another key of the manifest sets it.
    Key(&'static str),
    /// It makes the tool do something else than its work.
    NoWork,
}

/// What a tool accepts.
pub(super) struct Tool {
    /// How messages call it.
    pub(super) name: &'static str,
    /// The command that runs it.
    pub(super) command: &'static str,
    /// Flags without a value; `=true`, `=false` or a number may follow.
    pub(super) switches: &'static [&'static str],
    /// Flags with a value, after `=` or in the next argument.
    pub(super) values: &'static [&'static str],
    /// Flags that can't be set, and why.
    pub(super) refused: &'static [(Refusal, &'static [&'static str])],
}

/// One argument, or a flag and its value.
pub(super) struct Flag<'a> {
    /// The name, without dashes.
    pub(super) name: &'a str,
    /// The value of a flag that has one.
    pub(super) value: Option<Located<&'a str>>,
}

fn name_of(argument: &str) -> Option<(&str, Option<&str>)> {
    let bare = argument.strip_prefix('-')?;
    let bare = bare.strip_prefix('-').unwrap_or(bare);
    match bare.split_once('=') {
        Some((name, value)) => Some((name, Some(value))),
        None => Some((bare, None)),
    }
}

/// The flags among the arguments, and a fault for each argument that can't stay.
pub(super) fn check<'a>(
    tool: &Tool,
    arguments: &[Located<&'a str>],
    faults: &mut Vec<Diagnostic>,
) -> Vec<Flag<'a>> {
    let mut flags = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some((name, value)) = name_of(argument.value) else {
            faults.push(no_flag(tool, argument));
            continue;
        };
        let inline = value.map(|value| Located {
            value,
            span: argument.span.clone(),
        });
        if tool.switches.contains(&name) {
            faults.extend(inline.as_ref().and_then(|value| switch_value(name, value)));
            flags.push(Flag { name, value: None });
        } else if tool.values.contains(&name) {
            let Some(value) = inline.or_else(|| rest.next().cloned()) else {
                let message = format!("`-{name}` has no value");
                let help = format!("write `-{name}=…`");
                faults.push(Diagnostic::wrong(&argument.span, message).help(help));
                continue;
            };
            let value = Some(value);
            flags.push(Flag { name, value });
        } else {
            faults.push(refuse(tool, name, argument));
            // The value of a refused flag is no second fault.
            let next_is_value = rest
                .clone()
                .next()
                .is_some_and(|next| !next.value.starts_with('-'));
            if inline.is_none() && next_is_value {
                rest.next();
            }
        }
    }
    flags
}

/// Whether a switch is on after these arguments: the last of several counts.
pub(super) fn is_on(tool: &Tool, arguments: &[String], switch: &str) -> bool {
    let mut on = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match name_of(argument) {
            Some((name, value)) if name == switch => {
                on = !matches!(value, Some("false" | "0"));
            }
            Some((name, None)) if tool.values.contains(&name) => {
                rest.next();
            }
            _ => (),
        }
    }
    on
}

fn no_flag(tool: &Tool, argument: &Located<&str>) -> Diagnostic {
    let message = format!(
        "{} is no flag: {} would take it for a file",
        quote(argument.value),
        tool.name
    );
    Diagnostic::wrong(&argument.span, message).help("write flags only, each starting with `-`")
}

fn switch_value(name: &str, value: &Located<&str>) -> Option<Diagnostic> {
    let boolean = matches!(value.value, "true" | "false");
    let number = !value.value.is_empty() && value.value.bytes().all(|b| b.is_ascii_digit());
    if boolean || number {
        return None;
    }
    let message = format!("{} is not a value of `-{name}`", quote(value.value));
    Some(Diagnostic::wrong(&value.span, message).help(format!("write `-{name}`")))
}

fn refuse(tool: &Tool, name: &str, argument: &Located<&str>) -> Diagnostic {
    let wrong = |message: String| Diagnostic::wrong(&argument.span, message);
    let refusal = tool
        .refused
        .iter()
        .find(|(_, names)| names.contains(&name))
        .map(|(refusal, _)| *refusal);
    match refusal {
        Some(Refusal::Redirects) => redirects(&argument.span, name),
        Some(Refusal::Gos) => {
            wrong(format!("go passes `-{name}` to {} itself", tool.name)).help("remove it")
        }
        Some(Refusal::Key(key)) => {
            wrong(format!("`-{name}` is set by another key")).help(format!("write {key}"))
        }
        Some(Refusal::NoWork) => wrong(format!("`-{name}` builds nothing")).help("remove it"),
        None => {
            let known = tool.switches.iter().chain(tool.values).copied();
            let known: Vec<&str> = known.filter(|known| known.len() > 1).collect();
            let diagnostic = wrong(format!(
                "{} has no flag {}",
                tool.name,
                quote(&format!("-{name}"))
            ));
            if let Some((first, _)) = name.split_once(char::is_whitespace) {
                return two_in_one(tool, first, argument).unwrap_or(diagnostic);
            }
            match nearest(name, known) {
                Some(meant) => diagnostic.help(format!("did you mean `-{meant}`?")),
                None => diagnostic.help(format!("`{} -help` lists them", tool.command)),
            }
        }
    }
}

/// A flag that would make a build run or write what the manifest doesn't show.
pub(super) fn redirects(span: &Span, name: &str) -> Diagnostic {
    Diagnostic::wrong(
        span,
        format!("`-{name}` would run or redirect something: it is never allowed"),
    )
    .help("remove it")
}

/// `-X a=b` or `-s -w` in one element: in a shell they would be two arguments.
fn two_in_one(tool: &Tool, first: &str, argument: &Located<&str>) -> Option<Diagnostic> {
    let rest = argument.value.split_once(char::is_whitespace)?.1.trim();
    let message = format!("{} is two arguments in one element", quote(argument.value));
    let two = format!("`[\"-{first}\", \"{rest}\"]`");
    let help = if tool.values.contains(&first) {
        format!("write `\"-{first}={rest}\"`, or two elements: {two}")
    } else {
        format!("write two elements: {two}")
    };
    Some(Diagnostic::wrong(&argument.span, message).help(help))
}

#[cfg(test)]
mod tests {
    use super::super::ldflags::LINKER;
    use super::*;

    #[test]
    fn the_last_of_several_switches_counts_and_a_value_is_none() {
        let on = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            is_on(&LINKER, &arguments, "w")
        };
        assert!(on(&["-s", "--w"]) && on(&["-w=false", "-w=1"]));
        assert!(!on(&[]) && !on(&["-w", "-w=0"]) && !on(&["-s"]));
        assert!(!on(&["-X", "-w"]) && on(&["-X=a=b", "-w"]));
    }
}
