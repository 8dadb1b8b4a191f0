//! Help: what it says, that it holds, and that it fits.
//!
//! `SNAPSHOTS=overwrite cargo test --test cli help` writes `tests/cli/help/` anew.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use clap::Command;
use gobuildx::cli::command;
use snapbox::{Assert, Data};

use crate::project::{Project, Run};

const HEADINGS: [&str; 5] = [
    "What to build",
    "How to build",
    "Output",
    "Files",
    "What to check",
];
const WIDTHS: [usize; 5] = [40, 60, 80, 100, 120];

fn verbs() -> Vec<String> {
    let names = command(None);
    let names = names.get_subcommands().map(Command::get_name);
    names.map(str::to_owned).collect()
}

/// The words of each verb, and of each verb of a verb.
fn paths() -> Vec<Vec<String>> {
    let root = command(None);
    let verbs = root.get_subcommands();
    let paths = verbs.flat_map(|verb| {
        let own = vec![verb.get_name().to_owned()];
        let below = verb.get_subcommands().map(Command::get_name);
        let below = below.map(|name| [own.clone(), vec![name.to_owned()]].concat());
        let below: Vec<Vec<String>> = below.collect();
        std::iter::once(own).chain(below)
    });
    paths.collect()
}

/// Each verb, and each verb of a verb.
fn all_verbs(root: &Command) -> Vec<&Command> {
    let verbs = root.get_subcommands();
    verbs
        .flat_map(|verb| std::iter::once(verb).chain(verb.get_subcommands()))
        .collect()
}

/// What the program prints, away from any terminal.
fn gobuildx(args: &[&str]) -> Run {
    let project = Project::empty();
    Run::of(
        project
            .command(args)
            .env_remove("COLUMNS")
            .output()
            .unwrap(),
    )
}

/// The command lines among the examples of a verb, as words.
fn examples(verb: &Command) -> Vec<Vec<String>> {
    let text = verb.get_after_long_help().unwrap().to_string();
    let lines = text.lines().filter_map(|line| {
        let line = line.trim().split_once("gobuildx ")?.1;
        let line = line.split(['|', '>', ')']).next()?.split("  ").next()?;
        let words = line.split_whitespace();
        Some(
            words
                .map(|word| word.trim_matches('\'').to_owned())
                .collect(),
        )
    });
    lines.collect()
}

#[test]
fn the_help_of_each_verb_is_as_it_is_in_the_snapshots() {
    let assert = Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/help");
    let paths = paths();
    for path in paths.iter().map(Vec::as_slice).chain([[].as_slice()]) {
        let words = path.iter().map(String::as_str);
        let args: Vec<&str> = words.chain(["--help"]).collect();
        let file = if path.is_empty() {
            "gobuildx".to_owned()
        } else {
            path.join("-")
        };
        let expected = Data::read_from(&folder.join(format!("{file}.txt")), None);
        // clap leaves spaces at the ends of lines.
        let shown = gobuildx(&args).exits(0).stdout;
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        assert.eq(Data::text(lines.join("\n") + "\n"), expected.raw());
    }
    let snapshots = std::fs::read_dir(folder).unwrap();
    assert_eq!(
        snapshots.count(),
        paths.len() + 1,
        "a verb that is gone has a snapshot"
    );
}

#[test]
fn every_verb_has_examples_that_the_command_line_takes() {
    let root = command(None);
    for verb in all_verbs(&root) {
        let name = verb.get_name();
        let examples = examples(verb);
        assert!(!examples.is_empty(), "{name} has no examples");
        for words in examples {
            let own = words.iter().take(2).any(|word| word == name);
            assert!(own, "an example of another verb: {words:?}");
            let whole = ["gobuildx".to_owned()].into_iter().chain(words);
            if let Err(error) = root.clone().try_get_matches_from(whole) {
                panic!("an example of {name}: {error}");
            }
        }
    }
}

#[test]
fn every_example_and_exit_code_is_explained_under_a_short_title() {
    let root = command(None);
    for verb in all_verbs(&root).into_iter().chain([&root]) {
        let text = verb.get_after_long_help().unwrap().to_string();
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        for (at, line) in lines.iter().enumerate() {
            if !line.starts_with(' ') {
                let title = line.strip_suffix(':').unwrap_or_default();
                let short = (1..=10).contains(&title.len());
                assert!(short, "a title that is none: {line:?}");
                continue;
            }
            let beside = line.trim().contains("  ");
            let below = lines
                .get(at + 1)
                .is_some_and(|next| next.starts_with("   "));
            let continues = line.starts_with("   ");
            assert!(beside || below || continues, "not explained: {line:?}");
        }
    }
}

#[test]
fn every_option_is_explained_and_stands_under_one_of_few_headings() {
    let root = command(None);
    for verb in all_verbs(&root).into_iter().chain([&root]) {
        for arg in verb.get_arguments() {
            let name = format!("{} {}", verb.get_name(), arg.get_id());
            let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let first = text.chars().next().unwrap_or_default();
            assert!(
                first.is_uppercase() && !text.ends_with('.'),
                "{name}: {text:?}"
            );
            if !arg.is_positional() {
                let heading = arg.get_help_heading().unwrap_or_default();
                assert!(
                    HEADINGS.contains(&heading),
                    "{name} stands under {heading:?}"
                );
            }
        }
        let about = verb.get_about().unwrap().to_string();
        assert!(!about.ends_with('.'), "{about:?}");
        assert!(
            about.len() <= 70 || verb.get_name() == "gobuildx",
            "{about:?}"
        );
    }
}

#[test]
fn help_fits_the_terminal() {
    for width in WIDTHS {
        let mut root = command(Some(width));
        root.build();
        for verb in all_verbs(&root).into_iter().chain([&root]) {
            let mut verb = verb.clone();
            let texts = [verb.render_help(), verb.render_long_help()];
            for text in texts.map(|text| text.to_string()) {
                for line in text.lines().map(str::trim_end) {
                    let fits = line.chars().count() <= width.min(100);
                    let one_word = !line.trim().contains(' ');
                    // clap leaves it to the terminal to break this line.
                    let usage = line.starts_with("Usage:") && width < 60;
                    assert!(fits || one_word || usage, "{width}: {line:?}");
                }
            }
        }
    }
}

#[test]
fn a_terminal_that_is_narrow_gets_narrow_help() {
    let script = "stty rows 30 cols 44; \"$GOBUILDX\" build --help";
    let output = Process::new("script")
        .args(["-qec", script, "/dev/null"])
        .env("GOBUILDX", env!("CARGO_BIN_EXE_gobuildx"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let shown = Run::of(output).exits(0).stdout;
    assert!(shown.contains("Examples:"), "{shown}");
    let widest = shown.lines().map(|line| line.trim_end().len()).max();
    assert!(
        widest.is_some_and(|width| width > 30 && width <= 44),
        "{shown}"
    );
}

#[test]
fn the_variable_columns_is_heard_where_there_is_no_terminal() {
    let project = Project::empty();
    let width = |columns: &str| {
        let mut command = project.command(&["build", "--help"]);
        let run = Run::of(command.env("COLUMNS", columns).output().unwrap()).exits(0);
        run.stdout
            .lines()
            .map(|line| line.trim_end().len())
            .max()
            .unwrap()
    };
    assert!(width("50") <= 50);
    for wide in ["300", "0", "", "many", "-1", "99999999999999999999999"] {
        assert!((80..=100).contains(&width(wide)), "{wide}");
    }
}

#[test]
fn short_help_has_no_examples_and_says_where_there_are_some() {
    for verb in verbs() {
        let short = gobuildx(&[&verb, "-h"]).exits(0).stdout;
        let long = gobuildx(&[&verb, "--help"]).exits(0).stdout;
        assert!(!short.contains("Examples:"), "{short}");
        assert!(short.contains("more with '--help'"), "{short}");
        assert!(short.lines().count() < long.lines().count(), "{verb}");
        assert_eq!(gobuildx(&["help", &verb]).exits(0).stdout, long);
    }
}

#[test]
fn the_help_of_gobuildx_tells_the_exit_codes() {
    let run = gobuildx(&["--help"]).exits(0).prints("Exit codes:");
    for code in ["0", "1", "2", "3", "4", "130, 143"] {
        let line = format!("\n  {code} ");
        assert!(run.stdout.contains(&line), "{code}: {}", run.stdout);
    }
}

#[test]
fn a_misspelt_verb_flag_or_value_is_answered_with_what_was_meant() {
    gobuildx(&["biuld"]).exits(2).says("'build'");
    gobuildx(&["build", "--matirx"]).exits(2).says("'--matrix'");
    gobuildx(&["plan", "--format", "jsn"])
        .exits(2)
        .says("'json'");
    gobuildx(&["help", "biuld"]).exits(2).says("'build'");
}

#[test]
fn a_number_of_cores_that_is_none_is_answered_with_what_is_wanted() {
    for cores in ["0", "-1", "all", "1.5"] {
        let argument = format!("--jobs={cores}");
        gobuildx(&["build", &argument]).exits(2).says("1 or more");
    }
}

#[test]
fn a_manifest_that_is_not_there_is_named() {
    let project = Project::hello();
    let run = project
        .run(&["plan", "--manifest", "tragets.toml"])
        .exits(2);
    run.says("failed to ").says("tragets.toml");
}

#[test]
fn every_verb_has_a_page_for_man_without_warnings_and_paths_of_this_machine() {
    let project = Project::empty();
    project.run(&["man", "--out", "new/man1"]).exits(0);
    let mut pages: Vec<PathBuf> = paths()
        .iter()
        .map(|path| project.path(&format!("new/man1/gobuildx-{}.1", path.join("-"))))
        .collect();
    pages.push(project.path("new/man1/gobuildx.1"));
    let written = std::fs::read_dir(project.path("new/man1")).unwrap().count();
    assert_eq!(written, pages.len());
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for section in [".SH NAME", ".SH SYNOPSIS", ".SH EXAMPLES"] {
            assert!(text.contains(section), "{}: {text}", page.display());
        }
        for path in [
            "/root",
            "/home",
            "/tmp",
            "/work",
            env!("CARGO_MANIFEST_DIR"),
        ] {
            assert!(!text.contains(path), "{}: {text}", page.display());
        }
        let output = Process::new("groff")
            .args(["-man", "-ww", "-Tutf8", "-z"])
            .arg(&page)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.is_empty(),
            "{}: {said}",
            page.display()
        );
    }
}

#[test]
fn man_without_a_folder_prints_the_page_of_gobuildx() {
    let project = Project::empty();
    project.run(&["man", "--out", "here"]).exits(0);
    let printed = project.run(&["man"]).exits(0).stdout;
    assert_eq!(printed, project.read("here/gobuildx.1"));
    assert!(printed.contains(".SH \"EXIT STATUS\"") || printed.contains("EXIT STATUS"));
}

#[test]
fn pages_that_can_not_be_written_are_told_of() {
    let project = Project::empty().file("file", "");
    let run = project.run(&["man", "--out", "file/man1"]).exits(4);
    run.says("failed to make file/man1").says("help: ");
}

#[test]
fn the_schema_is_printed_as_json() {
    let schema = Project::empty().run(&["schema"]).exits(0).json();
    assert_eq!(schema, gobuildx::manifest::json_schema());
    let schema = Project::empty()
        .run(&["schema", "--toolchain"])
        .exits(0)
        .json();
    assert_eq!(schema, gobuildx::manifest::toolchain_json_schema());
}
