//! What a release calls itself, and which sources may be published.

use std::fs;

use super::{LINUX, delivered, hello, of, released, text, tool, version};
use crate::project::Project;

const IMAGE: &str = "[release.image]\nname = \"127.0.0.1:9/hello\"\n";

fn short(project: &Project) -> String {
    project.git(&["rev-parse", "--short=7", "HEAD"])
}

#[test]
fn a_release_on_a_tag_names_the_commit_too_and_the_program_knows_it() {
    let manifest = "[[binary]]\nname = \"hello\"\nldflags = [\"-X=main.version={version}\"]\n";
    let project = released(of(Project::hello(), &format!("{manifest}{LINUX}")));
    let wanted = format!("v1.2.3-{}", short(&project));
    assert_eq!(version(&project), wanted);
    assert_eq!(project.prints("hello_linux_amd64_v1/hello"), wanted);
}

#[test]
fn a_version_may_be_written_down() {
    let project = released(hello("[project]\nversion = \"7.8\"\n"));
    assert_eq!(version(&project), "7.8");
    assert!(project.path("dist/hello_7.8_linux_amd64.tar.gz").is_file());
}

#[test]
fn a_snapshot_says_what_it_is_of() {
    let project = hello("");
    project.run(&["release", "--snapshot", "-q"]).exits(0);
    let clean = version(&project);
    assert!(clean.starts_with("v1.2.3-"), "{clean}");
    assert_ne!(clean, format!("v1.2.3-{}", short(&project)));

    project.write("main.go", "package main\n\nfunc main() {}\n");
    project.run(&["release", "--snapshot", "-q"]).exits(0);
    let dirty = version(&project);
    assert!(dirty.contains("dirty"), "{dirty}");
    assert_ne!(dirty, clean);

    let folder = project.path("clone");
    let url = format!("file://{}", project.root().display());
    tool(
        project.root(),
        "git",
        &[
            "clone",
            "-q",
            "--depth",
            "1",
            &url,
            folder.to_str().unwrap(),
        ],
    );
    let mut command = project.command(&["release", "--snapshot", "-q"]);
    let run = command.current_dir(&folder).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let record = fs::read_to_string(folder.join("dist/release.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert!(text(&record["version"]).contains("shallow"), "{record}");
}

#[track_caller]
fn is_refused(project: &Project, why: &str, help: &str) {
    project
        .run(&["release", "--publish"])
        .exits(1)
        .says(why)
        .says(help);
    assert!(!project.path("dist").exists(), "nothing was built");
}

#[test]
fn what_is_not_a_commit_is_not_published_and_not_even_built() {
    let project = hello(IMAGE);
    project.write("notes.txt", "in no commit\n");
    let modified = "failed to publish: files differ from the commit ";
    is_refused(&project, modified, "help: `git status` shows them");
    fs::remove_file(project.path("notes.txt")).unwrap();
    project.write("main.go", "package main\n\nfunc main() {}\n");
    is_refused(
        &project,
        modified,
        "commit them, or name them in .gitignore",
    );

    let nowhere = Project::hello().manifest(&format!("{LINUX}{IMAGE}"));
    let why = "failed to publish: the sources are in no repository with a commit";
    is_refused(&nowhere, why, "help: commit the sources first");
    nowhere.git(&["init", "-q"]);
    is_refused(&nowhere, why, "help: commit the sources first");
}

#[test]
fn what_git_is_told_not_to_look_at_is_not_published() {
    let files = "[release]\nfiles = [\"conf/*\"]\n";
    let project = hello(&format!("{files}{IMAGE}"));
    project.write("conf/a.yml", "a: 1\n");
    project.write(".git/info/exclude", "conf\n");
    is_refused(
        &project,
        "failed to publish: `conf/a.yml` of `files` isn't in the commit",
        "help: commit it",
    );
    project.git(&["add", "-f", "conf/a.yml"]);
    project.git(&["commit", "-qm", "Settings"]);
    project.run(&["release", "--dry-run", "--publish"]).exits(0);

    project.git(&["update-index", "--assume-unchanged", "main.go"]);
    project.write("main.go", "package main\n\nfunc main() {}\n");
    let why = "failed to publish: git was told to take `main.go` for unchanged";
    is_refused(&project, why, "--no-assume-unchanged");
    project.git(&["update-index", "--no-assume-unchanged", "main.go"]);
    project.git(&["update-index", "--skip-worktree", "main.go"]);
    is_refused(&project, why, "--no-skip-worktree");
}

#[test]
fn sources_that_no_commit_has_are_told_of() {
    let project = hello("");
    project.write(".git/info/exclude", "made.go\n");
    project.write("made.go", "package main\n\nfunc init() { println(1) }\n");
    project
        .run(&["release", "-q"])
        .exits(0)
        .says("Note: compiled from what no commit has: made.go\n");
    let statement = project.json("dist/provenance.json");
    assert!(
        statement
            .to_string()
            .contains("\"gobuildx:not-in-commit\":\"made.go\""),
        "{statement:#}"
    );
}

#[test]
fn a_part_of_a_release_is_not_published() {
    let project = hello(IMAGE);
    for part in ["--target=linux/amd64", "--binary=hello"] {
        project
            .run(&["release", "--publish", part])
            .exits(1)
            .says("failed to publish: --target and --binary leave out");
        assert!(!project.path("dist").exists());
    }
}

#[test]
fn a_shallow_clone_is_not_published() {
    let origin = hello(IMAGE);
    let clone = Project::empty();
    let url = format!("file://{}", origin.root().display());
    clone.git(&["clone", "-q", "--depth", "1", &url, "."]);
    let why = "failed to publish: the clone is shallow";
    is_refused(&clone, why, "help: run `git fetch --unshallow --tags`");
    // That helps.
    origin.git(&["commit", "-q", "--allow-empty", "-m", "Second"]);
    clone.git(&["fetch", "-q", "--depth", "1"]);
    clone.git(&["reset", "-q", "--hard", "origin/main"]);
    is_refused(&clone, why, "help: run `git fetch --unshallow --tags`");
    clone.git(&["fetch", "-q", "--unshallow", "--tags"]);
    clone.run(&["release", "--dry-run", "--publish"]).exits(0);
}

#[test]
fn a_snapshot_is_never_published() {
    hello(IMAGE)
        .run(&["release", "--snapshot", "--publish"])
        .exits(2)
        .says("'--snapshot' cannot be used with '--publish'");
}

#[test]
fn a_tree_that_differs_may_be_released_where_nothing_leaves() {
    let project = hello("");
    project.write("notes.txt", "in no commit\n");
    project
        .run(&["release"])
        .exits(0)
        .says("Note: files differ from the commit, so nobody can tell from it what is released\n");
    let files = delivered(&project.path("dist"));
    assert!(files.contains_key("release.json"));
    // A commit that the sources aren't is claimed nowhere.
    let statement = project.json("dist/provenance.json");
    let definition = &statement["predicate"]["buildDefinition"];
    let resources = definition["resolvedDependencies"].as_array().unwrap();
    let source = resources.iter().find(|one| one["name"] == "source");
    let source = source.unwrap();
    let head = project.git(&["rev-parse", "HEAD"]);
    assert_eq!(source["annotations"]["gobuildx:differs-from"], head);
    assert!(!statement.to_string().contains("gitCommit"), "{source}");
}
