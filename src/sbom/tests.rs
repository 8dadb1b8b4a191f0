use serde_json::Value;

use super::*;
use crate::audit::Licence;
use crate::inspect::{LinkedModules, Module, Replacement};
use crate::target::{BuildMode, Cgo};
use crate::toolchain::CLibrary;

fn module(path: &str, version: &str) -> Module {
    Module {
        path: path.to_owned(),
        version: version.to_owned(),
        sum: format!("h1:{path}="),
        replace: None,
    }
}

/// A program of a main module and three others, one of them replaced.
fn bill() -> Bill {
    let replaced = Module {
        sum: String::new(),
        replace: Some(Replacement {
            path: "example.com/fork".to_owned(),
            version: "v1.0.1".to_owned(),
            sum: "h1:fork=".to_owned(),
        }),
        ..module("example.com/forked", "v1.0.0")
    };
    Bill {
        name: "hello".to_owned(),
        version: "v1.2.3-7a8b9c1".to_owned(),
        file: Shipped {
            name: "hello".to_owned(),
            size: 12,
            sha256: "ab".repeat(32).parse().unwrap(),
        },
        target: "linux/amd64/v1".parse().unwrap(),
        buildmode: BuildMode::default(),
        package: Some("example.com/m/cmd/hello".to_owned()),
        go: Some("go1.26.8".to_owned()),
        modules: Some(LinkedModules {
            main: Some(module("example.com/m", "(devel)")),
            dependencies: vec![
                module("example.com/a", "v1.0.0"),
                replaced,
                module("example.com/b", "v0.2.0"),
            ],
        }),
        licences: Licences::from([
            (
                "example.com/m".to_owned(),
                Licence::Known(vec!["Apache-2.0", "MIT"]),
            ),
            ("example.com/a".to_owned(), Licence::Partly(vec!["ISC"])),
            ("example.com/b".to_owned(), Licence::Missing),
        ]),
        requirements: Requirements::new(),
        cgo: Cgo::Disabled,
        c: LinkedC::default(),
        epoch: 1_700_000_000,
    }
}

fn cdx(bill: &Bill) -> Value {
    serde_json::from_slice(&cyclonedx(bill).unwrap()).unwrap()
}

fn sp(bill: &Bill) -> Value {
    serde_json::from_slice(&spdx(bill).unwrap()).unwrap()
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let found = list
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is missing in {list:#}"))
}

fn property<'a>(component: &'a Value, name: &str) -> &'a str {
    named(&component["properties"], name)["value"]
        .as_str()
        .unwrap()
}

/// Of all relations those of one kind, by the names of what is related.
fn relations(document: &Value, kind: &str) -> Vec<(String, String)> {
    let name = |id: &Value| {
        let packages = document["packages"].as_array().unwrap().iter();
        let package = packages.clone().find(|package| package["SPDXID"] == *id);
        let name = package.map_or(id, |package| &package["name"]);
        name.as_str().unwrap().to_owned()
    };
    let relations = document["relationships"].as_array().unwrap().iter();
    relations
        .filter(|one| one["relationshipType"] == kind)
        .map(|one| {
            (
                name(&one["spdxElementId"]),
                name(&one["relatedSpdxElement"]),
            )
        })
        .collect()
}

#[test]
fn the_same_bill_gives_the_same_bytes_and_another_one_another_name() {
    assert_eq!(cyclonedx(&bill()).unwrap(), cyclonedx(&bill()).unwrap());
    assert_eq!(spdx(&bill()).unwrap(), spdx(&bill()).unwrap());
    let later = Bill {
        epoch: 1_700_000_001,
        ..bill()
    };
    assert_ne!(cdx(&bill())["serialNumber"], cdx(&later)["serialNumber"]);
    assert_ne!(
        sp(&bill())["documentNamespace"],
        sp(&later)["documentNamespace"]
    );
    assert_eq!(
        cdx(&bill())["metadata"]["timestamp"],
        "2023-11-14T22:13:20Z"
    );
    assert_eq!(
        sp(&bill())["creationInfo"]["created"],
        "2023-11-14T22:13:20Z"
    );
}

#[test]
fn the_artifact_is_told_by_its_digest() {
    let digest = "ab".repeat(32);
    let document = cdx(&bill());
    let root = &document["metadata"]["component"];
    assert_eq!(root["hashes"][0]["content"], digest);
    assert_eq!(root["purl"], "pkg:golang/example.com/m#cmd/hello");
    assert_eq!(root["version"], "v1.2.3-7a8b9c1");
    let document = sp(&bill());
    let root = &document["packages"][0];
    assert_eq!(root["checksums"][0]["checksumValue"], digest);
    assert_eq!(root["licenseDeclared"], "Apache-2.0 AND MIT");
    // A checksum of go.sum is of no file, so no part has one.
    let parts = &document["packages"].as_array().unwrap()[1..];
    assert!(parts.iter().all(|part| part["checksums"].is_null()));
    let parts = cdx(&bill())["components"].clone();
    assert!(
        parts
            .as_array()
            .unwrap()
            .iter()
            .all(|part| part["hashes"].is_null())
    );
    assert_eq!(
        property(named(&parts, "example.com/a"), "gobuildx:go.sum"),
        "h1:example.com/a="
    );
}

#[test]
fn go_itself_is_a_part() {
    let document = cdx(&bill());
    let go = named(&document["components"], "stdlib");
    assert_eq!(go["purl"], "pkg:golang/stdlib@1.26.8");
    assert_eq!(go["cpe"], "cpe:2.3:a:golang:go:1.26.8:*:*:*:*:*:*:*");
    assert_eq!(go["licenses"][0]["license"]["id"], "BSD-3-Clause");
    let candidate = Bill {
        go: Some("go1.27rc1 X:jsonv2".to_owned()),
        ..bill()
    };
    let document = cdx(&candidate);
    let go = named(&document["components"], "stdlib");
    assert_eq!(go["purl"], "pkg:golang/stdlib@1.27rc1");
    assert_eq!(go["cpe"], "cpe:2.3:a:golang:go:1.27.0:rc1:*:*:*:*:*:*");
}

#[test]
fn what_replaces_a_module_is_the_part() {
    let document = cdx(&bill());
    let fork = named(&document["components"], "example.com/fork");
    assert_eq!(fork["purl"], "pkg:golang/example.com/fork@v1.0.1");
    assert_eq!(property(fork, "gobuildx:go.sum"), "h1:fork=");
    let remark = fork["description"].as_str().unwrap();
    assert!(remark.contains("example.com/forked@v1.0.0"), "{remark}");
}

#[test]
fn licences_that_are_not_known_are_told_as_that() {
    let document = cdx(&bill());
    let parts = &document["components"];
    let partly = named(parts, "example.com/a");
    assert_eq!(partly["licenses"][0]["license"]["id"], "ISC");
    assert_eq!(property(partly, "gobuildx:licence"), "ISC AND unknown");
    assert_eq!(
        property(named(parts, "example.com/b"), "gobuildx:licence"),
        "none"
    );
    assert_eq!(
        property(named(parts, "example.com/fork"), "gobuildx:licence"),
        "not read"
    );
    let document = sp(&bill());
    let declared = |name| named(&document["packages"], name)["licenseDeclared"].clone();
    assert_eq!(declared("example.com/a"), "NOASSERTION");
    assert_eq!(declared("example.com/b"), "NONE");
    assert_eq!(declared("example.com/fork"), "NOASSERTION");
}

#[test]
fn without_requirements_the_main_module_needs_all_and_the_rest_is_open() {
    let document = cdx(&bill());
    let dependencies = document["dependencies"].as_array().unwrap();
    assert_eq!(
        dependencies[0]["dependsOn"],
        serde_json::json!(["example.com/m", "stdlib@1.26.8"])
    );
    assert_eq!(dependencies[1]["dependsOn"].as_array().unwrap().len(), 3);
    let compositions = &document["compositions"];
    assert_eq!(compositions[0]["aggregate"], "complete");
    assert_eq!(compositions[1]["aggregate"], "unknown");
    let open = relations(&sp(&bill()), "DEPENDS_ON");
    assert!(
        open.contains(&("example.com/a".to_owned(), "NOASSERTION".to_owned())),
        "{open:?}"
    );
}

#[test]
fn requirements_tell_which_module_needs_which() {
    let requirements = [
        (
            "example.com/m",
            vec!["example.com/a", "example.com/unlinked"],
        ),
        ("example.com/a", vec!["example.com/b"]),
        ("example.com/b", vec![]),
        ("example.com/unlinked", vec!["example.com/b"]),
    ];
    let requirements = requirements.map(|(from, to)| {
        let to = to.into_iter().map(str::to_owned);
        (from.to_owned(), to.collect())
    });
    let bill = Bill {
        requirements: requirements.into(),
        ..bill()
    };
    // What isn't linked is no part; what nothing leads to is the main module's; of one module nothing is known.
    let expected = [
        ("example.com/m", "example.com/a"),
        ("example.com/m", "example.com/fork"),
        ("example.com/a", "example.com/b"),
        ("example.com/fork", "NOASSERTION"),
    ];
    let expected = expected.map(|(from, to)| (from.to_owned(), to.to_owned()));
    assert_eq!(relations(&sp(&bill), "DEPENDS_ON"), expected);
    let compositions = cdx(&bill)["compositions"].clone();
    let open = &compositions[1]["dependencies"];
    assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
}

#[test]
fn c_makes_it_incomplete_and_its_library_is_named() {
    let bill = Bill {
        cgo: Cgo::Enabled,
        c: LinkedC {
            toolchain: Some("zig-musl".to_owned()),
            compiler: Some("zig 0.17.1".to_owned()),
            library: Some(CLibrary::Musl),
            needed: Vec::new(),
        },
        ..bill()
    };
    let document = cdx(&bill);
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
    let musl = named(&document["components"], "musl");
    assert!(musl["version"].is_null());
    assert!(musl["description"].as_str().unwrap().contains("zig 0.17.1"));
    assert_eq!(
        property(&document["metadata"]["component"], "gobuildx:c-toolchain"),
        "zig-musl"
    );
    let links = relations(&sp(&bill), "STATIC_LINK");
    assert!(
        links.contains(&("hello".to_owned(), "NOASSERTION".to_owned())),
        "{links:?}"
    );
}

#[test]
fn what_a_loader_has_to_find_is_linked_dynamically() {
    let bill = Bill {
        cgo: Cgo::Enabled,
        c: LinkedC {
            library: Some(CLibrary::Glibc),
            needed: vec![
                "libc.so.6".to_owned(),
                "libz.so.1".to_owned(),
                "libc.so.6".to_owned(),
            ],
            ..LinkedC::default()
        },
        ..bill()
    };
    let links = relations(&sp(&bill), "DYNAMIC_LINK");
    let names: Vec<&str> = links.iter().map(|(_, to)| to.as_str()).collect();
    assert_eq!(names, ["libc.so.6", "libz.so.1"]);
    let document = cdx(&bill);
    assert_eq!(
        property(
            named(&document["components"], "libc.so.6"),
            "gobuildx:linkage"
        ),
        "dynamic"
    );
}

#[test]
fn without_build_information_nothing_is_claimed() {
    let bill = Bill {
        modules: None,
        go: None,
        ..bill()
    };
    let document = cdx(&bill);
    assert_eq!(document["components"], serde_json::json!([]));
    assert_eq!(document["compositions"][0]["aggregate"], "unknown");
    assert_eq!(
        relations(&sp(&bill), "STATIC_LINK"),
        [("hello".to_owned(), "NOASSERTION".to_owned())]
    );
}

#[test]
fn every_reference_leads_to_a_part() {
    let document = cdx(&bill());
    let parts = document["components"].as_array().unwrap().iter();
    let mut names: Vec<&str> = parts
        .map(|part| part["bom-ref"].as_str().unwrap())
        .collect();
    names.push("gobuildx:artifact");
    for dependency in document["dependencies"].as_array().unwrap() {
        let needed = dependency["dependsOn"].as_array().unwrap().iter();
        for name in needed.chain([&dependency["ref"]]) {
            assert!(names.contains(&name.as_str().unwrap()), "{name}");
        }
    }
    let document = sp(&bill());
    let mut ids: Vec<&str> = document["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["SPDXID"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
