//! Variables of the environment that the program asks for, or sets, by constant names.

use crate::inspect::Word;
use crate::verify::Finding;
use crate::verify::uses::{Call, Calls, Uses};

/// Functions that take the name of a variable.
pub(super) const ASK: &[(&str, Word)] = &[
    ("os.Getenv", Word(0)),
    ("os.LookupEnv", Word(0)),
    ("syscall.Getenv", Word(0)),
];

/// Functions that put the values of variables into a text.
pub(super) const EXPAND: &[(&str, Word)] = &[
    ("os.ExpandEnv", Word(0)),
    // What it is inlined to, with the function that is asked for each value.
    ("os.Expand", Word(0)),
];
/// The function that `os.Expand` asks where its names are those of variables, and where it takes it.
const VALUES: (&str, Word) = ("os.Getenv", Word(2));

/// Functions that set a variable, by its name, to a value.
pub(super) const SET: &[(&str, Word)] = &[("os.Setenv", Word(0)), ("syscall.Setenv", Word(0))];
/// Where they take the value.
const VALUE: Word = Word(2);

/// The first call outside Go's own code that asks for this variable.
pub(super) fn asks_for(uses: Uses<'_>, variable: &str) -> Option<Call> {
    let asked = uses.calls(ASK).texts.get(variable).copied();
    asked.or_else(|| {
        let mut texts = expanded(uses).texts.into_iter();
        let has_it = |text: &str| variables(text).any(|name| name == variable);
        texts.find(|(text, _)| has_it(text)).map(|(_, call)| call)
    })
}

/// The texts in which variables are replaced.
fn expanded(uses: Uses<'_>) -> Calls<'_> {
    let mut calls = Calls::default();
    let (values, at) = VALUES;
    for (word, site) in uses.sites(EXPAND) {
        if uses.called(site.call) == "os.ExpandEnv" || uses.is_passed(site, at, values) {
            uses.follow(site, word, &mut calls);
        }
    }
    calls
}

/// What is said of a finding that hangs on one of some variables, where the program sets that itself.
/// Whether it does so before, and always, doesn't show, so the finding stays.
pub(super) fn note_set(uses: Uses<'_>, variables: &[&str], finding: &mut Finding) {
    let set = uses.calls(SET).texts;
    let own = variables
        .iter()
        .find_map(|variable| Some((*variable, *set.get(variable)?)));
    if let Some((variable, call)) = own {
        let chain = uses.chain_to(call);
        let note =
            format!("; it sets {variable} itself ({chain}), which helps where that comes first");
        finding.detail.push_str(&note);
    }
}

/// The constant values that a variable is set to.
pub(super) fn values<'a>(uses: Uses<'a>, variable: &str) -> Calls<'a> {
    let mut calls = Calls::default();
    for (word, site) in uses.sites(SET) {
        if uses.text(site, word) == Some(variable) {
            uses.follow(site, VALUE, &mut calls);
        }
    }
    calls
}

/// The names of the variables in a text, such as `$HOME/a` and `${HOME}/a`.
///
/// Source: `Expand` in Go's `os/env.go`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let is_of_name = |letter: char| letter == '_' || letter.is_ascii_alphanumeric();
    text.split('$').skip(1).filter_map(move |rest| {
        let name = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}')?.0,
            None => rest.split(|letter| !is_of_name(letter)).next()?,
        };
        (!name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_in_a_text_start_with_a_dollar() {
        let names = |text| variables(text).collect::<Vec<_>>();
        assert_eq!(names("$HOME/a"), ["HOME"]);
        assert_eq!(
            names("/${HOME}a/$XDG_RUNTIME_DIR"),
            ["HOME", "XDG_RUNTIME_DIR"]
        );
        assert_eq!(names("HOME/${A"), [""; 0]);
        assert_eq!(names("a$"), [""; 0]);
    }
}
