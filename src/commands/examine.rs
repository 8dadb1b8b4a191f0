//! Reads one file and holds it against the rules that need no plan.

use std::path::Path;

use crate::failure::{Exit, Failure};
use crate::inspect::{Facts, Format, InspectError, Loaded, Program, inspect};
use crate::mapped::FileBytes;
use crate::report::Inspection;
use crate::verify::{COrigin, Evidence, Expectation, Policy, PolicyName, Verification, verify};

/// Reads a file and tells what the rules say, by `policy` as far as one is asked for.
pub(super) fn examine(path: &Path, policy: Option<&Policy>) -> Result<Inspection, ExamineError> {
    Opened::read(path)?.judged(policy, None)
}

/// A file that was read, and is held against nothing yet.
pub(super) struct Opened {
    path: String,
    bytes: FileBytes,
    /// What it says about itself.
    pub(super) facts: Facts,
}

impl Opened {
    pub(super) fn read(path: &Path) -> Result<Self, ExamineError> {
        let bytes = FileBytes::open(path)?;
        let path = path.to_string_lossy().into_owned();
        match inspect(&bytes) {
            Ok(facts) => Ok(Self { path, bytes, facts }),
            Err(error) => Err(ExamineError::Damaged { path, error }),
        }
    }

    /// What the rules say of it, also of how it was built as far as that is known.
    pub(super) fn judged(
        self,
        policy: Option<&Policy>,
        expectation: Option<&Expectation>,
    ) -> Result<Inspection, ExamineError> {
        let Self { path, bytes, facts } = self;
        if let Some(policy) = policy {
            check_fit(&path, &facts, policy.name)?;
        }
        let by_default = Policy::default();
        let held = Held {
            policy: policy.unwrap_or(&by_default),
            expectation,
        };
        let (verification, c_origin) = held.judge_all(&bytes, &facts);
        Ok(Inspection {
            path,
            size: bytes.len() as u64,
            c_origin,
            verification,
            policy: policy.map(|policy| policy.name),
            facts,
        })
    }
}

/// What a file is held against.
#[derive(Clone, Copy)]
struct Held<'a> {
    policy: &'a Policy,
    expectation: Option<&'a Expectation>,
}

impl Held<'_> {
    /// Judges a program, or each of those that a universal file holds.
    fn judge_all(self, bytes: &[u8], facts: &Facts) -> (Verification, COrigin) {
        let mut c_origin = COrigin::default();
        let slices = facts.slices.iter().filter_map(|slice| {
            let (verification, origin) = self.judge(slice.bytes(bytes)?, &slice.facts);
            c_origin = c_origin.max(origin);
            Some((slice.facts.goarch(), verification))
        });
        match Verification::of_slices(self.policy, slices.collect()) {
            Some(whole) => (whole, c_origin),
            None => self.judge(bytes, facts),
        }
    }

    fn judge(self, bytes: &[u8], facts: &Facts) -> (Verification, COrigin) {
        let loaded = Loaded::of(facts.format, bytes);
        let program = Program::find(&loaded);
        let evidence = Evidence {
            bytes,
            facts,
            program: program.as_ref(),
            expectation: self.expectation,
            source_dirs: &[],
        };
        (verify(&evidence, self.policy), evidence.c_origin())
    }
}

/// A policy must be about the system that a program is for. ELF files may leave out which it is.
fn check_fit(path: &str, facts: &Facts, policy: PolicyName) -> Result<(), ExamineError> {
    let fits = match (facts.goos(), policy.goos()) {
        (Some(goos), _) => policy.fits(goos),
        (None, None) => true,
        (None, Some(_)) => facts.format == Format::Elf && policy.fits(crate::target::Goos::Linux),
    };
    if fits {
        return Ok(());
    }
    Err(ExamineError::Unfit {
        path: path.to_owned(),
        policy,
        system: facts
            .goos()
            .map_or_else(|| "no known system".to_owned(), |goos| goos.to_string()),
    })
}

/// Why nothing can be said about a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExamineError {
    /// Its bytes can't be had.
    #[error(transparent)]
    Open(#[from] crate::mapped::OpenError),
    /// Its bytes make no sense.
    #[error("failed to inspect `{path}`: {error}")]
    Damaged { path: String, error: InspectError },
    /// The policy is about programs for another system.
    #[error("failed to hold `{path}` against {policy}: it is for {system}")]
    Unfit {
        path: String,
        policy: PolicyName,
        system: String,
    },
}

impl Failure for ExamineError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(error) => error.hint(),
            Self::Damaged { .. } => {
                Some("copy or download the file again, and compare its checksum".to_owned())
            }
            Self::Unfit { policy, .. } => policy.goos().map(|goos| {
                format!("that policy is about programs for {goos}; `static` is about all")
            }),
        }
    }
}
