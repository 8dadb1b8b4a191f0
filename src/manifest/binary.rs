//! `[[binary]]`

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Located, Span};
use super::matrix::Matrix;
use super::reader::{Entry, Reader, Table};
use super::words::{list, quote, suggest};
use super::{Binary, folder, ldflags, name, overrides};
use crate::target::BuildMode;

pub(super) const KEYS: &[&str] = &[
    "name",
    "module",
    "package",
    "targets",
    "buildmode",
    "ldflags",
];

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) -> Vec<Binary> {
    let tables = read.tables(root, "binary", KEYS);
    let binaries: Vec<Binary> = tables.iter().filter_map(|table| one(read, table)).collect();
    clashes(read, &binaries);
    binaries
}

fn one<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Option<Binary> {
    let before = read.count();
    let here = |span: &Span| Located {
        value: ".".to_owned(),
        span: span.clone(),
    };
    let name = table.entry("name").and_then(|entry| {
        let string = read.string(&entry)?;
        name::check(read, string)
    });
    let module = table.entry("module").and_then(|entry| {
        let string = read.string(&entry)?;
        folder::module(read, string)
    });
    let package = table.entry("package").and_then(|entry| {
        let string = read.string(&entry)?;
        folder::package(read, &string)
    });
    let buildmode = table
        .entry("buildmode")
        .and_then(|entry| buildmode(read, &entry));
    let ldflags = table
        .entry("ldflags")
        .and_then(|entry| ldflags::read(read, &entry));
    let targets = table
        .entry("targets")
        .and_then(|entry| overrides::selectors(read, &entry));
    (read.count() == before).then(|| Binary {
        name,
        module: module.unwrap_or_else(|| here(&table.span)),
        package: package.unwrap_or_else(|| here(&table.span)),
        targets: targets.unwrap_or_default(),
        ldflags: ldflags.unwrap_or_default(),
        buildmode,
        span: table.span.clone(),
    })
}

/// Each of a binary's `targets` has to match a cell.
pub(super) fn check_targets(read: &mut Reader<'_>, binaries: &[Binary], matrix: &Matrix) {
    for binary in binaries {
        overrides::check_selectors(read, &binary.targets, matrix);
    }
}

/// `buildmode`, also of `[build]`.
pub(super) fn buildmode<'a>(
    read: &mut Reader<'a>,
    entry: &Entry<'a>,
) -> Option<Located<BuildMode>> {
    let string = read.string(entry)?;
    let names = BuildMode::ALL.iter().map(|mode| mode.as_str());
    let found = BuildMode::ALL
        .iter()
        .find(|mode| mode.as_str() == string.value);
    if let Some(mode) = found {
        return Some(string.map(|_| *mode));
    }
    let wrong = |message: String| Diagnostic::wrong(&string.span, message);
    let diagnostic = match string.value {
        "plugin" | "shared" => wrong(format!(
            "what {} makes can be loaded only by a Go program that was built by the very same Go, \
             from the very same packages, with the very same flags",
            quote(string.value)
        ))
        .help(
            "write `c-shared` or `c-archive` for a library that any program can use, or `exe` for \
             a program of its own that others start and talk to",
        ),
        "default" | "archive" => wrong(format!(
            "the build mode {} makes no program",
            quote(string.value)
        ))
        .help(format!("write {}", list(names))),
        other => {
            wrong(format!("Go has no build mode {}", quote(other))).help(suggest(other, names))
        }
    };
    read.push(diagnostic);
    None
}

/// Two binaries with one name, where case makes no difference on macOS and Windows; or the same
/// package twice without names to tell them apart.
fn clashes(read: &mut Reader<'_>, binaries: &[Binary]) {
    let mut names: BTreeMap<String, &Located<String>> = BTreeMap::new();
    let mut unnamed: BTreeMap<(&str, &str), &Binary> = BTreeMap::new();
    for binary in binaries {
        let Some(name) = &binary.name else {
            let package = (binary.module.value.as_str(), binary.package.value.as_str());
            if let Some(first) = unnamed.insert(package, binary) {
                let message = format!(
                    "the package {} is built twice under one name",
                    quote(package.1)
                );
                let diagnostic = Diagnostic::wrong(&binary.span, message)
                    .also(&first.span, "here first")
                    .help("give one of them a `name`, or remove it");
                read.push(diagnostic);
            }
            continue;
        };
        if let Some(first) = names.insert(name.value.to_lowercase(), name) {
            let message = if first.value == name.value {
                format!("two binaries are named {}", quote(&name.value))
            } else {
                format!(
                    "{} and {} are one file on macOS and Windows",
                    quote(&first.value),
                    quote(&name.value)
                )
            };
            let diagnostic = Diagnostic::wrong(&name.span, message)
                .also(&first.span, "here first")
                .help("rename one of them");
            read.push(diagnostic);
        }
    }
}
