//! A release: what is made of verified binaries for others to take. What it consists of is a plan, too
//! (`plan.rs`, pure); `package.rs` makes it.

mod extra;
mod image;
mod names;
mod package;
mod plan;
mod publishable;
mod record;
mod stage;
mod stages;
mod tags;

pub use extra::{Extra, ExtraError, extras};
pub use image::{PlannedImage, PlannedProgram};
pub use package::{PackageError, Packaging};
pub use plan::{
    Origin, PlannedArchive, PlannedBill, PlannedMember, ReleasePlan, ReleasePlanError, Universal,
};
pub use publishable::{Unpublishable, publishable};
pub use record::{FileKind, ReleaseRecord, ReleasedFile, ReleasedImage, SignedCopy};
pub use stage::{Stage, StageEnd, Stages};
pub use stages::{PlannedStage, PlannedStages, Reach};
pub use tags::{moves, tag_of_version};
