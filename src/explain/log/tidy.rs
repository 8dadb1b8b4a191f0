//! A line of a log as its writer meant it: without colours, and without the escapes of the JSON
//! that it was put into.

use std::borrow::Cow;

/// JSON is put into JSON by those who collect logs.
const NESTED: usize = 2;

/// The text of a line: no colours, no escapes, single spaces, plain quotation marks.
pub(in crate::explain) fn tidy(text: &str) -> String {
    let mut text = without_colors(text);
    for _ in 0..NESTED {
        if !is_escaped(&text) {
            break;
        }
        text = Cow::Owned(without_colors(&unescaped(&text)).into_owned());
    }
    let mut tidy = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii_graphic() => tidy.push(c),
            // Logs that Windows writes as UTF-16.
            '\0' | '\u{feff}' => {}
            c if c.is_whitespace() || c.is_control() => {
                if !tidy.ends_with(' ') {
                    tidy.push(' ');
                }
            }
            '‘' | '’' | '´' => tidy.push('\''),
            '“' | '”' => tidy.push('"'),
            c => tidy.push(c),
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

/// The text without the escape sequences of terminals.
pub(super) fn without_colors(text: &str) -> Cow<'_, str> {
    if text.contains('\u{1b}') {
        Cow::Owned(anstream::adapter::strip_str(text).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a text has escapes of JSON, and not only the separators of a Windows path.
fn is_escaped(text: &str) -> bool {
    ["\\\"", "\\\\", "\\u00", "\\n\""]
        .iter()
        .any(|escape| text.contains(escape))
}

/// The text with escapes of JSON and of Go's quoted strings resolved; what is none stays.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (c, behind) = escape(after).unwrap_or(('\\', after));
        plain.push(c);
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

/// What an escape stands for, and what follows it, from behind its backslash.
fn escape(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    match chars.next()? {
        c @ ('"' | '\\' | '/') => Some((c, chars.as_str())),
        'n' | 'r' | 't' => Some((' ', chars.as_str())),
        'u' => coded(chars.as_str()),
        _ => None,
    }
}

/// The character of a four-digit code, and what follows it.
fn coded(text: &str) -> Option<(char, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let is_code = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_code)?;
    Some((char::from_u32(code)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_go_and_spaces_become_one() {
        assert_eq!(
            tidy("\u{1b}[31mERROR\u{1b}[0m\texec:   \u{1b}[1mgit\u{1b}[0m\r\n"),
            "ERROR exec: git"
        );
    }

    #[test]
    fn a_line_of_json_is_what_was_logged() {
        let line = r#"{"log":"exec: \"git\": not found\n","stream":"stderr"}"#;
        assert_eq!(
            tidy(line),
            r#"{"log":"exec: "git": not found ","stream":"stderr"}"#
        );
        let nested = r#"{"log":"{\"msg\":\"exec: \\\"git\\\"\",\"c\":\"\\u001b[31mred\"}\n"}"#;
        assert_eq!(
            tidy(nested),
            r#"{"log":"{"msg":"exec: "git"","c":"red"} "}"#
        );
    }

    #[test]
    fn a_windows_path_keeps_its_separators() {
        let line = r"open C:\new\table.txt: The system cannot find the file specified.";
        assert_eq!(tidy(line), line);
    }

    #[test]
    fn utf_16_and_typographic_quotes_are_read() {
        let wide: String = "panic".chars().flat_map(|c| [c, '\0']).collect();
        assert_eq!(tidy(&wide), "panic");
        assert_eq!(tidy("version ‘GLIBC_2.34’"), "version 'GLIBC_2.34'");
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_line(text in any::<String>()) {
            let tidy = tidy(&text);
            let steers = tidy.chars().any(char::is_control);
            prop_assert!(!steers, "{}", tidy);
            prop_assert!(!tidy.contains("  "));
        }
    }
}
