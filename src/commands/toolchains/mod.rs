//! `gobuildx toolchains`: one file a verb.

mod check;
mod install;
mod list;
mod show;

use std::path::{Path, PathBuf};

use super::{c_toolchains, manifest_file};
use crate::cli::{ToolchainsArgs, ToolchainsVerb};
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::process::Cancel;
use crate::toolchain::{Definition, Library, ToolchainName};

pub(super) fn run(args: &ToolchainsArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    match &args.verb {
        ToolchainsVerb::List(args) => list::run(args, cancel),
        ToolchainsVerb::Show(args) => show::run(args),
        ToolchainsVerb::Check(args) => check::run(args, cancel),
        ToolchainsVerb::Install(args) => install::run(args, cancel),
    }
}

/// All definitions for a manifest, and its folder.
fn library(manifest: Option<&Path>, host: &Host) -> Result<(Library, PathBuf), Box<dyn Failure>> {
    let file = manifest_file::find(manifest, host);
    let manifest = manifest_file::read(file.as_deref(), host)?;
    let folder = file.as_deref().and_then(Path::parent).unwrap_or(&host.cwd);
    let library = c_toolchains::library((&manifest, folder), host)?;
    Ok((library, folder.to_owned()))
}

/// The definition that a name means, perhaps with a release of glibc.
fn by_name<'l>(library: &'l Library, name: &str) -> Option<&'l Definition> {
    let name: ToolchainName = name.parse().ok()?;
    library.get(name.definition())
}

/// A name that no toolchain has.
#[derive(Debug, thiserror::Error)]
#[error("failed to find a toolchain of the name `{name}`")]
struct Unknown {
    name: String,
    help: String,
}

impl Unknown {
    fn new(name: &str, library: &Library) -> Self {
        let names: Vec<&str> = library.iter().map(|one| one.name.as_str()).collect();
        Self {
            name: name.to_owned(),
            help: crate::manifest::suggest(name, names),
        }
    }
}

impl Failure for Unknown {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(self.help.clone())
    }
}
