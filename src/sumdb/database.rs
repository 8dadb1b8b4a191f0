//! Asking the database for a module, and believing only what its signed tree has.

use std::collections::BTreeMap;

use super::hash::Hash;
use super::note::VerifierKey;
use super::proof::{Node, consistency, inclusion, is_consistent, is_included};
use super::record::{Record, RecordError};
use super::tile::{Tile, TileError, hash_in};
use super::tree::{SignedTree, TreeError};

/// Hands out the files of the database; who that is doesn't matter.
pub trait Source {
    /// Why it can't.
    type Error;

    /// The file at a path such as `latest` or `tile/8/0/001`.
    ///
    /// # Errors
    /// When it can't be had.
    fn read(&self, path: &str) -> Result<Vec<u8>, Self::Error>;
}

/// The database, as a source hands it out.
#[derive(Clone, Copy, Debug)]
pub struct Database<'a, S> {
    /// Who signs.
    pub key: &'a VerifierKey,
    /// Who hands it out.
    pub source: &'a S,
}

/// What the database says of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The hash of its files: `h1:…`.
    pub sum: String,
    /// The newest tree that is known by now, to be remembered.
    pub newest: SignedTree,
}

/// Why the database isn't believed.
#[derive(Debug, thiserror::Error)]
pub enum LookupError<E> {
    /// It can't be had.
    #[error("{0}")]
    Source(E),
    /// It isn't text.
    #[error("`{0}` is no text")]
    Text(String),
    /// The answer makes no sense.
    #[error("what it answers {0}")]
    Record(#[from] RecordError),
    /// The head of the tree isn't what it should be.
    #[error("the head of its tree {0}")]
    Tree(#[from] TreeError),
    /// A file of hashes makes no sense.
    #[error("`{path}` {error}")]
    Tile {
        /// Its path.
        path: String,
        /// What is wrong with it.
        error: TileError,
    },
    /// The record isn't in the tree.
    #[error("record {number} is not in its tree of {size} records")]
    Absent {
        /// The number of the record.
        number: u64,
        /// How many records the tree has.
        size: u64,
    },
    /// There are two trees, neither of which holds the other one.
    #[error(
        "its tree of {new} records doesn't hold the one of {old} records: it tells different things to different people"
    )]
    Forked {
        /// How many records the smaller tree has.
        old: u64,
        /// How many the larger one has.
        new: u64,
    },
}

impl<S: Source> Database<'_, S> {
    /// The hash of a module's files. `known` is the newest tree that was seen before.
    ///
    /// # Errors
    /// When the database can't be asked, or what it says isn't proven.
    pub fn lookup(
        &self,
        (module, version): (&str, &str),
        known: Option<SignedTree>,
    ) -> Result<Found, LookupError<S::Error>> {
        let path = format!("lookup/{module}@{version}");
        let answer = self.source.read(&path).map_err(LookupError::Source)?;
        let answer = std::str::from_utf8(&answer).map_err(|_| LookupError::Text(path))?;
        let record = Record::parse(answer)?;
        let told = SignedTree::open(record.note, self.key)?;
        let newest = self.newest(told, known)?;
        self.check_included(&record, &newest)?;
        Ok(Found {
            sum: record.sum_of(module, version)?.to_owned(),
            newest,
        })
    }

    /// The newer of two trees, which has to hold the other one.
    fn newest(
        &self,
        told: SignedTree,
        known: Option<SignedTree>,
    ) -> Result<SignedTree, LookupError<S::Error>> {
        let Some(known) = known else {
            return Ok(told);
        };
        let (old, new) = if told.tree().size < known.tree().size {
            (told, known)
        } else {
            (known, told)
        };
        let (from, to) = (*old.tree(), *new.tree());
        let proof = consistency(from.size, to.size, &mut self.tiles(to.size).reader())?;
        if !is_consistent((from.size, from.hash), (to.size, to.hash), &proof) {
            return Err(LookupError::Forked {
                old: from.size,
                new: to.size,
            });
        }
        Ok(new)
    }

    fn check_included(
        &self,
        record: &Record<'_>,
        newest: &SignedTree,
    ) -> Result<(), LookupError<S::Error>> {
        let tree = newest.tree();
        let absent = LookupError::Absent {
            number: record.number,
            size: tree.size,
        };
        if record.number >= tree.size {
            return Err(absent);
        }
        let proof = inclusion(
            record.number,
            tree.size,
            &mut self.tiles(tree.size).reader(),
        )?;
        let hash = Hash::of_record(record.text.as_bytes());
        if is_included(hash, record.number, (tree.size, tree.hash), &proof) {
            Ok(())
        } else {
            Err(absent)
        }
    }

    fn tiles(&self, size: u64) -> Tiles<'_, S> {
        Tiles {
            source: self.source,
            size,
            read: BTreeMap::new(),
        }
    }
}

/// The tiles of a tree, each of which is read once.
struct Tiles<'a, S> {
    source: &'a S,
    size: u64,
    read: BTreeMap<Tile, Vec<Hash>>,
}

impl<S: Source> Tiles<'_, S> {
    fn reader(mut self) -> impl FnMut(Node) -> Result<Hash, LookupError<S::Error>> {
        move |node| self.hash(node)
    }

    fn hash(&mut self, node: Node) -> Result<Hash, LookupError<S::Error>> {
        let tile = Tile::of(node, self.size);
        let fault = |error| LookupError::Tile {
            path: tile.path(),
            error,
        };
        if let Some(hashes) = self.read.get(&tile) {
            return hash_in(node, hashes).map_err(fault);
        }
        let hashes = self.fetch(tile)?;
        let hash = hash_in(node, &hashes).map_err(fault);
        self.read.insert(tile, hashes);
        hash
    }

    /// A tile that was filled since may be there as a whole one only.
    fn fetch(&self, tile: Tile) -> Result<Vec<Hash>, LookupError<S::Error>> {
        let read = |tile: Tile| -> Result<Vec<Hash>, LookupError<S::Error>> {
            let path = tile.path();
            let bytes = self.source.read(&path).map_err(LookupError::Source)?;
            tile.read(&bytes)
                .map_err(|error| LookupError::Tile { path, error })
        };
        match (read(tile), tile.whole()) {
            (Err(LookupError::Source(error)), Some(whole)) => {
                read(whole).map_err(|_| LookupError::Source(error))
            }
            (hashes, _) => hashes,
        }
    }
}
