//! A page of the documentation: which parts of it are typed, written to files, or only shown.
//!
//! | in the page | means |
//! |---|---|
//! | `<!-- project: examples/tool -->` | from here on in a fresh copy of that folder; `empty`: in an empty one |
//! | a fence `console` | after each `$ ` a command, then what it prints; `> ` goes on with a command, `? 1` is the exit code |
//! | a fence with `file=NAME` | the file that the reader writes |
//! | a fence `text` | shown only |

use std::fs;
use std::path::Path;

/// The repository.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// One thing that the page has its reader do, and the line where it says so.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) line: usize,
    pub(crate) action: Action,
}

/// What the reader does.
#[derive(Debug, PartialEq)]
pub(crate) enum Action {
    /// Starts over in a copy of an example, or in an empty folder.
    Project(String),
    /// Writes a file.
    File { name: String, text: String },
    /// Types a command and looks at what it prints.
    Command {
        typed: String,
        code: i32,
        output: String,
    },
}

/// The page's text.
pub(crate) fn read(path: &str) -> String {
    let file = Path::new(ROOT).join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What a page has its reader do, in order, or what is wrong with how it says so.
pub(crate) fn parse(text: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        if let Some(name) = marker(line) {
            items.push(Item {
                line: number,
                action: Action::Project(name.to_owned()),
            });
        }
        let Some(fence) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<_> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with("```"))
            .collect();
        items.extend(fenced(fence, &body, number)?);
    }
    Ok(items)
}

fn marker(line: &str) -> Option<&str> {
    line.strip_prefix("<!-- project: ")?.strip_suffix(" -->")
}

fn fenced(fence: &str, body: &[&str], line: usize) -> Result<Vec<Item>, String> {
    let words: Vec<_> = fence.split_whitespace().collect();
    match words.as_slice() {
        ["console"] => commands(body, line),
        [_, word] if word.starts_with("file=") => {
            let name = word.trim_start_matches("file=").to_owned();
            let text = body.join("\n") + "\n";
            let action = Action::File { name, text };
            Ok(vec![Item { line, action }])
        }
        ["text"] => Ok(Vec::new()),
        _ => Err(format!(
            "line {line}: a fence is `console`, `text` or has a file=NAME, not {fence:?}"
        )),
    }
}

fn commands(body: &[&str], first: usize) -> Result<Vec<Item>, String> {
    let mut items: Vec<Item> = Vec::new();
    for (index, text) in body.iter().enumerate() {
        let line = first + 1 + index;
        if let Some(typed) = text.strip_prefix("$ ") {
            let action = Action::Command {
                typed: typed.to_owned(),
                code: 0,
                output: String::new(),
            };
            items.push(Item { line, action });
            continue;
        }
        let Some(Item {
            action:
                Action::Command {
                    typed,
                    code,
                    output,
                },
            ..
        }) = items.last_mut()
        else {
            return Err(format!("line {line}: output before the first `$ command`"));
        };
        if let Some(more) = text.strip_prefix("> ").filter(|_| output.is_empty()) {
            typed.push('\n');
            typed.push_str(more);
        } else if let Some(number) = text.strip_prefix("? ").filter(|_| output.is_empty()) {
            *code = number
                .parse()
                .map_err(|error| format!("line {line}: {error}"))?;
        } else {
            output.push_str(text);
            output.push('\n');
        }
    }
    if items.is_empty() {
        return Err(format!("line {first}: a block `console` without a command"));
    }
    Ok(items)
}
