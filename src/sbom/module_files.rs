//! Where the files of linked modules lie.

use std::path::{Component, Path, PathBuf};

use crate::inspect::Module;

/// Where the files of a module lie, which isn't the main one: in the module cache, in `vendor`, or where `replace` says.
/// `main` is the folder of the main module, `cache` is GOMODCACHE.
pub(super) fn folder(module: &Module, places: (&Path, Option<&Path>)) -> Option<PathBuf> {
    let mut folders = folders(module, places).into_iter();
    folders.find(|folder| folder.is_dir())
}

/// Where they may lie.
fn folders(module: &Module, (main, cache): (&Path, Option<&Path>)) -> Vec<PathBuf> {
    let real = module.replace.as_ref();
    let path = real.map_or(&module.path, |real| &real.path);
    let version = real.map_or(&module.version, |real| &real.version);
    if version.is_empty() || version == "(devel)" {
        return real.map(|real| main.join(&real.path)).into_iter().collect();
    }
    let cached = PathBuf::from(format!("{}@{}", escaped(path), escaped(version)));
    let vendored = Path::new("vendor").join(&module.path);
    let is_below = |path: &Path| {
        path.components()
            .all(|part| matches!(part, Component::Normal(_)))
    };
    let cached = cache
        .filter(|_| is_below(&cached))
        .map(|cache| cache.join(&cached));
    let vendored = is_below(&vendored).then(|| main.join(&vendored));
    cached.into_iter().chain(vendored).collect()
}

/// A path or version as folders of the module cache have it, which differ where a disk ignores case, too.
///
/// Source: <https://go.dev/ref/mod#module-cache>, `EscapePath` in golang.org/x/mod/module.
fn escaped(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for c in path.chars() {
        if c.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(c.to_ascii_lowercase());
    }
    escaped
}
