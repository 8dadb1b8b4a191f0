//! Why a file can't be had.

use std::io;

use super::address::{Address, ParseAddressError};
use crate::failure::Exit;
use crate::human;
use crate::process::Reason;

/// Why a file can't be had. It finishes "failed to get …: ".
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There is no such file.
    #[error("{0} isn't there")]
    Missing(Address),
    /// The server refuses.
    #[error("{address} answers with status {status}")]
    Status {
        /// What was asked for.
        address: Address,
        /// What the server says.
        status: u16,
    },
    /// Nobody answers, or not as they should.
    #[error("{address}: {reason}")]
    Unreachable {
        /// What was asked for.
        address: Address,
        /// What happened.
        reason: String,
    },
    /// Nothing comes any more.
    #[error("{address}: nothing came for {seconds} seconds")]
    Stalled {
        /// What was asked for.
        address: Address,
        /// How long.
        seconds: u64,
    },
    /// Less than there should be.
    #[error("{address} ended after {got} of {expected} bytes")]
    Truncated {
        /// What was asked for.
        address: Address,
        /// How much came.
        got: u64,
        /// How much was announced.
        expected: u64,
    },
    /// More than there may be.
    #[error("{address} has more than {}, which is too much for what it should be", human::size(*.limit))]
    TooLarge {
        /// What was asked for.
        address: Address,
        /// How much there may be.
        limit: u64,
    },
    /// It can't be kept.
    #[error("what comes from {address} can't be written: {error}")]
    Write {
        /// What was asked for.
        address: Address,
        /// What the system says.
        error: io::Error,
    },
    /// A setting of the user's can't be followed.
    #[error("{variable} names no proxy that can be used")]
    WebProxy {
        /// The variable; its value may be secret.
        variable: &'static str,
    },
    /// A name that no address can be made of.
    #[error("`{name}` is no host: {error}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        error: ParseAddressError,
    },
    /// Everything is being stopped.
    #[error("{0}")]
    Cancelled(Reason),
}

impl FetchError {
    /// Whether another proxy may have it, by the rules of GOPROXY's `,`.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_))
    }

    /// Whether no other proxy could help.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Cancelled(_) | Self::Write { .. } | Self::WebProxy { .. }
        )
    }

    /// How the program ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Cancelled(reason) => (*reason).into(),
            _ => Exit::Environment,
        }
    }
}
