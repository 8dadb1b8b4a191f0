//! `report.html`: a run for people, on one page.

use std::fs;

use crate::audit::{MANIFEST, parses, with_database};
use crate::project::Project;

/// A program that a system without time zones disappoints.
const WANTS_A_ZONE: &str = r#"package main

import (
	"fmt"
	"time"
)

func main() { fmt.Println(time.LoadLocation("Europe/Paris")) }
"#;

/// A program that doesn't compile, with a message that would be markup.
const HOSTILE: &str = "package main\n\nvar x int = \"</pre><script src='https://x.example'></script>\"\n\n\
    func main() { println(x) }\n";

const TARGETS: [&str; 4] = ["--target", "linux/amd64", "--target", "windows/arm64"];

fn build(project: &Project, more: &[&str]) -> crate::project::Run {
    let args = ["build", "--rebuild", "changed"];
    project.run(&[&args, &TARGETS[..], more].concat())
}

/// What elements of a page would have a browser load or run.
fn loaded(page: &str) -> Vec<&str> {
    let tags = page.split('<').skip(1).filter_map(|piece| {
        let (tag, _) = piece.split_once('>')?;
        Some(tag)
    });
    let loads = |tag: &&str| {
        let names = [
            "script", "link", "img", "iframe", "object", "embed", "base", "form",
        ];
        let refers = [" src=", " on", "url(", " href=\"h", "http:", "https:"];
        names.iter().any(|name| tag.starts_with(name))
            || refers.iter().any(|what| tag.contains(what))
    };
    tags.filter(loads).collect()
}

#[test]
fn the_page_names_every_artifact_and_what_was_found() {
    let project = Project::hello().file("main.go", WANTS_A_ZONE);
    build(&project, &[]).exits(0);
    let page = project.read("dist/report.html");
    let report = project.json("dist/report.json");
    let artifacts = report["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), 2);
    let mut rules = 0;
    for artifact in artifacts {
        let path = artifact["path"].as_str().unwrap();
        assert!(page.contains(&format!(">{path}<")), "{path}");
        assert!(
            page.contains(artifact["sha256"].as_str().unwrap()),
            "{path}"
        );
        for finding in artifact["findings"].as_array().unwrap() {
            let rule = finding["rule"].as_str().unwrap();
            assert!(page.contains(&format!("<code>{rule}</code>")), "{rule}");
            rules += 1;
        }
    }
    assert!(rules > 0);
    for said in [
        "time zone &quot;Europe/Paris&quot;",
        "conditional",
        "2 of 2 artifacts in ",
        "none was run on a blank system",
        "<code>runtime</code>",
        report["plan"].as_str().unwrap(),
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert_eq!(loaded(&page), Vec::<&str>::new());
}

#[test]
fn what_a_file_consists_of_adds_up_to_it() {
    let project = Project::hello();
    build(&project, &[]).exits(0);
    let report = project.json("dist/report.json");
    let steps = report["steps"].as_array().unwrap();
    let weights: Vec<_> = steps.iter().filter_map(|step| step.get("weight")).collect();
    assert_eq!(weights.len(), 2);
    for (artifact, weight) in report["artifacts"].as_array().unwrap().iter().zip(weights) {
        let number = |value: &serde_json::Value| value.as_u64().unwrap();
        let code = ["main", "dependency", "go"].map(|part| number(&weight["code"][part]));
        let code: u64 = code.iter().sum();
        assert_eq!(code + number(&weight["rest"]), number(&weight["file"]));
        assert_eq!(weight["file"], artifact["size"]);
        let packages = weight["packages"].as_array().unwrap();
        let named: u64 = packages
            .iter()
            .map(|package| number(&package["code"]))
            .sum();
        assert_eq!(named + number(&weight["others"]["code"]), code);
        assert_eq!(packages[0]["package"], "runtime");
        assert!(number(&weight["code"]["main"]) > 0);
    }
}

#[test]
fn a_failed_build_has_a_page_too_and_what_tools_say_is_no_markup() {
    let project = Project::hello().file("main.go", HOSTILE);
    build(&project, &["--keep-going"]).exits(1);
    let page = project.read("dist/report.html");
    assert!(page.contains("0 of 2 artifacts in "), "{page}");
    assert!(
        page.contains("&lt;script src=&#39;https://x.example&#39;&gt;"),
        "{page}"
    );
    assert!(page.contains("hello_linux_amd64_v1/hello"));
    assert_eq!(loaded(&page), Vec::<&str>::new());
}

#[test]
fn the_page_belongs_to_the_folder_and_never_outlives_its_run() {
    let project = Project::hello();
    build(&project, &[]).exits(0);
    let verified = project.run(&["verify"]).exits(0);
    assert!(
        !verified.stdout.contains("report.html"),
        "{}",
        verified.stdout
    );
    verified.says("Note: not checked: ").says("report.html");
    fs::write(project.path("dist/report.html"), "of an earlier run").unwrap();
    project.write("main.go", "package main\n");
    build(&project, &[]).exits(1);
    let page = project.read("dist/report.html");
    assert!(page.contains("0 of 2 artifacts"), "{page}");
}

#[test]
fn what_a_gate_audited_is_on_the_page_and_in_the_report() {
    let gate = "[audit]\ngate = true\ndatabase = \"vulndb\"\n";
    let project = with_database(parses("v0.3.7"));
    project.write("targets.toml", &format!("{MANIFEST}{gate}"));
    project.run(&["build"]).exits(0);
    let page = project.read("dist/report.html");
    let report = project.json("dist/report.json");
    assert_eq!(report["audit"]["modules"][0]["path"], "golang.org/x/text");
    let own = project.run(&["audit", "--format", "html"]).exits(0).stdout;
    for page in [page, own] {
        assert!(page.contains("<section id=\"dependencies\">"), "{page}");
        assert!(page.contains("<td>golang.org/x/text</td>"), "{page}");
        assert_eq!(loaded(&page), Vec::<&str>::new());
    }
    project.run(&["verify"]).exits(0);
}
