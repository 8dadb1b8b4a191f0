//! What go answered in earlier runs, and on what grounds: where these are as they were, go isn't asked again.
//!
//! The grounds of an answer are whatever go reads to give it: of each Go file its [`Head`], of the files that
//! decide about modules all, and which files and folders there are. [`Head`] and the words of module files are
//! pure; [`Grounds`] looks at the disk. What isn't understood is asked.

mod asker;
mod check;
mod grounds;
mod head;
mod key;
mod named;
mod store;

pub use asker::{Answers, Asker};
pub use grounds::{Grounds, Known, Places};
pub use head::Head;
pub use key::GoItself;
pub use named::{named_in_module, words_in_workspace};
