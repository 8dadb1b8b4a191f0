//! `[release]`: read and checked in full, but not built yet.

use globset::Glob;

use super::diagnostic::{Diagnostic, Located};
use super::folder;
use super::reader::{Entry, Reader, Table};
use super::words::{quote, suggest};

pub(super) const KEYS: &[&str] = &["archives", "files", "sbom", "sign", "image"];
pub(super) const IMAGE: &[&str] = &["name", "expose"];
pub(super) const SIGN: &[&str] = &["minisign"];
pub(super) const ARCHIVES: &[&str] = &["tar.gz", "tar.zst", "zip"];
pub(super) const SBOMS: &[&str] = &["cyclonedx", "spdx"];

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) {
    let Some(table) = read.section(root, "release", KEYS) else {
        return;
    };
    words(read, &table, "archives", ARCHIVES);
    words(read, &table, "sbom", SBOMS);
    if let Some(entry) = table.entry("files") {
        for pattern in read.distinct(&entry).unwrap_or_default() {
            glob(read, &pattern);
        }
    }
    if let Some(entry) = table.entry("sign")
        && let Some(table) = read.table(&entry, "`sign`", SIGN)
        && let Some(entry) = table.entry("minisign")
        && let Some(key) = read.string(&entry)
        && key.value.is_empty()
    {
        let diagnostic = Diagnostic::wrong(&key.span, "the key to sign with is empty");
        read.push(diagnostic.help("name the file of the secret key, or remove `sign`"));
    }
    if let Some(entry) = table.entry("image")
        && let Some(table) = read.table(&entry, "`[release.image]`", IMAGE)
    {
        image(read, &table);
    }
    read.push(Diagnostic::unbuilt(&table.span, "releasing"));
}

fn words<'a>(read: &mut Reader<'a>, table: &Table<'a>, key: &str, known: &[&str]) {
    let Some(entry) = table.entry(key) else {
        return;
    };
    for word in read.distinct(&entry).unwrap_or_default() {
        if !known.contains(&word.value) {
            let message = format!("{} is not a value of `{key}`", quote(word.value));
            let help = suggest(word.value, known.iter().copied());
            read.push(Diagnostic::wrong(&word.span, message).help(help));
        }
    }
}

fn glob(read: &mut Reader<'_>, pattern: &Located<&str>) {
    let Some(inside) = folder::inside(read, pattern.clone()) else {
        return;
    };
    if let Err(error) = Glob::new(&inside.value) {
        let message = format!(
            "{} is not a pattern: {}",
            quote(pattern.value),
            error.kind()
        );
        let help = "write a file name or a pattern, such as `LICENSE*`";
        read.push(Diagnostic::wrong(&pattern.span, message).help(help));
    }
}

fn image<'a>(read: &mut Reader<'a>, table: &Table<'a>) {
    if let Some(entry) = table.entry("name") {
        image_name(read, &entry);
    } else {
        let diagnostic = Diagnostic::wrong(&table.span, "the image has no `name`");
        read.missing(diagnostic.help("write for example `name = \"registry.example/hello\"`"));
    }
    let Some(entry) = table.entry("expose") else {
        return;
    };
    for element in read.array(&entry, "ports").unwrap_or_default() {
        let port = read.integer(&element);
        if port.is_some_and(|port| !(1..=65535).contains(&port)) {
            let diagnostic = Diagnostic::wrong(&element.span, "this is not a port");
            read.push(diagnostic.help("write a number from 1 to 65535"));
        }
    }
}

/// A repository in a registry, without tag and digest.
fn image_name<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) {
    let Some(name) = read.string(entry) else {
        return;
    };
    let message = format!("{} is not the name of an image", quote(name.value));
    let wrong = Diagnostic::wrong(&name.span, message);
    let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let (host, path) = match name.value.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => ("", name.value),
    };
    let host_is_safe = host.chars().all(|c| safe(c) || c == ':');
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.chars().all(safe)
    };
    if path.contains([':', '@']) {
        read.push(wrong.help("leave the tag out: the version is the tag"));
    } else if name.value.chars().any(|c| c.is_ascii_uppercase()) {
        read.push(wrong.help("write small letters only"));
    } else if !host_is_safe || !path.split('/').all(is_part) {
        read.push(
            wrong.help("write a registry and a repository, such as `registry.example/hello`"),
        );
    }
}
