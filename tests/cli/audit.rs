//! `gobuildx audit`: real modules, from the proxies that are configured, and a small database of vulnerabilities.

use std::fs;

use serde_json::{Value, json};

use crate::answers::go;
use crate::live::with_program;
use crate::project::Project;

/// A program that depends on modules; go.mod and go.sum are tidy.
pub fn program(requires: &[&str], imports: &[&str], body: &str) -> Project {
    let requires: Vec<String> = requires
        .iter()
        .map(|one| format!("require {one}\n"))
        .collect();
    let imports: Vec<String> = imports
        .iter()
        .map(|one| format!("import {one}\n"))
        .collect();
    let project = Project::empty()
        .file(
            "go.mod",
            &format!("module example.com/a\n\ngo 1.24\n\n{}", requires.concat()),
        )
        .file(
            "main.go",
            &format!(
                "package main\n\n{}\nfunc main() {{ {body} }}\n",
                imports.concat()
            ),
        )
        .file("targets.toml", MANIFEST);
    tidy(&project);
    project
}

pub const MANIFEST: &str =
    "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n[build]\nrebuild = \"changed\"\n";

pub fn tidy(project: &Project) {
    let dir = project.root().to_str().unwrap();
    go(&["-C", dir, "mod", "tidy"]);
}

/// A program that parses a language's name by a version of a module that had a fault in that.
pub fn parses(version: &str) -> Project {
    let requires = format!("golang.org/x/text {version}");
    program(
        &[&requires],
        &["\"golang.org/x/text/language\""],
        "println(language.Make(\"en\").String()); language.Parse(\"de\")",
    )
}

/// A database as Go's own is, with one entry.
pub fn with_database(project: Project) -> Project {
    let modified = "2024-01-01T00:00:00Z";
    let id = "GO-2021-0113";
    let vulns = json!([{ "id": id, "modified": modified, "fixed": "0.3.7" }]);
    let entry = json!({
        "schema_version": "1.3.1", "id": id, "modified": modified, "published": modified,
        "aliases": ["CVE-2021-38561"], "summary": "Out-of-bounds read in x/text", "details": "…",
        "affected": [{
            "package": { "name": "golang.org/x/text", "ecosystem": "Go" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "0.3.7" }] }],
            "ecosystem_specific": { "imports": [{
                "path": "golang.org/x/text/language", "symbols": ["MatchStrings", "Parse", "ParseAcceptLanguage"]
            }] }
        }],
        "database_specific": { "url": "https://pkg.go.dev/vuln/GO-2021-0113", "review_status": "REVIEWED" }
    });
    project
        .file(
            "vulndb/index/db.json",
            &json!({ "modified": modified }).to_string(),
        )
        .file(
            "vulndb/index/modules.json",
            &json!([{ "path": "golang.org/x/text", "vulns": vulns }]).to_string(),
        )
        .file("vulndb/ID/GO-2021-0113.json", &entry.to_string())
}

pub fn audited(project: &Project, code: i32, more: &[&str]) -> Value {
    let mut args = vec!["audit", "--format", "json", "--database", "vulndb"];
    args.extend(more);
    let run = project.run(&args).exits(code);
    serde_json::from_str(&run.stdout).unwrap()
}

pub fn module<'a>(audit: &'a Value, path: &str) -> &'a Value {
    let modules = audit["modules"].as_array().unwrap();
    let found = modules.iter().find(|module| module["path"] == path);
    found.unwrap_or_else(|| panic!("no {path}: {audit:#}"))
}

pub fn rules(audit: &Value) -> Vec<&str> {
    let findings = audit["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect()
}

#[test]
fn what_a_built_program_calls_of_an_advisory_is_denied_with_the_chain() {
    let project = with_database(parses("v0.3.5"));
    project.run(&["build"]).exits(0);
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: vulnerable: a linux/amd64/v1: golang.org/x/text@v0.3.5: GO-2021-0113: ")
        .says("main.main\n  → golang.org/x/text/language.Parse\n")
        .says("go get golang.org/x/text@v0.3.7");
    let audit = audited(&project, 1, &[]);
    assert_eq!(audit["findings"][0]["level"], "called");
    assert_eq!(
        module(&audit, "golang.org/x/text")["rating"]["grade"],
        "bad"
    );
}

#[test]
fn the_version_that_is_mended_is_clean() {
    // Of which commit it is can be told in a repository only.
    let project = with_database(parses("v0.3.7"))
        .file(".gitignore", "dist/\n")
        .committed();
    project.run(&["build"]).exits(0);
    let audit = audited(&project, 0, &[]);
    assert_eq!(rules(&audit), [""; 0]);
    assert_eq!(audit["verdict"], "clean");
}

#[test]
fn what_is_not_built_is_not_known_to_call_anything_and_is_not_clean() {
    let project = with_database(parses("v0.3.5"));
    let audit = audited(&project, 0, &[]);
    assert_eq!(audit["findings"][0]["level"], "imported");
    assert_eq!(audit["verdict"], "clean-as-far-as-asked");
    // Who denies what is called wants that to be looked for.
    project.write(
        "targets.toml",
        &format!("{MANIFEST}[audit]\ndeny = [\"vulnerable:called\"]\n"),
    );
    let run = project.run(&["audit", "--database", "vulndb"]).exits(4);
    run.says("not checked: what is called (govulncheck isn't installed");
}

#[test]
fn govulncheck_tells_what_sources_call() {
    let project = with_database(parses("v0.3.5"));
    let capture = include_str!("../../src/tools/govulncheck/capture.json");
    project.write("capture.json", capture);
    let capture = project.path("capture.json").display().to_string();
    let script = format!(
        "#!/bin/sh\ncase $* in *-version*) echo 'Go: go1.26.8'; echo 'Scanner: govulncheck@v1.9.0'; exit 0 ;; esac\n\
         exec cat '{capture}'\n"
    );
    let project = with_program(project, "govulncheck", &script);
    let audit = audited(&project, 1, &[]);
    let finding = &audit["findings"][0];
    assert_eq!(finding["level"], "called", "{finding:#}");
    assert!(
        finding["chain"].as_array().unwrap().len() > 1,
        "{finding:#}"
    );
}

#[test]
fn an_advisory_is_allowed_until_a_day_with_a_reason() {
    let project = with_database(parses("v0.3.5"));
    project.run(&["build"]).exits(0);
    let allow = |until: &str| {
        let allow = format!(
            "{{ advisory = \"CVE-2021-38561\", reason = \"input is ours\", until = \"{until}\" }}"
        );
        let manifest = format!("{MANIFEST}[audit]\nallow = [{allow}]\ndatabase = \"vulndb\"\n");
        project.write("targets.toml", &manifest);
        project.run(&["audit"])
    };
    allow("2999-12-31")
        .exits(0)
        .says("allowed until 2999-12-31: input is ours");
    allow("2020-01-01")
        .exits(1)
        .says("it was allowed until 2020-01-01");
}

#[test]
fn what_its_author_left_or_took_back_is_named_with_every_reason() {
    let project = program(
        &[
            "github.com/dgrijalva/jwt-go v3.2.0+incompatible",
            "github.com/golang/protobuf v1.5.2",
            "github.com/mattn/go-sqlite3 v2.0.3+incompatible",
        ],
        &[
            "_ \"github.com/dgrijalva/jwt-go\"",
            "_ \"github.com/golang/protobuf/proto\"",
            "_ \"github.com/mattn/go-sqlite3\"",
        ],
        "",
    );
    let project = with_database(project);
    let audit = audited(&project, 1, &[]);
    let jwt = module(&audit, "github.com/dgrijalva/jwt-go");
    assert_eq!(jwt["rating"]["grade"], "bad");
    let reasons = jwt["rating"]["reasons"].to_string();
    for reason in [
        "github.com/golang-jwt/jwt/v5 came after it",
        "no release since March 2018",
        "+incompatible",
    ] {
        assert!(reasons.contains(reason), "{reasons}");
    }
    assert_eq!(jwt["licence"], "MIT");
    let findings = audit["findings"].as_array().unwrap();
    let about_jwt = |one: &&Value| {
        one["rule"] == "incompatible" && one["module"] == "github.com/dgrijalva/jwt-go"
    };
    let fix = &findings.iter().find(about_jwt).unwrap()["fix"];
    assert_eq!(
        fix,
        "take github.com/golang-jwt/jwt/v5, which came after it"
    );
    let protobuf = module(&audit, "github.com/golang/protobuf");
    assert!(
        protobuf["deprecated"]
            .as_str()
            .unwrap()
            .contains("google.golang.org/protobuf")
    );
    let sqlite = module(&audit, "github.com/mattn/go-sqlite3");
    assert_eq!(sqlite["retracted"].as_array().unwrap().len(), 1);
    let rules = rules(&audit);
    assert!(
        rules.contains(&"retracted") && rules.contains(&"deprecated"),
        "{rules:?}"
    );
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: retracted: github.com/mattn/go-sqlite3@v2.0.3+incompatible: its author took it back: Accidental");
}

#[test]
fn the_table_has_what_is_linked_and_agrees_with_go() {
    let project = with_database(program(
        &["github.com/spf13/cobra v1.8.0"],
        &["\"github.com/spf13/cobra\""],
        "_ = (&cobra.Command{}).Execute()",
    ));
    let listed = audited(&project, 0, &[]);
    project.run(&["build"]).exits(0);
    let built = audited(&project, 0, &[]);
    let paths = |audit: &Value| -> Vec<String> {
        let modules = audit["modules"].as_array().unwrap();
        let mut paths: Vec<String> = modules
            .iter()
            .map(|module| format!("{} {}", module["path"], module["version"]).replace('"', ""))
            .collect();
        paths.sort();
        paths
    };
    let file = project
        .path("dist/a_linux_amd64_v1/a")
        .display()
        .to_string();
    let said = go(&["version", "-m", &file]);
    let mut deps: Vec<String> = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("dep\t"))
        .map(|line| line.split('\t').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    deps.sort();
    assert_eq!(paths(&built), deps);
    assert_eq!(paths(&listed), deps);
    let cobra = module(&built, "github.com/spf13/cobra");
    let code = cobra["programs"][0]["code"].as_u64().unwrap();
    assert!((10_000..1_000_000).contains(&code), "{code}");
    let pflag = module(&built, "github.com/spf13/pflag");
    let way = ["example.com/a", "github.com/spf13/cobra"];
    assert_eq!(pflag["required_by"], json!(way));
    // What is asked of a proxy is what go itself tells.
    let dir = project.root().to_str().unwrap();
    let newest = go(&[
        "-C",
        dir,
        "list",
        "-m",
        "-u",
        "-f",
        "{{with .Update}}{{.Version}}{{end}}",
        "github.com/spf13/cobra",
    ]);
    assert_eq!(cobra["newest"]["version"], newest.trim());
}

#[test]
fn offline_nothing_is_clean_that_was_not_asked() {
    let project = with_database(parses("v0.3.7"));
    let run = project.run(&["audit", "--offline"]).exits(0);
    run.prints("unknown  golang.org/x/text  v0.3.7")
        .says("not checked: newer versions, retractions, deprecations (--offline)")
        .says("not checked: advisories (--offline)")
        .says("as far as it was asked");
}

#[test]
fn a_database_that_somebody_names_has_to_be_readable() {
    let project = with_database(parses("v0.3.7"));
    let run = project.run(&["audit", "--database", "nowhere"]).exits(4);
    run.says("not checked: advisories (failed to open the vulnerability database")
        .says("what had to be looked for could not be in full");
    project.write(
        "targets.toml",
        &format!("{MANIFEST}[audit]\ndatabase = \"nowhere\"\n"),
    );
    project.run(&["audit"]).exits(4);
    // What is here is read offline too, also by its address.
    let address = format!("file://{}", project.path("vulndb").display());
    let run = project.run(&["audit", "--offline", "--database", &address]);
    let run = run.exits(0);
    assert!(!run.stderr.contains("advisories ("), "{}", run.stderr);
}

#[test]
fn a_lock_that_is_not_whole_is_told_with_what_mends_it() {
    let project = with_database(parses("v0.3.7"));
    let sums = project.read("go.sum");
    let kept: Vec<&str> = sums
        .lines()
        .filter(|line| line.contains("/go.mod"))
        .collect();
    let without = kept.join("\n") + "\n";
    project.write("go.sum", &without);
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("error: unlocked: missing go.sum entry")
        .says("go mod tidy");
    assert_eq!(project.read("go.sum"), without, "an audit writes nothing");
    project.write("go.sum", &sums);
    let go_mod = project.read("go.mod");
    project.write(
        "go.mod",
        &format!("{go_mod}\nreplace golang.org/x/text => ./text\n"),
    );
    project.write("text/go.mod", "module golang.org/x/text\n\ngo 1.24\n");
    project.write("text/language/l.go", "package language\n\ntype T struct{}\n\nfunc (T) String() string { return \"\" }\nfunc Make(string) T { return T{} }\nfunc Parse(string) (T, error) { return T{}, nil }\n");
    let audit = audited(&project, 0, &[]);
    let rules = rules(&audit);
    assert!(
        rules.contains(&"local-replace") && rules.contains(&"untidy"),
        "{rules:?}"
    );
}

#[test]
fn a_folder_in_the_place_of_a_module_is_told_whatever_is_built() {
    let project = with_database(parses("v0.3.7"));
    project.run(&["build"]).exits(0);
    let go_mod = project.read("go.mod");
    project.write(
        "go.mod",
        &format!("{go_mod}\nreplace golang.org/x/text => ./text\n"),
    );
    project.write("text/go.mod", "module golang.org/x/text\n\ngo 1.24\n");
    project.write("text/language/l.go", "package language\n\ntype T struct{}\n\nfunc (T) String() string { return \"\" }\nfunc Make(string) T { return T{} }\nfunc Parse(string) (T, error) { return T{}, nil }\n");
    let told = |audit: &Value| -> Vec<String> {
        let findings = audit["findings"].as_array().unwrap();
        let told = findings.iter().map(|one| (&one["rule"], &one["says"]));
        let told = told.filter(|(rule, _)| {
            ["local-replace", "other-version"]
                .iter()
                .any(|it| rule == it)
        });
        told.map(|(_, says)| says.as_str().unwrap().to_owned())
            .collect()
    };
    let folder = "the folder `./text` is compiled in its place";
    let other = "the program has v0.3.7, and go.mod selects v0.3.7 => ./text";
    assert_eq!(told(&audited(&project, 0, &[])), [other, folder]);
    project.run(&["build"]).exits(0);
    assert_eq!(told(&audited(&project, 0, &[])), [folder]);
}

#[test]
fn a_vendor_folder_that_was_changed_by_hand_is_told() {
    let project = with_database(parses("v0.3.7"));
    let dir = project.root().to_str().unwrap().to_owned();
    go(&["-C", &dir, "mod", "vendor"]);
    assert_eq!(rules(&audited(&project, 0, &[])), [""; 0]);
    let file = "vendor/golang.org/x/text/language/parse.go";
    let text = project.read(file);
    project.write(file, &format!("{text}\n// changed\n"));
    let run = project.run(&["audit", "--database", "vulndb"]).exits(0);
    run.says("vendor-drift: `golang.org/x/text/language/parse.go` in `vendor`");
}

#[test]
fn a_program_of_another_lock_file_or_commit_is_told() {
    let project = with_database(parses("v0.3.7"))
        .file(".gitignore", "dist/\n")
        .committed();
    project.run(&["build"]).exits(0);
    assert_eq!(rules(&audited(&project, 0, &[])), [""; 0]);
    let go_mod = project.read("go.mod").replace("v0.3.7", "v0.3.8");
    project.write("go.mod", &go_mod);
    tidy(&project);
    project.git(&["commit", "-qam", "Second"]);
    let rules_now = audited(&project, 0, &[]);
    let rules_now = rules(&rules_now);
    assert!(
        rules_now.contains(&"other-version") && rules_now.contains(&"other-commit"),
        "{rules_now:?}"
    );
}

#[test]
fn licences_and_ages_may_be_denied() {
    let project = with_database(parses("v0.3.7"));
    let with = |lines: &str| {
        project.write("targets.toml", &format!("{MANIFEST}[audit]\n{lines}\n"));
        project.run(&["audit", "--database", "vulndb"])
    };
    with("deny = [\"licence:BSD-3-Clause\"]")
        .exits(1)
        .says("its licence is BSD-3-Clause");
    with("deny = [\"licence:GPL-3.0\"]").exits(0);
    with("max_age = \"90d\"")
        .exits(1)
        .says("and the manifest allows 3 months")
        .says("go get golang.org/x/text@v0.");
    let run = project.run(&["audit", "--database", "vulndb", "--offline"]);
    run.exits(1)
        .says("whether there is a newer one isn't known (--offline)");
    with("deny = [\"vulnerabel\"]")
        .exits(3)
        .says("did you mean `vulnerable`?");
}

#[test]
fn a_report_in_markdown_is_a_table_and_one_for_scanners_names_the_module_file() {
    let project = with_database(parses("v0.3.5"));
    project.run(&["build"]).exits(0);
    let run = project
        .run(&["audit", "--database", "vulndb", "--format", "md"])
        .exits(1);
    let rows: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    let heads: Vec<usize> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.contains("---"))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(heads.len(), 2, "{}", run.stdout);
    for at in heads {
        let cells = |row: &str| row.matches('|').count();
        assert_eq!(cells(rows[at - 1]), cells(rows[at]));
        assert_eq!(cells(rows[at]), cells(rows[at + 1]), "{}", run.stdout);
    }
    let run = project
        .run(&["audit", "--database", "vulndb", "--format", "sarif"])
        .exits(1);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "vulnerable");
    assert_eq!(result["level"], "error");
    let message = result["message"]["text"].as_str().unwrap();
    assert!(
        message.ends_with("\nhttps://pkg.go.dev/vuln/GO-2021-0113"),
        "{message}"
    );
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["properties"]["tags"], json!(["security"]));
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "go.mod");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    let requires = project.read("go.mod");
    let line = requires
        .lines()
        .position(|line| line.contains("golang.org/x/text"));
    assert_eq!(region["startLine"], line.unwrap() + 1);
}

#[test]
fn what_can_not_be_listed_is_a_gap_of_all_that_hangs_on_it() {
    let project = with_database(parses("v0.3.5"));
    let cache = project.path("no-modules");
    let project = project.env("GOPROXY", "off").env("GOMODCACHE", &cache);
    let run = project.run(&["audit", "--database", "vulndb"]).exits(0);
    run.says("not checked: linked modules (")
        .says("module lookup disabled by GOPROXY=off")
        .says("as far as it was asked");
    project.write(
        "targets.toml",
        &format!("{MANIFEST}[audit]\ndeny = [\"licence:MIT\"]\n"),
    );
    project.run(&["audit", "--database", "vulndb"]).exits(4);
}

#[test]
fn a_program_that_was_altered_is_denied() {
    let project = with_database(parses("v0.3.7"));
    project.run(&["build"]).exits(0);
    let file = project.path("dist/a_linux_amd64_v1/a");
    let mut bytes = fs::read(&file).unwrap();
    bytes.push(0);
    fs::write(&file, bytes).unwrap();
    let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
    run.says("other-sum: a linux/amd64/v1: its file in the output folder is not what was recorded");
}

#[test]
fn what_is_not_there_is_not_audited_and_not_clean() {
    let project = with_database(parses("v0.3.7"));
    project
        .run(&["audit", "--database", "vulndb", "--binary", "nope"])
        .exits(2)
        .says("failed to find a binary `nope`");
    let library = Project::empty()
        .file("go.mod", "module example.com/l\n\ngo 1.24\n")
        .file("l.go", "package l\n");
    library
        .run(&["audit", "--offline"])
        .exits(3)
        .says("failed to find a main package");
}

#[test]
fn a_gate_keeps_what_is_denied_from_being_built() {
    let project = with_database(parses("v0.3.5"));
    let gated = |deny: &str| {
        let audit = format!("[audit]\ngate = true\ndatabase = \"vulndb\"\ndeny = [{deny}]\n");
        project.write("targets.toml", &format!("{MANIFEST}{audit}"));
        project.run(&["build"])
    };
    let build = gated("\"vulnerable:imported\"").exits(1);
    build
        .says("error: failed the audit: 1 finding is denied")
        .says("golang.org/x/text@v0.3.5: GO-2021-0113");
    assert!(!project.path("dist").exists());
    gated("\"retracted\"")
        .exits(0)
        .says("not checked: what is called");
    assert!(project.path("dist/a_linux_amd64_v1/a").exists());
    // Advisories may be of any day: a build that has nothing to do is audited, too.
    gated("\"retracted\"")
        .exits(0)
        .says("not checked: what is called")
        .says("(nothing changed)");
    gated("\"vulnerable:imported\"").exits(1);
}

#[test]
fn nothing_is_written_by_an_audit() {
    let project = with_database(parses("v0.3.7"));
    let before = entries(&project);
    audited(&project, 0, &[]);
    assert_eq!(entries(&project), before);
}

fn entries(project: &Project) -> Vec<String> {
    let entries = fs::read_dir(project.root()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
