//! `[embed]`, `[compress]` and `[hooks]`: read and checked in full, but not built yet.

use super::diagnostic::{Diagnostic, Located};
use super::matrix::Matrix;
use super::reader::{Entry, Reader, Table};
use super::words::{quote, toml};
use super::{folder, overrides};

pub(super) const EMBED: &[&str] = &["tzdata", "ca_roots"];
pub(super) const COMPRESS: &[&str] = &["upx", "match"];
pub(super) const HOOKS: &[&str] = &["before"];

pub(super) fn embed<'a>(read: &mut Reader<'a>, root: &Table<'a>) {
    let Some(table) = read.section(root, "embed", EMBED) else {
        return;
    };
    if let Some(entry) = table.entry("tzdata")
        && read.boolean(&entry) == Some(true)
    {
        read.push(Diagnostic::unbuilt(&entry.span, "embedding time zones"));
    }
    let Some(entry) = table.entry("ca_roots") else {
        return;
    };
    let asked = if entry.as_str().is_some() {
        file(read, &entry).is_some()
    } else if entry.is_boolean() {
        read.boolean(&entry) == Some(true)
    } else {
        let message = "`ca_roots` is neither true or false nor the name of a file";
        let help = "write `ca_roots = true`, or a PEM file such as `ca_roots = \"ca.pem\"`";
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
        false
    };
    if asked {
        read.push(Diagnostic::unbuilt(
            &entry.span,
            "embedding CA certificates",
        ));
    }
}

/// A file inside the project.
pub(super) fn file<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Located<String>> {
    let string = read.string(entry)?;
    folder::inside(read, string)
}

pub(super) fn compress<'a>(read: &mut Reader<'a>, root: &Table<'a>, matrix: &Matrix) {
    let Some(table) = read.section(root, "compress", COMPRESS) else {
        return;
    };
    if let Some(entry) = table.entry("match")
        && let Some(selectors) = overrides::selectors(read, &entry)
    {
        overrides::check_selectors(read, &selectors, matrix);
    }
    if let Some(entry) = table.entry("upx") {
        for argument in read.strings(&entry).unwrap_or_default() {
            if !argument.value.starts_with('-') {
                let message = format!(
                    "{} is no option of upx: it would be taken for a file",
                    quote(argument.value)
                );
                let help = "write options only, such as `\"--best\"`";
                read.push(Diagnostic::wrong(&argument.span, message).help(help));
            }
        }
    }
    read.push(Diagnostic::unbuilt(&table.span, "compression"));
}

pub(super) fn hooks<'a>(read: &mut Reader<'a>, root: &Table<'a>) {
    let Some(table) = read.section(root, "hooks", HOOKS) else {
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
