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
    /// Files that were put together without a line break, or text in front of a block: who reads
    /// on would overlook it.
    #[error("has other text in line {line}, where a block begins")]
    Glued {
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
            Self::Glued { .. } => {
                "put `-----BEGIN CERTIFICATE-----` on a line of its own; `cat` joins two files \
                 without a line break where the first has none at its end"
            }
            Self::Broken { .. } => {
                "copy the file again: `openssl x509 -in FILE -text` has to read it"
            }
        }
    }
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates of a file, each once and in their order; at least one.
///
/// # Errors
/// When there is none, when one can't be read, or when there is anything else, such as a key.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, PemError> {
    let text = String::from_utf8_lossy(bytes);
    // A key is refused wherever it stands, also where blocks can't be told from each other.
    let mut lines = lines(&text).into_iter();
    if let Some((line, _)) = lines.find(|(_, text)| is_of_a_private_key(text)) {
        return Err(PemError::PrivateKey { line });
    }
    read(bytes, |label, line| {
        let label = label.to_owned();
        Err(PemError::Label { label, line })
    })
}

/// The certificates of a file that may hold other things, too: whoever is to be believed is read of it, and nothing is
/// kept.
///
/// # Errors
/// When there is none, or when one can't be read.
pub fn certificates_among(bytes: &[u8]) -> Result<Vec<Certificate>, PemError> {
    read(bytes, |_, _| Ok(()))
}

/// The same of a file in which `other` says what a block of another kind means.
fn read(
    bytes: &[u8],
    other: impl Fn(&str, usize) -> Result<(), PemError>,
) -> Result<Vec<Certificate>, PemError> {
    if Certificate::parse(bytes).is_some() {
        return Err(PemError::Der);
    }
    let text = String::from_utf8_lossy(bytes);
    let mut certificates: Vec<Certificate> = Vec::new();
    let mut lines = lines(&text).into_iter();
    while let Some((line, text)) = lines.next() {
        if !text.contains(BEGIN) {
            continue;
        }
        let label = label(text).ok_or(PemError::Glued { line })?;
        if label != "CERTIFICATE" {
            other(label, line)?;
            continue;
        }
        let certificate = Certificate::parse(&body(&mut lines, line)?);
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

/// The lines with their numbers, without spaces around them. They end as on Unix, on Windows or as
/// on the first Macs, and a mark of the byte order is none of the text.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r').map(str::trim)
    });
    (1..).zip(lines).collect()
}

/// Whether a line begins or ends the block of a private key, whatever stands around that.
fn is_of_a_private_key(line: &str) -> bool {
    let line = line.to_ascii_uppercase();
    ["BEGIN", "END"].iter().any(|word| {
        line.match_indices(word).any(|(at, _)| {
            let (before, after) = line.split_at(at);
            before.trim_end().ends_with('-') && after.contains("PRIVATE KEY")
        })
    })
}

/// What a line calls the block that begins with it, if it is nothing else.
fn label(line: &str) -> Option<&str> {
    let label = line.strip_prefix(BEGIN)?.strip_suffix(DASHES)?;
    (!label.contains(DASHES)).then_some(label)
}

/// The bytes of a block, from the line behind its first.
fn body<'a>(
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
    first: usize,
) -> Result<Vec<u8>, PemError> {
    let broken = PemError::Broken { line: first };
    let mut body = String::new();
    for (line, text) in lines {
        if text == END {
            return BASE64.decode(body.as_bytes()).map_err(|_| broken);
        }
        if text.starts_with(END) && text.contains(BEGIN) {
            return Err(PemError::Glued { line });
        }
        if text.starts_with(DASHES) {
            break;
        }
        body.push_str(text);
    }
    Err(broken)
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
    fn other_blocks_are_no_matter_where_nothing_is_kept_and_certificates_are() {
        let key = block("PRIVATE KEY", b"secret");
        let among = |text: &str| certificates_among(text.as_bytes());
        let found = among(&format!("{key}{}", certificate(1))).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(among(&key), Err(PemError::Empty));
        assert_eq!(among("no certificate"), Err(PemError::Empty));
        let broken = block("CERTIFICATE", b"nothing");
        assert_eq!(among(&broken), Err(PemError::Broken { line: 1 }));
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
    fn a_private_key_is_refused_whatever_stands_around_its_lines() {
        let one = certificate(1);
        let line = one.lines().count() + 1;
        for text in [
            "key:-----BEGIN PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----MIIE",
            "# ----- BEGIN EC PRIVATE KEY -----",
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
            "-----begin private key-----",
            "xx-----END PRIVATE KEY-----",
        ] {
            let refused = certificates(format!("{one}{text}\n").as_bytes());
            assert_eq!(refused, Err(PemError::PrivateKey { line }), "{text}");
        }
        // Also within a block that can't be read.
        let inside = one.replacen('\n', "\n-----BEGIN PRIVATE KEY-----\n", 1);
        let refused = certificates(inside.as_bytes());
        assert_eq!(refused, Err(PemError::PrivateKey { line: 2 }));
        let told = format!("# the PRIVATE KEY is elsewhere, END\n{one}");
        assert_eq!(certificates(told.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn the_first_certificate_counts_behind_a_mark_of_the_byte_order() {
        let text = format!("\u{feff}{}{}", certificate(1), certificate(2));
        assert_eq!(certificates(text.as_bytes()).unwrap().len(), 2);
        let key = format!("\u{feff}{}", block("PRIVATE KEY", b"secret"));
        let refused = certificates(key.as_bytes());
        assert_eq!(refused, Err(PemError::PrivateKey { line: 1 }));
    }

    #[test]
    fn lines_that_end_with_a_carriage_return_alone_are_lines() {
        let text = format!("# A\n{}{}", certificate(1), certificate(2)).replace('\n', "\r");
        assert_eq!(certificates(text.as_bytes()).unwrap().len(), 2);
        let key = format!("{text}{}", block("EC PRIVATE KEY", b"secret"));
        let line = text.matches('\r').count() + 1;
        let refused = certificates(key.replace('\n', "\r").as_bytes());
        assert_eq!(refused, Err(PemError::PrivateKey { line }));
    }

    #[test]
    fn no_block_is_overlooked_because_of_what_stands_beside_its_beginning() {
        let one = certificate(1);
        let lines = one.lines().count();
        let glued = |text: String| certificates(text.as_bytes());
        assert_eq!(
            glued(format!("{one}# {one}")),
            Err(PemError::Glued { line: lines + 1 })
        );
        assert_eq!(
            glued(format!("{}{one}", one.trim_end())),
            Err(PemError::Glued { line: lines })
        );
        assert_eq!(
            glued(one.replacen("-----\n", "-----", 1)),
            Err(PemError::Glued { line: 1 })
        );
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
