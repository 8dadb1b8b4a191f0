//! What stands behind the magic of Go's build information, in the simplest format that has it.

#![no_main]

use gobuildx::inspect::Format;
use gobuildx_fuzz::headers;
use libfuzzer_sys::fuzz_target;

/// A Plan 9 file, up to where build information may lie.
const FILE: &[u8; 32] = b"\0\0\x8a\x97\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
const MAGIC: &[u8] = b"\xff Go buildinf:";

fuzz_target!(|bytes: &[u8]| -> libfuzzer_sys::Corpus {
    headers(Format::Plan9, &[FILE, MAGIC, bytes].concat())
});
