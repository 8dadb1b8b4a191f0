//! The documentation is tested: what it says to type is typed, and what it shows is compared with
//! what is printed.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

mod blank;
mod findings;
mod harness;
mod page;
mod reader;
mod same;

mod links;
mod pages;
mod readme;
mod recording;
mod rules;
mod symptoms;
mod toolchains;
