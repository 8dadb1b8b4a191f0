//! `gobuildx targets`: what Go builds for, and what can be done with it here.

use crate::cli::{ReportFormat, TargetsArgs};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::platforms;
use crate::runner::Runners;

pub(super) fn run(args: &TargetsArgs) -> Result<Exit, Box<dyn Failure>> {
    let rows = platforms::rows(&Runners::probe(&Host::probe()?));
    match args.output.format {
        ReportFormat::Human => {
            let table = platforms::table(&rows, args.detail());
            console::deliver(&table.fitted(console::width()))?;
        }
        ReportFormat::Json => {
            let json = serde_json::json!({ "schema": platforms::SCHEMA, "targets": rows });
            console::deliver_json(&json)?;
        }
    }
    Ok(Exit::Success)
}
