//! Go's checksum database, read so that nobody who stands between can lie about it: pure.
//!
//! The database is a tree of hashes whose head it signs. A record is believed when it is in that tree, and a tree
//! when it holds the one that was seen before. What is fetched for a proof isn't believed by itself: proofs are held
//! against the signed hash.
//!
//! Source: <https://go.dev/design/25530-sumdb>, `golang.org/x/mod/sumdb`, RFC 6962 and RFC 9162.

mod database;
mod hash;
mod note;
mod proof;
mod record;
mod tile;
mod tree;

pub use database::{Database, Found, LookupError, Source};
pub use hash::Hash;
pub use note::{NoteError, ParseKeyError, VerifierKey};
pub use proof::{Node, consistency, inclusion, is_consistent, is_included, range_hash};
pub use record::{Record, RecordError};
pub use tile::{HEIGHT, Tile, TileError};
pub use tree::{SignedTree, Tree, TreeError};

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
