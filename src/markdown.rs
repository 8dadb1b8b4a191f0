//! Texts from elsewhere, made fit for Markdown.

use crate::printable::printable;

/// A text that means nothing to Markdown and HTML, is one line, and stays within its cell of a table.
///
/// Source: `CommonMark` 0.31, and the tables and links of GitHub's extension of it.
#[must_use]
pub fn escaped(text: &str) -> String {
    let line = printable(text.replace(['\n', '\r'], " ").trim());
    let mut escaped = String::with_capacity(line.len());
    for (at, c) in line.char_indices() {
        let before = line.get(..at).unwrap_or_default();
        let rest = line.get(at..).unwrap_or_default();
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // No name becomes a mention, which forges look for in what Markdown has become, and no address a link.
            '@' if starts_mention(before) => escaped.push_str("@\u{200b}"),
            '@' => escaped.push_str("&#64;"),
            '/' if is_of_address(before, rest) => escaped.push_str("&#47;"),
            '.' if ends_with_www(before) => escaped.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '>' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => {
                if starts_block(before, rest) {
                    escaped.push('\\');
                }
                escaped.push(c);
            }
        }
    }
    escaped
}

/// Whether an `@` would start the name of somebody: within a word it doesn't.
fn starts_mention(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Whether a slash is one of the two in `://`.
fn is_of_address(before: &str, rest: &str) -> bool {
    (before.ends_with(':') && rest.starts_with("//")) || before.ends_with(":/")
}

fn ends_with_www(before: &str) -> bool {
    let start = before.len().saturating_sub(3);
    before
        .get(start..)
        .is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// Whether a list, a line or a heading would start here.
fn starts_block(before: &str, rest: &str) -> bool {
    let is_mark = before.is_empty() && rest.starts_with(['-', '+', '=']);
    let is_number = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
    let follows = |mark: char| {
        rest.strip_prefix(mark)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    is_mark || (is_number && (follows('.') || follows(')')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_authors_write_stays_text() {
        for (text, safe) in [
            (
                "a|b <script> [x](y) `c`",
                "a\\|b &lt;script\\> \\[x\\](y) \\`c\\`",
            ),
            ("two\nlines\n", "two lines"),
            ("&lt;b>", "&amp;lt;b\\>"),
            ("@octocat https://x", "@\u{200b}octocat https:&#47;&#47;x"),
            ("example.com/m@v1.0.0", "example.com/m&#64;v1.0.0"),
            ("see WWW.example.com", "see WWW&#46;example.com"),
            ("a/b and/or //c", "a/b and/or //c"),
            ("![x](y)", "!\\[x\\](y)"),
            ("größe\u{1b}[2J", "größe\\\\u{1b}\\[2J"),
        ] {
            assert_eq!(escaped(text), safe);
        }
    }

    #[test]
    fn no_line_starts_a_list_or_a_heading() {
        for (text, safe) in [
            ("- x", "\\- x"),
            ("+ x", "\\+ x"),
            ("---", "\\---"),
            ("===", "\\==="),
            ("# x", "\\# x"),
            ("1. x", "1\\. x"),
            ("12) x", "12\\) x"),
            ("1.", "1\\."),
            ("    code", "code"),
        ] {
            assert_eq!(escaped(text), safe);
        }
        assert_eq!(escaped("1.26.8 and a-b"), "1.26.8 and a-b");
    }
}
