//! Flags that bring in a C library of the toolchain, and so need cgo.

use super::diagnostic::{Diagnostic, Located};
use super::effective::applies_to_some;
use super::{Cell, Override, Settings};
use crate::target::Cgo;

/// Flags that go refuses without cgo.
///
/// Source: `instrumentInit` in Go's `cmd/go/internal/work`. The race detector does without cgo on
/// macOS only, which is not worth an exception that holds on one system.
const NEED_CGO: &[&str] = &["race", "msan", "asan"];

/// What is wrong where such a flag holds for a cell without cgo.
pub(super) fn faults(build: &Settings, overrides: &[Override], cells: &[Cell]) -> Vec<Diagnostic> {
    let without: Vec<&Cell> = cells
        .iter()
        .filter(|cell| cell.cgo == Cgo::Disabled)
        .collect();
    let mut faults = Vec::new();
    let mut check = |flags: &[Located<String>], cell: Option<&&Cell>| {
        let Some(cell) = cell else { return };
        for flag in flags.iter().filter(|flag| needs_cgo(&flag.value)) {
            let message = format!(
                "`{}` needs cgo, but {} is built without it",
                flag.value, cell.target
            );
            let help = "set it in an [[override]] with `cgo = true`, for a cell that has cgo";
            faults.push(Diagnostic::wrong(&flag.span, message).help(help));
        }
    };
    check(&build.flags, without.first());
    for setting in overrides {
        let cell = without.iter().find(|cell| applies_to_some(setting, cell));
        check(&setting.settings.flags, cell);
    }
    faults
}

fn needs_cgo(flag: &str) -> bool {
    let name = flag.trim_start_matches('-');
    let name = name.strip_suffix("=true").unwrap_or(name);
    NEED_CGO.contains(&name)
}
