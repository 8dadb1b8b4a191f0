//! Images, read by skopeo and umoci and run on a blank system, and pushed to a real registry.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

mod attached;
mod broken;
mod harness;
mod keeping;
mod layout;
mod logins;
mod needs;
mod program;
mod proxy;
mod pushed;
#[expect(dead_code, reason = "releases are pushed by TLS, too")]
mod server;
mod tokens;
