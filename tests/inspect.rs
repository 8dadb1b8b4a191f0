//! The static gate on real binaries, held against `go version -m -json` and `readelf`.

#![expect(clippy::disallowed_types, reason = "tests run the real tools")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that can't go on panics"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use gobuildx::inspect::{
    CodeSignature, Facts, Format, GlibcVersion, Kind, Loaded, NoBuildInfo, Program, inspect,
};
use gobuildx::target::BuildMode;
use gobuildx::target::{Cgo, Goos, Target};
use gobuildx::verify::{
    Evidence, Expectation, Finding, Outcome, Policy, Severity, Stamp, Trimpath, Verdict,
    Verification, verify,
};
use proptest::prelude::*;
use serde_json::Value;

const GO_MOD: &str = "module example.com/m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\n\
    replace example.com/dep => ./dep\n";

const HELLO: &str = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n";

const WITH_C: &str = "package main\n\n// #include <math.h>\n// #cgo LDFLAGS: -lm\nimport \"C\"\n\n\
    import (\n\t\"fmt\"\n\t\"net\"\n\n\t\"example.com/dep\"\n)\n\nfunc main() {\n\tfmt.Println(C.sqrt(dep.Number))\n\t\
    fmt.Println(net.LookupHost(\"localhost\"))\n}\n";

const C: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";

/// A folder with the sources, below which every test builds what it needs. It is cargo's own
/// folder for tests: a static is never dropped, so a temporary one would stay behind.
static SOURCES: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inspect");
    let files = [
        ("go.mod", GO_MOD),
        ("dep/go.mod", "module example.com/dep\n\ngo 1.24\n"),
        ("dep/dep.go", "package dep\n\nconst Number = 2\n"),
        ("hello/main.go", HELLO),
        ("withc/main.go", WITH_C),
        ("main.c", C),
        ("out/.gitignore", "*"),
    ];
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
});

struct Binary {
    path: PathBuf,
    bytes: Vec<u8>,
    facts: Facts,
}

impl Binary {
    fn read(path: PathBuf) -> Self {
        let bytes = fs::read(&path).unwrap();
        let facts = inspect(&bytes).unwrap();
        Self { path, bytes, facts }
    }

    fn names(&self) -> Vec<&str> {
        self.facts
            .needed
            .iter()
            .map(|library| library.name.as_str())
            .collect()
    }

    fn verify(&self, expectation: Option<&Expectation>) -> Verification {
        let folder = SOURCES.to_str().unwrap().to_owned();
        let loaded = Loaded::of(self.facts.format, &self.bytes);
        let program = Program::find(&loaded);
        let evidence = Evidence {
            bytes: &self.bytes,
            facts: &self.facts,
            program: program.as_ref(),
            expectation,
            source_dirs: &[folder],
        };
        verify(&evidence, &Policy::default())
    }
}

/// The findings that are more than worth knowing.
fn worse_than_info(result: &Verification) -> impl Iterator<Item = &Finding> {
    let findings = result.findings.iter();
    findings.filter(|finding| finding.severity > Severity::Info)
}

/// The rules that found these.
fn rules(result: &Verification) -> Vec<&str> {
    worse_than_info(result)
        .map(|finding| finding.rule.as_str())
        .collect()
}

/// Builds a package for a target; `cgo` is "0" or "1".
fn go_build(name: &str, package: &str, target: &str, cgo: &str, flags: &[&str]) -> Binary {
    let (goos, goarch) = target.split_once('/').unwrap();
    let output = SOURCES.join("out").join(name);
    run(Command::new("go")
        .current_dir(&*SOURCES)
        .env("GOOS", goos)
        .env("GOARCH", goarch)
        .env("CGO_ENABLED", cgo)
        .env("GOFLAGS", "")
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off")
        .args(["build", "-buildvcs=false", "-o"])
        .arg(&output)
        .args(flags)
        .arg(format!("./{package}")));
    Binary::read(output)
}

fn gcc(name: &str, flags: &[&str]) -> Binary {
    let output = SOURCES.join("out").join(name);
    run(Command::new("gcc")
        .current_dir(&*SOURCES)
        .args(flags)
        .arg("-o")
        .arg(&output)
        .arg("main.c"));
    Binary::read(output)
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn go_version(path: &Path) -> Value {
    let json = run(Command::new("go")
        .args(["version", "-m", "-json"])
        .arg(path));
    serde_json::from_str(&json).unwrap()
}

/// What `readelf` prints between brackets on lines with this tag.
fn readelf(path: &Path, option: &str, tag: &str) -> Vec<String> {
    let text = run(Command::new("readelf").args([option, "-W"]).arg(path));
    text.lines()
        .filter(|line| line.contains(tag))
        .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned()))
        .collect()
}

/// The newest of the glibc versions that `readelf` prints.
fn newest_glibc(path: &Path) -> Option<GlibcVersion> {
    let text = run(Command::new("readelf").args(["-V", "-W"]).arg(path));
    text.split_whitespace()
        .filter_map(|word| {
            word.strip_prefix("GLIBC_")?
                .trim_end_matches(')')
                .parse()
                .ok()
        })
        .max()
}

/// The build information must be what Go's own reader says.
fn assert_same_build_info(binary: &Binary) {
    let theirs = go_version(&binary.path);
    let ours = binary.facts.build_info().unwrap();
    assert_eq!(ours.go_version, theirs["GoVersion"]);
    assert_eq!(ours.path, theirs["Path"]);
    assert_eq!(ours.main.as_ref().unwrap().path, theirs["Main"]["Path"]);
    let settings: Vec<_> = theirs["Settings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|setting| (setting["Key"].clone(), setting.get("Value").cloned()))
        .collect();
    assert_eq!(ours.settings.len(), settings.len());
    for (ours, (key, value)) in ours.settings.iter().zip(settings) {
        assert_eq!(ours.key, key);
        assert_eq!(
            ours.value,
            value.unwrap_or_else(|| "".into()),
            "{}",
            ours.key
        );
    }
    let modules = theirs["Deps"].as_array().cloned().unwrap_or_default();
    assert_eq!(ours.modules.len(), modules.len());
    for (ours, theirs) in ours.modules.iter().zip(modules) {
        assert_eq!(ours.path, theirs["Path"]);
        assert_eq!(ours.version, theirs["Version"]);
        let replace = ours.replace.as_ref().map(|module| module.path.as_str());
        assert_eq!(replace, theirs["Replace"]["Path"].as_str());
    }
}

fn expectation(target: &str) -> Expectation {
    let version = run(Command::new("go").args(["env", "GOVERSION"]));
    Expectation {
        target: target.parse::<Target>().unwrap(),
        cgo: Cgo::Disabled,
        buildmode: BuildMode::Exe,
        go_version: version.trim().to_owned(),
        trimpath: Some(Trimpath::Trimmed),
        vcs: Some(Stamp::None),
        package: "example.com/m/hello".to_owned(),
        embedded: std::collections::BTreeSet::new(),
        variables: std::collections::BTreeMap::new(),
    }
}

#[test]
fn a_pure_go_program_is_proven_on_every_kind_of_system() {
    for target in [
        "linux/amd64",
        "linux/mips",
        "windows/amd64",
        "darwin/arm64",
        "openbsd/amd64",
    ] {
        let name = target.replace('/', "-");
        let binary = go_build(
            &name,
            "hello",
            target,
            "0",
            &["-trimpath", "-ldflags=-s -w"],
        );
        assert_same_build_info(&binary);
        let expected = expectation(target);
        assert_eq!(binary.facts.goos(), Some(expected.target.goos));
        assert_eq!(binary.facts.goarch(), Some(expected.target.goarch));
        let result = binary.verify(Some(&expected));
        assert_eq!(rules(&result), [""; 0], "{target}");
        assert_eq!(result.verdict, Verdict::Proven, "{target}");
    }
}

#[test]
fn a_binary_for_apple_silicon_is_signed_by_the_linker() {
    let binary = go_build("signed", "hello", "darwin/arm64", "0", &[]);
    assert_eq!(binary.facts.format, Format::Macho);
    assert_eq!(binary.facts.code_signature, Some(CodeSignature::Linker));
    assert!(binary.facts.minimum_os.is_some());
}

#[test]
fn settings_are_read_without_trimpath_too_and_the_gate_sees_the_difference() {
    let binary = go_build(
        "kept",
        "hello",
        "linux/amd64",
        "0",
        &["-ldflags=-X 'main.a=b c'"],
    );
    assert_same_build_info(&binary);
    let ldflags = binary.facts.build_info().unwrap().ldflags();
    assert_eq!(ldflags, Some("-X 'main.a=b c'"));
    let result = binary.verify(Some(&expectation("linux/amd64")));
    let subjects: Vec<_> = worse_than_info(&result)
        .map(|f| f.subject.as_str())
        .collect();
    assert_eq!(result.outcome, Outcome::Failed);
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert_eq!(subjects[0], "-trimpath");
    assert!(subjects[1].ends_with("/hello/main.go"), "{subjects:?}");
}

#[test]
fn another_target_than_planned_fails() {
    let binary = go_build("other", "hello", "linux/386", "0", &["-trimpath"]);
    let result = binary.verify(Some(&expectation("linux/amd64")));
    assert_eq!(result.outcome, Outcome::Failed);
    assert!(
        result
            .findings
            .iter()
            .any(|finding| finding.rule.as_str() == "build-target")
    );
}

#[test]
fn a_pie_of_pure_go_needs_a_loader_and_no_library() {
    let binary = go_build("pie", "hello", "linux/amd64", "0", &["-buildmode=pie"]);
    assert_eq!(binary.facts.kind, Kind::Pie);
    let result = binary.verify(None);
    assert_eq!(rules(&result), ["pie-interp"]);
    assert_eq!(result.outcome, Outcome::Failed);
}

#[test]
fn a_dynamic_cgo_program_is_read_as_readelf_reads_it() {
    let binary = go_build("withc", "withc", "linux/amd64", "1", &[]);
    assert_same_build_info(&binary);
    assert_eq!(binary.facts.cgo(), Some(Cgo::Enabled));
    assert_eq!(binary.names(), readelf(&binary.path, "-d", "(NEEDED)"));
    assert_eq!(binary.facts.build_info().unwrap().modules.len(), 1);
    assert_eq!(binary.facts.glibc_min(), newest_glibc(&binary.path));
    assert!(binary.facts.glibc_min().is_some());
    let symbols: Vec<_> = binary
        .facts
        .symbols
        .iter()
        .map(|symbol| symbol.name)
        .collect();
    assert!(symbols.contains(&"getaddrinfo"), "{symbols:?}");
    let result = binary.verify(None);
    assert_eq!(result.outcome, Outcome::Failed);
    let first = &result.findings[0];
    assert_eq!(first.rule.as_str(), "elf-interp");
    assert!(first.detail.contains("DNS resolver"), "{}", first.detail);
}

#[test]
fn programs_of_gcc_are_told_static_or_dynamic_but_hold_no_build_information() {
    let dynamic = gcc("c-dynamic", &[]);
    assert_eq!(dynamic.facts.goos(), Some(Goos::Linux));
    assert_eq!(dynamic.names(), readelf(&dynamic.path, "-d", "(NEEDED)"));
    assert!(dynamic.facts.interpreter.is_some());
    for (name, flag, kind) in [
        ("c-static", "-static", Kind::Executable),
        ("c-static-pie", "-static-pie", Kind::Pie),
    ] {
        let fixed = gcc(name, &[flag]);
        assert_eq!(fixed.facts.kind, kind);
        assert_eq!(fixed.facts.interpreter, None);
        assert_eq!(fixed.names(), Vec::<&str>::new());
        assert_eq!(fixed.facts.go, Err(NoBuildInfo::NotFound));
        assert_eq!(fixed.verify(None).verdict, Verdict::Unproven);
    }
}

#[test]
fn webassembly_holds_build_information_without_its_header() {
    let binary = go_build("wasm", "hello", "wasip1/wasm", "0", &["-trimpath"]);
    assert_eq!(binary.facts.format, Format::Wasm);
    let result = binary.verify(Some(&expectation("wasip1/wasm")));
    assert_eq!(result.verdict, Verdict::Unproven);
    assert_eq!(result.outcome, Outcome::Passed, "{:?}", result.findings);
}

/// One small binary of each format, to damage.
static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut samples = vec![gcc("damaged-c", &[]).bytes];
    for target in ["linux/386", "windows/amd64", "darwin/arm64"] {
        let name = format!("damaged-{}", target.replace('/', "-"));
        let mut bytes = go_build(&name, "hello", target, "0", &["-ldflags=-s -w"]).bytes;
        // The headers and enough of the rest; a copy of it all is slow to damage.
        bytes.truncate(300_000);
        samples.push(bytes);
    }
    samples
});

#[test]
fn an_archive_tells_what_the_object_of_go_in_it_was_built_for() {
    // Without cgo nothing in them can be called, but go makes them, also for other systems.
    for target in [
        "linux/s390x",
        "freebsd/amd64",
        "darwin/arm64",
        "windows/amd64",
        "windows/386",
    ] {
        let name = format!("{}.a", target.replace('/', "_"));
        let flags = ["-trimpath", "-buildmode=c-archive"];
        let archive = go_build(&name, "hello", target, "0", &flags);
        assert_eq!(archive.facts.format, Format::Archive, "{target}");
        assert_eq!(archive.facts.kind, Kind::Archive, "{target}");
        let info = archive.facts.build_info().unwrap();
        assert_eq!(info.path, "example.com/m/hello", "{target}");
        assert_eq!(info.buildmode(), Some("c-archive"), "{target}");
        let mut expected = expectation(target);
        expected.buildmode = BuildMode::CArchive;
        let result = archive.verify(Some(&expected));
        assert_eq!(result.verdict, Verdict::Unproven, "{target}");
        assert_eq!(result.outcome, Outcome::Passed, "{target}: {result:#?}");
        expected.target = "linux/riscv64".parse().unwrap();
        assert_eq!(
            archive.verify(Some(&expected)).outcome,
            Outcome::Failed,
            "{target}"
        );
    }
}

#[test]
fn an_archive_of_c_objects_has_no_build_information() {
    gcc("main.o", &["-c"]);
    let archive = SOURCES.join("out/c.a");
    let _ = fs::remove_file(&archive);
    run(Command::new("ar")
        .arg("rcs")
        .arg(&archive)
        .arg(SOURCES.join("out/main.o")));
    let facts = Binary::read(archive).facts;
    assert_eq!(facts.format, Format::Archive);
    assert_eq!(facts.go, Err(NoBuildInfo::NotFound));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_damaged_binary_never_panics(
        sample in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((0usize..4096, any::<u8>()), 1..12),
        length in prop::option::of(0usize..20_000),
    ) {
        let mut bytes = sample.get(&SAMPLES).clone();
        for (position, byte) in edits {
            bytes[position] = byte;
        }
        bytes.truncate(length.unwrap_or(usize::MAX));
        let _ = inspect(&bytes);
    }
}
