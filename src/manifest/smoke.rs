//! `[smoke]`: read and checked in full, but not built yet.

use super::diagnostic::Diagnostic;
use super::reader::{Entry, Reader, Table};
use super::template::{self, TemplateVariable, Variable};
use super::words::quote;
use super::{duration, embed, hooks};

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
            template::read_any::<Variable>(read, &argument);
        }
    }
    if let Some(entry) = table.entry("stdout")
        && let Some(string) = read.string(&entry)
    {
        template::read_any::<Variable>(read, &string);
    }
    if let Some(entry) = table.entry("timeout") {
        duration::read(read, &entry);
    }
    if let Some(entry) = table.entry("health")
        && let Some(table) = read.table(&entry, "`[smoke.health]`", HEALTH)
    {
        health(read, &table);
    }
    read.push(Diagnostic::unbuilt(&table.span, "the smoke test"));
}

/// What may stand between braces where a running program is asked.
#[derive(Clone, Copy)]
enum HealthVariable {
    /// What any template knows.
    Common(Variable),
    /// `{port}`: the port that the program is to listen on.
    Port,
}

impl TemplateVariable for HealthVariable {
    fn all() -> impl Iterator<Item = Self> {
        Variable::all().map(Self::Common).chain([Self::Port])
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Common(variable) => variable.as_str(),
            Self::Port => "port",
        }
    }
}

fn health<'a>(read: &mut Reader<'a>, table: &Table<'a>) {
    if let Some(entry) = table.entry("args") {
        for argument in read.strings(&entry).unwrap_or_default() {
            template::read_any::<HealthVariable>(read, &argument);
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
            "command" => {
                hooks::arguments(read, entry);
            }
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
