//! gobuildx builds every platform of a Go program from one manifest and proves what it built.
//!
//! Data flows one way, and the modules stand in the order of the flow:
//!
//! ```text
//! manifest + project + toolchains + host facts
//!     → plan        pure: every choice is made here
//!     → exec        runs the steps, makes no choices: go build → inspect → verify → compress → place
//!     → report      events → progress on the terminal, JSON records
//! ```

pub mod cli;
mod commands;

pub mod by_release;
pub mod doctor;
pub mod embed;
pub mod fetch;
pub mod go_install;
pub mod go_package;
pub mod go_toolchain;
pub mod go_version;
pub mod go_words;
pub mod host;
pub mod init;
pub mod installing;
pub mod manifest;
pub mod pack;
pub mod platforms;
pub mod project;
pub mod runner;
pub mod sumdb;
pub mod target;
pub mod toolchain;

pub mod plan;

pub mod answers;

pub mod exec;
pub mod inspect;
pub mod ledger;
pub mod verify;

pub mod reproduce;
pub mod smoke;

pub mod audit;
pub mod delivery;
pub mod explain;

pub mod changelog;
pub mod gitops;
pub mod universal;

pub mod dist;
pub mod oci;
pub mod progress;
pub mod registry;
pub mod remedy;
pub mod report;

pub mod archive;
pub mod atomic;
pub mod byte_size;
pub mod console;
pub mod digest;
pub mod disk;
pub mod failure;
pub mod human;
pub mod interrupt;
pub mod mapped;
pub mod markdown;
pub mod parallel;
pub mod printable;
pub mod process;
pub mod shell_word;
pub mod temporary;
pub mod text_table;
pub mod tools;
pub mod version;

pub use commands::run;
