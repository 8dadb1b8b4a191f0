//! A run: the steps of a plan, the records of what came of them, and the hooks that come last.

use std::time::Instant;

use super::hooks;
use crate::dist::{Dist, DistError};
use crate::exec::{self, Done, End, Event, Limits, OnFailure, Outcome, Outcomes, Session, Tried};
use crate::failure::{Exit, Failure};
use crate::ledger::Decision;
use crate::plan::{Action, Plan, SmokeHere, TrialHere};
use crate::process::Cancel;
use crate::progress::Observer;
use crate::report::{self, AuditReport, HookReport, RunReport};
use crate::smoke::Smoked;
use crate::target::Goos;

/// What a run works with.
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    /// What of it has to be done.
    pub(super) decision: &'a Decision,
    pub(super) session: &'a Session,
    pub(super) dist: &'a Dist,
    pub(super) cores: u32,
    pub(super) cancel: &'a Cancel,
    pub(super) observer: Box<dyn Observer>,
    /// The hooks of the whole run that were run so far.
    pub(super) hooks: Vec<HookReport>,
    /// What the dependencies are like, where they were audited.
    pub(super) audit: Option<AuditReport>,
}

/// What came of a run.
pub(super) struct Ended {
    pub(super) outcomes: Outcomes,
    pub(super) report: RunReport,
    pub(super) exit: Exit,
    /// Whether the records are written.
    pub(super) recorded: Result<(), Box<dyn Failure>>,
}

impl Run<'_> {
    /// Runs everything.
    pub(super) fn finish(mut self, on_failure: OnFailure) -> Result<Ended, Box<dyn Failure>> {
        let begin = Instant::now();
        let limits = Limits {
            cpu: self.cores,
            on_failure,
        };
        let observer = &mut self.observer;
        let Decision {
            plan, reuses, kept, ..
        } = self.decision;
        let mut observe = |event: &Event<'_>| observer.event(event);
        let work = (plan, reuses);
        let mut outcomes = exec::run(work, self.session, limits, self.cancel, &mut observe)?;
        let kept = kept.iter();
        outcomes.extend(kept.map(|(step, done)| (step.clone(), Outcome::kept(done.clone()))));
        self.fail_altered(&mut outcomes);
        let exit = self.exit(&outcomes);
        let mut ended = self.record(begin, outcomes, exit, Vec::new());
        if ended.exit == Exit::Success && ended.recorded.is_ok() {
            ended = self.run_last_hooks(begin, ended);
        }
        self.observer.end(&ended.report);
        Ok(ended)
    }

    fn run_last_hooks(&mut self, begin: Instant, mut ended: Ended) -> Ended {
        let last = &self.plan.hooks.after;
        if last.is_empty() {
            return ended;
        }
        let runs = hooks::run_all(last, self.session, self.cancel, self.observer.as_mut());
        let exit = match (
            runs.exit(self.cancel),
            self.fail_altered(&mut ended.outcomes),
        ) {
            (Exit::Success, Artifacts::Altered) => Exit::Failed,
            (exit, _) => exit,
        };
        self.hooks.extend(runs.reports);
        self.record(begin, ended.outcomes, exit, ended.report.removed)
    }

    /// After hooks, looks whether all artifacts are what was verified.
    fn fail_altered(&mut self, outcomes: &mut Outcomes) -> Artifacts {
        if self.plan.hooks().next().is_none() || self.cancel.reason().is_some() {
            return Artifacts::Same;
        }
        let altered = exec::fail_altered(self.plan, outcomes, self.session);
        // Where the whole folder is gone, that is told instead of each artifact.
        let told = if self.dist.lock().is_held() {
            altered.as_slice()
        } else {
            &[]
        };
        for step in told {
            if let Some(outcome) = outcomes.get(step) {
                self.observer.event(&Event::Finished { step, outcome });
            }
        }
        if altered.is_empty() {
            Artifacts::Same
        } else {
            Artifacts::Altered
        }
    }

    fn exit(&self, outcomes: &Outcomes) -> Exit {
        if let Some(reason) = self.cancel.reason() {
            return reason.into();
        }
        if is_whole(outcomes) {
            return Exit::Success;
        }
        let mut exits = outcomes.values().filter_map(|outcome| match &outcome.end {
            End::Failed(failure) => Some(failure.exit()),
            End::Done(_) | End::Skipped { .. } | End::Stopped => None,
        });
        // What can't be told in one number is a failure like any other.
        let first = exits.next().unwrap_or(Exit::Failed);
        if exits.all(|exit| exit == first) {
            first
        } else {
            Exit::Failed
        }
    }

    /// Leaves in the output folder what this run made, with the records of it.
    ///
    /// A run that was stopped before it had made everything leaves no record that could be taken for
    /// a whole one.
    fn record(
        &self,
        begin: Instant,
        outcomes: Outcomes,
        exit: Exit,
        removed: Vec<String>,
    ) -> Ended {
        let elapsed = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut report = RunReport::new(self.plan, &outcomes, self.cores, exit.code(), elapsed)
            .with_reasons(self.decision);
        report.hooks.clone_from(&self.hooks);
        report.audit.clone_from(&self.audit);
        report.removed = removed;
        let recorded = match exit {
            Exit::Interrupted(_) if !is_whole(&outcomes) => Ok(()),
            _ if self.dist.lock().is_held() => self.write(&outcomes, &mut report),
            Exit::Success => Err(DistError::Gone(self.dist.folder().path().to_owned()).into()),
            // What failed is told already, and the folder may be another run's by now.
            _ => Ok(()),
        };
        if let Err(failure) = &recorded {
            report.exit = failure.exit().code();
        }
        Ended {
            outcomes,
            report,
            exit,
            recorded,
        }
    }

    fn write(&self, outcomes: &Outcomes, report: &mut RunReport) -> Result<(), Box<dyn Failure>> {
        let placed = report::placed(self.plan, outcomes);
        report.removed.extend(self.dist.keep_only(&placed)?);
        report::write_records(self.dist.folder(), self.plan, &report.artifacts)?;
        report::write_report(self.dist.folder(), report)?;
        Ok(())
    }
}

impl Ended {
    /// Whether a program for this kernel couldn't be run, which may be otherwise next time without any change of files.
    pub(super) fn left_open(&self, plan: &Plan) -> bool {
        let mut steps = plan
            .steps
            .iter()
            .filter(|step| step.target.goos == Goos::Linux && !lasts(&step.action));
        steps.any(|step| {
            let end = self.outcomes.get(&step.id).map(|outcome| &outcome.end);
            match end {
                Some(End::Done(Done::Smoked(Smoked::NotRun(_)))) => true,
                Some(End::Done(Done::Packed(packed))) => {
                    matches!(packed.tried, Tried::NotStarted(_))
                }
                _ => false,
            }
        })
    }
}

/// Whether the plan says that nothing starts a program, for a reason that lasts until a file changes: an emulator is
/// looked for on PATH each time.
fn lasts(action: &Action) -> bool {
    match action {
        Action::Smoke(file) => {
            matches!(&file.tuning, SmokeHere::NotRun(why) if why.shows_in_files())
        }
        Action::Pack(file) => {
            matches!(&file.trial.tuning, TrialHere::NotStarted(why) if why.shows_in_files())
        }
        _ => false,
    }
}

/// Whether every step did what it should.
fn is_whole(outcomes: &Outcomes) -> bool {
    let mut ends = outcomes.values().map(|outcome| &outcome.end);
    ends.all(|end| matches!(end, End::Done(_)))
}

/// Whether hooks left the artifacts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Artifacts {
    Same,
    Altered,
}
