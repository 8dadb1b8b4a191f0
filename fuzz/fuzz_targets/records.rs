//! An output folder with any records in it: `artifacts.json`, `checksums.txt` and `report.json`, with a
//! NUL between them.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use gobuildx::delivery::open;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|bytes: &[u8]| {
    let folder = FOLDER.path();
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    for name in ["artifacts.json", "checksums.txt", "report.json"] {
        let text = parts.next().unwrap_or_default();
        fs::write(folder.join(name), text).expect("a file");
    }
    if let Ok(delivery) = open(folder) {
        for artifact in &delivery.records.artifacts {
            let _ = (delivery.fault_of(artifact), artifact.policy());
        }
    }
});
