//! Lists of arguments in one flag, quoted as Go splits them.
//!
//! Source: `Join` and `Split` in Go's `cmd/internal/quoted`: words are separated by spaces; a word
//! that starts with a quote ends with the same quote; there are no escapes.

/// The arguments as one text that Go splits into the same arguments.
///
/// An argument with both kinds of quotes can't be written in Go's syntax ([`has_both_quotes`]); who reads one refuses it.
#[must_use]
pub fn join_for_go<'a>(args: impl IntoIterator<Item = &'a str>) -> String {
    args.into_iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// The arguments that Go makes of a text; a quote that nothing ends is one of the argument.
pub fn split_as_go(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let first = rest.chars().next()?;
        let is_quote = ['\'', '"'].contains(&first);
        let quoted = rest.strip_prefix(first).filter(|_| is_quote);
        let (word, tail) = quoted
            .and_then(|quoted| quoted.split_once(first))
            .or_else(|| rest.split_once(|c: char| c.is_ascii_whitespace()))
            .unwrap_or((rest, ""));
        rest = tail;
        Some(word)
    })
}

/// Whether Go's syntax can't have an argument: it has both kinds of quotes.
#[must_use]
pub fn has_both_quotes(arg: &str) -> bool {
    arg.contains('\'') && arg.contains('"')
}

fn quote(arg: &str) -> String {
    let special = |c: char| c.is_ascii_whitespace() || c == '\'' || c == '"';
    if !arg.is_empty() && !arg.contains(special) {
        arg.to_owned()
    } else if arg.contains('\'') {
        format!("\"{arg}\"")
    } else {
        format!("'{arg}'")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_arguments_stay_readable() {
        assert_eq!(
            join_for_go(["-s", "-w", "-X=main.v=1"]),
            "-s -w -X=main.v=1"
        );
    }

    #[test]
    fn spaces_and_quotes_are_quoted() {
        assert_eq!(join_for_go(["-X=main.a=b c"]), "'-X=main.a=b c'");
        assert_eq!(join_for_go(["-X=main.a=it's"]), "\"-X=main.a=it's\"");
        assert_eq!(join_for_go([""]), "''");
    }

    proptest! {
        #[test]
        fn go_splits_what_was_joined(args in proptest::collection::vec("[a-z =\"]{0,8}|[a-z =']{0,8}", 0..6)) {
            let joined = join_for_go(args.iter().map(String::as_str));
            let split: Vec<&str> = split_as_go(&joined).collect();
            prop_assert_eq!(split, args);
        }
    }
}
