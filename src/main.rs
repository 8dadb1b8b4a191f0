//! The `gobuildx` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    gobuildx::run()
}
