//! Files that were made to be slow to read, or to take much memory: each is refused or answered in
//! bounded time.
#![expect(clippy::disallowed_types, reason = "tests run the real tools")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests panic when something is not as it should be"
)]

mod cut;
// It sets a limit as Linux has it.
#[cfg(target_os = "linux")]
mod many;
mod program;
mod relocated;

use std::path::Path;
use std::time::{Duration, Instant};

use gobuildx::inspect::{Argument, Format, Loaded, NoProgram, Program, Search, Word, inspect};
use program::{DATA, Function, Parts, TABLES, TEXT, call, elf};
use relocated::Relocated;
use snapbox::data::DataFormat;

/// What is promised; without optimisation much more than any of them takes.
const LONG: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 1 });

/// Asks everything that rules ask.
fn ask(bytes: &[u8]) -> Result<usize, NoProgram> {
    let begin = Instant::now();
    let _ = inspect(bytes);
    let loaded = Loaded::of(Format::of(bytes), bytes);
    let program = Program::find(&loaded);
    let asked = program.map(|program| {
        for (function, name) in program.functions().take(100) {
            let _ = (program.named(name), program.inlined_into(name));
            let _ = (program.file(function), program.address(function));
            for (caller, at) in program.callers(function).take(100_000) {
                let _ = program.frames(caller, at);
                let _ = program.argument(caller, at, Word(0));
            }
            let _ = program.chain(&[function], |_| Search::GoesOn);
        }
        program.functions().count()
    });
    let took = begin.elapsed();
    assert!(took < LONG, "{took:?}");
    asked
}

#[test]
fn the_program_that_the_hostile_ones_are_made_from_is_read() {
    let file = Parts::default().file();
    let loaded = Loaded::of(Format::Elf, &file);
    let program = Program::find(&loaded).unwrap();
    let names: Vec<_> = program.functions().map(|(_, name)| name).collect();
    assert_eq!(names, ["runtime.main", "main.report"]);
    let report = program.named("main.report");
    let main = program.named("runtime.main");
    assert!(program.has_name("os.Open") && program.named("os.Open").is_empty());
    assert_eq!(
        program.inlined_into("os.Open"),
        [main.clone(), report.clone()].concat()
    );
    assert_eq!(
        program.callers(report[0]).collect::<Vec<_>>(),
        [(main[0], 0)]
    );
    assert_eq!(program.frames(main[0], 0), ["os.Open"]);
    assert!(program.frames(main[0], 8).is_empty());
    assert_eq!(program.argument(main[0], 0, Word(9)), Argument::Unknown);
}

#[test]
fn the_seeds_of_the_fuzzer_are_this_program_at_one_address_and_at_any() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/program");
    let parts = Parts::default();
    for (name, file) in [
        ("elf", parts.file()),
        ("elf-relocated", Relocated::new(&parts).file()),
    ] {
        // `SNAPSHOTS=overwrite` writes it anew.
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(
            file,
            snapbox::Data::read_from(&folder.join(name), Some(DataFormat::Binary)),
        );
    }
}

/// So many functions, one byte each, all of one name.
fn many(count: u32) -> Parts {
    Parts {
        code: vec![0x90; count as usize],
        functions: (0..count)
            .map(|start| Function { start, name: 1 })
            .collect(),
        end: count,
        ..Parts::default()
    }
}

#[test]
fn inlined_calls_that_all_functions_share_are_too_much() {
    // The last of 65,536 calls is at the start of each of 20,000 functions.
    let calls = call(1, 0).repeat(1 << 16);
    let parts = Parts {
        positions: vec![0x80, 0x80, 0x08, 1, 0],
        calls,
        ..many(20_000)
    };
    assert_eq!(ask(&parts.file()), Err(NoProgram::TooMuch));
}

#[test]
fn values_that_all_functions_share_are_too_much() {
    let parts = Parts {
        positions: [2, 1].repeat(1 << 20),
        ..many(20_000)
    };
    assert_eq!(ask(&parts.file()), Err(NoProgram::TooMuch));
}

#[test]
fn names_that_all_end_at_the_same_place_are_too_much() {
    let mut parts = many(100_000);
    parts.names = [vec![0], vec![b'a'; 120_000], vec![0]].concat();
    for (name, function) in (1..).zip(&mut parts.functions) {
        function.name = name;
    }
    assert_eq!(ask(&parts.file()), Err(NoProgram::TooMuch));
}

#[test]
fn code_that_is_nothing_but_calls_is_too_much() {
    // Each calls the next one.
    let code = [0xe8, 0, 0, 0, 0].repeat(400_000);
    let functions = (0..400_000).map(|place| Function {
        start: 5 * place,
        name: 1,
    });
    let parts = Parts {
        functions: functions.collect(),
        end: 2_000_000,
        code,
        ..Parts::default()
    };
    assert_eq!(ask(&parts.file()), Err(NoProgram::TooMuch));
}

#[test]
fn functions_that_overlap_or_have_no_order_are_no_table() {
    let mut parts = many(10_000);
    parts.functions[5].start = 4_000_000_000;
    assert_eq!(ask(&parts.file()), Err(NoProgram::NotFound));
    let mut parts = many(10_000);
    parts.functions.reverse();
    assert_eq!(ask(&parts.file()), Err(NoProgram::NotFound));
}

#[test]
fn more_functions_than_the_code_holds_have_no_callers() {
    let parts = Parts {
        end: u32::MAX,
        functions: (0..200_000)
            .map(|place| Function {
                start: 20_000 * place,
                name: 1,
            })
            .collect(),
        ..Parts::default()
    };
    assert_eq!(ask(&parts.file()), Ok(200_000));
}

#[test]
fn pointers_to_the_table_without_end_are_bounded() {
    let parts = Parts {
        data: TABLES.to_le_bytes().repeat(1 << 20),
        ..Parts::default()
    };
    assert_eq!(ask(&parts.file()), Ok(2));
}

#[test]
fn notes_with_long_names_that_are_there_again_and_again_are_bounded() {
    // 1,000 segments of notes, all the same one: four megabytes of zeros are its name.
    let count = 1_000_u16;
    let mut file = elf(&[]);
    file[56..58].copy_from_slice(&count.to_le_bytes());
    let offset = (file.len() + 56 * usize::from(count)) as u64;
    let length = 4_u32 << 20;
    let size = u64::from(length) + 12;
    for _ in 0..count {
        file.extend([4, 0, 0, 0, 4, 0, 0, 0]);
        for word in [offset, 0, 0, size, size, 4] {
            file.extend(word.to_le_bytes());
        }
    }
    file.extend([length, 0, 1].map(u32::to_le_bytes).concat());
    file.resize(file.len() + length as usize, 0);
    assert_eq!(ask(&file), Err(NoProgram::NotFound));
}

#[test]
fn starts_of_tables_without_end_are_bounded() {
    let start = [
        0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8, 0xff, 0xff, 1, 0, 0, 0, 0, 0,
    ];
    let parts = Parts {
        before: start.repeat(1 << 19),
        ..Parts::default()
    };
    assert_eq!(ask(&parts.file()), Err(NoProgram::NotFound));
}

#[test]
#[ignore = "a minute without optimisation: make proofs"]
fn a_long_function_with_many_calls_is_not_followed_again_and_again() {
    // LEA that leads nowhere and CALL of the second function, in turn.
    let length = 1_000_000_u32;
    let mut code = vec![0x90; length as usize + 64];
    for place in (0..length - 32).step_by(32) {
        let distance = length - place - 5;
        code[place as usize] = 0xe8;
        code[place as usize + 1..place as usize + 5].copy_from_slice(&distance.to_le_bytes());
    }
    let parts = Parts {
        functions: vec![
            Function { start: 0, name: 1 },
            Function {
                start: length,
                name: 14,
            },
        ],
        end: length + 64,
        code,
        ..Parts::default()
    };
    assert_eq!(ask(&parts.file()), Ok(2));
}

#[test]
fn segments_may_overlap_and_lie_at_the_end_of_the_addresses() {
    let parts = Parts::default();
    let rest = vec![0; 64];
    for address in [TEXT, TABLES, DATA, u64::MAX - 63, u64::MAX] {
        let file = elf(&[(5, TEXT, &parts.code), (6, address, &rest)]);
        assert_eq!(ask(&file), Err(NoProgram::NotFound));
    }
    // Where build information of the older form would lead behind the last address.
    let mut header = b"\xff Go buildinf:\x08\0".to_vec();
    header.resize(24, 0);
    let file = elf(&[(5, TEXT, &parts.code), (6, u64::MAX - 31, &header)]);
    assert_eq!(ask(&file), Err(NoProgram::Hidden));
}

#[test]
fn a_file_that_ends_anywhere_is_refused_or_read() {
    let file = Parts::default().file();
    for length in 0..file.len() {
        let _ = ask(&file[..length]);
    }
}

#[test]
fn a_file_with_any_byte_changed_is_refused_or_read() {
    let file = Parts::default().file();
    for place in 0..file.len() {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            let mut file = file.clone();
            file[place] = byte;
            let _ = ask(&file);
        }
    }
}
