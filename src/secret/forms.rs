//! How else a secret may be written: what programs make of a value before they print it.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use zeroize::Zeroize as _;

use super::Secret;

/// Fewer bytes are no secret: they would be found in words of every output.
pub(super) const MIN_LENGTH: usize = 6;

/// How the lines of key files begin that are no part of the key: PEM and minisign.
const FRAMES: [&[u8]; 2] = [b"-----", b"untrusted comment:"];

/// A form of a secret, as it may stand in an output; never empty. Its memory is overwritten, too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form(Vec<u8>);

impl Form {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Form {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// All forms of a secret: itself, its lines, and each of these percent-encoded, in base64 (wherever in a longer text it
/// was encoded), in hexadecimal digits and as JSON has it. What is too short to be told from other words is left out.
pub(super) fn forms(secret: &Secret) -> BTreeSet<Form> {
    let pieces = pieces(secret.expose());
    let long_enough = |form: &Vec<u8>| form.len() >= MIN_LENGTH;
    pieces
        .into_iter()
        .filter(|piece| piece.len() >= MIN_LENGTH)
        .flat_map(encoded)
        .filter(long_enough)
        .map(Form)
        .collect()
}

/// The value, without the space around it that some print and some don't, and its lines: what is shown with something in
/// front of each line isn't the value any more. What frames a key in its file is no secret.
fn pieces(value: &[u8]) -> BTreeSet<&[u8]> {
    let whole = value.trim_ascii();
    let lines = whole.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let is_frame = |line: &&[u8]| FRAMES.iter().any(|frame| line.starts_with(frame));
    let lines = lines.filter(|line| !is_frame(line));
    lines.chain([whole]).collect()
}

fn encoded(piece: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![
        piece.to_vec(),
        percent_encoded(piece, HEX_UPPER, b"%20"),
        percent_encoded(piece, HEX_LOWER, b"%20"),
        percent_encoded(piece, HEX_UPPER, b"+"),
        HEXLOWER.encode(piece).into_bytes(),
        HEXUPPER.encode(piece).into_bytes(),
    ];
    forms.extend(json_escaped(piece));
    for offset in 0..3 {
        forms.extend(in_base64(piece, offset));
    }
    forms
}

const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";
const HEX_LOWER: &[u8; 16] = b"0123456789abcdef";

/// Everything but RFC 3986's unreserved characters is escaped.
fn percent_encoded(piece: &[u8], digits: &[u8; 16], space: &[u8]) -> Vec<u8> {
    let digit = |value: u8| digits.get(usize::from(value & 15)).copied();
    let mut text = Vec::new();
    for byte in piece.iter().copied() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(byte),
            b' ' => text.extend_from_slice(space),
            _ => text.extend(
                [Some(b'%'), digit(byte >> 4), digit(byte)]
                    .into_iter()
                    .flatten(),
            ),
        }
    }
    text
}

/// Between the quotation marks.
fn json_escaped(piece: &[u8]) -> Option<Vec<u8>> {
    let json = serde_json::to_vec(str::from_utf8(piece).ok()?).ok()?;
    Some(json.get(1..json.len() - 1)?.to_vec())
}

/// What is the same in base64 whatever stands around the piece, when so many bytes (modulo 3) stand before it; and the
/// same with its last digit, where nothing follows. Both alphabets, and with padding or without.
fn in_base64(piece: &[u8], offset: usize) -> impl Iterator<Item = Vec<u8>> {
    let padded: Vec<u8> = std::iter::repeat_n(0, offset)
        .chain(piece.iter().copied())
        .collect();
    // The first digits hold bits of what stands before, the last one bits of what follows.
    let first = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    let alphabets = [BASE64_NOPAD, BASE64URL_NOPAD].into_iter();
    alphabets.flat_map(move |alphabet| {
        let digits = alphabet.encode(&padded).into_bytes();
        [end, digits.len()].map(|end| digits.get(first..end).unwrap_or_default().to_vec())
    })
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL};
    use proptest::prelude::*;

    use super::*;

    fn has(secret: &[u8], text: &[u8]) -> bool {
        let forms = forms(&Secret::from(secret.to_vec()));
        forms
            .iter()
            .any(|form| text.windows(form.0.len()).any(|at| at == form.0))
    }

    #[test]
    fn a_secret_is_known_in_what_programs_make_of_it() {
        let secret = "p\u{e4}ss/w\"rd +1".as_bytes();
        for text in [
            "p%C3%A4ss%2Fw%22rd%20%2B1",
            "p%c3%a4ss%2fw%22rd%20%2b1",
            "p%C3%A4ss%2Fw%22rd+%2B1",
            "p\u{e4}ss/w\\\"rd +1",
            "70c3a473732f772272642020",
        ] {
            let is_known = has(secret, text.as_bytes());
            assert_eq!(is_known, text != "70c3a473732f772272642020", "{text}");
        }
        assert!(has(secret, HEXLOWER.encode(secret).as_bytes()));
    }

    #[test]
    fn lines_of_a_key_are_known_and_its_frame_is_not() {
        let pem = b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIE\n-----END PRIVATE KEY-----\n";
        assert!(has(pem, b"  | MC4CAQAwBQYDK2VwBCIE |"));
        assert!(!has(pem, b"-----BEGIN PRIVATE KEY-----"));
        let minisign = b"untrusted comment: secret key\nRWQAAEIyAAAAAAAAAAAA\n";
        assert!(has(minisign, b"RWQAAEIyAAAAAAAAAAAA"));
        assert!(!has(minisign, b"untrusted comment: secret key"));
    }

    #[test]
    fn a_secret_at_the_end_is_known_to_its_last_digit() {
        for (before, secret) in [("user:", "hunter2x"), ("a", "hunter2"), ("", "hunter2x")] {
            let text = BASE64.encode([before, secret].concat().as_bytes());
            let last = text.trim_end_matches('=');
            let forms = forms(&Secret::from(secret));
            let mut ends = forms.iter().map(Form::bytes);
            assert!(ends.any(|form| last.as_bytes().ends_with(form)), "{text}");
        }
    }

    #[test]
    fn what_is_too_short_has_no_forms() {
        assert!(forms(&Secret::from("12345")).is_empty());
        assert!(forms(&Secret::from(" 1\n 2\n")).is_empty());
        assert!(!forms(&Secret::from("123456")).is_empty());
    }

    proptest! {
        #[test]
        fn base64_of_a_longer_text_has_the_secret(
            before in "[a-z]{0,9}", secret in proptest::collection::vec(any::<u8>(), 8..40), after in "[a-z]{0,9}",
        ) {
            prop_assume!(secret.trim_ascii().len() == secret.len());
            let whole = [before.as_bytes(), &secret, after.as_bytes()].concat();
            prop_assert!(has(&secret, BASE64.encode(&whole).as_bytes()));
            prop_assert!(has(&secret, BASE64URL.encode(&whole).as_bytes()));
        }
    }
}
