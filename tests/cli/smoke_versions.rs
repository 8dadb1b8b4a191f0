//! The example service in versions that each need one thing: a blank system hasn't it, and names it as the file let
//! expect. What they need, the files in `tests/cli/service` say.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::project::Project;
use crate::smoke_builds::{HTTPS, service, smoked};

/// The service, which sees to what it needs before it serves, with this tag and these sections of a manifest.
fn version(tag: &str, sections: &str) -> Project {
    let project = service("\"linux\"", &format!("{HTTPS}{sections}"));
    let main = "service/cmd/service/main.go";
    let serve = "func serve(opts options, stderr io.Writer) error {\n";
    let source = project.read(main);
    assert_eq!(source.matches(serve).count(), 1);
    let ready = "\tif err := ready(); err != nil {\n\t\treturn err\n\t}\n";
    project.write(main, &source.replace(serve, &format!("{serve}{ready}")));
    let needs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/service");
    for entry in fs::read_dir(needs).unwrap() {
        let entry = entry.unwrap();
        let to = project.path("service/cmd/service");
        // Not over a file of the example.
        let to = to.join(format!("needs_{}", entry.file_name().display()));
        fs::copy(entry.path(), to).unwrap();
    }
    let text = project.read("targets.toml");
    let tagged = format!("[build]\ntags = [\"{tag}\"]\n");
    project.write("targets.toml", &text.replace("[build]\n", &tagged));
    project
}

const BUILD: [&str; 3] = ["build", "--target", "linux/amd64"];
const FOLDER: &str = "service_linux_amd64_v1";

#[test]
fn what_a_version_of_the_service_misses_is_named_as_its_file_let_expect() {
    for (tag, rule) in [
        ("needs_tmp", "tmp"),
        ("needs_roots", "ca-roots"),
        ("needs_zone", "tzdata"),
        ("needs_git", "exec"),
        ("needs_home", "home"),
    ] {
        let project = version(tag, "");
        project.run(&BUILD).exits(1);
        let record = smoked(&project, FOLDER);
        assert_eq!(record["verdict"], "fail", "{tag}: {record:#}");
        let because = "as a service: it exited with 1, though nobody told it to end";
        assert_eq!(record["because"], because, "{tag}: {record:#}");
        assert_eq!(record["missing"], json!([rule]), "{tag}: {record:#}");
        assert_eq!(
            record["observed"][0]["predicted"], true,
            "{tag}: {record:#}"
        );
        let predicted = record["predicted"].as_array().unwrap();
        let mut of_rule = predicted.iter().filter(|one| one["rule"] == rule);
        assert!(of_rule.any(|one| one["observed"] == true), "{record:#}");
    }
}

#[test]
fn the_service_that_needs_nothing_passes() {
    let project = version("needs_nothing", "");
    project.run(&BUILD).exits(0);
    assert_eq!(smoked(&project, FOLDER)["verdict"], "pass");
}

/// What the gate would refuse elsewhere.
const ON_DEBIAN: &str = "[verify]\npolicy = \"debian-12\"\n\
                         [[verify.allow]]\nrule = \"ca-roots\"\nreason = \"it asks itself alone\"\n";

#[test]
fn a_service_that_is_linked_dynamically_can_not_be_started_as_its_file_let_expect() {
    let project = version("needs_nothing", ON_DEBIAN);
    let text = project.read("targets.toml");
    project.write(
        "targets.toml",
        &text.replace(
            "goarch = [\"amd64\", \"arm64\"]\n",
            "goarch = [\"amd64\"]\ncgo = [true]\ntoolchains = { \"*\" = \"host\" }\n",
        ),
    );
    project.run(&BUILD).exits(1);
    let record = smoked(&project, FOLDER);
    assert_eq!(
        record["missing"],
        json!(["elf-interp", "elf-needed"]),
        "{record:#}"
    );
    assert_eq!(record["dimensions"]["executable"], "no");
    assert_eq!(record["observed"][0]["predicted"], true, "{record:#}");
}
