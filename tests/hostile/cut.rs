//! Programs that weren't copied to their end: nothing is proven of one, whatever is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use gobuildx::inspect::{Format, Kind, Loaded, Program, inspect};
use gobuildx::verify::{Evidence, Policy, Verdict, verify};

/// How many lengths of each program are looked at, besides those near its end.
const LENGTHS: usize = 150;

/// The smallest program of Go.
fn built(platform: &str, flags: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::read(build(folder.path(), platform, flags)).unwrap()
}

/// The path of it, in a folder.
fn build(folder: &Path, platform: &str, flags: &[&str]) -> PathBuf {
    let (goos, goarch) = platform.split_once('/').unwrap();
    let output = folder.join("program");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/main.go");
    let status = Command::new("go")
        .envs([("GOOS", goos), ("GOARCH", goarch), ("CGO_ENABLED", "0")])
        .envs([("GOFLAGS", ""), ("GOTOOLCHAIN", "local")])
        .args(["build", "-trimpath", "-o"])
        .arg(&output)
        .args(flags)
        .arg(source)
        .status();
    assert!(status.unwrap().success(), "{platform}");
    output
}

/// What is said of a file that can be read.
fn verdict(bytes: &[u8]) -> Option<Verdict> {
    let facts = inspect(bytes).ok()?;
    let loaded = Loaded::of(facts.format, bytes);
    let program = Program::find(&loaded);
    let evidence = Evidence {
        bytes,
        facts: &facts,
        program: program.as_ref(),
        expectation: None,
        source_dirs: &[],
    };
    Some(verify(&evidence, &Policy::default()).verdict)
}

/// Lengths all over a file, and all kinds of them near its end.
fn lengths(whole: usize) -> impl Iterator<Item = usize> {
    let near = (1..64).chain((0..16).flat_map(|power| [(1 << power) - 1, (1 << power) + 1]));
    let all_over = (0..LENGTHS).map(move |part| whole / LENGTHS * part);
    all_over.chain(near.filter_map(move |less| whole.checked_sub(less.max(1))))
}

fn assert_nothing_is_proven_when_cut(program: &[u8], what: &str) {
    for length in lengths(program.len()) {
        let said = verdict(&program[..length]);
        let missing = program.len() - length;
        let is_safe = matches!(said, None | Some(Verdict::Unproven));
        assert!(is_safe, "{what} without {missing} bytes is {said:?}");
    }
}

#[test]
fn a_program_that_lacks_its_end_is_never_proven() {
    for platform in [
        "linux/amd64",
        "linux/386",
        "linux/s390x",
        "openbsd/amd64",
        "windows/amd64",
        "windows/386",
        "darwin/arm64",
        "darwin/amd64",
    ] {
        for flags in [&["-ldflags=-s -w"][..], &[]] {
            let program = built(platform, flags);
            let whole = verdict(&program).unwrap();
            assert_ne!(whole, Verdict::Unproven, "{platform}");
            assert_nothing_is_proven_when_cut(&program, platform);
        }
    }
}

#[test]
fn symbols_that_lie_in_no_section_belong_to_a_program_too() {
    // GNU's linker has them behind the last section, where Go's makes a section of them.
    let mut program = built("windows/amd64", &[]);
    let section = memchr::memmem::find(&program, b".symtab\0").unwrap();
    let word = |at: usize| {
        let bytes = program[section + at..].first_chunk().unwrap();
        u32::from_le_bytes(*bytes) as usize
    };
    let (size, start) = (word(8), word(20));
    program[section + 16..section + 20].fill(0);
    program.truncate(start + size);
    assert_eq!(verdict(&program), verdict(&built("windows/amd64", &[])));
    assert_nothing_is_proven_when_cut(&program, "a program with symbols");
}

/// The program with a signature, as signtool appends it: a certificate table behind all else, at which
/// the fifth directory points.
fn signed(mut program: Vec<u8>) -> Vec<u8> {
    let number = |bytes: &[u8], at: usize| {
        let bytes = bytes[at..].first_chunk().unwrap();
        u32::from_le_bytes(*bytes) as usize
    };
    let word = |size: usize| u32::try_from(size).unwrap().to_le_bytes();
    let optional = number(&program, 0x3c) + 24;
    // Of 64 bits: five of its numbers are twice as long, and one is missing.
    let is_wide = program[optional..].starts_with(&[0x0b, 0x02]);
    let directories = optional + if is_wide { 112 } else { 96 };
    program.resize(program.len().next_multiple_of(8), 0);
    let (start, size) = (program.len(), 1 << 10);
    // Its size, revision 2.0, and that it is PKCS #7.
    program.extend(word(size));
    program.extend([0, 2, 2, 0]);
    program.resize(start + size, 0x5a);
    let entry = directories + 4 * 8;
    program[entry..entry + 8].copy_from_slice(&[word(start), word(size)].concat());
    program
}

#[test]
fn the_signature_belongs_to_a_program_too() {
    for platform in ["windows/amd64", "windows/386"] {
        let program = built(platform, &["-ldflags=-s -w"]);
        let unsigned = verdict(&program);
        let program = signed(program);
        assert_eq!(verdict(&program), unsigned, "{platform}");
        assert_nothing_is_proven_when_cut(&program, "a signed program");
    }
}

#[test]
fn a_program_of_a_format_that_is_not_followed_is_never_proven() {
    for platform in ["js/wasm", "plan9/amd64", "plan9/arm", "aix/ppc64"] {
        let program = built(platform, &["-ldflags=-s -w"]);
        assert_eq!(verdict(&program), Some(Verdict::Unproven), "{platform}");
        assert_nothing_is_proven_when_cut(&program, platform);
    }
}

/// At any length that still tells the format.
fn assert_refused_when_cut(program: &[u8], what: &str) {
    assert!(inspect(program).is_ok(), "{what}");
    for length in lengths(program.len()).filter(|length| *length >= 4) {
        let missing = program.len() - length;
        assert!(
            inspect(&program[..length]).is_err(),
            "{what} without {missing} bytes"
        );
    }
}

#[test]
fn a_program_whose_format_tells_its_length_is_refused_when_cut() {
    // Of a stripped one for AIX no header speaks of what lies at its end.
    for (platform, flags) in [
        ("js/wasm", &["-ldflags=-s -w"][..]),
        ("wasip1/wasm", &[]),
        ("plan9/amd64", &["-ldflags=-s -w"]),
        ("plan9/386", &[]),
        ("plan9/arm", &[]),
        ("aix/ppc64", &[]),
    ] {
        assert_refused_when_cut(&built(platform, flags), platform);
    }
}

/// The smallest program of Go after a tool has changed it.
fn changed(platform: &str, flags: &[&str], tool: &str, args: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = build(folder.path(), platform, flags);
    let output = Command::new(tool).args(args).arg(&file).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    std::fs::read(file).unwrap()
}

#[test]
fn a_packed_program_is_refused_when_cut() {
    // With symbols, the packer has them behind what the kernel maps.
    for (platform, flags) in [
        ("linux/amd64", &["-ldflags=-s -w"][..]),
        ("linux/amd64", &[]),
        ("linux/arm64", &[]),
        ("linux/mips", &[]),
    ] {
        let packed = changed(platform, flags, "upx", &["-q", "-1"]);
        assert_refused_when_cut(&packed, platform);
    }
}

#[test]
fn a_program_that_lacks_the_names_of_its_sections_is_refused() {
    let mut program = built("windows/amd64", &["-ldflags=-s -w"]);
    let section = memchr::memmem::find(&program, b".symtab\0").unwrap();
    program[section..section + 8].copy_from_slice(b"/4\0\0\0\0\0\0");
    // As llvm-strip leaves it: no symbols, and the texts where they would be.
    let header = memchr::memmem::find(&program, b"PE\0\0").unwrap() + 4;
    let texts = program.len();
    let start = u32::try_from(texts).unwrap();
    program[header + 8..header + 12].copy_from_slice(&start.to_le_bytes());
    program.extend(15_u32.to_le_bytes());
    program.extend(b"long_name\0\0");
    assert!(inspect(&program).is_ok());
    for length in texts..program.len() {
        assert!(inspect(&program[..length]).is_err(), "{length}");
    }
}

#[test]
fn what_debuggers_want_of_a_program_is_no_program() {
    for (platform, flags) in [
        ("linux/amd64", &[][..]),
        // It names an interpreter, whose name is left out.
        ("linux/amd64", &["-buildmode=pie"]),
        ("windows/amd64", &[]),
    ] {
        let debug = changed(platform, flags, "objcopy", &["--only-keep-debug"]);
        let facts = inspect(&debug).unwrap();
        assert_eq!(facts.kind, Kind::DebugInfo, "{platform} {flags:?}");
        assert_eq!(verdict(&debug), Some(Verdict::Unproven));
        // What is left of the program without it stays one.
        let stripped = changed(platform, flags, "objcopy", &["--strip-debug"]);
        assert_ne!(inspect(&stripped).unwrap().kind, Kind::DebugInfo);
    }
}

#[test]
fn a_file_of_several_programs_that_lacks_its_end_is_refused() {
    let programs = ["darwin/amd64", "darwin/arm64"].map(|platform| built(platform, &[]));
    let mut file = [0xcafe_babe_u32, 2].map(u32::to_be_bytes).concat();
    let mut start = 48;
    for program in &programs {
        let size = u32::try_from(program.len()).unwrap();
        file.extend([0, 0, start, size, 0].map(u32::to_be_bytes).concat());
        start += size;
    }
    let file = [file, programs.concat()].concat();
    assert_eq!(Format::of(&file), Format::Macho);
    assert!(inspect(&file).is_ok());
    for length in lengths(file.len()) {
        assert!(inspect(&file[..length]).is_err() || length < 4, "{length}");
    }
}
