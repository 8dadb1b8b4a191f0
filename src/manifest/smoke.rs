//! `[smoke]`: read and checked in full, but not built yet.

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader, Table};
use super::template::{Piece, Template, TemplateError, pieces};
use super::words::{nearest, quote};
use super::{embed, hooks};

pub(super) const KEYS: &[&str] = &["args", "stdout", "timeout", "health"];
pub(super) const HEALTH: &[&str] = &["args", "http", "https", "ca", "tcp", "command"];

/// The ways to ask a program whether it is well.
pub(super) const PROBES: [&str; 4] = ["http", "https", "tcp", "command"];

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) {
    let Some(table) = read.section(root, "smoke", KEYS) else {
        return;
    };
    if let Some(entry) = table.entry("args") {
        for argument in read.strings(&entry).unwrap_or_default() {
            template(read, &argument);
        }
    }
    if let Some(entry) = table.entry("stdout")
        && let Some(string) = read.string(&entry)
    {
        template(read, &string);
    }
    if let Some(entry) = table.entry("timeout") {
        timeout(read, &entry);
    }
    if let Some(entry) = table.entry("health")
        && let Some(table) = read.table(&entry, "`[smoke.health]`", HEALTH)
    {
        health(read, &table);
    }
    read.push(Diagnostic::unbuilt(&table.span, "the smoke test"));
}

fn template(read: &mut Reader<'_>, string: &Located<&str>) {
    if let Err(error) = string.value.parse::<Template>() {
        read.template_error(string, &error);
    }
}

/// A template in which `{port}` may stand too.
fn template_with_port(read: &mut Reader<'_>, string: &Located<&str>) {
    let without: Option<String> = pieces(string.value).ok().and_then(|pieces| {
        let port = |piece: &Piece<'_>| match piece {
            Piece::Name("port", range) => Some(range.clone()),
            _ => None,
        };
        let mut text = string.value.to_owned();
        for range in pieces.iter().filter_map(port) {
            let blank = " ".repeat(range.len());
            text.get(range.clone())?;
            text.replace_range(range, &blank);
        }
        Some(text)
    });
    let text = without.as_deref().unwrap_or(string.value);
    match text.parse::<Template>() {
        Ok(_) => {}
        Err(TemplateError::Unknown { name, at }) if nearest(&name, ["port"]).is_some() => {
            let span = read.part(string, at);
            let message = format!("{} is not a variable", quote(&format!("{{{name}}}")));
            read.push(Diagnostic::wrong(&span, message).help("did you mean `{port}`?"));
        }
        Err(error) => read.template_error(string, &error),
    }
}

/// A number and a unit: `500ms`, `5s`, `2m`.
fn timeout<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) {
    let Some(string) = read.string(entry) else {
        return;
    };
    let text = string.value;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).unwrap_or_default();
    let positive = number.len() < 7 && number.parse::<u32>().is_ok_and(|n| n > 0);
    if !positive || !matches!(unit, "ms" | "s" | "m") {
        let message = format!("{} is not a time", quote(text));
        let help = "write a number and a unit, such as `\"5s\"`, `\"500ms\"` or `\"2m\"`";
        read.push(Diagnostic::wrong(&string.span, message).help(help));
    }
}

fn health<'a>(read: &mut Reader<'a>, table: &Table<'a>) {
    if let Some(entry) = table.entry("args") {
        for argument in read.strings(&entry).unwrap_or_default() {
            template_with_port(read, &argument);
        }
    }
    let probes: Vec<Entry<'a>> = PROBES.iter().filter_map(|key| table.entry(key)).collect();
    match probes.as_slice() {
        [_] => {}
        [] => {
            let diagnostic =
                Diagnostic::wrong(&table.span, "`[smoke.health]` doesn't say how to ask");
            read.missing(
                diagnostic.help(
                    "write for example `http = \"/healthz\"`, or `https`, `tcp` or `command`",
                ),
            );
        }
        [first, second, ..] => {
            let message = format!("`{}` and `{}` are two ways to ask", first.key, second.key);
            let diagnostic = Diagnostic::wrong(&second.key_span, message);
            read.push(
                diagnostic
                    .also(&first.key_span, "the other")
                    .help("keep one of them"),
            );
        }
    }
    for entry in &probes {
        match entry.key {
            "tcp" => {
                read.boolean(entry);
            }
            "command" => hooks::arguments(read, entry),
            _ => path(read, entry),
        }
    }
    if let Some(entry) = table.entry("ca") {
        embed::file(read, &entry);
        if table.entry("https").is_none() {
            let diagnostic =
                Diagnostic::wrong(&entry.key_span, "`ca` is for `https`, which is not asked");
            read.push(diagnostic.help("write `https`, or remove `ca`"));
        }
    }
}

/// The path of a URL.
fn path<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) {
    let Some(string) = read.string(entry) else {
        return;
    };
    let plain = |c: char| c.is_ascii_graphic();
    if !string.value.starts_with('/') || !string.value.chars().all(plain) {
        let message = format!("{} is not the path of a URL", quote(string.value));
        let help =
            "write it from the `/` on, such as `\"/healthz\"`; the address is gobuildx's own";
        read.push(Diagnostic::wrong(&string.span, message).help(help));
    }
}
