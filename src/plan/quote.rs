//! Lists of arguments in one flag, quoted as Go splits them.
//!
//! Source: `Join` and `Split` in Go's `cmd/internal/quoted`: words are separated by spaces; a word
//! that starts with a quote ends with the same quote; there are no escapes.

/// The arguments as one text that Go splits into the same arguments.
///
/// An argument with both kinds of quotes can't be written in Go's syntax; the manifest refuses it.
#[must_use]
pub fn join_for_go<'a>(args: impl IntoIterator<Item = &'a str>) -> String {
    args.into_iter().map(quote).collect::<Vec<_>>().join(" ")
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

    /// Go's `quoted.Split`, written from its description.
    fn split(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut rest = text.trim_start_matches(' ');
        while let Some(first) = rest.chars().next() {
            let (word, tail) = if first == '\'' || first == '"' {
                rest.strip_prefix(first).unwrap().split_once(first).unwrap()
            } else {
                rest.split_once(' ').unwrap_or((rest, ""))
            };
            words.push(word.to_owned());
            rest = tail.trim_start_matches(' ');
        }
        words
    }

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
            prop_assert_eq!(split(&joined), args);
        }
    }
}
