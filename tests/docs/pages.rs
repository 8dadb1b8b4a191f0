//! Each page, done from top to bottom.

use crate::page::{Action, parse, read};
use crate::reader::Reader;

/// Does what a page says, and returns how many commands that were, or all that isn't as shown.
pub(crate) fn follow(text: &str) -> Result<usize, String> {
    let mut reader = Reader::new();
    let mut commands = 0;
    let mut faults = Vec::new();
    for item in parse(text)? {
        commands += usize::from(matches!(item.action, Action::Command { .. }));
        if let Err(fault) = reader.follow(&item) {
            faults.push(format!("line {}: {fault}", item.line));
        }
    }
    if faults.is_empty() {
        Ok(commands)
    } else {
        Err(faults.join("\n\n"))
    }
}

/// Does what a page says; it has to have at least so many commands, so that a page whose commands
/// are no longer recognised doesn't pass.
#[track_caller]
fn holds(path: &str, at_least: usize) {
    match follow(&read(path)) {
        Ok(commands) => assert!(commands >= at_least, "{path}: only {commands} commands"),
        Err(faults) => panic!("{path}:\n{faults}"),
    }
}

#[test]
fn the_guide_holds() {
    holds("docs/guide.md", 20);
}

#[test]
fn the_page_on_static_binaries_holds() {
    holds("docs/static.md", 10);
}
