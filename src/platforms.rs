//! `targets`: the platform table, with what else is known of each platform on this machine.

use serde::Serialize;

use crate::pack::{Known, upx};
use crate::runner::Runners;
use crate::smoke::Wine;
use crate::target::{BuildMode, Goos, PLATFORMS, Platform, Target, Variant};
use crate::text_table::{Align, Table};

/// The version of the table as JSON.
pub const SCHEMA: u32 = 1;

/// What is known of one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The pair, such as `linux/amd64`.
    pub target: String,
    /// Go's own releases are blocked when it is broken.
    pub first_class: bool,
    /// Go supports cgo here.
    pub cgo: bool,
    /// Programs without C need no C toolchain.
    pub builds_without_c: bool,
    /// The variable that selects the CPU variant, and what Go takes by itself.
    pub variant: Option<String>,
    /// Whether a program that UPX packed runs.
    pub upx: Answer,
    /// Whether a program can be started on this machine.
    pub starts_here: Answer,
}

/// Yes or no, and how or why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Yes or no.
    pub yes: bool,
    /// With what, or why not.
    pub because: String,
}

impl Answer {
    fn yes(because: impl Into<String>) -> Self {
        Self {
            yes: true,
            because: because.into(),
        }
    }

    fn no(because: &dyn ToString) -> Self {
        Self {
            yes: false,
            because: because.to_string(),
        }
    }
}

/// The table of all platforms, in the order of their names.
#[must_use]
pub fn rows(runners: &Runners) -> Vec<Row> {
    PLATFORMS
        .iter()
        .map(|row| describe(*row, runners))
        .collect()
}

fn describe(platform: Platform, runners: &Runners) -> Row {
    let target = Target::new(platform.goos, platform.goarch);
    let variable = Variant::env_of(platform.goarch);
    let variant = variable.map(|variable| match &target.variant {
        Some(variant) => format!("{variable}={variant}"),
        None => variable.to_owned(),
    });
    Row {
        first_class: platform.first_class,
        cgo: platform.cgo,
        builds_without_c: !platform.needs_external_linker,
        variant,
        upx: match upx(&target, BuildMode::Exe) {
            Ok(Known::Started) => Answer::yes("packed Go programs were started"),
            Ok(Known::Reported) => Answer::yes("people ship packed programs"),
            Err(refusal) => Answer::no(&refusal),
        },
        starts_here: starts_here(&target, runners),
        target: format!("{}/{}", platform.goos, platform.goarch),
    }
}

fn starts_here(target: &Target, runners: &Runners) -> Answer {
    if target.goos == Goos::Windows {
        return match Wine::runs(target, runners) {
            // It isn't looked for: a manifest or a command line names it.
            Ok(()) => Answer::no(&"only with wine: see `smoke --wine-root`"),
            Err(reason) => Answer::no(&reason),
        };
    }
    match runners.runner(target) {
        Ok(runner) => {
            let emulator = runner.emulator();
            Answer::yes(emulator.map_or("natively", |emulator| emulator.name))
        }
        Err(reason) => Answer::no(&reason),
    }
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A word a cell.
    Brief,
    /// The reasons, too.
    Reasons,
}

/// The rows for people.
#[must_use]
pub fn table(rows: &[Row], detail: Detail) -> Table {
    let mut table = Table::new(&[
        ("Target", Align::Left),
        ("First class", Align::Left),
        ("cgo", Align::Left),
        ("Without C", Align::Left),
        ("Variant", Align::Left),
        ("UPX", Align::Left),
        ("Starts here", Align::Left),
    ]);
    table = table.spare(&["Variant", "Without C", "cgo", "First class"]);
    for row in rows {
        table.row(vec![
            row.target.clone(),
            mark(row.first_class),
            mark(row.cgo),
            mark(row.builds_without_c),
            row.variant.clone().unwrap_or("-".into()),
            shown(&row.upx, detail),
            match detail {
                // With what a program is started is what one wants to know.
                Detail::Brief if row.starts_here.yes => row.starts_here.because.clone(),
                detail => shown(&row.starts_here, detail),
            },
        ]);
    }
    table
}

fn mark(yes: bool) -> String {
    if yes { "yes" } else { "-" }.to_owned()
}

fn shown(answer: &Answer, detail: Detail) -> String {
    match detail {
        Detail::Brief => mark(answer.yes),
        Detail::Reasons => {
            let word = if answer.yes { "yes" } else { "no" };
            format!("{word}: {}", answer.because)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_runs_nothing_still_has_every_platform_in_its_table() {
        let rows = rows(&Runners::default());
        assert_eq!(rows.len(), PLATFORMS.len());
        assert!(rows.iter().all(|row| !row.starts_here.yes));
        let windows = rows.iter().filter(|row| row.target.starts_with("windows/"));
        for row in windows {
            let because = &row.starts_here.because;
            assert!(!because.starts_with("only with wine"), "{because}");
        }
        let linux = rows.iter().find(|row| row.target == "linux/amd64").unwrap();
        assert!(linux.first_class && linux.cgo && linux.builds_without_c && linux.upx.yes);
        assert_eq!(linux.variant.as_deref(), Some("GOAMD64=v1"));
    }

    #[test]
    fn a_narrow_terminal_gets_the_columns_that_matter() {
        let rows = rows(&Runners::default());
        let narrow = table(&rows, Detail::Brief).fitted(Some(48));
        let head = narrow.lines().next().unwrap();
        let columns: Vec<&str> = head
            .split("  ")
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        assert_eq!(columns, ["Target", "First class", "UPX", "Starts here"]);
    }

    #[test]
    fn reasons_are_told_on_demand_only() {
        let rows = rows(&Runners::default());
        let brief = table(&rows, Detail::Brief).fitted(Some(80));
        let reasons = table(&rows, Detail::Reasons).fitted(None);
        assert!(!brief.contains("macOS 13"), "{brief}");
        assert!(reasons.contains("no: macOS 13 and newer kill"), "{reasons}");
        assert!(brief.lines().all(|line| line.len() <= 80), "{brief}");
    }
}
