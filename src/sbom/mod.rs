//! What an artifact is made of, as software bills of materials have it: `CycloneDX` 1.6 and SPDX 2.3. Pure, but for
//! `licences.rs`, `requirements.rs` and `module_files.rs`, which read the module cache.
//!
//! A [`Bill`] is what is known of one artifact: the modules are those that its build information names, so what is linked
//! and nothing else. An [`Inventory`] is made from it, and both formats from that. The same bill gives the same bytes; times
//! are those that the bill has. What isn't known is said to be unknown, and never left out silently.

mod bill;
mod cyclonedx;
mod identity;
mod inventory;
mod licences;
mod module_files;
mod purl;
mod requirements;
mod spdx;

pub use bill::{Bill, LinkedC, Shipped};
pub use cyclonedx::cyclonedx;
pub use inventory::{Completeness, Inventory, Linkage, Part, PartId};
pub use licences::{Licences, licences};
pub use purl::Purl;
pub use requirements::{Requirements, requirements};
pub use spdx::spdx;

#[cfg(test)]
mod tests;
