//! The format PEM: base64 between two lines that say what it is (RFC 7468).

use std::borrow::Cow;

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::KeyFault;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The bytes of the first block, which has to be of this kind. What stands before it is no part of it.
pub(super) fn decoded(text: &str, wanted: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let mut lines = text.lines().map(str::trim);
    let label = lines
        .by_ref()
        .find_map(|line| label(line, BEGIN))
        .ok_or(KeyFault::NotPem)?;
    if label != wanted {
        return Err(KeyFault::Kind {
            found: label.to_owned(),
            wanted,
        });
    }
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    for line in lines {
        if let Some(end) = self::label(line, END) {
            let decoded = BASE64
                .decode(base64.as_bytes())
                .map_err(|_| KeyFault::NotPem)?;
            return (end == label)
                .then(|| Zeroizing::new(decoded))
                .ok_or(KeyFault::NotPem);
        }
        base64.push_str(line);
    }
    Err(KeyFault::NotPem)
}

fn label<'l>(line: &'l str, start: &str) -> Option<&'l str> {
    line.strip_prefix(start)?.strip_suffix(DASHES)
}

/// A block of this kind.
pub(super) fn encoded(bytes: &[u8], label: &str) -> String {
    let base64 = BASE64.encode(bytes);
    let lines = base64.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let first = format!("{BEGIN}{label}{DASHES}").into();
    let last = format!("{END}{label}{DASHES}").into();
    let lines = std::iter::once(first).chain(lines).chain([last]);
    lines
        .flat_map(|line: Cow<'_, str>| [line, "\n".into()])
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = encoded(&bytes, "PUBLIC KEY");
            prop_assert!(text.lines().all(|line| line.len() <= 64));
            prop_assert_eq!(&*decoded(&text, "PUBLIC KEY").unwrap(), &bytes);
            let windows = format!("a comment\r\n{}", text.replace('\n', "\r\n"));
            prop_assert_eq!(&*decoded(&windows, "PUBLIC KEY").unwrap(), &bytes);
        }

        #[test]
        fn no_text_makes_it_panic(text in "(-----(BEGIN|END) [AB]-----|[A-Za-z0-9+/=]{0,8}|\n){0,9}") {
            let _ = decoded(&text, "A");
        }
    }

    #[test]
    fn a_block_of_another_kind_is_told_by_its_name() {
        let text = encoded(b"key", "OPENSSH PRIVATE KEY");
        let fault = decoded(&text, "PRIVATE KEY").unwrap_err();
        assert!(fault.to_string().contains("OPENSSH PRIVATE KEY"), "{fault}");
        for text in [
            "",
            "key",
            "-----BEGIN A-----\nYQ==\n",
            "-----BEGIN A-----\nYQ==\n-----END B-----\n",
        ] {
            assert_eq!(decoded(text, "A").unwrap_err(), KeyFault::NotPem, "{text}");
        }
    }
}
