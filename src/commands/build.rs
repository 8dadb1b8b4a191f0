//! `gobuildx build`: plan, execute, report.

use std::time::{Instant, SystemTime};

use super::hooks::{self, Before};
use super::prepare::{Context, Prepared};
use super::run::{Ended, Run};
use super::unchanged::{self, Built};
use crate::atomic::Mode;
use crate::cli::{BuildArgs, Detail, MessageFormat};
use crate::console::{self, BAD, GOOD, NOTE};
use crate::failure::{Exit, Failure};
use crate::human;
use crate::host::Host;
use crate::ledger::snapshot::{self, content_of};
use crate::ledger::{self, Decision, Recorder, store};
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
    let (begin, time) = (SystemTime::now(), Instant::now());
    let host = Host::probe()?;
    if let Some((told, out)) = unchanged::told(args, &host)
        && unchanged::tell(args, (&told, &out), time.elapsed()).is_some()
    {
        *summed_up = true;
        return Ok(Exit::Success);
    }
    let context = Context::read(&args.selection, host, cancel)?;
    if args.dry_run {
        let plan = context.plan(cancel)?.plan;
        *summed_up = true;
        match args.output.message_format {
            MessageFormat::Human => console::deliver(&table::table(&plan, console::width()))?,
            MessageFormat::Json => console::deliver_json_line(&plan.to_json())?,
        }
        return Ok(Exit::Success);
    }
    let permission = args.hooks.permission();
    let mut observer = observer_of_hooks(args);
    let before = Before::run(&context, permission, cancel, observer.as_mut())?;
    let prepared = hooks::plan(&context, permission, cancel)?;
    let plan = &prepared.plan;
    before.check(plan)?;
    let dist = match before.dist {
        Some(dist) => dist,
        None => hooks::open(&context, cancel)?,
    };
    let around = dist.folder().path().parent();
    let around = around.and_then(|folder| Some((folder.to_owned(), content_of(folder)?)));
    let paths = plan.artifacts.iter().flat_map(Artifact::files);
    dist.begin(&paths.cloned().collect::<Vec<_>>())?;
    let session = context.session(&dist)?;
    let own_program = session.own_program.clone();
    let earlier = store::read(dist.folder().path(), &own_program);
    let workers = prepared.cores as usize;
    let known = (&earlier, prepared.machine.clone());
    let present = ledger::survey(plan, &session, known, (workers, cancel));
    let decision = ledger::decide(plan, &earlier, &present, args.wanted());
    if args.output.explain && args.output.message_format == MessageFormat::Human {
        console::out(&report::reasons(&decision));
    }
    let run = Run {
        plan,
        decision: &decision,
        session: &session,
        dist: &dist,
        cores: prepared.cores,
        cancel,
        observer: observer_of_steps(args, &prepared, observer),
        hooks: before.reports,
    };
    let ended = run.finish(args.on_failure())?;
    let recorder = Recorder {
        plan,
        decision: &decision,
        present: &present,
        outcomes: &ended.outcomes,
        session: &session,
        workers,
    };
    if dist.lock().is_held() {
        let ledger = recorder.record(earlier);
        store::write(dist.folder(), &ledger, &own_program)?;
        if ended.exit == Exit::Success && ended.recorded.is_ok() {
            let built = Built {
                context: &context,
                prepared: &prepared,
                session: &session,
                dist: &dist,
                ledger: &ledger,
                ended: &ended,
                begin,
                around,
            };
            if let Some(snapshot) = built.snapshot(args, cancel) {
                dist.folder().write(snapshot::FILE, &snapshot.bytes(), Mode::Record)?;
            }
        }
    }
    *summed_up = true;
    if args.output.message_format == MessageFormat::Human {
        if args.output.explain {
            let text = report::explanations(plan, &ended.outcomes, console::width());
            console::out(&format!("\n{text}"));
        }
        conclude(&prepared, &decision, &ended);
    }
    ended.recorded.map(|()| ended.exit)
}

/// Who watches the hooks that run before there is a plan.
fn observer_of_hooks(args: &BuildArgs) -> Box<dyn Observer> {
    match (args.output.message_format, args.output.detail()) {
        (MessageFormat::Json, _) => Box::new(Events::start()),
        (MessageFormat::Human, Detail::Quiet) => Box::new(HookLines::Commands),
        (MessageFormat::Human, Detail::Normal | Detail::Verbose) => Box::new(HookLines::Output),
    }
}

fn observer_of_steps(
    args: &BuildArgs,
    prepared: &Prepared,
    of_hooks: Box<dyn Observer>,
) -> Box<dyn Observer> {
    let plan = &prepared.plan;
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

/// The table, and one line that says how it went.
fn conclude(prepared: &Prepared, decision: &Decision, ended: &Ended) {
    let report = &ended.report;
    let plan = &prepared.plan;
    let table = report::summary_table(plan, &ended.outcomes, &report.artifacts);
    console::out(&format!("\n{}", table.fitted(console::width())));
    let built = report.artifacts.len();
    let all = plan.artifacts.len();
    let time = human::time(report.duration_ms);
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
        count if count == all => " (nothing changed)".to_owned(),
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
