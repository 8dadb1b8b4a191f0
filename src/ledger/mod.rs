//! The ledger: what each step of the last runs was made from, and what it brought. It decides whether a
//! step has to be done at all.
//!
//! [`decide`] holds a plan against the ledger and against what is there now, and makes a [`Decision`]: a smaller plan, and
//! the ends of what isn't in it any more. It is pure; [`Files`] reads what files are made of, and [`store`] is where
//! a ledger lies on the disk.

mod below;
mod brought;
mod decide;
mod files;
mod input;
mod made_from;
mod measures;
mod reason;
mod record;
pub mod snapshot;
mod sources;
mod stamp;
pub mod store;
mod survey;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use decide::{Decision, Present, Wanted, decide};
pub use files::{Digest, Files};
pub use input::{Change, Input, Inputs, Value};
pub use made_from::Machine;
pub use measures::{Measure, Measures, Memory};
pub use reason::Reason;
pub use record::Recorder;
pub use sources::{Folders, Packages, Sources};
pub use stamp::FileStamp;
pub use survey::survey;
pub use watch::Dependence;
pub(crate) use watch::{COMPILED, TELLING};

use brought::Brought;
use decide::compile_name;

use crate::plan::Plan;

/// What is known of earlier runs.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The files that programs were made from, and those that were made.
    pub files: Files,
    /// Steps by their names; compilations by artifact.
    entries: BTreeMap<String, Entry>,
}

impl Ledger {
    /// Whether it tells what each artifact of a plan was made from.
    #[must_use]
    pub fn knows_all(&self, plan: &Plan) -> bool {
        let mut artifacts = plan.artifacts.iter();
        artifacts.all(|artifact| self.entries.contains_key(&compile_name(&artifact.path)))
    }
}

/// A step that was done.
#[derive(Clone, Debug)]
struct Entry {
    /// What decided what it made, but for the files.
    inputs: Inputs,
    /// The files that it read. What they were [`Ledger::files`] tells.
    files: Arc<BTreeSet<String>>,
    /// What it brought.
    brought: Brought,
}
