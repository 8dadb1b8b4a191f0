//! Command lines that are no request: what was meant, and whether the answer may have colours.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Command, ValueEnum as _};

use crate::console::Color;

/// The `--color` of a command line that can't be parsed.
pub fn asked_color(arguments: impl IntoIterator<Item = OsString>) -> Color {
    let mut arguments = arguments.into_iter();
    let mut asked = Color::default();
    while let Some(argument) = arguments.next().filter(|argument| argument != "--") {
        let argument = argument.to_string_lossy();
        let value = match argument.strip_prefix("--color") {
            Some("") => arguments
                .next()
                .map(|value| value.to_string_lossy().into_owned()),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        let value = value.and_then(|value| Color::from_str(&value, false).ok());
        asked = value.unwrap_or(asked);
    }
    asked
}

/// Names the verb that was probably meant, where clap doesn't: behind `help`.
pub fn suggest_verb(error: &mut Error, command: &Command) {
    let known = error.get(ContextKind::SuggestedSubcommand).is_some();
    let written = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(written)) if !known => written.clone(),
        _ => return,
    };
    if error.kind() != ErrorKind::InvalidSubcommand {
        return;
    }
    let verbs = command.get_subcommands().map(Command::get_name);
    let alike = verbs.map(|verb| (strsim::jaro(&written, verb), verb));
    let best = alike.max_by(|(one, _), (other, _)| one.total_cmp(other));
    if let Some((_, verb)) = best.filter(|(likeness, _)| *likeness > ALIKE) {
        let verbs = ContextValue::Strings(vec![verb.to_owned()]);
        error.insert(ContextKind::SuggestedSubcommand, verbs);
    }
}

/// From here on two words are alike; clap draws the line there too.
const ALIKE: f64 = 0.7;

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Color {
        asked_color(line.split(' ').map(OsString::from))
    }

    #[test]
    fn the_last_flag_for_colours_counts() {
        assert_eq!(asked("biuld --color always"), Color::Always);
        assert_eq!(asked("--color=always x --color=never"), Color::Never);
        assert_eq!(asked("x"), Color::Auto);
    }

    #[test]
    fn what_is_no_value_or_no_flag_is_passed_over() {
        assert_eq!(asked("--color"), Color::Auto);
        assert_eq!(asked("--color=green --colors=never"), Color::Auto);
        assert_eq!(asked("-- --color=never"), Color::Auto);
    }
}
