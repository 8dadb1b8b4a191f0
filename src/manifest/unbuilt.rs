//! `[embed]`, `[compress]` and `[hooks]`: read and checked in full, but not built yet.

use super::diagnostic::{Diagnostic, Located};
use super::matrix::Matrix;
use super::reader::{Entry, Reader, Table};
use super::words::quote;
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
    let asked = if entry.is_boolean() {
        read.boolean(&entry) == Some(true)
    } else {
        file(read, &entry).is_some()
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
    let commands = read.array(&entry, "commands, each an array of strings");
    for command in commands.iter().flatten() {
        arguments(read, command);
    }
    if commands.is_some_and(|commands| !commands.is_empty()) {
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
