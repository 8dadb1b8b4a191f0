//! Position-independent programs: their pointers are written into them before they run, from a table that
//! may be as hostile as the rest.

use gobuildx::inspect::NoProgram;

use crate::ask;
use crate::program::{DATA, Parts, TABLES, TEXT, elf};

/// Where the table lies.
const RELOCATIONS: u64 = 0xc000_0000;
const R_X86_64_RELATIVE: u64 = 8;
/// Bytes of a relocation.
const SIZE: u64 = 24;

/// The words of `moduledata` that are pointers.
const POINTERS: [usize; 5] = [0, 1, 20, 22, 40];

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn relocation(place: u64, pointer: u64) -> Vec<u8> {
    words(&[place, R_X86_64_RELATIVE, pointer])
}

/// The small program, as many linkers write it: zeros where its pointers go.
pub(crate) struct Relocated {
    tables: Vec<u8>,
    data: Vec<u8>,
    relocations: Vec<u8>,
}

impl Relocated {
    pub(crate) fn new(parts: &Parts) -> Self {
        let (tables, mut data) = parts.tables_and_data();
        let mut relocations = Vec::new();
        for word in POINTERS {
            let there = data[8 * word..].first_chunk_mut().unwrap();
            let pointer = u64::from_le_bytes(std::mem::take(there));
            relocations.extend(relocation(DATA + 8 * word as u64, pointer));
        }
        Self {
            tables,
            data,
            relocations,
        }
    }

    /// The whole file; its header says how long the table is.
    fn file_with(&self, size: u64) -> Vec<u8> {
        // DT_RELA, DT_RELASZ and DT_RELAENT.
        let dynamic = words(&[7, RELOCATIONS, 8, size, 9, SIZE, 0, 0]);
        let mut file = elf(&[
            (5, TEXT, &Parts::default().code),
            (4, TABLES, &self.tables),
            (6, DATA, &self.data),
            (4, RELOCATIONS, &self.relocations),
            (6, RELOCATIONS << 1, &dynamic),
        ]);
        // ET_DYN and PT_DYNAMIC.
        file[16] = 3;
        file[64 + 4 * 56] = 2;
        file
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        self.file_with(self.relocations.len() as u64)
    }
}

#[test]
fn pointers_that_only_relocations_have_are_read() {
    let program = Relocated::new(&Parts::default());
    assert_eq!(ask(&program.file()), Ok(2));
}

#[test]
fn a_table_that_no_relocation_points_to_is_another_programs() {
    let program = Relocated {
        relocations: Vec::new(),
        ..Relocated::new(&Parts::default())
    };
    assert_eq!(ask(&program.file()), Err(NoProgram::NotFound));
}

#[test]
fn relocations_of_a_program_that_nobody_relocates_write_nothing() {
    let mut file = Relocated::new(&Parts::default()).file();
    // ET_EXEC, without a loader.
    file[16] = 2;
    let read = ask(&file);
    assert!(read.is_err(), "{read:?}");
}

#[test]
fn of_many_relocations_of_one_place_the_last_counts() {
    let mut program = Relocated::new(&Parts::default());
    let last = std::mem::take(&mut program.relocations);
    for pointer in 0..200_000 {
        program.relocations.extend(relocation(DATA, pointer));
    }
    program.relocations.extend(last);
    assert_eq!(ask(&program.file()), Ok(2));
}

#[test]
fn relocations_that_lead_nowhere_write_nothing() {
    let mut program = Relocated::new(&Parts::default());
    let end = DATA + program.data.len() as u64;
    for place in [0, end - 7, end - 1, end, end + 4, u64::MAX - 7, u64::MAX] {
        program.relocations.extend(relocation(place, u64::MAX));
    }
    assert_eq!(ask(&program.file()), Ok(2));
}

#[test]
fn relocations_of_places_that_are_no_multiples_of_anything_are_written() {
    let mut program = Relocated::new(&Parts {
        data: vec![0; 64],
        ..Parts::default()
    });
    let end = DATA + program.data.len() as u64;
    for place in end - 64..end - 7 {
        program.relocations.extend(relocation(place, u64::MAX));
    }
    assert_eq!(ask(&program.file()), Ok(2));
}

#[test]
fn a_table_of_relocations_ends_with_the_file() {
    let program = Relocated::new(&Parts::default());
    for size in [u64::MAX, u64::MAX - 23, 1 << 40] {
        assert_eq!(ask(&program.file_with(size)), Ok(2), "{size}");
    }
    for size in [0, 1, SIZE - 1] {
        let read = ask(&program.file_with(size));
        assert!(read.is_err(), "{size}: {read:?}");
    }
}

#[test]
fn relocations_of_the_same_bytes_in_many_places_take_bounded_memory() {
    // 1,000 segments of the same four megabytes, each with a relocation of its own.
    let count = 1_000_u16;
    let mut file = elf(&[]);
    file[16] = 3;
    file[56..58].copy_from_slice(&(count + 2).to_le_bytes());
    let start = (file.len() + 56 * usize::from(count + 2)) as u64;
    let length = 4_u64 << 20;
    let address = |number: u16| DATA + u64::from(number) * length;
    let mut segment = |of_type: u32, address: u64, offset: u64, length: u64| {
        file.extend([of_type, 6].map(u32::to_le_bytes).concat());
        file.extend(words(&[offset, address, address, length, length, 1]));
    };
    for number in 0..count {
        segment(1, address(number), start, length);
    }
    let size = u64::from(count) * SIZE;
    segment(1, TEXT, start + length, size);
    segment(2, TABLES, start + length + size, 64);
    file.resize(file.len() + (4 << 20), 0);
    for number in 0..count {
        file.extend(relocation(address(number), 1));
    }
    file.extend(words(&[7, TEXT, 8, size, 9, SIZE, 0, 0]));
    assert_eq!(ask(&file), Err(NoProgram::TooMuch));
}

#[test]
fn a_relocated_file_with_any_byte_of_what_leads_to_pointers_changed_is_refused_or_read() {
    let program = Relocated::new(&Parts::default());
    let file = program.file();
    let headers = 64 + 5 * 56;
    // The relocations and the dynamic section come last.
    let tables = file.len() - program.relocations.len() - 64..file.len();
    for place in (0..headers).chain(tables) {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            let mut file = file.clone();
            file[place] = byte;
            let _ = ask(&file);
        }
    }
}
