//! What is secret in the environment stands in no output, however a hook prints it.

use std::fs;
use std::path::Path;

use crate::hooked::{ALLOWED, events, hello};
use crate::project::{Project, Run};

const TOKEN: &str = "tok-0123/4567+89ab";
const PASSWORD: &str = "correct-horse";

/// Prints both in the ways that tools do: in pieces, in a header, in an address, over the end of a buffer, in lines of
/// others.
const PRINTS: &str = r#"
printf 'token '; printf %s "${RELEASE_TOKEN%????}"; printf '%s\n' "${RELEASE_TOKEN#??????????????}"
printf 'user:%s' "$RELEASE_TOKEN" | base64 -w0; echo
printf '%s' "$RELEASE_TOKEN" | od -An -v -tx1 | tr -d ' \n'; echo
echo "GET $UPLOADS/x" >&2
head -c 65530 /dev/zero | tr '\0' x; echo "$RELEASE_TOKEN"
printf '%s' "$RELEASE_TOKEN"
"#;

/// A project with a hook before its target.
fn project(ending: &str) -> Project {
    let manifest = "[hooks]\nbefore = [[\"true\"]]\n[[override]]\nmatch = \"linux/amd64\"\n\
                    hooks = { before = [[\"sh\", \"print.sh\", \"tok-0123/4567+89ab\"]] }\n";
    hello(manifest)
        .file("print.sh", &format!("{PRINTS}\n{ending}\n"))
        .env("RELEASE_TOKEN", TOKEN)
        .env(
            "UPLOADS",
            format!("https://user:{PASSWORD}@uploads.example"),
        )
}

const BUILD: [&str; 5] = [
    "build",
    "--target",
    "linux/amd64",
    "--rebuild=changed",
    ALLOWED,
];

/// Parts by which a secret would be known, in what programs make of it.
const TRACES: [&[u8]; 5] = [
    b"tok-0123",
    b"4567+89ab",
    b"746f6b2d30313233",
    // "user:tok-0123" in base64, where the token stands in it alone.
    b"b2stMDEyMy80NTY3",
    b"correct-horse",
];

fn assert_clean(what: &str, bytes: &[u8]) {
    for trace in TRACES {
        let found = bytes.windows(trace.len()).any(|at| at == trace);
        assert!(!found, "{what} has `{}`", String::from_utf8_lossy(trace));
    }
}

fn assert_clean_folder(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += assert_clean_folder(&path);
        } else {
            assert_clean(&path.display().to_string(), &fs::read(&path).unwrap());
            files += 1;
        }
    }
    files
}

fn assert_clean_run(run: &Run) {
    assert_clean("stdout", run.stdout.as_bytes());
    assert_clean("stderr", run.stderr.as_bytes());
}

#[test]
fn a_hook_that_prints_secrets_in_pieces_shows_none() {
    let project = project("exit 0");
    let run = project.run(&BUILD).exits(0);
    assert_clean_run(&run);
    assert!(run.stderr.contains("token [secret]\n"), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("GET https://user:[secret]@uploads.example/x"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("sh print.sh [secret]"),
        "{}",
        run.stderr
    );
    assert!(assert_clean_folder(&project.path("dist")) > 4);
}

#[test]
fn a_hook_that_fails_with_secrets_on_its_lips_leaves_none_in_any_record() {
    let project = project("exit 7");
    let run = project.run(&BUILD).exits(1);
    assert_clean_run(&run);
    assert!(run.stderr.contains("it exited with 7"), "{}", run.stderr);
    assert!(assert_clean_folder(&project.path("dist")) > 1);
    let report = project.read("dist/report.json");
    assert!(report.contains("token [secret]"), "{report}");

    let run = project.run(&[&BUILD[..], &["--message-format", "json"]].concat());
    assert_clean_run(&run.exits(1));
    let run = project.run(&[&BUILD[..], &["--message-format", "json"]].concat());
    let said = events(&run)
        .iter()
        .filter(|event| event["event"] == "output")
        .count();
    assert!(said > 4, "every line is JSON, and told");
}

#[test]
fn a_secret_in_an_argument_is_not_repeated() {
    let project = project("exit 0");
    let run = project.run(&["build", "--target", TOKEN]);
    assert_clean_run(&run);
    assert!(run.stderr.contains("[secret]"), "{}", run.stderr);
    let plan = project
        .run(&["plan", "--target", "linux/amd64", "--format", "json"])
        .exits(0);
    assert_clean_run(&plan);
    assert_eq!(plan.json()["schema"], 1);
}
