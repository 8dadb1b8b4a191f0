//! One file a verb: each puts the parts together in the order of the data flow.

mod audit;
mod build;
mod c_toolchains;
mod completions;
mod doctor;
mod examine;
mod explain;
mod hooks;
mod init;
mod inspect;
mod installed;
mod known;
mod lock;
mod man;
mod manifest_file;
mod plan;
mod prepare;
mod release;
mod room;
mod run;
mod schema;
mod smoke;
mod targets;
mod toolchains;
mod trusted;
mod unchanged;
mod verify;

#[cfg(unix)]
use std::convert::Infallible;
use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::cli::{self, Cli, Verb};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::host;
use crate::interrupt;
use crate::process::Cancel;
#[cfg(unix)]
use crate::process::{BecomeError, IN_CGROUP, Umask, WITH_UMASK, start_in_cgroup};
use crate::secret;

/// What gobuildx does as a child of its own, by verbs that no user calls.
#[cfg(unix)]
fn as_a_child() -> Option<Exit> {
    let verb = host::arguments().nth(1)?;
    #[cfg(target_os = "linux")]
    if verb == crate::smoke::WATCH {
        return Some(watch());
    }
    let words = host::arguments().skip(2);
    if verb == IN_CGROUP {
        return Some(became(start_in_cgroup(words)));
    }
    (verb == WITH_UMASK).then(|| became(Umask::start(words)))
}

/// Watches a program on a blank system.
#[cfg(target_os = "linux")]
fn watch() -> Exit {
    match crate::smoke::watch() {
        Ok(()) => Exit::Success,
        Err(failure) => {
            report(&failure);
            failure.exit()
        }
    }
}

/// Another program, or why not.
#[cfg(unix)]
fn became(started: Result<Infallible, BecomeError>) -> Exit {
    let failure = match started {
        Ok(never) => match never {},
        Err(failure) => failure,
    };
    report(&failure);
    failure.exit()
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    #[cfg(unix)]
    if let Some(exit) = as_a_child() {
        return exit.code().into();
    }
    if let Err(error) = secret::conceal(&host::secrets()) {
        console::error(&error.to_string(), None);
        return Exit::Environment.code().into();
    }
    let mut command = cli::command(console::help_width());
    let parsed = command
        .try_get_matches_from_mut(host::arguments())
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli.settled(),
        Err(error) => return no_request(error, &mut command).code().into(),
    };
    cli.color.apply();
    let cancel = Cancel::new();
    if !cli.verb.only_reads()
        && let Err(error) = interrupt::listen(&cancel)
    {
        console::error(&format!("failed to listen for signals: {error}"), None);
        return Exit::Environment.code().into();
    }
    let result = match &cli.verb {
        Verb::Build(args) => build::run(args, &cancel),
        Verb::Release(args) => release::run(args, &cancel),
        Verb::Image(args) => release::image_alone(args, &cancel),
        Verb::Plan(args) => plan::run(args, &cancel),
        Verb::Init(args) => init::run(args, &cancel),
        Verb::Doctor(args) => doctor::run(args, &cancel),
        Verb::Targets(args) => targets::run(args),
        Verb::Toolchains(args) => toolchains::run(args, &cancel),
        Verb::Schema(args) => schema::run(args),
        Verb::Completions(args) => completions::run(args),
        Verb::Man(args) => man::run(args),
        Verb::Inspect(args) => inspect::run(args),
        Verb::Verify(args) => verify::run(args, &cancel),
        Verb::Audit(args) => audit::run(args, &cancel),
        Verb::Smoke(args) => smoke::run(args, &cancel),
        Verb::Lock(args) => lock::run(args, &cancel),
        Verb::Explain(args) => explain::run(args),
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

/// Prints what clap has to say instead of a request: help, the version, or a mistake.
fn no_request(mut error: clap::Error, command: &mut clap::Command) -> Exit {
    cli::asked_color(host::arguments()).apply();
    cli::suggest_verb(&mut error, command);
    let error = error.format(command);
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        console::err(text.trim_end());
        Exit::Usage
    } else {
        console::out(&text);
        Exit::Success
    }
}

fn report(failure: &dyn Failure) {
    match failure.rendered(console::has_colors()) {
        Some(text) => console::err(text.trim_end()),
        None => console::error(&failure.to_string(), failure.hint().as_deref()),
    }
}
