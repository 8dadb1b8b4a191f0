//! `[embed]`: read and checked in full, but not built yet.

use super::diagnostic::{Diagnostic, Located};
use super::folder;
use super::reader::{Entry, Reader, Table};

pub(super) const KEYS: &[&str] = &["tzdata", "ca_roots"];

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) {
    let Some(table) = read.section(root, "embed", KEYS) else {
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
