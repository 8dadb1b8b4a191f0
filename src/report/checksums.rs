//! `checksums.txt`: what `sha256sum -c --strict` accepts in the output folder.

use super::ArtifactRecord;

/// A line a file: digest, two spaces, path; sorted by path.
#[must_use]
pub fn checksums(records: &[ArtifactRecord]) -> String {
    let mut lines: Vec<(&str, &str)> = records
        .iter()
        .flat_map(|record| {
            let header = record.header.as_ref();
            let header = header.map(|header| (header.path.as_str(), header.sha256.as_str()));
            std::iter::once((record.path.as_str(), record.sha256.as_str())).chain(header)
        })
        .collect();
    lines.sort_unstable();
    let lines: Vec<String> = lines
        .iter()
        .map(|(path, sha256)| format!("{sha256}  {path}\n"))
        .collect();
    lines.concat()
}
