//! Libraries that programs name, and what each is for.

use super::{Block, List, Topic, list};
use crate::inspect::{LIBRARIES, Library, Provider};

pub(super) const TOPIC: Topic = Topic {
    id: "libraries",
    said: &["ldd", "vdso", "nss module", "nss modules"],
    summary: "what each library is for that a program may need to start",
    blocks,
};

fn blocks() -> Vec<Block> {
    vec![
        Block::Text(
            "ldd lists what a dynamic program loads, and runs a loader for that; inspect reads what the \
             file names, and what each name is for. A static program names none: ldd says that it \
             is not a dynamic executable.",
        ),
        list(
            "The libraries of C, and who brings them into a Go program",
            OF_C,
        ),
        Block::Text(
            "Since glibc 2.34 libpthread, libdl, librt, libutil and libanl are part of libc.so.6; a program that was \
             linked before that still names them, and systems have empty files for it. musl never \
             had them. A library that isn't there keeps the program from starting, also when \
             nothing of it would have been called.",
        ),
        known("All others that inspect knows", Provider::Other),
        known(
            "Part of Windows 10, Windows Server 2016 and later",
            Provider::Windows,
        ),
    ]
}

/// Whether this is the name of a library on the page, with a version or without one.
pub(super) fn tells_of(name: &str) -> bool {
    let is_of_c = OF_C.iter().any(|(library, _)| {
        let (stem, _) = library.split_once(".so").unwrap_or((library, ""));
        let version = name.strip_prefix(stem);
        version.is_some_and(|version| version.is_empty() || version.starts_with(".so"))
    });
    let is_file = [".so", ".dll", ".dylib"]
        .iter()
        .any(|kind| name.contains(kind));
    let is_word = !name.contains(char::is_whitespace);
    is_word && (is_of_c || (is_file && Library::find(name).is_some()))
}

fn known(title: &'static str, provider: Provider) -> Block {
    let known = LIBRARIES
        .iter()
        .filter(|library| library.provider == provider);
    let entries = known.map(|Library { stem, purpose, .. }| (*stem, *purpose));
    Block::List(List {
        title,
        entries: entries.collect(),
    })
}

const OF_C: &[(&str, &str)] = &[
    (
        "ld-linux-x86-64.so.2",
        "the loader of glibc: the kernel starts it first, and it loads the rest. Without it: no such file or directory",
    ),
    (
        "ld-musl-x86_64.so.1",
        "the loader of musl, and its C library in the same file",
    ),
    (
        "libc.so.6",
        "the C library of glibc. cgo brings it: net asks it for names, os/user for users, and every C package uses it",
    ),
    (
        "libpthread.so.0",
        "its threads. cgo starts threads of C, so every program with cgo named it before glibc 2.34",
    ),
    (
        "libdl.so.2",
        "its dlopen: loads libraries by name while the program runs. plugin and SQLite extensions need it; what is loaded shows in no list",
    ),
    (
        "libresolv.so.2",
        "its DNS resolver, for net with cgo on older systems; on macOS libresolv.9.dylib is in every program",
    ),
    ("libm.so.6", "its mathematics, for C packages that compute"),
    (
        "libgcc_s.so.1",
        "the run-time library of GCC: unwinds the stack for C++ exceptions and for threads that are cancelled. glibc loads it by name in static programs too, and minimal images lack it; -static-libgcc links it in",
    ),
    (
        "libstdc++.so.6",
        "the standard library of C++, for packages with C++ in them; -static-libstdc++ links it in",
    ),
    (
        "libnss_*.so.2",
        "modules of glibc for hosts, users and groups. No file names them: nsswitch.conf does, and a static glibc loads them all the same",
    ),
    (
        "linux-vdso.so.1",
        "no file: the kernel maps it into every process, so that asking for the time is no system call. ldd lists it; it is no dependence",
    ),
];
