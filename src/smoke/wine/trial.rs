//! The smallest program for Windows that asks for what every Go program asks for at its start: random numbers of
//! `bcryptprimitives.dll`. It exits with a number of its own if it gets some, so that a wine which runs nothing is told.
//!
//! Source: `src/runtime/os_windows.go` of Go 1.22 and newer, `loadOptionalSyscalls`; the format is Microsoft's
//! "PE Format".

/// Of the one section, in memory and in the file.
const ADDRESS: u32 = 0x1000;
const OFFSET: usize = 0x200;

/// Where things lie in it.
const IMPORTS: usize = 0x40;
const RANDOM: usize = 0x80;
const EXIT: usize = 0x90;
const RANDOM_NAME: usize = 0xA0;
const EXIT_NAME: usize = 0xB0;
const RANDOM_DLL: usize = 0xC0;
const EXIT_DLL: usize = 0xE0;

/// The bytes of the program, for amd64.
pub(super) fn program() -> Vec<u8> {
    let mut file = Vec::new();
    headers(&mut file);
    put(&mut file, OFFSET, &[]);
    code(&mut file);
    put(&mut file, OFFSET + IMPORTS, &[]);
    for (dll, function) in [(RANDOM_DLL, RANDOM), (EXIT_DLL, EXIT)] {
        // No table of names besides that of addresses, which has them at first.
        longs(&mut file, &[0, 0, 0, address(dll), address(function)]);
    }
    for (place, name) in [(RANDOM, RANDOM_NAME), (EXIT, EXIT_NAME)] {
        put(&mut file, OFFSET + place, &[]);
        longs(&mut file, &[address(name), 0, 0, 0]);
    }
    // A function's name has a hint before it.
    put(&mut file, OFFSET + RANDOM_NAME, b"\0\0ProcessPrng\0");
    put(&mut file, OFFSET + EXIT_NAME, b"\0\0ExitProcess\0");
    put(&mut file, OFFSET + RANDOM_DLL, b"bcryptprimitives.dll\0");
    put(&mut file, OFFSET + EXIT_DLL, b"kernel32.dll\0");
    put(&mut file, 2 * OFFSET, &[]);
    file
}

/// What it exits with if all is well: nothing else is likely to.
pub(super) const WELL: u8 = 42;

/// `ExitProcess(ProcessPrng(&buffer, 8) ? WELL : 1)`
fn code(file: &mut Vec<u8>) {
    file.extend([0x48, 0x83, 0xEC, 0x38]); // sub rsp, 0x38
    file.extend([0x48, 0x8D, 0x4C, 0x24, 0x20]); // lea rcx, [rsp + 0x20]
    file.extend([0xBA, 8, 0, 0, 0]); // mov edx, 8
    call(file, RANDOM);
    file.extend([0xB9, WELL, 0, 0, 0]); // mov ecx, WELL
    file.extend([0x85, 0xC0]); // test eax, eax
    file.extend([0x75, 5]); // jne, over the next
    file.extend([0xB9, 1, 0, 0, 0]); // mov ecx, 1
    call(file, EXIT);
}

/// Calls the function whose address lies at a place, which is told as the way from the next instruction.
fn call(file: &mut Vec<u8>, place: usize) {
    const LENGTH: usize = 6;
    let next = file.len() + LENGTH - OFFSET;
    file.extend([0xFF, 0x15]);
    longs(file, &[number(place - next)]);
}

fn headers(file: &mut Vec<u8>) {
    const SIGNATURE: usize = 0x40;
    const DIRECTORIES: u32 = 16;
    put(file, 0, b"MZ");
    put(file, 0x3C, &number(SIGNATURE).to_le_bytes());
    put(file, SIGNATURE, b"PE\0\0");
    shorts(file, &[0x8664, 1]); // amd64, one section
    longs(file, &[0, 0, 0]);
    shorts(file, &[240, 0x22]); // the length of what follows; a program, with large addresses
    shorts(file, &[0x20B, 0]); // PE32+
    longs(file, &[0x200, 0, 0, ADDRESS, ADDRESS]); // code, its entry and its start
    longs(file, &[0x4000_0000, 1]); // where it is loaded
    longs(file, &[0x1000, 0x200]); // alignment in memory and in the file
    shorts(file, &[6, 0, 0, 0, 6, 0]); // for Windows 6
    longs(file, &[0, 0x2000, 0x200, 0]); // size in memory, of the headers
    shorts(file, &[3, 0x100]); // for the console; no data is executed
    // Reserved and committed bytes of the stack and of the heap.
    longs(file, &[0x10_0000, 0, 0x1000, 0, 0x10_0000, 0, 0x1000, 0]);
    longs(file, &[0, DIRECTORIES]);
    longs(file, &[0, 0, address(IMPORTS), 3 * 20]);
    put(file, SIGNATURE + 4 + 20 + 240, b".text\0\0\0");
    longs(file, &[0x200, ADDRESS, 0x200, 0x200, 0, 0, 0, 0xE000_0020]); // all rights
}

/// Appends bytes at a place that isn't written yet.
fn put(file: &mut Vec<u8>, place: usize, bytes: &[u8]) {
    file.resize(place, 0);
    file.extend(bytes);
}

fn shorts(file: &mut Vec<u8>, numbers: &[u16]) {
    file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn longs(file: &mut Vec<u8>, numbers: &[u32]) {
    file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn address(place: usize) -> u32 {
    ADDRESS + number(place)
}

/// All places are below 1 KiB.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::target::{Goarch, Goos};

    #[test]
    fn the_trial_needs_what_every_go_program_needs_at_its_start() {
        let facts = inspect(&program()).unwrap();
        assert_eq!(facts.goos(), Some(Goos::Windows));
        assert_eq!(facts.goarch(), Some(Goarch::Amd64));
        let needed: Vec<&str> = facts.needed.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(needed, ["bcryptprimitives.dll", "kernel32.dll"]);
    }
}
