//! What a build came to, in a few sentences.

use super::mark::Tone;
use crate::human;
use crate::report::run::RunReport;
use crate::smoke;
use crate::verify::Verdict;

/// What a build came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub(super) project: &'a str,
    pub(super) version: &'a str,
    pub(super) plan: &'a str,
    pub(super) tone: Tone,
    /// Done, failed or interrupted.
    pub(super) word: &'static str,
    /// How much came of it, how long it took, on how many cores.
    pub(super) outcome: String,
    /// What is known of what came of it.
    pub(super) known: String,
}

/// Exit codes of programs that a signal ended start here.
const SIGNALS: u8 = 128;

impl<'a> Head<'a> {
    pub(super) fn of(report: &'a RunReport) -> Self {
        let (tone, word) = match report.exit {
            0 => (Tone::Good, "Done"),
            SIGNALS.. => (Tone::Bad, "Interrupted"),
            _ => (Tone::Bad, "Failed"),
        };
        let cores = human::counted(report.cores, "core", "cores");
        Self {
            project: &report.project,
            version: &report.version,
            plan: &report.plan,
            tone,
            word,
            outcome: format!(
                "{} of {} in {}, on {cores}",
                report.artifacts.len(),
                human::counted(report.planned.len() as u64, "artifact", "artifacts"),
                human::time(report.duration_ms),
            ),
            known: known(report),
        }
    }
}

fn known(report: &RunReport) -> String {
    let artifacts = &report.artifacts;
    if artifacts.is_empty() {
        return "There is nothing in the output folder.".to_owned();
    }
    let of = |verdict| {
        let count = artifacts.iter().filter(|one| one.verdict == verdict);
        (count.count(), verdict.as_str())
    };
    let verdicts = [Verdict::Proven, Verdict::Conditional, Verdict::Unproven].map(of);
    let counts = verdicts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let passed = artifacts.iter().filter(|one| {
        let verdict = one.smoke.as_ref().map(|smoke| smoke.verdict);
        verdict == Some(smoke::Verdict::Pass)
    });
    let ran = match passed.count() {
        0 => "none was run on a blank system".to_owned(),
        count => format!("{count} ran on a blank system"),
    };
    format!(
        "Of what is in the output folder: {}; {ran}.",
        counts.join(", ")
    )
}
