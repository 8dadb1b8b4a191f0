//! The text of the manifest.
//!
//! Explanations are lines that start with `# `; settings to switch on start with `#` alone, so that
//! taking that away is all there is to do. Uncommented as a whole the text is a manifest, too.

use std::fmt::Write as _;

use super::cells::Axes;
use super::draft::{Draft, GoName, Matrix, Reason, Section};
use crate::target::{Goarch, Goos};

const HEAD: &str = "\
# What gobuildx builds, and for which targets. `gobuildx init` wrote this; it is yours to change.
#
#   gobuildx plan --matrix      shows what will be built, and how
#   gobuildx build --matrix     builds it into dist/, and verifies each binary
#
# Everything may be left out. A setting behind a `#` without a space is off: take the `#` away.

schema = 1
";

const PROJECT: &str = r#"#version = "git"          # the last v… tag and the commit: v2.3.0-7a8b9c1; or a text of yours
#go = "1.26.8"            # this release of Go; else the one on PATH if go.mod accepts it
"#;

const OPTIONAL: &str = r#"
# How everything is built.
#[build]
#rebuild = "changed"      # trust Go's build cache; "all" compiles every package anew
#ldflags = ["-s", "-w"]   # arguments of the linker; these, the default, leave out symbols
#tags = ["sqlite_fts5"]   # build tags
#resolver = "go"          # Go's own code looks up hosts and users, also with cgo
#dwarf = "needed"         # no debug information where -w leaves it out anyway: quicker, other bytes
#env = { GOFIPS140 = "v1.0.0" }     # GOEXPERIMENT, GOFIPS140 or GODEBUG
"#;

const VERIFY: &str = r#"
# What programs else look for on the system, compiled in.
#[embed]
#tzdata = true            # time zones, 0.4 MB
#ca_roots = true          # Mozilla's CA certificates, or a PEM file: "ca.pem"; then: gobuildx lock

# Packs verified binaries where packed ones are known to run.
#[compress]
#upx = ["--best", "--lzma"]

# What the gate lets pass, each with a reason.
#[verify]
#allow = [{ rule = "elf-needed", reason = "glibc is in the image" }]
"#;

/// The whole text.
#[must_use]
pub fn text(draft: &Draft) -> String {
    let mut text = HEAD.to_owned();
    let _ = write!(text, "\n[project]\nname = {}\n", string(&draft.project));
    text.push_str(PROJECT);
    text.push_str("\n# One section for each program that is shipped.\n");
    for (index, binary) in draft.binaries.iter().enumerate() {
        let gap = if index == 0 { "" } else { "\n" };
        let _ = write!(text, "{gap}{}", section(binary, Switch::On));
    }
    set_aside(&mut text, draft);
    matrix(&mut text, draft);
    text.push_str(OPTIONAL);
    overrides(&mut text, draft);
    text.push_str(VERIFY);
    text
}

/// Whether a section is in force, or a comment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

/// The section alone, to find out whether it can be said in a manifest at all.
pub(super) fn alone(binary: &Section) -> String {
    section(binary, Switch::On)
}

fn section(binary: &Section, switch: Switch) -> String {
    let off = if switch == Switch::Off { "#" } else { "" };
    let mut text = String::new();
    if !binary.without.is_empty() {
        let parts = prose(&binary.without.join(", "));
        let _ = writeln!(
            text,
            "# Has C parts, which are left out without cgo: {parts}."
        );
    }
    let _ = writeln!(text, "{off}[[binary]]");
    let _ = write!(text, "{off}name = {}", string(&binary.name));
    let (of_go, why) = match &binary.instead_of {
        None => ("", ""),
        Some(GoName::SaysTooLittle(name)) => (name.as_str(), "which doesn't say what it is"),
        Some(GoName::Unusable(name)) => (name.as_str(), "which is taken or no safe file name"),
    };
    if !of_go.is_empty() {
        let _ = write!(text, "     # Go's name is {}, {why}", prose(of_go));
    }
    text.push('\n');
    if binary.module != "." {
        let _ = writeln!(text, "{off}module = {}", string(&binary.module));
    }
    let _ = writeln!(text, "{off}package = {}", string(&binary.package));
    if !binary.targets.is_empty() {
        let targets = list(binary.targets.iter().map(String::as_str));
        let _ = writeln!(
            text,
            "{off}targets = {targets}     # it can be built for these only"
        );
    }
    text.push_str(&ldflags(binary, off));
    text
}

/// The linker flags that write the version into the program's own variables.
fn ldflags(binary: &Section, off: &str) -> String {
    let files: Vec<&str> = {
        let mut files: Vec<&str> = binary
            .stamps
            .iter()
            .map(|stamp| stamp.variable.file.as_str())
            .collect();
        files.dedup();
        files
    };
    if files.is_empty() {
        return String::new();
    }
    let flags: Vec<String> = binary
        .stamps
        .iter()
        .map(|stamp| format!("-X=main.{}={}", stamp.variable.name, stamp.template))
        .collect();
    format!(
        "# Sets string variables of {}.\n{off}ldflags = {}\n",
        prose(&files.join(", ")),
        list(flags.iter().map(String::as_str))
    )
}

fn set_aside(text: &mut String, draft: &Draft) {
    let mut last = None;
    for (binary, reason) in &draft.set_aside {
        let explained = explained(binary, reason);
        // What several have in common is said once.
        if last.as_ref() == Some(&explained) {
            text.push('\n');
        } else {
            let _ = write!(text, "\n# Not built: {}.\n", prose(&explained));
        }
        if !matches!(reason, Reason::Unsayable(_)) {
            text.push_str(&section(binary, Switch::Off));
        }
        last = Some(explained);
    }
    if !draft.unasked.is_empty() {
        text.push_str("\n# Not looked into, since modules there are for the project itself:\n");
        for dir in &draft.unasked {
            let _ = writeln!(text, "# - {}", prose(dir));
        }
    }
}

/// Why a program isn't built, in words that follow `Not built: `.
fn explained(binary: &Section, reason: &Reason) -> String {
    match reason {
        Reason::OwnUse(folder) => format!("what is below {folder} is for the project itself"),
        Reason::NeedsC(parts) => format!(
            "it needs C ({}); it wants a manifest of its own, with cgo = [true]",
            parts.join(", ")
        ),
        Reason::NoTarget => {
            "it has no Go files for Linux, macOS or Windows without cgo and tags".to_owned()
        }
        Reason::Unsayable(why) => format!("{} in {}: {why}", binary.package, binary.module),
    }
}

fn matrix(text: &mut String, draft: &Draft) {
    match &draft.matrix {
        Matrix::Pure(axes) => {
            text.push_str("\n# Every program is built for every pair of these.\n[matrix]\n");
            let goos = list(axes.goos.iter().map(|goos| goos.as_str()));
            let goarch = list(axes.goarch.iter().map(|goarch| goarch.as_str()));
            let _ = write!(text, "goos = {goos}\ngoarch = {goarch}\n");
            exclude(text, axes, draft);
            if axes.goarch.contains(&Goarch::Amd64) {
                text.push_str(
                    "#variants = { amd64 = [\"v1\", \"v3\"] }     # CPU levels; without it the lowest one\n",
                );
            }
            text.push_str(
                "\n# One more target, beside the pairs.\n#[[matrix.include]]\n#target = \"freebsd/amd64\"\n",
            );
        }
        Matrix::HostWithC(host) => {
            let target = string(&format!("{}/{}", host.goos, host.goarch));
            let _ = write!(
                text,
                "\n# Every program needs cgo. The best C toolchain that is installed compiles it, and links it statically where that can \
                 be\n# done: `gobuildx toolchains list` has them all, also those for other platforms.\n\
                 [[matrix.include]]\ntarget = {target}\ncgo = true\n#toolchain = \"zig-musl\"\n"
            );
        }
    }
}

/// The pairs that no program is for; where there are none, how one would be left out.
fn exclude(text: &mut String, axes: &Axes, draft: &Draft) {
    let pair =
        |(goos, goarch): &(Goos, Goarch)| format!("{{ goos = \"{goos}\", goarch = \"{goarch}\" }}");
    let pairs: Vec<String> = axes.exclude.iter().map(pair).collect();
    if !pairs.is_empty() {
        let _ = writeln!(
            text,
            "exclude = [{}]     # no Go files for these",
            pairs.join(", ")
        );
        return;
    }
    let all = draft
        .binaries
        .iter()
        .chain(draft.set_aside.iter().map(|(section, _)| section));
    let for_all = all.into_iter().all(|binary| binary.targets.is_empty());
    let many = axes.goos.len() > 1 && axes.goarch.len() > 1;
    if let (Some(goos), Some(goarch)) = (axes.goos.last(), axes.goarch.last())
        && for_all
        && many
    {
        let _ = writeln!(text, "#exclude = [{}]", pair(&(*goos, *goarch)));
    }
}

fn overrides(text: &mut String, draft: &Draft) {
    let Matrix::Pure(axes) = &draft.matrix else {
        return;
    };
    let Some(goos) = axes.goos.last() else {
        return;
    };
    let _ = write!(
        text,
        "\n# Other settings for some targets; lists are added to those above.\n\
         #[[override]]\n#match = [\"{goos}/*\"]\n#tags = [\"nosystemd\"]\n"
    );
}

/// An array of strings; one a line where they would make a long one.
fn list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.map(string).collect();
    format!("[{}]", items.join(", "))
}

/// A string of TOML, on one line.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text that can stand in a comment: on one line, and without what TOML doesn't allow there.
fn prose(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ask::{Answers, default_targets};
    use super::super::draft::draft;
    use super::super::program::{CParts, Program, SourceVariable, Stamp};
    use super::*;
    use crate::manifest::parse;
    use crate::target::Target;

    /// The text with every setting that is off switched on.
    fn switched_on(text: &str) -> String {
        let on = |line: &str| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => {
                format!("{rest}\n")
            }
            _ => format!("{line}\n"),
        };
        text.lines().map(on).collect()
    }

    fn written(programs: Vec<Program>) -> String {
        text(&drafted(programs))
    }

    fn drafted(programs: Vec<Program>) -> Draft {
        let answers = Answers {
            modules: [(".".to_owned(), "example.com/x".to_owned())].into(),
            programs,
            unasked: vec!["tools/x\ny".to_owned()],
        };
        draft(&answers, None, &"linux/amd64".parse().unwrap())
    }

    fn any_program() -> impl Strategy<Value = Program> {
        let folder = prop_oneof![
            "[a-zA-Z0-9._-]{1,12}",
            "[ä-ü \"\\\\'#=\\[{%@~]{1,6}",
            Just("internal".to_owned()),
            Just("con".to_owned()),
            Just("x.go".to_owned()),
            Just("v2".to_owned()),
            Just("...".to_owned()),
            "\\PC{1,6}",
        ];
        let folders = || prop::collection::vec(folder.clone(), 0..3);
        let targets = prop::sample::subsequence(default_targets(), 1..=6);
        let stamp = prop::sample::select(vec!["version", "commit", "date"]);
        (
            folders(),
            folders(),
            targets,
            prop::option::of(stamp),
            0..4_u8,
        )
            .prop_map(|(module, package, targets, stamp, c)| {
                let module = module.join("/");
                let package = package.join("/");
                Program {
                    import_path: format!("example.com/x/{module}/{package}"),
                    module: if module.is_empty() {
                        ".".to_owned()
                    } else {
                        module
                    },
                    package: if package.is_empty() {
                        ".".to_owned()
                    } else {
                        format!("./{package}")
                    },
                    targets: targets.into_iter().filter(|_| c != 0).collect(),
                    c_parts: match c {
                        0 => CParts::Needed(vec!["example.com/c".to_owned()]),
                        1 => CParts::LeftOut(vec!["example.com/c".to_owned()]),
                        _ => CParts::None,
                    },
                    stamps: stamp
                        .and_then(|name| {
                            Stamp::of(SourceVariable {
                                name: name.to_owned(),
                                file: "main\n.go".to_owned(),
                            })
                        })
                        .into_iter()
                        .collect(),
                }
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(400)
        })]
        #[test]
        fn whatever_a_project_has_the_text_is_a_manifest(
            programs in prop::collection::vec(any_program(), 1..6),
        ) {
            let mut programs = programs;
            programs.dedup_by(|a, b| a.path() == b.path());
            let draft = drafted(programs);
            prop_assume!(!draft.binaries.is_empty());
            let text = text(&draft);
            let parsed = parse(None, &text);
            prop_assert!(parsed.is_ok(), "{text}\n{}", parsed.unwrap_err());
        }
    }

    fn program(path: &str, targets: &[&str]) -> Program {
        let targets = targets
            .iter()
            .map(|target| target.parse::<Target>().unwrap());
        Program {
            module: ".".to_owned(),
            package: format!("./{path}"),
            import_path: format!("example.com/x/{path}"),
            targets: targets.collect(),
            c_parts: CParts::None,
            stamps: Vec::new(),
        }
    }

    #[test]
    fn a_text_with_everything_switched_on_is_a_manifest_too() {
        let all = [
            "linux/amd64",
            "linux/arm64",
            "windows/amd64",
            "windows/arm64",
        ];
        let all = program("cmd/all", &all);
        let some = program("cmd/some", &["linux/amd64"]);
        for programs in [
            vec![all.clone()],
            vec![all.clone(), some.clone()],
            vec![some],
            vec![all.clone(), program("tools/gen", &["linux/amd64"])],
            vec![all, program("cmd/none", &[])],
        ] {
            let text = switched_on(&written(programs));
            let parsed = parse(None, &text);
            assert!(parsed.is_ok(), "{text}\n{}", parsed.unwrap_err());
            assert!(text.contains("\n[build]\n"), "{text}");
        }
    }

    #[test]
    fn what_the_manifest_has_no_words_for_is_told_of() {
        let targets = ["linux/amd64"];
        let text = written(vec![
            program("cmd/x", &targets),
            program("cmd/y.go", &targets),
        ]);
        assert!(text.contains("# Not built: ./cmd/y.go in .: "), "{text}");
        assert!(parse(None, &text).unwrap().binaries.len() == 1, "{text}");
    }

    #[test]
    fn a_string_stays_on_one_line() {
        assert_eq!(string("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u000Ad\"");
    }
}
