//! An archive in any state, after a byte that says of which kind: it is refused, or its files lie below the
//! folder.

#![no_main]

use std::fs;

use gobuildx::archive::{Format, Limits, unpack};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    files: 20,
};

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, archive)) = bytes.split_first() else {
        return;
    };
    let Some(format) = Format::ALL.get(usize::from(*kind)) else {
        return;
    };
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("archive");
    fs::write(&path, archive).expect("a file");
    let into = folder.path().join("into");
    fs::create_dir(&into).expect("a folder");
    for member in unpack(*format, &path, &into, LIMITS).into_iter().flatten() {
        let real = fs::canonicalize(&member.from).expect("a file");
        assert!(real.starts_with(fs::canonicalize(&into).expect("a folder")));
    }
});
