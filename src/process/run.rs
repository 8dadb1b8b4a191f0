//! Follows one command from its start to its end.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::collect::{Collector, Listener};
use super::footprint::{Gauge, Meter};
use super::group::Group;
use super::{Cancel, Command, Given, Output, ProcessError, Reason, is_path};

/// How long the pipes may stay open after the end of the whole group: something that left the group
/// holds them, and nobody waits for it. As long may a group take to end that was killed.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many bytes a pipe hands over at once.
const PIECE: usize = 16 * 1024;

/// How many events wait for the one that called. When it is slow, the pipes fill, and the process
/// waits too.
const WAITING: usize = 4;

/// At least so much is taken after the end of the process, however long that takes: all that it
/// may have written and nobody has seen, in two pipes of 64 KiB and on the way from there.
const BACKLOG: usize = 2 * (64 * 1024 + PIECE) + WAITING * PIECE;

/// What the threads around a process tell the one that called.
enum Event {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Unreadable(io::Error),
    Ended(io::Result<ExitStatus>),
}

/// Runs a command and hands over lines that it writes.
pub(super) fn run(
    command: &Command,
    given: Given,
    (cancel, gauge): (&Cancel, Option<&Gauge>),
    listener: Listener<'_>,
) -> Result<Output, ProcessError> {
    let started = cancel
        .start(|| spawn(command, given, &listener))
        .map_err(|reason| ProcessError::Cancelled {
            command: command.short().to_string(),
            reason,
        })?;
    let (group, pipes) = started.map_err(|error| not_started(command, error))?;
    let running = Running {
        cancel,
        gauge,
        group,
    };
    let followed = running.follow(command, pipes, listener);
    let end = followed.map_err(|error| ProcessError::Follow {
        command: command.short().to_string(),
        error,
    })?;
    running.judge(command, end)
}

/// The ends of the pipes that stay here, and what comes through each.
type Pipes = Vec<(PipeReader, fn(Vec<u8>) -> Event)>;

fn spawn(command: &Command, given: Given, listener: &Listener<'_>) -> io::Result<(Group, Pipes)> {
    let (stderr, stderr_of_child) = io::pipe()?;
    let mut pipes: Pipes = vec![(stderr, Event::Stderr)];
    let stdout_of_child = match listener {
        Listener::Stderr(_) => {
            let (stdout, of_child) = io::pipe()?;
            pipes.push((stdout, Event::Stdout));
            of_child
        }
        // One pipe keeps the order in which lines are written.
        Listener::Both(_) => stderr_of_child.try_clone()?,
    };
    #[expect(clippy::disallowed_methods, reason = "this is the place that spawns")]
    let mut expression = duct::cmd(program(command)?, &command.args)
        .full_env(&command.env)
        .stdout_file(stdout_of_child)
        .stderr_file(stderr_of_child);
    if let Some(dir) = &command.dir {
        expression = expression.dir(dir);
    }
    expression = given.to(&expression);
    // The expression owns the far ends of the pipes; they are closed here when it goes.
    Ok((Group::spawn(&expression)?, pipes))
}

/// The program, a relative path as seen from the folder of the command.
fn program(command: &Command) -> io::Result<OsString> {
    match &command.dir {
        Some(dir) if is_path(&command.program) => {
            Ok(std::path::absolute(dir.join(&command.program))?.into())
        }
        _ => Ok(command.program.clone()),
    }
}

fn not_started(command: &Command, error: io::Error) -> ProcessError {
    let shown = command.short().to_string();
    if let Some(dir) = command.dir.as_ref().filter(|dir| !dir.is_dir()) {
        return ProcessError::NoFolder {
            command: shown,
            dir: dir.clone(),
        };
    }
    if error.kind() == io::ErrorKind::ArgumentListTooLong {
        let args = command.args.iter().map(|arg| arg.len());
        let variables = command.env.iter();
        let variables = variables.map(|(name, value)| name.len() + value.len());
        return ProcessError::TooLong {
            program: command.program.clone(),
            longest: args.clone().max().unwrap_or_default(),
            all: args.chain(variables).sum(),
        };
    }
    // A script whose interpreter is missing is there, and yet not found.
    let exists = is_path(&command.program)
        && program(command).is_ok_and(|program| std::path::Path::new(&program).exists());
    if error.kind() == io::ErrorKind::NotFound && !exists {
        return ProcessError::NotFound {
            command: shown,
            program: command.program.clone(),
        };
    }
    ProcessError::Spawn {
        command: shown,
        error,
    }
}

/// Why a process isn't followed to an end of its own.
enum Cut {
    /// Its time is up.
    TimedOut,
    /// The whole run is being stopped.
    Stopped(Reason),
}

/// How a process ended.
enum End {
    /// By itself, and all that it wrote is there.
    Itself(ExitStatus, Output),
    /// It was killed, and what it wrote last was dropped.
    Cut(Cut, Output),
}

/// A process that was started. It doesn't outlive this value.
struct Running<'a> {
    cancel: &'a Cancel,
    /// Where its memory is told, if anybody wants to know.
    gauge: Option<&'a Gauge>,
    group: Arc<Group>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.cancel.kill(&self.group);
    }
}

impl Running<'_> {
    /// Collects what the process writes until it has ended and its pipes are closed, or until its
    /// time is up or the run is stopped.
    fn follow(&self, command: &Command, pipes: Pipes, listener: Listener<'_>) -> io::Result<End> {
        let (sender, events) = sync_channel(WAITING);
        self.send_end(sender.clone())?;
        for (pipe, event) in pipes {
            send_bytes(pipe, event, sender.clone())?;
        }
        drop(sender);

        let until = command
            .timeout
            .and_then(|timeout| Instant::now().checked_add(timeout));
        let mut collector = Collector::new(listener, command.keep);
        let mut meter = self.gauge.map(Meter::start);
        let status = loop {
            if let Some(cut) = self.cut(until) {
                self.cancel.kill(&self.group);
                drop_until_end(&events);
                return Ok(End::Cut(cut, collector.finish()));
            }
            let look = match &mut meter {
                Some(meter) if !self.group.has_ended() => Some(meter.look(self.group.pids())),
                _ => None,
            };
            let until = until.filter(|_| !self.group.has_ended());
            match next(&events, until.into_iter().chain(look).min()) {
                Ok(Event::Ended(end)) => break end?,
                Ok(event) => self.collect(event, &mut collector, until)?,
                Err(RecvTimeoutError::Timeout) => (),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("its end went unnoticed"));
                }
            }
        };
        if let Some(cut) = self.cut(until) {
            return Ok(End::Cut(cut, collector.finish()));
        }
        collect_rest(&events, &mut collector)?;
        Ok(End::Itself(status, collector.finish()))
    }

    /// The reason to stop a process that hasn't ended by itself, if there is one. The end of one
    /// that was killed may already be known while its lines are still heard.
    fn cut(&self, until: Option<Instant>) -> Option<Cut> {
        let is_late =
            || !self.group.has_ended() && until.is_some_and(|until| until <= Instant::now());
        self.interruption()
            .map(Cut::Stopped)
            .or_else(|| is_late().then_some(Cut::TimedOut))
    }

    /// Why the whole run was stopped while this was running.
    fn interruption(&self) -> Option<Reason> {
        let interrupted = self.group.was_interrupted();
        interrupted.then(|| self.cancel.reason()).flatten()
    }

    /// Takes what came through a pipe, line by line, as long as there is no reason to stop: who
    /// hears the lines may be slow.
    fn collect(
        &self,
        event: Event,
        collector: &mut Collector<'_>,
        until: Option<Instant>,
    ) -> io::Result<()> {
        if let Event::Stderr(bytes) = event {
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                if self.cut(until).is_some() {
                    break;
                }
                collector.stderr(line);
            }
            return Ok(());
        }
        take(event, collector).map(drop)
    }

    /// Tells of the end of the process once it has come, and ends what is left of its group.
    fn send_end(&self, events: SyncSender<Event>) -> io::Result<()> {
        let wait = {
            let (cancel, group) = (self.cancel.clone(), Arc::clone(&self.group));
            move || {
                let ended = group.wait_for_end();
                cancel.end(&group);
                ended.and_then(|()| group.reap())
            }
        };
        let waiter = thread::Builder::new().spawn({
            let wait = wait.clone();
            move || events.send(Event::Ended(wait()))
        });
        if let Err(error) = waiter {
            self.cancel.kill(&self.group);
            wait()?;
            return Err(error);
        }
        Ok(())
    }

    /// Tells success from the many ways to fail.
    fn judge(&self, command: &Command, end: End) -> Result<Output, ProcessError> {
        let shown = command.short().to_string();
        let (status, output) = match (end, self.interruption()) {
            (End::Itself(status, output), _) if status.success() => return Ok(output),
            (_, Some(reason)) | (End::Cut(Cut::Stopped(reason), _), None) => {
                return Err(ProcessError::Cancelled {
                    command: shown,
                    reason,
                });
            }
            (End::Cut(Cut::TimedOut, output), None) => {
                return Err(ProcessError::TimedOut {
                    command: shown,
                    after: command.timeout.unwrap_or_default(),
                    output,
                });
            }
            (End::Itself(status, output), None) => (status, output),
        };
        Err(match signal_of(status) {
            Some(signal) => ProcessError::Signal {
                command: shown,
                signal,
                output,
            },
            None => ProcessError::Exit {
                command: shown,
                status,
                output,
            },
        })
    }
}

/// Takes what came through a pipe, and tells how much it was.
fn take(event: Event, collector: &mut Collector<'_>) -> io::Result<usize> {
    match event {
        Event::Stdout(bytes) => {
            collector.stdout(&bytes);
            Ok(bytes.len())
        }
        Event::Stderr(bytes) => {
            collector.stderr(&bytes);
            Ok(bytes.len())
        }
        Event::Unreadable(error) => Err(error),
        Event::Ended(_) => Ok(0),
    }
}

/// Takes what is left in the pipes after the end of the process.
fn collect_rest(events: &Receiver<Event>, collector: &mut Collector<'_>) -> io::Result<()> {
    let ended = Instant::now();
    let mut taken = 0;
    loop {
        let left = PATIENCE.saturating_sub(ended.elapsed());
        if left.is_zero() && taken > BACKLOG {
            return Ok(());
        }
        // Without time left this gives what is there.
        match events.recv_timeout(left) {
            Ok(event) => taken += take(event, collector)?,
            Err(_) => return Ok(()),
        }
    }
}

/// Waits for the end of a process that was killed, and drops all that comes before.
fn drop_until_end(events: &Receiver<Event>) {
    let killed = Instant::now();
    loop {
        let left = PATIENCE.saturating_sub(killed.elapsed());
        // What left the group may write without end.
        if left.is_zero() {
            return;
        }
        match events.recv_timeout(left) {
            Ok(Event::Ended(_)) | Err(_) => return,
            Ok(_) => (),
        }
    }
}

/// Waits for an event, but not longer than until `end`. One that is there already comes also after that.
fn next(events: &Receiver<Event>, end: Option<Instant>) -> Result<Event, RecvTimeoutError> {
    match end {
        None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(end) => events.recv_timeout(end.saturating_duration_since(Instant::now())),
    }
}

/// Sends on what comes through a pipe, on a thread that ends with the pipe.
fn send_bytes(
    mut pipe: PipeReader,
    event: fn(Vec<u8>) -> Event,
    events: SyncSender<Event>,
) -> io::Result<()> {
    let read_all = move || {
        let mut buffer = vec![0; PIECE];
        loop {
            let event = match pipe.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => event(buffer.get(..count).unwrap_or_default().to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Event::Unreadable(error),
            };
            if events.send(event).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().spawn(read_all).map(drop)
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_is_heard_also_when_the_time_is_up() {
        let (sender, events) = sync_channel(1);
        sender.send(Event::Stderr(b"line\n".to_vec())).unwrap();
        let past = Some(Instant::now());
        assert!(matches!(next(&events, past), Ok(Event::Stderr(_))));
        assert!(matches!(
            next(&events, past),
            Err(RecvTimeoutError::Timeout)
        ));
    }
}
