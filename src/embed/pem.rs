//! The certificates of a PEM file.
//!
//! Source: RFC 7468. Text outside of the blocks is for people, as in most files of certificates.

use data_encoding::BASE64;

use super::certificate::Certificate;

/// Why a file can't be compiled in. Each finishes a sentence that starts with its name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// No block at all.
    #[error("has no certificate in it")]
    Empty,
    /// Certificates in their binary form.
    #[error("is a certificate in DER, not in PEM")]
    Der,
    /// Everybody who has the program could read it.
    #[error("has a private key in line {line}, which must not be in a program")]
    PrivateKey {
        /// Counted from 1.
        line: usize,
    },
    /// A block of another kind.
    #[error("has a block `{label}` in line {line}; only `CERTIFICATE` can be compiled in")]
    Label {
        /// What it calls itself.
        label: String,
        /// Counted from 1.
        line: usize,
    },
    /// A block that doesn't end, or isn't what it says.
    #[error("has a certificate in line {line} that can't be read")]
    Broken {
        /// Counted from 1.
        line: usize,
    },
}

impl PemError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Empty | Self::Label { .. } => {
                "name a file with blocks `-----BEGIN CERTIFICATE-----`, the certificate of the CA"
            }
            Self::Der => "`openssl x509 -inform der -in FILE -out ca.pem` makes a PEM file of it",
            Self::PrivateKey { .. } => {
                "name a file with the certificate of the CA alone, and keep the key elsewhere"
            }
            Self::Broken { .. } => {
                "copy the file again: `openssl x509 -in FILE -text` has to read it"
            }
        }
    }
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// The certificates of a file, each once and in their order; at least one.
///
/// # Errors
/// When there is none, when one can't be read, or when there is anything else, such as a key.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, PemError> {
    if Certificate::parse(bytes).is_some() {
        return Err(PemError::Der);
    }
    let text = String::from_utf8_lossy(bytes);
    let mut certificates: Vec<Certificate> = Vec::new();
    let mut lines = (1..).zip(text.lines().map(str::trim_end));
    while let Some((line, text)) = lines.next() {
        let Some(label) = label(text) else { continue };
        if label.ends_with("PRIVATE KEY") {
            return Err(PemError::PrivateKey { line });
        }
        if label != "CERTIFICATE" {
            let label = label.to_owned();
            return Err(PemError::Label { label, line });
        }
        let body = lines.by_ref().map(|(_, text)| text.trim());
        let mut ended = false;
        let body: String = body
            .take_while(|text| {
                ended = *text == "-----END CERTIFICATE-----";
                !ended && !text.starts_with(DASHES)
            })
            .collect();
        let der = BASE64.decode(body.as_bytes()).ok().filter(|_| ended);
        let certificate = der.and_then(|der| Certificate::parse(&der));
        let certificate = certificate.ok_or(PemError::Broken { line })?;
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(PemError::Empty);
    }
    Ok(certificates)
}

/// What a line calls the block that begins with it.
fn label(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix(BEGIN)?.strip_suffix(DASHES)
}

#[cfg(test)]
mod tests {
    use super::super::certificate::tests::der;
    use super::*;

    fn block(label: &str, contents: &[u8]) -> String {
        let body = BASE64.encode(contents);
        let lines: Vec<&str> = body
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            lines.join("\n")
        )
    }

    fn certificate(serial: u8) -> String {
        block("CERTIFICATE", &der("300102030405Z", serial))
    }

    #[test]
    fn each_certificate_counts_once_and_text_between_them_not_at_all() {
        let (one, two) = (certificate(1), certificate(2));
        let text = format!("# Our CA\n{one}\nsubject=CN = x\n{two}{one}");
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let found = certificates(text.as_bytes()).unwrap();
            let wanted = [1, 2].map(|serial| der("300102030405Z", serial));
            let found: Vec<&[u8]> = found.iter().map(Certificate::der).collect();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn a_private_key_is_refused_wherever_it_stands() {
        for label in ["PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            let text = format!("{}{}", certificate(1), block(label, b"secret"));
            let line = certificate(1).lines().count() + 1;
            let refused = certificates(text.as_bytes());
            assert_eq!(refused, Err(PemError::PrivateKey { line }));
        }
    }

    #[test]
    fn a_file_without_a_whole_certificate_is_refused() {
        let fault = |text: &str| certificates(text.as_bytes()).unwrap_err();
        assert_eq!(fault(""), PemError::Empty);
        assert_eq!(fault("no certificate\n"), PemError::Empty);
        assert!(matches!(
            fault(&block("X509 CRL", b"x")),
            PemError::Label { line: 1, .. }
        ));
        assert_eq!(
            fault(&block("CERTIFICATE", b"x")),
            PemError::Broken { line: 1 }
        );
        let whole = certificate(1);
        let cut = whole.replace("-----END CERTIFICATE-----\n", "");
        assert_eq!(fault(&cut), PemError::Broken { line: 1 });
        assert_eq!(
            fault(&format!("\n{cut}{whole}")),
            PemError::Broken { line: 2 }
        );
        assert_eq!(
            fault(&whole.replace('M', "*")),
            PemError::Broken { line: 1 }
        );
        assert_eq!(certificates(&der("300102030405Z", 1)), Err(PemError::Der));
    }
}
