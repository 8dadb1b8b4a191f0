//! What static and dynamic linking cost.
//!
//! Measured as `docs/performance.md` says ("Static and dynamic start").

use super::{Block, Topic, list};

pub(super) const TOPIC: Topic = Topic {
    id: "linking",
    said: &["not a dynamic executable", "statically linked"],
    summary: "what static and dynamic linking cost in start-up, memory and updates",
    blocks,
};

fn blocks() -> Vec<Block> {
    vec![
        Block::Text(
            "A static program is one file: the kernel maps it and starts it. A dynamic one names a loader, \
             which the kernel starts in its place; the loader finds and maps each library and \
             connects the functions, at every start.",
        ),
        list(
            "CPU time of a start (perf stat -r 200 ./hello), on one machine, rounded",
            START,
        ),
        list(
            "Memory at most (/usr/bin/time -f %M ./hello), on the same machine, rounded",
            MEMORY,
        ),
        Block::Text(
            "Part of the difference between the Go programs is cgo itself, which starts a thread of C, \
             and not the linking. For a service none of it matters; for a command that is run thousands \
             of times it adds up. Read-only pages of a shared library are in memory once for all \
             programs that use it, while a static program shares its pages only with other \
             processes of itself: ten different Go programs hold Go's runtime ten times, linked \
             either way.",
        ),
        list("Updates", UPDATES),
        list("Which one", CHOICE),
    ]
}

const START: &[(&str, &str)] = &[
    ("Go, static, without cgo", "1.2 ms"),
    ("Go, static, with cgo and glibc", "1.5 ms"),
    ("Go, dynamic, with cgo", "1.9 ms"),
    ("C, static, musl", "0.1 ms"),
    ("C, static, glibc", "0.2 ms"),
    ("C, dynamic, glibc", "0.4 ms"),
];

const MEMORY: &[(&str, &str)] = &[
    ("Go, static, without cgo", "2.1 MB"),
    ("Go, static, with cgo and glibc", "2.9 MB"),
    ("Go, dynamic, with cgo", "3.6 MB"),
    ("C, static, musl", "0.5 MB"),
    ("C, static, glibc", "0.5 MB"),
    ("C, dynamic, glibc", "1.1 MB"),
];

const UPDATES: &[(&str, &str)] = &[
    (
        "dynamic",
        "who updates the library on the system mends every program with its next start; an update may also break one",
    ),
    (
        "static",
        "each program has to be built and shipped again when a library in it has a flaw; gobuildx inspect lists the Go modules of a file, and govulncheck -mode=binary their known flaws. C code that was linked in is in no list",
    ),
    (
        "Go's own packages",
        "are always linked statically, crypto/tls and net/http too: a new Go means a new build in any case",
    ),
];

const CHOICE: &[(&str, &str)] = &[
    (
        "cgo = false",
        "where no package needs C: nothing has to be on the system, and one file runs on every distribution",
    ),
    (
        "static with musl",
        "where C is needed: musl is made for it, and loads nothing by itself",
    ),
    (
        "static with glibc",
        "works until something asks for a name or a user, since it loads modules then; with -tags netgo,osusergo it doesn't",
    ),
    (
        "dynamic",
        "where a library has to come from the system: plugins, drivers, PAM, certified cryptography",
    ),
];
