//! Words in messages: quoting them, listing them, and finding the one that was meant.

/// Longer texts are cut in messages; the source line shows the rest.
const SHOWN: usize = 60;

/// The text between backticks, on one line.
pub(super) fn quote(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .flat_map(|c| {
            let escape = c.is_control().then(|| c.escape_default());
            let plain = escape.is_none().then_some(c);
            escape.into_iter().flatten().chain(plain)
        })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The text as a string of TOML.
pub(super) fn toml(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The words as a choice: `a`, `b` or `c`.
pub(super) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    joined(words, "or")
}

/// The words as an enumeration: `a`, `b` and `c`.
pub(super) fn all<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    joined(words, "and")
}

/// One character, as messages name it.
pub(super) fn character(c: char) -> String {
    if c == ' ' {
        "a space".to_owned()
    } else {
        quote(c.encode_utf8(&mut [0; 4]))
    }
}

fn joined<'a>(words: impl IntoIterator<Item = &'a str>, last_word: &str) -> String {
    let mut quoted: Vec<String> = words.into_iter().map(quote).collect();
    match quoted.pop() {
        None => "nothing".to_owned(),
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} {last_word} {last}", quoted.join(", ")),
    }
}

/// The candidate that was probably meant.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = word.chars().count();
    if length > SHOWN {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::osa_distance(&word, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, candidate)| {
            *distance <= length.max(candidate.len()).div_euclid(3).clamp(1, 3)
        })
        .filter(|(distance, candidate)| *distance < length.min(candidate.len()).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or else what there is to choose from.
pub(crate) fn suggest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(word, candidates.clone()) {
        Some(meant) => format!("did you mean {}?", quote(meant)),
        None => format!("write {}", list(candidates)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_recognised() {
        let words = ["goos", "goarch", "cgo"];
        assert_eq!(nearest("gooss", words), Some("goos"));
        assert_eq!(nearest("GoArch", words), Some("goarch"));
        assert_eq!(nearest("compression", words), None);
        assert_eq!(nearest("", words), None);
    }

    #[test]
    fn a_quoted_text_stays_on_one_line() {
        assert_eq!(quote("a\nb\u{1b}"), "`a\\nb\\u{1b}`");
        assert_eq!(quote(&"ä".repeat(100)).chars().count(), SHOWN + 3);
    }

    #[test]
    fn a_list_ends_with_or() {
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(list(["a"]), "`a`");
    }

    #[test]
    fn without_a_near_word_all_are_listed() {
        assert_eq!(suggest("zzz", ["yes", "no"]), "write `yes` or `no`");
    }
}
