//! `elf-needed`: libraries that must be on the system before the program starts.

use super::{caused_by_c, described, is_elf, shared_with_the_loader};
use crate::verify::system::{ElfSystem, is_c_library};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("elf-needed"),
    class: Class::Linking,
    systems: Systems::Elf,
    severity: Severity::Block,
    summary: "the program needs shared libraries",
    explanation: "Each DT_NEEDED entry names a library that the loader has to find, in the folders \
        of DT_RUNPATH or of the system, before the program starts. On OpenBSD, Solaris, illumos \
        and Android the libraries that a Go program without C needs belong to the system, and \
        are no finding. A library that other programs load shares the C \
        library with them: that is reported, but fails nothing.",
    symptom: "error while loading shared libraries: … cannot open shared object file",
    signs: &[
        "error while loading shared libraries: …: cannot open shared object file",
        "Error loading shared library …: No such file or directory",
        "symbol lookup error: …: undefined symbol: …",
        "relocation error: …",
        "exit code 127",
        "exit status 127",
    ],
    fixes: &[
        Fix::manifest("`cgo = false` for this cell"),
        Fix::command("CGO_ENABLED=0 go build"),
        Fix::source(
            "a Go package in place of the C library (modernc.org/sqlite for SQLite); \
         `-tags netgo,osusergo` where only net and os/user use C",
        ),
        Fix::manifest_if(
            "if C is needed: `toolchain = \"musl-gcc\"` or `\"zig-musl\"` for this cell, which link statically \
         (`gobuildx toolchains list`)",
        ),
    ],
    check: Check::Facts {
        applies: is_elf,
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let system = ElfSystem::of(evidence.goos());
    let runpath = match evidence.facts.runpath.as_slice() {
        [] => String::new(),
        folders => format!(", first looked for in {}", folders.join(":")),
    };
    evidence
        .facts
        .needed
        .iter()
        .filter(|library| !system.has(&library.name))
        .map(|library| {
            let name = described(library);
            let need = Need::Library(library.name.clone());
            if evidence.is_loaded_library() && is_c_library(evidence.goos(), &library.name) {
                let detail = format!("the library shares {name} with the program that loads it");
                return shared_with_the_loader(RULE.finding(&library.name, detail)).needing(need);
            }
            let detail = format!("the loader has to find {name}{runpath}.");
            caused_by_c(evidence, &RULE, &library.name, &detail).needing(need)
        })
        .collect()
}
