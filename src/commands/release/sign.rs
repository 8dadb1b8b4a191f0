//! The stage that signs the checksums of a release.

use super::pipeline::Pipeline;
use super::{paths, release_of};
use crate::cli::BuildArgs;
use crate::commands::build::{self, Made};
use crate::commands::hooks;
use crate::failure::{Exit, Failure};
use crate::human::counted;
use crate::plan::signing;
use crate::process::Cancel;
use crate::release::StageEnd;
use crate::report::RELEASE;

/// What is signed: it has the digests of all other files.
const CHECKSUMS: &str = "checksums.txt";

/// Signs the checksums.
pub(super) fn sign(
    made: &Made,
    pipeline: &mut Pipeline,
    args: &BuildArgs,
    cancel: &Cancel,
) -> Result<((), StageEnd), Box<dyn Failure>> {
    let commands = signing(&made.context.manifest, release_of(made), CHECKSUMS);
    if commands.is_empty() {
        let why = "no `[release.sign]` names a key or a command";
        return Ok(((), StageEnd::NotRun(why.to_owned())));
    }
    let mut announced = paths(pipeline);
    announced.insert(RELEASE.to_owned());
    announced.extend(commands.iter().map(|one| one.signature.clone()));
    made.dist.announce(&announced)?;
    let hooks: Vec<_> = commands.iter().map(|one| one.hook.clone()).collect();
    let mut observer = build::observer_of_hooks(args);
    let runs = hooks::run_all(&hooks, &made.session, cancel, observer.as_mut());
    runs.ended(cancel)?;
    let folder = made.dist.folder().path();
    for one in &commands {
        if !folder.join(&one.signature).is_file() {
            return Err(Unsigned(one.signature.clone()).into());
        }
    }
    let says = counted(commands.len(), "signature", "signatures");
    Ok(((), StageEnd::Done(format!("{says} by commands"))))
}

/// A command that went well and left nothing.
#[derive(Debug, thiserror::Error)]
#[error("failed to sign the checksums: the command left no `{0}`")]
struct Unsigned(String);

impl Failure for Unsigned {
    fn exit(&self) -> Exit {
        Exit::Manifest
    }

    fn hint(&self) -> Option<String> {
        Some("let it write its signature to `{signature}`".to_owned())
    }
}
