//! One program in a container, seen from within it.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::statvfs;
use rustix::process::{Signal, getpid};

use super::super::task::Task;
use super::super::{Full, Isolated, Observation};
use super::files::Files;
use super::inside::{Handle, Known, children, full};
use super::process::{FLEETING, LAST_BREATH, PATIENCE, SHORT, Words, is_told, left};
use super::surroundings::Surroundings;
use crate::process::{Cancel, Command, Given, Output, ProcessError};
use crate::tools::bwrap::{Ending, ended, refusal};

/// The first process of the container, which gets those whose parents have ended.
const FIRST: i32 = 1;

/// A program that was started in a container.
#[derive(Debug)]
pub(super) struct Contained {
    start: Instant,
    /// What is started: the program, or its emulator.
    file: String,
    surroundings: Surroundings,
    /// Processes that were there before.
    known: BTreeSet<i32>,
    end: Receiver<Result<Output, ProcessError>>,
    /// How it ended.
    ended: Option<Result<Output, ProcessError>>,
    program: Option<Handle>,
    files: Files,
    /// Those that it may write to.
    folders: Vec<String>,
}

impl Contained {
    /// Starts the program with these arguments, unless it would see something of the machine.
    pub(super) fn start(
        (task, folders): (&Task, &[String]),
        words: Words<'_>,
        until: Instant,
    ) -> io::Result<Self> {
        let (sender, end) = channel();
        let (file, others) = words.program.split_first().unzip();
        let file = file.cloned().unwrap_or_default();
        let mut process = Self {
            start: Instant::now(),
            file: file.to_string_lossy().into_owned(),
            surroundings: Surroundings::look(task)?,
            known: tops(),
            end,
            ended: None,
            program: None,
            files: Files::new(words.files, present(words.files)),
            folders: folders.to_vec(),
        };
        if process.surroundings.exposed.is_some() {
            return Ok(process);
        }
        let command = Command::new(file)
            .args(others.into_iter().flatten())
            .args(words.args)
            .keep(task.output)
            .timeout(left(until));
        let given = Given::default().stdin(words.stdin.unwrap_or_default());
        thread::Builder::new()
            .spawn(move || sender.send(command.run_given(given, &Cancel::new())))?;
        while process.program.is_none() && !process.ends_within(SHORT) && !left(until).is_zero() {
            let own = children(own_pid()).into_iter();
            let mut new = own.filter(|pid| !process.known.contains(pid));
            process.program = new.find_map(|pid| Handle::open(pid).ok());
        }
        Ok(process)
    }

    /// Whether it ends in this time.
    pub(super) fn ends_within(&mut self, time: Duration) -> bool {
        is_told(&mut self.ended, &self.end, time, Some)
    }

    /// The program itself, once it was seen.
    pub(super) fn program(&self) -> Option<&Handle> {
        self.program.as_ref()
    }

    /// Waits for its end until then, and ends what is left of it.
    pub(super) fn end(mut self, until: Instant) -> io::Result<Observation> {
        let surroundings = std::mem::take(&mut self.surroundings);
        if let Some(why) = surroundings.exposed {
            return Ok(Observation {
                isolated: Isolated::No(why),
                ..Observation::lost(self.start.elapsed())
            });
        }
        // It is ended when its time is up.
        let has_ended = self.ends_within(left(until) + PATIENCE);
        let time = self.start.elapsed();
        let mut observation = Observation {
            isolated: Isolated::Yes,
            ungranted: surroundings.ungranted,
            unmade: self.files.unmade(&present(self.files.asked())),
            full: self.full(),
            ..Observation::lost(time)
        };
        match self.ended.take() {
            Some(Err(ProcessError::NotFound { .. })) => {
                let why = format!("{}: No such file or directory", self.file);
                observation.refusal = Some(why);
            }
            Some(Err(ProcessError::Spawn { error, .. })) => {
                let why = format!("{}: {}", self.file, without_number(&error));
                observation.refusal = Some(why);
            }
            Some(run) => {
                let (ending, output) = ended(run, Ending::Exited).map_err(io::Error::other)?;
                observation.ending = ending;
                observation.refusal = refusal(ending, &output);
                observation.output = output;
            }
            None => {}
        }
        let is_over = has_ended && observation.ending != Ending::Running;
        if is_over {
            observation.left = self.left_behind();
        }
        for other in self.others().alive {
            if let Ok(handle) = Handle::open(other.pid) {
                handle.signal(Signal::KILL);
            }
        }
        Ok(observation)
    }

    /// The names of the program's processes that are there after its end, in which they have some time to end, too.
    fn left_behind(&self) -> Vec<String> {
        let start = Instant::now();
        let (last, very_last) = (start + LAST_BREATH, start + PATIENCE);
        let mut dead = BTreeSet::new();
        loop {
            let others = self.others();
            // Who had ended by the look before starts nobody. Who is there otherwise may only be too quick to be seen.
            if others.all.is_subset(&dead) {
                return Vec::new();
            }
            let alive = others.alive.iter().map(|one| one.name.clone());
            let mut names: Vec<String> = alive.collect();
            if !names.is_empty() && left(last).is_zero() {
                names.sort();
                return names;
            }
            if names.is_empty() && left(very_last).is_zero() {
                return vec![FLEETING.to_owned()];
            }
            dead = others.dead;
            thread::park_timeout(SHORT);
        }
    }

    /// The folders that it may write to and that have no room for more.
    fn full(&self) -> Vec<Full> {
        let full = self.folders.iter().filter_map(|folder| {
            let of = full(&statvfs(folder).ok()?)?;
            Some(Full {
                folder: folder.clone(),
                of,
            })
        });
        full.collect()
    }

    /// The processes that came with the program.
    fn others(&self) -> Others {
        let mut others = Others::default();
        let mut new: Vec<i32> = tops().difference(&self.known).copied().collect();
        while let Some(pid) = new.pop() {
            new.extend(children(pid));
            others.all.insert(pid);
            match Known::read(pid) {
                Some(known) if known.is_zombie => {
                    others.dead.insert(pid);
                }
                Some(known) => others.alive.push(known),
                None => {}
            }
        }
        others
    }
}

/// The processes that came with a program, as one look sees them: what ends meanwhile is neither alive nor dead.
#[derive(Default)]
struct Others {
    all: BTreeSet<i32>,
    alive: Vec<Known>,
    /// Those that have ended, and that nobody has asked about yet.
    dead: BTreeSet<i32>,
}

/// What the system says, without the number that Rust adds.
fn without_number(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}

fn own_pid() -> i32 {
    getpid().as_raw_nonzero().get()
}

/// The processes that nothing but who watches, or the container itself, is the parent of.
fn tops() -> BTreeSet<i32> {
    let own = own_pid();
    let mut tops = BTreeSet::from_iter(children(own));
    tops.extend(children(FIRST));
    tops.remove(&own);
    tops
}

/// Which of these files are there.
fn present(files: &[String]) -> BTreeSet<String> {
    let present = files.iter().filter(|path| Path::new(path).exists());
    present.cloned().collect()
}
