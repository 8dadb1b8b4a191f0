//! `[release.steps]`: what has to go well before anything is built.

use std::time::Duration;

use crate::manifest::hook_template::Moment;
use crate::manifest::reader::{Entry, Reader};
use crate::manifest::{Hook, duration, hooks};

pub(in crate::manifest) const KEYS: &[&str] = &["tests", "timeout"];

/// `[release.steps]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepsSection {
    /// `tests`: commands that have to exit with 0.
    pub tests: Vec<Hook>,
    /// `timeout`: how long each command of `[release]` may take.
    pub timeout: Option<Duration>,
}

pub(super) fn read<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> StepsSection {
    let Some(table) = read.table(entry, "`[release.steps]`", KEYS) else {
        return StepsSection::default();
    };
    let tests = table.entry("tests").map_or_else(Vec::new, |entry| {
        hooks::commands(read, &entry, Moment::BeforeAll)
    });
    let timeout = table
        .entry("timeout")
        .and_then(|entry| duration::read(read, &entry));
    StepsSection { tests, timeout }
}
