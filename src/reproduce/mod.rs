//! Two builds of one artifact: whether they are the same, and what tells them apart.
//!
//! Pure: bytes → a [`Difference`], with what usually causes it.

mod cause;
mod difference;
mod functions;
mod text;

pub use cause::{Cause, Trace, Traced};
pub use difference::{Difference, SectionDifference, SettingDifference, Texts};
pub use functions::{Change, ChangedFunction, FunctionDifferences};
pub use text::{LineDifference, first_line};
