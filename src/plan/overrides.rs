//! `[[override]] binary`: that each name is one of a binary, where only go knows the names.

use super::group::Unit;
use super::inputs::Inputs;
use crate::manifest::Diagnostic;

/// The names in overrides that no binary has.
///
/// Without `[[binary]]` the names are those of the packages that go lists; then they can be told
/// only when every cell was asked about.
pub(super) fn unknown_names(inputs: &Inputs<'_>, units: &[Unit]) -> Vec<Diagnostic> {
    let manifest = inputs.manifest;
    let sections = &manifest.binaries;
    let mut known: Vec<String> = if !sections.is_empty() {
        let stem = |section: &crate::manifest::Binary| {
            section.file_stem(inputs.projects.any().module_path(&section.module.value))
        };
        sections.iter().map(stem).collect()
    } else if inputs.selection.cells == manifest.cells {
        units.iter().map(|unit| unit.binary.clone()).collect()
    } else {
        return Vec::new();
    };
    known.sort();
    known.dedup();
    let names = manifest
        .overrides
        .iter()
        .flat_map(|setting| &setting.binaries);
    names
        .filter(|name| !known.contains(&name.value))
        .map(|name| {
            Diagnostic::wrong(&name.span, format!("no binary is named `{}`", name.value))
                .help(format!("the binaries are {}", known.join(", ")))
        })
        .collect()
}
