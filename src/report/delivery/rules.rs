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

pub(super) fn rule_of(kind: &FaultKind) -> ScanRule {
    let (id, summary) = match kind {
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
            return ScanRule {
                id: "dist-not-executable",
                summary: "a program that nobody may start",
                help: MODE_HELP,
            };
        }
        FaultKind::UnsafeMode { .. } => {
            return ScanRule {
                id: "dist-unsafe-mode",
                summary: "a mode that gives away what no build gives",
                help: "Give programs mode 0755 (chmod 755) and libraries 0644.",
            };
        }
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
        FaultKind::Signature(_) => {
            return ScanRule {
                id: "dist-signature",
                summary: "no signature by the key that is named holds",
                help: SIGNATURE_HELP,
            };
        }
        FaultKind::Unreadable(_) => (
            "dist-unreadable",
            "a file is no archive or no statement, whatever its name says",
        ),
        FaultKind::Contained(_) => {
            return ScanRule {
                id: "dist-contained",
                summary: "an archive holds a program or a library that no record knows",
                help: "Leave it out of `files` of `[release]`, or build it as a binary of the manifest.",
            };
        }
    };
    ScanRule {
        id,
        summary,
        help: HELP,
    }
}
