//! The options of upx that a manifest may give.

use std::fmt;

use serde::Serialize;

/// Options that say how to compress, and nothing else.
///
/// Source: `upx --help` and the manual of UPX 4.2.
const KNOWN: &[&str] = &[
    "-1",
    "-2",
    "-3",
    "-4",
    "-5",
    "-6",
    "-7",
    "-8",
    "-9",
    "--best",
    "--brute",
    "--ultra-brute",
    "--lzma",
    "--no-lzma",
    "--nrv2b",
    "--nrv2d",
    "--nrv2e",
    "--all-filters",
    "--all-methods",
    "--no-filter",
    "--exact",
    "--compress-exports=1",
    "--compress-icons=0",
    "--compress-icons=1",
    "--compress-icons=2",
    "--compress-icons=3",
    "--compress-resources=0",
    "--compress-resources=1",
    "--strip-relocs=0",
    "--strip-relocs=1",
    "--preserve-build-id",
];

/// Options that make upx do something else than packing, and what to write instead.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["-o", "--output"],
        "where files lie is up to gobuildx: remove it",
    ),
    (
        &[
            "-d",
            "--decompress",
            "--uncompress",
            "-t",
            "--test",
            "-l",
            "--list",
        ],
        "gobuildx only packs, and tests what it packed: remove it",
    ),
    (
        &["-k", "--backup"],
        "the unpacked file is not part of the output: remove it",
    ),
    (
        &["-f", "--force", "--force-compress"],
        "what upx itself thinks better of is not packed: leave that target out of `match`",
    ),
    (
        &["--compress-exports"],
        "programs for Windows are packed with their exports, as by `--compress-exports=1`: remove it",
    ),
    (
        &["--force-macos"],
        "macOS 13 and newer kill packed programs: remove it",
    ),
    (
        &[
            "--force-execve",
            "--unmap-all-pages",
            "--force-overwrite",
            "--link",
        ],
        "it makes files that run in fewer places, or overwrites others: remove it",
    ),
];

/// An option of upx that only says how to compress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct UpxOption(&'static str);

/// Why a text is no option that a manifest may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionFault {
    /// It doesn't start with `-`: upx would take it for a file.
    NoOption,
    /// upx has it, and it is not for compressing; with what to do instead.
    Refused(&'static str),
    /// It isn't among those that are known to do no harm.
    Unknown,
}

impl UpxOption {
    /// Checks an option.
    ///
    /// # Errors
    /// When it is not among the known ones.
    pub fn new(text: &str) -> Result<Self, OptionFault> {
        if let Some(known) = KNOWN.iter().find(|known| **known == text) {
            return Ok(Self(known));
        }
        if !text.starts_with('-') {
            return Err(OptionFault::NoOption);
        }
        let name = text.split('=').next().unwrap_or_default();
        let refused = REFUSED.iter().find(|(names, _)| {
            // A short option may have its value behind it: `-oFILE`.
            let short = |name: &str| name.len() == 2 && !text.starts_with("--");
            names
                .iter()
                .any(|known| *known == name || (short(known) && text.starts_with(known)))
        });
        Err(refused.map_or(OptionFault::Unknown, |(_, instead)| {
            OptionFault::Refused(instead)
        }))
    }

    /// The options that gobuildx gives when the manifest says nothing.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        vec![Self("--best"), Self("--lzma")]
    }

    /// Compresses the export section of programs for Windows too.
    #[must_use]
    pub fn compress_exports() -> Self {
        Self("--compress-exports=1")
    }

    /// Whether it sets how the export section is treated.
    #[must_use]
    pub fn is_about_exports(&self) -> bool {
        self.0.starts_with("--compress-exports=")
    }

    /// All options that there are.
    pub fn known() -> impl Iterator<Item = &'static str> + Clone {
        KNOWN.iter().copied()
    }

    /// The option as it is written.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.0
    }
}

impl fmt::Display for UpxOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_compress_are_taken() {
        for option in ["-9", "--best", "--lzma", "--compress-icons=0"] {
            assert_eq!(UpxOption::new(option).unwrap().as_str(), option);
        }
    }

    #[test]
    fn options_that_do_something_else_are_refused_with_advice() {
        for option in [
            "-o",
            "-oFILE",
            "-o=FILE",
            "-d",
            "-k",
            "--backup",
            "--force-macos",
            "--compress-exports=0",
        ] {
            let fault = UpxOption::new(option).unwrap_err();
            assert!(
                matches!(fault, OptionFault::Refused(_)),
                "{option}: {fault:?}"
            );
        }
        assert_eq!(UpxOption::new("--overlay=strip"), Err(OptionFault::Unknown));
        assert_eq!(UpxOption::new("-19"), Err(OptionFault::Unknown));
        assert_eq!(UpxOption::new("best"), Err(OptionFault::NoOption));
        assert_eq!(UpxOption::new(""), Err(OptionFault::NoOption));
    }

    #[test]
    fn the_defaults_are_options_that_a_manifest_may_give() {
        let mut given = UpxOption::defaults();
        given.push(UpxOption::compress_exports());
        for option in given {
            assert_eq!(UpxOption::new(option.as_str()), Ok(option));
        }
    }
}
