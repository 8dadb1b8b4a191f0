//! Which go processes a plan has, and what each of them makes.

use serde_json::Value;

use crate::answers::{compiles, go, only_argv, words};
use crate::project::{PRINTS_VERSION, Project, says};

/// Two main packages that are both called server.
fn two_servers() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/twice\n\ngo 1.24\n")
        .file("a/cmd/server/main.go", &says("first"))
        .file("b/cmd/server/main.go", &says("second"))
}

#[test]
fn two_packages_of_one_name_are_built_apart_under_their_own_names() {
    let project = two_servers().manifest(
        r#"
        [[binary]]
        name = "one"
        package = "./a/cmd/server"
        [[binary]]
        name = "two"
        package = "./b/cmd/server"
        "#,
    );
    assert_eq!(compiles(&project.plan(&[])).len(), 2);
    project.build(&[]).exits(0);
    assert_eq!(project.prints("one_linux_amd64_v1/one"), "first");
    assert_eq!(project.prints("two_linux_amd64_v1/two"), "second");
}

#[test]
fn two_packages_of_one_name_without_names_are_an_error_that_names_both() {
    two_servers()
        .run(&["build"])
        .exits(3)
        .says("/a/cmd/server")
        .says("/b/cmd/server")
        .says("[[binary]]");
}

#[test]
fn a_named_binary_and_an_unnamed_one_must_not_differ_in_case_only() {
    let project = two_servers().manifest(
        r#"
        [[binary]]
        name = "Server"
        package = "./a/cmd/server"
        [[binary]]
        package = "./b/cmd/server"
        "#,
    );
    project
        .run(&["plan"])
        .exits(3)
        .says("/a/cmd/server")
        .says("/b/cmd/server");
}

#[test]
fn binaries_are_named_as_go_names_them() {
    let project = Project::empty()
        .file("go.mod", "module example.com/m1/v2\n\ngo 1.24\n")
        .file("main.go", &says("root"))
        .file("v2/main.go", &says("v2"))
        .file("cmd/v3/main.go", &says("v3"))
        .file("cmd/v1/main.go", &says("v1"))
        .file("cmd/v0/main.go", &says("v0"))
        .file("cmd/v02/main.go", &says("v02"))
        .file("cmd/x.v2/main.go", &says("x.v2"));
    let plan = project.plan(&[]);
    let root = project.root().to_str().unwrap();
    for artifact in plan["artifacts"].as_array().unwrap() {
        let package = artifact["package"].as_str().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let out = format!("{}/", folder.path().display());
        go(&["-C", root, "build", "-o", &out, package]);
        let made: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(made, [artifact["binary"].as_str().unwrap()], "{package}");
    }
    assert_eq!(plan["artifacts"].as_array().unwrap().len(), 7);
}

#[test]
fn a_module_of_a_later_major_version_is_built_under_its_own_name() {
    let project = Project::empty()
        .file("go.mod", "module example.com/m1/v2\n\ngo 1.24\n")
        .file("main.go", &says("root"))
        .file("v2/main.go", &says("nested"));
    project.build(&[]).exits(0);
    assert_eq!(project.prints("m1_linux_amd64_v1/m1"), "root");
    assert_eq!(project.prints("v2_linux_amd64_v1/v2"), "nested");
}

#[test]
fn one_package_under_two_names_has_the_values_of_each() {
    let project = Project::hello().manifest(
        r#"
        [[binary]]
        name = "free"
        ldflags = ["-X=main.version=free"]
        [[binary]]
        name = "paid"
        ldflags = ["-X=main.version=paid"]
        "#,
    );
    project.build(&[]).exits(0);
    assert_eq!(project.prints("free_linux_amd64_v1/free"), "free");
    assert_eq!(project.prints("paid_linux_amd64_v1/paid"), "paid");
}

/// Two main packages that print their versions, with values that are hard to quote.
fn hard_to_quote(build: &str) -> Project {
    Project::empty()
        .file("go.mod", "module example.com/quotes\n\ngo 1.24\n")
        .file("cmd/a/main.go", PRINTS_VERSION)
        .file("cmd/b/main.go", PRINTS_VERSION)
        .manifest(&format!(
            r#"
            [build]
            {build}
            [[binary]]
            name = "a"
            package = "./cmd/a"
            ldflags = ["-X=main.version=it's  a=b, größer ✓"]
            [[binary]]
            name = "b"
            package = "./cmd/b"
            ldflags = ["-X=main.version=say \"hi\" $HOME `x` \\n"]
            "#
        ))
}

#[test]
fn each_binary_of_a_process_has_its_own_values_whatever_is_in_them() {
    let project = hard_to_quote("");
    assert_eq!(compiles(&project.plan(&[])).len(), 1);
    project.build(&[]).exits(0);
    assert_eq!(project.prints("a_linux_amd64_v1/a"), "it's  a=b, größer ✓");
    assert_eq!(
        project.prints("b_linux_amd64_v1/b"),
        "say \"hi\" $HOME `x` \\n"
    );
    let info = project.build_info("a_linux_amd64_v1/a");
    assert!(info.contains("build\t-trimpath=true"), "{info}");
    assert!(info.contains("path\texample.com/quotes/cmd/a"), "{info}");
    assert!(!info.contains("-ldflags"), "{info}");
}

#[test]
fn without_trimpath_the_values_that_go_records_are_the_binarys_own() {
    let project = hard_to_quote("trimpath = false\nldflags = []");
    assert_eq!(compiles(&project.plan(&[])).len(), 2);
    project.build(&[]).exits(0);
    for (binary, value) in [
        ("a_linux_amd64_v1/a", "it's  a=b, größer ✓"),
        ("b_linux_amd64_v1/b", "say \"hi\" $HOME `x` \\n"),
    ] {
        assert_eq!(project.prints(binary), value);
        let info = project.build_info(binary);
        let recorded = info.lines().find(|line| line.contains("-ldflags")).unwrap();
        let quoted = serde_json::to_string(value).unwrap();
        let plain = recorded.contains(value) || recorded.contains(quoted.trim_matches('"'));
        assert!(plain, "{recorded}");
        assert!(!info.contains("-trimpath"), "{info}");
    }
}

#[test]
fn a_first_flag_with_a_space_in_it_is_no_pattern() {
    let project = Project::hello().manifest(
        r#"
        [build]
        ldflags = ["-X=main.version=two words"]
        "#,
    );
    project.build(&[]).exits(0);
    assert_eq!(project.prints("hello_linux_amd64_v1/hello"), "two words");
}

#[test]
fn the_script_of_a_plan_builds_the_same_bytes() {
    let project = hard_to_quote("");
    project.build(&["--binary", "a"]).exits(0);
    let built = std::fs::read(project.path("dist/a_linux_amd64_v1/a")).unwrap();
    let plan = [
        "plan",
        "--format",
        "sh",
        "--rebuild",
        "changed",
        "--out",
        "other dist",
    ];
    let script = project.run(&plan).exits(0).stdout;
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let scripted = std::fs::read(project.path("other dist/a_linux_amd64_v1/a")).unwrap();
    assert!(built == scripted);
}

#[test]
fn dash_a_is_what_rebuild_says() {
    let project = Project::hello();
    assert!(only_argv(&project.plan(&[])).contains(&"-a"));
    assert!(!only_argv(&project.plan(&["--rebuild", "changed"])).contains(&"-a"));
    let changed = project.manifest("[build]\nrebuild = \"changed\"\n");
    assert!(!only_argv(&changed.plan(&[])).contains(&"-a"));
    assert!(only_argv(&changed.plan(&["--rebuild", "all"])).contains(&"-a"));
}

#[test]
fn a_plan_is_one_object_that_tells_every_step() {
    let project = Project::hello();
    let plan = project.plan(&[]);
    assert_eq!(plan["schema"], 1);
    assert!(plan["digest"].as_str().unwrap().starts_with("sha256:"));
    let steps = plan["steps"].as_array().unwrap();
    let ids: Vec<&str> = steps
        .iter()
        .map(|step| step["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "compile:linux/amd64/v1",
            "verify:hello_linux_amd64_v1",
            "place:hello_linux_amd64_v1"
        ]
    );
    let kinds: Vec<&str> = steps
        .iter()
        .map(|step| step["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["compile", "verify", "place"]);
    for step in steps {
        assert_eq!(step["target"], "linux/amd64/v1");
        words(&step["outputs"]);
    }
    assert_eq!(words(&steps[1]["needs"]), [ids[0]]);
    assert_eq!(words(&steps[2]["needs"]), [ids[1]]);
    assert_eq!(
        words(&steps[2]["outputs"]),
        ["{out}/hello_linux_amd64_v1/hello"]
    );
}

#[test]
fn a_go_process_is_planned_with_arguments_environment_and_tuning() {
    let plan = Project::hello().plan(&[]);
    let compile = compiles(&plan)[0];
    assert_eq!(
        words(&compile["argv"]),
        [
            "go",
            "build",
            "-a",
            "-trimpath",
            "-buildvcs=false",
            "-ldflags=-s -w",
            "."
        ]
    );
    let env = &compile["env"];
    for (name, value) in [
        ("CGO_ENABLED", "0"),
        ("GOAMD64", "v1"),
        ("GOARCH", "amd64"),
        ("GOENV", "off"),
        ("GOFLAGS", "-x=false"),
        ("GOOS", "linux"),
        ("GOWORK", "off"),
    ] {
        assert_eq!(env[name], value, "{name}");
    }
    let tuning = &compile["tuning"];
    assert!(
        words(&tuning["flags"])
            .iter()
            .any(|flag| flag.starts_with("-p="))
    );
    assert!(words(&tuning["inherit"]).contains(&"GOCACHE"));
    assert!(tuning["env"]["GOMAXPROCS"].is_string());
}

#[test]
fn garbage_is_collected_seldom_where_there_is_memory_and_as_the_user_says() {
    let told = |project: &Project, memory: &str| {
        let plan = project.plan(&["--jobs", "2", "--memory", memory]);
        let tuning = &compiles(&plan)[0]["tuning"];
        let inherited = words(&tuning["inherit"]).contains(&"GOGC");
        (tuning["env"]["GOGC"].clone(), inherited)
    };
    let project = Project::hello();
    assert_eq!(told(&project, "4GiB"), ("400".into(), false));
    assert_eq!(told(&project, "3GiB"), (Value::Null, false));
    let project = Project::hello().env("GOGC", "100");
    assert_eq!(told(&project, "4GiB"), (Value::Null, true));
}

#[test]
fn planning_writes_nothing_into_the_project() {
    let project = Project::hello().committed();
    for format in ["table", "json", "sh"] {
        project
            .run(&["plan", "--matrix", "--format", format])
            .exits(0);
    }
    project.run(&["build", "--dry-run"]).exits(0);
    assert_eq!(project.git(&["status", "--porcelain", "--ignored"]), "");
}

#[test]
fn a_digest_is_of_what_is_built_and_not_of_where_or_how_fast() {
    let project = Project::hello().committed();
    let digest = |project: &Project, args: &[&str]| project.plan(args)["digest"].clone();
    let first = digest(&project, &[]);
    assert_eq!(digest(&project, &["--jobs", "7"]), first);
    assert_eq!(digest(&project, &["--out", "/tmp/elsewhere"]), first);
    assert_eq!(digest(&Project::hello().committed(), &[]), first);
    assert_ne!(digest(&project, &["--rebuild", "changed"]), first);
    for build in ["ldflags = [\"-s\"]", "tags = [\"x\"]", "trimpath = false"] {
        let other = Project::hello()
            .manifest(&format!("[build]\n{build}\n"))
            .committed();
        let same = Project::hello().manifest("[build]\n").committed();
        assert_ne!(digest(&other, &[]), digest(&same, &[]), "{build}");
    }
    project.git(&["commit", "-q", "--allow-empty", "-m", "Second"]);
    assert_ne!(digest(&project, &[]), first);
}

#[test]
fn packages_are_seen_with_the_flags_and_experiments_that_they_are_built_with() {
    let gated = |constraint: &str| {
        Project::hello().file(
            "main.go",
            &format!("//go:build {constraint}\n\n{}", says("gated")),
        )
    };
    let project = gated("goexperiment.jsonv2")
        .manifest("[[binary]]\n[build]\nenv = { GOEXPERIMENT = \"jsonv2\" }\n");
    assert_eq!(
        compiles(&project.plan(&[]))[0]["env"]["GOEXPERIMENT"],
        "jsonv2"
    );
    let project = gated("race").manifest(
        "[build]\nflags = [\"-race\"]\n[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\n",
    );
    assert!(only_argv(&project.plan(&[])).contains(&"-race"));
}

#[test]
fn a_vendor_folder_that_is_out_of_date_is_told_unless_a_flag_leaves_it_out() {
    let project = Project::hello()
        .file(
            "go.mod",
            "module example.com/hello\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\n\
             replace example.com/dep => ./dep\n",
        )
        .file("dep/go.mod", "module example.com/dep\n")
        .file("vendor/modules.txt", "");
    let run = project.run(&["plan"]).says("inconsistent vendoring");
    assert_ne!(run.code, 0);
    let project = project.manifest("[build]\nflags = [\"-mod=mod\"]\n");
    project.run(&["plan"]).exits(0);
}
