//! The command line, as users run it: the real binary, the real go and git, on real sources.
#![expect(
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

mod answers;
mod project;

mod environment;
mod first_use;
mod planning;
mod platforms;
mod selection;
mod stamps;
mod workspaces;
