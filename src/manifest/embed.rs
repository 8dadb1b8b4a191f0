//! `[embed]`, also of an override: what programs else look for on the system, compiled in.

use super::diagnostic::{Diagnostic, Located};
use super::folder;
use super::reader::{Entry, Reader, Table};
use super::{CaRoots, Embed};

pub(super) const KEYS: &[&str] = &["tzdata", "ca_roots"];

/// The section of the whole manifest.
pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) -> Embed {
    let table = read.section(root, "embed", KEYS);
    table.map_or_else(Embed::default, |table| settings(read, &table))
}

/// The section of an override.
pub(super) fn of_override<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Embed {
    let table = read.table(entry, "`[override.embed]`", KEYS);
    table.map_or_else(Embed::default, |table| settings(read, &table))
}

fn settings<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Embed {
    let tzdata = table.entry("tzdata").and_then(|entry| {
        let value = read.boolean(&entry)?;
        let span = entry.span;
        Some(Located { value, span })
    });
    let roots = table
        .entry("ca_roots")
        .and_then(|entry| ca_roots(read, &entry));
    Embed {
        tzdata,
        ca_roots: roots,
    }
}

fn ca_roots<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Located<Option<CaRoots>>> {
    if entry.as_str().is_some() {
        return file(read, entry).map(|file| file.map(|path| Some(CaRoots::File(path))));
    }
    if entry.is_boolean() {
        let value = read.boolean(entry)?.then_some(CaRoots::Mozilla);
        let span = entry.span.clone();
        return Some(Located { value, span });
    }
    let message = "`ca_roots` is neither true or false nor the name of a file";
    let help = "write `ca_roots = true`, or a PEM file such as `ca_roots = \"ca.pem\"`";
    read.push(Diagnostic::wrong(&entry.span, message).help(help));
    None
}

/// A file inside the project.
pub(super) fn file<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Located<String>> {
    let string = read.string(entry)?;
    folder::inside(read, string)
}
