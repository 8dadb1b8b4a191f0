//! Values that stand in several places: names, paths, targets, templates, flags.
//!
//! A pattern may let through what the parser refuses, never the other way round. All of them are
//! in the dialect that JavaScript, Python and Rust agree on.

use std::collections::BTreeMap;

use super::node::Node;
use crate::go_version::known_releases;
use crate::manifest::flags::{self, Rule};
use crate::manifest::ldflags::LINKER;
use crate::manifest::project::OF_THE_PROJECT;
use crate::manifest::tags;
use crate::manifest::template::Variable;
use crate::manifest::verify::Clause;
use crate::manifest::{env, name};
use crate::target::{Cgo, Goarch, Goos, PLATFORMS, Variant};
use crate::toolchain;
use crate::verify::Rule as GateRule;

/// Relative, with `/`, without `..`, control characters, backslashes and drives.
const INSIDE: &str = r"^(?!/)(?!.:)(?!(.*/)?\.\.(/|$))[^\\\u0000-\u001f\u007f-\u009f]+$";

/// A template of Go's own kind, `{{ .Version }}`.
const FOREIGN: &str = r"\{\{\s*\..*\}\}";

/// One component of a path on every system.
pub(super) fn name() -> Node {
    // No `.exe`, and no device of Windows.
    let taken = r"\.[eE][xX][eE]$|^([cC][oO][nN]|[pP][rR][nN]|[aA][uU][xX]|[nN][uU][lL]|([cC][oO][mM]|[lL][pP][tT])[0-9])(\.|$)";
    Node::string()
        .pattern(r"^[A-Za-z0-9_+]([A-Za-z0-9._+-]*[A-Za-z0-9_+-])?$")
        .longest(name::LONGEST)
        .not(Node::like(taken))
}

/// A file or folder inside the project.
pub(super) fn path() -> Node {
    Node::string().pattern(INSIDE)
}

/// A folder with a go.mod.
pub(super) fn module() -> Node {
    path().not(Node::like(r"^-|go\.mod$"))
}

/// A folder of the module.
pub(super) fn package() -> Node {
    path().not(Node::like(r"^[^.]|^\.[^/]|\.\.\.|[*@]|\.go$"))
}

/// `goos[/goarch[/variant]]`, each part a glob.
pub(super) const SELECTOR: &str = "^[^/]+(/[^/]+){0,2}$";

/// A target, or several.
pub(super) fn selector() -> Node {
    Node::string().pattern(SELECTOR)
}

/// One selector, or several.
pub(super) fn selectors() -> Node {
    Node::any_of([selector(), Node::set(selector()).not_empty()])
}

pub(super) fn goos() -> Node {
    Node::word(Goos::ALL.iter().map(|goos| goos.as_str()))
}

pub(super) fn goarch() -> Node {
    Node::word(Goarch::ALL.iter().map(|goarch| goarch.as_str()))
}

/// The variants of each architecture that has some.
pub(super) fn variants() -> Node {
    let with_some = Goarch::ALL.iter().filter_map(|goarch| {
        let variants = Variant::all_of(*goarch);
        let env = Variant::env_of(*goarch)?;
        let node = Node::set(Node::word(variants)).not_empty();
        Some((goarch.as_str(), node.says(&format!("Values of {env}."))))
    });
    Node::table(with_some)
}

/// `goos/goarch`, or with a variant.
pub(super) fn target() -> Node {
    let mut systems: BTreeMap<Goarch, Vec<&str>> = BTreeMap::new();
    for platform in PLATFORMS {
        let systems = systems.entry(platform.goarch).or_default();
        systems.push(platform.goos.as_str());
    }
    let pair = |row: &crate::target::Platform| format!("{}/{}", row.goos, row.goarch);
    let with_variant = systems.into_iter().filter_map(|(goarch, systems)| {
        let variants = Variant::all_of(goarch);
        let (systems, variants) = (systems.join("|"), variants.join("|").replace('.', r"\."));
        let pattern = format!("^({systems})/{goarch}/({variants})$");
        (!variants.is_empty()).then(|| Node::string().pattern(&pattern))
    });
    Node::any_of(std::iter::once(Node::word(PLATFORMS.iter().map(pair))).chain(with_variant))
}

/// The name of a definition.
pub(super) const DEFINITION_NAME: &str = "^[a-z][a-z0-9-]{0,39}$";

/// A toolchain by the name of its definition.
pub(super) fn toolchain_definition() -> Node {
    let own = Node::string().pattern(DEFINITION_NAME);
    Node::any_of([Node::word(toolchain::names()), own])
}

/// A toolchain, perhaps with a release of glibc.
pub(super) fn toolchain() -> Node {
    let own = Node::string().pattern(r"^[a-z][a-z0-9-]{0,39}(\.[0-9]+\.[0-9]+(\.[0-9]+)?)?$");
    Node::any_of([Node::word(toolchain::names()), own])
}

/// A pattern of texts in which these variables may stand in braces.
fn template_of(literal: &str, variables: &[Variable]) -> String {
    let names: Vec<&str> = variables.iter().map(|v| v.as_str()).collect();
    format!(r"({literal}|\{{({})\}})", names.join("|"))
}

pub(super) fn version() -> Node {
    let piece = template_of("[A-Za-z0-9.+_~-]", &OF_THE_PROJECT);
    Node::string().pattern(&format!("^{piece}+$"))
}

/// A release of Go: three numbers, or a candidate; two only before Go 1.21. `x` is the newest of a known line.
pub(super) fn go_release() -> Node {
    let number = "(0|[1-9][0-9]{0,3})";
    let since = format!(r"{number}(\.{number}|(rc|beta){number})");
    let lines: Vec<String> = known_releases()
        .map(|release| release.minor().to_string())
        .collect();
    let newest = format!(r"({})\.x", lines.join("|"));
    Node::string().pattern(&format!(r"^1\.({since}|{newest}|[0-9]|1[0-9]|20)$"))
}

/// A text with variables of the project; `{{` and `}}` are braces.
pub(super) fn template() -> Node {
    let piece = template_of(r"[^{}]|\{\{|\}\}", Variable::ALL);
    Node::string()
        .pattern(&format!("^{piece}*$"))
        .not(Node::like(FOREIGN))
}

/// A text with variables, `{port}` too; `{{` and `}}` are braces.
pub(super) fn template_with_port() -> Node {
    let piece = template_of(r"[^{}]|\{\{|\}\}|\{port\}", Variable::ALL);
    Node::string()
        .pattern(&format!("^{piece}*$"))
        .not(Node::like(FOREIGN))
}

/// Arguments of the linker.
pub(super) fn ldflags() -> Node {
    let piece = template_of(r"[^{}\n\r\u0000]|\{\{|\}\}", Variable::ALL);
    let refused = LINKER.refused.iter().flat_map(|(_, names)| *names);
    let refused: Vec<&str> = refused.copied().collect();
    let both_quotes = "'.*\"|\".*'";
    let argument = Node::string()
        .pattern(&format!(r"^(?=.*\S){piece}+$"))
        .not(Node::like(&format!(
            "^--?({})(=|$)|{both_quotes}|{FOREIGN}",
            refused.join("|")
        )));
    Node::array(argument)
}

/// Flags of go build, each with its value in the same element.
pub(super) fn go_flags() -> Node {
    let line = r"[^\n\r\u0000]";
    let flag = |(name, rule): &(&str, Rule)| match rule {
        Rule::Switch => format!("{name}(=(true|false))?"),
        Rule::OneOf(words) => format!("{name}=({})", words.join("|")),
        Rule::Suffix => format!("{name}=[A-Za-z0-9_]+"),
        Rule::Packages => format!("{name}=(?!-){line}+"),
        Rule::Profile => format!(r"{name}=(?![/-]|.:|(.*/)?\.\.(/|$))[^\\\n\r\u0000]+"),
        Rule::Arguments(_) => format!("{name}={line}*"),
    };
    let flags: Vec<String> = flags::ALLOWED.iter().map(flag).collect();
    Node::set(Node::string().pattern(&format!("^--?({})$", flags.join("|"))))
}

/// Build tags; what go sets from the target is none.
pub(super) fn build_tags() -> Node {
    // Letters beyond ASCII are allowed, so that the pattern says what isn't.
    let plain = r"^[^\u0000-\u002d\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u007f]+$";
    let gos = Node::word(tags::set_by_go());
    Node::set(Node::string().pattern(plain).not(gos))
}

/// The variables that change what go builds.
pub(super) fn variables() -> Node {
    let value = Node::string().pattern(r"^[^\n\r\u0000]*$");
    let says = |name: &str| match name {
        "GODEBUG" => {
            "Settings of the runtime that the binary starts with: `netdns=go,http2client=0`."
        }
        "GOEXPERIMENT" => "Experiments of the compiler, the runtime and the library: `jsonv2`.",
        "GOFIPS140" => "The version of the FIPS 140-3 module: `latest`, `v1.0.0`, `off`.",
        _ => "A variable of go build.",
    };
    Node::table(env::ALLOWED.map(|name| {
        let value = match name {
            "GOFIPS140" => {
                Node::string().pattern(r"^(off|latest|inprocess|certified|v1\.[0-9]+\.[0-9]+)$")
            }
            _ => value.clone(),
        };
        (name, value.says(says(name)))
    }))
}

/// Rules of the gate whose findings can be allowed, or denied.
pub(super) fn rule(clause: Clause) -> Node {
    let able = GateRule::ALL.iter().filter(|rule| clause.may_be(rule));
    let words: Vec<(&str, &str)> = able.map(|rule| (rule.id.as_str(), rule.summary)).collect();
    Node::explained(&words)
}

/// Why something is as it is; never empty.
pub(super) fn reason() -> Node {
    Node::string().pattern(r"\S")
}

/// A number and a unit.
pub(super) fn time() -> Node {
    Node::string().pattern("^(?!0+[msh])[0-9]{1,6}(ms|s|m|h)$")
}

/// A program and its arguments; no shell reads them.
pub(super) fn command() -> Node {
    let argument = || Node::string().pattern(r"^[^\u0000]*$");
    Node::array(argument()).not_empty()
}

/// The settings of cgo that a cell may have.
pub(super) fn cgo_axis() -> Node {
    Node::set(Node::boolean())
        .not_empty()
        .default(vec![Cgo::default() == Cgo::Enabled])
}
