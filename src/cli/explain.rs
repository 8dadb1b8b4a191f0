//! `gobuildx explain`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::format::FormatArgs;

pub(super) const EXAMPLES: &str = "Examples:
  gobuildx explain                            the names of all rules and topics
  gobuildx explain elf-interp                 a rule: why it matters, what is seen, what to do
  gobuildx explain ca-roots                   a rule and what there is to know around it
  gobuildx explain 'no such file or directory'  what may cause what is seen
  gobuildx explain --log crash.txt            what a log tells
  gobuildx explain --log - --binary app       the same from a pipe, held against the program
Exit codes:
  0  it was explained
  1  nothing is known of it, or the file can't be read";

/// `gobuildx explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule, a topic, or a message as it was seen, whole or in part
    #[arg(value_name = "WHAT", conflicts_with = "log")]
    what: Vec<String>,

    /// A log or the output of a crash, of any size; `-` is what is piped in
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub log: Option<PathBuf>,

    /// The program that it is about: says which causes it confirms
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub binary: Option<PathBuf>,

    /// For whom the report is.
    #[command(flatten)]
    pub output: FormatArgs,
}

impl ExplainArgs {
    /// What is to be explained; none for all names.
    #[must_use]
    pub fn what(&self) -> Option<String> {
        (!self.what.is_empty()).then(|| self.what.join(" "))
    }
}
