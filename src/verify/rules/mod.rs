//! The rules, one file each, and what several of them share.

mod addresses;
mod asset;
mod build_cgo;
mod build_embed;
mod build_go;
mod build_mode;
mod build_package;
mod build_path;
mod build_target;
mod build_variant;
mod build_vcs;
mod build_x;
mod bus;
mod c_library;
mod ca_roots;
mod cgo_stub;
mod cpu_level;
mod dll_functions;
mod dns_cgo;
mod dns_go;
mod dns_musl;
mod elf_interp;
mod elf_needed;
mod environment;
mod exec;
mod files;
mod folders;
mod glibc_min;
mod goroot;
mod home;
mod http_client;
mod local_tz;
mod macho;
mod mime;
mod musl_interp;
mod opaque;
mod operations;
mod os_min;
mod paths;
mod pie_interp;
mod plugin;
mod proc;
mod raw_calls;
mod readers;
mod realm;
mod runtime;
mod servers;
mod services;
mod shared;
mod static_nss;
mod syslog;
mod system_calls;
mod tmp;
mod tmp_predictable;
mod tzdata;
mod unread_texts;
mod user_db;
mod wide;
mod win_dll;
mod win_dll_lazy;
mod xdg_runtime;

pub(super) use shared::Shared;

pub use readers::{Companions, Readers, companions, readers, readers_of_windows};

use super::system::ElfSystem;
use super::{COrigin, Evidence, Expectation, Finding, Fix, FixPlace, Rule, RuleId, Severity};
use crate::inspect::{BuildInfo, Format, Needed};
use crate::target::{Goos, Sanitizer};

/// Every rule, in the order in which findings are reported.
pub(super) const ALL: &[&Rule] = &[
    &opaque::RULE,
    &elf_interp::RULE,
    &pie_interp::RULE,
    &musl_interp::RULE,
    &elf_needed::RULE,
    &glibc_min::RULE,
    &win_dll::RULE,
    &macho::RULE,
    &cpu_level::RULE,
    &os_min::RULE,
    &ca_roots::RULE,
    &static_nss::RULE,
    &dns_musl::RULE,
    &dns_cgo::RULE,
    &dns_go::RULE,
    &services::RULE,
    &tzdata::RULE,
    &user_db::RULE,
    &exec::RULE,
    &plugin::RULE,
    &win_dll_lazy::RULE,
    &cgo_stub::RULE,
    &goroot::RULE,
    &syslog::RULE,
    &mime::RULE,
    &home::RULE,
    &tmp::RULE,
    &tmp_predictable::RULE,
    &asset::RULE,
    &unread_texts::RULE,
    &proc::RULE,
    &xdg_runtime::RULE,
    &local_tz::RULE,
    &build_target::RULE,
    &build_variant::RULE,
    &build_cgo::RULE,
    &build_mode::RULE,
    &build_go::RULE,
    &build_package::RULE,
    &build_vcs::RULE,
    &build_embed::RULE,
    &build_x::RULE,
    &build_path::RULE,
];

/// Programs that the kernel itself can start.
fn is_bare_elf(evidence: &Evidence<'_>) -> bool {
    is_elf(evidence) && ElfSystem::of(evidence.goos()) == ElfSystem::Bare
}

fn is_elf(evidence: &Evidence<'_>) -> bool {
    evidence.facts.format == Format::Elf
}

/// Confirmations need something to compare: what was expected, and what Go recorded. A file
/// without build information is a finding of the rule `opaque`.
fn is_comparable(evidence: &Evidence<'_>) -> bool {
    comparison(evidence).is_some()
}

fn comparison<'a>(evidence: &Evidence<'a>) -> Option<(&'a Expectation, &'a BuildInfo)> {
    evidence.expectation.zip(evidence.facts.build_info())
}

/// A finding that C code causes.
fn caused_by_c(evidence: &Evidence<'_>, rule: &Rule, subject: &str, detail: &str) -> Finding {
    let finding = rule.finding(subject, format!("{detail}{}", evidence.cgo_note()));
    with_fitting_fixes(evidence, finding)
}

/// A finding with the fixes that fit: what was built with a sanitizer, or has C of its own, can't do without cgo.
fn with_fitting_fixes(evidence: &Evidence<'_>, mut finding: Finding) -> Finding {
    if let Some(sanitizer) = evidence.sanitizer() {
        finding.fixes = sanitizer_fixes(sanitizer, finding.rule);
    } else if evidence.c_origin() == COrigin::Program {
        finding.fixes.retain(|fix| !fix.turns_cgo_off());
    }
    finding
}

/// Keeps the fixes that a system has: images, and what they are given, are no matter of Windows and
/// of Apple's systems.
fn keep_fitting(goos: Option<Goos>, finding: &mut Finding) {
    if matches!(goos, Some(Goos::Windows | Goos::Darwin | Goos::Ios)) {
        finding.fixes.retain(|fix| fix.place != FixPlace::Image);
    }
}

/// A finding about the C library that a library shares with the program that loads it: it fails
/// nothing, but not every program has the same.
fn shared_with_the_loader(mut finding: Finding) -> Finding {
    finding.severity = Severity::Info;
    finding.fixes = vec![Fix::other(
        "load it into programs for the same C library, glibc or musl, at least as new; for others \
         build it with theirs",
    )];
    finding
}

fn sanitizer_fixes(sanitizer: Sanitizer, rule: RuleId) -> Vec<Fix> {
    let allow = format!(
        "`verify = {{ allow = [{{ rule = \"{rule}\", reason = \"…\" }}] }}` in the \
         [[override]] that sets {sanitizer}: such a program is for tests, where the C library is"
    );
    let link = "`ldflags = [\"-linkmode=external\", \"-extldflags=-static\"]` in it: the \
                race detector can be linked statically";
    let remove = format!("no {sanitizer} in what is shipped");
    let link = (sanitizer == Sanitizer::Race).then(|| Fix::manifest(link));
    let before = std::iter::once(Fix::of_manifest(allow)).chain(link);
    before.chain([Fix::of_manifest(remove)]).collect()
}

/// A library with what it is for: `libc.so.6 (the C library: …)`.
fn described(needed: &Needed) -> String {
    match needed.purpose {
        Some(purpose) => format!("{} ({purpose})", needed.name),
        None => needed.name.clone(),
    }
}

/// The sentence of a confirmation that failed.
fn differs(what: &str, expected: &str, found: &str) -> String {
    format!("{what} should be {expected}, but is {found}")
}
