//! What tells two builds of an artifact apart, in words.

use std::fmt::Write as _;

use crate::exec::Unlike;
use crate::human::{counted, first};
use crate::printable::printable;
use crate::reproduce::{Difference, LineDifference, SectionDifference, SettingDifference};

/// More sections, functions and packages than these are counted.
const SHOWN: usize = 6;

// Writing to a String can't fail.
pub(super) fn write_unlike(text: &mut String, unlike: &Unlike) {
    if let Some(difference) = &unlike.binary {
        write_difference(text, difference);
    }
    if let Some(line) = &unlike.header {
        write_line(text, line);
    }
}

fn write_difference(text: &mut String, difference: &Difference) {
    let _ = write!(
        text,
        "\n  the first has {} bytes, the second {}; they differ from byte {} on",
        difference.first_size, difference.second_size, difference.offset
    );
    let sections: Vec<String> = difference.sections.iter().map(section).collect();
    if !sections.is_empty() {
        let _ = write!(
            text,
            "\n  sections: {}",
            printable(&first(SHOWN, &sections))
        );
    }
    for setting in &difference.settings {
        let _ = write!(text, "\n  setting {}", printable(&setting_words(setting)));
    }
    if let Some(functions) = &difference.functions {
        let names: Vec<String> = functions
            .first
            .iter()
            .map(|one| format!("{} ({})", one.name, one.change.as_str()))
            .collect();
        let names = names.get(..SHOWN).unwrap_or(&names).join(", ");
        let _ = write!(
            text,
            "\n  {} in {}: {}",
            counted(functions.count, "function", "functions"),
            printable(&first(SHOWN, &functions.packages)),
            printable(&names)
        );
    }
    for trace in &difference.traces {
        let _ = write!(text, "\n  the second has `{}`", printable(&trace.text));
    }
    if let Some(texts) = &difference.texts {
        let _ = write!(
            text,
            "\n  a text: `{}`, then `{}`",
            printable(&texts.first),
            printable(&texts.second)
        );
    }
    for cause in &difference.causes {
        let _ = write!(text, "\n  cause: {cause}\n    fix: {}", cause.fix());
    }
}

fn section(section: &SectionDifference) -> String {
    let SectionDifference {
        name,
        first_size,
        second_size,
        bytes,
    } = section;
    match (bytes, first_size, second_size) {
        (Some(bytes), size, _) => format!("{name} ({bytes} of {size} bytes)"),
        (None, size, 0) => format!("{name} (only in the first, {size} bytes)"),
        (None, 0, size) => format!("{name} (only in the second, {size} bytes)"),
        (None, first, second) => format!("{name} ({first} bytes, then {second})"),
    }
}

fn setting_words(setting: &SettingDifference) -> String {
    let value = |value: &Option<String>| {
        value
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
    };
    let (first, second) = (value(&setting.first), value(&setting.second));
    format!("{}: {first}, then {second}", setting.name)
}

fn write_line(text: &mut String, line: &LineDifference) {
    let _ = write!(
        text,
        "\n  line {} of the header: `{}`, then `{}`",
        line.line,
        printable(&line.first),
        printable(&line.second)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_one_length_tells_how_much_of_it_differs() {
        let of = |first_size, second_size, bytes| {
            section(&SectionDifference {
                name: ".x".to_owned(),
                first_size,
                second_size,
                bytes,
            })
        };
        assert_eq!(of(8, 8, Some(2)), ".x (2 of 8 bytes)");
        assert_eq!(of(8, 9, None), ".x (8 bytes, then 9)");
        assert_eq!(of(8, 0, None), ".x (only in the first, 8 bytes)");
        assert_eq!(of(0, 9, None), ".x (only in the second, 9 bytes)");
    }

    #[test]
    fn a_setting_that_is_missing_is_nothing() {
        let words = setting_words(&SettingDifference {
            name: "vcs.modified".to_owned(),
            first: Some("false".to_owned()),
            second: None,
        });
        assert_eq!(words, "vcs.modified: `false`, then nothing");
    }
}
