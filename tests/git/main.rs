//! What is read of git repositories, and written into them, with the real git.

#![cfg(unix)]
#![expect(
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

mod changelog;
mod checkout;
mod kustomize;
mod repository;
mod rollback;
