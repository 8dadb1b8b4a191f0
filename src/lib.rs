//! gobuildx builds every platform of a Go program from one manifest and proves what it built.
//!
//! Data flows one way, and the modules stand in the order of the flow:
//!
//! ```text
//! manifest + project + host facts → plan → execute → report
//! ```

pub mod atomic;
pub mod exec;
pub mod inspect;
pub mod interrupt;
pub mod manifest;
pub mod process;
pub mod target;
pub mod verify;

/// Runs the command line and returns the exit code of the process.
#[must_use]
pub fn run() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
