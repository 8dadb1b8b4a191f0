//! The JSON Schemas of `targets.toml` and of definitions of toolchains, for editors: what may stand where, and what it is
//! for.
//!
//! The parser decides; the schema is a help while writing. It takes words and tables from where
//! the parser does, tests hold its keys against the parser's, and it never refuses what the
//! parser accepts.

mod audit;
mod node;
mod release;
mod sections;
mod toolchains;
mod values;

#[cfg(test)]
mod tests;

use serde_json::Value;

use self::node::Node;
use super::parse::SCHEMA;

/// The schema of a manifest: draft 7.
#[must_use]
pub fn json_schema() -> Value {
    Node::table([
        (
            "schema",
            Node::integer(SCHEMA, SCHEMA)
                .default(SCHEMA)
                .says("The version of the manifest's format."),
        ),
        ("project", sections::project()),
        ("binary", sections::binary()),
        ("matrix", sections::matrix()),
        (
            "toolchain",
            Node::open(values::DEFINITION_NAME, toolchains::definition())
                .says("Toolchains by their names: what is said here counts more than their files."),
        ),
        ("build", sections::build()),
        ("override", sections::overrides()),
        ("embed", sections::embed()),
        ("verify", sections::verify()),
        ("compress", sections::compress()),
        ("hooks", sections::hooks()),
        ("smoke", sections::smoke()),
        ("audit", audit::section()),
        ("release", release::section()),
    ])
    .says("What to build, for which targets, and what to prove about it.")
    .document("gobuildx targets.toml")
}

/// The schema of a definition of a toolchain, a file under `toolchains/`: draft 7.
#[must_use]
pub fn toolchain_json_schema() -> Value {
    toolchains::definition()
        .says("What compiles the C of cgo programs. Several files may say it together.")
        .document("gobuildx toolchain")
}
