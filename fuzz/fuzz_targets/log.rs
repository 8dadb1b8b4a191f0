//! Logs, and messages that are looked up: of any bytes, something or nothing is recognised.

#![no_main]

use gobuildx::explain::{causes, read_log};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let log = read_log(bytes, 1 << 20).expect("bytes can be read");
    for sighting in log.sightings {
        assert!(!sighting.causes.is_empty() && sighting.times > 0);
    }
    let _ = causes(&String::from_utf8_lossy(bytes));
});
