//! The licences of linked modules, where their files lie: in the module cache, in `vendor`, or where `replace` says.

use std::collections::BTreeMap;
use std::path::Path;

use super::module_files::folder;
use crate::audit::{Licence, licence_in};
use crate::inspect::LinkedModules;

/// Licences of modules, by the paths by which they are imported.
pub type Licences = BTreeMap<String, Licence>;

/// Reads the licences of a program's modules. `main` is the folder of its main module, `cache` is GOMODCACHE.
#[must_use]
pub fn licences(modules: &LinkedModules, (main, cache): (&Path, Option<&Path>)) -> Licences {
    let of_main = modules.main.iter();
    let of_main = of_main.map(|module| (module.path.clone(), licence_in(main)));
    let others = modules.dependencies.iter().map(|module| {
        let folder = folder(module, (main, cache));
        let licence = folder.map_or(Licence::NotRead, |folder| licence_in(&folder));
        (module.path.clone(), licence)
    });
    of_main.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::inspect::{Module, Replacement};

    const MIT: &str = "Permission is hereby granted, free of charge, … The above copyright notice and this permission notice …";

    fn module(path: &str, version: &str) -> Module {
        Module {
            path: path.to_owned(),
            version: version.to_owned(),
            ..Module::default()
        }
    }

    fn replaced(mut module: Module, path: &str, version: &str) -> Module {
        module.replace = Some(Replacement {
            path: path.to_owned(),
            version: version.to_owned(),
            sum: String::new(),
        });
        module
    }

    #[test]
    fn licences_are_read_where_the_files_of_a_module_lie() {
        let temp = tempfile::tempdir().unwrap();
        let (cache, main) = (temp.path().join("mod"), temp.path().join("main"));
        for folder in [
            cache.join("github.com/!burnt!sushi/toml@v1.6.0"),
            cache.join("example.com/fork@v1.0.0-!r!c1"),
            main.join("vendor/example.com/vendored"),
            main.join("here"),
        ] {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("LICENSE"), MIT).unwrap();
        }
        let modules = LinkedModules {
            main: Some(module("example.com/main", "(devel)")),
            dependencies: vec![
                module("github.com/BurntSushi/toml", "v1.6.0"),
                replaced(
                    module("example.com/forked", "v0.1.0"),
                    "example.com/fork",
                    "v1.0.0-RC1",
                ),
                module("example.com/vendored", "v1.0.0"),
                replaced(module("example.com/local", "v1.0.0"), "./here", ""),
                module("example.com/absent", "v1.0.0"),
                module("../../etc", "v1.0.0"),
            ],
        };
        let licences = licences(&modules, (&main, Some(&cache)));
        let known = Licence::Known(vec!["MIT"]);
        for path in [
            "github.com/BurntSushi/toml",
            "example.com/forked",
            "example.com/vendored",
            "example.com/local",
        ] {
            assert_eq!(licences[path], known, "{path}");
        }
        assert_eq!(licences["example.com/main"], Licence::Missing);
        assert_eq!(licences["example.com/absent"], Licence::NotRead);
        assert_eq!(licences["../../etc"], Licence::NotRead);
    }
}
