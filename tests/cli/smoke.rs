//! `smoke`: programs that need what a blank system hasn't, and those that need nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::live::{Live, wait_until};
use crate::project::{Project, Run};
use crate::smoked::{OrdinaryUser, hello_for, missing, program, record, with};

/// What is said of a program with these arguments of `smoke`.
fn smoke(project: &Project, args: &[&str]) -> Run {
    project.run(&[&["smoke", "--format", "json"], args].concat())
}

#[test]
fn a_program_that_needs_nothing_passes() {
    let project = with("hello");
    let record = record(&smoke(&project, &["hello"]).exits(0));
    assert_eq!(record["path"], "hello");
    assert_eq!(record["target"], "linux/amd64/v1");
    assert_eq!(record["verdict"], "pass");
    assert_eq!(record["how"], "natively");
    assert_eq!(missing(&record), [""; 0]);
    let dimensions = serde_json::json!({
        "dependencies_complete": "yes",
        "environment_isolated": "yes",
        "executable": "yes",
        "health": "untested",
    });
    assert_eq!(record["dimensions"], dimensions);
    project
        .run(&["smoke", "hello"])
        .exits(0)
        .prints("pass  hello\n")
        .prints("natively, in isolation")
        .says("Done: 1 passed, 0 failed, 0 not run");
}

#[test]
fn a_program_is_not_told_the_name_of_this_machine() {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    smoke(&with("named"), &["named", "--", name.trim()]).exits(0);
}

#[test]
fn what_a_program_misses_is_named_as_its_file_let_expect() {
    for (name, rules) in [
        ("tmp", &["tmp"][..]),
        ("roots", &["ca-roots"]),
        ("zone", &["tzdata"]),
        ("git", &["exec"]),
        ("home", &["home"]),
        ("proc", &["proc"]),
        ("dynamic", &["elf-interp", "elf-needed"]),
    ] {
        let record = record(&smoke(&with(name), &[name]).exits(1));
        assert_eq!(record["verdict"], "fail", "{record:#}");
        assert_eq!(missing(&record), rules, "{record:#}");
        assert_eq!(record["dimensions"]["dependencies_complete"], "no");
        assert_eq!(record["observed"][0]["predicted"], true, "{record:#}");
        let predicted = record["predicted"].as_array().unwrap();
        for rule in rules {
            let mut observed = predicted.iter().filter(|one| one["rule"] == *rule);
            let observed = observed.next().unwrap();
            assert_eq!(observed["observed"], true, "{record:#}");
        }
    }
}

#[test]
fn a_program_that_reads_home_itself_is_told_so_whatever_becomes_of_its_paths() {
    let project = with("asks");
    for what in ["reads", "makes"] {
        let record = record(&smoke(&project, &["asks", "--", what]).exits(1));
        assert_eq!(missing(&record), ["home"], "{record:#}");
        assert_eq!(record["observed"][0]["predicted"], true, "{record:#}");
    }
}

#[test]
fn what_a_program_says_last_is_read_however_much_it_said_before() {
    let many_lines = ["zone", "--", "5000"];
    let record = record(&smoke(&with("zone"), &many_lines).exits(1));
    assert_eq!(missing(&record), ["tzdata"], "{record:#}");
    let said = record["said"].as_array().unwrap().last().unwrap();
    let said = said.as_str().unwrap();
    assert!(said.ends_with("unknown time zone Europe/Paris"), "{said}");
}

#[test]
fn people_read_what_is_missing_beside_what_was_predicted() {
    with("zone")
        .run(&["smoke", "zone"])
        .exits(1)
        .prints("FAIL  zone\n    because    it exited with 1\n")
        .prints("    missing    tzdata, as inspect predicted\n")
        .prints("unknown time zone Europe/Paris\n")
        .prints("    next       gobuildx explain tzdata\n")
        .says("Failed: 0 passed, 1 failed, 0 not run");
    with("dynamic")
        .run(&["smoke", "dynamic"])
        .exits(1)
        .prints("a blank system can't start it: execvp /dynamic: No such file or directory\n")
        .prints("elf-interp or elf-needed, as inspect predicted\n")
        .prints("glibc-min: not seen in this run\n");
}

#[test]
fn what_is_granted_is_there() {
    for (name, grant) in [("tmp", "tmp"), ("proc", "proc"), ("resolv", "resolv.conf")] {
        let project = with(name);
        smoke(&project, &[name]).exits(1);
        let record = record(&smoke(&project, &[name, "--grant", grant]).exits(0));
        assert_eq!(record["verdict"], "pass", "{record:#}");
    }
    let authorities = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap();
    let (first, _) = authorities.split_once("-----END").unwrap();
    let first = format!("{first}-----END CERTIFICATE-----\n");
    let project = with("trusts");
    let untrusted = record(&smoke(&project, &["trusts", "--", &first]).exits(1));
    assert_eq!(missing(&untrusted), ["ca-roots"]);
    smoke(
        &project,
        &["trusts", "--grant", "tmp,ca-certificates", "--", &first],
    )
    .exits(0);
}

#[test]
fn only_what_is_known_can_be_granted() {
    with("hello")
        .run(&["smoke", "hello", "--grant", "network"])
        .exits(2)
        .says(
            "`network` can't be granted: there are tmp, ca-certificates, resolv.conf, proc and dev",
        );
}

#[test]
fn a_prediction_that_a_passing_run_did_not_need_is_shown() {
    with("tmp")
        .run(&["smoke", "tmp", "--grant", "tmp"])
        .exits(0)
        .prints("predicted  tmp: not needed in this run\n");
}

#[test]
fn a_program_of_another_system_is_not_run_and_a_policy_says_whether_that_passes() {
    let project = Project::empty();
    hello_for(&project, "windows", "amd64");
    let record = record(&smoke(&project, &["hello.exe"]).exits(1));
    assert_eq!(record["verdict"], "not run");
    let because = record["because"].as_str().unwrap();
    assert!(
        because.starts_with("programs for Windows take wine: name a root folder"),
        "{because}"
    );
    assert!(because.contains("`mmdebstrap "), "{because}");
    assert_eq!(record["dimensions"]["environment_isolated"], "untested");
    project
        .run(&["smoke", "hello.exe", "--allow-not-run"])
        .exits(0)
        .says("Done: 0 passed, 0 failed, 1 not run");
}

#[test]
fn what_is_allowed_not_to_run_excuses_no_failure() {
    let project = with("zone");
    hello_for(&project, "windows", "amd64");
    project
        .run(&["smoke", "--allow-not-run", "hello.exe", "zone"])
        .exits(1)
        .says("Failed: 0 passed, 1 failed, 1 not run");
}

#[test]
fn nothing_passes_where_nothing_can_be_isolated() {
    let project = with("hello").file("none/README", "no program").file(
        "bin/bwrap",
        "#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n",
    );
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.path("bin/bwrap"), mode).unwrap();
    let path = project.path("bin").display().to_string();
    let missing = project.path("none").display().to_string();
    let refused = "not isolated: `bwrap` can't isolate anything here: No permissions";
    for (path, because) in [
        (format!("{path}:/usr/bin:/bin"), refused),
        (
            missing,
            "not isolated: `bwrap` (of bubblewrap) is not on PATH: ",
        ),
    ] {
        let run = |args: &[&str]| {
            let mut command = project.command(args);
            Run::of(command.env("PATH", &path).output().unwrap())
        };
        let record = record(&run(&["smoke", "--format", "json", "hello"]).exits(1));
        assert_eq!(record["verdict"], "not run");
        let told = record["because"].as_str().unwrap();
        assert!(told.starts_with(because), "{told}");
        let says_what_to_do =
            told.contains("bubblewrap; or take a container, by `--isolation docker`");
        assert_eq!(says_what_to_do, because.ends_with(": "), "{told}");
        run(&["smoke", "--allow-not-run", "hello"])
            .exits(0)
            .says("Done: 0 passed, 0 failed, 1 not run");
    }
}

#[test]
fn a_machine_without_a_folder_for_temporary_files_says_nothing_of_the_program() {
    let project = with("hello");
    let nowhere = project.path("nowhere");
    let project = project.env("TMPDIR", nowhere.clone());
    // Whatever may be left out, this is to be mended.
    let words = ["--allow-not-run", "hello"];
    let record = record(&smoke(&project, &words).exits(4));
    assert_eq!(record["verdict"], "not run", "{record:#}");
    let because = record["because"].as_str().unwrap();
    assert!(because.contains("No such file or directory"), "{because}");
    let next = record["next"].as_str().unwrap();
    let says_which = next.contains(&*nowhere.to_string_lossy()) && next.contains("TMPDIR=DIR");
    assert!(says_which, "{next}");
}

#[test]
fn who_is_stopped_before_anything_ran_does_not_pass_as_not_run() {
    let project = with("hello").file(
        "bin/bwrap",
        "#!/bin/sh\n: > reached\nexec tail -f /dev/null\n",
    );
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.path("bin/bwrap"), mode).unwrap();
    let path = format!("{}:/usr/bin:/bin", project.path("bin").display());
    let project = project.env("PATH", path);
    let mut run = Live::start(&project, &["smoke", "--allow-not-run", "hello"]);
    wait_until("isolation is tried", || project.path("reached").exists());
    run.signal("TERM");
    assert_eq!(run.end().0, Some(143), "{:#?}", run.seen);
    let said = run.seen.join("\n");
    assert!(!said.contains("Done:"), "{said}");
}

#[test]
fn every_artifact_of_an_output_folder_is_run() {
    let project = Project::hello();
    let build = ["build", "--rebuild", "changed", "--target", "linux/amd64"];
    project.run(&build).exits(0);
    let record = record(&smoke(&project, &[]).exits(0));
    assert_eq!(record["path"], "dist/hello_linux_amd64_v1/hello");
    assert_eq!(record["verdict"], "pass");
}

#[test]
fn a_folder_all_of_which_the_manifest_leaves_out_has_not_passed() {
    let project = Project::hello();
    let build = ["build", "--rebuild", "changed", "--target", "linux/amd64"];
    project.run(&build).exits(0);
    for nothing in [
        "[smoke]\nrun = false\n",
        "[smoke]\n[[override]]\nbinary = \"hello\"\n[override.smoke]\nrun = false\n",
        "[[override]]\nmatch = \"windows/*\"\n[override.smoke]\nargs = [\"x\"]\n",
    ] {
        project.write("targets.toml", nothing);
        project
            .run(&["smoke"])
            .exits(1)
            .prints("the manifest's `[smoke]` is for none of them");
    }
}

#[test]
fn a_program_that_nobody_may_start_has_not_passed() {
    let project = with("hello");
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(project.path("hello"), mode).unwrap();
    project
        .run(&["smoke", "hello"])
        .exits(1)
        .prints("nobody may start it: its mode has no `x`")
        .prints("chmod 755 hello");
}

#[test]
fn a_code_that_is_asked_for_may_be_as_high_as_those_of_signals() {
    let manifest = "[build]\nrebuild = \"changed\"\n[smoke]\nexit = 143\n";
    let project = Project::empty()
        .file("go.mod", "module example.com/hello\n\ngo 1.24\n")
        .file(
            "main.go",
            "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(143) }\n",
        )
        .manifest(manifest);
    project.run(&["build"]).exits(0);
    project.write("targets.toml", &manifest.replace("143", "142"));
    project.run(&["build"]).exits(1);
}

/// A project with three artifacts: one that is cut, one that is whole and one that is gone.
fn damaged() -> (Project, [String; 3]) {
    let project = Project::hello().file(
        "targets.toml",
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\", \"arm64\", \"386\"]\n",
    );
    let build = ["build", "--matrix", "--rebuild", "changed"];
    project.run(&build).exits(0);
    let path = |target: &str| format!("dist/hello_linux_{target}/hello");
    let [cut, whole, gone] = ["amd64_v1", "arm64_v8.0", "386_sse2"].map(path);
    let bytes = fs::read(project.path(&cut)).unwrap();
    fs::write(project.path(&cut), &bytes[..bytes.len() / 2]).unwrap();
    fs::remove_file(project.path(&gone)).unwrap();
    (project, [cut, whole, gone])
}

/// The verdict and the reason for a path.
#[track_caller]
fn told(run: &Run, path: &str) -> (String, String) {
    let json = run.json();
    let mut records = json.as_array().unwrap().iter();
    let Some(record) = records.find(|record| record["path"] == path) else {
        panic!("no {path} in {json:#}");
    };
    let word = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    (word("verdict"), word("because"))
}

#[test]
fn a_damaged_artifact_fails_by_its_own_name_and_the_others_are_run() {
    let (project, [cut, whole, gone]) = damaged();
    let all = smoke(&project, &[]).exits(1);
    let named = smoke(&project, &[&cut, &whole]).exits(1);
    for run in [&all, &named] {
        assert_eq!(told(run, &whole), ("pass".to_owned(), String::new()));
        let (verdict, because) = told(run, &cut);
        assert_eq!(
            (verdict.as_str(), because.contains("/tmp")),
            ("fail", false)
        );
    }
    let (verdict, because) = told(&all, &gone);
    assert_eq!(verdict, "fail");
    assert_eq!(
        because,
        format!("failed to read `{gone}`: there is no such file")
    );
}

#[test]
fn an_artifact_that_is_another_file_by_now_fails_by_its_own_name_and_the_others_are_run() {
    let (project, [emptied, whole, overwritten]) = damaged();
    fs::write(project.path(&emptied), "").unwrap();
    // It would pass, if anybody started it.
    fs::copy(program("hello"), project.path(&overwritten)).unwrap();
    project.write("cut.tar.gz", "no archive");
    let all = smoke(&project, &["cut.tar.gz", "dist"]).exits(1);
    assert_eq!(told(&all, &whole), ("pass".to_owned(), String::new()));
    let (verdict, because) = told(&all, "cut.tar.gz");
    assert_eq!(verdict, "fail");
    assert!(because.contains("`cut.tar.gz`"), "{because}");
    for other in [&emptied, &overwritten] {
        let (verdict, because) = told(&all, other);
        let why = "it is another file than the records of the folder say";
        assert_eq!((verdict.as_str(), because.as_str()), ("fail", why));
    }
}

#[test]
fn an_artifact_whose_test_lacks_something_is_not_run_and_the_others_are() {
    let cells = "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\", \"arm64\"]\n";
    let asks = format!(
        "{cells}[smoke]\n[[override]]\nmatch = \"linux/amd64\"\n[override.smoke.health]\n\
         args = [\":{{port}}\"]\nhttps = \"/\"\nca = \"ca.pem\"\n"
    );
    let project = Project::hello()
        .file("targets.toml", cells)
        .file("asks.toml", &asks);
    let build = ["build", "--matrix", "--rebuild", "changed"];
    project.run(&build).exits(0);
    for (exit, why) in [(4, "failed to read `"), (3, "` has no certificate in it")] {
        let run = smoke(&project, &["--manifest", "asks.toml"]).exits(exit);
        let (verdict, because) = told(&run, "dist/hello_linux_amd64_v1/hello");
        assert_eq!(verdict, "not run");
        assert!(
            because.contains(why) && because.contains("ca.pem"),
            "{because}"
        );
        let whole = told(&run, "dist/hello_linux_arm64_v8.0/hello");
        assert_eq!(whole, ("pass".to_owned(), String::new()));
        project.write("ca.pem", "no certificate");
    }
    // Of a program that failed more is said than that something is missing here.
    project.write("notes.tar.gz", "no archive");
    smoke(
        &project,
        &["--manifest", "asks.toml", "dist", "notes.tar.gz"],
    )
    .exits(1);
}

#[test]
fn a_damaged_program_of_an_archive_fails_by_its_own_name_and_the_others_are_run() {
    let (project, _) = damaged();
    let folders = ["hello_linux_amd64_v1", "hello_linux_arm64_v8.0"];
    let tar = std::process::Command::new("tar")
        .args(["-czf", "all.tar.gz", "-C", "dist"])
        .args(folders)
        .current_dir(project.root())
        .status();
    assert!(tar.unwrap().success());
    let archive = smoke(&project, &["all.tar.gz"]).exits(1);
    let [cut, whole] = folders.map(|folder| format!("all.tar.gz:/{folder}/hello"));
    assert_eq!(told(&archive, &whole).0, "pass");
    let (verdict, because) = told(&archive, &cut);
    assert_eq!(
        (verdict.as_str(), because.contains("/tmp")),
        ("fail", false)
    );
}

#[test]
fn a_program_for_newer_cpus_says_so_on_an_old_one() {
    let project = Project::empty();
    hello_for(&project, "linux", "amd64/v3");
    let on = |level: &str| smoke(&project, &["hello", "--cpu", level]);
    let old = record(&on("v1").exits(1));
    assert_eq!(missing(&old), ["cpu-level"], "{old:#}");
    assert_eq!(old["how"], "with qemu-x86_64-static as a CPU of v1");
    let new = record(&on("v3").exits(0));
    assert_eq!(new["verdict"], "pass", "{new:#}");
    on("v4").exits(2).says("there are v1, v2 and v3 of amd64");
}

#[test]
fn what_came_of_one_program_is_told_although_another_is_not_there() {
    with("hello")
        .run(&["smoke", "gone", "hello"])
        .exits(1)
        .prints("pass  hello\n")
        .prints("FAIL  gone\n    because    failed to read `gone`: there is no such file\n")
        .says("Failed: 1 passed, 1 failed, 0 not run");
}

#[test]
fn what_is_no_program_is_told_as_such() {
    let project = Project::empty().file("notes.txt", "no program");
    project
        .run(&["smoke", "notes.txt"])
        .exits(1)
        .prints("not run  notes.txt\n    because    it is no program that a system starts\n");
    let gone = project.run(&["smoke", "gone"]).exits(1);
    gone.prints("`gone`").says("Failed: 0 passed, 1 failed");
    project.run(&["smoke"]).exits(1).prints("`dist`");
    let project = project.file("bare/README", "no records");
    project.run(&["smoke", "bare"]).exits(1).prints(
        "    next       name an output folder of gobuildx, or make one: gobuildx build --matrix\n",
    );
}

#[test]
fn an_ordinary_user_isolates_as_well_as_root() {
    let project = with("hello");
    fs::copy(program("zone"), project.path("zone")).unwrap();
    let user = OrdinaryUser::of(&project);
    let run = |name: &str| user.run(&["smoke", "--format", "json", name]);
    assert_eq!(record(&run("hello").exits(0))["verdict"], "pass");
    let failed = run("zone").exits(1);
    assert_eq!(missing(&record(&failed)), ["tzdata"]);
    user.has_left_nothing();
}
