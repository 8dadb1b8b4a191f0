//! What is known of earlier runs, what that leaves to be done, and what is known after it.

use std::collections::BTreeSet;

use super::prepare::{Context, Prepared};
use super::run::Ended;
use crate::atomic::PlaceError;
use crate::dist::Dist;
use crate::exec::Session;
use crate::failure::Exit;
use crate::ledger::{self, Decision, Ledger, Measures, Present, Recorder, Sources, Wanted, store};
use crate::process::Cancel;

/// What is known after a run.
pub(super) struct Recorded {
    pub(super) ledger: Ledger,
    /// What was there before the run.
    pub(super) present: Present,
}

/// What is known before a run.
pub(super) struct Known {
    earlier: Ledger,
    /// What steps took in earlier runs.
    measures: Measures,
    present: Present,
    /// What is left to be done.
    pub(super) decision: Decision,
}

impl Known {
    /// Reads the ledger, and holds it against what is there now.
    pub(super) fn look(
        (context, prepared): (&Context, &Prepared),
        (dist, session): (&Dist, &Session),
        wanted: Wanted,
        cancel: &Cancel,
    ) -> Self {
        let earlier = store::read(dist.folder().path(), session.own_program.once_more());
        let known = (&earlier, prepared.machine.clone());
        let workers = prepared.cores as usize;
        // The folder is locked only now: what go was asked for the plan may be of another moment.
        let asker = context.asker();
        let present = ledger::survey(&prepared.plan, (session, &asker), known, (workers, cancel));
        asker.keep();
        prepared.keep_answers();
        let mut decision = ledger::decide(&prepared.plan, &earlier, &present, wanted);
        let measures = Measures::read(dist.folder().path());
        let expected = measures.at(prepared.garbage);
        decision.plan.share_anew(&expected);
        decision.plan.expect(&expected);
        Self {
            earlier,
            measures,
            present,
            decision,
        }
    }

    /// The files that programs are made from: below the root relative to that.
    pub(super) fn sources(&self) -> BTreeSet<String> {
        let sources = self.present.sources.values();
        sources
            .flat_map(Sources::paths)
            .map(str::to_owned)
            .collect()
    }

    /// Writes the ledger of the run. Where the folder is another run's by now, nothing is written.
    pub(super) fn record(
        self,
        prepared: &Prepared,
        (dist, session): (&Dist, &Session),
        ended: &Ended,
    ) -> Result<Option<Recorded>, PlaceError> {
        if !dist.lock().is_held() {
            return Ok(None);
        }
        let recorder = Recorder {
            plan: &prepared.plan,
            decision: &self.decision,
            present: &self.present,
            outcomes: &ended.outcomes,
            session,
            workers: prepared.cores as usize,
        };
        let ledger = recorder.record(self.earlier);
        let written = store::write(dist.folder(), &ledger, session.own_program.once_more());
        if !matches!(ended.exit, Exit::Interrupted(_)) {
            let plans = (&prepared.plan, &self.decision.plan);
            let measures = self.measures.after(plans, &ended.outcomes);
            // They are estimates: without them the next build makes the same.
            let _ = measures.write(dist.folder());
        }
        written?;
        let present = self.present;
        Ok(Some(Recorded { ledger, present }))
    }
}
