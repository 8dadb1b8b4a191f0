//! The page about toolchains: it names what there is, and what it shows of definitions and manifests is read.

use std::path::Path;

use gobuildx::manifest;
use gobuildx::toolchain::library::read as read_definition;
use gobuildx::toolchain::{Library, Origin, names};
use serde_json::Value;

use crate::page::read;

const PAGE: &str = "docs/toolchains.md";

/// The blocks of TOML on the page.
fn blocks() -> Vec<String> {
    let text = read(PAGE);
    let after = text.split("```toml\n").skip(1);
    let blocks = after.map(|block| block.split("```").next().unwrap().to_owned());
    blocks.collect()
}

fn is_manifest(block: &str) -> bool {
    block.contains("[matrix]")
}

/// The keys of a node of the schema, those of tables in it too, each with its table.
fn keys(table: &str, node: &Value, all: &mut Vec<(String, String)>) {
    let node = node.get("items").unwrap_or(node);
    for (key, child) in node["properties"].as_object().into_iter().flatten() {
        all.push((table.to_owned(), key.clone()));
        keys(key, child, all);
    }
}

#[test]
fn every_key_of_a_definition_is_in_the_example() {
    let example = blocks()
        .into_iter()
        .find(|block| block.contains("like = \"gnu-cross\""));
    let example: toml::Value = toml::from_str(&example.unwrap()).unwrap();
    let example = serde_json::to_value(&example).unwrap();
    let mut all = Vec::new();
    keys("", &manifest::toolchain_json_schema(), &mut all);
    assert!(all.len() > 40, "{all:?}");
    for (table, key) in all {
        let at = match table.as_str() {
            "" => &example[&key],
            "machine" => &example["program"][0]["machine"][&key],
            "serves" | "program" => &example[&table][0][&key],
            // `[asan]` has the keys of `[commands]`, which are all shown there.
            "asan" => &example["commands"][&key],
            table => &example[table][&key],
        };
        assert!(
            !at.is_null(),
            "`{key}` of [{table}] isn't in the example of {PAGE}"
        );
    }
}

#[test]
fn every_toolchain_that_is_built_in_has_its_row() {
    let text = read(PAGE);
    let rows = || text.lines().filter_map(|line| line.strip_prefix("| `"));
    for name in names() {
        let start = format!("{name}` |");
        assert_eq!(
            rows().filter(|row| row.starts_with(&start)).count(),
            1,
            "{name}"
        );
    }
}

#[test]
fn the_definitions_on_the_page_are_whole() {
    let definitions: Vec<String> = blocks()
        .into_iter()
        .filter(|one| !is_manifest(one))
        .collect();
    assert_eq!(definitions.len(), 4);
    for text in definitions {
        let origin = || Origin::User("shown.toml".into());
        let name = if text.contains("/zig-musl.toml\n") {
            "zig-musl"
        } else {
            "shown"
        };
        let layer = read_definition(&text, &origin(), name).unwrap();
        let library = Library::new(vec![(name.to_owned(), origin(), layer)]);
        assert!(library.is_ok(), "{text}\n{}", library.unwrap_err());
    }
}

#[test]
fn the_manifests_on_the_page_are_right() {
    let manifests: Vec<String> = blocks()
        .into_iter()
        .filter(|one| is_manifest(one))
        .collect();
    assert_eq!(manifests.len(), 2);
    for text in manifests {
        let parsed = manifest::parse(Some(Path::new(PAGE)), &text);
        assert!(parsed.is_ok(), "{}", parsed.unwrap_err().render(false));
    }
}
