//! `gobuildx audit`: what could not be asked is never clean, and what files and go.sum lack is told.

use std::fs;

use serde_json::{Value, json};

use crate::audit::{MANIFEST, audited, parses, program, rules, tidy, with_database};
use crate::go_versions::OTHER;
use crate::project::{Project, Run};

/// Audits with this in `[audit]`.
fn with(project: &Project, lines: &str) -> Run {
    project.write("targets.toml", &format!("{MANIFEST}[audit]\n{lines}\n"));
    project.run(&["audit", "--database", "vulndb"])
}

/// A program in a repository that has everything but what is built.
fn committed() -> Project {
    with_database(parses("v0.3.7"))
        .file(".gitignore", "dist/\n")
        .committed()
}

#[test]
fn who_calls_through_an_interface_is_not_known_from_a_file() {
    let body = "t, _ := ps[os.Args[1]].P(os.Args[2]); println(t.String())";
    let project = with_database(program(
        &["golang.org/x/text v0.3.5"],
        &["\"os\"", "\"golang.org/x/text/language\""],
        body,
    ));
    project.write(
        "parsers.go",
        "package main\n\nimport \"golang.org/x/text/language\"\n\n\
         type parser interface{ P(string) (language.Tag, error) }\n\n\
         type a struct{}\n\nfunc (a) P(s string) (language.Tag, error) { return language.Parse(s) }\n\n\
         type b struct{}\n\nfunc (b) P(string) (language.Tag, error) { return language.Tag{}, nil }\n\n\
         var ps = map[string]parser{\"a\": a{}, \"b\": b{}}\n",
    );
    let imports = project.read("main.go");
    project.write(
        "main.go",
        &imports.replace("import \"golang.org/x/text/language\"\n", ""),
    );
    project.run(&["build"]).exits(0);
    with(&project, "deny = [\"vulnerable:called\"]")
        .exits(4)
        .says("not checked: what is called (the file doesn't show who calls what GO-2021-0113 tells of");
    project.write("targets.toml", MANIFEST);
    let audit = audited(&project, 0, &[]);
    assert_eq!(audit["findings"][0]["level"], "linked");
    assert_eq!(audit["verdict"], "clean-as-far-as-asked");
}

#[test]
fn a_line_that_go_sum_lacks_is_told_of_what_is_built() {
    let project = with_database(parses("v0.3.7"));
    project.run(&["build"]).exits(0);
    let sums = project.read("go.sum");
    let kept: String = sums
        .lines()
        .filter(|line| !line.starts_with("golang.org/x/text v0.3.7 "))
        .flat_map(|line| [line, "\n"])
        .collect();
    for sums in [kept.as_str(), ""] {
        project.write("go.sum", sums);
        let run = project.run(&["audit", "--database", "vulndb"]).exits(1);
        run.says("error: unlocked: a linux/amd64/v1: golang.org/x/text@v0.3.7: go.sum has no checksum: golang.org/x/text v0.3.7")
            .says("\n  go mod tidy\n");
    }
}

#[test]
fn a_program_from_vendor_has_no_checksums_to_compare() {
    let project = with_database(parses("v0.3.7"));
    let dir = project.root().to_str().unwrap().to_owned();
    crate::answers::go(&["-C", &dir, "mod", "vendor"]);
    project.run(&["build"]).exits(0);
    with(&project, "deny = [\"other-sum\"]")
        .exits(4)
        .says("not checked: checksums in built programs (its file has no checksums of modules");
    with(&project, "deny = [\"other-version\"]").exits(0);
}

#[test]
fn only_the_tag_of_the_current_commit_is_told_with_it() {
    let project = committed().tagged("v1.0.0");
    project.run(&["build"]).exits(0);
    assert_eq!(audited(&project, 0, &[])["verdict"], "clean");
    let told = |project: &Project| {
        let audit = audited(project, 0, &[]);
        assert_eq!(rules(&audit), ["other-commit"]);
        audit["findings"][0]["says"].as_str().unwrap().to_owned()
    };
    project.write("note", "later");
    project.git(&["add", "-A"]);
    project.git(&["commit", "-qm", "Second"]);
    let head = project.git(&["rev-parse", "--short=12", "HEAD"]);
    let here = told(&project);
    assert!(
        here.ends_with(&format!("and this is {}", head.trim())),
        "{here}"
    );
    project.git(&["tag", "-a", "-m", "It is annotated", "v1.1.0"]);
    let here = told(&project);
    assert!(
        here.ends_with(&format!("and this is {} (v1.1.0)", head.trim())),
        "{here}"
    );
}

#[test]
fn a_program_whose_version_names_a_tag_is_of_the_commit_of_that() {
    let project = committed();
    project.write(
        "targets.toml",
        &format!("[project]\nversion = \"v1.0.0\"\n{MANIFEST}"),
    );
    project.git(&["commit", "-qam", "With a version"]);
    project.run(&["build"]).exits(0);
    let audit = audited(&project, 0, &[]);
    assert_eq!(rules(&audit), [""; 0]);
    project.git(&["tag", "v1.0.0", "HEAD~1"]);
    let audit = audited(&project, 0, &[]);
    assert_eq!(rules(&audit), ["other-commit"]);
    let says = audit["findings"][0]["says"].as_str().unwrap();
    assert!(says.contains("and its version v1.0.0 is "), "{says}");
}

#[test]
fn a_program_from_a_changed_tree_or_by_another_go_is_told() {
    let project = committed();
    let other = MANIFEST.replace("[build]", &format!("go = [\"{OTHER}\"]\n[build]"));
    project.write("targets.toml", &other);
    project.run(&["build"]).exits(0);
    with(&project, "deny = [\"dirty\", \"other-go\"]")
        .exits(1)
        .says("error: dirty: a linux/amd64/v1: it was built from sources that differ from their commit")
        .says(&format!("error: other-go: a linux/amd64/v1: go{OTHER} built it, and go"))
        .says("2 findings are denied");
}

#[test]
fn what_a_file_does_not_say_of_its_commit_is_not_clean() {
    let denied = "deny = [\"dirty\"]";
    let project = committed();
    with(&project, denied)
        .exits(4)
        .says("not checked: built programs (not built yet)");
    let unstamped = MANIFEST.replace("[build]", "[build]\nvcs = false");
    project.write("targets.toml", &unstamped);
    project.run(&["build"]).exits(0);
    with(&project, denied)
        .exits(4)
        .says("not checked: commits of built programs (its file names no commit)");
    // What hangs on no commit was asked.
    with(&project, "deny = [\"other-go\", \"other-version\"]").exits(0);
    fs::remove_dir_all(project.path(".git")).unwrap();
    project.write("targets.toml", MANIFEST);
    project.run(&["build"]).exits(0);
    with(&project, "deny = [\"other-commit\"]").exits(4);
}

#[test]
fn a_licence_that_is_not_known_is_not_clean_where_one_is_denied() {
    let project = with_database(Project::empty())
        .file("go.mod", "module example.com/a\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n")
        .file("main.go", "package main\n\nimport \"example.com/dep\"\n\nfunc main() { dep.F() }\n")
        .file("dep/go.mod", "module example.com/dep\n\ngo 1.24\n")
        .file("dep/dep.go", "package dep\n\nfunc F() { println(1) }\n")
        .file("dep/LICENSE", "Licensed under the GNU GPL.\n");
    let denied = "deny = [\"licence:GPL-3.0\"]";
    with(&project, denied)
        .exits(4)
        .says("not checked: licences (what licence example.com/dep has isn't known");
    let allow = "{ rule = \"licence-unknown\", module = \"example.com/dep\", reason = \"asked\", until = \"2999-12-31\" }";
    with(&project, &format!("{denied}\nallow = [{allow}]")).exits(0);
    let declared = "Licensed under the GNU GPL.\nSPDX-License-Identifier: GPL-3.0-or-later\n";
    project.write("dep/LICENSE", declared);
    with(&project, denied)
        .exits(1)
        .says("its licence is GPL-3.0");
    fs::remove_file(project.path("dep/LICENSE")).unwrap();
    project.write("dep/LICENSES/GPL-3.0-only.txt", "…");
    with(&project, denied)
        .exits(1)
        .says("its licence is GPL-3.0");
}

#[test]
fn go_mod_is_held_against_an_older_go() {
    let project = with_database(parses("v0.3.7"));
    for compat in ["1.17", "1.20", "1.24"] {
        project.write(
            "targets.toml",
            &format!("{MANIFEST}[audit]\ncompat = \"{compat}\"\n"),
        );
        let audit = audited(&project, 0, &[]);
        let checks = audit["checks"].as_array().unwrap();
        let tidy = checks.iter().find(|check| check["question"] == "tidy");
        assert_eq!(
            tidy.unwrap()["outcome"],
            json!({ "state": "asked" }),
            "{compat}"
        );
    }
    for compat in ["1.16", "1.20.3", "1.21rc1", "1.24.0"] {
        let refused = with(&project, &format!("compat = \"{compat}\"")).exits(3);
        refused.says("is no line of Go's releases");
    }
}

#[test]
fn what_was_checked_and_what_is_allowed_is_told_everywhere() {
    let project = with_database(parses("v0.3.5"));
    tidy(&project);
    project.run(&["build"]).exits(0);
    let allow = |advisory: &str, until: &str| {
        format!("{{ advisory = \"{advisory}\", reason = \"input is ours\", until = \"{until}\" }}")
    };
    let allowed = allow("GO-2021-0113", "2999-12-31");
    let nothing = allow("GO-2000-0001", "2999-12-31");
    let audit =
        format!("{MANIFEST}[audit]\nallow = [{allowed}, {nothing}]\ndatabase = \"vulndb\"\n");
    project.write("targets.toml", &audit);
    let told = |format: &str| project.run(&["audit", "--format", format]);
    let run = project.run(&["audit"]).exits(0);
    run.says("Checked: linked modules; go mod tidy; go mod verify; ")
        .says("vulndb, of 2024-01-01");
    for format in ["md", "html"] {
        let page = told(format).exits(0).stdout;
        for part in [
            "of 2024-01-01",
            "Allowed, and not found",
            "GO-2000-0001",
            "somebody may make use of it",
        ] {
            assert!(page.contains(part), "{format} has no {part}: {page}");
        }
    }
    let sarif: Value = serde_json::from_str(&told("sarif").exits(0).stdout).unwrap();
    let run = &sarif["runs"][0];
    let suppression = json!([{
        "kind": "external", "status": "accepted",
        "justification": "allowed until 2999-12-31: input is ours",
    }]);
    assert_eq!(run["results"][0]["suppressions"], suppression);
    let notes = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(
        notes.contains("of 2024-01-01") && notes.contains("GO-2000-0001"),
        "{notes}"
    );
    let expired = allow("GO-2021-0113", "2020-01-01");
    project.write("targets.toml", &audit.replace(&allowed, &expired));
    for format in ["md", "sarif"] {
        let page = told(format).exits(1).stdout;
        assert!(page.contains("it was allowed until 2020-01-01"), "{page}");
    }
}
