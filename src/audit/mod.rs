//! What the dependencies of a program are like: locked, alive and safe, or not. Pure, but for what says otherwise.

pub mod advisory;
pub mod database;
pub mod version;

pub use version::{ModuleVersion, ParseVersionError, Pseudo, VersionKind};
