//! `elf-interp`: the kernel must find a loader before it can start the program.

use super::{caused_by_c, is_bare_elf, pie_interp};
use crate::inspect::musl;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("elf-interp"),
    class: Class::Linking,
    systems: Systems::Bare,
    severity: Severity::Block,
    summary: "the program needs a dynamic loader, so it is not static",
    explanation: "An ELF file with a PT_INTERP segment isn't started by the kernel itself: the \
        kernel starts the loader that the segment names. Images made from scratch, distroless \
        static images and other distributions don't have it. CGO_ENABLED=1 alone is no sign: \
        with it, a program without C in its packages is still static. On OpenBSD, Solaris, \
        illumos and Android every program has a loader, and that is no finding.",
    symptom: "exec /app: no such file or directory, although the file is there",
    signs: &[
        "exec …: no such file or directory",
        "cannot execute: required file not found",
        "bad ELF interpreter: no such file or directory",
        "Could not open '/lib…ld-linux…': No such file or directory",
        "rosetta error: failed to open elf at /lib…ld-linux…",
        "sh: …: not found",
        "ash: …: not found",
        "exit code 127",
        "exit status 127",
    ],
    fixes: &[
        Fix::manifest("`cgo = false` for this cell"),
        Fix::command("CGO_ENABLED=0 go build, without -buildmode=pie"),
        Fix::manifest_if(
            "if C is needed: `toolchain = \"musl-gcc\"` or `\"zig-musl\"` for this cell, which link statically \
         (`gobuildx toolchains list`), with `[build] resolver = \"go\"`",
        ),
    ],
    check: Check::Facts {
        applies: is_bare_elf,
        check,
    },
};

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(loader) = &evidence.facts.interpreter else {
        return Vec::new();
    };
    if musl::is_loader(loader) || pie_interp::is_pie_only(evidence.facts) {
        return Vec::new();
    }
    let detail = format!("the kernel has to start {loader} first, the dynamic loader.");
    let need = Need::Loader(loader.clone());
    vec![caused_by_c(evidence, &RULE, loader, &detail).needing(need)]
}
