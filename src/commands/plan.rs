//! `gobuildx plan`: exactly what build would do.

use super::prepare::prepare;
use crate::cli::{PlanArgs, PlanFormat};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::plan::{shell, table};
use crate::process::Cancel;

pub(super) fn run(args: &PlanArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let prepared = prepare(&args.selection, cancel)?;
    prepared.keep_answers();
    let plan = &prepared.plan;
    match args.output.format {
        PlanFormat::Table => console::deliver(&table::table(plan, console::width())),
        PlanFormat::Json => console::deliver_json(&plan.to_json()),
        PlanFormat::Sh => console::deliver(&shell::script(plan, &prepared.root, &prepared.out)),
    }?;
    Ok(Exit::Success)
}
