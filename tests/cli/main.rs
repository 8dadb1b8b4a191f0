//! The command line, as users run it: the real binary, the real go and git, on real sources.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

mod answers;
#[path = "../docs/blank.rs"]
mod blank;
mod counting;
mod live;
mod needy;
mod noted;
mod project;
mod released;
mod smoked;

mod advisories;
mod again;
mod again_emulated;
mod again_linked;
mod again_tampered;
mod audit;
mod audit_gaps;
mod audit_go;
mod audit_packed;
mod audit_versions;
mod by_make;
mod by_shell;
mod cells;
mod cgo;
mod completions;
mod contained;
mod debug_info;
mod doctor;
mod edits;
mod embed;
mod environment;
mod explain;
mod first_use;
mod folder;
mod gate;
mod go_install;
mod go_versions;
mod govulncheck;
mod help;
mod hooked;
mod hooks;
mod hooks_that_fail;
mod init;
mod inspect;
mod inspect_agrees;
mod inspect_disguises;
mod inspect_libraries;
mod listings;
mod lock;
mod memory;
mod modes;
mod packing;
mod page;
mod planning;
mod platforms;
mod policies;
mod records;
mod release;
mod remedies;
mod reproduce;
mod running;
mod secrets;
mod selection;
mod serving;
mod settings;
mod sharing;
mod smoke;
mod smoke_archives;
mod smoke_builds;
mod smoke_hostile;
mod smoke_users;
mod smoke_versions;
mod stamps;
mod stopping;
mod strange_names;
mod terminal;
mod toolchains;
mod verify;
mod verify_released;
mod verify_remote;
mod verify_tampered;
mod wine;
mod workspaces;
