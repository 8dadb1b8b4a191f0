//! The certificates that Mozilla's programs trust, from the Go team's module.
//!
//! Source: the files `bundle/bundle.go` and `bundle/bundle.der` of
//! `golang.org/x/crypto/x509roots/fallback`: a table, and the certificates one behind the other.
//! The table is generated, so each of its lines is one of few.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::certificate::Certificate;
use crate::digest::hex;

/// The module.
pub const MODULE: &str = "golang.org/x/crypto/x509roots/fallback";

/// Where the table lies in the module.
pub(super) const TABLE: &str = "bundle/bundle.go";

/// Where the certificates lie in the module.
pub(super) const CERTIFICATES: &str = "bundle/bundle.der";

/// A certificate that is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Whose it is; empty where only the certificate says so.
    pub name: String,
    /// The certificate.
    pub certificate: Certificate,
    /// Seconds since 1970: what is signed with it counts only when it was issued until then.
    pub distrust_after: Option<i64>,
}

/// Why the table can't be read: nothing is guessed about who is to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// A line that says what isn't known here.
    #[error("line {0} of its table says what this gobuildx doesn't know")]
    Line(usize),
    /// An entry whose certificate isn't there.
    #[error("the certificate of `{0}` is not what its table says")]
    Certificate(String),
    /// No table, or one for other certificates.
    #[error("its table and its certificates don't belong together")]
    Mismatch,
}

/// What the lines of an entry say.
#[derive(Debug, Default)]
struct Entry {
    name: String,
    sha256: String,
    start: usize,
    length: usize,
    distrust_after: Option<i64>,
}

/// All certificates of the module.
///
/// # Errors
/// When the table has a line of another kind, or doesn't tell of exactly the bytes that there are.
pub fn roots(table: &str, bytes: &[u8]) -> Result<Vec<Root>, BundleError> {
    let mut roots = Vec::new();
    let mut entry = None;
    let mut end = 0;
    let lines = (1..).zip(table.lines());
    let mut lines = lines.skip_while(|(_, line)| !line.starts_with("var unparsedCertificates = "));
    lines.next().ok_or(BundleError::Mismatch)?;
    for (number, line) in lines {
        match (line.trim(), &mut entry) {
            ("{", None) => entry = Some(Entry::default()),
            ("},", Some(_)) => {
                let done = entry.take().unwrap_or_default();
                if done.start != end {
                    return Err(BundleError::Mismatch);
                }
                end += done.length;
                roots.push(root(done, bytes)?);
            }
            ("}", None) => break,
            (line, Some(entry)) => read(line, entry).ok_or(BundleError::Line(number))?,
            _ => return Err(BundleError::Line(number)),
        }
    }
    if roots.is_empty() || end != bytes.len() {
        return Err(BundleError::Mismatch);
    }
    Ok(roots)
}

/// One field. An unknown one may be a new reason for less trust, so it is none to skip.
fn read(line: &str, entry: &mut Entry) -> Option<()> {
    let (key, value) = line.strip_suffix(',')?.split_once(':')?;
    let value = value.trim();
    let text = value
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match key {
        "cn" => text?.clone_into(&mut entry.name),
        "sha256Hash" => text?.clone_into(&mut entry.sha256),
        "certStartOff" => entry.start = value.parse().ok()?,
        "certLength" => entry.length = value.parse().ok()?,
        "distrustAfter" => {
            let time: Timestamp = text?.parse().ok()?;
            entry.distrust_after = Some(time.as_second());
        }
        _ => return None,
    }
    Some(())
}

fn root(entry: Entry, bytes: &[u8]) -> Result<Root, BundleError> {
    let end = entry.start.checked_add(entry.length);
    let der = end.and_then(|end| bytes.get(entry.start..end));
    let der = der.filter(|der| hex(&Sha256::digest(der)) == entry.sha256);
    let Some(certificate) = der.and_then(Certificate::parse) else {
        return Err(BundleError::Certificate(entry.name));
    };
    Ok(Root {
        name: entry.name,
        certificate,
        distrust_after: entry.distrust_after,
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::certificate::tests::der;
    use super::*;

    fn bundle(more: &str) -> (String, Vec<u8>) {
        let ders = [1, 2].map(|serial| der("300102030405Z", serial));
        let mut table =
            "package bundle\n\nvar unparsedCertificates = []unparsedCertificate{\n".to_owned();
        let mut start = 0;
        for (der, more) in ders.iter().zip(["", more]) {
            let _ = write!(
                table,
                "\t{{\n\t\tcn:           \"CN=A: B, C\",\n\t\tsha256Hash:   \"{}\",\n\
                 \t\tcertStartOff: {start},\n\t\tcertLength:   {},\n{more}\t}},\n",
                hex(&Sha256::digest(der)),
                der.len()
            );
            start += der.len();
        }
        table.push_str("}\n");
        (table, ders.concat())
    }

    #[test]
    fn the_table_tells_the_certificates_apart() {
        let (table, bytes) = bundle("\t\tdistrustAfter: \"2025-04-15T23:59:59Z\",\n");
        let roots = roots(&table, &bytes).unwrap();
        assert_eq!(roots[0].name, "CN=A: B, C");
        let after: Vec<_> = roots.iter().map(|root| root.distrust_after).collect();
        assert_eq!(after, [None, Some(1_744_761_599)]);
        assert_eq!(roots[1].certificate.der(), der("300102030405Z", 2));
    }

    #[test]
    fn a_constraint_that_is_not_known_is_not_ignored() {
        let (table, bytes) = bundle("\t\tnameConstraint: \"fr\",\n");
        assert_eq!(roots(&table, &bytes), Err(BundleError::Line(15)));
        let (table, bytes) = bundle("\t\tdistrustAfter: \"soon\",\n");
        assert_eq!(roots(&table, &bytes), Err(BundleError::Line(15)));
    }

    #[test]
    fn other_bytes_than_those_of_the_table_are_refused() {
        let (table, bytes) = bundle("");
        let mut other = bytes.clone();
        *other.last_mut().unwrap() ^= 1;
        assert!(matches!(
            roots(&table, &other),
            Err(BundleError::Certificate(_))
        ));
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(roots(&table, &longer), Err(BundleError::Mismatch));
        assert!(roots(&table, &bytes[..20]).is_err());
        assert_eq!(roots("package bundle\n", &[]), Err(BundleError::Mismatch));
        let empty = "var unparsedCertificates = []unparsedCertificate{\n}\n";
        assert_eq!(roots(empty, &[]), Err(BundleError::Mismatch));
    }
}
