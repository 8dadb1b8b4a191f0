//! What binaries say of the commit that they were built from.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::answers::{compiles, folder_of, only_argv};
use crate::project::Project;

/// A hello whose version is the project's, for two targets.
fn versioned() -> Project {
    Project::hello().manifest(
        r#"
        [[binary]]
        ldflags = ["-X=main.version={version} {tag} {date}"]
        [matrix]
        goos = ["linux"]
        goarch = ["amd64", "arm64"]
        "#,
    )
}

/// The hash as it is in versions.
fn short(commit: &str) -> &str {
    commit.get(..7).unwrap()
}

const DATE: &str = "2024-05-06T07:08:09Z";

#[test]
fn the_output_folder_makes_no_binary_dirty() {
    let project = versioned().committed().tagged("v1.2.3");
    let commit = project.git(&["rev-parse", "HEAD"]);
    project.build(&["--matrix", "--jobs", "1"]).exits(0);
    project.build(&["--matrix", "--out", "other"]).exits(0);
    for folder in ["dist", "other"] {
        for target in ["linux_amd64_v1", "linux_arm64_v8.0"] {
            let info = project.build_info(&format!("../{folder}/hello_{target}/hello"));
            for line in [
                "mod\texample.com/hello\tv1.2.3\t",
                "build\tvcs=git",
                &format!("build\tvcs.revision={commit}"),
                "build\tvcs.time=2024-05-06T07:08:09Z",
                "build\tvcs.modified=false",
            ] {
                assert!(info.contains(line), "{line:?} in {info}");
            }
        }
    }
    assert_eq!(project.git(&["status", "--porcelain"]), "");
    let short = short(&commit);
    assert_eq!(
        project.prints("hello_linux_amd64_v1/hello"),
        format!("v1.2.3-{short} v1.2.3 {DATE}")
    );
}

#[test]
fn an_untracked_file_shows_in_the_version_and_in_every_binary() {
    let project = versioned().committed().tagged("v1.2.3");
    project.write("notes.txt", "not committed");
    let commit = project.git(&["rev-parse", "HEAD"]);
    project.build(&["--matrix"]).exits(0);
    for target in ["linux_amd64_v1", "linux_arm64_v8.0"] {
        let info = project.build_info(&format!("hello_{target}/hello"));
        assert!(info.contains("build\tvcs.modified=true"), "{info}");
    }
    let version = format!("v1.2.3-{}-dirty", short(&commit));
    assert!(
        project
            .prints("hello_linux_amd64_v1/hello")
            .starts_with(&version)
    );
    assert_eq!(project.json("dist/artifacts.json")["version"], version);
}

#[test]
fn without_a_tag_the_version_is_zero_and_the_commit() {
    let project = versioned().committed();
    let commit = project.git(&["rev-parse", "HEAD"]);
    let plan = project.plan(&[]);
    assert_eq!(
        plan["release"]["version"],
        format!("v0.0.0-{}", short(&commit))
    );
    project.git(&["tag", "vendor-import"]);
    assert_eq!(project.plan(&[])["release"], plan["release"]);
}

#[test]
fn of_several_tags_the_newest_version_counts_as_it_does_for_go() {
    let project = versioned().committed();
    for tag in [
        "v1.9.0",
        "v1.10.0-rc.1",
        "v1.10.0",
        "v1.10.0-rc.2",
        "v1'x",
        "v2/old",
    ] {
        project.git(&["tag", tag]);
    }
    assert_eq!(project.plan(&[])["release"]["tag"], "v1.10.0");
    project.build(&[]).exits(0);
    let info = project.build_info("hello_linux_amd64_v1/hello");
    assert!(info.contains("mod\texample.com/hello\tv1.10.0\t"), "{info}");
    project.git(&["commit", "-q", "--allow-empty", "-m", "Second"]);
    assert_eq!(project.plan(&[])["release"]["tag"], "v1.10.0");
}

#[test]
fn an_annotated_tag_counts_like_any_other() {
    let project = versioned().committed();
    project.git(&["tag", "-a", "-m", "Release", "v3.0.0"]);
    assert_eq!(project.plan(&[])["release"]["tag"], "v3.0.0");
}

#[test]
fn outside_of_a_repository_nothing_is_stamped() {
    let project = Project::hello();
    let plan = project.plan(&[]);
    assert_eq!(plan["release"]["version"], "0.0.0-dev");
    assert!(only_argv(&plan).contains(&"-buildvcs=false"));
}

#[test]
fn a_repository_without_a_commit_has_nothing_to_stamp() {
    let project = versioned();
    project.git(&["init", "-q"]);
    project.build(&[]).exits(0);
    let info = project.build_info("hello_linux_amd64_v1/hello");
    assert!(!info.contains("vcs"), "{info}");
    assert!(
        project
            .prints("hello_linux_amd64_v1/hello")
            .starts_with("0.0.0-dev ")
    );
}

#[test]
fn a_tag_that_no_file_name_can_hold_is_an_error() {
    for (tag, character) in [("v1/beta", "`/`"), ("v1'x", "`'`"), ("v1$(id)", "`$`")] {
        let project = versioned().committed().tagged(tag);
        project
            .run(&["plan"])
            .exits(3)
            .says(character)
            .says("failed to make a version")
            .says("[project]");
    }
}

#[test]
fn a_version_that_needs_a_tag_is_an_error_without_one() {
    Project::hello()
        .manifest("[project]\nversion = \"{tag}\"\n")
        .committed()
        .run(&["plan"])
        .exits(3)
        .says("failed to make a version")
        .says("tag the commit");
}

/// A committed project of another user, below which git reads no settings but one file.
fn of_another_user(owned: &[&str]) -> Option<Project> {
    let project = Project::hello()
        .file("sub/main.go", "package main\n\nfunc main() {}\n")
        .committed()
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let config = project.path(".git/settings");
    fs::write(&config, "").unwrap();
    let project = project.env("GIT_CONFIG_GLOBAL", config);
    for path in owned {
        // Only root may give files away.
        std::os::unix::fs::chown(project.path(path), Some(1000), Some(1000)).ok()?;
    }
    Some(project)
}

#[test]
fn a_repository_of_another_user_is_an_error_whose_fix_works() {
    for owned in [&["."][..], &[".git"]] {
        let Some(project) = of_another_user(owned) else {
            return;
        };
        let command = |folder: &str| {
            let mut command = project.command(&["plan"]);
            command.current_dir(project.path(folder));
            crate::project::Run::of(command.output().unwrap())
        };
        let run = command("sub")
            .exits(4)
            .says("belongs to another user")
            .says("vcs = false");
        let (_, fix) = run.stderr.split_once("run `").unwrap();
        let (fix, _) = fix.split_once('`').unwrap();
        let fixed = Command::new("sh")
            .args(["-c", fix])
            .env("GIT_CONFIG_GLOBAL", project.path(".git/settings"))
            .status()
            .unwrap();
        assert!(fixed.success(), "{fix}");
        command("sub").exits(0);
        command(".").exits(0);
    }
}

#[test]
fn a_repository_of_another_user_does_not_matter_when_nothing_is_stamped() {
    let Some(project) = of_another_user(&["."]) else {
        return;
    };
    let project = project.manifest("[build]\nvcs = false\n");
    let plan = project.plan(&[]);
    assert_eq!(plan["release"]["version"], "0.0.0-dev");
    assert!(only_argv(&plan).contains(&"-buildvcs=false"));
    project.build(&[]).exits(0);
}

#[test]
fn the_user_behind_sudo_may_build_their_own_repository() {
    let Some(project) = of_another_user(&[".", ".git"]) else {
        return;
    };
    let project = project.env("SUDO_UID", "1000");
    project.build(&[]).exits(0);
    let info = project.build_info("hello_linux_amd64_v1/hello");
    assert!(info.contains("build\tvcs.revision="), "{info}");
}

/// A PATH with go on it, and no git.
fn path_without_git(folder: &Path) -> String {
    let go = folder.join("go");
    std::os::unix::fs::symlink(folder_of("go").join("go"), go).unwrap();
    folder.to_str().unwrap().to_owned()
}

#[test]
fn a_repository_without_git_to_read_it_is_an_error() {
    let bin = tempfile::tempdir().unwrap();
    let project = Project::hello()
        .committed()
        .env("PATH", path_without_git(bin.path()));
    project
        .run(&["build"])
        .exits(4)
        .says("failed to find git on PATH")
        .says("vcs = false");
    let project = project.manifest("[build]\nvcs = false\n");
    project.run(&["plan"]).exits(0);
}

#[test]
fn vcs_can_be_on_for_some_binaries_only() {
    let project = versioned().committed();
    project.write(
        "targets.toml",
        r#"
        [build]
        vcs = false
        [[binary]]
        name = "plain"
        [[binary]]
        name = "stamped"
        [[override]]
        binary = "stamped"
        vcs = true
        "#,
    );
    let plan = project.plan(&[]);
    let stamps: Vec<bool> = compiles(&plan)
        .iter()
        .map(|step| {
            step["argv"]
                .as_array()
                .unwrap()
                .contains(&"-buildvcs=true".into())
        })
        .collect();
    assert_eq!(stamps.len(), 2);
    assert_eq!(stamps.iter().filter(|stamped| **stamped).count(), 1);
    project.build(&[]).exits(0);
    let info = project.build_info("stamped_linux_amd64_v1/stamped");
    assert!(info.contains("build\tvcs.revision="), "{info}");
    let info = project.build_info("plain_linux_amd64_v1/plain");
    assert!(!info.contains("vcs"), "{info}");
}

/// Builds in a folder of a project, and returns the version and the build information.
fn built_in(project: &Project, folder: &str) -> (String, String) {
    let mut command = project.command(&["build", "--rebuild", "changed"]);
    command.current_dir(project.path(folder));
    crate::project::Run::of(command.output().unwrap()).exits(0);
    let dist = format!("{folder}/dist");
    let artifacts = project.json(&format!("{dist}/artifacts.json"));
    let version = artifacts["version"].as_str().unwrap().to_owned();
    let binary = project.path(&dist).join("hello_linux_amd64_v1/hello");
    let info = crate::answers::go(&["version", "-m", binary.to_str().unwrap()]);
    (version, info)
}

#[test]
fn go_stamps_nothing_in_a_worktree_but_the_version_is_that_of_its_commit() {
    let project = versioned().committed().tagged("v1.0.0");
    let elsewhere = tempfile::tempdir().unwrap();
    let outside = elsewhere.path().join("tree");
    let inside = project.path("trees/one");
    project.write(".git/info/exclude", "/trees/\n");
    for folder in [&inside, &outside] {
        project.git(&[
            "worktree",
            "add",
            "-q",
            "--detach",
            folder.to_str().unwrap(),
        ]);
    }
    project.git(&[
        "-C",
        "trees/one",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "In the tree",
    ]);
    let commit = project.git(&["-C", "trees/one", "rev-parse", "HEAD"]);
    // Seen from inside, the repository around it is that of another commit.
    let (version, info) = built_in(&project, "trees/one");
    assert_eq!(version, format!("v1.0.0-{}", short(&commit)));
    assert!(!info.contains("vcs"), "{info}");
    let (_, info) = built_in(&project, outside.to_str().unwrap());
    assert!(!info.contains("vcs"), "{info}");
    let (_, info) = built_in(&project, ".");
    assert!(info.contains("build\tvcs.modified=false"), "{info}");
}

#[test]
fn a_submodule_of_a_workspace_is_stamped_with_the_commit_that_holds_it() {
    let project = Project::empty()
        .file("go.work", "go 1.24\n\nuse ./sub\n")
        .file("targets.toml", "[[binary]]\nmodule = \"sub\"\n")
        .file("sub/go.mod", "module example.com/sub\n\ngo 1.24\n")
        .file("sub/main.go", "package main\n\nfunc main() {}\n");
    project.git(&["init", "-q", "--separate-git-dir", "sub.git", "sub"]);
    project.git(&["-C", "sub", "add", "-A"]);
    project.git(&["-C", "sub", "commit", "-q", "-m", "Of the submodule"]);
    project.write(".gitignore", "/sub.git\n");
    let project = project.committed();
    let commit = project.git(&["rev-parse", "HEAD"]);
    project.build(&[]).exits(0);
    let info = project.build_info("sub_linux_amd64_v1/sub");
    assert!(
        info.contains(&format!("build\tvcs.revision={commit}")),
        "{info}"
    );
}

#[test]
fn a_repository_in_a_folder_that_ends_with_a_space_is_read() {
    let project = Project::hello().committed();
    let folder = project.path("copy ");
    project.git(&["clone", "-q", ".", "copy "]);
    let output = project
        .command(&["build", "--dry-run"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_variable_that_the_linker_could_not_set_is_told_of() {
    let project = Project::hello().manifest(
        r#"
        [build]
        ldflags = ["-X=main.version=1.2.3-rc7", "-X=main.comit=a1b2c3d4"]
        [matrix]
        goos = ["linux"]
        goarch = ["amd64"]
        "#,
    );
    let run = project.build(&[]);
    let run = run.exits(0).says("not set by -X: ").says("(main.comit)");
    let is_set = !run.stderr.contains("(main.version)");
    assert!(is_set, "{}", run.stderr);
    // It is only worth knowing, so the verdict stays what later checks find.
    project.run(&["verify"]).exits(0);
}
