//! `gobuildx schema`: the JSON Schema of `targets.toml`.

use crate::console;
use crate::failure::{Exit, Failure};
use crate::manifest::json_schema;

pub(super) fn run() -> Result<Exit, Box<dyn Failure>> {
    console::deliver_json(&json_schema())?;
    Ok(Exit::Success)
}
