//! `gobuildx inspect`: each file by itself; one that can't be read keeps none of the others back.

use std::path::Path;

use super::examine::{ExamineError, examine};
use crate::cli::{FindingsFormat, InspectArgs, Printed};
use crate::console::{self, OutputError};
use crate::failure::{Exit, Failure};
use crate::inspect::{Facts, Format, Kind};
use crate::printable::{printable, printable_path};
use crate::remedy::{
    Built, Image, ManifestLines, Program, Sysroot, image_lines, manifest_lines, resolve,
};
use crate::report::{FileRecord, Human, Inspection, Sarif};
use crate::target::Goos;
use crate::verify::{Outcome, Policy};

pub(super) fn run(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    match args.printed() {
        Printed::Findings(FindingsFormat::Human) => for_people(args),
        Printed::Findings(FindingsFormat::Json) => for_machines(args),
        Printed::Findings(FindingsFormat::Sarif) => for_scanners(args),
        Printed::Fix => texts(args, console::deliver, |inspection| {
            Said::Done(fix(inspection))
        }),
        Printed::Dockerfile(root) => {
            let system = Sysroot::open(&root)?;
            texts(args, console::deliver, |inspection| {
                dockerfile(inspection, &root, &system)
            })
        }
    }
}

/// Each file in its turn.
fn examined(args: &InspectArgs) -> impl Iterator<Item = Result<Inspection, ExamineError>> {
    let policy = args.policy.map(Policy::from);
    let files = args.files.iter();
    files.map(move |path| examine(path, policy.as_ref()))
}

/// What a file that was read means for the exit code: only a policy can be failed.
fn exit_of(inspection: &Inspection) -> Exit {
    match (inspection.policy, inspection.verification.outcome) {
        (Some(_), Outcome::Failed) => Exit::Failed,
        (None, _) | (Some(_), Outcome::Passed) => Exit::Success,
    }
}

/// The worse of two ends.
fn worse(one: Exit, other: Exit) -> Exit {
    if one.code() >= other.code() {
        one
    } else {
        other
    }
}

/// What is said of a file.
enum Said {
    /// A text.
    Done(String),
    /// A text of an image that the program wouldn't start in.
    Lacking(String, Unfit),
    /// Nothing: there is no such image.
    Refused(Unfit),
}

/// An image that the program wouldn't start in.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    /// Files are missing.
    #[error("failed to find all that {path} needs to start: {} {} not in {sysroot}", names.join(", "), if names.len() == 1 { "is" } else { "are" })]
    Lack {
        path: String,
        names: Vec<String>,
        sysroot: String,
    },
    /// It is for another system than images from scratch are.
    #[error(
        "failed to make an image for {path}: it is {what}, and images from scratch are for Linux programs"
    )]
    OtherSystem { path: String, what: String },
    #[error("failed to make an image for {path}: it is {what}")]
    NoProgram { path: String, what: &'static str },
}

impl Unfit {
    fn hint(&self) -> &'static str {
        match self {
            Self::Lack { .. } => "name the root of the system that it was built on with --sysroot",
            Self::OtherSystem { .. } => "build it with GOOS=linux for an image",
            Self::NoProgram { .. } => "name the program that is started in the image",
        }
    }
}

/// A text on each file in its turn, with an empty line in between.
fn texts(
    args: &InspectArgs,
    deliver: fn(&str) -> Result<(), OutputError>,
    text: impl Fn(&Inspection) -> Said,
) -> Result<Exit, Box<dyn Failure>> {
    let mut exit = Exit::Success;
    let mut separator = "";
    for result in examined(args) {
        match result {
            Ok(inspection) => {
                exit = worse(exit, exit_of(&inspection));
                let (text, unfit) = match text(&inspection) {
                    Said::Done(text) => (Some(text), None),
                    Said::Lacking(text, unfit) => (Some(text), Some(unfit)),
                    Said::Refused(unfit) => (None, Some(unfit)),
                };
                if let Some(text) = text {
                    deliver(&format!("{separator}{text}"))?;
                    separator = "\n";
                }
                if let Some(unfit) = unfit {
                    console::error(&unfit.to_string(), Some(unfit.hint()));
                    exit = worse(exit, Exit::Failed);
                }
            }
            Err(failure) => {
                console::error(&printable(&failure.to_string()), failure.hint().as_deref());
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

fn fix(inspection: &Inspection) -> String {
    let path = printable(&inspection.path);
    let verification = &inspection.verification;
    if inspection.facts.go.is_err() {
        return format!("# {path}: no Go program, so no manifest builds it\n");
    }
    let ManifestLines { settling, advice } = manifest_lines(&Built {
        facts: &inspection.facts,
        c_origin: inspection.c_origin,
        findings: &verification.findings,
    });
    if !settling.is_empty() {
        return format!("# {path}: merge these lines into the manifest\n{settling}{advice}");
    }
    let verdict = verification.verdict.as_str();
    format!("# {path}: {verdict}, and no line of a manifest would change that\n{advice}")
}

/// What a file is, if no Linux program: ELF files may leave out for which system they are.
fn other_system(facts: &Facts) -> Option<String> {
    match (facts.goos(), facts.format) {
        (Some(Goos::Linux), _) | (None, Format::Elf) => None,
        (Some(goos), _) => Some(format!("for {goos}")),
        (None, Format::Pe) => Some("for windows".to_owned()),
        (None, Format::Macho) => Some("for darwin".to_owned()),
        (None, _) => Some("no program that is known".to_owned()),
    }
}

/// What a file is that no image can start.
fn no_program(facts: &Facts) -> Option<&'static str> {
    match facts.kind {
        Kind::Executable | Kind::Pie => None,
        Kind::Library => Some("a shared library"),
        Kind::DebugInfo => Some("debug information only, and no program"),
        Kind::Universal | Kind::Archive | Kind::Component | Kind::Other => {
            Some("neither a program nor a library")
        }
    }
}

fn dockerfile(inspection: &Inspection, root: &Path, system: &Sysroot) -> Said {
    let path = printable(&inspection.path);
    if let Some(what) = other_system(&inspection.facts) {
        return Said::Refused(Unfit::OtherSystem { path, what });
    }
    if let Some(what) = no_program(&inspection.facts) {
        return Said::Refused(Unfit::NoProgram { path, what });
    }
    let libraries = resolve(&inspection.facts, system, Path::new("/"));
    let text = image_lines(&Image {
        program: Program::Context(Path::new(&inspection.path)),
        findings: &inspection.verification.findings,
        libraries: &libraries,
        system: Some(system),
    });
    let names: Vec<String> = libraries
        .missing
        .iter()
        .map(|name| printable(name))
        .collect();
    if names.is_empty() {
        return Said::Done(text);
    }
    let sysroot = printable_path(root);
    Said::Lacking(
        text,
        Unfit::Lack {
            path,
            names,
            sysroot,
        },
    )
}

fn for_people(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    let human = Human {
        extent: args.extent(),
        explanations: args.explanations(),
        width: console::width(),
    };
    texts(args, console::deliver_styled, |inspection| {
        Said::Done(human.text(inspection))
    })
}

fn for_machines(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    let mut exit = Exit::Success;
    let mut records = Vec::new();
    for (path, result) in args.files.iter().zip(examined(args)) {
        records.push(match result {
            Ok(inspection) => {
                exit = worse(exit, exit_of(&inspection));
                inspection.into()
            }
            Err(failure) => {
                exit = Exit::Failed;
                FileRecord::unreadable(path, &failure)
            }
        });
    }
    console::deliver_json(&records)?;
    Ok(exit)
}

fn for_scanners(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    let mut exit = Exit::Success;
    let mut sarif = Sarif::default();
    for result in examined(args) {
        match result {
            Ok(inspection) => {
                exit = worse(exit, exit_of(&inspection));
                sarif.findings(&inspection.path, &inspection.verification);
            }
            Err(failure) => {
                exit = Exit::Failed;
                sarif.error(&failure.to_string());
            }
        }
    }
    console::deliver_json(&sarif.document(exit))?;
    Ok(exit)
}
