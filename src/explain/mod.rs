//! What rules, symptoms and logs mean: pure, from the rules' own prose and what is said here.

mod cause;
mod log;
mod meant;
mod note;
mod other;
mod page;
mod pattern;
mod subject;
mod symptom;
mod topic;
pub mod words;

pub use cause::{Cause, fixes};
pub use log::{Log, ReadError, Reading, Sighting, read as read_log};
pub use meant::meant;
pub use note::Note;
pub use other::{OTHERS, Other};
pub use page::rules_page;
pub use subject::{Subject, alike, subject};
pub use symptom::{Fit, Match, causes};
pub use topic::{Block, List, Topic};
