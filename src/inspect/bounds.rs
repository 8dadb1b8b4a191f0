//! Limits on what a hostile file may make us read, and the one way to read a text from it.

/// More libraries, paths or segments than any real program has.
pub(super) const MAX_ENTRIES: usize = 1024;

/// More writable segments than any real program has; each is searched from end to end.
pub(super) const MAX_REGIONS: usize = 8;

/// More symbols than the dynamic table of any real program has.
pub(super) const MAX_SYMBOLS: usize = 1 << 20;

/// How much of a region is searched from its start. Go puts its build information near the start
/// of the data, and a file of gigabytes must not be read from end to end.
pub(super) const MAX_SEARCHED: usize = 256 << 20;

/// The longest name or path that a loader takes: `PATH_MAX` on Linux.
const MAX_TEXT: usize = 4096;

/// The text that starts at `offset` and ends before a zero byte.
pub(super) fn c_string(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let window = rest.get(..MAX_TEXT).unwrap_or(rest);
    window.get(..memchr::memchr(0, window)?)
}

/// The part of a region that is searched.
pub(super) fn searched(region: &[u8]) -> &[u8] {
    region.get(..MAX_SEARCHED).unwrap_or(region)
}

/// Bytes as text; what is not UTF-8 is replaced.
pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_before_its_zero() {
        assert_eq!(c_string(b"ab\0cd\0", 3), Some(b"cd".as_slice()));
    }

    #[test]
    fn a_text_without_end_is_none() {
        assert_eq!(c_string(b"ab", 0), None);
        assert_eq!(c_string(b"ab\0", 9), None);
        assert_eq!(c_string(&[b'a'; 2 * MAX_TEXT], 0), None);
    }
}
