//! Writes the digest of a published image into the files of a checkout from which a cluster is deployed.
//!
//! [`revise`] is pure: it changes one text. [`Checkout::plan`] reads the files, and [`Plan::carry_out`] writes them, and
//! commits and pushes where that is wanted. A rollback is the same with what [`Checkout::former`] finds.

mod checkout;
mod delivery;
mod edits;
mod error;
mod fault;
mod former;
mod kustomization;
mod manifest;
mod plan;
mod release;
mod values;
mod yaml;

pub use checkout::{Checkout, Place};
pub use delivery::{Done, Reach};
pub use error::{GitopsError, NoFile, Shallow};
pub use fault::{Fault, Why};
pub use former::{Former, Wanted};
pub use plan::{File, Plan};
pub use release::{Before, Kind, Release, Revised, revise};
pub use values::{ParseValuePathError, ValuePath};
