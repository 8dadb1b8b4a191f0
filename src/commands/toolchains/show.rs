//! `gobuildx toolchains show`: a definition, all layers together.

use super::{Unknown, by_name, library};
use crate::cli::ShowArgs;
use crate::console;
use crate::failure::{Exit, Failure};
use crate::host::Host;

pub(super) fn run(args: &ShowArgs) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let (library, _) = library(args.manifest.as_deref(), &host)?;
    let Some(definition) = by_name(&library, &args.name) else {
        return Err(Unknown::new(&args.name, &library).into());
    };
    let origins: Vec<String> = definition.origins.iter().map(ToString::to_string).collect();
    let text = toml::to_string(&definition.whole).unwrap_or_default();
    console::deliver(&format!(
        "# {}: {}\n{text}",
        definition.name,
        origins.join(", over ")
    ))?;
    Ok(Exit::Success)
}
