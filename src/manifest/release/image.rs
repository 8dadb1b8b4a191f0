//! `[release.image]`: a container image of the Linux programs.

use std::collections::BTreeMap;

use crate::manifest::diagnostic::{Diagnostic, Located};
use crate::manifest::reader::{Entry, Reader, Table};
use crate::manifest::template::{self, Elsewhere, Template, Variable};
use crate::manifest::words::quote;
use crate::manifest::{Allow, name, overrides, verify};
use crate::oci::{ParseReferenceError, Reference, Repository, User};
use crate::target::Selector;

pub(in crate::manifest) const KEYS: &[&str] = &[
    "name", "binary", "match", "expose", "args", "env", "labels", "user", "tags", "allow",
];

/// `[release.image]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSection {
    /// `name`: registry and repository, without a tag; never none where the manifest is right.
    pub name: Option<Located<Repository>>,
    /// `binary`: the program that it holds; none means the only one.
    pub binary: Option<Located<String>>,
    /// `match`: only Linux targets that one of these selects; empty means all.
    pub targets: Vec<Located<Selector>>,
    /// `expose`: ports that it documents.
    pub expose: Vec<u16>,
    /// `args`: what the program is called with where nobody says.
    pub args: Vec<String>,
    /// `env`
    pub env: BTreeMap<String, String>,
    /// `labels`
    pub labels: BTreeMap<String, Template>,
    /// `user`: who runs the program.
    pub user: User,
    /// `tags`: what it is called in the registry.
    pub tags: Vec<Located<Template>>,
    /// `allow`: findings that the image does without.
    pub allow: Vec<Allow>,
}

pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<ImageSection> {
    let table = read.table(entry, "`[release.image]`", KEYS)?;
    let name = if let Some(entry) = table.entry("name") {
        image_name(read, &entry)
    } else {
        let diagnostic = Diagnostic::wrong(&table.span, "the image has no `name`");
        read.missing(diagnostic.help("write for example `name = \"registry.example/hello\"`"));
        None
    };
    let binary = table.entry("binary").and_then(|entry| {
        let string = read.string(&entry)?;
        name::check(read, string)
    });
    let section = ImageSection {
        name,
        binary,
        targets: targets(read, &table),
        expose: ports(read, &table),
        args: strings(read, &table, "args"),
        env: map(read, &table, "env", |_, string| {
            Some(string.value.to_owned())
        }),
        labels: map(read, &table, "labels", |read, string| {
            template::read(read, string, elsewhere)
        }),
        user: user(read, &table),
        tags: tags(read, &table),
        allow: verify::allow(read, &table),
    };
    Some(section)
}

fn targets<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Vec<Located<Selector>> {
    let Some(entry) = table.entry("match") else {
        return Vec::new();
    };
    overrides::selectors(read, &entry).unwrap_or_default()
}

fn ports<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Vec<u16> {
    let Some(entry) = table.entry("expose") else {
        return Vec::new();
    };
    let elements = read.array(&entry, "ports").unwrap_or_default();
    let mut ports = Vec::new();
    for element in elements {
        let Some(number) = read.integer(&element) else {
            continue;
        };
        if let Some(port) = u16::try_from(number).ok().filter(|port| *port > 0) {
            ports.push(port);
        } else {
            let diagnostic = Diagnostic::wrong(&element.span, "this is not a port");
            read.push(diagnostic.help("write a number from 1 to 65535"));
        }
    }
    ports.sort_unstable();
    ports.dedup();
    ports
}

fn strings<'a>(read: &mut Reader<'a>, table: &Table<'a>, key: &str) -> Vec<String> {
    let strings = table.entry(key).and_then(|entry| read.strings(&entry));
    let strings = strings.unwrap_or_default().into_iter();
    strings.map(|string| string.value.to_owned()).collect()
}

/// A table of strings; what `value` makes none of is a fault that it has told.
fn map<'a, T>(
    read: &mut Reader<'a>,
    table: &Table<'a>,
    key: &str,
    mut value: impl FnMut(&mut Reader<'a>, &Located<&'a str>) -> Option<T>,
) -> BTreeMap<String, T> {
    let entries = table.entry(key).and_then(|entry| read.open_table(&entry));
    let Some(entries) = entries else {
        return BTreeMap::new();
    };
    let mut map = BTreeMap::new();
    for entry in entries.entries() {
        if !is_name(entry.key) {
            let message = format!("{} is no name for `{key}`", quote(entry.key));
            let diagnostic = Diagnostic::wrong(&entry.key_span, message);
            read.push(diagnostic.help("write letters, digits, `_`, `.` and `-`, no digit first"));
            continue;
        }
        let string = read.string(&entry);
        let string = string.filter(|string| {
            let is_line = !string.value.contains(char::is_control);
            if !is_line {
                let message = format!("`{key}` has a control character in a value");
                let diagnostic = Diagnostic::wrong(&string.span, message);
                read.push(diagnostic.help("write it on one line, without such characters"));
            }
            is_line
        });
        if let Some(value) = string.and_then(|string| value(read, &string)) {
            map.insert(entry.key.to_owned(), value);
        }
    }
    map
}

/// Whether Dockerfiles and shells take a name as one word.
fn is_name(name: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    name.starts_with(starts) && name.chars().all(is_inner)
}

fn user<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> User {
    let string = table.entry("user").and_then(|entry| read.string(&entry));
    let Some(string) = string else {
        return User::default();
    };
    string.value.parse().unwrap_or_else(|_| {
        let message = format!("{} names no user by numbers", quote(string.value));
        let diagnostic = Diagnostic::wrong(&string.span, message);
        read.push(diagnostic.help("write for example `user = \"65532:65532\"`"));
        User::default()
    })
}

fn tags<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Vec<Located<Template>> {
    let Some(entry) = table.entry("tags") else {
        return Vec::new();
    };
    let strings = read.distinct(&entry).unwrap_or_default();
    let tags = strings.iter().filter_map(|string| {
        let template = template::read(read, string, elsewhere)?;
        Some(Located {
            value: template,
            span: string.span.clone(),
        })
    });
    tags.collect()
}

/// An image is of several targets.
fn elsewhere(variable: Variable) -> Option<Elsewhere> {
    use Variable::{Binary, Goarch, Goos, Target, Variant};
    matches!(variable, Binary | Goarch | Goos | Target | Variant).then(|| Elsewhere {
        place: "in an image, which is for several targets",
        help: "use `{version}`, `{tag}` or another variable of the project".to_owned(),
    })
}

/// A repository in a registry, without tag and digest.
fn image_name<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Located<Repository>> {
    let name = read.string(entry)?;
    let message = format!("{} is not the name of an image", quote(name.value));
    let wrong = Diagnostic::wrong(&name.span, message);
    match name.value.parse() {
        Ok(Reference {
            repository,
            version: None,
        }) => return Some(name.map(|_| repository)),
        Ok(Reference { .. }) => {
            read.push(wrong.help("leave the tag out: the version is the tag"));
        }
        Err(error) => {
            let error: ParseReferenceError = error;
            read.push(wrong.help(error.to_string()));
        }
    }
    None
}
