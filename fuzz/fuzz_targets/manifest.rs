//! No text makes the manifest reader or its messages panic.

#![no_main]

use std::path::Path;

use gobuildx::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(rejected) = manifest::parse(Some(Path::new("targets.toml")), text) {
        assert!(!rejected.diagnostics.is_empty());
        for fault in &rejected.diagnostics {
            assert!(rejected.source.text.get(fault.span.clone()).is_some());
        }
        let _ = rejected.render(true);
    }
});
