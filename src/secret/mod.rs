//! What must not be shown: values that no message, log or record may hold, and what takes them out of everything that
//! is written. Pure, but for the list of this process (`known.rs`).

mod environment;
mod forms;
mod json;
mod known;
mod redactor;
mod stream;
mod value;

pub use environment::{is_called_secret, secrets_of};
pub use known::{conceal, redacted, redactor};
pub use redactor::{Redactor, RedactorError};
pub use stream::Redacting;
pub use value::{PLACEHOLDER, Secret};
