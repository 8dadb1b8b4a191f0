//! The recording in the README: made from a real run by `make recording`, and held against what a run
//! prints today.

mod film;
mod svg;

use std::path::Path;
use std::{env, fs};

use crate::page::{ROOT, read};
use crate::reader::{Reader, search_path};
use crate::same;
use film::Frame;

const RECORDING: &str = "docs/recording.svg";
const TYPED: &str = "gobuildx build --matrix";

/// Films the build of an example of which one file was edited since the last build.
fn film() -> Vec<Frame> {
    let reader = Reader::of_copy("examples/fleet");
    let manifest = read("tests/docs/recording/targets.toml");
    fs::write(reader.root().join("targets.toml"), manifest).unwrap();
    let edit = "echo \"// Edited: $(date +%s%N)\" >> internal/protocol/protocol.go";
    let commit = "git add -A && git commit -qm Edited && git tag v2.3.0";
    let prepared = reader.shell(&format!("{TYPED} && {edit} && {commit}"));
    assert!(prepared.status.success(), "{prepared:?}");
    let mut frames = film::record(TYPED, &reader.root(), &search_path());
    // Where it was filmed is nobody's business, and different every time.
    let root = reader.root().display().to_string();
    for piece in frames
        .iter_mut()
        .flat_map(|frame| frame.rows.iter_mut().flatten())
    {
        piece.text = piece.text.replace(&root, "~/fleet");
    }
    frames
}

/// The lines that are the same in every run: the command, then the table and what follows. How the
/// progress comes out in between depends on which target is done first.
fn lasting(lines: &[String]) -> Vec<String> {
    let table = lines.iter().position(|line| line.starts_with("Target"));
    let table = table.unwrap_or_else(|| panic!("no table in {lines:#?}"));
    assert!(lines[0].ends_with(TYPED), "{lines:#?}");
    let lines = [&lines[..1], &lines[table..]].concat();
    lines.iter().map(|line| same::normal(line)).collect()
}

#[test]
fn the_recording_ends_as_a_run_does_today() {
    let title =
        "gobuildx build --matrix: builds and verifies two programs for four platforms (sped up)";
    let today = svg::render(&film(), title);
    if env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
        fs::write(Path::new(ROOT).join(RECORDING), &today).unwrap();
    }
    let recorded = svg::end(&read(RECORDING));
    assert_eq!(
        lasting(&recorded),
        lasting(&svg::end(&today)),
        "`make recording` makes it anew"
    );
    assert!(recorded.len() > 8, "{recorded:#?}");
}

#[test]
fn the_recording_is_small_and_holds_no_script_and_nothing_of_the_machine() {
    let recording = read(RECORDING);
    assert!(recording.len() < 100_000, "{} bytes", recording.len());
    for word in [
        "<script", "href", "onload", "/tmp", "/home", "/root", "/Users", "@example",
    ] {
        assert!(!recording.contains(word), "{word}");
    }
    // It moves, also where nobody sees its end at first.
    assert!(recording.matches("@keyframes").count() > 5);
}
