//! A module that go refuses, since its checksum is another one than it should be.

use std::fmt;

/// What go says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The path of the module.
    pub module: String,
    /// Its version.
    pub version: String,
    /// Whether it is about the module's go.mod alone.
    pub is_of_module_file: bool,
    /// The checksum of what was fetched.
    pub fetched: String,
    /// Who says that it should be another: `go.sum`, or a checksum database.
    pub by: String,
    /// Which.
    pub expected: String,
}

impl Mismatch {
    /// Reads what go writes to stderr.
    ///
    /// Source: `checkModSum` and `checkSumDB` in Go's `cmd/go/internal/modfetch/fetch.go`.
    #[must_use]
    pub fn read(said: &str) -> Option<Self> {
        let mut lines = said.lines().map(str::trim);
        let refused = lines.by_ref().find_map(|line| {
            let (before, _) = line.split_once(": checksum mismatch")?;
            let (_, refused) = before.rsplit_once("verifying ")?;
            Some(refused)
        })?;
        let (module, version) = refused.split_once('@')?;
        let version_alone = version.strip_suffix("/go.mod");
        let mut sum = || {
            let line = lines.find(|line| !line.is_empty())?;
            let (by, sum) = line.split_once(':')?;
            Some((by.to_owned(), sum.trim().to_owned()))
        };
        let (_, fetched) = sum()?;
        let (by, expected) = sum()?;
        Some(Self {
            module: module.to_owned(),
            version: version_alone.unwrap_or(version).to_owned(),
            is_of_module_file: version_alone.is_some(),
            fetched,
            by,
            expected,
        })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.module, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "go: downloading golang.org/x/text v0.3.7\n\
        verifying golang.org/x/text@v0.3.7/go.mod: checksum mismatch\n\
        \tdownloaded: h1:u+2+/6zg+i71rQMx5EYifcz6MCKuco9NR6JIITiCfzQ=\n\
        \tgo.sum:     h1:AAAA/6zg+i71rQMx5EYifcz6MCKuco9NR6JIITiCfzQ=\n\n\
        SECURITY ERROR\n";

    #[test]
    fn what_go_refuses_is_read_with_both_checksums() {
        let mismatch = Mismatch::read(SAID).unwrap();
        assert_eq!(mismatch.to_string(), "golang.org/x/text@v0.3.7");
        assert!(mismatch.is_of_module_file);
        assert_eq!(mismatch.by, "go.sum");
        assert!(mismatch.fetched.starts_with("h1:u+2+"));
        assert!(mismatch.expected.starts_with("h1:AAAA"));
        let of_module = SAID.replace("/go.mod", "");
        assert!(!Mismatch::read(&of_module).unwrap().is_of_module_file);
        let indented = format!("it exited with 1\n  {}", SAID.replace('\n', "\n  "));
        assert_eq!(Mismatch::read(&indented), Some(mismatch));
    }

    #[test]
    fn other_failures_are_none() {
        assert_eq!(Mismatch::read("go: updates to go.mod needed\n"), None);
        assert_eq!(Mismatch::read("verifying x: checksum mismatch\n"), None);
        let cut = SAID.lines().take(3).collect::<Vec<_>>().join("\n");
        assert_eq!(Mismatch::read(&cut), None);
    }
}
