//! `checksums.txt`: what `sha256sum -c --strict` accepts in the output folder.

use super::ArtifactRecord;

/// A line an artifact: digest, two spaces, path; sorted by path.
#[must_use]
pub fn checksums(records: &[ArtifactRecord]) -> String {
    let mut lines: Vec<(&str, &str)> = records
        .iter()
        .map(|record| (record.path.as_str(), record.sha256.as_str()))
        .collect();
    lines.sort_unstable();
    let lines: Vec<String> = lines
        .iter()
        .map(|(path, sha256)| format!("{sha256}  {path}\n"))
        .collect();
    lines.concat()
}
