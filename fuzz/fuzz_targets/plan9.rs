//! Plan 9 files: build information anywhere in them.

#![no_main]

use gobuildx::inspect::Format;
use gobuildx_fuzz::{change_headers, headers};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> libfuzzer_sys::Corpus { headers(Format::Plan9, bytes) });

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    change_headers(data, size, max_size, seed)
});
