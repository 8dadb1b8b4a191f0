//! `plugin`: Go's plugins, which need C and a loader.

use super::runtime::{Unreached, linked};
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::PLUGIN,
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program loads Go plugins",
    explanation: "The package plugin opens a shared library that the same Go built from the same \
        sources. That needs C and the dynamic loader, so never a static program: without cgo, \
        and on Windows, what is compiled in its place answers every call with an error. With \
        cgo the plugin has to be there as a file, too.",
    symptom: "plugin: not implemented",
    signs: &[
        "plugin: not implemented",
        "plugin.Open(…): realpath failed",
        "plugin was built with a different version of package …",
    ],
    fixes: &[
        Fix::source(
            "plugins as processes of their own, which talk over a pipe or a socket; or as \
         WebAssembly",
        ),
        Fix::manifest("`cgo = true` for the cells whose systems have a loader, and no static link"),
    ],
    check: Check::Functions(check),
};

const OPEN: &[&str] = &["plugin.Open", "plugin.open"];
/// What opens them; without cgo it isn't there.
const LOADER: &str = "plugin._Cfunc_pluginOpen";

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let is_built_in = uses.links(&[LOADER]);
    // No system can make up for what isn't compiled in.
    let loader = evidence.facts.interpreter.clone().filter(|_| is_built_in);
    let need = loader.map(Need::Loader);
    let mut found = linked(&RULE, uses, OPEN, Unreached::AsBad, "plugins", need);
    if let Some(finding) = found.as_mut().filter(|_| is_built_in) {
        "plugin.Open(…): realpath failed".clone_into(&mut finding.symptom);
    }
    found.into_iter().collect()
}
