//! `gobuildx inspect`: each file by itself; one that can't be read keeps none of the others back.

use std::path::Path;

use super::examine::{ExamineError, examine};
use crate::cli::{FindingsFormat, InspectArgs, Printed};
use crate::console::{self, OutputError};
use crate::failure::{Exit, Failure};
use crate::printable::{printable, printable_path};
use crate::remedy::{Built, Image, ManifestLines, Sysroot, image_lines, manifest_lines, resolve};
use crate::report::{FileRecord, Human, Inspection, Sarif};
use crate::verify::{Outcome, Policy};

pub(super) fn run(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    match args.printed() {
        Printed::Findings(FindingsFormat::Human) => for_people(args),
        Printed::Findings(FindingsFormat::Json) => for_machines(args),
        Printed::Findings(FindingsFormat::Sarif) => for_scanners(args),
        Printed::Fix => texts(args, console::deliver, |inspection| {
            Said::done(fix(inspection))
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

/// A text on a file, and what is wrong with it as an answer.
struct Said {
    text: String,
    lack: Option<Lack>,
}

impl Said {
    fn done(text: String) -> Self {
        Self { text, lack: None }
    }
}

/// An image that the program wouldn't start in.
#[derive(Debug, thiserror::Error)]
#[error("failed to find all that {path} needs to start: {} {} not in {sysroot}", names.join(", "), if names.len() == 1 { "is" } else { "are" })]
struct Lack {
    path: String,
    names: Vec<String>,
    sysroot: String,
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
                let Said { text, lack } = text(&inspection);
                deliver(&format!("{separator}{text}"))?;
                separator = "\n";
                exit = worse(exit, exit_of(&inspection));
                if let Some(lack) = lack {
                    console::error(&lack.to_string(), Some(LACK_HINT));
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

const LACK_HINT: &str = "name the root of the system that it was built on with --sysroot";

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

fn dockerfile(inspection: &Inspection, root: &Path, system: &Sysroot) -> Said {
    let libraries = resolve(&inspection.facts, system, Path::new("/"));
    let text = image_lines(&Image {
        program: Path::new(&inspection.path),
        findings: &inspection.verification.findings,
        libraries: &libraries,
        system,
    });
    let names: Vec<String> = libraries
        .missing
        .iter()
        .map(|name| printable(name))
        .collect();
    let lack = (!names.is_empty()).then(|| Lack {
        path: printable(&inspection.path),
        names,
        sysroot: printable_path(root),
    });
    Said { text, lack }
}

fn for_people(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    let human = Human {
        extent: args.extent(),
        explanations: args.explanations(),
        width: console::width(),
    };
    texts(args, console::deliver_styled, |inspection| {
        Said::done(human.text(inspection))
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
