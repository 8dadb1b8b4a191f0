//! `static-nss`: glibc is linked statically, and loads modules all the same.

use super::c_library::{CLibrary, HOSTS, USERS};
use super::runtime::{Unreached, linked};
use super::unread_texts::CALLS_C;
use crate::verify::uses::Uses;
use crate::verify::{
    AsksForNames, COrigin, Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity,
    Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::STATIC_NSS,
    class: Class::Runtime,
    systems: Systems::Linux,
    severity: Severity::Fail,
    summary: "glibc is linked statically, and still loads its modules for names",
    explanation: "For names of hosts, users and groups glibc loads the modules that \
        /etc/nsswitch.conf names, also in a static program. They have to be those of the very \
        release that was linked: others crash it. The linker warns of that (Using 'getaddrinfo' \
        in statically linked applications requires at runtime the shared libraries from the \
        glibc version used for linking), but go shows no warnings of a link that works. Go's own code for \
        both needs no module. Where only C of the program's own may look names up, its calls \
        don't show, and glibc has the code for it only where something asks for it.",
    symptom: "lookup example.com: Temporary failure in name resolution, or SIGSEGV in getaddrinfo",
    signs: &[
        "lookup …: Temporary failure in name resolution",
        "Temporary failure in name resolution",
        "lookup …: cannot allocate memory",
        "getpwnam_r…cannot allocate memory",
        "getpwuid_r…cannot allocate memory",
        "getgrnam_r…cannot allocate memory",
        "SIGSEGV…getaddrinfo",
        "segmentation fault",
        "signal arrived during cgo execution",
        "Using '…' in statically linked applications requires at runtime the shared libraries",
    ],
    fixes: &[
        Fix::manifest("`[build] resolver = \"go\"`"),
        Fix::command("go build -tags netgo,osusergo"),
        MUSL,
    ],
    check: Check::Functions(check),
};

const MUSL: Fix = Fix::command("link against musl, which loads no modules");

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let kinds = [("names of hosts", HOSTS), ("users and groups", USERS)];
    let linked_in: Vec<_> = kinds
        .into_iter()
        .filter(|(_, names)| uses.links(names))
        .collect();
    if linked_in.is_empty() {
        return of_its_c(evidence, uses).into_iter().collect();
    }
    if uses.c_library(evidence) != CLibrary::StaticGlibc {
        return Vec::new();
    }
    let find = |(subject, names): (&str, &[&str])| {
        let need = Need::NameServiceModules(AsksForNames::Go);
        linked(&RULE, uses, names, Unreached::Told, subject, need)
    };
    linked_in.into_iter().filter_map(find).collect()
}

/// The finding about C of the program's own, where none of Go's packages looks names up in C: glibc
/// brings the code that loads modules only to who needs it.
fn of_its_c(evidence: &Evidence<'_>, uses: Uses<'_>) -> Option<Finding> {
    // All names of functions are gone through, so only where Go calls C at all.
    let is_own = uses.links(&[CALLS_C]) && evidence.c_origin() == COrigin::Program;
    if !is_own || uses.c_library(evidence) != CLibrary::StaticGlibc {
        return None;
    }
    let detail = "glibc's code that loads its modules is linked in, and only C of the program or its \
        dependencies may use it";
    let finding = RULE.finding("names that its C looks up", detail.to_owned());
    Some(Finding {
        severity: Severity::Degrade,
        fixes: vec![MUSL],
        ..finding.needing(Need::NameServiceModules(AsksForNames::C))
    })
}
