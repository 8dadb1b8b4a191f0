//! `gobuildx build`: plan, execute, report.

use std::time::Instant;

use super::prepare::{Prepared, prepare};
use crate::cli::{BuildArgs, Detail, MessageFormat};
use crate::console::{self, BAD, GOOD, NOTE};
use crate::dist::Dist;
use crate::exec::{self, End, Limits, Outcomes, Session};
use crate::failure::{Exit, Failure};
use crate::plan::{Plan, table};
use crate::process::Cancel;
use crate::progress::{Bars, Events, Lines, Observer, Quiet, Words};
use crate::report::{self, RunReport};

pub(super) fn run(args: &BuildArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let mut summed_up = false;
    let result = build(args, cancel, &mut summed_up);
    if let (Err(failure), MessageFormat::Json, false) =
        (&result, args.output.message_format, summed_up)
    {
        // The last event is the summary, also of a run that never got to its first step.
        Events::start().failed(failure.as_ref());
    }
    result
}

fn build(
    args: &BuildArgs,
    cancel: &Cancel,
    summed_up: &mut bool,
) -> Result<Exit, Box<dyn Failure>> {
    let prepared = prepare(&args.selection, cancel)?;
    let plan = &prepared.plan;
    if args.dry_run {
        *summed_up = true;
        let text = match args.output.message_format {
            MessageFormat::Human => table::table(plan, console::width()),
            MessageFormat::Json => format!("{}\n", plan.to_json()),
        };
        console::deliver(&text)?;
        return Ok(Exit::Success);
    }
    let dist = Dist::open(&prepared.out, || waiting(&prepared), cancel)?;
    let paths: Vec<_> = plan
        .artifacts
        .iter()
        .map(|artifact| artifact.path.clone())
        .collect();
    dist.begin(&paths)?;
    let session = session(&prepared, &dist);
    let mut observer = observer(args, &prepared);
    let begin = Instant::now();
    let limits = Limits {
        cpu: prepared.cores,
        on_failure: args.on_failure(),
    };
    let outcomes = exec::run(plan, &session, limits, cancel, &mut |event| {
        observer.event(event);
    })?;
    let exit = match cancel.reason() {
        Some(reason) => reason.into(),
        None => exit(&outcomes),
    };
    let elapsed = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut report = RunReport::new(plan, &outcomes, prepared.cores, exit.code(), elapsed);
    // A run that was stopped leaves no record that could be taken for a whole one.
    let recorded = match exit {
        Exit::Interrupted(_) => Ok(()),
        _ => record(&dist, plan, &outcomes, &mut report),
    };
    if let Err(failure) = &recorded {
        report.exit = failure.exit().code();
    }
    observer.end(&report);
    *summed_up = true;
    if args.output.message_format == MessageFormat::Human {
        if args.output.explain {
            let text = report::explanations(plan, &outcomes, console::width());
            console::out(&format!("\n{text}"));
        }
        conclude(&prepared, &outcomes, &report, exit);
    }
    recorded.map(|()| exit)
}

/// Leaves in the output folder what this run made, with the records of it.
fn record(
    dist: &Dist,
    plan: &Plan,
    outcomes: &Outcomes,
    report: &mut RunReport,
) -> Result<(), Box<dyn Failure>> {
    report.removed = dist.keep_only(&report::placed(plan, outcomes))?;
    report::write_records(dist.folder(), plan, &report.artifacts)?;
    report::write_report(dist.folder(), report)?;
    Ok(())
}

fn waiting(prepared: &Prepared) {
    console::err(&format!(
        "{NOTE}Waiting{NOTE:#} for another gobuildx that works in {}",
        prepared.out.display()
    ));
}

fn session(prepared: &Prepared, dist: &Dist) -> Session {
    Session {
        root: prepared.root.clone(),
        out: dist.folder().clone(),
        work: dist.work().to_owned(),
        inherited: prepared.inherited.clone(),
        source_dirs: prepared.source_dirs.clone(),
    }
}

fn observer(args: &BuildArgs, prepared: &Prepared) -> Box<dyn Observer> {
    let plan = &prepared.plan;
    let words = match (args.output.message_format, args.output.detail()) {
        (MessageFormat::Json, _) => return Box::new(Events::start()),
        (MessageFormat::Human, Detail::Quiet) => return Box::new(Quiet),
        (MessageFormat::Human, Detail::Normal) => Words::new(plan),
        (MessageFormat::Human, Detail::Verbose) => Words::with_commands(plan),
    };
    if prepared.moves_cursor && console::is_interactive() {
        Box::new(Bars::new(words))
    } else {
        Box::new(Lines::new(words))
    }
}

fn exit(outcomes: &Outcomes) -> Exit {
    if outcomes
        .values()
        .all(|outcome| matches!(outcome.end, End::Done(_)))
    {
        Exit::Success
    } else {
        Exit::Failed
    }
}

/// The table, and one line that says how it went.
fn conclude(prepared: &Prepared, outcomes: &Outcomes, report: &RunReport, exit: Exit) {
    let plan = &prepared.plan;
    let table = report::summary_table(plan, outcomes, &report.artifacts);
    console::out(&format!("\n{}", table.fitted(console::width())));
    let built = report.artifacts.len();
    let all = plan.artifacts.len();
    let time = report::human_time(report.duration_ms);
    let place = prepared.out.display();
    if !report.removed.is_empty() {
        let (count, what) = (
            report.removed.len(),
            "that an earlier run left and this one doesn't make",
        );
        console::err(&format!("{NOTE}Removed{NOTE:#} artifacts {what}: {count}"));
    }
    let (style, word) = match exit {
        Exit::Interrupted(_) => (BAD, "Interrupted:"),
        _ if report.exit == 0 => (GOOD, "Done:"),
        _ => (BAD, "Failed:"),
    };
    console::err(&format!(
        "{style}{word}{style:#} {built} of {all} artifacts in {time}, in {place}"
    ));
}
