//! How instructions of a Dockerfile write paths.
//!
//! Source: the Dockerfile reference, "COPY", "Environment replacement" and "Parser directives". In the
//! exec form a path is a JSON string; then variables are replaced in it, where quotes and backslashes
//! have a meaning; then a source is a pattern of Go's `filepath.Match`.

use std::fmt::Write as _;

use crate::printable::{printable, printable_json};

/// The stage that files are copied from.
pub const STAGE: &str = "build";

/// The instruction that copies a path of the other stage.
pub(super) fn copy_from_stage(flags: &str, from: &str, to: &str) -> String {
    copy(&format!("--from={STAGE} {flags}"), from, to)
}

/// The instructions that copy files of the other stage into the folder where they lie there: as many of them
/// as a line takes, whose end readers of Dockerfiles set at 64 KiB.
pub(super) fn copy_files_from_stage(folder: &str, files: &[&str]) -> Vec<String> {
    let to = unreplaced(folder);
    let mut lines = Vec::new();
    let mut sources: Vec<String> = Vec::new();
    let mut length = 0;
    for file in files {
        let source = unreplaced(&literal(file));
        if length + source.len() > LINE && !sources.is_empty() {
            lines.push(copy_into(&std::mem::take(&mut sources), &to));
            length = 0;
        }
        length += source.len();
        sources.push(source);
    }
    if !sources.is_empty() {
        lines.push(copy_into(&sources, &to));
    }
    lines
}

/// How many bytes the sources of one line have, and more only if one alone does.
const LINE: usize = 16_000;

fn copy_into(sources: &[String], to: &str) -> String {
    let words: Vec<&str> = sources.iter().map(String::as_str).chain([to]).collect();
    format!("COPY --from={STAGE} {}", json(&words))
}

/// Whether a path can stand in an instruction.
pub(super) fn can_be_copied(path: &str) -> bool {
    // Whether a backslash quotes what follows depends on what else is in the path.
    !path.contains('\\')
}

/// The instruction that copies a path of the build context.
pub(super) fn copy_from_context(from: &str, to: &str) -> String {
    copy("", from, to)
}

fn copy(flags: &str, from: &str, to: &str) -> String {
    if !can_be_copied(from) {
        return format!(
            "# it has a backslash, so copy it under another name: {}",
            printable(from)
        );
    }
    let paths = json(&[&unreplaced(&literal(from)), &unreplaced(to)]);
    format!("COPY {flags}{paths}")
}

/// The instruction that says what is started; nothing is replaced in it.
pub(super) fn entrypoint(program: &str) -> String {
    format!("ENTRYPOINT {}", json(&[program]))
}

/// The instruction that says which arguments follow, as long as nobody gives others.
#[must_use]
pub fn cmd(args: &[&str]) -> String {
    format!("CMD {}", json(args))
}

/// The instruction that runs a command, without a shell; nothing is replaced in it.
#[must_use]
pub fn run(argv: &[&str]) -> String {
    format!("RUN {}", json(argv))
}

/// The instruction that sets a variable.
#[must_use]
pub fn env(name: &str, value: &str) -> String {
    format!("ENV {name}={}", quoted(value))
}

/// The instruction that says something of the image.
#[must_use]
pub fn label(name: &str, value: &str) -> String {
    format!("LABEL {}={}", quoted(name), quoted(value))
}

/// A text between quotes, in which no variable has a meaning.
fn quoted(value: &str) -> String {
    let mut quoted = String::new();
    for c in value.chars() {
        let quote = if matches!(c, '$' | '"' | '\\') {
            "\\"
        } else {
            ""
        };
        // Writing to a String can't fail.
        let _ = write!(quoted, "{quote}{c}");
    }
    format!("\"{}\"", printable(&quoted))
}

/// A pattern that only this path matches.
fn literal(path: &str) -> String {
    let mut pattern = String::new();
    for c in path.chars() {
        match c {
            '*' | '?' | '[' => pattern.extend(['[', c, ']']),
            c => pattern.push(c),
        }
    }
    pattern
}

/// A text in which no variable and no quote has a meaning.
fn unreplaced(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        if matches!(c, '$' | '"' | '\'' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// JSON that steers no terminal.
fn json(words: &[&str]) -> String {
    printable_json(&serde_json::Value::from(words).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_copied_as_it_is_named_whatever_is_in_it() {
        for (path, line) in [
            ("app", r#"COPY ["app","/x"]"#),
            ("-a b", r#"COPY ["-a b","/x"]"#),
            ("a[1]*?", r#"COPY ["a[[]1][*][?]","/x"]"#),
            ("$HOME", r#"COPY ["\\$HOME","/x"]"#),
            ("it's", r#"COPY ["it\\'s","/x"]"#),
            ("a\"b", r#"COPY ["a\\\"b","/x"]"#),
        ] {
            assert_eq!(copy_from_context(path, "/x"), line);
        }
        let to = copy_from_stage("--chmod=1777 ", "/a", "/[a]*");
        assert_eq!(to, r#"COPY --from=build --chmod=1777 ["/a","/[a]*"]"#);
        let backslash = copy_from_context("a\\*", "/x");
        assert!(backslash.starts_with("# it has a backslash"), "{backslash}");
    }

    #[test]
    fn many_files_share_lines_that_any_reader_takes() {
        let names: Vec<String> = (0..4000).map(|n| format!("/data/$[{n}]")).collect();
        let files: Vec<&str> = names.iter().map(String::as_str).collect();
        let lines = copy_files_from_stage("/data/", &files);
        assert!((3..20).contains(&lines.len()), "{}", lines.len());
        let mut copied = 0;
        for line in &lines {
            assert!(line.len() < 1 << 16);
            let words = line.strip_prefix("COPY --from=build ").unwrap();
            let words: Vec<String> = serde_json::from_str(words).unwrap();
            assert_eq!(words.last().unwrap(), "/data/");
            copied += words.len() - 1;
        }
        assert_eq!(copied, 4000);
        assert!(
            lines[0].starts_with(r#"COPY --from=build ["/data/\\$[[]0]","#),
            "{}",
            lines[0]
        );
    }

    #[test]
    fn what_is_started_is_taken_as_it_stands() {
        assert_eq!(entrypoint("/$a'b"), r#"ENTRYPOINT ["/$a'b"]"#);
    }

    #[test]
    fn the_value_of_a_variable_is_its_own() {
        assert_eq!(env("A", r#"/a b:/$c"\"#), r#"ENV A="/a b:/\$c\"\\""#);
    }
}
