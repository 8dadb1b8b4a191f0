//! What linked modules require, as their `go.mod` files say, where their files lie.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::module_files::folder;
use crate::inspect::LinkedModules;

/// What modules require directly: each of which that is known, by its path, with the paths of the others.
pub type Requirements = BTreeMap<String, BTreeSet<String>>;

/// Bytes, more than any `go.mod` has.
const LONGEST: u64 = 4 << 20;

/// Reads what a program's modules require. `main` is the folder of its main module, `cache` is GOMODCACHE.
///
/// A folder `vendor` has no `go.mod` files, and the cache may have any or none of them then: nothing is known.
#[must_use]
pub fn requirements(
    modules: &LinkedModules,
    (main, cache): (&Path, Option<&Path>),
) -> Requirements {
    if main.join("vendor/modules.txt").exists() {
        return Requirements::new();
    }
    let of = |folder: &Path| {
        let path = folder.join("go.mod");
        let metadata = path.metadata().ok()?;
        let is_small = metadata.is_file() && metadata.len() <= LONGEST;
        let text = is_small.then(|| fs::read_to_string(&path).ok())?;
        Some(required(&text?))
    };
    let of_main = modules.main.iter();
    let of_main = of_main.filter_map(|module| Some((module.path.clone(), of(main)?)));
    let others = modules.dependencies.iter().filter_map(|module| {
        let folder = folder(module, (main, cache))?;
        // What is older than modules has no such file, and so requires nothing by one.
        let required = of(&folder).unwrap_or_default();
        Some((module.path.clone(), required))
    });
    of_main.chain(others).collect()
}

/// The modules that a `go.mod` requires itself, and not only because others do.
///
/// Source: <https://go.dev/ref/mod#go-mod-file-grammar>.
fn required(text: &str) -> BTreeSet<String> {
    let mut required = BTreeSet::new();
    let mut block = None;
    for line in text.lines() {
        let (line, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words = line.split_whitespace();
        let first = words.next();
        let path = match (block, first, words.next()) {
            (_, None, _) => continue,
            (Some(_), Some(")"), _) => {
                block = None;
                continue;
            }
            (None, Some(directive), Some("(")) => {
                block = Some(directive);
                continue;
            }
            (Some("require"), path, _) | (None, Some("require"), path) => path,
            _ => continue,
        };
        let is_indirect = comment
            .split([';', ' ', '\t'])
            .any(|word| word == "indirect");
        if !is_indirect {
            let path = path.map(|path| path.trim_matches(['"', '`']).to_owned());
            required.extend(path);
        }
    }
    required
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_required_only_because_of_others_is_left_out() {
        let text = "module example.com/m // a module\n\ngo 1.26\n\nrequire example.com/one v1.0.0\n\
                    require (\n\t\"example.com/two\" v2.0.0+incompatible\n\n\t// a comment\n\
                    \texample.com/three v0.1.0 // indirect\n\texample.com/four v0.1.0 // why\n)\n\
                    exclude (\n\texample.com/five v1.0.0\n)\nreplace example.com/six => ../six\n\
                    retract v1.0.0 // indirect\n";
        let expected = ["example.com/one", "example.com/two", "example.com/four"];
        assert_eq!(required(text), expected.map(str::to_owned).into());
    }
}
