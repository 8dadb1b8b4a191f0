//! `[hooks]`: read and checked in full, but not built yet.

use super::diagnostic::Diagnostic;
use super::reader::{Entry, Reader, Table};
use super::words::toml;

pub(super) const KEYS: &[&str] = &["before"];

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) {
    let Some(table) = read.section(root, "hooks", KEYS) else {
        return;
    };
    let Some(entry) = table.entry("before") else {
        return;
    };
    if !entry.is_array() {
        let diagnostic = Diagnostic::wrong(&entry.span, "`before` is no array of commands");
        read.push(diagnostic.help("write `before = [[\"go\", \"generate\", \"./...\"]]`"));
        return;
    }
    for command in read.array(&entry, "commands").unwrap_or_default() {
        match command.as_str() {
            Some(line) => {
                let words: Vec<String> = line.split_whitespace().map(toml).collect();
                let message = "a command is an array of strings: it isn't run by a shell";
                let help = format!("write `[{}]`", words.join(", "));
                read.push(Diagnostic::wrong(&command.span, message).help(help));
            }
            None => arguments(read, &command),
        }
    }
    if !entry.is_empty_array() {
        read.push(Diagnostic::unbuilt(&entry.key_span, "running hooks"));
    }
}

/// A program and its arguments.
pub(super) fn arguments<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) {
    let Some(arguments) = read.strings(entry) else {
        return;
    };
    if arguments
        .first()
        .is_none_or(|program| program.value.is_empty())
    {
        let diagnostic = Diagnostic::wrong(&entry.span, "a command has no program");
        read.push(diagnostic.help("write for example `[\"go\", \"generate\", \"./...\"]`"));
    }
    for argument in arguments.iter().filter(|a| a.value.contains('\0')) {
        let diagnostic = Diagnostic::wrong(&argument.span, "an argument has a NUL in it");
        read.push(diagnostic.help("remove it: no program can be given one"));
    }
}
