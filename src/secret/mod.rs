//! What must not be shown: values that no message, log or record may hold, and what takes them out of everything that
//! is written. Pure.

mod forms;
mod redactor;
mod stream;
mod value;

pub use redactor::{Redactor, RedactorError};
pub use stream::Redacting;
pub use value::{PLACEHOLDER, Secret};
