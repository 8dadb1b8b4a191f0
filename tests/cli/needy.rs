//! A project whose program needs time zones and git, for what is said of policies.

use serde_json::Value;

use crate::project::{Project, Run};

/// A program that needs time zones and runs git.
const NEEDY: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"os/exec\"\n\t\"time\"\n)\n\n\
    func zone() *time.Location {\n\twhere, err := time.LoadLocation(\"Europe/Paris\")\n\
    \tif err != nil {\n\t\tpanic(err)\n\t}\n\treturn where\n}\n\n\
    func main() {\n\tfmt.Println(time.Unix(0, 0).In(zone()))\n\
    \tfmt.Println(exec.Command(\"git\", \"--version\").Output())\n}\n";

pub const LINUX: &str =
    "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n\n[build]\nrebuild = \"changed\"\n\n";
pub const TWO: &str = "[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\"]\n\n\
                   [build]\nrebuild = \"changed\"\n\n";
/// Where its Linux binary lies.
pub const FILE: &str = "dist/hello_linux_amd64_v1/hello";

/// The project with a manifest.
pub fn needy(manifest: &str) -> Project {
    Project::hello()
        .file("main.go", NEEDY)
        .file("targets.toml", manifest)
}

/// The project with its Linux binary, built under the default policy.
pub fn built() -> Project {
    let project = needy(LINUX);
    project.run(&["build", "--matrix", "--quiet"]).exits(0);
    project
}

/// The project with a manifest, and what building it says.
pub fn build(manifest: &str) -> (Project, Run) {
    let project = needy(manifest);
    let run = project.run(&["build", "--matrix", "--quiet"]);
    (project, run)
}

/// The standing of what the program wants, by the subject of each finding.
pub fn standings(artifact: &Value) -> Vec<(&str, &str)> {
    let findings = artifact["findings"].as_array().unwrap();
    let texts = findings.iter().filter_map(|finding| {
        let text = |key: &str| finding[key].as_str().unwrap();
        let is_wanted = ["exec", "tzdata"].contains(&text("rule"));
        is_wanted.then(|| (text("subject"), text("standing")))
    });
    texts.collect()
}

pub const PARIS: &str = "time zone \"Europe/Paris\"";

/// What a record of the folder says, changed as somebody else would: all records alike.
pub fn misrecord(project: &Project, change: impl Fn(&mut Value)) {
    for file in ["dist/artifacts.json", "dist/report.json"] {
        let mut record = project.json(file);
        change(&mut record["artifacts"][0]);
        project.write(file, &record.to_string());
    }
}
