//! Any bytes are read or refused; what was read can be judged and written as JSON.

#![no_main]

use gobuildx::inspect::inspect;
use gobuildx::verify::{Evidence, Policy, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(facts) = inspect(bytes) {
        let evidence = Evidence {
            bytes,
            facts: &facts,
            expectation: None,
            source_dirs: &[],
        };
        let _ = verify(&evidence, &Policy::default());
        let _ = serde_json::to_string(&facts);
    }
});
