//! `checksums.txt`: what `sha256sum -c --strict` accepts in the output folder.

use super::ArtifactRecord;

/// A file and its digest.
pub(super) type Sum<'a> = (&'a str, &'a str);

/// The files of artifacts.
pub(super) fn sums(records: &[ArtifactRecord]) -> impl Iterator<Item = Sum<'_>> {
    records.iter().flat_map(|record| {
        let header = record.header.as_ref();
        let header = header.map(|header| (header.path.as_str(), header.sha256.as_str()));
        std::iter::once((record.path.as_str(), record.sha256.as_str())).chain(header)
    })
}

/// A line a file: digest, two spaces, path; sorted by path.
#[must_use]
pub(super) fn checksums<'a>(sums: impl IntoIterator<Item = Sum<'a>>) -> String {
    let mut lines: Vec<Sum<'_>> = sums.into_iter().collect();
    lines.sort_unstable();
    let lines: Vec<String> = lines
        .iter()
        .map(|(path, sha256)| format!("{sha256}  {path}\n"))
        .collect();
    lines.concat()
}
