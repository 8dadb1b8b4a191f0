//! `gobuildx audit` of versions: those that programs have, whatever go.mod says by now, and several of one module.

use serde_json::{Value, json};

use crate::answers::go;
use crate::audit::{MANIFEST, audited, module, parses, program, rules, tidy, with_database};
use crate::audit_go::with_advisory_of;
use crate::project::Project;

const SQLITE: &str = "github.com/mattn/go-sqlite3";

fn denying(project: &Project, deny: &str) {
    let audit = format!("{MANIFEST}[audit]\ndeny = [\"{deny}\"]\n");
    project.write("targets.toml", &audit);
}

#[test]
fn a_version_that_was_taken_back_is_found_in_a_program_whatever_go_mod_says_by_now() {
    let requires = format!("{SQLITE} v2.0.3+incompatible");
    let imports = format!("_ \"{SQLITE}\"");
    let project = with_database(program(&[&requires], &[&imports], ""));
    project.run(&["build"]).exits(0);
    let go_mod = project.read("go.mod");
    project.write("go.mod", &go_mod.replace("v2.0.3+incompatible", "v1.14.22"));
    tidy(&project);
    denying(&project, "retracted");
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: retracted: github.com/mattn/go-sqlite3@v2.0.3+incompatible: its author took it back: Accidental")
        .says("\n  go get github.com/mattn/go-sqlite3@v1.");
    let audit = audited(&project, 1, &[]);
    let sqlite = module(&audit, SQLITE);
    assert_eq!(sqlite["version"], "v2.0.3+incompatible");
    assert_eq!(sqlite["time"], "2020-01-28T10:31:06Z");
    assert_eq!(sqlite["rating"]["grade"], "bad");
    // A number that was taken back is the highest, and not the newest.
    let newest = sqlite["newest"]["version"].as_str().unwrap();
    let latest = format!("{SQLITE}@latest");
    let dir = project.root().to_str().unwrap();
    let latest = go(&["-C", dir, "list", "-m", "-f", "{{.Version}}", &latest]);
    assert_eq!(newest, latest);
    let reasons = sqlite["rating"]["reasons"].to_string();
    assert!(!reasons.contains("no release since"), "{reasons}");
    let findings = audit["findings"].as_array().unwrap();
    let incompatible = findings.iter().find(|one| one["rule"] == "incompatible");
    let fix = format!("go get {SQLITE}@{latest}");
    assert_eq!(incompatible.unwrap()["fix"], fix);
    // Where nobody may be asked, that is no answer.
    let run = project.run(&["audit", "--database", "vulndb", "--offline"]);
    run.exits(4)
        .says("not checked: newer versions, retractions, deprecations (--offline)");
}

#[test]
fn what_no_version_mends_is_mended_by_what_came_after_the_module() {
    let jwt = "github.com/dgrijalva/jwt-go";
    let requires = format!("{jwt} v3.2.0+incompatible");
    let imports = format!("\"{jwt}\"");
    let body = "println(jwt.MapClaims{}.VerifyAudience(\"a\", true))";
    let project = with_database(program(&[&requires], &[&imports], body));
    with_advisory_of(&project, ("GO-2020-0017", jwt), jwt, None);
    project.run(&["build"]).exits(0);
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: vulnerable: a linux/amd64/v1: github.com/dgrijalva/jwt-go@v3.2.0+incompatible: GO-2020-0017: ")
        .says("no version is known that mends it: take github.com/golang-jwt/jwt/v5, which came after it");
    let audit = audited(&project, 1, &[]);
    let reasons = module(&audit, jwt)["rating"]["reasons"].to_string();
    assert!(
        reasons.contains("what GO-2020-0017 tells of is called"),
        "{reasons}"
    );
}

/// Two programs with modules of their own.
fn two(versions: [&str; 2], bodies: [&str; 2]) -> Project {
    let project = with_database(Project::empty());
    let mut manifest = MANIFEST.to_owned();
    for ((name, version), body) in ["a", "b"].into_iter().zip(versions).zip(bodies) {
        let source = format!(
            "package main\n\nimport \"golang.org/x/text/language\"\n\nfunc main() {{ {body} }}\n"
        );
        project.write(&format!("{name}/main.go"), &source);
        let module = format!(
            "module example.com/{name}\n\ngo 1.24\n\nrequire golang.org/x/text {version}\n"
        );
        project.write(&format!("{name}/go.mod"), &module);
        let dir = project.path(name).display().to_string();
        go(&["-C", &dir, "mod", "tidy"]);
        let section = [
            format!("[[binary]]\nname = \"{name}\"\n"),
            format!("module = \"{name}\"\npackage = \".\"\n"),
        ];
        manifest.extend(section);
    }
    project.write("targets.toml", &manifest);
    project
}

#[test]
fn modules_of_one_project_may_want_several_versions() {
    let body = "language.Parse(\"de\")";
    let project = two(["v0.3.7", "v0.3.8"], [body, body]);
    project.run(&["build"]).exits(0);
    let audit = audited(&project, 0, &[]);
    assert_eq!(rules(&audit), [""; 0]);
    let modules = audit["modules"].as_array().unwrap();
    let versions: Vec<&str> = modules
        .iter()
        .map(|one| one["version"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["v0.3.7", "v0.3.8"]);
}

#[test]
fn each_of_several_versions_is_told_with_the_programs_that_have_it() {
    let calls = "language.Parse(\"de\")";
    let project = two(
        ["v0.3.5", "v0.3.6"],
        ["println(language.German.String())", calls],
    );
    project.run(&["build"]).exits(0);
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: vulnerable: b linux/amd64/v1: golang.org/x/text@v0.3.6: GO-2021-0113: ");
    let audit = audited(&project, 1, &[]);
    let told: Vec<[&Value; 3]> = audit["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| [&one["version"], &one["level"], &one["programs"]])
        .collect();
    let called = json!(["v0.3.6", "called", ["b linux/amd64/v1"]]);
    assert_eq!(json!(told[0]), called);
    let [version, level, programs] = told[1];
    assert_eq!(version, "v0.3.5");
    assert_eq!(*programs, json!(["a linux/amd64/v1"]));
    assert_ne!(level, "called");
}

#[test]
fn a_finding_names_all_programs_that_it_is_about() {
    let project = with_database(parses("v0.3.5"));
    let manifest = MANIFEST.replace("[\"amd64\"]", "[\"amd64\", \"arm64\"]");
    project.write("targets.toml", &manifest);
    project.run(&["build", "--matrix"]).exits(0);
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: vulnerable: a linux/amd64/v1, a linux/arm64/v8.0: golang.org/x/text@v0.3.5: ")
        .says("what it means: somebody may make use of it");
    let audit = audited(&project, 1, &[]);
    assert_eq!(rules(&audit), ["vulnerable"]);
    let programs = json!(["a linux/amd64/v1", "a linux/arm64/v8.0"]);
    assert_eq!(audit["findings"][0]["programs"], programs);
    assert_eq!(audit["findings"][0]["means"], "somebody may make use of it");
}

#[test]
fn a_version_in_the_place_of_another_is_what_is_rated() {
    let project = with_database(parses("v0.3.8"));
    let go_mod = project.read("go.mod");
    let replace = "replace golang.org/x/text => golang.org/x/text v0.3.5";
    project.write("go.mod", &format!("{go_mod}\n{replace}\n"));
    tidy(&project);
    project.run(&["build"]).exits(0);
    let audit = audited(&project, 1, &[]);
    let text = module(&audit, "golang.org/x/text");
    assert_eq!(text["advisories"], json!(["GO-2021-0113"]));
    assert_eq!(
        text["rating"]["reasons"][0],
        "what GO-2021-0113 tells of is called"
    );
    assert_eq!(
        audit["findings"][0]["fix"],
        "go mod edit -replace=golang.org/x/text=golang.org/x/text@v0.3.7, or drop that `replace`"
    );
}
