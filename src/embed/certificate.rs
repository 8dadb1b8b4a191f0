//! A certificate: DER whose outer parts are what X.509 says.
//!
//! Source: RFC 5280, section 4.1. What is inside is not judged here: that is Go's part.

/// A certificate in DER, whose parts have their lengths and their order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certificate {
    der: Vec<u8>,
    not_before: String,
    not_after: String,
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

impl Certificate {
    /// The certificate that the bytes are, if they are one and nothing else.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let mut all = Parts(der);
        let mut certificate = Parts(all.next(SEQUENCE)?);
        let mut signed = Parts(certificate.next(SEQUENCE)?);
        certificate.next(SEQUENCE)?;
        certificate.next(BIT_STRING)?;
        if !all.0.is_empty() || !certificate.0.is_empty() {
            return None;
        }
        // Without a version it is one of 1988.
        let _ = signed.next(VERSION);
        signed.next(INTEGER)?;
        signed.next(SEQUENCE)?;
        signed.next(SEQUENCE)?;
        let mut validity = Parts(signed.next(SEQUENCE)?);
        let not_before = time(&mut validity)?;
        let not_after = time(&mut validity)?;
        signed.next(SEQUENCE)?;
        signed.next(SEQUENCE)?;
        Some(Self {
            der: der.to_owned(),
            not_before,
            not_after,
        })
    }

    /// The bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// From when on it is valid, as in [`not_after`](Self::not_after).
    #[must_use]
    pub fn not_before(&self) -> &str {
        &self.not_before
    }

    /// Until when it is valid, in UTC: `20301231235959Z`. Such texts have the order of their times.
    #[must_use]
    pub fn not_after(&self) -> &str {
        &self.not_after
    }
}

/// A time with all digits of its year, in UTC and with seconds, as RFC 5280 wants it.
fn time(parts: &mut Parts<'_>) -> Option<String> {
    let (text, century) = if let Some(short) = parts.next(UTC_TIME) {
        // RFC 5280, 4.1.2.5.1: from 50 on it is of the last century.
        let century = if *short.first()? >= b'5' { "19" } else { "20" };
        (short, century)
    } else {
        (parts.next(GENERALIZED_TIME)?, "")
    };
    let text = format!("{century}{}", std::str::from_utf8(text).ok()?);
    let digits = text.strip_suffix('Z')?;
    (digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// The parts of a DER value that are still to be read.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    /// The contents of the next part, if it has this tag; else nothing is read.
    fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let [found, first, rest @ ..] = self.0 else {
            return None;
        };
        if *found != tag {
            return None;
        }
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            // More than 4 GiB is no certificate.
            0x81..=0x84 => {
                let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = length
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                (usize::try_from(length).ok()?, rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(contents)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(tag: u8, contents: &[u8]) -> Vec<u8> {
        let length = u16::try_from(contents.len()).unwrap();
        let mut der = vec![tag];
        match u8::try_from(length) {
            Ok(short) if short < 0x80 => der.push(short),
            _ => {
                der.push(0x82);
                der.extend(length.to_be_bytes());
            }
        }
        der.extend(contents);
        der
    }

    /// A certificate that is valid until a time, with this serial number.
    pub(in crate::embed) fn der(not_after: &str, serial: u8) -> Vec<u8> {
        let empty = part(SEQUENCE, &[]);
        let kind = if not_after.len() == 15 {
            GENERALIZED_TIME
        } else {
            UTC_TIME
        };
        let validity = [
            part(UTC_TIME, b"200101000000Z"),
            part(kind, not_after.as_bytes()),
        ];
        let signed = [
            part(VERSION, &part(INTEGER, &[2])),
            part(INTEGER, &[serial]),
            empty.clone(),
            empty.clone(),
            part(SEQUENCE, &validity.concat()),
            empty.clone(),
            empty.clone(),
        ];
        let parts = [
            part(SEQUENCE, &signed.concat()),
            empty,
            part(BIT_STRING, &[0; 200]),
        ];
        part(SEQUENCE, &parts.concat())
    }

    impl Certificate {
        /// Some certificate, for tests elsewhere.
        pub(crate) fn of_tests() -> Self {
            Self::parse(&der("300102030405Z", 1)).unwrap()
        }
    }

    #[test]
    fn a_certificate_says_when_it_is_valid() {
        let until = |text: &str| Certificate::parse(&der(text, 1)).unwrap().not_after;
        assert_eq!(until("300102030405Z"), "20300102030405Z");
        assert_eq!(until("991231235959Z"), "19991231235959Z");
        assert_eq!(until("20511231235959Z"), "20511231235959Z");
        let certificate = Certificate::parse(&der("300102030405Z", 1)).unwrap();
        assert_eq!(certificate.not_before(), "20200101000000Z");
    }

    #[test]
    fn what_is_cut_or_goes_on_is_no_certificate() {
        let whole = der("300102030405Z", 1);
        assert!(Certificate::parse(&whole).is_some());
        for length in 0..whole.len() {
            assert_eq!(Certificate::parse(&whole[..length]), None, "{length}");
        }
        assert_eq!(Certificate::parse(&[whole.as_slice(), &[0]].concat()), None);
        assert_eq!(Certificate::parse(&der("3001020304Z", 1)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let parsed = Certificate::parse(&bytes);
            prop_assert!(parsed.is_none_or(|parsed| parsed.der() == bytes));
        }
    }
}
