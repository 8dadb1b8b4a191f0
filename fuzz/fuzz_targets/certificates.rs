//! Certificates that are compiled in: DER, and files of PEM.

#![no_main]

use gobuildx::embed::{Certificate, certificates};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Certificate::parse(bytes);
    if let Ok(found) = certificates(bytes) {
        assert!(!found.is_empty());
        for certificate in found {
            assert_eq!(Certificate::parse(certificate.der()), Some(certificate));
        }
    }
});
