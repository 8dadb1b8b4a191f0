//! Mozilla's certificates as the Go team's module has them: a table, and after a NUL the certificates
//! that it tells of.

#![no_main]

use gobuildx::embed::mozilla_roots;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let table = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let certificates = parts.next().unwrap_or_default();
    if let Ok(roots) = mozilla_roots(&table, certificates) {
        let ders: Vec<_> = roots.iter().map(|root| root.certificate.der()).collect();
        assert_eq!(ders.concat(), certificates);
    }
});
