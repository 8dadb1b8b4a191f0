//! Files that no record names: which of them somebody could deliver with the artifacts.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use crate::inspect::Format;

/// How a Debian package begins, which is an archive as a static library is (deb(5)).
const DEBIAN_PACKAGE: &[u8] = b"!<arch>\ndebian-binary";

/// What a file is that no record names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stray {
    /// A program or a library, or a link, which leads to whatever it likes.
    Deliverable,
    /// A text, a package, a signature: something that hooks or people put beside them.
    Other,
}

/// Looks at the first bytes of a file. Modes don't count: a download loses them.
pub(super) fn stray(path: &Path) -> Stray {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Stray::Deliverable,
        // What is no file keeps its reader waiting.
        Ok(metadata) if metadata.is_file() => of_bytes(&first_bytes(path)),
        Ok(_) | Err(_) => Stray::Other,
    }
}

fn first_bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        // What can't be read is told of by its name.
        let _ = file.take(64).read_to_end(&mut bytes);
    }
    bytes
}

fn of_bytes(bytes: &[u8]) -> Stray {
    match Format::of(bytes) {
        Format::Unknown => Stray::Other,
        Format::Archive if bytes.starts_with(DEBIAN_PACKAGE) => Stray::Other,
        _ => Stray::Deliverable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_libraries_of_every_system_can_be_delivered() {
        for bytes in [
            &b"\x7fELF\x02"[..],
            b"MZ\x90",
            b"\xcf\xfa\xed\xfe",
            b"\0asm",
            b"!<arch>\n/ 0",
        ] {
            assert_eq!(of_bytes(bytes), Stray::Deliverable, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_put_beside_them_is_only_told() {
        for bytes in [
            &b""[..],
            b"#!/bin/sh\n",
            b"PK\x03\x04",
            b"\x1f\x8b",
            b"!<arch>\ndebian-binary   1",
        ] {
            assert_eq!(of_bytes(bytes), Stray::Other, "{bytes:?}");
        }
    }
}
