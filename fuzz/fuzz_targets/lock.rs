//! Lock files: any text pins certificates or is refused.

#![no_main]

use gobuildx::embed::Lock;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Lock::parse(text);
});
