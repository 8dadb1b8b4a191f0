//! `static-nss`: glibc is linked statically, and loads modules all the same.

use super::c_library::{CLibrary, HOSTS, USERS};
use super::runtime::{Unreached, linked};
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("static-nss"),
    class: Class::Runtime,
    systems: Systems::Linux,
    severity: Severity::Fail,
    summary: "glibc is linked statically, and still loads its modules for names",
    explanation: "For names of hosts, users and groups glibc loads the modules that \
        /etc/nsswitch.conf names, also in a static program. They have to be those of the very \
        release that was linked: others crash it. The linker warns of that (Using 'getaddrinfo' \
        in statically linked applications requires at runtime the shared libraries from the \
        glibc version used for linking), but go shows no warnings of a link that works. Go's own code for \
        both needs no module.",
    symptom: "lookup example.com: Temporary failure in name resolution, or SIGSEGV in getaddrinfo",
    signs: &[
        "lookup …: Temporary failure in name resolution",
        "lookup …: cannot allocate memory",
        "getpwnam_r…cannot allocate memory",
        "getpwuid_r…cannot allocate memory",
        "getgrnam_r…cannot allocate memory",
        "SIGSEGV…getaddrinfo",
        "segmentation fault",
        "Using '…' in statically linked applications requires at runtime the shared libraries",
    ],
    fixes: &[
        Fix::manifest("`[build] resolver = \"go\"`"),
        Fix::command("go build -tags netgo,osusergo"),
        Fix::command("link against musl, which loads no modules"),
    ],
    check: Check::Functions(check),
};

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let kinds = [("names of hosts", HOSTS), ("users and groups", USERS)];
    let linked_in: Vec<_> = kinds
        .into_iter()
        .filter(|(_, names)| uses.links(names))
        .collect();
    if linked_in.is_empty() || uses.c_library(evidence) != CLibrary::StaticGlibc {
        return Vec::new();
    }
    let find = |(subject, names): (&str, &[&str])| {
        let need = Need::NameServiceModules;
        linked(&RULE, uses, names, Unreached::Told, subject, need)
    };
    linked_in.into_iter().filter_map(find).collect()
}
