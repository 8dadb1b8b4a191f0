//! `user-db`: the list of users and groups.

use super::runtime::{Unreached, called, reached};
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
        what they do: where no code of the program leads to it, that is only told.",
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

const CURRENT: &[&str] = &["os/user.Current"];
const LOOK_UPS: &[&str] = &[
    "os/user.Lookup",
    "os/user.LookupId",
    "os/user.LookupGroup",
    "os/user.LookupGroupId",
    GROUPS,
];
const GROUPS: &str = "os/user.(*User).GroupIds";

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let others = uses.links(LOOK_UPS).then(|| {
        let symptom = "open /etc/passwd: no such file or directory";
        let subject = "the list of users";
        let chain = uses.chain(LOOK_UPS);
        if chain.is_none()
            // Who makes an interface of a user has the list asked by it.
            && let Some(call) = uses.likeliest_call(uses.makers(GROUPS))
        {
            return Finding {
                symptom: symptom.to_owned(),
                ..called(&RULE, uses, call, subject, Need::Users)
            };
        }
        if chain.is_none() && is_held(uses) {
            let detail = "data of the program holds the function; who calls it doesn't show";
            return Finding {
                symptom: symptom.to_owned(),
                ..RULE
                    .finding(subject, detail.to_owned())
                    .needing(Need::Users)
            };
        }
        finding(chain, subject, symptom)
    });
    // Who looks for a user by name is compared with the own one first: that is told already.
    let chain = uses.chain_past(CURRENT, &["os/user.Lookup"]);
    let is_told = others.is_some() && chain.is_none();
    let current = (uses.links(CURRENT) && !is_told).then(|| {
        let symptom = "user: Current requires cgo or $USER, $HOME set in environment";
        finding(chain, "the user that runs the program", symptom)
    });
    others.into_iter().chain(current).collect()
}

/// Whether a function is there that no code refers to: the linker keeps such a one only for data. A
/// method it may keep for who asks by its name.
fn is_held(uses: Uses<'_>) -> bool {
    let functions = LOOK_UPS.iter().copied();
    let functions: Vec<_> = functions.filter(|name| *name != GROUPS).collect();
    uses.is_held(&functions)
}

fn finding(chain: Option<Chain>, subject: &str, symptom: &str) -> Finding {
    Finding {
        symptom: symptom.to_owned(),
        ..reached(&RULE, chain, Unreached::Told, subject, Need::Users)
    }
}
