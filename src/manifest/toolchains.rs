//! Which toolchains compile the C: `toolchains` of `[matrix]`, and what `[toolchain.NAME]` says of one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Cell;
use super::diagnostic::{Diagnostic, Located, Span};
use super::reader::{Reader, Table};
use super::words::quote;
use crate::target::{Cgo, Selector};
use crate::toolchain::{Layer, ToolchainName};

/// What a manifest says of one toolchain.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolchainLayer {
    /// Its name.
    pub name: String,
    /// Where the section names it.
    pub span: Span,
    /// What is said.
    pub layer: Layer,
}

/// A toolchain by its name, as a value of the manifest.
pub(super) fn name(
    read: &mut Reader<'_>,
    string: &Located<&str>,
) -> Option<Located<ToolchainName>> {
    let parsed = string.value.parse();
    if let Err(error) = &parsed {
        let error: &crate::toolchain::ParseToolchainError = error;
        let message = format!("{} can't be the name of a toolchain", quote(string.value));
        read.push(Diagnostic::wrong(&string.span, message).help(error.to_string()));
    }
    Some(Located {
        value: parsed.ok()?,
        span: string.span.clone(),
    })
}

/// `toolchains` of `[matrix]`: a selector of targets each, the first in the text counts.
pub(super) fn apply<'a>(read: &mut Reader<'a>, matrix: &Table<'a>, cells: &mut [Cell]) {
    let Some(entry) = matrix.entry("toolchains") else {
        return;
    };
    let Some(table) = read.open_table(&entry) else {
        return;
    };
    let mut entries: Vec<_> = table.entries().collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    let mut chosen: Vec<(Selector, Located<ToolchainName>)> = Vec::new();
    for entry in entries {
        let selector: Result<Selector, _> = entry.key.parse();
        let string = read.string(&entry);
        let name = string.and_then(|string| name(read, &string));
        let selector = match selector {
            Ok(selector) => selector,
            Err(error) => {
                let diagnostic = Diagnostic::wrong(&entry.key_span, error.to_string());
                read.push(diagnostic.help("write targets such as \"linux/*\""));
                continue;
            }
        };
        let is_meant = |cell: &&Cell| cell.cgo == Cgo::Enabled && selector.matches(&cell.target);
        if read.is_whole() && !cells.iter().any(|cell| is_meant(&cell)) {
            let message = format!("{} matches no cell with cgo", quote(entry.key));
            let help = "remove it, or correct it; cgo is on where `cgo = [true]` says so";
            read.push(Diagnostic::wrong(&entry.key_span, message).help(help));
        }
        chosen.extend(name.map(|name| (selector, name)));
    }
    let open = cells
        .iter_mut()
        .filter(|cell| cell.cgo == Cgo::Enabled && cell.toolchain.is_none());
    for cell in open {
        let mut chosen = chosen.iter();
        let found = chosen.find(|(selector, _)| selector.matches(&cell.target));
        cell.toolchain = found.map(|(_, name)| name.clone());
    }
}

/// The sections `[toolchain.NAME]`, read as the files under `toolchains/` are.
#[derive(Deserialize)]
struct Sections {
    #[serde(default)]
    toolchain: BTreeMap<String, Layer>,
}

/// Reads all `[toolchain.NAME]`.
pub(super) fn layers<'a>(
    read: &mut Reader<'a>,
    root: &Table<'a>,
    text: &str,
) -> Vec<ToolchainLayer> {
    let Some(entry) = root.entry("toolchain") else {
        return Vec::new();
    };
    let Some(table) = read.open_table(&entry) else {
        return Vec::new();
    };
    for entry in table.entries() {
        let is_name = |name: &ToolchainName| name.glibc().is_none();
        if !entry.key.parse().is_ok_and(|name| is_name(&name)) {
            let message = format!("{} can't be the name of a toolchain", quote(entry.key));
            let help = "use lower-case letters, digits and dashes, such as `my-gcc`";
            read.push(Diagnostic::wrong(&entry.key_span, message).help(help));
        }
    }
    // Faults of syntax are told already.
    if !read.is_whole() {
        return Vec::new();
    }
    match toml::from_str::<Sections>(text) {
        Ok(sections) => {
            let layers = sections.toolchain.into_iter();
            layers
                .map(|(name, layer)| ToolchainLayer {
                    span: table.entry(&name).map_or(0..0, |entry| entry.key_span),
                    name,
                    layer,
                })
                .collect()
        }
        Err(error) => {
            let span: Span = error.span().unwrap_or_else(|| entry.span.clone());
            let message = error.message().trim().to_owned();
            let help = "docs/toolchains.md has all keys of a toolchain";
            read.push(Diagnostic::wrong(&span, message).help(help));
            Vec::new()
        }
    }
}
