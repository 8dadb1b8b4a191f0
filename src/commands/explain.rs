//! `gobuildx explain`: what a name, a message or a log means.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::examine::examine;
use crate::cli::{ExplainArgs, ReportFormat};
use crate::console::{self, NOTE};
use crate::explain::{self, Log, ReadError, Reading};
use crate::failure::{Exit, Failure};
use crate::human;
use crate::mapped;
use crate::printable::printable;
use crate::report::{self, Binary, Catalogue, LogRecord, SymptomRecord};

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Box<dyn Failure>> {
    let binary = args
        .binary
        .as_deref()
        .map(|path| examine(path, None))
        .transpose()?;
    let binary = binary.map(Binary::from);
    match (&args.log, args.what()) {
        (Some(path), _) => log(args, path, binary.as_ref()),
        (None, Some(what)) => named(args, &what, binary.as_ref()),
        (None, None) if binary.is_some() => Err(Unexplained::NoSymptom.into()),
        (None, None) => catalogue(args),
    }
}

fn catalogue(args: &ExplainArgs) -> Result<Exit, Box<dyn Failure>> {
    match args.output.format {
        ReportFormat::Human => {
            console::deliver_styled(&report::catalogue_text(console::width()))?;
        }
        ReportFormat::Json => console::deliver_json(&Catalogue::whole())?,
    }
    Ok(Exit::Success)
}

/// A name, or a symptom.
fn named(
    args: &ExplainArgs,
    what: &str,
    binary: Option<&Binary>,
) -> Result<Exit, Box<dyn Failure>> {
    if let (Some(subject), None) = (explain::subject(what), binary) {
        match args.output.format {
            ReportFormat::Human => {
                console::deliver_styled(&report::subject_text(subject, console::width()))?;
            }
            ReportFormat::Json => console::deliver_json(&Catalogue::of(subject))?,
        }
        return Ok(Exit::Success);
    }
    let found = explain::causes(what);
    if found.is_empty() {
        return Err(Unexplained::Unknown(what.to_owned()).into());
    }
    match args.output.format {
        ReportFormat::Human => {
            let text = report::symptom_text(what, &found, binary, console::width());
            console::deliver_styled(&text)?;
        }
        ReportFormat::Json => {
            console::deliver_json(&SymptomRecord::new(what, &found, binary))?;
        }
    }
    Ok(Exit::Success)
}

fn log(args: &ExplainArgs, path: &Path, binary: Option<&Binary>) -> Result<Exit, Box<dyn Failure>> {
    let log = read(path)?;
    if args.output.format == ReportFormat::Json {
        console::deliver_json(&LogRecord::new(&path.to_string_lossy(), &log, binary))?;
    } else if !log.sightings.is_empty() {
        console::deliver_styled(&report::log_text(&log, binary, console::width()))?;
    }
    if let Reading::Cut(bytes) = log.reading {
        let read = human::size(bytes);
        console::err(&format!(
            "{NOTE}Note:{NOTE:#} only the first {read} were read, and there is more: a file is read whole"
        ));
    }
    if log.sightings.is_empty() {
        let path = path.to_owned();
        let lines = log.lines;
        return Err(Unexplained::Silent { path, lines }.into());
    }
    Ok(Exit::Success)
}

/// How much is read of a pipe: there may be no end to it.
const LIMIT: u64 = 256 << 20;

/// How much of a file is read at once.
const AHEAD: usize = 256 << 10;

fn read(path: &Path) -> Result<Log, Box<dyn Failure>> {
    let unread = |error| Unexplained::Log {
        path: path.to_owned(),
        error,
    };
    if path == Path::new("-") {
        return Ok(explain::read_log(io::stdin().lock(), LIMIT).map_err(unread)?);
    }
    let (file, metadata) = mapped::open(path)?;
    let limit = if metadata.is_file() { u64::MAX } else { LIMIT };
    let file = BufReader::with_capacity(AHEAD, file);
    Ok(explain::read_log(file, limit).map_err(unread)?)
}

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
enum Unexplained {
    /// It is no name, and no sign fits it.
    #[error("failed to explain `{}`: it is no name of a rule, a topic or a cause, and no cause is known of it as a message", printable(.0))]
    Unknown(String),
    /// There is a binary, and nothing to hold it against.
    #[error("failed to explain: --binary needs a log or a message to hold against the binary")]
    NoSymptom,
    /// The log has no sign.
    #[error("failed to explain `{}`: none of its {lines} lines has a sign that is known", printable(&path.to_string_lossy()))]
    Silent { path: PathBuf, lines: u64 },
    /// The log can't be read.
    #[error("failed to read the log `{}`: {error}", printable(&path.to_string_lossy()))]
    Log { path: PathBuf, error: ReadError },
}

impl Failure for Unexplained {
    fn exit(&self) -> Exit {
        match self {
            Self::NoSymptom => Exit::Usage,
            Self::Unknown(_) | Self::Silent { .. } | Self::Log { .. } => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unknown(what) => match explain::alike(what) {
                Some(name) => format!("there is `{name}`; gobuildx explain lists all names"),
                None => "quote the message itself, without what stands around it; gobuildx \
                         explain lists all names, gobuildx inspect FILE tells what a program needs"
                    .to_owned(),
            },
            Self::NoSymptom => "gobuildx inspect FILE tells all about a binary".to_owned(),
            Self::Silent { .. } => {
                "gobuildx inspect FILE tells what the program needs, whatever the log says"
                    .to_owned()
            }
            Self::Log { .. } => {
                "check its path and that you may read it, or pipe it in: --log -".to_owned()
            }
        })
    }
}
