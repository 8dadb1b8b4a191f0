//! A failed step in words: what failed, what the tool said, what it means, and what to do.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::difference::write_unlike;
use super::inspection::subjects;
use super::smoke::write_judged;
use crate::atomic::PlaceError;
use crate::exec::{
    Attempt, FullDisk, Killed, Killer, PackFailure, SmokeFailure, StepFailure, tells_of_full_disk,
};
use crate::failure::Failure as _;
use crate::printable::printable;
use crate::process::ProcessError;
use crate::verify::{Finding, PolicyName, Rule, Standing, Verdict, Verification};

/// The whole description, several lines without a newline at the end.
#[must_use]
pub fn describe(failure: &StepFailure) -> String {
    let mut text = failure.to_string();
    match failure {
        StepFailure::Compile {
            messages,
            by_hand,
            error,
            killed,
            full,
            ..
        } => {
            write_go(&mut text, (messages, error, killed.as_ref()));
            write_meanings(&mut text, messages);
            write_full(&mut text, (messages, full));
            let _ = write!(text, "\n  run it again: {by_hand}");
        }
        StepFailure::Recompile {
            messages,
            error,
            killed,
            full,
            ..
        } => {
            write_go(&mut text, (messages, error, killed.as_ref()));
            let is_full = write_full(&mut text, (messages, full));
            if killed.is_none() && !is_full {
                text.push_str(ONLY_AGAIN);
            }
        }
        StepFailure::Differs { unlike, kept, .. } => {
            write_unlike(&mut text, unlike);
            for kept in kept {
                write_kept(&mut text, kept);
            }
        }
        StepFailure::Gate {
            verification, kept, ..
        } => {
            write_gate(&mut text, verification);
            write_kept(&mut text, kept);
        }
        StepFailure::Pack { reason, .. } => write_pack(&mut text, reason),
        StepFailure::Smoke { reason, .. } => write_smoke(&mut text, reason),
        StepFailure::Copy { .. } | StepFailure::Read { .. } | StepFailure::Place(_) => {
            write_full(&mut text, (&[failure.to_string()], &[]));
        }
        StepFailure::Inspect { .. }
        | StepFailure::Open(_)
        | StepFailure::Thread { .. }
        | StepFailure::Panicked { .. }
        | StepFailure::Altered { .. } => {}
        StepFailure::Hook(error) => {
            if let Some(hint) = error.hint() {
                let _ = write!(text, "\n  {hint}");
            }
        }
    }
    text
}

/// Why only the second build fails.
const ONLY_AGAIN: &str = "\n  the first build succeeded: this one lacks what a link or an absolute path finds \
                          only from the folder of the sources, or what the user's home or environment has";

/// What go said, how it ended where that isn't clear, and what was killed.
fn write_go(
    text: &mut String,
    (messages, error, killed): (&[String], &ProcessError, Option<&Killed>),
) {
    write_messages(text, messages);
    // A compiler that found faults ends go with 1; anything else has to be told.
    if messages.is_empty() || !matches!(error, ProcessError::Exit { .. }) {
        let _ = write!(text, "\n    go {}", error.ending());
    }
    if let Some(killed) = killed {
        let _ = write!(text, "\n  {}", printable(&killed.to_string()));
        text.push_str(meaning(killed));
    }
}

/// What it means that something was killed: nothing yet, unless all other go processes had ended before.
fn meaning(killed: &Killed) -> &'static str {
    match (killed.attempt, killed.by) {
        (Attempt::First, _) => "",
        (Attempt::Alone, Killer::Kernel) => {
            ", also alone and with one core: it needs more memory than there is"
        }
        (Attempt::Alone, Killer::Unknown) => {
            ", also alone and with one core: it probably needs more memory than there is"
        }
    }
}

fn write_meanings(text: &mut String, messages: &[String]) {
    for (sign, meaning) in MEANINGS {
        if messages.iter().any(|line| line.contains(sign)) {
            let _ = write!(text, "\n  {meaning}");
        }
    }
}

/// What to do where a step wants a disk that is full and can't say which.
const SOME_DISK_IS_FULL: &str = "a disk is full: make room on those of the output folder (--out), of Go's cache \
                                 (GOCACHE) and of temporary files (TMPDIR), or name folders on others";

/// Tells which disks were full and what to do, and whether any was.
fn write_full(text: &mut String, (messages, full): (&[String], &[FullDisk])) -> bool {
    for disk in full {
        let _ = write!(text, "\n  {}", printable(&disk.to_string()));
    }
    let is_full = messages.iter().any(|line| tells_of_full_disk(line));
    if is_full && full.is_empty() {
        let _ = write!(text, "\n  {SOME_DISK_IS_FULL}");
    }
    is_full
}

/// Where a refused file is now.
fn write_kept(text: &mut String, kept: &Result<PathBuf, PlaceError>) {
    let _ = match kept {
        Ok(path) => write!(text, "\n  the file is kept at {}", path.display()),
        Err(error) => write!(text, "\n  the file is not kept: {error}"),
    };
}

/// What is missing on a blank system, and what the program said.
fn write_smoke(text: &mut String, reason: &SmokeFailure) {
    let next = match reason {
        SmokeFailure::Failed(judged) => {
            write_judged(text, judged);
            None
        }
        SmokeFailure::Root(error) => error.hint(),
        SmokeFailure::Test(error) => error.hint(),
        SmokeFailure::NotRun(_)
        | SmokeFailure::NoProgram
        | SmokeFailure::Name(_)
        | SmokeFailure::Pack(_)
        | SmokeFailure::OwnProgram(_) => None,
    };
    if let Some(next) = next {
        let _ = write!(text, "\n  next: {next}");
    }
}

/// What the packed file said, and what to do.
fn write_pack(text: &mut String, reason: &PackFailure) {
    let said = reason.to_string();
    let fix = match reason {
        _ if tells_of_full_disk(&said) => SOME_DISK_IS_FULL,
        PackFailure::Refused { .. }
        | PackFailure::Larger { .. }
        | PackFailure::Test(_)
        | PackFailure::EndsDifferently { .. }
        | PackFailure::Slow { .. } => {
            "leave its target out of `match` in [compress]: the unpacked file passed the gate"
        }
        PackFailure::NoFile { .. }
        | PackFailure::Process(_)
        | PackFailure::Folder { .. }
        | PackFailure::Read { .. } => "",
    };
    if let PackFailure::EndsDifferently { said, .. } = reason {
        write_messages(text, said);
    }
    if let PackFailure::Process(error) | PackFailure::Test(error) = reason {
        let stderr = error.output().map(|output| output.stderr_text());
        let lines: Vec<String> = stderr
            .iter()
            .flat_map(|text| text.lines())
            .map(str::to_owned)
            .collect();
        write_messages(text, &lines);
    }
    if !fix.is_empty() {
        let _ = write!(text, "\n  fix: {fix}");
    }
}

/// What some messages of go mean, by a part of them.
const MEANINGS: &[(&str, &str)] = &[
    (
        "build constraints exclude all Go files",
        "that package is for other platforms, or needs cgo (`cgo = true`): without it, these \
         binaries can't be built for this target",
    ),
    (
        "-buildmode=c-shared not supported on",
        "this Go doesn't have the mode for that platform yet, but a newer one has it: `go` in \
         [project] names it",
    ),
];

/// The lines of go; one that comes again and again is written once.
fn write_messages(text: &mut String, messages: &[String]) {
    for same in messages.chunk_by(PartialEq::eq) {
        let Some(line) = same.first() else { continue };
        let _ = write!(text, "\n    {}", printable(line));
        if same.len() > 1 {
            let _ = write!(text, " ({} times)", same.len());
        }
    }
}

fn failing(verification: &Verification) -> impl Iterator<Item = &Finding> {
    verification
        .findings
        .iter()
        .filter(|finding| finding.standing == Standing::Fails)
}

/// What one rule found. Chains tell nothing of what they lead to, and are long: the first is enough.
fn write_finding(text: &mut String, same: &[&Finding]) {
    let Some(first) = same.first() else { return };
    if first.chain.is_empty() {
        let _ = write!(text, "\n  {}: {}", first.rule, printable(&first.detail));
    } else {
        let summary = Rule::get(first.rule).map_or("", |rule| rule.summary);
        let about = subjects(same.iter().copied());
        let _ = write!(text, "\n  {}: {summary}: {}", first.rule, printable(&about));
        let _ = write!(text, "\n    by {}", printable(&first.detail));
    }
    let _ = write!(text, "\n    symptom: {}", printable(&first.symptom));
}

// Writing to a String can't fail.
pub(super) fn write_gate(text: &mut String, verification: &Verification) {
    let mut needing = failing(verification)
        .filter(|finding| finding.verdict() != Verdict::Unproven)
        .peekable();
    if let (PolicyName::System(system), Some(_)) = (verification.policy, needing.peek()) {
        let needs = printable(&subjects(needing));
        let _ = write!(text, "\n  fails {system}: needs {needs}");
    }
    let failing_ones: Vec<&Finding> = failing(verification).collect();
    for same in failing_ones.chunk_by(|one, next| one.rule == next.rule && !one.chain.is_empty()) {
        write_finding(text, same);
    }
    // Findings of one cause share their fix; the others `--explain` tells.
    let mut told = BTreeSet::new();
    for fix in failing(verification).filter_map(|finding| finding.fixes.first()) {
        if told.insert(fix.to_string()) {
            let _ = write!(text, "\n  fix: {fix}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_killed_alone_too_needs_more_memory_than_there_is() {
        let killed = |attempt, by| {
            let what = "link of example.com/server".to_owned();
            meaning(&Killed {
                what,
                by,
                attempt,
                memory: None,
            })
        };
        for by in [Killer::Kernel, Killer::Unknown] {
            assert_eq!(killed(Attempt::First, by), "");
        }
        assert!(
            killed(Attempt::Alone, Killer::Kernel).ends_with("it needs more memory than there is")
        );
        assert!(killed(Attempt::Alone, Killer::Unknown).contains("it probably needs more"));
    }
}
