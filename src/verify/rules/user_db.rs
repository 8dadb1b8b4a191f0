//! `user-db`: the list of users and groups.

use super::runtime::{Unreached, handed, reached};
use crate::verify::uses::{Chain, Uses};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("user-db"),
    class: Class::Runtime,
    systems: Systems::PlainUnix,
    severity: Severity::Fail,
    summary: "the program asks who a user or a group is",
    explanation: "Without C, os/user reads /etc/passwd and /etc/group; for the user that runs the \
        program it is content with USER and HOME. Images made from scratch have none of these. \
        archive/tar and others of Go's packages bring os/user without needing it for most of \
        what they do: where no code of the program leads to it, that is only told. Where \
        archive/tar makes headers of files on disk (FileInfoHeader, AddFS), it leaves the names \
        of their owners out.",
    symptom: "open /etc/passwd: no such file or directory, or user: Current requires cgo or \
        $USER, $HOME set in environment",
    signs: &[
        "open /etc/passwd: no such file or directory",
        "open /etc/group: no such file or directory",
        "user: Current requires cgo or … set in environment",
        "user: unknown user …",
        "user: unknown userid …",
        "user: lookup …",
    ],
    fixes: &[
        Fix::source("os.Getuid() where a number will do; a fallback where the lookup fails"),
        Fix::image("copy /etc/passwd and /etc/group, or set USER and HOME"),
    ],
    check: Check::Functions(check),
};

pub(super) const CURRENT: &[&str] = &["os/user.Current"];
pub(super) const LOOK_UPS: &[&str] = &[
    "os/user.Lookup",
    "os/user.LookupId",
    "os/user.LookupGroup",
    "os/user.LookupGroupId",
    GROUPS,
];
const GROUPS: &str = "os/user.(*User).GroupIds";

/// Functions that look users up for the headers of archives, by a variable that holds the function
/// which does. They do without the names where there is no list.
///
/// Source: `sysStat` in `common.go` of Go's package archive/tar, and `stat_unix.go`.
const ARCHIVE: &[&str] = &["archive/tar.FileInfoHeader", "archive/tar.(*Writer).AddFS"];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let others = uses.links(LOOK_UPS).then(|| others(uses));
    // Who looks for a user by name is compared with the own one first: that is told already.
    let chain = uses.chain_past(CURRENT, &["os/user.Lookup"]);
    let is_told = others.is_some() && chain.is_none();
    let current = (uses.links(CURRENT) && !is_told).then(|| {
        let symptom = "user: Current requires cgo or $USER, $HOME set in environment";
        finding(
            uses,
            chain,
            CURRENT,
            "the user that runs the program",
            symptom,
        )
    });
    others.into_iter().chain(current).collect()
}

/// The finding about who isn't the user that runs the program.
fn others(uses: Uses<'_>) -> Finding {
    const SUBJECT: &str = "the list of users";
    let symptom = "open /etc/passwd: no such file or directory";
    let asked = finding(uses, uses.chain(LOOK_UPS), LOOK_UPS, SUBJECT, symptom);
    if asked.severity > Severity::Info {
        return asked;
    }
    let symptom = "none: archives that it makes have the numbers of owners, and no names";
    let archived = finding(uses, uses.chain(ARCHIVE), ARCHIVE, SUBJECT, symptom);
    if archived.severity == Severity::Info {
        return asked;
    }
    Finding {
        severity: Severity::Degrade,
        ..archived
    }
}

/// The finding about some functions: by who calls them, else by how they are handed on.
fn finding(
    uses: Uses<'_>,
    chain: Option<Chain>,
    functions: &[&str],
    subject: &str,
    symptom: &str,
) -> Finding {
    let finding = if chain.is_some() {
        reached(&RULE, chain, Unreached::Told, subject, Need::Users)
    } else {
        handed(&RULE, uses, functions, subject, Need::Users)
            .unwrap_or_else(|| reached(&RULE, None, Unreached::Told, subject, Need::Users))
    };
    Finding {
        symptom: symptom.to_owned(),
        ..finding
    }
}
