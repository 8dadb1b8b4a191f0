//! Writes the digest of a published image into the files of a checkout from which a cluster is deployed.
//!
//! [`revise`] is pure: it changes one text. [`Checkout::plan`] reads the files, and [`Rollout::carry_out`] writes them, and
//! commits and pushes where that is wanted. A rollback is the same with what [`Checkout::former`] finds.

mod checkout;
mod delivery;
mod deployment;
mod edits;
mod error;
mod fault;
mod former;
mod kustomization;
mod manifest;
mod rollout;
mod values;
mod yaml;

pub use checkout::{Checkout, Place};
pub use delivery::{Delivered, Until};
pub use deployment::{Before, Deployment, Kind, Revised, revise};
pub use error::{GitopsError, NoFile, Shallow};
pub use fault::{Fault, Why};
pub use former::Wanted;
pub use rollout::{File, Rollout};
pub use values::{ParseValuePathError, ValuePath};
