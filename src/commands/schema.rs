//! `gobuildx schema`: the JSON Schema of `targets.toml`, or of a definition of a toolchain.

use crate::cli::{Described, SchemaArgs};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::manifest::{json_schema, toolchain_json_schema};

pub(super) fn run(args: &SchemaArgs) -> Result<Exit, Box<dyn Failure>> {
    let schema = match args.described() {
        Described::Manifest => json_schema(),
        Described::Toolchain => toolchain_json_schema(),
    };
    console::deliver_json(&schema)?;
    Ok(Exit::Success)
}
