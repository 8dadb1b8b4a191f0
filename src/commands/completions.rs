//! `gobuildx completions`: what a shell reads to complete the command line.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::console;
use crate::failure::{Exit, Failure};

pub(super) fn run(args: &CompletionsArgs) -> Result<Exit, Box<dyn Failure>> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "gobuildx", &mut script);
    console::deliver(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
