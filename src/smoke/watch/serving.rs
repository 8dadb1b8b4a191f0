//! A service: it is asked until it is well, then checked, then told to end.

use std::io;
use std::time::{Duration, Instant};

use super::super::task::{Report, Start, Task};
use super::super::{Isolated, Observation, Probe, Served, Service, Unwell};
use super::probe::Asker;
use super::process::{Process, Words, left};
use crate::tools::bwrap::Ending;

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Watches a service until its end.
pub(super) fn watch(
    task: &Task,
    service: &Service,
    trusted: Option<&str>,
    checks: &[Start],
    until: Instant,
) -> io::Result<Report> {
    let asker = Asker::new(&service.probe, service.port, trusted)?;
    let start = Instant::now();
    let mut process = Process::start(task, Words::of(task, &service.args), until)?;
    let mut served = Served::default();
    // The service and what asks it share a group, which counts for both.
    let mut of_others = 0;
    let mut exposed = None;
    while served.well_after.is_none() && !process.ends_within(PAUSE) && !left(until).is_zero() {
        let answer = match &service.probe {
            Probe::Command(args) => {
                let asking = command(task, args, until)?;
                if !process.ends_within(Duration::ZERO) {
                    of_others += asking.ended_for_memory;
                }
                if let Isolated::No(_) = asking.isolated {
                    exposed = Some(asking.isolated.clone());
                }
                well(&asking)
            }
            Probe::Http(_) | Probe::Https { .. } | Probe::Tcp => asker.ask(until),
        };
        match answer {
            // Not the last words of one that has ended by now.
            Ok(()) => served.well_after = Some(start.elapsed()),
            // An answer isn't replaced by one that there was no time for.
            Err(why) if served.last_answer.is_none() || !left(until).is_zero() => {
                served.last_answer = Some(why);
            }
            Err(_) => {}
        }
    }
    let mut seen = Vec::new();
    if served.well_after.is_some() {
        served.last_answer = None;
        for check in checks {
            let mut observation = Process::call(task, check, until)?;
            if process.ends_within(Duration::ZERO) {
                // That was the service, which goes on otherwise.
                observation.ended_for_memory = 0;
            }
            of_others += observation.ended_for_memory;
            seen.push(observation);
        }
        if !process.ends_within(Duration::ZERO) && !left(until).is_zero() {
            let farewell = task.system.farewell();
            process.tell_to_end(farewell);
            served.told_to_end = Some(farewell);
        }
    }
    let mut service = process.end(until)?;
    service.ended_for_memory = service.ended_for_memory.saturating_sub(of_others);
    // Nothing is said of a program that saw the machine, whatever for.
    service.isolated = exposed.unwrap_or(service.isolated);
    Ok(Report::Service {
        service,
        served,
        checks: seen,
    })
}

/// Has the program ask the service.
fn command(task: &Task, args: &[String], until: Instant) -> io::Result<Observation> {
    Process::start(task, Words::of(task, args), until)?.end(until)
}

/// Whether the service is well, as far as who asked it says.
fn well(asking: &Observation) -> Result<(), Unwell> {
    match asking.ending {
        Ending::Exited(0) if asking.isolated != Isolated::Yes => {
            Err("nobody saw what it could see".to_owned().into())
        }
        Ending::Exited(0) if !asking.left.is_empty() => {
            let names = asking.left.join(", ");
            Err(format!("it left processes behind: {names}").into())
        }
        Ending::Exited(0) => Ok(()),
        ending => Err(said(ending, asking).into()),
    }
}

fn said(ending: Ending, observation: &Observation) -> String {
    let stderr = observation.output.stderr_text();
    match stderr.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => format!("it {ending}: {line}"),
        None => format!("it {ending}"),
    }
}
