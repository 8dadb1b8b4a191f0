//! Colours and widths: what a terminal gets, and what everybody else gets.

use std::process::{Command, Output};

use crate::project::{Project, Run};

const ESCAPE: char = '\u{1b}';

/// Something to run, with variables and where it prints to.
struct Case<'a> {
    terminal: bool,
    env: &'a [(&'a str, &'a str)],
    flags: &'a [&'a str],
}

fn output(project: &Project, case: &Case<'_>, args: &[&str]) -> Output {
    let all = [args, case.flags].concat();
    let plain = project.command(&all);
    let mut command = if case.terminal {
        let mut command = Command::new("script");
        let line = format!("'{}' {}", env!("CARGO_BIN_EXE_gobuildx"), all.join(" "));
        command.args(["-qec", &line, "/dev/null"]);
        command.current_dir(project.root());
        command
    } else {
        plain
    };
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color");
    command.envs(case.env.iter().copied());
    command.output().unwrap()
}

/// Every way to end with a message of another part of the program.
const MESSAGES: [(&[&str], &str); 4] = [
    (&["plan", "--manifest", "none.toml"], "error:"),
    (&["plan", "--manifest", "wrong.toml"], "error"),
    (&["biuld"], "error:"),
    (&["build", "--help"], "Usage:"),
];

fn project() -> Project {
    Project::hello().file("wrong.toml", "[matrix]\ngoos = [\"lunix\"]\n")
}

#[track_caller]
fn assert_coloured(coloured: bool, case: &Case<'_>) {
    let project = project();
    for (args, text) in MESSAGES {
        let run = Run::of(output(&project, case, args));
        let shown = format!("{}{}", run.stdout, run.stderr);
        assert!(shown.contains(text), "{args:?}: {shown}");
        assert_eq!(shown.contains(ESCAPE), coloured, "{args:?}: {shown:?}");
    }
}

#[test]
fn a_terminal_gets_colours_and_nobody_else() {
    for terminal in [true, false] {
        assert_coloured(
            terminal,
            &Case {
                terminal,
                env: &[],
                flags: &[],
            },
        );
    }
}

#[test]
fn variables_take_the_colours_from_a_terminal() {
    for env in [
        [("NO_COLOR", "1")].as_slice(),
        &[("CLICOLOR", "0")],
        &[("TERM", "dumb")],
        &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
    ] {
        assert_coloured(
            false,
            &Case {
                terminal: true,
                env,
                flags: &[],
            },
        );
    }
    let env = [("NO_COLOR", "")];
    assert_coloured(
        true,
        &Case {
            terminal: true,
            env: &env,
            flags: &[],
        },
    );
}

#[test]
fn colours_can_be_forced_without_a_terminal() {
    let env = [("CLICOLOR_FORCE", "1")];
    assert_coloured(
        true,
        &Case {
            terminal: false,
            env: &env,
            flags: &[],
        },
    );
}

#[test]
fn a_force_of_zero_or_of_nothing_is_none() {
    for value in ["0", ""] {
        let force = ("CLICOLOR_FORCE", value);
        let cases = [
            (false, vec![force], false),
            (true, vec![force, ("TERM", "dumb")], false),
            (true, vec![force, ("CLICOLOR", "0")], false),
            (true, vec![force], true),
        ];
        for (terminal, env, coloured) in cases {
            let case = Case {
                terminal,
                env: &env,
                flags: &[],
            };
            assert_coloured(coloured, &case);
        }
    }
}

#[test]
fn the_flag_says_more_than_variables_and_terminals() {
    let env = [("NO_COLOR", "1"), ("TERM", "dumb")];
    let flags = ["--color", "always"];
    assert_coloured(
        true,
        &Case {
            terminal: false,
            env: &env,
            flags: &flags,
        },
    );
    let env = [("CLICOLOR_FORCE", "1")];
    let flags = ["--color=never"];
    assert_coloured(
        false,
        &Case {
            terminal: true,
            env: &env,
            flags: &flags,
        },
    );
}

#[test]
fn what_other_programs_read_is_never_coloured() {
    let project = project();
    let case = Case {
        terminal: false,
        env: &[("CLICOLOR_FORCE", "1")],
        flags: &["--color=always"],
    };
    for args in [
        ["schema"].as_slice(),
        &["man"],
        &["completions", "bash"],
        &["plan", "--format", "json"],
        &["plan", "--format", "sh"],
    ] {
        let run = Run::of(output(&project, &case, args)).exits(0);
        assert!(!run.stdout.contains(ESCAPE), "{args:?}: {}", run.stdout);
    }
}

/// What gobuildx shows on a terminal with so many columns.
fn shown(project: &Project, columns: usize, args: &str) -> String {
    let gobuildx = env!("CARGO_BIN_EXE_gobuildx");
    let line = format!("stty rows 30 cols {columns}; '{gobuildx}' {args}");
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(project.root())
        .env("TERM", "dumb")
        .output()
        .unwrap();
    Run::of(output).exits(0).stdout
}

/// The lines of a plan's table on a terminal with so many columns.
fn table(project: &Project, columns: usize) -> Vec<String> {
    let shown = shown(project, columns, "plan --matrix");
    let table = shown.split("\r\n\r\n").nth(1).unwrap();
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[test]
fn the_table_of_a_plan_fits_the_terminal() {
    let project = Project::hello();
    let natural = project.run(&["plan", "--matrix"]).exits(0).stdout;
    assert!(natural.contains("Artifact ") && natural.contains("Package"));
    for columns in [40, 60, 80, 120] {
        let lines = table(&project, columns);
        let widest = lines.iter().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|width| width <= columns), "{lines:#?}");
        let plan = project.plan(&["--matrix"]);
        for artifact in plan["artifacts"].as_array().unwrap() {
            let path = artifact["path"].as_str().unwrap();
            assert!(
                lines.iter().any(|line| line.contains(path)),
                "{path}: {lines:#?}"
            );
        }
    }
    assert!(table(&project, 120)[0].contains("Package"));
    assert!(!table(&project, 60)[0].contains("Package"));
}

#[test]
fn the_summary_of_a_build_is_readable_on_a_narrow_terminal() {
    let project = Project::hello();
    let shown = shown(&project, 40, "build --rebuild changed");
    let plan = project.plan(&[]);
    let path = plan["artifacts"][0]["path"].as_str().unwrap();
    let summary: Vec<&str> = shown.lines().map(str::trim_end).collect();
    assert!(
        summary.contains(&format!("  Artifact: {path}").as_str()),
        "{shown}"
    );
    assert!(summary.contains(&"  Verdict: static: proven"), "{shown}");
}
