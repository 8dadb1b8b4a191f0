//! `[[matrix.include]]`: cells named one by one.

use super::Cell;
use super::axes::{name, variant};
use super::diagnostic::{Diagnostic, Located};
use super::matrix::impossibility;
use super::project::release;
use super::reader::{Entry, Reader, Table};
use super::toolchains;
use super::words::quote;
use crate::target::{Cgo, Target};
use crate::toolchain::ToolchainName;

pub(super) const KEYS: &[&str] = &["target", "cgo", "toolchain", "go"];

pub(super) fn read<'a>(read: &mut Reader<'a>, matrix: &Table<'a>) -> Vec<Cell> {
    let tables = read.tables(matrix, "matrix.include", KEYS);
    tables.iter().filter_map(|table| one(read, table)).collect()
}

fn one<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Option<Cell> {
    let cgo_entry = table.entry("cgo");
    let cgo = cgo_entry.as_ref().map(|entry| read.boolean(entry));
    let toolchain = table.entry("toolchain");
    let toolchain = toolchain.map(|entry| (entry.key_span.clone(), toolchain_name(read, &entry)));
    let go = table.entry("go").map(|entry| {
        let string = read.string(&entry)?;
        release(read, &string)
    });
    let Some(entry) = table.entry("target") else {
        let diagnostic =
            Diagnostic::wrong(&table.span, "this `[[matrix.include]]` has no `target`");
        read.missing(diagnostic.help("write for example `target = \"linux/amd64\"`"));
        return None;
    };
    let target = read.string(&entry).and_then(|string| target(read, &string));
    let cgo = match cgo {
        None => Cgo::Disabled,
        Some(value) => Cgo::from(value?),
    };
    if let (Cgo::Disabled, Some((key, Some(name)))) = (cgo, &toolchain) {
        let message = format!(
            "the toolchain {} compiles C, and cgo is off here",
            quote(&name.value.to_string())
        );
        let diagnostic = Diagnostic::wrong(key, message);
        read.push(diagnostic.help("write `cgo = true` too, or remove `toolchain`"));
        return None;
    }
    let toolchain = match toolchain {
        Some((_, name)) => Some(name?),
        None => None,
    };
    let go = match go {
        Some(go) => Some(go?),
        None => None,
    };
    let target = target?;
    if let Some(message) = impossibility(target.goos, target.goarch, cgo) {
        let help = match (target.platform(), cgo) {
            (None, _) => "`go tool dist list` names all platforms",
            (Some(_), Cgo::Enabled) => "write `cgo = false`",
            (Some(_), Cgo::Disabled) => "write `cgo = true`",
        };
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
        return None;
    }
    Some(Cell {
        target,
        cgo,
        toolchain,
        go,
        span: entry.span,
    })
}

/// `goos/goarch`, perhaps with a variant.
fn target(read: &mut Reader<'_>, string: &Located<&str>) -> Option<Target> {
    let mut at = 0;
    let parts: Vec<Located<&str>> = string
        .value
        .split('/')
        .map(|value| {
            let span = read.part(string, at..at + value.len());
            at += value.len() + 1;
            Located { value, span }
        })
        .collect();
    let ([goos, goarch] | [goos, goarch, _]) = parts.as_slice() else {
        let message = format!("{} is not a target", quote(string.value));
        let help = "write `goos/goarch` or `goos/goarch/variant`, such as `linux/amd64`";
        read.push(Diagnostic::wrong(&string.span, message).help(help));
        return None;
    };
    let (goos, goarch) = (name(read, goos), name(read, goarch));
    let mut target = Target::new(goos?, goarch?);
    if let Some(text) = parts.get(2) {
        target.variant = Some(variant(read, target.goarch, text)?);
    }
    Some(target)
}

fn toolchain_name<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Located<ToolchainName>> {
    let string = read.string(entry)?;
    toolchains::name(read, &string)
}
