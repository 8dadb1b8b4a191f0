//! The lines of a Dockerfile that give a program what it needs and can't have inside.

use std::fmt::Write as _;
use std::path::Path;

use super::libraries::Libraries;
use crate::printable::{printable, printable_json};
use crate::verify::{Finding, Need};

/// The stage that files are copied from.
const STAGE: &str = "build";

/// What an image is made of.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// The path of the program, as the build context has it.
    pub program: &'a Path,
    /// What was found in it.
    pub findings: &'a [Finding],
    /// Its loader and libraries, if it has any.
    pub libraries: &'a Libraries,
}

/// One line of the image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    /// A file or folder, from its path in the other stage to its path here.
    Copy { from: String, to: String },
    /// A folder that everybody may write to.
    Shared(&'static str),
    /// A variable.
    Env(&'static str, String),
    /// What the lines can't do.
    Note(String),
}

impl Line {
    fn same(path: &str) -> Self {
        Self::Copy {
            from: path.to_owned(),
            to: path.to_owned(),
        }
    }
}

/// A Dockerfile's last stage, from scratch: what the findings want of the system, the loader and
/// the libraries, and the program.
#[must_use]
pub fn image_lines(image: &Image<'_>) -> String {
    let mut lines: Vec<(Line, &str)> = Vec::new();
    let conditions = image.findings.iter().filter(|one| one.is_condition());
    for finding in conditions {
        let Some(need) = &finding.need else {
            continue;
        };
        for line in of(need) {
            if !lines.iter().any(|(other, _)| *other == line) {
                lines.push((line, finding.rule.as_str()));
            }
        }
    }
    let mut text = format!(
        "# The files come from a stage named `{STAGE}`: the system that the program was built on.\nFROM scratch\n"
    );
    let mut last = "";
    for (line, rule) in &lines {
        if *rule != last {
            let _ = writeln!(text, "# {rule}");
            last = rule;
        }
        write_line(&mut text, line);
    }
    write_libraries(&mut text, image.libraries);
    let name = image
        .program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let to = format!("/{name}");
    let _ = writeln!(
        text,
        "COPY {}",
        words(&[&image.program.to_string_lossy(), &to])
    );
    let _ = writeln!(text, "ENTRYPOINT {}", words(&[&to]));
    text
}

/// What an image has to hold for a need.
fn of(need: &Need) -> Vec<Line> {
    match need {
        Need::CaRoots => vec![Line::same("/etc/ssl/certs/ca-certificates.crt")],
        Need::ZoneInfo => vec![Line::same("/usr/share/zoneinfo")],
        Need::LocalTime => vec![Line::same("/etc/localtime")],
        Need::Users => vec![Line::same("/etc/passwd"), Line::same("/etc/group")],
        Need::Home => vec![Line::Env("HOME", "/".to_owned())],
        Need::Tmp => vec![Line::Shared("/tmp")],
        Need::RuntimeDir => vec![Line::Env("XDG_RUNTIME_DIR", "/tmp".to_owned()), Line::Shared("/tmp")],
        Need::MediaTypes => vec![Line::same("/etc/mime.types")],
        Need::Services => vec![Line::same("/etc/services")],
        Need::SystemResolver => vec![Line::same("/etc/nsswitch.conf")],
        Need::File(path) if path.starts_with('/') => vec![Line::same(path)],
        Need::File(path) => vec![Line::Note(format!(
            "it reads {path}: set WORKDIR, and copy that file below it"
        ))],
        Need::Program(Some(name)) => vec![Line::Note(format!(
            "it runs {name}: copy that program with its libraries, or take an image that has it"
        ))],
        Need::Program(None) => vec![Line::Note(
            "it runs other programs, whose names don't show: copy those that it needs".to_owned(),
        )],
        Need::ResolverFiles | Need::Proc => vec![Line::Note(
            "container runtimes bring /etc/resolv.conf, /etc/hosts and /proc".to_owned(),
        )],
        Need::Syslog => vec![Line::Note(
            "it writes to a system log, which no container has: let it write to stderr".to_owned(),
        )],
        Need::NameServiceModules => vec![Line::Note(
            "modules of the name service switch can't be copied to any system: use resolver = \"go\""
                .to_owned(),
        )],
        Need::Goroot => vec![Line::Note(
            "it needs Go's own sources and tools: take an image with Go".to_owned(),
        )],
        // The loader and the libraries are looked for in the system; the rest no image can bring.
        Need::Loader(_) | Need::Library(_) | Need::Glibc(_) | Need::RecentSystem | Need::MacOs(_) | Need::Cpu(_) => {
            Vec::new()
        }
    }
}

fn write_line(text: &mut String, line: &Line) {
    // Writing to a String can't fail.
    let _ = match line {
        Line::Copy { from, to } => writeln!(text, "COPY --from={STAGE} {}", words(&[from, to])),
        Line::Shared(folder) => {
            writeln!(
                text,
                "COPY --from={STAGE} --chmod=1777 {}",
                words(&[folder, folder])
            )
        }
        Line::Env(name, value) => writeln!(text, "ENV {name}={value}"),
        Line::Note(note) => writeln!(text, "# {}", printable(note)),
    };
}

fn write_libraries(text: &mut String, libraries: &Libraries) {
    if !libraries.files.is_empty() {
        text.push_str("# the loader and the libraries\n");
    }
    for (path, real) in &libraries.files {
        let (from, to) = (real.to_string_lossy(), path.to_string_lossy());
        let _ = writeln!(text, "COPY --from={STAGE} {}", words(&[&from, &to]));
    }
    let folders: Vec<_> = libraries
        .extra_folders
        .iter()
        .map(|folder| folder.to_string_lossy())
        .collect();
    if !folders.is_empty() {
        let value = serde_json::Value::from(folders.join(":"));
        let value = json(&value).replace('$', "\\$");
        let _ = writeln!(text, "ENV LD_LIBRARY_PATH={value}");
    }
    for name in &libraries.missing {
        let _ = writeln!(text, "# not found in the system: {}", printable(name));
    }
}

/// The exec form: JSON strings, in which a variable of Docker's needs a backslash that gets through
/// JSON.
fn words(words: &[&str]) -> String {
    json(&serde_json::Value::from(words)).replace('$', "\\\\$")
}

/// JSON that steers no terminal.
fn json(value: &serde_json::Value) -> String {
    printable_json(&value.to_string())
}
