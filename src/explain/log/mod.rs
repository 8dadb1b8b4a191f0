//! A log, line by line: which signs stand in it. What is kept doesn't grow with the log, and most lines
//! are only screened.

mod lines;
mod scan;
mod screen;
mod tidy;
mod trace;

pub use scan::{Log, ReadError, Reading, Sighting, read};
pub(super) use tidy::tidy;
