//! gobuildx builds every platform of a Go program from one manifest and proves what it built.
//!
//! Data flows one way, and the modules stand in the order of the flow:
//!
//! ```text
//! manifest + project + host facts → plan → execute → report
//! ```

pub mod atomic;
pub mod console;
pub mod digest;
pub mod dist;
pub mod exec;
pub mod failure;
pub mod go_version;
pub mod host;
pub mod inspect;
pub mod interrupt;
pub mod manifest;
pub mod plan;
pub mod process;
pub mod progress;
pub mod project;
pub mod report;
pub mod target;
pub mod text_table;
pub mod toolchain;
pub mod tools;
pub mod verify;

/// Runs the command line and returns the exit code of the process.
#[must_use]
pub fn run() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
