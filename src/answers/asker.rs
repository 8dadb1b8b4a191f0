//! Asks go what isn't known, and keeps what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::check::{Pieces, pieces};
use super::grounds::{Grounds, Known, Parts, Places};
use super::key::{GoItself, key, lists_plainly};
use super::store;
use crate::atomic::{OutputFolder, PlaceError};
use crate::ledger::Digest;
use crate::process::{Cancel, Command, ProcessError};

/// What an answer rests on that depends on nothing but go itself.
const GO_ALONE: Digest = [0; 32];

/// What go answered in earlier runs and in this one.
#[derive(Debug)]
pub struct Answers {
    go: GoItself,
    own_program: PathBuf,
    state: Mutex<State>,
}

/// What is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// The heads of files.
    pub(super) known: Known,
    /// Answers by what tells their questions apart.
    pub(super) answers: BTreeMap<Digest, Answer>,
    /// The grounds that were found in this run.
    pub(super) grounds: BTreeSet<Digest>,
    /// Whether that is more than was read.
    pub(super) is_new: bool,
}

/// An answer, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) grounds: Digest,
    pub(super) pieces: Pieces,
}

impl Answers {
    /// Those that lie in an output folder; none where there are none that this program, whose file is named, wrote.
    #[must_use]
    pub fn read(go: GoItself, folder: &Path, own_program: &Path) -> Arc<Self> {
        let state = store::read(folder, own_program).unwrap_or_default();
        Arc::new(Self {
            go,
            own_program: own_program.to_owned(),
            state: Mutex::new(state),
        })
    }

    /// Forgets all: go is asked everything once more.
    pub fn forget(&self) {
        *self.state() = State::default();
    }

    /// Writes them to an output folder, if there are any that don't lie there yet.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn write(&self, folder: &OutputFolder) -> Result<(), PlaceError> {
        let mut state = self.state();
        if !state.is_new {
            return Ok(());
        }
        state.is_new = false;
        let mut kept = state.clone();
        let current = |grounds: &Digest| *grounds == GO_ALONE || state.grounds.contains(grounds);
        kept.answers.retain(|_, answer| current(&answer.grounds));
        drop(state);
        store::write(folder, &kept, &self.own_program)
    }

    /// Looks at a project, and asks go what isn't known of it.
    #[must_use]
    pub fn asker(self: &Arc<Self>, places: Places, workers: usize) -> Asker {
        let round = Round {
            answers: Arc::clone(self),
            grounds: self.look(&places, workers),
            places,
            workers,
            new: Mutex::default(),
        };
        Asker(Some(Arc::new(round)))
    }

    fn look(&self, places: &Places, workers: usize) -> Option<Grounds> {
        let known = self.state().known.clone();
        let (grounds, heads) = Grounds::look(places, &known, workers)?;
        let mut state = self.state();
        state.grounds.insert(grounds.digest);
        if heads != known {
            state.known = heads;
            state.is_new = true;
        }
        Some(grounds)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, key: &Digest, grounds: &Digest) -> Option<Vec<u8>> {
        let state = self.state();
        let answer = state.answers.get(key)?;
        (answer.grounds == *grounds).then(|| answer.pieces.concat())
    }

    fn keep(&self, answers: impl IntoIterator<Item = (Digest, Answer)>) {
        let mut state = self.state();
        for (key, answer) in answers {
            state.grounds.insert(answer.grounds);
            state.answers.insert(key, answer);
            state.is_new = true;
        }
    }
}

/// Who asks go. The default one asks each time, and keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct Asker(Option<Arc<Round>>);

/// Questions about a project as it was at one moment.
#[derive(Debug)]
struct Round {
    answers: Arc<Answers>,
    places: Places,
    workers: usize,
    /// None where not all is understood.
    grounds: Option<Grounds>,
    /// What was answered, and may be kept if nothing has changed meanwhile.
    new: Mutex<Vec<(Digest, Answer)>>,
}

impl Asker {
    /// What `go list` prints about packages of the project.
    ///
    /// # Errors
    /// When it fails.
    pub fn list(&self, command: &Command, cancel: &Cancel) -> Result<Vec<u8>, ProcessError> {
        let plain = self.0.as_ref().filter(|_| lists_plainly(command));
        let question = plain.and_then(|round| {
            let grounds = round.grounds.as_ref()?;
            Some((round, grounds, key(command, &round.answers.go)?))
        });
        let Some((round, grounds, key)) = question else {
            return Ok(command.run(cancel)?.stdout);
        };
        if let Some(answer) = round.answers.answer(&key, &grounds.digest) {
            return Ok(answer);
        }
        let answer = command.run(cancel)?.stdout;
        let rests_on = (grounds, &round.answers.go);
        if let Some(pieces) = pieces(&answer, rests_on, &round.places.out) {
            let grounds = grounds.digest;
            let mut new = round.new.lock().unwrap_or_else(PoisonError::into_inner);
            new.push((key, Answer { grounds, pieces }));
        }
        Ok(answer)
    }

    /// What go prints about itself.
    ///
    /// # Errors
    /// When it fails.
    pub fn of_go(&self, command: &Command, cancel: &Cancel) -> Result<Vec<u8>, ProcessError> {
        self.resting(command, || Some(GO_ALONE), cancel)
    }

    /// What go prints about one file.
    ///
    /// # Errors
    /// When it fails.
    pub fn of_file(
        &self,
        command: &Command,
        file: &Path,
        cancel: &Cancel,
    ) -> Result<Vec<u8>, ProcessError> {
        let content = || {
            let mut parts = Parts::default();
            parts.add(b"file").add(&fs::read(file).ok()?);
            Some(parts.digest())
        };
        self.resting(command, content, cancel)
    }

    /// Asks what rests on something that is told before and after.
    fn resting(
        &self,
        command: &Command,
        grounds: impl Fn() -> Option<Digest>,
        cancel: &Cancel,
    ) -> Result<Vec<u8>, ProcessError> {
        let question = self.0.as_ref().and_then(|round| {
            let answers = &round.answers;
            Some((answers, grounds()?, key(command, &answers.go)?))
        });
        let Some((answers, before, key)) = question else {
            return Ok(command.run(cancel)?.stdout);
        };
        if let Some(answer) = answers.answer(&key, &before) {
            answers.state().grounds.insert(before);
            return Ok(answer);
        }
        let answer = command.run(cancel)?.stdout;
        if grounds() == Some(before) {
            let pieces = vec![Arc::from(answer.as_slice())];
            let grounds = before;
            answers.keep([(key, Answer { grounds, pieces })]);
        }
        Ok(answer)
    }

    /// Keeps what was answered, unless something has changed since the questions began: then nobody knows which
    /// state it was about.
    pub fn keep(&self) {
        let Some(round) = &self.0 else {
            return;
        };
        let mut new = round.new.lock().unwrap_or_else(PoisonError::into_inner);
        let new = std::mem::take(&mut *new);
        if !new.is_empty() && round.answers.look(&round.places, round.workers) == round.grounds {
            round.answers.keep(new);
        }
    }
}
