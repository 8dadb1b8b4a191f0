//! What is known of earlier runs, what that leaves to be done, and what is known after it.

use super::prepare::Prepared;
use super::run::Ended;
use crate::atomic::PlaceError;
use crate::dist::Dist;
use crate::exec::Session;
use crate::failure::Exit;
use crate::ledger::{self, Decision, Ledger, Present, Recorder, Wanted, store};
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
    present: Present,
    /// What is left to be done.
    pub(super) decision: Decision,
}

impl Known {
    /// Reads the ledger, and holds it against what is there now.
    pub(super) fn look(
        prepared: &Prepared,
        (dist, session): (&Dist, &Session),
        wanted: Wanted,
        cancel: &Cancel,
    ) -> Self {
        let earlier = store::read(dist.folder().path(), session.own_program.once_more());
        let known = (&earlier, prepared.machine.clone());
        let workers = prepared.cores as usize;
        let present = ledger::survey(&prepared.plan, session, known, (workers, cancel));
        let decision = ledger::decide(&prepared.plan, &earlier, &present, wanted);
        Self {
            earlier,
            present,
            decision,
        }
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
        if !matches!(ended.exit, Exit::Interrupted(_)) {
            let measures = prepared.measures.clone();
            let measures = measures.after(&self.decision.plan, &ended.outcomes);
            measures.write(dist.folder())?;
        }
        let ledger = recorder.record(self.earlier);
        store::write(dist.folder(), &ledger, session.own_program.once_more())?;
        let present = self.present;
        Ok(Some(Recorded { ledger, present }))
    }
}
