//! `gobuildx build`: plan, execute, report.

use std::collections::BTreeSet;

use super::audit;
use super::hooks::{self, Before};
use super::known::Known;
use super::prepare::{Context, Prepared};
use super::room;
use super::run::{Ended, Run};
use super::unchanged::{self, Begin, Built};
use crate::cli::{BuildArgs, Detail, MessageFormat, Permission};
use crate::console::{self, BAD, GOOD, NOTE};
use crate::dist::{Dist, Order};
use crate::exec::Session;
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::human;
use crate::ledger::{Decision, Wanted};
use crate::plan::{Artifact, table};
use crate::printable::{printable, printable_path};
use crate::process::Cancel;
use crate::progress::{Bars, Events, HookLines, Lines, Observer, Quiet, Words};
use crate::report;

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
    let begin = Begin::now();
    let host = Host::probe()?;
    if unchanged::told(args, &host, begin).is_some() {
        *summed_up = true;
        return Ok(Exit::Success);
    }
    let context = context(args, host, cancel)?;
    if args.dry_run {
        return show(&context, args, cancel, summed_up);
    }
    let made = make(context, args, begin, cancel, summed_up)?;
    made.ended.recorded.map(|()| made.ended.exit)
}

/// What a build leaves to those who go on with it: they have the output folder for themselves.
pub(super) struct Made {
    pub(super) context: Context,
    pub(super) prepared: Prepared,
    pub(super) dist: Dist,
    pub(super) session: Session,
    pub(super) ended: Ended,
    /// The files that programs are made from: below the root relative to that.
    pub(super) sources: BTreeSet<String>,
}

/// Makes the plan, runs it, tells how that went, and keeps what the next build wants to know.
pub(super) fn make(
    context: Context,
    args: &BuildArgs,
    begin: Begin,
    cancel: &Cancel,
    summed_up: &mut bool,
) -> Result<Made, Box<dyn Failure>> {
    let audit = audit::gate(&context.manifest, &args.selection, &context.host, cancel)?;
    let around = unchanged::around(&context.out);
    let permission = args.hooks.permission();
    let mut observer = observer_of_hooks(args);
    let mut before = Before::run(&context, permission, cancel, observer.as_mut())?;
    let (prepared, dist) = planned(&context, &mut before, permission, cancel)?;
    let session = context.session(&dist)?;
    let places = (&dist, &session);
    let known = Known::look((&context, &prepared), places, args.wanted(), cancel);
    room::check(&known.decision.plan, &session)?;
    room::check_scripts(&known.decision.plan, &session)?;
    let paths = prepared.plan.artifacts.iter().flat_map(Artifact::files);
    dist.begin(&paths.cloned().collect::<Vec<_>>())?;
    foretell(args, &known.decision);
    let run = Run {
        plan: &prepared.plan,
        decision: &known.decision,
        session: &session,
        dist: &dist,
        cores: prepared.cores,
        cancel,
        observer: observer_of_steps(args, (&prepared, &known.decision), observer),
        hooks: before.reports,
        audit,
    };
    let ended = run.finish(args.on_failure())?;
    *summed_up = true;
    if args.output.message_format == MessageFormat::Human {
        conclude(args, (&prepared, &known.decision), (&ended, begin));
    }
    let built = Built {
        context: &context,
        prepared: &prepared,
        session: &session,
        dist: &dist,
        ended: &ended,
        begin,
        around,
    };
    let sources = known.sources();
    remember(&built, args, known, cancel);
    Ok(Made {
        context,
        prepared,
        dist,
        session,
        ended,
        sources,
    })
}

/// What there is to say before anything is done.
fn foretell(args: &BuildArgs, decision: &Decision) {
    if args.output.message_format != MessageFormat::Human {
        return;
    }
    if args.output.explain {
        console::out(&report::reasons(decision));
    }
    if let Some(note) = decision.plan.scarce_memory() {
        console::err(&format!("{NOTE}Note:{NOTE:#} {note}"));
    }
}

/// What can't be remembered fails no build: all is made, and only the next one has more to do.
fn remember(built: &Built<'_>, args: &BuildArgs, known: Known, cancel: &Cancel) {
    if let Err(error) = built.remember(args, known, cancel) {
        let note = format!("the next build won't know what this one did: {error}");
        console::err(&format!("{NOTE}Note:{NOTE:#} {}", printable(&note)));
    }
}

pub(super) fn context(
    args: &BuildArgs,
    host: Host,
    cancel: &Cancel,
) -> Result<Context, Box<dyn Failure>> {
    let context = Context::read(&args.selection, host, cancel)?;
    if args.wanted() == Wanted::All {
        context.ask_anew();
    }
    Ok(context)
}

/// The plan, and the folder in which no other run works.
fn planned(
    context: &Context,
    before: &mut Before,
    permission: Permission,
    cancel: &Cancel,
) -> Result<(Prepared, Dist), Box<dyn Failure>> {
    let prepared = hooks::plan(context, permission, cancel)?;
    before.check(&prepared.plan)?;
    if let Some(dist) = before.dist.take() {
        return Ok((prepared, dist));
    }
    let dist = hooks::open(context, cancel)?;
    match dist.order() {
        Order::First => Ok((prepared, dist)),
        // Sources and commits may be others by now.
        Order::Behind => Ok((hooks::plan(context, permission, cancel)?, dist)),
    }
}

/// What would be done.
fn show(
    context: &Context,
    args: &BuildArgs,
    cancel: &Cancel,
    summed_up: &mut bool,
) -> Result<Exit, Box<dyn Failure>> {
    let prepared = context.plan(cancel)?;
    prepared.keep_answers();
    *summed_up = true;
    let plan = &prepared.plan;
    match args.output.message_format {
        MessageFormat::Human => console::deliver(&table::table(plan, console::width())),
        MessageFormat::Json => console::deliver_json_line(&plan.to_json()),
    }?;
    Ok(Exit::Success)
}

/// Who watches the hooks that run before there is a plan.
pub(super) fn observer_of_hooks(args: &BuildArgs) -> Box<dyn Observer> {
    match (args.output.message_format, args.output.detail()) {
        (MessageFormat::Json, _) => Box::new(Events::start()),
        (MessageFormat::Human, Detail::Quiet) => Box::new(HookLines::Commands),
        (MessageFormat::Human, Detail::Normal | Detail::Verbose) => Box::new(HookLines::Output),
    }
}

fn observer_of_steps(
    args: &BuildArgs,
    (prepared, decision): (&Prepared, &Decision),
    of_hooks: Box<dyn Observer>,
) -> Box<dyn Observer> {
    let plan = &decision.plan;
    let words = match (args.output.message_format, args.output.detail()) {
        // One stream of events from the start.
        (MessageFormat::Json, _) => return of_hooks,
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

/// What was found, if that is wanted, the table, and one line that says how it went.
fn conclude(
    args: &BuildArgs,
    (prepared, decision): (&Prepared, &Decision),
    (ended, begin): (&Ended, Begin),
) {
    let report = &ended.report;
    let plan = &prepared.plan;
    if args.output.explain {
        let text = report::explanations(plan, &ended.outcomes, console::width());
        console::out(&format!("\n{text}"));
    }
    let table = report::summary_table(plan, &ended.outcomes, &report.artifacts);
    console::out(&format!("\n{}", table.fitted(console::width())));
    let built = report.artifacts.len();
    let all = plan.artifacts.len();
    let time = human::time(begin.elapsed_ms());
    let place = printable_path(&prepared.out);
    if !report.removed.is_empty() {
        let (count, what) = (
            report.removed.len(),
            "that an earlier run left and this one doesn't make",
        );
        console::err(&format!("{NOTE}Removed{NOTE:#} artifacts {what}: {count}"));
    }
    for note in &report.notes {
        console::err(&format!("{NOTE}Note:{NOTE:#} {}", printable(note)));
    }
    let unchanged = match decision.unchanged.len() {
        0 => String::new(),
        _ if report.exit != 0 => String::new(),
        count if count == all && report.removed.is_empty() => " (nothing changed)".to_owned(),
        count => format!(" ({count} unchanged)"),
    };
    let (style, word) = match ended.exit {
        Exit::Interrupted(_) => (BAD, "Interrupted:"),
        _ if report.exit == 0 => (GOOD, "Done:"),
        _ => (BAD, "Failed:"),
    };
    console::err(&format!(
        "{style}{word}{style:#} {built} of {all} artifacts in {time}{unchanged}, in {place}"
    ));
}
