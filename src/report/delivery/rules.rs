//! The rule of each fault, for code scanning.

use crate::delivery::FaultKind;
use crate::report::sarif::ScanRule;

/// What to do about most faults.
const HELP: &str = "Build again, or fetch the folder again from where it is known to be whole.";

/// What to do about a program that nobody may start.
const MODE_HELP: &str = "Give it mode 0755 (chmod 755), and copy the folder with its modes: cp -a and tar keep them, a \
     zip file of a pipeline's artifacts doesn't.";

/// What to do about a signature that doesn't hold.
const SIGNATURE_HELP: &str = "Use nothing of this release, and get it again from where it was published. If it is signed with another \
     key that you trust, name that one.";

pub(super) const FOREIGN: ScanRule = ScanRule {
    id: "dist-foreign",
    summary: "an artifact that the manifest doesn't ask for",
    help: "Build again with the manifest as it is now.",
};

pub(super) const INCOMPLETE: ScanRule = ScanRule {
    id: "dist-incomplete",
    summary: "the manifest asks for artifacts that no record names",
    help: "Build all of it with --matrix, or name what has to be there with --target and --binary.",
};

/// The rule of a fault.
pub(super) fn rule_of(kind: &FaultKind) -> ScanRule {
    let (id, summary) = words(kind);
    let help = match kind {
        FaultKind::NotExecutable { .. } => MODE_HELP,
        FaultKind::UnsafeMode { .. } => "Give programs mode 0755 (chmod 755) and libraries 0644.",
        FaultKind::Signature(_) => SIGNATURE_HELP,
        FaultKind::Contained(_) => {
            "Leave it out of `files` of `[release]`, or build it as a binary of the manifest."
        }
        _ => HELP,
    };
    ScanRule { id, summary, help }
}

fn words(kind: &FaultKind) -> (&'static str, &'static str) {
    match kind {
        FaultKind::Missing => ("dist-missing", "a file that was recorded isn't there"),
        FaultKind::Altered => ("dist-altered", "a file is not the one that was recorded"),
        FaultKind::NoFile(_) => (
            "dist-no-file",
            "a link or a folder is where a file was recorded",
        ),
        FaultKind::Outside => (
            "dist-outside",
            "a record names a path outside of the folder",
        ),
        FaultKind::Contradiction { .. } => {
            ("dist-contradiction", "two records say different things")
        }
        FaultKind::NotExecutable { .. } => {
            ("dist-not-executable", "a program that nobody may start")
        }
        FaultKind::UnsafeMode { .. } => (
            "dist-unsafe-mode",
            "a mode that gives away what no build gives",
        ),
        FaultKind::OtherRelease(_) => (
            "dist-other-release",
            "the records are of different releases",
        ),
        FaultKind::Misrecorded(_) => (
            "dist-misrecorded",
            "a file is not what the records say of it",
        ),
        FaultKind::Unrecorded => (
            "dist-unrecorded",
            "a program, a library or a link that no record names",
        ),
        FaultKind::Closed(_) => ("dist-closed", "a folder that can't be looked into"),
        FaultKind::Signature(_) => (
            "dist-signature",
            "no signature by the key that is named holds",
        ),
        FaultKind::Unreadable(_) => (
            "dist-unreadable",
            "a file is no archive or no statement, whatever its name says",
        ),
        FaultKind::Contained(_) => (
            "dist-contained",
            "an archive holds a program or a library that no record knows",
        ),
    }
}
