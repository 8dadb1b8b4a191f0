//! Every function whose arguments rules read is found in a program as Go builds it by default: as
//! itself, or as what is called in its place where it was inlined.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use gobuildx::inspect::{Argument, Format, FunctionId, List, Loaded, Program, Word};
use gobuildx::verify::{Companions, Readers, companions, readers, readers_of_windows};
use regex::Regex;

/// The program, which calls each function with its name as the text; see [`wanted`].
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/arguments");

/// Functions whose text is put into a struct when they are inlined: it doesn't show.
const IN_A_STRUCT: &[(&str, &str, usize)] = &[
    ("addresses", "net/http.ListenAndServe", 0),
    ("addresses", "net/http.ListenAndServeTLS", 0),
    ("addresses", "net.ResolveUnixAddr", 2),
];

/// What go prints about the program for Linux.
fn go(args: &[&str]) -> String {
    go_for("linux", args)
}

/// What go prints about the program for a system.
fn go_for(goos: &str, args: &[&str]) -> String {
    let output = Command::new("go")
        .args(args)
        .current_dir(SOURCE)
        .envs([("GOOS", goos), ("GOARCH", "amd64"), ("CGO_ENABLED", "0")])
        .envs([("GOFLAGS", ""), ("GOWORK", "off")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn built() -> Vec<u8> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = folder.path().join("arguments");
    let output = file.to_str().unwrap();
    go(&["build", "-trimpath", "-ldflags=-s -w", "-o", output]);
    fs::read(file).unwrap()
}

/// Whether other packages can call it.
fn is_exported(function: &str) -> bool {
    let name = function.rsplit_once('.').unwrap().1;
    name.starts_with(|first: char| first.is_uppercase())
}

/// The text that the program has at a word: the name of the function, and at a second word that is
/// read from it as the same thing, the name with `, second`.
fn wanted(readers: &Readers, function: &str, word: Word) -> String {
    let others = readers.functions.iter();
    let is_second = others
        .filter(|(other, _)| *other == function)
        .any(|(_, before)| before.0 < word.0);
    let suffix = if is_second { ", second" } else { "" };
    format!("{function}{suffix}")
}

/// The text at a word of a call, or those of the slice there.
fn texts<'a>(program: &Program<'a>, caller: FunctionId, at: u32, word: Word) -> Vec<&'a str> {
    let text = |argument| match argument {
        Argument::Text(text) => Some(text),
        _ => None,
    };
    if let Some(text) = text(program.argument(caller, at, word)) {
        return vec![text];
    }
    match program.list(caller, at, word) {
        List::Texts(texts) => texts.into_iter().filter_map(text).collect(),
        List::HandedOn(_) | List::Unknown => Vec::new(),
    }
}

#[test]
fn every_function_whose_arguments_are_read_is_found() {
    let bytes = built();
    let loaded = Loaded::of(Format::of(&bytes), &bytes);
    let program = Program::find(&loaded).unwrap();
    let mut lacking = BTreeSet::new();
    for readers in readers() {
        let mut read = BTreeSet::new();
        let mut called = BTreeSet::new();
        for (function, word) in &readers.functions {
            for id in program.named(function) {
                for (caller, at) in program.callers(id) {
                    if program.name(caller).starts_with("main.") {
                        called.insert(*function);
                        read.extend(texts(&program, caller, at, *word));
                    }
                }
            }
        }
        for (function, word) in &readers.functions {
            let is_found = if is_exported(function) {
                read.contains(wanted(&readers, function, *word).as_str())
            } else {
                called.contains(function)
            };
            if !is_found {
                lacking.insert((readers.what, *function, word.0));
            }
        }
    }
    let expected: BTreeSet<_> = IN_A_STRUCT.iter().copied().collect();
    assert_eq!(lacking, expected, "arguments that aren't found");
}

/// The networks that the program names.
const NETWORKS: &[&str] = &["tcp", "udp", "unix", "ip"];

#[test]
fn the_network_or_the_flags_beside_each_text_are_found() {
    let bytes = built();
    let loaded = Loaded::of(Format::of(&bytes), &bytes);
    let program = Program::find(&loaded).unwrap();
    let mut lacking = BTreeSet::new();
    for Companions { what, functions } in companions() {
        let is_read = |caller, at, word| match program.argument(caller, at, word) {
            Argument::Text(network) if what == "networks" => NETWORKS.contains(&network),
            _ => what == "flags" && program.number(caller, at, word).is_some(),
        };
        let mut read = BTreeSet::new();
        for (function, word, beside) in &functions {
            let callers = program.named(function).into_iter();
            for (caller, at) in callers.flat_map(|id| program.callers(id)) {
                if let Argument::Text(text) = program.argument(caller, at, *word)
                    && is_read(caller, at, *beside)
                {
                    read.insert(text);
                }
            }
        }
        let names = functions.iter().map(|(function, ..)| *function);
        let unread = names.filter(|name| is_exported(name) && !read.contains(name));
        lacking.extend(unread.map(|name| (what, name)));
    }
    let expected = BTreeSet::from([("networks", "net.ResolveUnixAddr")]);
    assert_eq!(lacking, expected, "what isn't found");
}

/// Texts of system calls that name something other than a file.
const NO_FILES: &[&str] = &[
    // Of the environment.
    "key",
    // Of what is set, of the kernel's keys, and of attributes of files.
    "value",
    "attr",
    "keyType",
    "description",
    "callback",
    "restriction",
    // Of modules, of network devices and of memory: DeleteModule, BindToDevice, MemfdCreate.
    "name",
    "device",
    "ifname",
    "params",
    // What a new kernel is told.
    "cmdline",
    // Kinds of file systems, what these are told, and what they are made of: mostly a word.
    "fsName",
    "fstype",
    "data",
    "source",
    // A text to convert.
    "s",
    // Other rules read what is started.
    "argv0",
];

/// What a link says: nothing is asked for there.
const OF_LINKS: &[(&str, usize)] = &[
    ("syscall.Symlink", 0),
    ("golang.org/x/sys/unix.Symlink", 0),
    ("golang.org/x/sys/unix.Symlinkat", 0),
];

/// The names and types of parameters, of which several may share a type.
fn parameters(list: &str) -> Vec<(&str, &str)> {
    let mut of_last = "";
    let mut parameters: Vec<_> = list
        .rsplit(", ")
        .map(|one| match one.split_once(' ') {
            Some((name, of_this)) => {
                of_last = of_this;
                (name, of_last)
            }
            None => (one, of_last),
        })
        .collect();
    parameters.reverse();
    parameters
}

/// How many words a parameter takes.
fn size(of: &str) -> usize {
    match of {
        "string" => 2,
        slice if slice.starts_with("[]") => 3,
        _ => 1,
    }
}

/// The exported functions of the packages of system calls that take a text other than those that name
/// no file, each with where it stands.
fn takers_of_paths() -> BTreeSet<(String, usize)> {
    let format = r#"{{.ImportPath}} {{.Dir}} {{join .GoFiles " "}}"#;
    let packages = go(&["list", "-f", format, "syscall", "golang.org/x/sys/unix"]);
    let function = Regex::new(r"(?m)^func ([A-Z]\w*)\(([^)]*)\)").unwrap();
    let mut takers = BTreeSet::new();
    for package in packages.lines() {
        let mut words = package.split(' ');
        let (package, folder) = (words.next().unwrap(), words.next().unwrap());
        for file in words {
            let source = fs::read_to_string(Path::new(folder).join(file)).unwrap();
            for found in function.captures_iter(&source) {
                let mut word = 0;
                for (name, of) in parameters(&found[2]) {
                    if of == "string" && !NO_FILES.contains(&name) {
                        takers.insert((format!("{package}.{}", &found[1]), word));
                    }
                    word += size(of);
                }
            }
        }
    }
    takers
}

#[test]
fn every_system_call_that_takes_a_path_is_read() {
    let takers = takers_of_paths();
    assert!(takers.len() > 100, "{takers:?}");
    let read: BTreeSet<_> = readers()
        .into_iter()
        .filter(|readers| readers.what == "files")
        .flat_map(|readers| readers.functions)
        .map(|(function, word)| (function, word.0))
        .collect();
    let takers = takers
        .iter()
        .map(|(function, word)| (function.as_str(), *word));
    let lacking: BTreeSet<_> = takers.filter(|taker| !read.contains(taker)).collect();
    let expected: BTreeSet<_> = OF_LINKS.iter().copied().collect();
    assert_eq!(lacking, expected, "paths that aren't read");
}

/// Parameters of Windows' functions, by their names, that are UTF-16 and no path.
const NO_PATHS_OF_WINDOWS: &[&str] = &[
    // Of the environment, and blocks of it.
    "block",
    "env",
    "envs",
    "src",
    "value",
    // Of services, machines, users, drivers and what is encrypted.
    "accName",
    "accountName",
    "container",
    "databaseName",
    "dependencies",
    "displayName",
    "groupName",
    "loadOrderGroup",
    "machineName",
    "password",
    "provider",
    "refdDomainName",
    "server",
    "serverName",
    "serviceName",
    "serviceStartName",
    "sourceName",
    "stringSid",
    "systemName",
    "systemname",
    "uncServerName",
    "userName",
    "DeviceDescription",
    "DeviceName",
    "Enumerator",
    "className",
    "deviceID",
    "instanceId",
    // The file of a service, which only the service's manager opens later, and of a driver in its store.
    "binaryPathName",
    "pathName",
    "infFileName",
    // Of the registry.
    "class",
    "subkey",
    // Of hosts.
    "name1",
    "name2",
    "nodename",
    "servicename",
    // Texts for people, for COM, and to convert.
    "args",
    "caption",
    "cmd",
    "lpsz",
    "message",
    "sourceString",
    "str",
    "subBlock",
    "text",
    "verb",
    // Paths that are only put in another form.
    "dosName",
    "ntFileNamePart",
    // DLLs: another rule reads them.
    "libname",
    "moduleName",
    // Devices and volumes, which have names of their own, and what a link says.
    "deviceName",
    "targetPath",
    "targetfilename",
    "volumeName",
    // Room for an answer.
    "baseName",
    "buf",
    "buffer",
    "dir",
    "dst",
    "exeName",
    "nameBuffre",
    "nativeMachine",
    "processMachine",
    "pwszBuff",
    "shortpath",
    "fileSystemNameBuffer",
    "translatedName",
    "volumeNameBuffer",
    "volumePathName",
    "volumePathNames",
    "wchar",
];

/// Functions of Windows in which a parameter with a name that paths have is none.
const NO_FILES_OF_WINDOWS: &[(&str, &str)] = &[
    // It only puts it in another form.
    ("GetFullPathName", "path"),
    // Room for an answer.
    ("FindFirstVolumeMountPoint", "volumeMountPoint"),
    ("FindNextVolumeMountPoint", "volumeMountPoint"),
    ("GetFinalPathNameByHandle", "filePath"),
    ("getFinalPathNameByHandle", "filePath"),
    ("GetModuleFileName", "filename"),
    ("GetModuleFileNameEx", "filename"),
    // What others call `name` has one of these.
    ("CertGetNameString", "name"),
    ("CertOpenSystemStore", "name"),
    ("CoGetObject", "name"),
    ("CreateEvent", "name"),
    ("CreateEventEx", "name"),
    ("CreateFileMapping", "name"),
    ("CreateJobObject", "name"),
    ("CreateMutex", "name"),
    ("CreateMutexEx", "name"),
    ("CreateNamedPipe", "name"),
    ("CryptProtectData", "name"),
    ("GetEnvironmentVariable", "name"),
    ("LoadKeyboardLayout", "name"),
    ("LookupAccountSid", "name"),
    ("LookupPrivilegeValue", "name"),
    ("OpenEvent", "name"),
    ("OpenMutex", "name"),
    ("RegEnumKeyEx", "name"),
    ("regEnumKeyEx", "name"),
    ("RegQueryValueEx", "name"),
    ("SetEnvironmentVariable", "name"),
    ("_DnsQuery", "name"),
];

/// The functions of Windows that take a text of UTF-16 other than those that are no path, each with
/// where it stands.
fn takers_of_wide_paths() -> BTreeSet<(String, usize)> {
    let packages = ["syscall", "golang.org/x/sys/windows"];
    let format = "{{.ImportPath}} {{.Dir}}";
    let listed = go_for(
        "windows",
        &[["list", "-f", format].as_slice(), &packages].concat(),
    );
    let function = Regex::new(r"(?m)^func (\w+)\(([^)]*)\)").unwrap();
    let mut takers = BTreeSet::new();
    for package in listed.lines() {
        let (package, folder) = package.split_once(' ').unwrap();
        let source = Path::new(folder).join("zsyscall_windows.go");
        let source = fs::read_to_string(source).unwrap();
        for found in function
            .captures_iter(&source)
            .filter(|found| !found[2].is_empty())
        {
            let name = &found[1];
            for (word, (parameter, of)) in parameters(&found[2]).into_iter().enumerate() {
                if of == "*uint16"
                    && !NO_PATHS_OF_WINDOWS.contains(&parameter)
                    && !NO_FILES_OF_WINDOWS.contains(&(name, parameter))
                {
                    takers.insert((format!("{package}.{name}"), word));
                }
            }
        }
    }
    takers
}

#[test]
fn every_function_of_windows_that_takes_a_path_is_read() {
    let takers = takers_of_wide_paths();
    assert!(takers.len() > 40, "{takers:?}");
    let read = readers_of_windows().functions;
    let lacking: Vec<_> = takers
        .iter()
        .filter(|(function, word)| {
            let mut read = read.iter();
            !read.any(|(name, at)| name == function && at.0 == *word)
        })
        .collect();
    assert!(lacking.is_empty(), "paths that aren't read: {lacking:?}");
}
