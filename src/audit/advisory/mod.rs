//! What is known of vulnerabilities: which versions of which modules have one, and whether a program
//! gets to it.

mod affected;
mod binary;
mod entry;
mod exposure;
mod id;
mod ranges;
mod symbol;

pub use affected::Affected;
pub use binary::BinaryCode;
pub use entry::{Advisory, AdvisoryError, AffectedImport, AffectedModule, Fault, LARGEST};
pub use exposure::{Code, Exposure, ListedPackages, Place, exposure};
pub use id::{AdvisoryId, ParseIdError};
pub use ranges::{Event, NoIntroduction, Ranges};
pub(in crate::audit) use symbol::unescaped;

/// The path by which advisories know the packages of Go itself.
pub const STDLIB: &str = "stdlib";

/// The path by which advisories know the go command.
pub const TOOLCHAIN: &str = "toolchain";
