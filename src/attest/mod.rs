//! Provenance: what a release was made from, and how, as an in-toto statement in a signed envelope. Pure.
//!
//! It claims SLSA Build L1: provenance exists, and names what it is about. More (a hosted platform that nobody can tamper with)
//! is not gobuildx's to claim, but the builder's whose name is given.

mod dsse;
mod provenance;
mod resource;
mod statement;

pub use dsse::{Envelope, EnvelopeError, EnvelopeFault};
pub use provenance::{BUILD_TYPE, Build, LOCAL_BUILDER, PREDICATE_TYPE};
pub use resource::{DirHash, ParseDirHashError, Resource};
pub use statement::{Statement, StatementError};

/// The file of a signed statement: an envelope a line, as in-toto's bundles are.
pub const SIGNED: &str = "provenance.intoto.jsonl";

/// The file of a statement that nobody signed. It is no envelope: one without signatures is refused by all who verify them.
pub const UNSIGNED: &str = "provenance.json";
