//! The stage that signs the checksums of a release.

use std::fs;

use super::keys::Keys;
use super::pipeline::Pipeline;
use super::{paths, release_of};
use crate::atomic::Mode;
use crate::cli::BuildArgs;
use crate::commands::build::{self, Made};
use crate::commands::hooks;
use crate::commands::prepare::Unreadable;
use crate::failure::{Exit, Failure};
use crate::plan::{Signing, signing};
use crate::process::Cancel;
use crate::report::RELEASE;
use crate::signing::minisign::{SecretKey, TrustedComment};

/// What is signed: it has the digests of all other files.
pub(super) const CHECKSUMS: &str = "checksums.txt";
/// Its signature by minisign.
pub(super) const MINISIG: &str = "checksums.txt.minisig";

/// Says which files there will be when all is signed, so that another run can remove them.
pub(super) fn announce(
    made: &Made,
    keys: &Keys,
    pipeline: &Pipeline,
) -> Result<(), Box<dyn Failure>> {
    let mut announced = paths(pipeline);
    announced.insert(RELEASE.to_owned());
    announced.extend(keys.minisign.iter().map(|_| MINISIG.to_owned()));
    announced.extend(commands(made).into_iter().map(|one| one.signature));
    made.dist.announce(&announced)?;
    Ok(())
}

fn commands(made: &Made) -> Vec<Signing> {
    signing(&made.context.manifest, release_of(made), CHECKSUMS)
}

/// Signs the checksums, and says what is signed of the release.
pub(super) fn sign(
    made: &Made,
    keys: &Keys,
    (args, cancel): (&BuildArgs, &Cancel),
) -> Result<((), String), Box<dyn Failure>> {
    let mut signed = Vec::new();
    if let Some(key) = &keys.minisign {
        minisign(made, key)?;
        signed.push("checksums by minisign".to_owned());
    }
    let commands = commands(made);
    by_commands(made, &commands, (args, cancel))?;
    signed.extend(commands.into_iter().map(|one| one.signature));
    let says = match &keys.dsse {
        Some(_) => {
            signed.push("provenance".to_owned());
            signed.join(", ")
        }
        None => format!(
            "{}; the provenance isn't signed: there is no `dsse` key",
            signed.join(", ")
        ),
    };
    Ok(((), says))
}

fn minisign(made: &Made, key: &SecretKey) -> Result<(), Box<dyn Failure>> {
    let folder = made.dist.folder();
    let path = folder.path().join(CHECKSUMS);
    let content = fs::read(&path).map_err(|error| Unreadable::new(&path, error))?;
    let release = release_of(made);
    let comment = TrustedComment::of(CHECKSUMS, &release.version, release.epoch);
    let signature = key.sign(&content, &comment);
    folder.write(MINISIG, signature.as_bytes(), Mode::Record)?;
    Ok(())
}

fn by_commands(
    made: &Made,
    commands: &[Signing],
    (args, cancel): (&BuildArgs, &Cancel),
) -> Result<(), Box<dyn Failure>> {
    let hooks: Vec<_> = commands.iter().map(|one| one.hook.clone()).collect();
    let mut observer = build::observer_of_hooks(args);
    let runs = hooks::run_all(&hooks, &made.session, cancel, observer.as_mut());
    runs.ended(cancel)?;
    let folder = made.dist.folder().path();
    let missing = commands
        .iter()
        .find(|one| !folder.join(&one.signature).is_file());
    match missing {
        Some(one) => Err(Unsigned(one.signature.clone()).into()),
        None => Ok(()),
    }
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
