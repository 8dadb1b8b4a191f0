//! Universal macOS binaries of real Go programs, held against `llvm-lipo` and `file`.

#![expect(clippy::disallowed_types, reason = "tests run the real tools")]
#![expect(clippy::unwrap_used, reason = "a test that can't go on panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use gobuildx::inspect::{CodeSignature, Kind, inspect};
use gobuildx::target::{Goarch, Goos};
use gobuildx::universal::{Thin, join};

const HELLO: &str = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n";

/// A program for macOS.
struct Built {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// The programs for Intel and for Apple silicon. They lie in cargo's own folder for tests: a static is never dropped, so a
/// temporary one would stay behind.
static BUILT: LazyLock<[Built; 2]> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("universal");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("go.mod"), "module example.com/m\n\ngo 1.24\n").unwrap();
    fs::write(folder.join("main.go"), HELLO).unwrap();
    ["amd64", "arm64"].map(|goarch| go_build(&folder, goarch))
});

fn go_build(folder: &Path, goarch: &str) -> Built {
    let path = folder.join(goarch);
    run(Command::new("go")
        .current_dir(folder)
        .env("GOOS", "darwin")
        .env("GOARCH", goarch)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "")
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off")
        .args(["build", "-trimpath", "-buildvcs=false", "-o"])
        .arg(&path));
    let bytes = fs::read(&path).unwrap();
    Built { path, bytes }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// LLVM's `lipo`, which Debian installs beside clang's own file.
fn llvm_lipo() -> Command {
    let path = run(Command::new("clang").arg("-print-prog-name=llvm-lipo"));
    Command::new(path.trim_end())
}

/// The universal program, by its bytes and as a file in the folder.
fn joined(folder: &Path) -> (Vec<u8>, PathBuf) {
    let thin: Vec<Thin<'_>> = BUILT
        .iter()
        .rev()
        .map(|built| Thin {
            path: &built.path,
            bytes: &built.bytes,
        })
        .collect();
    let bytes = join(&thin, Vec::new()).unwrap();
    let path = folder.join("both");
    fs::write(&path, &bytes).unwrap();
    (bytes, path)
}

#[test]
fn real_programs_make_the_file_that_llvm_lipo_makes() {
    let temp = tempfile::tempdir().unwrap();
    let (ours, _) = joined(temp.path());
    let theirs = temp.path().join("theirs");
    run(llvm_lipo()
        .arg("-create")
        .args(BUILT.iter().map(|built| &built.path))
        .arg("-output")
        .arg(&theirs));
    assert!(ours == fs::read(theirs).unwrap(), "llvm-lipo makes others");
}

#[test]
fn other_readers_know_it_and_take_the_programs_out_as_they_were() {
    let temp = tempfile::tempdir().unwrap();
    let (_, both) = joined(temp.path());
    let told = run(Command::new("file").arg("--brief").arg(&both));
    let universal = "Mach-O universal binary with 2 architectures";
    assert!(told.starts_with(universal), "{told}");
    let archs = run(llvm_lipo().arg(&both).arg("-archs"));
    assert_eq!(archs.trim_end(), "x86_64 arm64");
    for (name, built) in ["x86_64", "arm64"].iter().zip(&*BUILT) {
        let out = temp.path().join(name);
        run(llvm_lipo()
            .arg(&both)
            .args(["-thin", name, "-output"])
            .arg(&out));
        assert!(fs::read(out).unwrap() == built.bytes, "{name}");
    }
}

#[test]
fn inspect_knows_each_program_and_the_signature_that_is_still_its_own() {
    let temp = tempfile::tempdir().unwrap();
    let (bytes, _) = joined(temp.path());
    let facts = inspect(&bytes).unwrap();
    assert_eq!(facts.kind, Kind::Universal);
    assert_eq!(facts.goos(), Some(Goos::Darwin));
    let goarches: Vec<_> = facts.slices.iter().map(|of| of.facts.goarch()).collect();
    assert_eq!(goarches, [Some(Goarch::Amd64), Some(Goarch::Arm64)]);
    let arm = &facts.slices[1];
    assert_eq!(arm.facts.code_signature, Some(CodeSignature::Linker));
    assert!(arm.bytes(&bytes) == Some(&BUILT[1].bytes));
}
