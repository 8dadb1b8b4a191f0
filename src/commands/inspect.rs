//! `gobuildx inspect`: each file by itself; one that can't be read keeps none of the others back.

use std::path::Path;

use crate::cli::{InspectArgs, ReportFormat};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::inspect::{Facts, InspectError, Program, inspect};
use crate::mapped::FileBytes;
use crate::printable::printable;
use crate::report::{FileRecord, Human, Inspection};
use crate::verify::{Evidence, Policy, Verification, verify};

pub(super) fn run(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    match args.format {
        ReportFormat::Human => for_people(args),
        ReportFormat::Json => for_machines(args),
    }
}

fn for_people(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    let human = Human {
        extent: args.extent(),
        explanations: args.explanations(),
        width: console::width(),
    };
    let mut exit = Exit::Success;
    let mut separator = "";
    for path in &args.files {
        match examine(path) {
            Ok(inspection) => {
                console::deliver_styled(&format!("{separator}{}", human.text(&inspection)))?;
                separator = "\n";
            }
            Err(failure) => {
                console::error(&printable(&failure.to_string()), failure.hint().as_deref());
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

fn for_machines(args: &InspectArgs) -> Result<Exit, Box<dyn Failure>> {
    let mut exit = Exit::Success;
    let mut records = Vec::new();
    for path in &args.files {
        records.push(match examine(path) {
            Ok(inspection) => inspection.into(),
            Err(failure) => {
                exit = Exit::Failed;
                FileRecord::unreadable(path, &failure)
            }
        });
    }
    console::deliver_json(&records)?;
    Ok(exit)
}

/// Reads one file, and holds it against the rules that need no plan.
fn examine(path: &Path) -> Result<Inspection, Unreadable> {
    let bytes = FileBytes::open(path)?;
    let facts = inspect(&bytes).map_err(|error| Unreadable::Damaged {
        path: path.to_string_lossy().into_owned(),
        error,
    })?;
    let slices = facts.slices.iter();
    let slices: Vec<_> = slices
        .filter_map(|slice| {
            Some((
                slice.facts.goarch(),
                judge(slice.bytes(&bytes)?, &slice.facts),
            ))
        })
        .collect();
    let verification = if slices.is_empty() {
        judge(&bytes, &facts)
    } else {
        Verification::of_slices(slices)
    };
    Ok(Inspection {
        path: path.to_string_lossy().into_owned(),
        size: bytes.len() as u64,
        verification,
        facts,
    })
}

/// Holds a program against the rules that need no plan.
fn judge(bytes: &[u8], facts: &Facts) -> Verification {
    let program = Program::read(facts.format, bytes).ok().flatten();
    let evidence = Evidence {
        bytes,
        facts,
        program: program.as_ref(),
        expectation: None,
        source_dirs: &[],
    };
    verify(&evidence, &Policy::default())
}

/// Why there are no facts of a file.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    /// Its bytes can't be had.
    #[error(transparent)]
    Open(#[from] crate::mapped::OpenError),
    /// Its bytes make no sense.
    #[error("failed to inspect `{path}`: {error}")]
    Damaged { path: String, error: InspectError },
}

impl Failure for Unreadable {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(error) => error.hint(),
            Self::Damaged { .. } => {
                Some("copy or download the file again, and compare its checksum".to_owned())
            }
        }
    }
}
