//! What targets for files have in common.

use gobuildx::inspect::{Format, NoProgram, Program, inspect};
use gobuildx::report::{Explanations, Extent, Human, Inspection};
use gobuildx::verify::{Evidence, Policy, verify};
use libfuzzer_sys::{Corpus, fuzzer_mutate};

/// A file of this format is read or refused; what was read can be judged, and written as JSON and for
/// people. Its functions aren't read, which takes long. Other formats have targets of their own.
pub fn headers(format: Format, bytes: &[u8]) -> Corpus {
    if Format::of(bytes) != format {
        return Corpus::Reject;
    }
    judge(bytes, Err(&NoProgram::NotFound));
    Corpus::Keep
}

/// The same of any file, with what was read of its functions.
pub fn judge(bytes: &[u8], program: Result<&Program<'_>, &NoProgram>) {
    let Ok(facts) = inspect(bytes) else {
        return;
    };
    let evidence = Evidence {
        bytes,
        facts: &facts,
        program,
        expectation: None,
        source_dirs: &[],
    };
    let verification = verify(&evidence, &Policy::default());
    let c_origin = evidence.c_origin();
    let _ = serde_json::to_string(&facts);
    let inspection = Inspection {
        path: "file".to_owned(),
        size: bytes.len() as u64,
        facts,
        policy: None,
        verification,
        c_origin,
    };
    let human = Human {
        extent: Extent::All,
        explanations: Explanations::Shown,
        width: Some(80),
    };
    let _ = human.text(&inspection);
}

/// How far most headers reach.
const HEADERS: usize = 4096;

/// Changes a file where its headers are, three times of four: most changes elsewhere fall on code, which
/// nothing here reads.
pub fn change_headers(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    if size <= HEADERS || seed.is_multiple_of(4) {
        return fuzzer_mutate(data, size, max_size);
    }
    fuzzer_mutate(data, HEADERS, HEADERS);
    size
}
