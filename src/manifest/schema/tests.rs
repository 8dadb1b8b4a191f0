//! The schema against the parser it describes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::sections::BUILD_MODES;
use super::{json_schema, toolchain_json_schema};
use crate::manifest::{
    audit, axes, binary, compress, embed, env, hooks, include, is_safe_name, matrix, overrides,
    parse, project, release, settings, smoke, verify,
};
use crate::target::{Goarch, Variant};
use crate::toolchain::Layer;

/// Every table of the manifest, and the keys that the parser reads there.
fn tables() -> BTreeMap<&'static str, Vec<&'static str>> {
    let variants = Goarch::ALL
        .iter()
        .filter(|a| Variant::env_of(**a).is_some());
    let keys = [
        ("", parse::KEYS),
        ("project", project::KEYS),
        ("binary", binary::KEYS),
        ("matrix", matrix::KEYS),
        ("matrix.exclude", axes::EXCLUDE_KEYS),
        ("matrix.include", include::KEYS),
        ("build", settings::KEYS),
        ("build.env", &env::ALLOWED),
        ("override", overrides::KEYS),
        ("override.env", &env::ALLOWED),
        ("override.embed", embed::KEYS),
        ("override.verify", verify::KEYS),
        ("override.hooks", hooks::KEYS),
        ("override.verify.allow", verify::ALLOW_KEYS),
        ("embed", embed::KEYS),
        ("verify", verify::KEYS),
        ("verify.allow", verify::ALLOW_KEYS),
        ("compress", compress::KEYS),
        ("compress.allow", compress::ALLOW_KEYS),
        ("hooks", hooks::KEYS),
        ("smoke", smoke::KEYS),
        ("smoke.health", smoke::HEALTH),
        ("smoke.check", smoke::CHECK),
        ("smoke.runner", smoke::RUNNER),
        ("smoke.runner.wine", smoke::WINE),
        ("override.smoke", smoke::KEYS),
        ("override.smoke.health", smoke::HEALTH),
        ("override.smoke.check", smoke::CHECK),
        ("override.smoke.runner", smoke::RUNNER),
        ("override.smoke.runner.wine", smoke::WINE),
        ("audit", audit::KEYS),
        ("audit.allow", audit::ALLOW_KEYS),
        ("release", release::KEYS),
        ("release.sign", release::SIGN),
        ("release.image", release::IMAGE),
        ("release.image.allow", verify::ALLOW_KEYS),
        ("release.steps", release::STEPS),
        ("release.gitops", release::GITOPS),
        ("release.gitops.values", release::VALUES),
    ];
    let keys = keys.map(|(table, keys)| (table, keys.to_vec()));
    keys.into_iter()
        .chain([("matrix.variants", variants.map(|a| a.as_str()).collect())])
        .collect()
}

/// The tables of a definition; an array's elements are tables, too.
const OF_A_TOOLCHAIN: [&str; 10] = [
    "",
    "serves",
    "program",
    "program.machine",
    "sysroot",
    "commands",
    "asan",
    "flags",
    "link",
    "container",
];

/// The keys that the parser of definitions reads in one of its tables: what it says about one that it doesn't know.
fn keys_of_a_toolchain(table: &str) -> BTreeSet<String> {
    const UNKNOWN: &str = "no such key";
    let mut value = serde_json::json!({ UNKNOWN: 1 });
    for name in table.rsplit('.').filter(|name| !name.is_empty()) {
        if ["serves", "program"].contains(&name) {
            value = serde_json::json!([value]);
        }
        value = serde_json::json!({ name: value });
    }
    let error = serde_json::from_value::<Layer>(value)
        .unwrap_err()
        .to_string();
    let (unknown, expected) = error.split_once(", expected ").unwrap();
    assert_eq!(unknown, format!("unknown field `{UNKNOWN}`"), "{table}");
    let quoted = expected.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// The table with the keys, of a node that is one or an array of them.
fn table(node: &Value) -> Option<&serde_json::Map<String, Value>> {
    let node = node.get("items").unwrap_or(node);
    node.get("properties")?.as_object()
}

/// Calls `visit` with the path of each value and its node, the root first.
fn walk<'s>(path: &str, node: &'s Value, visit: &mut impl FnMut(&str, &'s Value)) {
    visit(path, node);
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    for (key, child) in table(node).into_iter().flatten() {
        walk(&below(key), child, visit);
    }
    let any = node
        .get("additionalProperties")
        .filter(|any| any.is_object());
    if let Some(child) = any {
        walk(&below(ANY), child, visit);
    }
}

/// Stands for the keys of a table that has any.
const ANY: &str = "NAME";

/// The keys of each table.
fn described(schema: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut described = BTreeMap::new();
    walk("", schema, &mut |path, node| {
        if let Some(table) = table(node) {
            let keys: BTreeSet<String> = table.keys().cloned().collect();
            described.insert(path.to_owned(), keys);
        }
    });
    described
}

#[test]
fn the_keys_of_each_table_are_those_that_the_parser_reads() {
    let mut read: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, keys) in tables() {
        let known = read.entry(table.to_owned()).or_default();
        known.extend(keys.into_iter().map(str::to_owned));
    }
    for table in OF_A_TOOLCHAIN {
        let path = format!("toolchain.{ANY}.{table}");
        let path = path.trim_end_matches('.').to_owned();
        read.insert(path, keys_of_a_toolchain(table));
    }
    assert_eq!(described(&json_schema()), read);
}

#[test]
fn the_keys_of_a_definition_are_those_that_its_parser_reads() {
    let read = OF_A_TOOLCHAIN.map(|table| (table.to_owned(), keys_of_a_toolchain(table)));
    assert_eq!(described(&toolchain_json_schema()), BTreeMap::from(read));
}

#[test]
fn no_table_takes_other_keys() {
    walk("", &json_schema(), &mut |path, node| {
        if table(node).is_some() {
            let node = node.get("items").unwrap_or(node);
            assert_eq!(node["additionalProperties"], false, "{path}");
        }
    });
}

#[test]
fn every_key_says_what_it_is_for_in_whole_sentences() {
    let obvious = ["matrix.exclude."];
    walk("", &json_schema(), &mut |path, node| {
        let is_any = path.ends_with(ANY);
        if is_any || obvious.iter().any(|start| path.starts_with(start)) {
            return;
        }
        let text = node["description"].as_str().unwrap_or_default();
        assert!(text.ends_with('.'), "{path}: {text:?}");
        assert!(text.len() < 200, "{path}: {text:?}");
    });
}

#[test]
fn a_name_is_good_for_the_schema_when_it_is_for_the_parser() {
    let validator = jsonschema::validator_for(&super::values::name().into()).unwrap();
    let names = [
        "server",
        "age-keygen",
        "x+y_z.1",
        "console",
        "com10",
        "A",
        "_",
        "",
        "a/b",
        "a b",
        "ä",
        "-x",
        ".x",
        "..",
        "x.",
        "x.exe",
        "X.EXE",
        "exe",
        "con",
        "NUL",
        "com1",
        "lpt9.txt",
        "a\\b",
        "nul.",
        "aux.a.b",
        "a\n",
        "auxx",
    ];
    let long = ["x".repeat(100), "x".repeat(101)];
    for name in names.into_iter().chain(long.iter().map(String::as_str)) {
        let valid = validator.is_valid(&name.into());
        assert_eq!(valid, is_safe_name(name), "{name:?}");
    }
}

#[test]
fn the_build_modes_are_those_that_the_parser_knows() {
    for mode in [
        "exe",
        "pie",
        "c-shared",
        "c-archive",
        "plugin",
        "shared",
        "default",
        "archive",
    ] {
        let text = format!(
            "[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\n[build]\nbuildmode = \"{mode}\""
        );
        let known = parse::parse(None, &text).is_ok();
        let described = BUILD_MODES.iter().any(|(word, _)| *word == mode);
        assert_eq!(described, known, "{mode}");
    }
}

#[test]
fn every_default_is_valid() {
    walk("", &json_schema(), &mut |path, node| {
        if let Some(default) = node.get("default") {
            let validator = jsonschema::validator_for(node).unwrap();
            assert!(validator.is_valid(default), "{path}");
        }
    });
}
