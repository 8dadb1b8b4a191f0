//! Files that no record names: which of them somebody could deliver with the artifacts.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::mode::{self, Mode};
use crate::inspect::Format;

/// How a Debian package begins, which is an archive as a static library is (deb(5)).
const DEBIAN_PACKAGE: &[u8] = b"!<arch>\ndebian-binary";

/// What a file is that no record names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stray {
    /// A program, a script that may be started, a library, or a link, which leads to whatever it likes.
    Deliverable,
    /// A text, a package, a signature: something that hooks or people put beside them.
    Other,
}

/// How a script begins that the kernel can start (execve(2)).
const SCRIPT: &[u8] = b"#!";

/// Looks at the first bytes of a file. The mode of a program doesn't count: a download loses it. A script
/// that nobody may start is a text.
pub(super) fn stray(path: &Path) -> Stray {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Stray::Deliverable,
        // What is no file keeps its reader waiting.
        Ok(metadata) if metadata.is_file() => match first_bytes(path) {
            bytes if bytes.starts_with(SCRIPT) && may_be_started(path) => Stray::Deliverable,
            bytes => of_bytes(&bytes),
        },
        Ok(_) | Err(_) => Stray::Other,
    }
}

fn may_be_started(path: &Path) -> bool {
    mode::of(path).is_some_and(Mode::may_be_started)
}

fn first_bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        // What can't be read is told of by its name.
        let _ = file.take(64).read_to_end(&mut bytes);
    }
    bytes
}

pub(super) fn of_bytes(bytes: &[u8]) -> Stray {
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

    #[cfg(unix)]
    #[test]
    fn a_script_can_be_delivered_if_it_may_be_started() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("install");
        fs::write(&path, "#!/bin/sh\n").unwrap();
        for (mode, found) in [(0o644, Stray::Other), (0o755, Stray::Deliverable)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(stray(&path), found, "{mode:o}");
        }
        fs::write(&path, "a text\n").unwrap();
        assert_eq!(stray(&path), Stray::Other, "no kernel starts it");
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
