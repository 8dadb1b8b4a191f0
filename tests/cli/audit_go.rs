//! `gobuildx audit`, and Go itself: releases with advisories, the go command that builds, and what go refuses.

use std::fs;

use serde_json::{Value, json};

use crate::audit::{MANIFEST, audited, parses, rules, with_database};
use crate::go_versions::{OTHER, own};
use crate::project::Project;

/// Adds an advisory about Go itself to the database: `stdlib` or `toolchain`.
fn with_advisory(project: &Project, id: &str, module: &str, (package, fixed): (&str, &str)) {
    with_advisory_of(project, (id, module), package, Some(fixed));
}

/// Adds an advisory about a package, which some version mends or none.
pub fn with_advisory_of(
    project: &Project,
    (id, module): (&str, &str),
    package: &str,
    fixed: Option<&str>,
) {
    let modified = "2024-01-01T00:00:00Z";
    let mut events = vec![json!({ "introduced": "0" })];
    events.extend(fixed.map(|fixed| json!({ "fixed": fixed })));
    let entry = json!({
        "schema_version": "1.3.1", "id": id, "modified": modified, "published": modified,
        "summary": "Something in Go", "details": "…",
        "affected": [{
            "package": { "name": module, "ecosystem": "Go" },
            "ranges": [{ "type": "SEMVER", "events": events }],
            "ecosystem_specific": { "imports": [{ "path": package }] }
        }]
    });
    project.write(&format!("vulndb/ID/{id}.json"), &entry.to_string());
    let index = project.read("vulndb/index/modules.json");
    let mut index: Value = serde_json::from_str(&index).unwrap();
    let vulns = json!([{ "id": id, "modified": modified, "fixed": fixed }]);
    let modules = index.as_array_mut().unwrap();
    modules.push(json!({ "path": module, "vulns": vulns }));
    project.write("vulndb/index/modules.json", &index.to_string());
}

#[test]
fn each_release_of_a_matrix_has_its_own_advisories() {
    let project = with_database(parses("v0.3.7"));
    let newer = own();
    with_advisory(&project, "GO-2024-0001", "stdlib", ("strings", &newer));
    let go = format!("go = [\"{OTHER}\", \"{newer}\"]\n[build]");
    project.write("targets.toml", &MANIFEST.replace("[build]", &go));
    let about = |audit: &Value| {
        let findings = audit["findings"].as_array().unwrap().clone();
        assert_eq!(findings.len(), 1, "{audit:#}");
        assert_eq!(findings[0]["advisory"], "GO-2024-0001");
        findings[0]["programs"][0].as_str().unwrap().to_owned()
    };
    let of_older = format!("a linux/amd64/v1 by go{OTHER}");
    assert_eq!(about(&audited(&project, 0, &[])), of_older);
    project.run(&["build", "--matrix"]).exits(0);
    let audit = audited(&project, 1, &[]);
    assert_eq!(about(&audit), of_older);
    for program in audit["programs"].as_array().unwrap() {
        assert_eq!(program["known"]["from"], "file", "{program:#}");
        assert_eq!(program["go"], program["build"]["go"], "{program:#}");
    }
}

#[test]
fn an_advisory_about_the_go_command_is_one_about_the_build() {
    let project = with_database(parses("v0.3.7"));
    with_advisory(&project, "GO-2024-0002", "toolchain", ("cmd/go", "99.0.0"));
    let audit = audited(&project, 0, &[]);
    let finding = &audit["findings"][0];
    assert_eq!(finding["module"], "toolchain");
    assert_eq!(finding["level"], "required");
    assert_eq!(finding["programs"], json!([]));
    assert_eq!(finding["fix"], "build with Go 99.0.0");
}

#[test]
fn a_wrong_checksum_is_a_finding_and_what_was_built_is_still_read() {
    let project = with_database(parses("v0.3.5"));
    project.run(&["build"]).exits(0);
    let sums = project.read("go.sum");
    for (line, what) in [
        ("v0.3.5 h1:", "it"),
        ("v0.3.5/go.mod h1:", "its go.mod file"),
    ] {
        let (before, after) = sums.split_once(line).unwrap();
        project.write(
            "go.sum",
            &format!("{before}{line}AAAA{}", after.get(4..).unwrap()),
        );
        project
            .run(&["audit", "--database", "vulndb"])
            .exits(1)
            .says(&format!(
                "error: altered: golang.org/x/text@v0.3.5: go refuses {what}: go.sum has the checksum h1:AAAA"
            ))
            .says("main.main\n  → golang.org/x/text/language.Parse\n")
            .says("not checked: go mod tidy (go refuses the modules of the project, by the checksum of golang.org/x/text@v0.3.5)");
    }
    let audit = audited(&project, 1, &[]);
    assert_eq!(audit["modules"][0]["path"], "golang.org/x/text");
    assert_eq!(rules(&audit), ["vulnerable", "altered"]);
    // Whatever the manifest denies or allows, nobody can build it.
    fs::remove_dir_all(project.path("dist")).unwrap();
    project.write("targets.toml", &format!("{MANIFEST}[audit]\ndeny = []\n"));
    let audit = audited(&project, 1, &[]);
    assert_eq!(rules(&audit), ["altered"]);
}

#[test]
fn a_vendor_of_another_go_mod_is_a_finding_and_what_was_built_is_still_read() {
    let project = with_database(parses("v0.3.5"));
    project.run(&["build"]).exits(0);
    let dir = project.root().to_str().unwrap().to_owned();
    crate::answers::go(&["-C", &dir, "mod", "vendor"]);
    let list = project.read("vendor/modules.txt");
    project.write("vendor/modules.txt", &list.replace("v0.3.5", "v0.3.7"));
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: vendor-drift: go refuses it: golang.org/x/text@v0.3.5: is explicitly required in go.mod")
        .says("\n  go mod vendor\n")
        .says("main.main\n  → golang.org/x/text/language.Parse\n")
        .says("not checked: go mod tidy (go refuses the modules of the project, since `vendor` is of another go.mod)");
    let audit = audited(&project, 1, &[]);
    assert_eq!(rules(&audit), ["vulnerable", "vendor-drift"]);
}

#[test]
fn a_finding_is_placed_in_the_go_mod_of_its_module() {
    let project = with_database(parses("v0.3.7"));
    project.write(
        "tools/go.mod",
        "module example.com/tools\n\ngo 1.24\n\nrequire golang.org/x/text v0.3.5\n",
    );
    project.write(
        "tools/main.go",
        "package main\n\nimport \"golang.org/x/text/language\"\n\nfunc main() { language.Parse(\"de\") }\n",
    );
    crate::answers::go(&["-C", project.path("tools").to_str().unwrap(), "mod", "tidy"]);
    let sections = ["a\"\nmodule = \".\"", "tools\"\nmodule = \"tools\""]
        .map(|it| format!("[[binary]]\nname = \"{it}\npackage = \".\"\n"));
    project.write("targets.toml", &format!("{MANIFEST}{}", sections.concat()));
    let run = project
        .run(&["audit", "--database", "vulndb", "--format", "sarif"])
        .exits(0);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let places: Vec<(&str, &str)> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            (result["ruleId"].as_str().unwrap(), place.as_str().unwrap())
        })
        .collect();
    assert_eq!(places, [("vulnerable", "tools/go.mod")]);
}

#[test]
fn a_compat_that_this_go_can_not_tell_of_is_a_fault_of_the_manifest() {
    let project = with_database(parses("v0.3.7"));
    project.write(
        "targets.toml",
        &format!("{MANIFEST}[audit]\ncompat = \"1.99\"\n"),
    );
    project
        .run(&["audit", "--offline"])
        .exits(3)
        .says("can't tell what Go 1.99 needs")
        .says("targets.toml:7:");
}
