//! Registries: images are pushed to them, things are attached to images, and tags are looked up.
//!
//! A [`Client`] talks to one repository, with the credentials that docker and podman have for it. A [`Push`] sends
//! what a registry hasn't yet, each content before what leads to it, and tags last: whoever pulls meanwhile sees the
//! former image or the whole new one.
//!
//! Source: OCI distribution specification v1.1.

mod attach;
mod auth;
mod challenge;
mod client;
mod credentials;
mod docker_config;
mod error;
mod helper;
mod journal;
mod push;
mod resolve;
mod said;
mod transport;
mod upload;
mod url;

pub use attach::{Attachment, kind};
pub use client::{Client, Retries, Waiting};
pub use credentials::{Credentials, LoginError, Logins};
pub use docker_config::ConfigFault;
pub use error::{Doing, RegistryError, RegistryFault};
pub use helper::HelperFault;
pub use push::{Event, Moving, Push, Pushed, PushedTag};
pub use said::Said;
pub use transport::Silence;
