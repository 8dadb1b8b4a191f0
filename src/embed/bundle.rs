//! Certificates as a file that programs read, such as `/etc/ssl/certs/ca-certificates.crt`.
//!
//! Source: RFC 7468, "Textual Encoding of Certificates".

use data_encoding::BASE64;

use super::mozilla::Root;

/// Digits of a line.
const LINE: usize = 64;

/// The file with these certificates. One that is trusted only for what was issued until some day is left out: the
/// file can't say so, and whoever reads it would trust it without end.
#[must_use]
pub fn bundle(roots: &[Root]) -> String {
    let mut text = String::new();
    let lasting = roots.iter().filter(|root| root.distrust_after.is_none());
    for root in lasting {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let digits = BASE64.encode(root.certificate.der());
        let mut digits = digits.as_str();
        while let Some((line, rest)) = digits.split_at_checked(LINE.min(digits.len()))
            && !line.is_empty()
        {
            text.push_str(line);
            text.push('\n');
            digits = rest;
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::certificate::Certificate;
    use super::super::certificate::tests::der;
    use super::super::certificates;
    use super::*;

    fn root(serial: u8, distrust_after: Option<i64>) -> Root {
        Root {
            name: "CN=x".to_owned(),
            certificate: Certificate::parse(&der("300102030405Z", serial)).unwrap(),
            distrust_after,
        }
    }

    #[test]
    fn what_is_written_is_read_again_but_for_what_is_trusted_for_a_time() {
        let roots = [root(1, None), root(2, Some(1_744_761_599)), root(3, None)];
        let text = bundle(&roots);
        let read = certificates(text.as_bytes()).unwrap();
        assert_eq!(
            read,
            [roots[0].certificate.clone(), roots[2].certificate.clone()]
        );
        assert!(text.lines().all(|line| line.len() <= LINE), "{text}");
    }
}
