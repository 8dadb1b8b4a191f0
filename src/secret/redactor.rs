//! Takes secrets out of texts.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::{Bound, Range};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

use super::forms::{Form, forms};
use super::stream::Redacting;
use super::{PLACEHOLDER, Secret};

/// Knows secrets, and writes `[secret]` wherever one of them, or a form of it, would stand. Where several overlap, all of
/// them are gone.
#[derive(Clone, Default)]
pub struct Redactor(Option<Arc<Known>>);

struct Known {
    /// Sorted, so that those with the same beginning stand together.
    forms: BTreeSet<Form>,
    finder: AhoCorasick,
}

/// There are too many secrets to look for.
#[derive(Debug, thiserror::Error)]
#[error("failed to prepare the search for secrets in the output: {0}")]
pub struct RedactorError(#[from] BuildError);

impl Redactor {
    /// One that knows these secrets. What has fewer than six bytes isn't looked for.
    ///
    /// # Errors
    /// When they are too many: billions of bytes.
    pub fn of<'s>(secrets: impl IntoIterator<Item = &'s Secret>) -> Result<Self, RedactorError> {
        Self::default().and(secrets)
    }

    /// One that knows these secrets besides its own.
    ///
    /// # Errors
    /// When they are too many.
    pub fn and<'s>(
        &self,
        secrets: impl IntoIterator<Item = &'s Secret>,
    ) -> Result<Self, RedactorError> {
        let mut known = self
            .0
            .as_ref()
            .map_or_else(BTreeSet::new, |known| known.forms.clone());
        known.extend(secrets.into_iter().flat_map(forms));
        if known.is_empty() {
            return Ok(Self::default());
        }
        // The automaton that takes the least memory: outputs are short.
        let finder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(known.iter().map(Form::bytes))?;
        Ok(Self(Some(Arc::new(Known {
            forms: known,
            finder,
        }))))
    }

    /// Whether it knows any secret.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.is_none()
    }

    /// A text without secrets.
    #[must_use]
    pub fn redacted<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.redacted_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // A secret may end within a character.
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// Bytes without secrets.
    #[must_use]
    pub fn redacted_bytes<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let regions = self.regions(bytes);
        if regions.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut redacted = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for region in regions {
            redacted.extend_from_slice(bytes.get(done..region.start).unwrap_or_default());
            redacted.extend_from_slice(PLACEHOLDER.as_bytes());
            done = region.end;
        }
        redacted.extend_from_slice(bytes.get(done..).unwrap_or_default());
        Cow::Owned(redacted)
    }

    /// A stream that passes on to another one what is written to it, without secrets, however they are split over writes.
    pub fn stream<W: std::io::Write>(&self, inner: W) -> Redacting<W> {
        Redacting::new(self.clone(), inner)
    }

    /// Where secrets stand, in order; those that overlap are one region.
    pub(super) fn regions(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let Some(known) = &self.0 else {
            return Vec::new();
        };
        let found = known.finder.find_overlapping_iter(bytes);
        let mut found: Vec<Range<usize>> = found.map(|found| found.range()).collect();
        found.sort_unstable_by_key(|range| (range.start, range.end));
        let mut regions: Vec<Range<usize>> = Vec::new();
        for range in found {
            match regions.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => regions.push(range),
            }
        }
        regions
    }

    /// Where the first secret may begin that ends only after these bytes; their end if none does.
    pub(super) fn unfinished(&self, bytes: &[u8]) -> usize {
        let Some(known) = &self.0 else {
            return bytes.len();
        };
        let longest = known
            .forms
            .iter()
            .map(|form| form.bytes().len())
            .max()
            .unwrap_or_default();
        let from = bytes.len().saturating_sub(longest.saturating_sub(1));
        let is_beginning = |at: &usize| {
            let end = bytes.get(*at..).unwrap_or_default();
            // A form that is exactly this is whole; the one after it may go on from it.
            let behind = (Bound::Excluded(end), Bound::Unbounded);
            let mut longer = known.forms.range::<[u8], _>(behind);
            longer
                .next()
                .is_some_and(|form| form.bytes().starts_with(end))
        };
        (from..bytes.len())
            .find(is_beginning)
            .unwrap_or(bytes.len())
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::from(*text)).collect();
        Redactor::of(&secrets).unwrap()
    }

    #[test]
    fn a_secret_is_replaced_wherever_it_stands() {
        let redactor = redactor(&["hunter2", "tok-12345"]);
        assert_eq!(
            redactor.redacted("hunter2, tok-12345 and hunter2hunter2"),
            "[secret], [secret] and [secret][secret]"
        );
        let clean = redactor.redacted("hunter tok-1234");
        assert!(matches!(clean, Cow::Borrowed("hunter tok-1234")));
    }

    #[test]
    fn of_overlapping_secrets_nothing_is_left() {
        let redactor = redactor(&["abcdefgh", "efghijkl", "cdefgh"]);
        assert_eq!(redactor.redacted("_abcdefghijkl_"), "_[secret]_");
    }

    #[test]
    fn a_user_with_a_password_in_a_header_is_not_readable() {
        let header = data_encoding::BASE64.encode(b"user:correct-horse");
        let redacted = redactor(&["correct-horse"]).redacted(&header).into_owned();
        assert!(redacted.contains(PLACEHOLDER), "{redacted}");
        assert!(!redacted.contains("Y29ycmVjdC1ob3"), "{redacted}");
    }

    #[test]
    fn secrets_that_come_later_are_known_with_those_from_before() {
        let first = redactor(&["hunter2"]);
        let both = first.and(&[Secret::from("tok-12345")]).unwrap();
        assert_eq!(both.redacted("hunter2 tok-12345"), "[secret] [secret]");
        assert_eq!(first.redacted("hunter2 tok-12345"), "[secret] tok-12345");
    }

    #[test]
    fn without_secrets_nothing_changes() {
        let idle = redactor(&["", "short"]);
        assert!(idle.is_idle());
        assert_eq!(idle.redacted("short and \u{1b}[1m"), "short and \u{1b}[1m");
    }
}
