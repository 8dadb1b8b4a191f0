//! The secrets that this process knows, for all that it writes.
//!
//! There is one such list, as there is one terminal: whoever reads a secret adds it here, and whoever writes needn't know
//! where texts come from.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use super::{Redactor, RedactorError, Secret};

static KNOWN: RwLock<Option<Redactor>> = RwLock::new(None);

/// Takes secrets out of all that is written from now on.
///
/// # Errors
/// When they are too many.
pub fn conceal<'s>(secrets: impl IntoIterator<Item = &'s Secret>) -> Result<(), RedactorError> {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let more = known.clone().unwrap_or_default().and(secrets)?;
    *known = Some(more);
    Ok(())
}

/// What takes them out.
#[must_use]
pub fn redactor() -> Redactor {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.clone().unwrap_or_default()
}

/// A text without them.
#[must_use]
pub fn redacted(text: &str) -> Cow<'_, str> {
    redactor().redacted(text)
}
