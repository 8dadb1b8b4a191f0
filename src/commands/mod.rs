//! One file a verb: each puts the parts together in the order of the data flow.

mod build;
mod doctor;
mod init;
mod packers;
mod plan;
mod prepare;
mod targets;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Verb};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::interrupt;
use crate::process::Cancel;

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap writes help and versions to stdout, mistakes to stderr.
            let _ = error.print();
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Success
            };
            return exit.code().into();
        }
    };
    cli.color.apply();
    let cancel = Cancel::new();
    if let Err(error) = interrupt::listen(&cancel) {
        console::error(&format!("failed to listen for signals: {error}"), None);
        return Exit::Environment.code().into();
    }
    let result = match &cli.verb {
        Verb::Build(args) => build::run(args, &cancel),
        Verb::Plan(args) => plan::run(args, &cancel),
        Verb::Init(args) => init::run(args, &cancel),
        Verb::Doctor(args) => doctor::run(args, &cancel),
        Verb::Targets(args) => targets::run(args),
    };
    let exit = match (result, cancel.reason()) {
        (Ok(exit), _) => exit,
        // What fails while everything is being stopped, fails because of that.
        (Err(_), Some(reason)) => {
            console::error(&reason.to_string(), None);
            reason.into()
        }
        (Err(failure), None) => {
            report(failure.as_ref());
            failure.exit()
        }
    };
    exit.code().into()
}

fn report(failure: &dyn Failure) {
    match failure.rendered(console::has_colors()) {
        Some(text) => console::err(text.trim_end()),
        None => console::error(&failure.to_string(), failure.hint().as_deref()),
    }
}
