//! `gobuildx toolchains list`: what compiles C, and what of that is here.

use super::library;
use crate::cli::{ListArgs, ReportFormat};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::host::{self, Host};
use crate::human;
use crate::installing::System;
use crate::printable::printable;
use crate::process::Cancel;
use crate::text_table::{Align, Table};
use crate::toolchain::installed::{Search, Trust};
use crate::toolchain::survey::{Row, TargetRow, survey};

/// The version of the JSON.
const SCHEMA: u32 = 1;

/// Targets that are named in a row, of those that are installed.
const SHOWN: usize = 4;

pub(super) fn run(args: &ListArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let host = Host::probe()?;
    let (library, folder) = library(args.manifest.as_deref(), &host)?;
    let mut search = Search::new((&host, &folder), Trust::User, cancel);
    let system = System::here(&host);
    let rows = survey(&library, (host::platform(), &system), &mut search);
    if let Some(reason) = cancel.reason() {
        return Ok(reason.into());
    }
    match args.output.format {
        ReportFormat::Human => console::deliver(&text(&rows))?,
        ReportFormat::Json => {
            let json = serde_json::json!({ "schema": SCHEMA, "toolchains": rows });
            console::deliver_json(&json)?;
        }
    }
    Ok(Exit::Success)
}

fn text(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        ("Toolchain", Align::Left),
        ("Here", Align::Left),
        ("What it is", Align::Left),
    ])
    .spare(&["What it is"]);
    for row in rows {
        let cells = [row.name.clone(), here(row), row.description.clone()];
        table.row(cells.map(|cell| printable(&cell)).to_vec());
    }
    let mut text = table.fitted(console::width());
    let missing: Vec<String> = rows.iter().filter_map(how_to_get).collect();
    if !missing.is_empty() {
        text.push_str("\nWhat is missing, and how to get it:\n");
        text.push_str(&missing.concat());
    }
    text
}

/// Which targets it can be used for.
fn here(row: &Row) -> String {
    let installed: Vec<&TargetRow> = row.targets.iter().filter(|one| one.installed).collect();
    let Some(first) = installed.first() else {
        let why = if row.targets.is_empty() {
            "for other machines"
        } else {
            "–"
        };
        return why.to_owned();
    };
    let version = first.versions.first().cloned().unwrap_or_default();
    if installed.len() == row.targets.len() && row.targets.len() > 1 {
        return format!("{version}: all its targets");
    }
    let targets: Vec<String> = installed
        .iter()
        .map(|one| format!("{}/{}", one.target.goos, one.target.goarch))
        .collect();
    format!("{version}: {}", human::first(SHOWN, &targets))
}

/// What is missing of a toolchain that can be used for no target.
fn how_to_get(row: &Row) -> Option<String> {
    if row.targets.iter().any(|one| one.installed) {
        return None;
    }
    let first = row.targets.first()?;
    let missing = first.missing.as_ref()?;
    let install = first.install.as_ref()?;
    let (missing, install) = (printable(missing), printable(install));
    Some(format!("  {}: {missing}\n      {install}\n", row.name))
}
