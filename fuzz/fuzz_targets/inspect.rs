//! Any bytes are read or refused; what was read can be judged, and written as JSON and for people.

#![no_main]

use gobuildx::inspect::{Program, inspect};
use gobuildx::report::{Explanations, Extent, Human, Inspection};
use gobuildx::verify::{Evidence, Policy, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(facts) = inspect(bytes) {
        let program = Program::find(facts.format, bytes);
        let evidence = Evidence {
            bytes,
            facts: &facts,
            program: program.as_ref(),
            expectation: None,
            source_dirs: &[],
        };
        let verification = verify(&evidence, &Policy::default());
        let _ = serde_json::to_string(&facts);
        let inspection = Inspection {
            path: "file".to_owned(),
            size: bytes.len() as u64,
            facts,
            policy: None,
            verification,
        };
        let human = Human {
            extent: Extent::All,
            explanations: Explanations::Shown,
            width: Some(80),
        };
        let _ = human.text(&inspection);
    }
});
