//! `xdg-runtime`: the folder for sockets and locks of a user who is logged in.

use super::environment::asks_for;
use super::runtime::called;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("xdg-runtime"),
    class: Class::Runtime,
    systems: Systems::Unix,
    severity: Severity::Degrade,
    summary: "the program asks for XDG_RUNTIME_DIR",
    explanation: "A session manager sets XDG_RUNTIME_DIR for users who are logged in; services, \
        containers and cron jobs don't have it. Joined to an empty text, the path of a socket or \
        a lock becomes relative to the current folder, without an error.",
    symptom: "a socket or a lock in the current folder, or at the top of the file system",
    signs: &["dial unix …: connect: no such file or directory"],
    fixes: &[
        Fix::source("os.TempDir() or a folder of the configuration where XDG_RUNTIME_DIR is empty"),
        Fix::image("set XDG_RUNTIME_DIR to a folder of mode 0700"),
    ],
    check: Check::Texts(check),
};

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let call = asks_for(uses, "XDG_RUNTIME_DIR");
    call.map(|call| called(&RULE, uses, call, "$XDG_RUNTIME_DIR", Need::RuntimeDir))
        .into_iter()
        .collect()
}
