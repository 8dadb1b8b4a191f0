//! Programs that get to a vulnerability, more or less.

use std::slice::from_ref;

use super::*;

/// A program of functions, of which some are called.
struct Written {
    functions: &'static [(&'static str, &'static str)],
    called: &'static [&'static str],
}

impl Code for Written {
    fn packages(&self) -> BTreeSet<&str> {
        self.functions.iter().map(|(package, _)| *package).collect()
    }

    fn symbols(&self, package: &str) -> BTreeSet<&str> {
        let of_it = self.functions.iter().filter(|(of, _)| *of == package);
        of_it.map(|(_, name)| *name).collect()
    }

    fn belongs(&self, package: &str, module: &str) -> bool {
        is_below(package, module)
    }

    fn chain(&self, symbols: &BTreeMap<&str, BTreeSet<&str>>) -> Option<Vec<String>> {
        let mut called = symbols
            .values()
            .flatten()
            .filter(|name| self.called.contains(name));
        Some(vec!["main.main".to_owned(), (*called.next()?).to_owned()])
    }
}

const PROGRAM: Written = Written {
    functions: &[
        ("main", "main"),
        ("example.com/m/a", "init"),
        ("example.com/m/a", "Parse"),
        ("example.com/m/a", "parse"),
        ("example.com/m/b", "Reader.Read"),
        ("example.com/m/c", "init"),
        ("example.com/m/c", "helper"),
        ("example.com/more", "Parse"),
    ],
    called: &["Parse", "parse"],
};

fn import(path: &str, symbols: &[&str]) -> AffectedImport {
    AffectedImport {
        path: path.to_owned(),
        symbols: symbols.iter().map(ToString::to_string).collect(),
        ..AffectedImport::default()
    }
}

fn exposed(imports: &[AffectedImport]) -> Exposure {
    exposed_as(imports, "example.com/m", "linux/amd64")
}

fn exposed_as(imports: &[AffectedImport], module: &str, target: &str) -> Exposure {
    let affected = Affected {
        module,
        fixed: None,
        imports: imports.iter().collect(),
    };
    let place = Place {
        module: "example.com/m",
        target: &target.parse().unwrap(),
    };
    exposure(&affected, place, &PROGRAM)
}

fn linked(symbol: &str) -> Exposure {
    Exposure::Linked {
        symbols: vec![symbol.to_owned()],
    }
}

fn imported(package: &str) -> Exposure {
    Exposure::Imported {
        packages: vec![package.to_owned()],
    }
}

fn called(name: &str) -> Exposure {
    Exposure::Called {
        chain: vec!["main.main".to_owned(), name.to_owned()],
    }
}

#[test]
fn a_program_is_as_exposed_as_it_gets_to_the_function() {
    assert_eq!(
        exposed(&[import("example.com/m/a", &["Parse"])]),
        called("Parse")
    );
    let read = &["Reader.Read", "Reader.Close"];
    assert_eq!(
        exposed(&[import("example.com/m/b", read)]),
        linked("example.com/m/b.Reader.Read")
    );
    assert_eq!(
        exposed(&[import("example.com/m/a", &["Compose"])]),
        imported("example.com/m/a")
    );
    assert_eq!(
        exposed(&[import("example.com/m/d", &["Parse"])]),
        Exposure::Required
    );
}

#[test]
fn the_worst_package_counts() {
    let imports = [
        import("example.com/m/b", &[]),
        import("example.com/m/a", &["parse"]),
    ];
    assert_eq!(exposed(&imports), called("parse"));
}

#[test]
fn without_symbols_every_exported_function_is_vulnerable() {
    assert_eq!(exposed(&[import("example.com/m/a", &[])]), called("Parse"));
    assert_eq!(
        exposed(&[import("example.com/m/c", &[])]),
        imported("example.com/m/c")
    );
}

#[test]
fn without_packages_all_of_the_module_are_vulnerable_and_no_others() {
    assert_eq!(exposed(&[]), called("Parse"));
    let other = Affected {
        module: "example.com/m/c",
        fixed: None,
        imports: Vec::new(),
    };
    let place = Place {
        module: "example.com/m/c",
        target: &"linux/amd64".parse().unwrap(),
    };
    assert_eq!(
        exposure(&other, place, &PROGRAM),
        imported("example.com/m/c")
    );
}

#[test]
fn what_is_for_another_system_is_not_in_the_program() {
    let only = AffectedImport {
        goos: vec!["windows".to_owned()],
        ..import("example.com/m/a", &["Parse"])
    };
    let on = |target: &str| exposed_as(from_ref(&only), "example.com/m", target);
    assert_eq!(on("windows/amd64"), called("Parse"));
    assert_eq!(on("linux/amd64"), Exposure::Required);
}

#[test]
fn a_replacement_is_imported_by_the_path_that_it_replaces() {
    let fork = [import("example.org/fork/a", &["Parse"])];
    assert_eq!(
        exposed_as(&fork, "example.org/fork", "linux/amd64"),
        called("Parse")
    );
}

#[test]
fn of_listed_packages_nothing_worse_is_known_than_that_they_are_there() {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let packages = [
        "example.com/m/a",
        "example.com/m/in/b",
        "example.org/own",
        "crypto/tls",
        "cmd/go",
    ];
    let modules = ["example.com/m", "example.com/m/in"];
    let listed = ListedPackages::new(names(&packages), names(&modules));
    let target = "linux/amd64".parse().unwrap();
    for (module, expected) in [
        ("example.com/m", imported("example.com/m/a")),
        ("example.com/m/in", imported("example.com/m/in/b")),
        ("example.com", Exposure::Required),
        (STDLIB, imported("crypto/tls")),
        (TOOLCHAIN, imported("cmd/go")),
    ] {
        let affected = Affected {
            module,
            fixed: None,
            imports: Vec::new(),
        };
        let place = Place {
            module,
            target: &target,
        };
        assert_eq!(exposure(&affected, place, &listed), expected, "{module}");
    }
}

#[test]
fn the_worse_exposure_wins_and_equals_are_put_together() {
    let order = [
        called("Parse"),
        linked("m.A"),
        imported("m"),
        Exposure::Required,
    ];
    assert!(order.is_sorted());
    for (index, worse) in order.iter().enumerate() {
        for other in &order[index..] {
            assert_eq!(&worse.clone().worst(other.clone()), worse);
            assert_eq!(&other.clone().worst(worse.clone()), worse);
        }
    }
    let both = linked("m.B").worst(linked("m.A"));
    let names = ["m.A", "m.B"].map(str::to_owned).to_vec();
    assert_eq!(both, Exposure::Linked { symbols: names });
    let long = Exposure::Called {
        chain: ["a", "b", "c"].map(str::to_owned).to_vec(),
    };
    assert_eq!(long.worst(called("Parse")), called("Parse"));
}
