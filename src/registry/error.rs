//! Why something isn't in a registry, or can't be got from one.

use std::fmt;
use std::io;

use super::credentials::LoginError;
use super::said::Said;
use super::transport::{NoAnswer, Silence};
use crate::failure::{Exit, Failure};
use crate::oci::{Digest, LayoutError, Reference, Tag};
use crate::process::Reason;
use crate::secret::RedactorError;

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Sending an image.
    Push,
    /// Looking up which image a tag leads to.
    Resolve,
}

impl Doing {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Push => ("push", "to"),
            Self::Resolve => ("look up", "at"),
        }
    }
}

/// Why something isn't in a registry, or can't be got from one. Its message is complete.
#[derive(Debug)]
pub struct RegistryError {
    /// What was being done.
    pub doing: Doing,
    /// With which image.
    pub image: Reference,
    /// Why that failed.
    pub fault: Box<RegistryFault>,
}

impl std::error::Error for RegistryError {}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, at) = self.doing.words();
        let registry = self.image.repository.registry();
        let image = self.image.to_string();
        let image = image.strip_prefix(registry.as_str()).unwrap_or(&image);
        let image = image.trim_start_matches('/');
        write!(
            f,
            "failed to {verb} {image} {at} {registry}: {}",
            self.fault
        )
    }
}

/// Why a registry doesn't do what it should. It finishes "failed to …: ".
#[derive(Debug, thiserror::Error)]
pub enum RegistryFault {
    /// What nobody may see can't be kept out of what is shown.
    #[error("what is secret can't be kept out of messages: {0}")]
    Conceal(#[from] RedactorError),
    /// It wants to know who asks, and isn't satisfied.
    #[error("it doesn't know who asks: {}{said}", known(*.was_told))]
    Unauthorized {
        /// Whether it was told somebody.
        was_told: bool,
        /// What it says.
        said: Said,
    },
    /// Whoever asks may not.
    #[error("it forbids that{0}")]
    Forbidden(Said),
    /// It has no such thing.
    #[error("it has no {what}{said}")]
    Missing {
        /// What is missing.
        what: String,
        /// What it says.
        said: Said,
    },
    /// Another answer than was wanted.
    #[error("it answers to {what} with status {status}{said}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
        /// What it says.
        said: Said,
    },
    /// An answer that makes no sense.
    #[error("its answer to {what} {why}")]
    Answer {
        /// What was asked.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A content that isn't the one that it is named by.
    #[error("it has {found} under the name {wanted}")]
    Differs {
        /// What was asked for.
        wanted: Digest,
        /// What it has.
        found: Digest,
    },
    /// A tag that leads to another image, and may not be moved.
    #[error("the tag {tag} is that of another image there, {has}")]
    Taken {
        /// The tag.
        tag: Tag,
        /// What it leads to.
        has: Digest,
    },
    /// No address is given for tokens that secrets may be sent to.
    #[error("it leads to an address for tokens without https, to which no password is sent")]
    Realm,
    /// Whoever gives tokens gives none.
    #[error("{server} gives no token for it, but answers with status {status}{said}")]
    Token {
        /// Who was asked.
        server: String,
        /// The status.
        status: u16,
        /// What is said.
        said: Said,
    },
    /// Nobody answers.
    #[error("{server}: {silence}")]
    Unreachable {
        /// Who was asked.
        server: String,
        /// What happened.
        silence: Silence,
    },
    /// An answer leads elsewhere in a way that isn't followed.
    #[error("{server}: {why}")]
    Led {
        /// Who was asked.
        server: String,
        /// Where it leads.
        why: &'static str,
    },
    /// A setting of the user's can't be followed.
    #[error("{variable} names no proxy that can be used")]
    WebProxy {
        /// The variable; its value may be secret.
        variable: &'static str,
    },
    /// It isn't known who the user is there.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The image can't be read.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A file can't be read.
    #[error("what is sent can't be read: {0}")]
    File(io::Error),
    /// Everything is being stopped.
    #[error("{0}")]
    Cancelled(Reason),
}

fn known(was_told: bool) -> &'static str {
    if was_told {
        "what it was told isn't right, or isn't enough"
    } else {
        "nothing is known here to tell it"
    }
}

impl RegistryFault {
    /// Whether the same may be answered otherwise a little later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } | Self::Token { status, .. } => may_pass(*status),
            _ => false,
        }
    }
}

/// Whether a status is that of a server which is busy, or broken for a while.
pub(super) fn may_pass(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

impl From<NoAnswer> for RegistryFault {
    fn from(no: NoAnswer) -> Self {
        match no {
            NoAnswer::Unreachable { url, silence } => Self::Unreachable {
                server: url.origin().to_string(),
                silence,
            },
            NoAnswer::Led { url, why } => Self::Led {
                server: url.origin().to_string(),
                why,
            },
            NoAnswer::WebProxy { variable } => Self::WebProxy { variable },
            NoAnswer::Cancelled(reason) => Self::Cancelled(reason),
        }
    }
}

impl Failure for RegistryError {
    fn exit(&self) -> Exit {
        match &*self.fault {
            RegistryFault::Cancelled(reason) => (*reason).into(),
            RegistryFault::Layout(error) => error.exit(),
            RegistryFault::Login(error) => error.stopped().map_or(Exit::Environment, Exit::from),
            RegistryFault::Taken { .. } | RegistryFault::Differs { .. } => Exit::Failed,
            _ => Exit::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        let registry = self.image.repository.registry();
        let log_in = format!("`docker login {registry}` or `podman login {registry}`");
        Some(match &*self.fault {
            RegistryFault::Refused { .. } | RegistryFault::Token { .. }
                if self.fault.may_pass() =>
            {
                match self.doing {
                    Doing::Push => "try again later; what was sent is not sent again".to_owned(),
                    Doing::Resolve => "try again later".to_owned(),
                }
            }
            RegistryFault::Unauthorized { .. } | RegistryFault::Token { .. } => {
                format!("log in with {log_in}")
            }
            RegistryFault::Forbidden(_) => {
                format!("log in with {log_in} as somebody who may write there")
            }
            RegistryFault::Missing { .. } => match self.doing {
                Doing::Push => "see whether the repository has to be made first".to_owned(),
                Doing::Resolve => "see whether the image was pushed there".to_owned(),
            },
            RegistryFault::Taken { .. } => {
                "push it under a tag of its own: who has pulled that one would get another image"
                    .to_owned()
            }
            RegistryFault::Unreachable {
                silence: Silence::Refused(_),
                ..
            } => {
                format!("see whether {registry} is what listens there")
            }
            RegistryFault::Led { .. } => {
                format!("see whether {registry} is the registry itself, and not a page about it")
            }
            RegistryFault::Unreachable { .. } => {
                "see whether HTTPS_PROXY and SSL_CERT_FILE are as they should be; what was sent is \
                 not sent again"
                    .to_owned()
            }
            RegistryFault::Login(error) => error.hint(),
            RegistryFault::Layout(error) => return error.hint(),
            _ => return None,
        })
    }
}
