//! The programs that gobuildx uses, and how each is installed on the system that it runs on.
//!
//! [`TOOLS`] is the table. A new program is a new row.

mod system;
mod tool;

pub use system::{Packager, System};
pub use tool::{Programs, Systems, TOOLS, Tool, ToolId};

use crate::host::Host;

/// How to get a tool on this machine.
#[must_use]
pub fn advice(id: ToolId, host: &Host) -> String {
    Tool::find(id).map_or_else(String::new, |tool| tool.advice(&System::here(host)))
}
