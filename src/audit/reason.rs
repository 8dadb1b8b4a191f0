//! Why a command of go gave no answer, in a line. Pure.

use crate::process::ProcessError;

/// What go tells of what it is doing, which is no reason.
const PROGRESS: [&str; 5] = [
    "downloading ",
    "extracting ",
    "finding ",
    "found ",
    "warning: ",
];

/// Why a command gave no answer.
pub(super) fn reason(error: &ProcessError) -> String {
    let said = error.output().map(|output| output.stderr_text());
    told(&said.unwrap_or_default()).unwrap_or_else(|| error.to_string())
}

/// Of go's lines the first that tells no progress, else the last of all; with the lines below that belong to it.
fn told(text: &str) -> Option<String> {
    let is_reason = |line: &str| {
        let told = line.strip_prefix("go: ");
        told.is_some_and(|told| !PROGRESS.iter().any(|progress| told.starts_with(progress)))
    };
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let starts = |at: &usize| lines.get(*at).is_some_and(|line| !is_indented(line));
    let first = lines.iter().position(|line| is_reason(line));
    let first = first.or_else(|| (0..lines.len()).rev().find(starts))?;
    lines.get(first..).map(joined)
}

/// A text's first line, with those below that are indented since they belong to it.
pub(super) fn first(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    joined(&lines)
}

/// All lines of a text in one.
pub(super) fn in_a_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}

fn joined(lines: &[&str]) -> String {
    let below = lines.iter().skip(1).take_while(|line| is_indented(line));
    let all = lines.iter().take(1).chain(below);
    all.map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

fn is_indented(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_the_lines_that_belong_to_it() {
        let said = "go: downloading golang.org/x/text v0.3.7\n\
            go: finding module for package golang.org/x/text/language\n\
            go: a imports\n\
            \tgolang.org/x/text/language: module lookup disabled by GOPROXY=off\n\
            go: b imports\n";
        let reason =
            "go: a imports golang.org/x/text/language: module lookup disabled by GOPROXY=off";
        assert_eq!(told(said).as_deref(), Some(reason));
    }

    #[test]
    fn what_is_no_line_of_go_is_told_by_the_last_of_its_lines() {
        let said = "go: downloading x v1.0.0\nfatal: one\nfatal: two\n\tof it\n\n";
        assert_eq!(told(said).as_deref(), Some("fatal: two of it"));
        assert_eq!(told("\n"), None);
    }

    #[test]
    fn an_error_is_its_first_line_with_what_belongs_to_it() {
        let error = "reading https://example.com: 403 Forbidden\n\tserver response: none\nmore";
        let whole = "reading https://example.com: 403 Forbidden server response: none";
        assert_eq!(first(error), whole);
    }

    #[test]
    fn what_a_tool_says_on_lines_of_its_own_is_told_in_one() {
        let said = "`govulncheck` exited with 1\n  govulncheck: boom\n";
        assert_eq!(
            in_a_line(said),
            "`govulncheck` exited with 1; govulncheck: boom"
        );
    }
}
