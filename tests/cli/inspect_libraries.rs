//! The libraries that `inspect` reads from Windows and macOS binaries, against independent readers:
//! `objdump`, and the readers in Go's standard library. Half of the binaries are of other compilers:
//! GCC and Clang made those that Go's own tests read.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::answers::go;
use crate::project::Project;

/// Prints what Go's packages read from each file, as a list in JSON. Go tells of the functions that
/// a Windows binary imports only, each as `function:library`.
const READER: &str = r#"package main

import (
	"debug/macho"
	"debug/pe"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

type facts struct {
	Needed  []string `json:"needed"`
	Runpath []string `json:"runpath"`
}

func read(path string) (facts, error) {
	found := facts{[]string{}, []string{}}
	if file, err := macho.Open(path); err == nil {
		libraries, err := file.ImportedLibraries()
		found.Needed = append(found.Needed, libraries...)
		for _, load := range file.Loads {
			if rpath, is := load.(*macho.Rpath); is {
				found.Runpath = append(found.Runpath, rpath.Path)
			}
		}
		return found, err
	}
	file, err := pe.Open(path)
	if err != nil {
		return found, err
	}
	symbols, err := file.ImportedSymbols()
	for _, symbol := range symbols {
		_, library, _ := strings.Cut(symbol, ":")
		if !slices.Contains(found.Needed, library) {
			found.Needed = append(found.Needed, library)
		}
	}
	return found, err
}

func main() {
	all := []facts{}
	for _, path := range os.Args[1:] {
		found, err := read(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, path, err)
			os.Exit(1)
		}
		all = append(all, found)
	}
	json.NewEncoder(os.Stdout).Encode(all)
}
"#;

/// Links what other packages load by themselves, beside what every Go program needs.
const MAIN: &str = "package main\n\nimport \"net\"\n\n\
                    func main() { println(net.LookupHost(\"localhost\")) }\n";

const BY_GO: &[&str] = &[
    "windows/386",
    "windows/amd64",
    "windows/arm64",
    "darwin/amd64",
    "darwin/arm64",
];

/// Below `debug/pe/testdata` of Go's sources.
const WINDOWS_BY_GCC: &[&str] = &[
    "gcc-386-mingw-exec",
    "gcc-386-mingw-no-symbols-exec",
    "gcc-amd64-mingw-exec",
];

/// Below `debug/macho/testdata` of Go's sources, where they are in base64.
const MACOS_BY_OTHERS: &[&str] = &[
    "clang-amd64-darwin-exec-with-rpath",
    "gcc-amd64-darwin-exec",
];

#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The binaries, all in the project's folder.
fn binaries(project: &Project) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for target in BY_GO {
        let (goos, goarch) = target.split_once('/').unwrap();
        let file = project.path(&target.replace('/', "-"));
        run(Command::new("go")
            .current_dir(project.root())
            .envs([("GOOS", goos), ("GOARCH", goarch), ("CGO_ENABLED", "0")])
            // With compressed debug information objdump takes its section for that of the imports.
            .args(["build", "-trimpath", "-ldflags=-s -w", "-o"])
            .args([file.as_path(), Path::new("./program")]));
        files.push(file);
    }
    let sources = PathBuf::from(go(&["env", "GOROOT"])).join("src/debug");
    let by_gcc = WINDOWS_BY_GCC.iter();
    files.extend(by_gcc.map(|name| sources.join("pe/testdata").join(name)));
    for name in MACOS_BY_OTHERS {
        let encoded = sources.join(format!("macho/testdata/{name}.base64"));
        let decoded = Command::new("base64").arg("-d").arg(&encoded).output();
        let file = project.path(name);
        std::fs::write(&file, decoded.unwrap().stdout).unwrap();
        files.push(file);
    }
    files
}

/// The libraries that `objdump` reads; none where it isn't made for the architecture.
fn by_objdump(path: &Path) -> Option<Vec<String>> {
    let output = Command::new("objdump")
        .arg("-p")
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("DLL Name: "));
    output
        .status
        .success()
        .then(|| names.map(str::to_owned).collect())
}

fn needed(facts: &Value) -> Vec<&str> {
    let libraries = facts["needed"].as_array().unwrap().iter();
    libraries
        .map(|library| library["name"].as_str().unwrap())
        .collect()
}

#[test]
fn inspect_reads_the_libraries_that_objdump_and_go_read() {
    let project = Project::empty()
        .file("go.mod", "module example.com/x\n\ngo 1.24\n")
        .file("program/main.go", MAIN)
        .file("reader/main.go", READER);
    let files = binaries(&project);
    let paths: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();

    let ours = [&["inspect", "--format", "json"], &paths[..]].concat();
    let ours = project.run(&ours).exits(0).json();
    let by_go = run(Command::new("go")
        .current_dir(project.root())
        .args(["run", "./reader"])
        .args(&paths));
    let by_go: Value = serde_json::from_str(&by_go).unwrap();

    let mut by_objdump_too = 0;
    let (ours, by_go) = (ours.as_array().unwrap(), by_go.as_array().unwrap());
    assert_eq!((ours.len(), by_go.len()), (paths.len(), paths.len()));
    for ((path, ours), by_go) in files.iter().zip(ours).zip(by_go) {
        let place = path.display();
        let needed = needed(ours);
        assert!(!needed.is_empty(), "{place}");
        let said = json!({ "needed": needed, "runpath": ours["runpath"] });
        assert_eq!(&said, by_go, "Go's reader of {place}");
        if ours["format"] == "pe"
            && let Some(names) = by_objdump(path)
        {
            assert_eq!(needed, names, "objdump -p {place}");
            by_objdump_too += 1;
        }
    }
    // Not every objdump reads Windows on ARM.
    assert!(by_objdump_too >= 5, "{by_objdump_too}");
}
