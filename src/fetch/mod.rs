//! Getting files from module proxies: whole, of a size that is expected, and from those that are named.

mod address;
mod agent;
mod client;
mod error;
mod goproxy;
mod web_proxy;

pub use address::{Address, ParseAddressError};
pub(crate) use agent::{GLANCE, PATIENCE, agent, words};
pub use client::{Client, Sink};
pub use error::FetchError;
pub use goproxy::{End, GaveUp, ParseGoproxyError, ProxyList};
pub use web_proxy::WebProxies;
