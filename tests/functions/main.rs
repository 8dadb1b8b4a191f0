//! The functions of real Go programs and who calls them, against what Go's own tools say.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

mod calls;
mod garbled;
mod older;
mod today;
