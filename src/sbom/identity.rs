//! What a document is called, so that no other one is called the same: a UUID from its own content.
//!
//! Source: RFC 9562, section 5.8 (version 8: bits by a method of one's own).

use sha2::{Digest as _, Sha256};

/// The UUID of a content.
pub(super) fn uuid(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let mut bytes: [u8; 16] = std::array::from_fn(|at| digest.get(at).copied().unwrap_or(0));
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = (*version & 0x0f) | 0x80;
    *variant = (*variant & 0x3f) | 0x80;
    let digits = crate::digest::hex(&bytes);
    let mut uuid = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        uuid.push(digit);
    }
    uuid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_depends_on_the_content_alone() {
        let one = uuid(b"one");
        assert_eq!(one, "7692c3ad-3540-8b80-bc02-0b3aee66cd88");
        assert_eq!(one, uuid(b"one"));
        assert_ne!(one, uuid(b"two"));
    }
}
