//! `inspect` against independent readers of binaries: `go version -m`, `go tool buildid`, `readelf`
//! and `file`, on real binaries of every format at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::project::Project;

/// One program for each of them: every format, both byte orders, 32 and 64 bits.
const TARGETS: &[&str] = &[
    "aix/ppc64",
    "android/arm64",
    "darwin/amd64",
    "darwin/arm64",
    "dragonfly/amd64",
    "freebsd/386",
    "freebsd/amd64",
    "illumos/amd64",
    "js/wasm",
    "linux/386",
    "linux/amd64",
    "linux/arm",
    "linux/arm64",
    "linux/loong64",
    "linux/mips",
    "linux/mips64",
    "linux/mips64le",
    "linux/mipsle",
    "linux/ppc64",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
    "netbsd/amd64",
    "openbsd/amd64",
    "plan9/386",
    "plan9/amd64",
    "solaris/amd64",
    "wasip1/wasm",
    "windows/386",
    "windows/amd64",
    "windows/arm64",
];

/// What a Debian system has, made by other compilers and linked in other ways. Other systems have
/// some of it.
const INSTALLED: &[&str] = &[
    "/usr/bin/ls",
    "/usr/bin/git",
    "/usr/bin/readelf",
    "/usr/bin/file",
    "/usr/bin/getent",
    "/usr/bin/gcc",
    "/usr/sbin/ldconfig",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libm.so.6",
    "/usr/lib/x86_64-linux-gnu/libdl.so.2",
    "/usr/lib/x86_64-linux-gnu/libresolv.so.2",
    "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
    "/usr/lib/x86_64-linux-gnu/libgcc_s.so.1",
    "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
];

/// Small, and without packages that would take time to compile for every target.
const MAIN: &str =
    "package main\n\nimport \"example.com/dep\"\n\nfunc main() { println(dep.Text) }\n";

const WITH_C: &str = "package main\n\n// #include <math.h>\n// #cgo LDFLAGS: -lm -Wl,-rpath,/opt/lib\nimport \"C\"\n\n\
    func main() { println(float64(C.cos(1))) }\n";

fn sources() -> Project {
    Project::empty()
        .file(
            "go.mod",
            "module example.com/agrees\n\ngo 1.24\n\nrequire example.com/dep v1.2.3\n\n\
             replace example.com/dep => ./dep\n",
        )
        .file("dep/go.mod", "module example.com/dep\n\ngo 1.24\n")
        .file("dep/dep.go", "package dep\n\nconst Text = \"hello\"\n")
        .file("plain/main.go", MAIN)
        .file("withc/main.go", WITH_C)
        .file(
            "main.c",
            "#include <stdio.h>\nint main(void) { puts(\"hi\"); return 0; }\n",
        )
        .file(
            "lib.c",
            "#include <math.h>\ndouble f(double x) { return cos(x); }\n",
        )
        .file(
            "main.cc",
            "#include <iostream>\nint main() { std::cout << \"hi\\n\"; }\n",
        )
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn go_build(project: &Project, name: &str, target: &str, package: &str, flags: &[&str]) -> PathBuf {
    let (goos, goarch) = target.split_once('/').unwrap();
    let output = project.path(name);
    run(Command::new("go")
        .current_dir(project.root())
        .envs([
            ("GOOS", goos),
            ("GOARCH", goarch),
            ("GOFLAGS", "-buildvcs=false"),
        ])
        .env("CGO_ENABLED", if package == "./withc" { "1" } else { "0" })
        .args(["build", "-trimpath", "-o"])
        .arg(&output)
        .args(flags)
        .arg(package));
    output
}

fn compile(project: &Project, name: &str, words: &str) -> PathBuf {
    let (compiler, args) = words.split_once(' ').unwrap();
    let output = project.path(name);
    run(Command::new(compiler)
        .current_dir(project.root())
        .args(args.split(' '))
        .arg("-o")
        .arg(&output));
    output
}

/// Every binary that is compared.
fn binaries(project: &Project) -> Vec<PathBuf> {
    let strip: &[&str] = &["-ldflags=-s -w"];
    let mut files: Vec<PathBuf> = TARGETS
        .iter()
        .enumerate()
        .map(|(index, target)| {
            // Every other one keeps its symbols and debug information, and so does AIX: Go's own
            // reader doesn't read it without.
            let is_stripped = index % 2 == 1 && !target.starts_with("aix");
            let flags = if is_stripped { strip } else { &[] };
            go_build(project, &target.replace('/', "-"), target, "./plain", flags)
        })
        .collect();
    let native = "linux/amd64";
    let fixed = "-ldflags=-linkmode=external -extldflags=-static";
    for (name, package, flags) in [
        ("go-pie", "./plain", ["-buildmode=pie"]),
        ("go-cgo-dynamic", "./withc", ["-buildmode=exe"]),
        ("go-cgo-pie", "./withc", ["-buildmode=pie"]),
        ("go-cgo-static", "./withc", [fixed]),
        ("go-c-shared", "./withc", ["-buildmode=c-shared"]),
    ] {
        files.push(go_build(project, name, native, package, &flags));
    }
    for (name, words) in [
        ("gcc-dynamic", "gcc main.c"),
        ("gcc-no-pie", "gcc -no-pie main.c"),
        ("gcc-static", "gcc -static main.c"),
        ("gcc-static-pie", "gcc -static-pie main.c"),
        (
            "gcc-library",
            "gcc -shared -fPIC -Wl,-soname,lib.so.1 -Wl,-rpath,$ORIGIN lib.c -lm",
        ),
        ("g++-dynamic", "g++ main.cc"),
    ] {
        files.push(compile(project, name, words));
    }
    files.push(PathBuf::from(env!("CARGO_BIN_EXE_gobuildx")));
    let installed = INSTALLED.iter().map(PathBuf::from);
    files.extend(installed.filter(|path| path.is_file()));
    files
}

/// The text between the first `start` after `mark` and the next `end`.
fn between<'a>(text: &'a str, mark: &str, start: char, end: char) -> Option<&'a str> {
    let (_, rest) = text.split_once(mark)?;
    let (_, rest) = rest.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

/// What `go version -m` reads, in the shape of `inspect`; none where it reads nothing.
fn by_go(path: &Path) -> Option<Value> {
    let output = Command::new("go")
        .args(["version", "-m"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let version = text.lines().next()?.rsplit_once(": ")?.1.to_owned();
    let module = |columns: &[&str]| {
        let column = |index: usize| columns.get(index).copied().unwrap_or_default();
        json!({ "path": column(1), "version": column(2), "sum": column(3), "replace": null })
    };
    let (mut main, mut modules, mut settings) = (Value::Null, Vec::new(), serde_json::Map::new());
    let mut package = "";
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.trim_start().split('\t').collect();
        match columns[0] {
            "path" => package = columns[1],
            "mod" => main = module(&columns),
            "dep" => modules.push(module(&columns)),
            "=>" => {
                let mut replace = module(&columns);
                replace.as_object_mut().unwrap().remove("replace");
                modules.last_mut().unwrap()["replace"] = replace;
            }
            "build" => {
                let (key, value) = columns[1].split_once('=').unwrap();
                let value = value.trim_matches('"');
                settings.insert(key.to_owned(), value.into());
            }
            "" => {}
            other => panic!("{other} in {text}"),
        }
    }
    Some(json!({
        "version": version, "path": package, "main": main, "modules": modules, "settings": settings,
    }))
}

/// What `go tool buildid` reads of a Go program.
fn buildid_by_go(path: &Path) -> String {
    let id = run(Command::new("go").args(["tool", "buildid"]).arg(path));
    id.trim().to_owned()
}

/// The UUID that Go's linker makes of the build ID that it is given, whose last part is not yet the
/// hash of what it makes but the first one again.
///
/// Source: `uuidFromGoBuildId` in Go's `cmd/link/internal/ld/macho_update_uuid.go`, and
/// `cmd/internal/hash`.
fn uuid_of(build_id: &str) -> String {
    let (inputs, _) = build_id.rsplit_once('/').unwrap();
    let (first, _) = inputs.split_once('/').unwrap();
    let hash = Sha256::digest(format!("{inputs}/{first}"));
    let mut bytes: [u8; 16] = *hash.first_chunk().unwrap();
    bytes[0] ^= 0xff;
    bytes[6] = bytes[6] & 0x0f | 0x30;
    bytes[8] = bytes[8] & 0x3f | 0xc0;
    let mut digits = format!("{:032X}", u128::from_be_bytes(bytes));
    for place in [20, 16, 12, 8] {
        digits.insert(place, '-');
    }
    digits
}

/// What `readelf` reads, in the shape of `inspect`.
fn by_readelf(path: &Path) -> Value {
    let text = run(Command::new("readelf")
        .args(["-d", "-l", "-n", "-V", "-W"])
        .arg(path));
    let tagged = |tag: &str| -> Vec<&str> {
        let lines = text.lines().filter(|line| line.contains(tag));
        lines
            .filter_map(|line| between(line, tag, '[', ']'))
            .collect()
    };
    let mut runpath = tagged("(RPATH)");
    runpath.extend(tagged("(RUNPATH)"));
    let interpreter = text
        .lines()
        .find(|line| line.contains("program interpreter"));
    json!({
        "needed": tagged("(NEEDED)"),
        "runpath": runpath,
        "interpreter": interpreter.and_then(|line| between(line, "interpreter", ' ', ']')),
        "glibc": glibc_by_readelf(&text),
        "gnu": between(&text, "Build ID", ' ', '\n'),
    })
}

/// For each library the newest glibc that a version asks for.
fn glibc_by_readelf(text: &str) -> BTreeMap<String, String> {
    let mut newest: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut library = "";
    let needs = text
        .lines()
        .skip_while(|line| !line.starts_with("Version needs section"));
    for line in needs.skip(1).take_while(|line| !line.is_empty()) {
        if let Some((_, rest)) = line.split_once("File: ") {
            library = rest.split(' ').next().unwrap();
        }
        let Some((_, rest)) = line.split_once("Name: GLIBC_") else {
            continue;
        };
        let version = match rest.split(' ').next().unwrap() {
            // The release that first had it.
            "ABI_DT_RELR" => "2.36",
            version => version,
        };
        let numbers = version
            .split('.')
            .map(str::parse)
            .collect::<Result<Vec<u32>, _>>();
        if let Ok(numbers) = numbers {
            let least = newest.entry(library.to_owned()).or_default();
            *least = numbers.max(std::mem::take(least));
        }
    }
    let text = |numbers: Vec<u32>| {
        numbers
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(".")
    };
    newest
        .into_iter()
        .map(|(name, version)| (name, text(version)))
        .collect()
}

/// What `file` says in words: format, architecture, kind and linking, as far as it says so.
fn by_file(path: &Path) -> Value {
    let text = run(Command::new("file").args(["-b", "-L"]).arg(path));
    let has = |word: &str| text.contains(word);
    let format = [
        ("ELF", "elf"),
        ("PE32", "pe"),
        ("Mach-O", "macho"),
        ("64-bit XCOFF", "xcoff"),
        ("WebAssembly", "wasm"),
        ("Plan 9", "plan9"),
    ];
    let format = format.iter().find(|(word, _)| text.starts_with(word));
    let mut said =
        json!({ "format": format.map(|(_, name)| name), "goarch": goarch_by_file(&text) });
    if has("ELF") {
        let kind = match () {
            () if has("pie executable") || has("static-pie") => "pie",
            () if has("shared object") => "library",
            () => "executable",
        };
        said["kind"] = kind.into();
        // Of a library it only says whether it has a dynamic section.
        if kind != "library" {
            said["static"] = (has("statically linked") || has("static-pie linked")).into();
        }
        said["interpreter"] = between(&text, "interpreter", ' ', ',').into();
        // Of what GNU's linker made it doesn't say Go's.
        if let Some(id) = between(&text, "Go BuildID", '=', ',') {
            said["go ID"] = id.into();
        }
        said["gnu"] = between(&text, "BuildID[", '=', ',').into();
    }
    said
}

fn goarch_by_file(text: &str) -> Option<&'static str> {
    let is_big = text.contains("MSB");
    let words = [
        ("x86-64", "amd64"),
        ("x86_64", "amd64"),
        ("Intel 80386", "386"),
        ("Intel i386", "386"),
        ("Intel 386", "386"),
        ("ARM aarch64", "arm64"),
        ("Aarch64", "arm64"),
        ("64-bit arm64", "arm64"),
        ("ARM, EABI5", "arm"),
        ("LoongArch", "loong64"),
        ("UCB RISC-V", "riscv64"),
        ("IBM S/390", "s390x"),
        ("WebAssembly", "wasm"),
        ("64-bit XCOFF", "ppc64"),
    ];
    if let Some((_, goarch)) = words.iter().find(|(word, _)| text.contains(word)) {
        return Some(goarch);
    }
    match (
        text.contains("PowerPC"),
        text.contains("MIPS"),
        text.contains("64-bit"),
        is_big,
    ) {
        (true, _, _, true) => Some("ppc64"),
        (true, _, _, false) => Some("ppc64le"),
        (_, true, true, true) => Some("mips64"),
        (_, true, true, false) => Some("mips64le"),
        (_, true, false, true) => Some("mips"),
        (_, true, false, false) => Some("mipsle"),
        _ => None,
    }
}

/// The facts of `inspect` that `readelf` tells too.
fn of_elf(ours: &Value) -> Value {
    let names = ours["needed"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|library| library["name"].clone()).collect();
    let glibc = ours["glibc"]
        .as_array()
        .unwrap()
        .iter()
        .map(|need| (need["library"].as_str().unwrap(), need["version"].clone()));
    json!({
        "needed": names,
        "runpath": ours["runpath"],
        "interpreter": ours["interpreter"],
        "glibc": glibc.collect::<BTreeMap<_, _>>(),
        "gnu": ours["build_ids"]["gnu"],
    })
}

/// The facts of `inspect` that `file` told.
fn of_file(ours: &Value, told: &Value) -> Value {
    let is_bare = ours["interpreter"].is_null() && ours["needed"].as_array().unwrap().is_empty();
    let fields = told.as_object().unwrap().keys().map(|key| {
        let value = match key.as_str() {
            "static" => is_bare.into(),
            "go ID" => ours["build_ids"]["go"].clone(),
            "gnu" => ours["build_ids"]["gnu"].clone(),
            _ => ours[key].clone(),
        };
        (key.clone(), value)
    });
    fields.collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn inspect_agrees_with_go_and_readelf_and_file_on_real_binaries() {
    let project = sources();
    let files = binaries(&project);
    let mut args = vec!["inspect", "--format", "json"];
    args.extend(files.iter().map(|path| path.to_str().unwrap()));
    let json = project.run(&args).exits(0).json();
    let facts = json.as_array().unwrap();
    assert_eq!(facts.len(), files.len());

    let mut list = Vec::new();
    let mut formats = BTreeSet::new();
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, ours) in files.iter().zip(facts) {
        let mut readers = Vec::new();
        let format = ours["format"].as_str().unwrap();
        formats.insert(format);
        if let Some(theirs) = by_go(path) {
            assert_eq!(ours["go"], theirs, "go version -m {}", path.display());
            let build_id = buildid_by_go(path);
            assert_eq!(ours["build_ids"]["go"], build_id, "{}", path.display());
            let uuid = (format == "macho").then(|| uuid_of(&build_id));
            assert_eq!(ours["build_ids"]["uuid"].as_str(), uuid.as_deref());
            readers.push("go version -m");
            readers.push("go tool buildid");
        } else if format == "wasm" {
            let build_id = buildid_by_go(path);
            assert_eq!(ours["build_ids"]["go"], build_id, "{}", path.display());
            readers.push("go tool buildid");
            // Go's own reader knows no build information in WebAssembly.
            let package = ours["go"]["path"].as_str();
            assert_eq!(package, Some("example.com/agrees/plain"));
        } else {
            assert_eq!(ours["go"], Value::Null, "{}", path.display());
            assert_eq!(ours["build_ids"]["go"], Value::Null, "{}", path.display());
        }
        if format == "elf" {
            assert_eq!(of_elf(ours), by_readelf(path), "readelf {}", path.display());
            readers.push("readelf");
        }
        let told = by_file(path);
        // `file` doesn't know Plan 9 on amd64.
        if !told["format"].is_null() {
            assert_eq!(of_file(ours, &told), told, "file {}", path.display());
            readers.push("file");
        }
        assert!(!readers.is_empty(), "nothing else reads {}", path.display());
        list.push(format!("{}: as {}", path.display(), readers.join(", ")));
        for reader in readers {
            *compared.entry(reader).or_default() += 1;
        }
    }
    // What was compared is listed where it can be looked up.
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inspect-agrees.txt");
    fs::write(place, format!("{}\n{compared:?}\n", list.join("\n"))).unwrap();
    let all = ["elf", "macho", "pe", "plan9", "wasm", "xcoff"];
    assert_eq!(formats, BTreeSet::from(all));
    for (reader, least) in [
        ("go version -m", 30),
        ("go tool buildid", 32),
        ("readelf", 30),
        ("file", 40),
    ] {
        assert!(compared[reader] >= least, "{compared:?}");
    }
}
