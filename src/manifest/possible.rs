//! The binaries that there may be, before go says which there are.

use super::effective::BinaryRef;
use super::{Binary, Manifest};
use crate::go_package::default_binary_name;

/// Every binary that the manifest tells of, and one without a name for those it doesn't.
pub(super) fn told_binaries(manifest: &Manifest) -> Vec<BinaryRef<'_>> {
    if !manifest.binaries.is_empty() {
        let named = |section| BinaryRef {
            name: name_of(section),
            section: Some(section),
        };
        return manifest.binaries.iter().map(named).collect();
    }
    std::iter::once(None)
        .chain(overridden_names(manifest).map(Some))
        .map(|name| BinaryRef {
            name,
            section: None,
        })
        .collect()
}

/// Every binary that there may be; where a name isn't known, it may be any that an override has.
pub(crate) fn possible_binaries(manifest: &Manifest) -> Vec<BinaryRef<'_>> {
    let mut binaries = told_binaries(manifest);
    let unnamed = binaries
        .iter()
        .filter(|binary| binary.name.is_none() && binary.section.is_some());
    let named: Vec<BinaryRef<'_>> = unnamed
        .flat_map(|binary| {
            let names = overridden_names(manifest).map(Some);
            names.map(|name| BinaryRef { name, ..*binary })
        })
        .collect();
    binaries.extend(named);
    binaries
}

/// The names of binaries that overrides are for.
fn overridden_names(manifest: &Manifest) -> impl Iterator<Item = &str> {
    let names = manifest.overrides.iter();
    let names = names.flat_map(|setting| &setting.binaries);
    names.map(|name| name.value.as_str())
}

/// The name of a binary, where it doesn't depend on the module's path.
fn name_of(section: &Binary) -> Option<&str> {
    match &section.name {
        Some(name) => Some(&name.value),
        None => Some(default_binary_name(&section.package.value)).filter(|name| *name != "."),
    }
}
