//! Completions: bash completes with what it is given, and every shell gets every verb.

use std::process::Command;

use crate::project::{Project, Run};

/// What bash offers for the last of these words.
fn bash(words: &[&str]) -> Vec<String> {
    let script = r#"
        source <("$0" completions bash)
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _gobuildx gobuildx "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash")
        .args(["--norc", "-euc", script, env!("CARGO_BIN_EXE_gobuildx")])
        .args(words)
        .output()
        .unwrap();
    let run = Run::of(output).exits(0);
    assert_eq!(run.stderr, "");
    run.stdout.lines().map(str::to_owned).collect()
}

fn script(shell: &str) -> String {
    Project::empty()
        .run(&["completions", shell])
        .exits(0)
        .stdout
}

#[test]
fn bash_completes_verbs_flags_and_values() {
    assert_eq!(bash(&["gobuildx", "bu"]), ["build"]);
    assert_eq!(bash(&["gobuildx", "build", "--matr"]), ["--matrix"]);
    assert_eq!(bash(&["gobuildx", "plan", "--format", "j"]), ["json"]);
    assert_eq!(
        bash(&["gobuildx", "build", "--rebuild", ""]),
        ["all", "changed"]
    );
    assert_eq!(bash(&["gobuildx", "completions", "z"]), ["zsh"]);
}

#[test]
fn bash_completes_the_names_of_files() {
    let project = Project::empty().file("targets.toml", "");
    let start = project.path("tar");
    let offered = bash(&["gobuildx", "build", "--manifest", start.to_str().unwrap()]);
    assert_eq!(offered, [project.path("targets.toml").to_str().unwrap()]);
}

#[test]
fn shells_find_nothing_wrong_with_their_scripts() {
    for shell in ["bash", "zsh", "fish"] {
        let check = |script: &str| {
            let project = Project::empty().file("script", script);
            let mut command = Command::new(shell);
            let command = command.arg("-n").arg(project.path("script"));
            Run::of(command.output().unwrap())
        };
        let run = check(&script(shell)).exits(0);
        assert_eq!(run.stderr, "", "{shell}");
        let broken = check("if true; echo (\n");
        assert_ne!(broken.stderr, "", "{shell} checks nothing");
    }
}

#[test]
fn every_shell_gets_every_verb_with_its_flags() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = script(shell);
        for verb in gobuildx::cli::command(None).get_subcommands() {
            assert!(script.contains(verb.get_name()), "{shell}: {verb}");
        }
        assert!(script.contains("keep-going"), "{shell}");
        assert!(!script.contains(env!("CARGO_MANIFEST_DIR")), "{shell}");
    }
}

#[test]
fn another_shell_is_a_mistake_that_names_the_known_ones() {
    let run = Project::empty().run(&["completions", "tcsh"]).exits(2);
    run.says("bash, elvish, fish, powershell, zsh");
}
