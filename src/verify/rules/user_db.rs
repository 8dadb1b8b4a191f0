//! `user-db`: the list of users and groups.

use super::runtime::{Unreached, is_plain_unix, linked};
use crate::verify::{Class, Evidence, Finding, Need, Rule, RuleId, Severity};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("user-db"),
    class: Class::Runtime,
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
        "source: os.Getuid() where a number will do; a fallback where the lookup fails",
        "image: copy /etc/passwd and /etc/group, or set USER and HOME",
    ],
    applies: is_plain_unix,
    check,
};

const LOOK_UPS: &[&str] = &[
    "os/user.Current",
    "os/user.Lookup",
    "os/user.LookupId",
    "os/user.LookupGroup",
    "os/user.LookupGroupId",
    "os/user.(*User).GroupIds",
];

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(uses) = evidence.uses() else {
        return Vec::new();
    };
    let subject = "the list of users";
    linked(&RULE, uses, LOOK_UPS, Unreached::Told, subject, Need::Users)
        .into_iter()
        .collect()
}
