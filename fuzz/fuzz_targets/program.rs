//! Any bytes are a program or none: functions, inlined calls, callers, arguments and chains are
//! read without a panic, and agree with each other; the rules can ask about them.

#![no_main]

use gobuildx::inspect::{Format, Loaded, Program, Search, Word};
use gobuildx_fuzz::judge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let loaded = Loaded::of(Format::of(bytes), bytes);
    let program = Program::find(&loaded);
    judge(bytes, program.as_ref());
    let Ok(program) = program else {
        return;
    };
    for (function, name) in program.functions().take(64) {
        assert!(program.has_name(name));
        assert!(program.named(name).contains(&function));
        let _ = (program.file(function), program.address(function));
        for (caller, at) in program.callers(function).take(16) {
            for name in program.frames(caller, at) {
                assert!(program.has_name(name));
            }
            for word in 0..4 {
                let _ = program.argument(caller, at, Word(word));
                let _ = program.number(caller, at, Word(word));
            }
        }
        for holder in program.inlined_into(name).into_iter().take(16) {
            let _ = program.name(holder);
        }
        let chain = program.chain(&[function], |name| {
            if name == "main.main" {
                Search::Ends
            } else {
                Search::GoesOn
            }
        });
        assert!(chain.is_none_or(|chain| chain.last() == Some(&function)));
    }
});
