//! What a step brought, as far as it is kept from one run to the next.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::exec::{Done, FileDigest, PackedFile, Placed, Verified, without_policy};
use crate::plan::{Action, SmokeFile, SmokeHere, Step};
use crate::smoke::{CannotStart, Judged, MemoryOf, Smoked, Tested, judge};
use crate::verify::Finding;

/// What a step brought.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug)]
pub(super) enum Brought {
    /// go made this file.
    Compiled(FileDigest),
    /// Two builds made the same bytes.
    Reproduced,
    /// The gate let it through.
    Verified(Box<Verified>),
    /// It was packed into the second file.
    Packed(PackedFile, FileDigest),
    /// It did on a blank system what was asked of it.
    Smoked(Ran),
    /// It is in its place.
    Placed(Placed),
    /// The plan says why it can't be run on a blank system here.
    NotRun,
}

/// A run on a blank system. What it says is judged again: that needs no run.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug)]
pub(super) struct Ran {
    how: String,
    memory_of: MemoryOf,
    stricter: Vec<String>,
    /// As the one who watches tells it, in JSON.
    tested: Vec<u8>,
}

impl Ran {
    fn of(judged: &Judged) -> Option<Self> {
        let Judged {
            how,
            memory_of,
            stricter,
            test: _,
            tested,
            judgement: _,
        } = judged;
        Some(Self {
            how: how.clone(),
            memory_of: *memory_of,
            stricter: stricter.clone(),
            tested: serde_json::to_vec(tested).ok()?,
        })
    }

    fn judged(&self, file: &SmokeFile, findings: &[Finding]) -> Option<Judged> {
        let tested: Tested = serde_json::from_slice(&self.tested).ok()?;
        let judgement = judge(&file.test, &tested, &without_policy(findings.to_vec())).ok()?;
        Some(Judged {
            how: self.how.clone(),
            memory_of: self.memory_of,
            stricter: self.stricter.clone(),
            test: file.test.clone(),
            tested,
            judgement,
        })
    }
}

impl Brought {
    /// What is kept of a step's end; none of what has to be done each time. `placed` is what came of the
    /// artifact in the end.
    pub(super) fn of(step: &Step, done: &Done, placed: &FileDigest) -> Option<Self> {
        match done {
            Done::Reproduced => Some(Self::Reproduced),
            Done::Verified(verified) => Some(Self::Verified(verified.clone())),
            Done::Packed(packed) => Some(Self::Packed(packed.clone(), placed.clone())),
            Done::Smoked(Smoked::Ran(judged)) => Ran::of(judged).map(Self::Smoked),
            Done::Placed(placed) => Some(Self::Placed(placed.clone())),
            // What the plan has means for, and couldn't be run today, may be run tomorrow.
            Done::Smoked(Smoked::NotRun(_)) => {
                planned_not_to_run(&step.action).map(|_| Self::NotRun)
            }
            // It is kept program by program.
            Done::Compiled(_) | Done::Copied { .. } | Done::Restored | Done::HookRan => None,
        }
    }

    /// The end of the step as if it had run. `findings` are those of the file that was verified.
    pub(super) fn done(&self, step: &Step, findings: &[Finding]) -> Option<Done> {
        Some(match (self, &step.action) {
            (Self::Reproduced, Action::Compare(_)) => Done::Reproduced,
            (Self::Verified(verified), Action::Verify(_)) => Done::Verified(verified.clone()),
            (Self::Packed(packed, _), Action::Pack(_)) => Done::Packed(packed.clone()),
            (Self::Smoked(ran), Action::Smoke(file)) => {
                let judged = ran.judged(file, findings)?;
                Done::Smoked(Smoked::Ran(Box::new(judged)))
            }
            (Self::Placed(placed), Action::Place(_)) => Done::Placed(placed.clone()),
            (Self::NotRun, action) => {
                let because = planned_not_to_run(action)?;
                Done::Smoked(Smoked::NotRun(because.to_string()))
            }
            _ => return None,
        })
    }
}

/// Why nothing here starts a program, where the plan says so.
fn planned_not_to_run(action: &Action) -> Option<&CannotStart> {
    let Action::Smoke(file) = action else {
        return None;
    };
    match &file.tuning {
        SmokeHere::NotRun(because) if file.may_be_left_out => Some(because),
        SmokeHere::NotRun(_) | SmokeHere::Run(_) => None,
    }
}
