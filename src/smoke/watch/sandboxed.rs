//! One program in a sandbox, seen from outside of it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufRead as _, BufReader, PipeReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde::Deserialize;

use super::super::run::CANARY;
use super::super::task::Task;
use super::super::{Isolated, Observation, System};
use super::files::Files;
use super::inside::{Handle, Inside};
use super::process::{FLEETING, LAST_BREATH, PATIENCE, SHORT, Words, is_told, left};
use crate::host::cgroup::kills;
use crate::process::{Cancel, Command, Given, Output, ProcessError};
use crate::tools::bwrap::{Ending, ended, refusal};

/// Under which numbers the sandbox has what it tells through, and what it waits for.
const STATUS: i32 = 3;
const GATE: i32 = 4;

/// How often one looks whether processes have ended that the program doesn't wait for.
const LOOK: Duration = Duration::from_millis(20);

/// The sandbox as it is to be started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sandbox<'a> {
    /// Its command, up to its own options.
    pub(super) command: &'a [OsString],
    /// Its options.
    pub(super) options: &'a [OsString],
    /// The network of the machine.
    pub(super) network: &'a OsStr,
    /// The folders in memory that the program may write to.
    pub(super) folders: &'a [String],
    /// How many files and folders each of them may have.
    pub(super) entries: u64,
    /// The file that tells of processes that were ended for their memory.
    pub(super) kills: Option<&'a Path>,
}

/// A program that was started in a sandbox.
#[derive(Debug)]
pub(super) struct Sandboxed {
    start: Instant,
    run: JoinHandle<Result<Output, ProcessError>>,
    status: Receiver<Told>,
    /// What it exited with.
    code: Option<i32>,
    /// None where the sandbox failed.
    inside: Option<Inside>,
    program: Option<Handle>,
    isolated: Isolated,
    system: System,
    kills: Kills,
    files: Files,
    /// The folders in memory that it may write to.
    folders: Vec<String>,
}

/// Processes that the kernel ends for their memory.
#[derive(Debug)]
struct Kills {
    file: Option<PathBuf>,
    /// How many there were before, in the same group.
    before: u64,
}

impl Kills {
    fn start(file: Option<&Path>) -> io::Result<Self> {
        let mut kills = Self {
            file: file.map(Path::to_owned),
            before: 0,
        };
        kills.before = kills.since()?;
        Ok(kills)
    }

    fn since(&self) -> io::Result<u64> {
        let Some(file) = &self.file else {
            return Ok(0);
        };
        let all = kills(&fs::read_to_string(file)?).unwrap_or_default();
        Ok(all.saturating_sub(self.before))
    }
}

/// What the sandbox tells, one object a line.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Told {
    child_pid: Option<i32>,
    exit_code: Option<i32>,
}

impl Sandboxed {
    /// Starts the program with these arguments, and lets it go once its sandbox was looked at.
    pub(super) fn start(
        (task, sandbox): (&Task, Sandbox<'_>),
        words: Words<'_>,
        until: Instant,
    ) -> io::Result<Self> {
        let (status, status_inside) = io::pipe()?;
        let (gate_inside, mut gate) = io::pipe()?;
        let given = Given::default()
            .stdin(words.stdin.unwrap_or_default())
            .file(STATUS, status_inside)
            .file(GATE, gate_inside);
        let command = command((task, sandbox), words).timeout(left(until) + PATIENCE);
        let kills = Kills::start(sandbox.kills)?;
        let start = Instant::now();
        let run = thread::Builder::new().spawn(move || command.run_given(given, &Cancel::new()))?;
        let mut process = Self {
            start,
            run,
            status: told(status)?,
            code: None,
            inside: None,
            program: None,
            isolated: Isolated::Unseen,
            system: task.system,
            kills,
            files: Files::new(words.files, BTreeSet::new()),
            folders: sandbox.folders.to_vec(),
        };
        let first = process.status.recv_timeout(left(until));
        if let Some(init) = first.ok().and_then(|told| told.child_pid) {
            process.inside = Inside::enter(init, (task, sandbox), until)?;
        }
        if let Some(inside) = process.inside.take() {
            if inside.exposed.is_some() {
                // Before the gate closes, which opens it, too.
                inside.init.signal(Signal::KILL);
            } else {
                let before = inside.present(words.files, task.system);
                process.files = Files::new(words.files, before);
                // Fails where the sandbox has failed by now.
                let _ = gate.write_all(b".");
            }
            process.look(&inside, task, until);
            process.inside = Some(inside);
        }
        Ok(process)
    }

    /// Looks at the program, unless it ends before.
    fn look(&mut self, inside: &Inside, task: &Task, until: Instant) {
        if let Some(why) = &inside.exposed {
            self.isolated = Isolated::No(why.clone());
            return;
        }
        self.isolated = Isolated::Yes;
        while Instant::now() < until {
            self.program = self.program.take().or_else(|| inside.program());
            let program = self.program.as_ref();
            match program.and_then(|program| inside.has_variable(program, &task.canary)) {
                Some(true) => {
                    let why = "it sees a variable of the machine";
                    self.isolated = Isolated::No(why.to_owned());
                    return;
                }
                Some(false) => return,
                None if self.ends_within(SHORT) => return,
                None => {}
            }
        }
    }

    /// Whether it ends in this time, or the sandbox does.
    pub(super) fn ends_within(&mut self, time: Duration) -> bool {
        is_told(&mut self.code, &self.status, time, |told| told.exit_code)
    }

    /// The program itself, once it was seen.
    pub(super) fn program(&self) -> Option<&Handle> {
        self.program.as_ref()
    }

    /// Waits for its end until then, and ends what is left of it.
    pub(super) fn end(mut self, until: Instant) -> io::Result<Observation> {
        // What isn't isolated is waited for no longer, or was never let go.
        let may_go_on = !matches!(self.isolated, Isolated::No(_));
        let has_ended = may_go_on && self.ends_within(left(until));
        let time = self.start.elapsed();
        let mut observation = Observation {
            isolated: self.isolated,
            ungranted: self
                .system
                .brings()
                .iter()
                .map(ToString::to_string)
                .collect(),
            ..Observation::lost(time)
        };
        if let Some(inside) = &self.inside {
            if has_ended {
                observation.left = left_behind(inside, self.system);
            }
            let after = inside.present(self.files.asked(), self.system);
            observation.unmade = self.files.unmade(&after);
            observation.full = inside.full(&self.folders);
            inside.init.signal(Signal::KILL);
        }
        let run = self.run.join();
        let run = run.map_err(|_| io::Error::other("the thread that waits for it failed"))?;
        let (of_sandbox, output) = match ended(run, Ending::of_sandbox) {
            Ok(ended) => ended,
            // What is asked of the program, and none of the sandbox.
            Err(error) => match error.excess() {
                Some(excess) => {
                    observation.refusal = Some(excess);
                    return Ok(observation);
                }
                None => return Err(io::Error::other(error)),
            },
        };
        observation.ending = match self.code {
            Some(code) => self.system.ending(code),
            None if has_ended => of_sandbox,
            None => Ending::Running,
        };
        observation.ended_for_memory = self.kills.since()?;
        observation.refusal = refusal(observation.ending, &output);
        observation.output = output;
        Ok(observation)
    }
}

/// The names of the program's processes that are there after its end, in which they have some time to end, too.
fn left_behind(inside: &Inside, system: System) -> Vec<String> {
    let start = Instant::now();
    let (last, very_last) = (start + LAST_BREATH, start + PATIENCE);
    loop {
        if inside.init.ends_within(LOOK) {
            return Vec::new();
        }
        let names = inside.left(system);
        match (names.is_empty(), system) {
            (false, _) if left(last).is_zero() => return names,
            // The system's own may stay.
            (true, System::Windows) => return names,
            // The first process waits for all others, also for those that nobody sees since they are gone too soon.
            (true, System::Linux) if left(very_last).is_zero() => return vec![FLEETING.to_owned()],
            (_, System::Windows | System::Linux) => {}
        }
    }
}

/// The command that starts the sandbox. Its processes are in a session of their own, so that they are still there when
/// it has ended; they end with their first one, at the latest with who watches.
fn command((task, sandbox): (&Task, Sandbox<'_>), started: Words<'_>) -> Command {
    let mut words = sandbox.command.iter().cloned();
    let program = words.next().unwrap_or_default();
    Command::new(program)
        .args(words)
        .args(["--new-session", "--json-status-fd", &STATUS.to_string()])
        .args(["--block-fd", &GATE.to_string()])
        .args(sandbox.options.iter().chain(started.program))
        .args(started.args)
        .env(CANARY, &task.canary)
        .keep(task.output)
}

/// What the sandbox tells, as it comes; the end is that of the channel.
fn told(status: PipeReader) -> io::Result<Receiver<Told>> {
    let (sender, receiver) = channel();
    let read = move || {
        for line in BufReader::new(status).lines().map_while(Result::ok) {
            let told = serde_json::from_str(&line);
            if told.is_ok_and(|told| sender.send(told).is_err()) {
                return;
            }
        }
    };
    thread::Builder::new().spawn(read)?;
    Ok(receiver)
}
