//! A failed step in words: what failed, what the tool said, what it means, and what to do.

use std::fmt::Write as _;

use crate::exec::StepFailure;
use crate::process::ProcessError;
use crate::verify::{Finding, Severity, Verification};

/// What go says when a package that is imported has no file for the target.
const NO_FILES: &str = "build constraints exclude all Go files";

const NO_FILES_MEANS: &str = "that package is for other platforms, or needs cgo (`cgo = true`): \
                              without it, these binaries can't be built for this target";

/// The whole description, several lines without a newline at the end.
#[must_use]
pub fn describe(failure: &StepFailure) -> String {
    let mut text = failure.to_string();
    match failure {
        StepFailure::Compile {
            messages,
            by_hand,
            error,
            ..
        } => {
            for line in messages {
                text.push_str("\n    ");
                text.push_str(line);
            }
            // A compiler that found faults ends go with 1; anything else has to be told.
            if messages.is_empty() || !matches!(error, ProcessError::Exit { .. }) {
                let _ = write!(text, "\n    go {}", error.ending());
            }
            if messages.iter().any(|line| line.contains(NO_FILES)) {
                let _ = write!(text, "\n  {NO_FILES_MEANS}");
            }
            let _ = write!(text, "\n  run it again: {by_hand}");
        }
        StepFailure::Gate {
            verification, kept, ..
        } => {
            for finding in failing(verification) {
                write_finding(&mut text, finding);
            }
            let _ = write!(text, "\n  the file is kept at {}", kept.display());
        }
        StepFailure::Inspect { .. } | StepFailure::Read { .. } | StepFailure::Place(_) => {}
    }
    text
}

fn failing(verification: &Verification) -> impl Iterator<Item = &Finding> {
    verification
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Fail && finding.allowed.is_none())
}

// Writing to a String can't fail.
fn write_finding(text: &mut String, finding: &Finding) {
    let _ = write!(text, "\n  {}: {}", finding.rule, finding.detail);
    let _ = write!(text, "\n    symptom: {}", finding.symptom);
    for fix in &finding.fixes {
        let _ = write!(text, "\n    fix: {fix}");
    }
}
