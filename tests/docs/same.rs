//! Whether a command printed what a page shows.

use std::sync::LazyLock;

use regex::Regex;

/// What differs from run to run and from machine to machine, so that pages can show real output.
static VARYING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\b\d+ min \d+ s\b|\b\d+(\.\d+)? m?s\b", "<time>"),
        (r"\b\d+(\.\d+)? [kMG]?B\b", "<size>"),
        (r"\b[0-9a-f]{64}\b", "<sha256>"),
        (r"\b[0-9a-f]{40}\b", "<commit>"),
        (r#""size": \d+"#, "<size>"),
        (r"(v\d+\.\d+\.\d+)-[0-9a-f]{7,12}\b", "$1-<commit>"),
        (r"\bgo1\.\d+(\.\d+)?\b", "<go>"),
        (
            r"\d+ packages?, <time>|all from Go's build cache, <time>",
            "<compiled>",
        ),
        (r"[0-9.]+ %", "<percent>"),
        // Columns are as wide as what is in them.
        (r" {2,}", " "),
    ]
    .into_iter()
    .map(|(pattern, name)| (Regex::new(pattern).unwrap(), name))
    .collect()
});

/// The text with everything that may differ made equal.
pub(crate) fn normal(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, name) in VARYING.iter() {
        text = pattern.replace_all(&text, *name).into_owned();
    }
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// Whether the output is what is shown, in which `…` is any part of a line, and a line of its own
/// with `…` is any number of lines.
pub(crate) fn is_shown(shown: &str, output: &str) -> bool {
    let shown = normal(shown);
    let output = normal(output);
    let shown: Vec<_> = shown.lines().collect();
    let output: Vec<_> = output.lines().collect();
    lines_match(&shown, &output)
}

fn lines_match(shown: &[&str], output: &[&str]) -> bool {
    match (shown.split_first(), output.split_first()) {
        (None, None) => true,
        (Some((pattern, rest)), _) if pattern.trim() == "…" => {
            (0..=output.len()).any(|skipped| lines_match(rest, &output[skipped..]))
        }
        (None, Some(_)) | (Some(_), None) => false,
        (Some((pattern, shown)), Some((line, output))) => {
            line_matches(pattern, line) && lines_match(shown, output)
        }
    }
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let parts: Vec<_> = pattern.split('…').map(regex::escape).collect();
    let whole = format!("^{}$", parts.join(".*"));
    Regex::new(&whole).unwrap().is_match(line)
}

#[test]
fn times_sizes_and_digests_may_differ_and_nothing_else() {
    assert!(is_shown(
        "Done in 1.2 s,  5.2 MB\n",
        "Done in 1 min 47 s, 12 kB"
    ));
    assert!(!is_shown("Done in 1.2 s", "Failed in 1.2 s"));
    assert!(!is_shown("Done", "Done\nand more"));
    assert!(!is_shown("Done\nand more", "Done"));
    assert!(!is_shown("", "something"));
    assert!(is_shown("", ""));
}

#[test]
fn an_ellipsis_stands_for_what_is_left_out() {
    assert!(is_shown("a … c", "a b c"));
    assert!(!is_shown("a … c", "a b d"));
    assert!(is_shown("  …\nlast", "first\nsecond\nlast"));
    assert!(is_shown("first\n…", "first"));
    assert!(!is_shown("…\nlast", "first\nlast\nmore"));
}
