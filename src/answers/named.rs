//! The folders that go.mod and go.work name, without go: rather too many than too few. Pure.

use std::path::Path;

/// The folders that a go.mod replaces modules by, as they are written; none where words can't be told apart.
#[must_use]
pub fn named_in_module(text: &str) -> Option<Vec<&str>> {
    let words = words_in_workspace(text)?.into_iter();
    // go tells folders from modules by this.
    let is_folder = |word: &&str| {
        word.starts_with('.')
            || word.starts_with('/')
            || word.contains('\\')
            || Path::new(word).is_absolute()
    };
    Some(words.filter(is_folder).collect())
}

/// All words of a go.work, each of which may be a folder; none where they can't be told apart.
#[must_use]
pub fn words_in_workspace(text: &str) -> Option<Vec<&str>> {
    if text.contains(['"', '`']) {
        return None;
    }
    let lines = text.lines();
    let lines = lines.map(|line| line.split_once("//").map_or(line, |(before, _)| before));
    let is_between = |char: char| char.is_whitespace() || ['(', ')', ','].contains(&char);
    let words = lines.flat_map(|line| line.split(is_between));
    Some(words.filter(|word| !word.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_replace_modules_are_found_in_all_forms() {
        let text = "module a // ./no\n\ngo 1.24\n\nrequire b v1.0.0\nreplace b => ../b\nreplace (\n\tc v1.0.0 => ./c // d\n\
                    \te => /abs/e\n\tf => g v1.2.3\n\th => ..\n)\n";
        assert_eq!(
            named_in_module(text).unwrap(),
            ["../b", "./c", "/abs/e", ".."]
        );
    }

    #[test]
    fn all_words_of_a_workspace_may_be_folders() {
        let text = "go 1.24\nuse (\n\t./a\n\tb // c\n)\nuse(d)\n";
        assert_eq!(
            words_in_workspace(text).unwrap(),
            ["go", "1.24", "use", "./a", "b", "use", "d"]
        );
    }

    #[test]
    fn what_is_quoted_is_not_understood() {
        assert_eq!(named_in_module("module \"a\""), None);
        assert_eq!(words_in_workspace("use `./a b`"), None);
    }
}
