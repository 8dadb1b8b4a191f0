//! `[[override]]`

use super::diagnostic::{Diagnostic, Located};
use super::matrix::Matrix;
use super::reader::{Entry, Reader, Table};
use super::words::{all, nearest, quote};
use super::{Binary, Embed, Hooks, Override, Verify, embed, hooks, settings, smoke, verify};
use crate::target::{Cgo, Selector, Target};

pub(super) const KEYS: &[&str] = &[
    "match",
    "binary",
    "cgo",
    "embed",
    "verify",
    "hooks",
    "smoke",
    "rebuild",
    "trimpath",
    "vcs",
    "buildmode",
    "ldflags",
    "flags",
    "tags",
    "resolver",
    "dwarf",
    "env",
];

pub(super) fn read<'a>(
    read: &mut Reader<'a>,
    root: &Table<'a>,
    matrix: &Matrix,
    binaries: &[Binary],
) -> Vec<Override> {
    let tables = read.tables(root, "override", KEYS);
    tables
        .iter()
        .map(|table| {
            let read_one = one(read, table);
            check_cells(read, &read_one, matrix);
            check_binaries(read, &read_one, binaries);
            read_one
        })
        .collect()
}

fn one<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Override {
    let targets = table
        .entry("match")
        .and_then(|entry| selectors(read, &entry));
    let binaries = table.entry("binary").and_then(|entry| {
        let names = strings(read, &entry)?;
        Some(
            names
                .into_iter()
                .map(|name| name.map(str::to_owned))
                .collect(),
        )
    });
    let cgo = table
        .entry("cgo")
        .and_then(|entry| read.boolean(&entry))
        .map(Cgo::from);
    let settings = settings::read(read, table);
    let embed = match table.entry("embed") {
        Some(entry) => embed::of_override(read, &entry),
        None => Embed::default(),
    };
    let verify = match table.entry("verify") {
        Some(entry) => read
            .table(&entry, "`[override.verify]`", verify::KEYS)
            .map(|table| verify::read(read, &table)),
        None => None,
    };
    let hooks = match table.entry("hooks") {
        Some(entry) => hooks::of_override(read, &entry),
        None => Hooks::default(),
    };
    let smoke = table
        .entry("smoke")
        .and_then(|entry| smoke::of_override(read, &entry));
    Override {
        targets: targets.unwrap_or_default(),
        binaries: binaries.unwrap_or_default(),
        cgo,
        settings,
        embed,
        verify: verify.unwrap_or_else(Verify::default),
        hooks,
        smoke,
        span: table.span.clone(),
    }
}

/// One string, or an array of them that is not empty.
fn strings<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Vec<Located<&'a str>>> {
    if !entry.is_array() {
        return read.string(entry).map(|string| vec![string]);
    }
    let strings = read.distinct(entry)?;
    if entry.is_empty_array() {
        let message = format!("`{}` is empty, so this would match nothing", entry.key);
        let help = format!("remove `{}` to match everything", entry.key);
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
    }
    Some(strings)
}

/// `match`
pub(super) fn selectors<'a>(
    read: &mut Reader<'a>,
    entry: &Entry<'a>,
) -> Option<Vec<Located<Selector>>> {
    let strings = strings(read, entry)?;
    let selectors = strings.into_iter().filter_map(|string| {
        match string.value.parse() {
            Ok(value) => Some(Located {
                value,
                span: string.span,
            }),
            Err(error) => {
                let message = match &error {
                    crate::target::ParseSelectorError::Shape(text) => {
                        format!("{} is not a selector", quote(text))
                    }
                    crate::target::ParseSelectorError::Glob { .. } => {
                        format!("{} is not a selector: {error}", quote(string.value))
                    }
                };
                let help = "write `goos`, `goos/goarch` or `goos/goarch/variant`; each part may be a pattern, \
                            such as `linux/arm*`";
                read.push(Diagnostic::wrong(&string.span, message).help(help));
                None
            }
        }
    });
    Some(selectors.collect())
}

/// Each selector, and the whole override, has to match a cell.
pub(super) fn check_selectors(
    read: &mut Reader<'_>,
    selectors: &[Located<Selector>],
    matrix: &Matrix,
) -> bool {
    let Some(cells) = matrix.sound_cells() else {
        return false;
    };
    let mut all_match = true;
    for selector in selectors {
        if cells
            .iter()
            .any(|cell| selector.value.matches(&cell.target))
        {
            continue;
        }
        all_match = false;
        let text = selector.value.as_str();
        let mut names: Vec<String> = cells
            .iter()
            .map(|cell| shaped_like(text, &cell.target))
            .collect();
        names.dedup();
        let help = match nearest(text, names.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean {}?", quote(meant)),
            None => format!("the matrix has {}", super::matrix::targets(cells)),
        };
        let message = format!("{} matches no target of the matrix", quote(text));
        read.push(Diagnostic::wrong(&selector.span, message).help(help));
    }
    all_match
}

/// A target written like a selector: as many parts, and the same ones where there are patterns.
fn shaped_like(selector: &str, target: &Target) -> String {
    let target = target.to_string();
    let parts = selector.split('/').zip(target.splitn(3, '/'));
    let pattern = |part: &str| part.contains(['*', '?', '[', '{']);
    let shaped: Vec<&str> = parts
        .map(|(part, name)| if pattern(part) { part } else { name })
        .collect();
    shaped.join("/")
}

fn check_cells(read: &mut Reader<'_>, over: &Override, matrix: &Matrix) {
    if !check_selectors(read, &over.targets, matrix) {
        return;
    }
    let (Some(cells), Some(cgo)) = (matrix.sound_cells(), over.cgo) else {
        return;
    };
    let matched = cells.iter().any(|cell| {
        let targets = &over.targets;
        let target = targets.is_empty() || targets.iter().any(|s| s.value.matches(&cell.target));
        target && cell.cgo == cgo
    });
    if !matched {
        let on = if cgo == Cgo::Enabled {
            "with"
        } else {
            "without"
        };
        let message = format!("this override matches nothing: no such target is built {on} cgo");
        let help = "correct `match` or `cgo`, or remove the override";
        read.push(Diagnostic::wrong(&over.span, message).help(help));
    }
}

fn check_binaries(read: &mut Reader<'_>, over: &Override, binaries: &[Binary]) {
    let mut names = Vec::new();
    for binary in binaries {
        match &binary.name {
            Some(name) => names.push(name.value.as_str()),
            // Go names this one: the planner checks.
            None => return,
        }
    }
    if names.is_empty() {
        return;
    }
    for binary in over
        .binaries
        .iter()
        .filter(|b| !names.contains(&b.value.as_str()))
    {
        let help = match nearest(&binary.value, names.iter().copied()) {
            Some(meant) => format!("did you mean {}?", quote(meant)),
            None => format!("the binaries are {}", all(names.iter().copied())),
        };
        let message = format!("no `[[binary]]` is named {}", quote(&binary.value));
        read.push(Diagnostic::wrong(&binary.span, message).help(help));
    }
}
