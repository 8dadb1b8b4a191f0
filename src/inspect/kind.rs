//! The container format, by its first bytes, and what kind of program it holds.

use std::fmt;

/// The container format of an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// ELF: System V gABI, chapter 4.
    Elf,
    /// PE: Microsoft's PE/COFF specification.
    Pe,
    /// Mach-O: `mach-o/loader.h`, and `mach-o/fat.h` for several in one file.
    Macho,
    /// WebAssembly: core specification, section 5.5.
    Wasm,
    /// XCOFF: AIX.
    Xcoff,
    /// Plan 9: a.out(6).
    Plan9,
    /// An archive of object files: ar(5), and the form that AIX has of it.
    Archive,
    /// None of these.
    Unknown,
}

impl Format {
    /// The format that the first bytes announce.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x7f, b'E', b'L', b'F', ..] => Self::Elf,
            [b'M', b'Z', ..] => Self::Pe,
            // Compiled Java has the magic of a universal Mach-O file, and then its version, which
            // begins at 45 where Mach-O has the number of programs.
            [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 45..=u8::MAX, ..] => Self::Unknown,
            [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
            | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
            | [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..] => Self::Macho,
            [0, b'a', b's', b'm', ..] => Self::Wasm,
            [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..]
            | [b'<', b'b', b'i', b'g', b'a', b'f', b'>', b'\n', ..] => Self::Archive,
            [0x01, 0xdf | 0xf7, ..] => Self::Xcoff,
            // a.out(6): the magics of 386, amd64 (with the 64-bit flag) and arm.
            [0, 0, 0x01, 0xeb, ..] | [0, 0, 0x8a, 0x97, ..] | [0, 0, 0x06, 0x47, ..] => Self::Plan9,
            _ => Self::Unknown,
        }
    }

    /// The name as it stands in machine-readable output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::Pe => "pe",
            Self::Macho => "macho",
            Self::Wasm => "wasm",
            Self::Xcoff => "xcoff",
            Self::Plan9 => "plan9",
            Self::Archive => "archive",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What kind of program a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A program for one fixed address.
    Executable,
    /// A program for any address.
    Pie,
    /// A library that another program loads.
    Library,
    /// Several programs for several architectures in one file.
    Universal,
    /// Object files that another program is linked with.
    Archive,
    /// Modules of WebAssembly, with what they are to each other and to their host.
    Component,
    /// What debuggers want to know of a program, which is somewhere else.
    DebugInfo,
    /// An object file, a core, or not known.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_in_json_is_the_name_in_text() {
        for format in [
            Format::Elf,
            Format::Macho,
            Format::Plan9,
            Format::Archive,
            Format::Unknown,
        ] {
            let json = serde_json::to_string(&format).unwrap();
            assert_eq!(json, format!("\"{format}\""));
        }
    }

    #[test]
    fn a_magic_alone_tells_the_format() {
        assert_eq!(Format::of(b"\x7fELF"), Format::Elf);
        assert_eq!(Format::of(b"\xca\xfe\xba\xbe"), Format::Macho);
        assert_eq!(Format::of(b"\x7fEL"), Format::Unknown);
    }

    #[test]
    fn compiled_java_is_no_universal_program() {
        assert_eq!(Format::of(b"\xca\xfe\xba\xbe\0\0\0\x34"), Format::Unknown);
        assert_eq!(Format::of(b"\xca\xfe\xba\xbe\0\0\0\x02"), Format::Macho);
    }
}
