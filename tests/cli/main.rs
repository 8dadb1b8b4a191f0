//! The command line, as users run it: the real binary, the real go and git, on real sources.
#![expect(
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

#[cfg(target_os = "linux")]
mod live;
mod project;

#[cfg(target_os = "linux")]
mod by_shell;
mod first_use;
#[cfg(target_os = "linux")]
mod folder;
#[cfg(target_os = "linux")]
mod gate;
#[cfg(target_os = "linux")]
mod records;
#[cfg(target_os = "linux")]
mod running;
#[cfg(target_os = "linux")]
mod stopping;
