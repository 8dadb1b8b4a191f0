//! Follows one command from its start to its end.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::group::Group;
use super::lines::Lines;
use super::{Cancel, Command, Output, ProcessError, is_path};

/// How long the pipes may stay open after the end of the whole group: something that left the group
/// holds them, and nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the threads around a process tell the one that called.
enum Event {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Unreadable(io::Error),
    Ended(io::Result<ExitStatus>),
}

/// Runs a command and hands over the lines of its stderr.
pub(super) fn run(
    command: &Command,
    cancel: &Cancel,
    on_stderr_line: &mut dyn FnMut(&str),
) -> Result<Output, ProcessError> {
    let started = cancel
        .start(|| spawn(command))
        .map_err(|reason| ProcessError::Cancelled {
            command: command.short().to_string(),
            reason,
        })?;
    let (group, pipes) = started.map_err(|error| not_started(command, error))?;
    let running = Running { cancel, group };
    let followed = running.follow(command, pipes, on_stderr_line);
    let end = followed.map_err(|error| ProcessError::Follow {
        command: command.short().to_string(),
        error,
    })?;
    running.judge(command, end)
}

/// The ends of the pipes that stay here: stdout and stderr.
type Pipes = (PipeReader, PipeReader);

fn spawn(command: &Command) -> io::Result<(Group, Pipes)> {
    let (stdout, stdout_of_child) = io::pipe()?;
    let (stderr, stderr_of_child) = io::pipe()?;
    #[expect(clippy::disallowed_methods, reason = "this is the place that spawns")]
    let mut expression = duct::cmd(program(command)?, &command.args)
        .full_env(&command.env)
        .stdin_null()
        .stdout_file(stdout_of_child)
        .stderr_file(stderr_of_child);
    if let Some(dir) = &command.dir {
        expression = expression.dir(dir);
    }
    // The expression owns the far ends of the pipes; they are closed here when it goes.
    Ok((Group::spawn(&expression)?, (stdout, stderr)))
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

/// How a process ended.
struct End {
    status: ExitStatus,
    timed_out: bool,
    output: Output,
}

/// A process that was started. It doesn't outlive this value.
struct Running<'a> {
    cancel: &'a Cancel,
    group: Arc<Group>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.cancel.kill(&self.group);
    }
}

impl Running<'_> {
    /// Collects what the process writes until it has ended and its pipes are closed.
    fn follow(
        &self,
        command: &Command,
        (stdout, stderr): Pipes,
        on_stderr_line: &mut dyn FnMut(&str),
    ) -> io::Result<End> {
        let (sender, events) = channel();
        self.send_end(sender.clone())?;
        send_bytes(stdout, Event::Stdout, sender.clone())?;
        send_bytes(stderr, Event::Stderr, sender)?;

        let mut until = command
            .timeout
            .and_then(|timeout| Instant::now().checked_add(timeout));
        let mut output = Output::default();
        let mut lines = Lines::default();
        let mut status = None;
        let mut timed_out = false;
        loop {
            match next(&events, until) {
                Ok(Event::Stdout(bytes)) => extend(&mut output.stdout, &bytes, command.keep),
                Ok(Event::Stderr(bytes)) => {
                    lines.feed(&bytes, on_stderr_line);
                    extend(&mut output.stderr, &bytes, command.keep);
                }
                Ok(Event::Unreadable(error)) => return Err(error),
                Ok(Event::Ended(end)) => {
                    status = Some(end?);
                    until = Instant::now().checked_add(PATIENCE);
                }
                Err(RecvTimeoutError::Timeout) if status.is_none() => {
                    timed_out = true;
                    until = None;
                    self.cancel.kill(&self.group);
                }
                Err(_) => break,
            }
        }
        lines.finish(on_stderr_line);
        Ok(End {
            status: status.ok_or_else(|| io::Error::other("its end went unnoticed"))?,
            timed_out,
            output,
        })
    }

    /// Tells of the end of the process once it has come, and ends what is left of its group.
    fn send_end(&self, events: Sender<Event>) -> io::Result<()> {
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
        let End {
            status,
            timed_out,
            output,
        } = end;
        if status.success() {
            return Ok(output);
        }
        let shown = command.short().to_string();
        if self.group.was_interrupted()
            && let Some(reason) = self.cancel.reason()
        {
            return Err(ProcessError::Cancelled {
                command: shown,
                reason,
            });
        }
        if timed_out {
            return Err(ProcessError::TimedOut {
                command: shown,
                after: command.timeout.unwrap_or_default(),
                output,
            });
        }
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

/// Appends bytes, up to the number that is kept.
fn extend(kept: &mut Vec<u8>, bytes: &[u8], limit: Option<usize>) {
    let room = limit.map_or(bytes.len(), |limit| limit.saturating_sub(kept.len()));
    kept.extend(bytes.iter().take(room));
}

/// Waits for an event, but not longer than until `end`.
fn next(events: &Receiver<Event>, end: Option<Instant>) -> Result<Event, RecvTimeoutError> {
    match end {
        None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(end) => match end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(RecvTimeoutError::Timeout),
            left => events.recv_timeout(left),
        },
    }
}

/// Sends on what comes through a pipe, on a thread that ends with the pipe.
fn send_bytes(
    mut pipe: PipeReader,
    event: fn(Vec<u8>) -> Event,
    events: Sender<Event>,
) -> io::Result<()> {
    let read_all = move || {
        let mut buffer = vec![0; 64 * 1024];
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
