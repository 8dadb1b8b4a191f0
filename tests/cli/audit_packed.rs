//! Programs that the real upx packed, audited as they were before.

use crate::audit::{MANIFEST, audited, module, parses, rules, with_database};
use crate::packing::only;
use crate::project::Project;

/// A stripped program with a vulnerable function in it, packed.
fn packed(version: &str) -> Project {
    let project = with_database(parses(version));
    let compress = format!("{MANIFEST}[compress]\nupx = [\"-1\"]\n");
    project.write("targets.toml", &compress);
    let project = project.file(".gitignore", "dist/\n").committed();
    project.run(&["build"]).exits(0);
    project
}

#[test]
fn what_a_packed_program_calls_is_found_in_what_was_packed() {
    let project = packed("v0.3.5");
    project
        .run(&["audit", "--database", "vulndb"])
        .exits(1)
        .says("golang.org/x/text@v0.3.5: GO-2021-0113: ")
        .says("main.main\n  → golang.org/x/text/language.Parse\n");
    let audit = audited(&project, 1, &[]);
    let known = &audit["programs"][0]["known"];
    assert_eq!(known["from"], "file");
    let by = known["unpacked_by"].as_str().unwrap();
    assert!(by.starts_with("upx "), "{by}");
    let part = &module(&audit, "golang.org/x/text")["programs"][0];
    assert!(part["code"].as_u64().unwrap() > 1000, "{part}");
}

#[test]
fn a_packed_program_of_the_mended_version_is_clean() {
    let audit = audited(&packed("v0.3.7"), 0, &[]);
    assert_eq!(rules(&audit), [""; 0]);
    assert_eq!(audit["verdict"], "clean");
}

#[test]
fn without_upx_what_is_packed_is_not_known_and_not_clean() {
    let project = packed("v0.3.5");
    let bin = tempfile::tempdir().unwrap();
    let project = project.env("PATH", only(bin.path(), &["go", "git"]));
    project
        .run(&["audit", "--database", "vulndb"])
        .exits(0)
        .says("not checked: built programs (its file is packed; to read it as it was, get upx ")
        .says("as far as it was asked");
    let deny = format!("{MANIFEST}[audit]\ndeny = [\"vulnerable:called\"]\n");
    project.write("targets.toml", &deny);
    project.run(&["audit", "--database", "vulndb"]).exits(4);
}
