//! `gobuildx toolchains`: one file a verb.

mod install;

use crate::cli::{ToolchainsArgs, ToolchainsVerb};
use crate::failure::{Exit, Failure};
use crate::process::Cancel;

pub(super) fn run(args: &ToolchainsArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    match &args.verb {
        ToolchainsVerb::Install(args) => install::run(args, cancel),
    }
}
