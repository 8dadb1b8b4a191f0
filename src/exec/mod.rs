//! Runs the steps of a plan, as many at once as the budget allows, and makes no choices.
//!
//! One thread owns all state. Each running step has a thread that knows nothing of the plan and
//! sends what happens over a channel.

mod attempt;
mod compare;
mod compile;
mod copy;
mod event;
mod full;
mod hook;
mod killed;
mod overlay;
mod pack;
mod place;
pub mod queue;
mod restore;
mod session;
mod smoke;
mod trial;
mod verify;

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;
use std::time::Instant;

pub use attempt::Attempt;
pub use event::{
    Compiled, Done, End, Event, FileDigest, Origin, Outcome, Outcomes, PackFailure, PackedFile,
    Placed, Progress, SmokeFailure, Startup, StepFailure, Tried, Unlike, Verified,
};
pub use full::{FullDisk, tells_of_full_disk};
pub use hook::{HookError, fail_altered, run_hook};
pub use killed::{Killed, Killer};
pub(crate) use place::hash;
pub use restore::{MadeFile, Reuse};
pub use session::Session;
pub(crate) use smoke::without_policy;

use crate::atomic::PlaceError;
use crate::failure::{Exit, Failure};
use crate::plan::{Action, Plan, Step, StepId, StepKind};
use crate::process::{Cancel, Gauge};
use crate::verify::Finding;
use queue::{Budget, Item, Part, Queue, QueueError};

/// Steps that run beside those that take cores: they read and move files.
const LIGHT_STEPS: usize = 4;

/// What steps need not do again, if they get the same files as before.
pub type Reuses = BTreeMap<StepId, Reuse>;

/// What a run does when a step fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing new is compiled; what is compiling or compiled already is finished.
    #[default]
    Stop,
    /// Everything that doesn't need the failed step is still done.
    KeepGoing,
}

/// Runs all steps and tells the observer what happens.
///
/// # Errors
/// When the plan's steps need each other in a circle or name steps that aren't there, or when the
/// sources that it makes can't be written.
pub fn run(
    (plan, reuses): (&Plan, &Reuses),
    session: &Session,
    limits: Limits,
    cancel: &Cancel,
    observe: &mut dyn FnMut(&Event<'_>),
) -> Result<Outcomes, ExecError> {
    let budget = Budget {
        cpu: limits.cpu,
        memory: plan.tuning.memory.unwrap_or(u64::MAX),
        running: limits.cpu as usize + LIGHT_STEPS,
    };
    let queue = Queue::new(budget, items(plan))?;
    overlay::write_sources(plan, session)?;
    let steps: BTreeMap<&StepId, &Step> = plan.steps.iter().map(|step| (&step.id, step)).collect();
    let (sender, receiver) = sync_channel(WAITING);
    let run = Run {
        steps: &steps,
        reuses,
        session,
        cancel,
        on_failure: limits.on_failure,
        begin: Instant::now(),
        outcomes: BTreeMap::new(),
        started: BTreeMap::new(),
        gauges: BTreeMap::new(),
        killed: BTreeMap::new(),
    };
    // With the receiver in it, a panic lets go of the threads that wait to send.
    Ok(std::thread::scope(move |scope| {
        run.all(scope, queue, &sender, &receiver, observe)
    }))
}

/// How much may run, and what happens when something fails.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Cores that all compilations share.
    pub cpu: u32,
    /// What happens when a step fails.
    pub on_failure: OnFailure,
}

/// The most urgent steps come first. Where nothing was measured, earlier steps of the plan do; what follows a
/// compilation comes before the next one.
fn items(plan: &Plan) -> impl Iterator<Item = Item<StepId>> {
    (0_u64..)
        .zip(plan.by_urgency().into_iter().rev())
        .map(|(priority, step)| Item {
            key: step.id.clone(),
            needs: step.needs.clone(),
            cpu: step.action.cpu(),
            memory: plan.tuning.memory_of(&step.id),
            priority,
            part: if step.action.begins() {
                Part::Beginning
            } else {
                Part::Continuation
            },
        })
}

/// How many messages of steps wait for the observer. When it is slow, the steps wait too.
const WAITING: usize = 64;

/// What a step's thread sends.
enum Message {
    Progress(StepId, Progress),
    Output(StepId, String),
    Ended(StepId, End, Origin),
}

struct Run<'a> {
    steps: &'a BTreeMap<&'a StepId, &'a Step>,
    reuses: &'a Reuses,
    session: &'a Session,
    cancel: &'a Cancel,
    on_failure: OnFailure,
    begin: Instant,
    outcomes: Outcomes,
    started: BTreeMap<StepId, Instant>,
    /// What running compilations take.
    gauges: BTreeMap<StepId, Arc<Gauge>>,
    /// Steps that are done again, alone, since something was killed.
    killed: BTreeMap<StepId, Killed>,
}

impl<'a> Run<'a> {
    fn all<'scope>(
        mut self,
        scope: &'scope Scope<'scope, 'a>,
        mut queue: Queue<StepId>,
        sender: &SyncSender<Message>,
        receiver: &Receiver<Message>,
        observe: &mut dyn FnMut(&Event<'_>),
    ) -> Outcomes
    where
        'a: 'scope,
    {
        loop {
            if self.cancel.reason().is_some() {
                queue.stop();
            }
            for (id, gauge) in &self.gauges {
                if let Some(footprint) = gauge.footprint() {
                    queue.takes_memory(id, footprint.all);
                }
            }
            while let Some(id) = queue.start() {
                observe(&Event::Started { step: &id });
                self.announce_hook(&id, observe);
                self.started.insert(id.clone(), Instant::now());
                if let Err(error) = self.spawn(scope, &id, sender.clone()) {
                    let end = End::Failed(Box::new(StepFailure::Thread { error }));
                    self.ended(&mut queue, id, (end, Origin::Run), observe);
                }
            }
            if queue.running().next().is_none() {
                break;
            }
            match receiver.recv() {
                Ok(Message::Progress(id, progress)) => {
                    observe(&Event::Progress {
                        step: &id,
                        progress,
                    });
                }
                Ok(Message::Output(id, line)) => {
                    let (step, line) = (&id, line.as_str());
                    observe(&Event::Output { step, line });
                }
                Ok(Message::Ended(id, end, origin)) => {
                    self.ended(&mut queue, id, (end, origin), observe);
                }
                Err(_) => break,
            }
        }
        let not_run: Vec<StepId> = queue.not_run().cloned().collect();
        for id in not_run {
            self.record(id, (End::Stopped, Origin::Run), observe);
        }
        self.outcomes
    }

    /// What a hook runs is shown before it runs.
    fn announce_hook(&self, id: &StepId, observe: &mut dyn FnMut(&Event<'_>)) {
        if let Some(Action::Hook(hook)) = self.steps.get(id).map(|step| &step.action) {
            observe(&Event::Hook {
                step: id,
                occasion: &hook.occasion,
                command: &self.session.shown(hook),
            });
        }
    }

    fn spawn<'scope>(
        &mut self,
        scope: &'scope Scope<'scope, 'a>,
        id: &StepId,
        sender: SyncSender<Message>,
    ) -> io::Result<()>
    where
        'a: 'scope,
    {
        let Some(step) = self.steps.get(id).copied() else {
            return Ok(());
        };
        let (session, cancel) = (self.session, self.cancel);
        let findings = self.findings(&step.action);
        let reuse = self.reuses.get(id);
        let gauge = Arc::new(Gauge::default());
        self.gauges.insert(id.clone(), Arc::clone(&gauge));
        let attempt = match self.killed.get(id) {
            Some(_) => Attempt::Alone,
            None => Attempt::First,
        };
        let work = move || {
            let progress = |progress| {
                // Nobody receives any more after a panic.
                let _ = sender.send(Message::Progress(step.id.clone(), progress));
            };
            let mut output = |line: &str| {
                let _ = sender.send(Message::Output(step.id.clone(), line.to_owned()));
            };
            let reused = reuse.and_then(|reuse| match &step.action {
                Action::Pack(pack) => reuse.done(&pack.from, Some(&pack.to), session),
                Action::Smoke(smoke) => reuse.done(&smoke.file, None, session),
                _ => None,
            });
            if let Some(done) = reused {
                let ended = Message::Ended(step.id.clone(), End::Done(done), Origin::Kept);
                let _ = sender.send(ended);
                return;
            }
            // A step that never ends would be waited for without end.
            let end = catch_unwind(AssertUnwindSafe(|| match &step.action {
                Action::Compile(action) => {
                    let action = attempt.of(action);
                    let running = (cancel, gauge.as_ref(), attempt);
                    compile::compile(&step.id, &action, session, running, &progress)
                }
                Action::Copy(action) => copy::copy_sources(action, session, cancel),
                Action::Recompile(action) => {
                    let action = attempt.of(action);
                    let running = (cancel, gauge.as_ref(), attempt);
                    compile::recompile(&step.id, &action, session, running, &progress)
                }
                Action::Compare(action) => compare::compare_files(action, session),
                Action::Restore(action) => restore::restore_file(action, session),
                Action::Verify(action) => verify::verify_file(action, session),
                Action::Pack(action) => pack::pack_file(action, session, cancel),
                Action::Smoke(action) => smoke::smoke_file(action, findings, session, cancel),
                Action::Place(action) => place::place_file(action, session),
                Action::Hook(action) => hook::run_hook(action, session, cancel, &mut output),
            }))
            .unwrap_or_else(|_| {
                let step = step.id.clone();
                End::Failed(Box::new(StepFailure::Panicked { step }))
            });
            let _ = sender.send(Message::Ended(step.id.clone(), end, Origin::Run));
        };
        let thread = std::thread::Builder::new().spawn_scoped(scope, work);
        thread.map(drop)
    }

    /// What the gate found in the file that a step tries.
    fn findings(&self, action: &Action) -> Vec<Finding> {
        let Action::Smoke(smoke) = action else {
            return Vec::new();
        };
        match self
            .outcomes
            .get(&smoke.verified)
            .map(|outcome| &outcome.end)
        {
            Some(End::Done(Done::Verified(verified))) => verified.verification.findings.clone(),
            _ => Vec::new(),
        }
    }

    fn ended(
        &mut self,
        queue: &mut Queue<StepId>,
        id: StepId,
        (end, origin): (End, Origin),
        observe: &mut dyn FnMut(&Event<'_>),
    ) {
        let outcome = match end {
            End::Done(_) => queue::Outcome::Succeeded,
            End::Failed(_) | End::Skipped { .. } | End::Stopped => queue::Outcome::Failed,
        };
        self.gauges.remove(&id);
        if let End::Failed(failure) = &end
            && let Some(killed) = failure.killed()
            && self.may_try_again(&id)
        {
            observe(&Event::Again { step: &id, killed });
            self.killed.insert(id.clone(), killed.clone());
            queue.put_back_alone(&id);
            return;
        }
        self.expect_packing(queue, &id);
        let failed = matches!(end, End::Failed(_));
        let skipped = queue.finish(&id, outcome);
        self.record(id, (end, origin), observe);
        for skip in skipped {
            let end = match self.cancel.reason() {
                Some(_) => End::Stopped,
                None => End::Skipped {
                    because: self.root_cause(skip.need),
                },
            };
            self.record(skip.key, (end, Origin::Run), observe);
        }
        if failed && !self.session.lock.is_held() {
            // The folder may be another run's by now, and the intermediate files are gone.
            queue.stop();
        } else if failed && self.on_failure == OnFailure::Stop {
            queue.start_only_follow_ups();
        }
    }

    /// How much a packer takes shows when the file is there that it packs.
    fn expect_packing(&self, queue: &mut Queue<StepId>, done: &StepId) {
        if done.kind() != StepKind::Verify {
            return;
        }
        for step in self.steps.values().filter(|step| step.needs.contains(done)) {
            if let Action::Pack(pack) = &step.action
                && let Ok(file) = std::fs::metadata(self.session.path(&pack.from))
            {
                queue.will_take_memory(&step.id, pack::memory(file.len()));
            }
        }
    }

    /// Whether a step that failed hasn't been done alone, and anything may still be started.
    fn may_try_again(&self, step: &StepId) -> bool {
        let is_stopped = self.cancel.reason().is_some() || !self.session.lock.is_held();
        !is_stopped && !self.killed.contains_key(step)
    }

    /// The step that failed, of one that failed or was skipped.
    fn root_cause(&self, step: StepId) -> StepId {
        match self.outcomes.get(&step).map(|outcome| &outcome.end) {
            Some(End::Skipped { because }) => because.clone(),
            _ => step,
        }
    }

    fn record(
        &mut self,
        id: StepId,
        (end, origin): (End, Origin),
        observe: &mut dyn FnMut(&Event<'_>),
    ) {
        let started = self.started.get(&id).copied();
        let since =
            |instant: Instant| u64::try_from(instant.elapsed().as_millis()).unwrap_or(u64::MAX);
        let now = since(self.begin);
        let duration_ms = started.map_or(0, since);
        let outcome = Outcome {
            end,
            origin,
            started_ms: now.saturating_sub(duration_ms),
            duration_ms,
            killed: self.killed.remove(&id),
        };
        observe(&Event::Finished {
            step: &id,
            outcome: &outcome,
        });
        self.outcomes.insert(id, outcome);
    }
}

/// Why a plan can't be run at all.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// Its steps make no order.
    #[error("failed to order the steps of the plan: {0}")]
    Order(#[from] QueueError<StepId>),
    /// The sources that it makes can't be written.
    #[error(transparent)]
    Sources(#[from] PlaceError),
}

impl Failure for ExecError {
    fn exit(&self) -> Exit {
        match self {
            Self::Order(_) => Exit::Failed,
            Self::Sources(error) => error.exit(),
        }
    }
}
