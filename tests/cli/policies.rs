//! Policies: what a system has or lacks, in builds, in `inspect` and in `verify`.

use serde_json::Value;

use crate::needy::{FILE, LINUX, PARIS, TWO, build, built, needy, standings};
use crate::project::Project;

#[test]
fn inspect_tells_for_each_system_what_it_lacks() {
    let project = built();
    let verdict = |policy: &str, code| {
        let run = project
            .run(&["inspect", "--policy", policy, FILE])
            .exits(code);
        let line = run.stdout.lines().find(|line| line.contains("verdict"));
        line.unwrap()
            .trim()
            .trim_start_matches("verdict")
            .trim()
            .to_owned()
    };
    let failing = "without that it starts, and part of it fails";
    for policy in ["scratch", "alpine"] {
        let needs = format!("fails {policy}: needs {PARIS}, git; {failing}");
        assert_eq!(verdict(policy, 1), needs);
    }
    for policy in ["distroless-static", "debian-12", "glibc-2.17"] {
        let needs = format!("fails {policy}: needs git; {failing}");
        assert_eq!(verdict(policy, 1), needs);
    }
    let told = format!("passes static; conditional (on {PARIS}, git): {failing}");
    assert_eq!(verdict("static", 0), told);

    // Without a policy nothing fails, and nothing is said to.
    let json = project.run(&["inspect", "--format", "json", FILE]);
    let record = &json.exits(0).json()[0];
    assert_eq!(
        (&record["policy"], &record["outcome"]),
        (&Value::Null, &Value::Null)
    );
    let args = [
        "inspect",
        "--format",
        "json",
        "--policy",
        "distroless-static",
        FILE,
    ];
    let record = &project.run(&args).exits(1).json()[0];
    assert_eq!(record["outcome"], "failed");
    assert_eq!(standings(record), [(PARIS, "provided"), ("git", "fails")]);
}

#[test]
fn what_a_proof_says_nothing_about_is_named_for_people_and_in_the_records() {
    let source = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\
                  \tfmt.Println(os.ReadFile(os.Args[1]))\n\
                  \tfmt.Println(os.WriteFile(os.Args[2], nil, 0o600))\n}\n";
    let project = Project::hello().file("main.go", source).file(
        "targets.toml",
        "[[matrix.include]]\ntarget = \"linux/amd64\"\n[build]\nrebuild = \"changed\"\nvcs = false\n",
    );
    let note = "Note: not known: linux/amd64/v1 (files whose names don't show, files that it makes whose names don't show)\n";
    project.run(&["build", "--matrix"]).exits(0).says(note);
    let names = serde_json::json!([
        "files whose names don't show",
        "files that it makes whose names don't show"
    ]);
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"][0]["verdict"], "proven");
    assert_eq!(artifacts["artifacts"][0]["not_known"], names);
    let file = "dist/hello_linux_amd64_v1/hello";
    let json = project.run(&["inspect", "--format", "json", file]);
    assert_eq!(json.exits(0).json()[0]["not_known"], names);
    project.run(&["inspect", "--policy", "scratch", file]).prints(
        "proven for scratch; not known: files whose names don't show, files that it makes whose names don't show\n",
    );
    let names = "files whose names don't show, files that it makes whose names don't show";
    let note = format!("Note: not known ({names}): hello_linux_amd64_v1/hello\n");
    project.run(&["verify"]).exits(0).says(&note);
}

#[test]
fn what_is_denied_fails_the_gate_also_where_its_name_does_not_show() {
    let source = "package main\n\nimport \"os\"\n\nfunc main() {\n\
                  \tdata, _ := os.ReadFile(os.Args[1])\n\tos.Stdout.Write(data)\n}\n";
    let project = Project::hello().file("main.go", source).file(
        "targets.toml",
        &format!("{LINUX}[verify]\npolicy = \"scratch\"\ndeny = [\"asset\"]\n"),
    );
    project
        .run(&["build", "--matrix"])
        .exits(1)
        .says("fails scratch: needs files whose names don't show\n");
}

#[test]
fn what_c_in_a_program_does_is_not_known_and_fails_where_that_is_denied() {
    const C: &str = "package main\n\n// static int one(void) { return 1; }\nimport \"C\"\n\n\
        func main() { println(C.one()) }\n";
    let manifest = |deny: &str| {
        format!(
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [true]\n\
             toolchains = {{ \"*\" = \"host\" }}\n[build]\nrebuild = \"changed\"\n\
             ldflags = [\"-linkmode=external\", \"-extldflags=-static\"]\n[verify]\npolicy = \"scratch\"\n{deny}"
        )
    };
    let project = Project::hello()
        .file("main.go", C)
        .file("targets.toml", &manifest(""));
    project
        .run(&["build", "--matrix"])
        .exits(0)
        .says("Note: not known: linux/amd64/v1+host (what its C opens and runs)\n");
    let denied = manifest("deny = [\"unread-texts\"]\n");
    let project = project.file("targets.toml", &denied);
    project
        .run(&["build", "--matrix"])
        .exits(1)
        .says("fails scratch: needs what its C opens and runs\n");
}

#[test]
fn inspect_tells_the_chains_only_when_they_are_asked_for() {
    let project = built();
    let short = project.run(&["inspect", "--policy", "scratch", FILE]);
    assert!(!short.stdout.contains('→'), "{}", short.stdout);
    project
        .run(&["inspect", "-v", "--policy", "distroless-static", FILE])
        .prints("main.main → main.zone → time.LoadLocation (the system has it)\n")
        .prints("git: main.main → os/exec.Command\n");
}

#[test]
fn a_policy_about_another_system_is_told_for_each_file() {
    built()
        .run(&["inspect", "--policy", "windows-10", FILE])
        .exits(1)
        .says(
            "failed to hold `dist/hello_linux_amd64_v1/hello` against windows-10: it is for linux",
        );
    built()
        .run(&["inspect", "--policy", "alpin", FILE])
        .exits(2)
        .says("`alpin` is not a policy; there are static, scratch, ");
}

#[test]
fn a_build_fails_on_what_the_system_lacks() {
    let (project, run) = build(&format!("{LINUX}[verify]\npolicy = \"scratch\"\n"));
    run.exits(1)
        .prints("failed the gate")
        .says("failed to verify hello_linux_amd64_v1/hello\n  fails scratch: needs time zone \"Europe/Paris\", git\n")
        .says("  tzdata: the program looks up time zones, and has none of its own: time zone \"Europe/Paris\"\n    by main.main → main.zone → time.LoadLocation\n")
        .says("    symptom: exec: \"git\": executable file not found in $PATH\n");
    assert!(!project.path(FILE).exists());
}

#[test]
fn what_the_system_has_is_no_condition_and_what_is_allowed_is_one() {
    let allow =
        "allow = [{ rule = \"exec\", subject = \"git\", reason = \"git is in the image\" }]\n";
    let (project, run) = build(&format!(
        "{LINUX}[verify]\npolicy = \"distroless-static\"\n{allow}"
    ));
    run.exits(0)
        .says("Note: conditional: linux/amd64/v1 (on git; allowed: git is in the image)\n");
    let artifact = &project.json("dist/artifacts.json")["artifacts"][0];
    assert_eq!(artifact["policy"], "distroless-static");
    assert_eq!(
        standings(artifact),
        [(PARIS, "provided"), ("git", "allowed")]
    );

    let none = "package main\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n\n\
        func main() { fmt.Println(time.LoadLocation(\"Europe/Paris\")) }\n";
    project.write("main.go", none);
    project
        .run(&["build", "--matrix", "--quiet"])
        .exits(0)
        .prints("  distroless-static: proven\n")
        .says("Note: `allow` in the manifest allows nothing that was found: exec (git)\n");
}

#[test]
fn what_is_allowed_for_one_subject_allows_no_other() {
    let allow = "allow = [{ rule = \"exec\", subject = \"svn\", reason = \"R\" }]\n";
    let (_, run) = build(&format!("{LINUX}[verify]\npolicy = \"debian-12\"\n{allow}"));
    run.exits(1).says("fails debian-12: needs git\n");
}

#[test]
fn what_is_denied_fails_under_the_default_policy_too() {
    let (_, run) = build(&format!("{LINUX}[verify]\ndeny = [\"tzdata\"]\n"));
    let run = run
        .exits(1)
        .says("  tzdata: the program looks up time zones");
    assert!(!run.stderr.contains("  exec: "), "{}", run.stderr);
}

#[test]
fn policies_differ_between_targets_by_overrides() {
    let (project, run) = build(&format!(
        "{TWO}[[override]]\nmatch = \"linux\"\nverify = {{ policy = \"debian-12\", allow = [{{ rule = \"exec\", reason = \"R\" }}] }}\n\n\
         [[override]]\nmatch = \"windows\"\nverify = {{ policy = \"windows-10\", allow = [\n  {{ rule = \"exec\", reason = \"R\" }},\n  {{ rule = \"tzdata\", subject = \"Europe/Paris\", reason = \"S\" }},\n] }}\n"
    ));
    run.exits(0)
        .says("Note: conditional: linux/amd64/v1 (on git; allowed: R)\n")
        .says("Note: conditional: windows/amd64/v1 (on time zone \"Europe/Paris\", git; allowed: S; R)\n");
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"][0]["policy"], "debian-12");
    assert_eq!(artifacts["artifacts"][1]["policy"], "windows-10");
}

#[test]
fn a_policy_that_does_not_fit_a_target_is_a_fault_of_the_manifest() {
    let (_, run) = build(&format!("{TWO}[verify]\npolicy = \"scratch\"\n"));
    run.exits(3)
        .says("the policy `scratch` says nothing about windows/amd64")
        .says("[[override]] with `match = \"linux/*\"`");
}

#[test]
fn the_policy_is_part_of_what_a_plan_is() {
    let digest = |verify: &str| {
        let project = needy(&format!("{LINUX}[verify]\n{verify}\n"));
        let plan = project.run(&["plan", "--matrix", "--format", "json"]);
        plan.exits(0).json()["digest"].as_str().unwrap().to_owned()
    };
    let digests = [
        digest("policy = \"static\""),
        digest("policy = \"scratch\""),
        digest("deny = [\"exec\"]"),
        digest("allow = [{ rule = \"exec\", reason = \"R\" }]"),
        digest("allow = [{ rule = \"exec\", subject = \"git\", reason = \"R\" }]"),
    ];
    let mut distinct = digests.to_vec();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), digests.len());
}

/// The schema of SARIF, by its authors.
fn sarif_schema() -> jsonschema::Validator {
    let text = include_str!("../sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(text).unwrap();
    // A pattern in it that no strict reader of patterns takes: a bracket closes what none opened.
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        assert!(language["pattern"].as_str().unwrap().ends_with("]?$"));
        language.as_object_mut().unwrap().remove("pattern");
    }
    jsonschema::validator_for(&schema).unwrap()
}

/// What GitHub asks for besides the schema, so that an upload becomes alerts.
fn assert_fit_for_upload(document: &Value) {
    let schema = sarif_schema();
    let faults: Vec<String> = schema
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}\n{document:#}");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["help"]["text"].as_str().unwrap().len() > 10);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with('/') && !uri.contains(' '), "{uri}");
        assert_eq!(place["region"]["startLine"], 1);
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
    }
}

#[test]
fn the_validator_refuses_what_is_no_sarif() {
    let wrong = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(!sarif_schema().is_valid(&wrong));
}

#[test]
fn findings_are_sarif_with_their_chains() {
    let project = built();
    let args = [
        "inspect",
        "--format",
        "sarif",
        "--policy",
        "distroless-static",
        FILE,
        "none",
    ];
    let document = project.run(&args).exits(1).json();
    assert_fit_for_upload(&document);
    let run = &document["runs"][0];
    let of = |rule: &str| {
        let results = run["results"].as_array().unwrap();
        results
            .iter()
            .find(|result| result["ruleId"] == rule)
            .unwrap()
    };
    assert_eq!(
        (&of("tzdata")["kind"], &of("tzdata")["level"]),
        (&"pass".into(), &"none".into())
    );
    assert_eq!(
        (&of("exec")["kind"], &of("exec")["level"]),
        (&"fail".into(), &"error".into())
    );
    let chain = of("tzdata")["locations"][0]["logicalLocations"].as_array();
    assert_eq!(chain.unwrap()[1]["fullyQualifiedName"], "main.zone");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(
        invocation["toolExecutionNotifications"][0]["message"]["text"],
        "failed to read `none`: there is no such file"
    );
    let again = project.run(&args).exits(1).json();
    assert_eq!(document, again);
}

#[test]
fn a_folder_is_sarif_with_its_faults_and_with_what_is_allowed_as_suppressed() {
    let allow = "[verify]\nallow = [{ rule = \"exec\", reason = \"R\" }]\n";
    let (project, run) = build(&format!("{LINUX}{allow}"));
    run.exits(0);
    let document = project
        .run(&["verify", "--format", "sarif"])
        .exits(0)
        .json();
    assert_fit_for_upload(&document);
    let results = document["runs"][0]["results"].as_array().unwrap();
    let exec = results.iter().find(|result| result["ruleId"] == "exec");
    assert_eq!(exec.unwrap()["suppressions"][0]["justification"], "R");
    project.write(FILE, "other bytes");
    let document = project
        .run(&["verify", "--format", "sarif"])
        .exits(1)
        .json();
    assert_fit_for_upload(&document);
    assert_eq!(document["runs"][0]["results"][0]["ruleId"], "dist-altered");
}
