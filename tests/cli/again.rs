//! A second build: what it does of all that the first one has done.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::project::{PRINTS_VERSION, Project, Run, says};

/// Two programs, one of which uses a package, for two targets.
fn project() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/two\n\ngo 1.24\n")
        .file("lib/lib.go", "package lib\n\nconst Name = \"lib\"\n")
        .file(
            "cmd/with/main.go",
            "package main\n\nimport \"example.com/two/lib\"\n\nfunc main() { println(lib.Name) }\n",
        )
        .file("cmd/without/main.go", &says("without"))
        .file("targets.toml", &manifest(""))
}

fn manifest(more: &str) -> String {
    format!(
        "[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\"]\n\
         [build]\nrebuild = \"changed\"\n{more}"
    )
}

fn build(project: &Project, args: &[&str]) -> Run {
    let all: Vec<&str> = ["build", "--matrix"].iter().chain(args).copied().collect();
    project.run(&all).exits(0)
}

/// Builds so that nothing is left to do. A file that changed right before a build may change once more in the
/// same tick of the clock; the second build sees that it didn't.
fn settled(project: &Project) -> Run {
    build(project, &[]);
    build(project, &[])
}

/// The outcome of each step, as `report.json` has it.
fn outcomes(project: &Project) -> BTreeMap<String, String> {
    let report = project.json("dist/report.json");
    let steps = report["steps"].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let outcome = |step: &Value| (word(&step["id"]), word(&step["outcome"]));
    steps.iter().map(outcome).collect()
}

/// The steps that were done.
fn done(project: &Project) -> Vec<String> {
    let outcomes = outcomes(project).into_iter();
    let done = outcomes.filter(|(_, outcome)| outcome == "done");
    done.map(|(id, _)| id).collect()
}

#[test]
fn where_nothing_changed_nothing_is_done_and_the_same_is_told() {
    let project = project().committed();
    let first = settled(&project);
    let records = [
        "artifacts.json",
        "checksums.txt",
        "report.json",
        "report.html",
    ];
    let modified = |name: &str| {
        fs::metadata(project.path(&format!("dist/{name}")))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = records.map(modified);
    let second = build(&project, &[])
        .says("4 of 4 artifacts")
        .says("(nothing changed)");
    assert!(!second.stderr.contains("Compil"), "{}", second.stderr);
    assert_eq!(records.map(modified), before);
    let artifact = "with_linux_amd64_v1/with ";
    for told in [&first, &second] {
        assert!(
            told.stdout.contains(artifact) && told.stdout.contains("proven"),
            "{told:?}"
        );
    }
    assert!(second.stdout.contains("unchanged"), "{}", second.stdout);
}

fn search_path() -> String {
    let host = gobuildx::host::Host::probe().unwrap();
    host.env.get("PATH").unwrap().to_str().unwrap().to_owned()
}

/// Where a program lies.
fn found(path: &str, name: &str) -> String {
    let mut files = path.split(':').map(|folder| format!("{folder}/{name}"));
    files.find(|file| fs::metadata(file).is_ok()).unwrap()
}

/// A program that notes each start of it, and becomes the real one.
fn noting(folder: &Path, name: &str) -> String {
    let path = search_path();
    let real = found(&path, name);
    let script = format!(
        "#!/bin/sh\necho started >> {}/started\nexec {real} \"$@\"\n",
        folder.display()
    );
    fs::write(folder.join(name), script).unwrap();
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.join(name), executable).unwrap();
    path
}

#[test]
fn where_nothing_changed_neither_go_nor_git_is_asked() {
    let noted = tempfile::tempdir().unwrap();
    let path = ["go", "git"].map(|name| noting(noted.path(), name));
    let path = format!("{}:{}", noted.path().display(), path[0]);
    let project = project().committed().env("PATH", path);
    settled(&project);
    let started = noted.path().join("started");
    assert!(started.exists(), "they are asked where nothing is known");
    fs::remove_file(&started).unwrap();
    build(&project, &[]).says("(nothing changed)");
    assert!(!started.exists());
}

#[test]
fn how_much_a_build_may_take_makes_nothing_anew() {
    let mut project = project().committed();
    settled(&project);
    let snapshot = project.path("dist/.gobuildx/snapshot");
    let before = fs::metadata(&snapshot).unwrap().modified().unwrap();
    build(&project, &["--jobs", "1"]).says("(nothing changed)");
    build(&project, &["--memory", "1GiB"]).says("(nothing changed)");
    for (name, value) in [("GOGC", "50"), ("GOMAXPROCS", "1"), ("GOMEMLIMIT", "1GiB")] {
        project = project.env(name, value);
        build(&project, &[]).says("(nothing changed)");
    }
    let after = fs::metadata(&snapshot).unwrap().modified().unwrap();
    assert_eq!(after, before, "what is known needs not be written anew");

    // The longer way, which asks go and git, makes nothing either.
    fs::remove_file(&snapshot).unwrap();
    build(&project, &["--jobs", "1", "--memory", "1GiB"]).says("(nothing changed)");
    assert_eq!(done(&project), Vec::<String>::new());
}

#[test]
fn a_program_that_nothing_here_starts_leaves_nothing_to_do() {
    let project = project()
        .file("targets.toml", &manifest("[smoke]\nargs = []\n"))
        .committed();
    settled(&project);
    let said = "Note: not run on a blank system: windows/amd64/v1";
    build(&project, &[]).says("(nothing changed)").says(said);
}

#[test]
fn what_changes_while_other_programs_are_made_is_seen_by_the_next_build() {
    let noted = tempfile::tempdir().unwrap();
    let path = search_path();
    let project = project();
    let once = noted.path().join("once");
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = build ] && [ -e {once} ] && rm {once} && \
         echo 'package lib; const Name = \"new\"' > {lib}\nexec {go} \"$@\"\n",
        once = once.display(),
        lib = project.path("lib/lib.go").display(),
        go = found(&path, "go"),
    );
    fs::write(noted.path().join("go"), script).unwrap();
    fs::set_permissions(noted.path().join("go"), fs::Permissions::from_mode(0o755)).unwrap();
    let project = project.env("PATH", format!("{}:{path}", noted.path().display()));
    settled(&project);
    fs::write(&once, "").unwrap();
    project.write("cmd/without/main.go", &says("edited"));
    build(&project, &[]);
    assert!(!once.exists());
    build(&project, &[]);
    let made = done(&project);
    assert!(
        made.contains(&"place:with_linux_amd64_v1".to_owned()),
        "{made:?}"
    );
}

#[test]
fn an_edit_makes_what_uses_it_and_nothing_else() {
    let project = project();
    build(&project, &[]);
    project.write("lib/lib.go", "package lib\n\nconst Name = \"other\"\n");
    let run = build(&project, &["--explain"]).says("(2 unchanged)");
    assert!(
        run.stdout.contains(
            "with_linux_amd64_v1/with, with_windows_amd64_v1/with.exe\n  is built because lib/lib.go changed"
        ),
        "{}",
        run.stdout
    );
    let made = done(&project);
    let of_without: Vec<&String> = made.iter().filter(|id| id.contains("without")).collect();
    assert!(of_without.is_empty(), "{of_without:?}");
    assert!(
        made.contains(&"place:with_linux_amd64_v1".to_owned()),
        "{made:?}"
    );
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"].as_array().unwrap().len(), 4);
}

#[test]
fn a_file_that_is_written_as_it_was_changes_nothing() {
    let project = project();
    build(&project, &[]);
    project.write("lib/lib.go", &project.read("lib/lib.go"));
    let run = build(&project, &[]).says("(nothing changed)");
    assert!(!run.stderr.contains("Compil"), "{}", run.stderr);
}

#[test]
fn another_policy_is_asked_without_compiling_again() {
    let project = project();
    build(&project, &[]);
    project.write(
        "targets.toml",
        &manifest("[verify]\npolicy = \"static\"\ndeny = [\"exec\"]\n"),
    );
    let run = build(&project, &["--explain"])
        .prints("its verify step runs again because the policy changed");
    assert!(!run.stderr.contains("Compil"), "{}", run.stderr);
    let made = done(&project);
    assert!(
        made.contains(&"verify:with_linux_amd64_v1".to_owned()),
        "{made:?}"
    );
    assert!(
        !made.iter().any(|id| id.starts_with("compile:")),
        "{made:?}"
    );
}

#[test]
fn an_artifact_that_somebody_changed_or_removed_is_made_again() {
    let project = project();
    build(&project, &[]);
    let (one, other) = (
        "dist/with_linux_amd64_v1/with",
        "dist/without_linux_amd64_v1/without",
    );
    let before = [one, other].map(|path| fs::read(project.path(path)).unwrap());
    fs::write(project.path(one), "something else").unwrap();
    fs::remove_file(project.path(other)).unwrap();
    build(&project, &["--explain"])
        .says("(2 unchanged)")
        .prints("is built because with_linux_amd64_v1/with isn't what was built");
    assert_eq!(
        [one, other].map(|path| fs::read(project.path(path)).unwrap()),
        before
    );
}

#[test]
fn a_new_commit_is_stamped() {
    let project = Project::hello().file("main.go", PRINTS_VERSION).committed();
    let build = || {
        project
            .run(&["build", "--rebuild", "changed", "--explain"])
            .exits(0)
    };
    build();
    project.git(&["commit", "-q", "--allow-empty", "-m", "Second"]);
    build().prints("is built because the commit changed: ");
    fs::write(project.path("untracked.txt"), "").unwrap();
    build().prints("is built because the state of the tree changed: clean → modified");
}

#[test]
fn all_is_done_where_that_is_wanted() {
    let project = project();
    build(&project, &[]);
    let run = build(&project, &["--force", "--explain"]).prints("--force was given");
    assert!(
        run.stderr.contains("Done: 4 of 4 artifacts"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("unchanged"), "{}", run.stderr);
    assert_eq!(done(&project).len(), outcomes(&project).len());
}

#[test]
fn a_damaged_ledger_or_snapshot_is_none() {
    let project = project();
    settled(&project);
    for name in ["ledger", "snapshot"] {
        let path = project.path(&format!("dist/.gobuildx/{name}"));
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    build(&project, &["--explain"]).prints("nothing is known of an earlier build of it");
}

#[test]
fn machines_are_told_of_steps_that_were_kept() {
    let project = project();
    settled(&project);
    let run = build(&project, &["--message-format", "json"]);
    let summary: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&summary["event"], &summary["exit"]),
        (&"summary".into(), &0.into())
    );
    assert_eq!(summary["artifacts"].as_array().unwrap().len(), 4);
    let steps = summary["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["outcome"] == "kept"),
        "{summary}"
    );
}

#[test]
fn a_target_that_hooks_run_before_is_made_each_time_and_others_are_kept() {
    let hooks = "[[override]]\nmatch = [\"linux/*\"]\nhooks = { before = [[\"true\"]] }\n";
    let project = project().file("targets.toml", &manifest(hooks));
    build(&project, &["--allow-hooks"]);
    build(&project, &["--allow-hooks", "--explain"])
        .prints("is built because a hook runs before it")
        .says("(2 unchanged)");
}

/// The project, settled, with one program that prints `before`, and whatever else is in it.
fn printing() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/one\n\ngo 1.24\n")
        .file("main.go", "package main\n\nfunc main() { println(text) }\n")
        .file("text.go", "package main\n\nvar text = \"before\"\n")
        .file("targets.toml", "[build]\nrebuild = \"changed\"\n")
}

/// What the program of the machine's own target prints, after a build.
fn printed(project: &Project) -> String {
    project.run(&["build", "--quiet"]).exits(0);
    let program = project.path("dist/one_linux_amd64_v1/one");
    let output = std::process::Command::new(program).output().unwrap();
    String::from_utf8(output.stderr).unwrap().trim().to_owned()
}

/// Settles it, does something, and looks what the program prints after another build.
fn printed_after(project: &Project, edit: impl FnOnce(&Project)) -> String {
    for _ in 0..2 {
        assert_eq!(printed(project), "before");
    }
    edit(project);
    printed(project)
}

/// Writes a file without a change of its folder.
fn write_in_place(project: &Project, path: &str, text: &str) {
    use std::io::Write as _;
    let path = project.path(path);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_source_that_is_edited_while_it_is_compiled_is_compiled_again() {
    let noted = tempfile::tempdir().unwrap();
    let path = search_path();
    let real = found(&path, "go");
    // What go compiles is the text before, and what lies there afterwards is another.
    let project = printing();
    let text = project.path("text.go");
    let script = format!(
        "#!/bin/sh\n{real} \"$@\"\nend=$?\nif [ \"$1\" = build ] && [ -e {edit} ]; then cat {edit} > {text}; rm {edit}; fi\nexit $end\n",
        edit = noted.path().join("edit").display(),
        text = text.display(),
    );
    let bin = noted.path().join("bin");
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("go"), script).unwrap();
    fs::set_permissions(bin.join("go"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(
        noted.path().join("edit"),
        "package main\n\nvar text = \"after\"\n",
    )
    .unwrap();
    let project = project.env("PATH", format!("{}:{path}", bin.display()));
    assert_eq!(printed(&project), "before");
    assert_eq!(printed(&project), "after");
}

#[test]
fn a_file_that_constraints_left_out_is_seen_as_soon_as_they_do_not() {
    let project = printing().file(
        "more.go",
        "//go:build ignore\n\npackage main\n\nfunc init() { text = \"after\" }\n",
    );
    let after = printed_after(&project, |project| {
        let text = "package main\n\nfunc init() { text = \"after\" }\n";
        write_in_place(project, "more.go", text);
    });
    assert_eq!(after, "after");
}

#[test]
fn a_new_file_in_a_module_outside_of_the_project_is_seen() {
    let outside = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(outside.path().join(name), text).unwrap();
    write("go.mod", "module example.com/other\n\ngo 1.24\n");
    write("other.go", "package other\n\nvar Text = \"before\"\n");
    let project = printing()
        .file("text.go", "package main\n\nimport \"example.com/other\"\n\nvar text = other.Text\n")
        .file(
            "go.mod",
            &format!(
                "module example.com/one\n\ngo 1.24\n\nrequire example.com/other v0.0.0\n\nreplace example.com/other => {}\n",
                outside.path().display()
            ),
        );
    let after = printed_after(&project, |_| {
        write(
            "new.go",
            "package other\n\nfunc init() { Text = \"after\" }\n",
        );
    });
    assert_eq!(after, "after");
}

#[test]
fn of_flags_that_are_given_twice_both_count() {
    let flags = |first: &str| {
        format!(
            "[build]\nrebuild = \"changed\"\nflags = [\"-gcflags=example.com/one={first}\", \"-gcflags=runtime=-l\"]\n"
        )
    };
    let project = printing().file("targets.toml", &flags("-N"));
    let program = project.path("dist/one_linux_amd64_v1/one");
    printed(&project);
    let before = fs::read(&program).unwrap();
    project.write("targets.toml", &flags("-l"));
    printed(&project);
    assert!(fs::read(&program).unwrap() != before);
}

#[test]
fn a_program_that_nobody_may_start_any_more_or_that_became_a_link_is_made_again() {
    let project = printing();
    let program = project.path("dist/one_linux_amd64_v1/one");
    let is_plain = || {
        let metadata = fs::symlink_metadata(&program).unwrap();
        metadata.is_file() && metadata.permissions().mode() & 0o7777 == 0o755
    };
    printed_after(&project, |_| {
        fs::set_permissions(&program, fs::Permissions::from_mode(0o600)).unwrap();
    });
    assert!(is_plain());
    printed_after(&project, |project| {
        fs::rename(&program, project.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink(project.path("elsewhere"), &program).unwrap();
    });
    assert!(is_plain());
}

#[test]
fn an_artifact_of_another_gobuildx_is_not_believed() {
    let project = printing();
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().join("gobuildx");
    fs::copy(env!("CARGO_BIN_EXE_gobuildx"), &other).unwrap();
    let build = |program: &Path| {
        let mut command = std::process::Command::new(program);
        let output = command
            .arg("build")
            .current_dir(project.root())
            .output()
            .unwrap();
        Run::of(output).exits(0)
    };
    build(&other);
    build(&other);
    build(&other).says("(nothing changed)");
    // Where it lies makes no difference.
    let snapshot = project.path("dist/.gobuildx/snapshot");
    let taken = || fs::metadata(&snapshot).unwrap().modified().unwrap();
    let before = taken();
    let moved = elsewhere.path().join("moved");
    fs::copy(&other, &moved).unwrap();
    build(&moved).says("(nothing changed)");
    assert_eq!(taken(), before, "neither go nor git is asked");
    let mut bytes = fs::read(&other).unwrap();
    bytes.push(b'x');
    fs::write(&other, bytes).unwrap();
    let run = build(&other);
    assert!(!run.stderr.contains("nothing changed"), "{}", run.stderr);
}

/// A program that prints what it has embedded, in a package behind a link, and what that is.
fn behind_a_link(outside: &Path) -> Project {
    let project = Project::empty()
        .file("go.mod", "module example.com/one\n\ngo 1.24\n")
        .file(
            "main.go",
            "package main\n\nimport \"example.com/one/p\"\n\nfunc main() { println(p.Text()) }\n",
        )
        .file("targets.toml", "[build]\nrebuild = \"changed\"\n");
    let package = "package p\n\nimport \"embed\"\n\n//go:embed data\nvar files embed.FS\n\n\
                   var text = \"before\"\n\nfunc Text() string {\n\
                   \tall, _ := files.ReadDir(\"data\")\n\
                   \tif len(all) > 1 {\n\t\treturn all[1].Name()\n\t}\n\treturn text\n}\n";
    fs::create_dir(outside.join("data")).unwrap();
    fs::write(outside.join("data/a"), "").unwrap();
    fs::write(outside.join("p.go"), package).unwrap();
    std::os::unix::fs::symlink(outside, project.path("p")).unwrap();
    project
}

#[test]
fn a_new_file_of_a_package_behind_a_link_is_seen() {
    let outside = tempfile::tempdir().unwrap();
    let project = behind_a_link(outside.path());
    let file = |name: &str, text: &str| fs::write(outside.path().join(name), text).unwrap();
    let after = printed_after(&project, |_| {
        file("q.go", "package p\n\nfunc init() { text = \"new\" }\n");
    });
    assert_eq!(after, "new");
    file("data/b", "");
    assert_eq!(printed(&project), "b");
}

#[test]
fn a_file_that_is_there_to_be_embedded_only_while_go_builds_leaves_nothing_to_believe() {
    let outside = tempfile::tempdir().unwrap();
    let noted = tempfile::tempdir().unwrap();
    let path = search_path();
    let passing = outside.path().join("data/passing");
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = build ] && [ -e {once} ] && rm {once} && touch {passing}\n\
         {go} \"$@\"\nend=$?\nrm -f {passing}\nexit $end\n",
        go = found(&path, "go"),
        once = noted.path().join("once").display(),
        passing = passing.display(),
    );
    fs::write(noted.path().join("go"), script).unwrap();
    fs::set_permissions(noted.path().join("go"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(noted.path().join("once"), "").unwrap();
    let path = format!("{}:{path}", noted.path().display());
    let project = behind_a_link(outside.path()).env("PATH", path);
    assert_eq!(printed(&project), "passing");
    assert_eq!(printed(&project), "before");
}

#[test]
fn headers_and_libraries_beside_the_module_count_where_c_is_in_a_program() {
    let header = |text: &str| format!("#define TEXT \"{text}\"\n");
    let manifest = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
                    toolchains = { \"*\" = \"host\" }\n[[binary]]\nname = \"one\"\nmodule = \"go\"\n\
                    [verify]\npolicy = \"debian-12\"\n";
    let project = Project::empty()
        .file("include/text.h", &header("before"))
        .file("go/go.mod", "module example.com/one\n\ngo 1.24\n")
        .file(
            "go/main.go",
            "package main\n\n// #cgo CFLAGS: -I${SRCDIR}/../include\n// #include \"text.h\"\nimport \"C\"\n\n\
             func main() { println(C.TEXT) }\n",
        )
        .file("targets.toml", manifest);
    let after = printed_after(&project, |project| {
        project.write("include/text.h", &header("after"));
    });
    assert_eq!(after, "after");
}

#[test]
fn a_build_that_cannot_be_remembered_is_done_all_the_same() {
    let project = printing();
    project.run(&["build"]).exits(0);
    for file in ["ledger", "snapshot"] {
        let path = project.path("dist/.gobuildx").join(file);
        let _ = fs::remove_file(&path);
        fs::create_dir(path).unwrap();
    }
    for _ in 0..2 {
        project
            .run(&["build"])
            .exits(0)
            .says("the next build won't know what this one did: failed to ");
    }
}

#[test]
fn a_wine_that_has_been_made_is_tried() {
    let outside = tempfile::tempdir().unwrap();
    let root = outside.path().join("wine");
    let project = Project::hello().manifest(&format!(
        "[matrix]\ngoos = [\"windows\"]\ngoarch = [\"amd64\"]\n[build]\nrebuild = \"changed\"\n\
         [smoke.runner.wine]\nroot = {root:?}\n"
    ));
    let built = || project.run(&["build", "--matrix"]).exits(0);
    built();
    built().says("there is no folder");
    fs::create_dir(&root).unwrap();
    let run = built();
    assert!(!run.stderr.contains("there is no folder"), "{}", run.stderr);
}
