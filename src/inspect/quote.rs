//! Go's quoted strings, as `strconv.Quote` writes them and `strconv.Unquote` reads them.
//!
//! Source: the Go specification, "String literals".

/// Takes a quoted string off the front: its value, and what follows it. None if it is malformed.
pub(super) fn unquote_prefix(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        let (value, rest) = raw.split_once('`')?;
        return Some((value.replace('\r', ""), rest));
    }
    let mut rest = text.strip_prefix('"')?;
    // Escapes such as \xff make bytes, which together needn't be UTF-8.
    let mut value = Vec::new();
    loop {
        let mut characters = rest.chars();
        match characters.next()? {
            '"' => {
                return Some((
                    String::from_utf8_lossy(&value).into_owned(),
                    characters.as_str(),
                ));
            }
            '\n' => return None,
            '\\' => rest = unescape(characters.as_str(), &mut value)?,
            character => {
                push(&mut value, character);
                rest = characters.as_str();
            }
        }
    }
}

/// Reads the escape after a backslash; returns what follows it.
fn unescape<'a>(text: &'a str, value: &mut Vec<u8>) -> Option<&'a str> {
    let mut characters = text.chars();
    let byte = match characters.next()? {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        '"' => b'"',
        'x' => {
            let (code, rest) = number(characters.as_str(), 2, 16)?;
            value.push(u8::try_from(code).ok()?);
            return Some(rest);
        }
        '0'..='7' => {
            let (code, rest) = number(text, 3, 8)?;
            value.push(u8::try_from(code).ok()?);
            return Some(rest);
        }
        kind @ ('u' | 'U') => {
            let digits = if kind == 'u' { 4 } else { 8 };
            let (code, rest) = number(characters.as_str(), digits, 16)?;
            push(value, char::from_u32(code)?);
            return Some(rest);
        }
        _ => return None,
    };
    value.push(byte);
    Some(characters.as_str())
}

/// A number of exactly so many digits, and what follows it.
fn number(text: &str, digits: usize, radix: u32) -> Option<(u32, &str)> {
    let (head, rest) = text.split_at_checked(digits)?;
    // from_str_radix takes a sign too.
    if !head.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    Some((u32::from_str_radix(head, radix).ok()?, rest))
}

fn push(value: &mut Vec<u8>, character: char) {
    let mut buffer = [0; 4];
    value.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unquote(text: &str) -> Option<String> {
        match unquote_prefix(text)? {
            (value, "") => Some(value),
            _ => None,
        }
    }

    #[test]
    fn escapes_are_those_of_the_go_specification() {
        assert_eq!(
            unquote(r#""-s -w \"\\\t\u00e9\U0001F600\101""#).unwrap(),
            "-s -w \"\\\té😀A"
        );
        assert_eq!(unquote(r#""\xc3\xa9""#).unwrap(), "é");
    }

    #[test]
    fn a_raw_string_has_no_escapes_and_loses_carriage_returns() {
        assert_eq!(unquote("`a\\n\r`").unwrap(), "a\\n");
    }

    #[test]
    fn what_follows_is_returned() {
        assert_eq!(unquote_prefix(r#""a b"=c"#), Some(("a b".to_owned(), "=c")));
    }

    #[test]
    fn malformed_strings_are_refused() {
        for text in [
            "",
            "\"",
            "\"a",
            "\"\\",
            "\"\\q\"",
            "\"\\'\"",
            "\"\\x+1\"",
            "\"\\777\"",
            "\"a\nb\"",
            "\"\\ud800\"",
            "`",
            "'a'",
        ] {
            assert_eq!(unquote(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_that_rust_quotes_simply_comes_back(text in "[ -~\t]*") {
            let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
            prop_assert_eq!(unquote(&quoted), Some(text));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = unquote_prefix(&text);
        }
    }
}
