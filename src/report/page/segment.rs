//! What a file consists of, in four parts that add up to it.

use super::share::Share;
use crate::verify::{Owner, Weight};

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Code of somebody.
    Code(Owner),
    /// Everything that is no function of Go.
    Rest,
}

impl Part {
    /// All parts, in the order in which they are drawn.
    pub(super) const ALL: [Self; 4] = [
        Self::Code(Owner::Main),
        Self::Code(Owner::Dependency),
        Self::Code(Owner::Go),
        Self::Rest,
    ];

    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Code(Owner::Main) => "own",
            Self::Code(Owner::Dependency) => "dependency",
            Self::Code(Owner::Go) => "go",
            Self::Rest => "rest",
        }
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Code(Owner::Main) => "own code",
            Self::Code(Owner::Dependency) => "code of dependencies",
            Self::Code(Owner::Go) => "code of Go",
            Self::Rest => "data and headers",
        }
    }

    /// How many bytes of a file it is.
    pub(super) fn bytes(self, weight: &Weight) -> u64 {
        match self {
            Self::Code(Owner::Main) => weight.code.main,
            Self::Code(Owner::Dependency) => weight.code.dependency,
            Self::Code(Owner::Go) => weight.code.go,
            Self::Rest => weight.rest,
        }
    }
}

/// Where a part stands in a chart whose width is `whole` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) part: Part,
    pub(super) start: Share,
    pub(super) width: Share,
}

/// The parts of a file, one beside the other.
pub(super) fn segments(weight: &Weight, whole: u64) -> Vec<Segment> {
    let mut before: u64 = 0;
    let mut segments = Vec::new();
    for part in Part::ALL {
        let start = Share::of(before, whole);
        before = before.saturating_add(part.bytes(weight));
        segments.push(Segment {
            part,
            start,
            width: Share::of(before, whole).since(start),
        });
    }
    segments
}
