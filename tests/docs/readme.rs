//! The README, whose examples are indented and short: what it says to type works.

use gobuildx::manifest;

use crate::page::read;
use crate::reader::Reader;

/// The indented blocks of the README, without the indent.
fn blocks() -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut inside = false;
    for line in read("README.md").lines() {
        if let Some(code) = line.strip_prefix("    ") {
            if !inside {
                blocks.push(String::new());
            }
            inside = true;
            let block = blocks.last_mut().unwrap();
            block.push_str(code);
            block.push('\n');
        } else if !line.trim().is_empty() {
            inside = false;
        } else if let Some(block) = blocks.last_mut().filter(|_| inside) {
            block.push('\n');
        }
    }
    blocks
}

#[track_caller]
fn block(start: &str) -> String {
    let block = blocks().into_iter().find(|block| block.starts_with(start));
    block.unwrap_or_else(|| panic!("no block that starts with {start:?}"))
}

/// What is to be typed, without what is said beside it.
fn typed(block: &str) -> Vec<&str> {
    let commands = block.lines().map(|line| match line.split_once(" #") {
        Some((command, _)) => command.trim(),
        None => line.trim(),
    });
    commands.filter(|command| !command.is_empty()).collect()
}

#[test]
fn what_a_new_user_is_told_to_type_works_and_leaves_what_is_listed() {
    let reader = Reader::of_copy("tests/docs/resolve");
    let block_of_commands = block("cargo install");
    let commands = typed(&block_of_commands);
    let commands: Vec<_> = commands
        .into_iter()
        .filter(|command| command.starts_with("gobuildx "))
        .collect();
    assert!(commands.len() >= 2, "{commands:?}");
    for command in commands {
        let output = reader.shell(&format!("{command} --rebuild changed"));
        assert!(output.status.success(), "{command}: {output:?}");
    }
    let listed = block("dist/\n");
    let names: Vec<_> = listed
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        let name = name.replace("hello", "resolve");
        assert!(reader.root().join("dist").join(&name).exists(), "{name}");
    }
}

#[test]
fn the_manifest_that_it_shows_is_read_without_a_fault() {
    let shown = block("schema = 1");
    if let Err(rejected) = manifest::parse(None, &shown) {
        panic!("{}", rejected.render(false));
    }
}

#[test]
fn every_make_target_that_it_names_is_there() {
    let makefile = read("Makefile");
    let mut named = 0;
    for line in blocks().iter().flat_map(|block| typed(block)) {
        if let Some(target) = line.strip_prefix("make ") {
            named += 1;
            assert!(makefile.contains(&format!("\n{target}:")), "{target}");
        }
    }
    assert!(named >= 3, "{named}");
}
