//! `[audit]`.

use super::node::Node;
use super::values;
use crate::audit::AuditRule;
use crate::manifest::audit::ALLOW_NEEDS;

pub(super) fn section() -> Node {
    let rules = || AuditRule::ALL.iter().map(|rule| rule.as_str().to_owned());
    let plain = rules().filter(|rule| rule != AuditRule::Licence.as_str());
    let of = Node::string().pattern("^(vulnerable:(called|linked|imported|required)|licence:.+)$");
    let allow = Node::table([
        (
            "rule",
            Node::word(rules()).says("Only findings of this rule. Default: of all."),
        ),
        (
            "advisory",
            values::reason()
                .says("Only this advisory, by any of its names: `GO-2021-0113`. Default: all."),
        ),
        (
            "module",
            values::reason().says("Only modules that match: `golang.org/x/*`. Default: all."),
        ),
        ("reason", values::reason().says("Why it does no harm here.")),
        (
            "until",
            Node::string()
                .pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
                .says("The last day on which it is allowed."),
        ),
    ])
    .needs(ALLOW_NEEDS);
    Node::table([
        (
            "gate",
            Node::boolean()
                .default(false)
                .says("Audit the sources before each build, which fails where the audit does."),
        ),
        (
            "deny",
            Node::set(Node::any_of([Node::word(plain), of])).says(
                "What the audit fails for. Default: altered, other-sum, unlocked, retracted, vulnerable:called.",
            ),
        ),
        (
            "allow",
            Node::array(allow).says("What it doesn't fail for, each with its reason and its last day."),
        ),
        (
            "max_age",
            Node::string()
                .pattern("^[0-9]+(d|w|mo|y)$")
                .says("The greatest age of a version, such as `3y`: the audit fails for an older one."),
        ),
        (
            "compat",
            Node::string()
                .pattern("^1\\.[0-9]+$")
                .says("The oldest Go that go.mod and go.sum have to be tidy for: `1.24`. Default: that of go.mod."),
        ),
        (
            "database",
            values::reason().says(
                "Where advisories come from: an address, a file or a folder. Default: Go's own database.",
            ),
        ),
    ])
    .says("What the audit of dependencies fails for.")
}
