//! `[compress]`: read and checked in full, but not built yet.

use super::diagnostic::Diagnostic;
use super::matrix::Matrix;
use super::overrides;
use super::reader::{Reader, Table};
use super::words::quote;

pub(super) const KEYS: &[&str] = &["upx", "match"];

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>, matrix: &Matrix) {
    let Some(table) = read.section(root, "compress", KEYS) else {
        return;
    };
    if let Some(entry) = table.entry("match")
        && let Some(selectors) = overrides::selectors(read, &entry)
    {
        overrides::check_selectors(read, &selectors, matrix);
    }
    if let Some(entry) = table.entry("upx") {
        for argument in read.strings(&entry).unwrap_or_default() {
            if !argument.value.starts_with('-') {
                let message = format!(
                    "{} is no option of upx: it would be taken for a file",
                    quote(argument.value)
                );
                let help = "write options only, such as `\"--best\"`";
                read.push(Diagnostic::wrong(&argument.span, message).help(help));
            }
        }
    }
    read.push(Diagnostic::unbuilt(&table.span, "compression"));
}
