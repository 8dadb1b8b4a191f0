//! A small database of our own, for tests.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::convert::Infallible;

use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey};

use super::Source;
use super::hash::Hash;
use super::note::{VerifierKey, key_hash};
use super::proof::{Node, range_hash};
use super::tile::{HEIGHT, Tile};
use super::tree::{SignedTree, Tree};

const NAME: &str = "sum.example.com";

/// Who signs.
pub(super) struct Signer {
    key: SigningKey,
    bytes: Vec<u8>,
}

impl Signer {
    pub(super) fn new(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let bytes = [&[1], key.verifying_key().as_bytes().as_slice()].concat();
        Self { key, bytes }
    }

    pub(super) fn text(&self) -> String {
        let hash = key_hash(NAME, &self.bytes);
        format!("{NAME}+{hash:08x}+{}", BASE64.encode(&self.bytes))
    }

    pub(super) fn verifier(&self) -> VerifierKey {
        self.text().parse().unwrap()
    }

    pub(super) fn sign(&self, text: &str) -> String {
        let hash = key_hash(NAME, &self.bytes).to_be_bytes();
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let signature = BASE64.encode(&[hash.as_slice(), &signature].concat());
        format!("{text}\n— {NAME} {signature}\n")
    }
}

/// The records of a database, as texts, and the hashes of all whole parts of its tree, by their level.
pub(super) struct Records {
    texts: Vec<String>,
    levels: Vec<Vec<Hash>>,
}

impl Records {
    /// So many, of which each is about a module of its own.
    pub(super) fn numbered(count: u64) -> Self {
        Self::of((0..count).map(record).collect())
    }

    fn of(texts: Vec<String>) -> Self {
        let hash = |text: &String| Hash::of_record(text.as_bytes());
        let mut levels: Vec<Vec<Hash>> = vec![texts.iter().map(hash).collect()];
        while levels.last().is_some_and(|level| level.len() > 1) {
            let pairs = levels.last().unwrap().chunks_exact(2);
            levels.push(pairs.map(|pair| Hash::of_parts(pair[0], pair[1])).collect());
        }
        Self { texts, levels }
    }

    /// The same with another text of one.
    pub(super) fn with(mut self, number: u64, text: String) -> Self {
        self.texts[usize::try_from(number).unwrap()] = text;
        Self::of(self.texts)
    }

    pub(super) fn hash(&self, node: Node) -> Hash {
        let level = &self.levels[usize::try_from(node.level).unwrap()];
        level[usize::try_from(node.index).unwrap()]
    }

    pub(super) fn tree(&self, size: u64) -> Tree {
        let mut read = |node| Ok::<_, Infallible>(self.hash(node));
        let hash = range_hash(0, size, &mut read).unwrap();
        Tree { size, hash }
    }

    pub(super) fn signed(&self, size: u64, signer: &Signer) -> SignedTree {
        let note = signer.sign(&self.tree(size).text());
        SignedTree::open(&note, &signer.verifier()).unwrap()
    }
}

pub(super) fn version(number: u64) -> String {
    format!("v1.{number}.0")
}

pub(super) fn sum(number: u64) -> String {
    format!("h1:{number}")
}

pub(super) fn record(number: u64) -> String {
    let (version, sum) = (version(number), sum(number));
    format!("example.com/m {version} {sum}\nexample.com/m {version}/go.mod h1:other\n")
}

/// Hands out the files of a database of so many records.
pub(super) struct Served {
    pub(super) records: Records,
    size: u64,
    /// How many records the tree of its answers has.
    pub(super) told: u64,
    pub(super) signer: Signer,
    /// Paths of which other bytes are handed out.
    pub(super) altered: BTreeSet<String>,
    pub(super) asked: RefCell<Vec<String>>,
}

impl Served {
    pub(super) fn new(size: u64) -> Self {
        Self {
            records: Records::numbered(size),
            size,
            told: size,
            signer: Signer::new(7),
            altered: BTreeSet::new(),
            asked: RefCell::default(),
        }
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(version) = path.strip_prefix("lookup/example.com/m@v1.") {
            let number: u64 = version.strip_suffix(".0")?.parse().ok()?;
            let text = self.records.texts.get(usize::try_from(number).ok()?)?;
            let note = self.records.signed(self.told, &self.signer);
            return Some(format!("{number}\n{text}\n{}", note.note()).into_bytes());
        }
        let tile = self.tile(path)?;
        let nodes = (0..tile.width).map(|at| Node {
            level: tile.level * HEIGHT,
            index: tile.index * 256 + at,
        });
        Some(nodes.flat_map(|node| self.records.hash(node).0).collect())
    }

    /// The tile at a path, where this tree has it.
    fn tile(&self, path: &str) -> Option<Tile> {
        let rest = path.strip_prefix("tile/8/")?;
        let (level, rest) = rest.split_once('/')?;
        let level: u32 = level.parse().ok()?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().ok()?),
            None => (rest, 256),
        };
        let index: String = index.chars().filter(char::is_ascii_digit).collect();
        let tile = Tile {
            level,
            index: index.parse().ok()?,
            width,
        };
        let there = self.size >> (level * HEIGHT);
        (tile.index * 256 + width <= there && tile.path() == path).then_some(tile)
    }
}

impl Source for Served {
    type Error = String;

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.asked.borrow_mut().push(path.to_owned());
        let mut bytes = self.file(path).ok_or(format!("no {path}"))?;
        if self.altered.contains(path) {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
        }
        Ok(bytes)
    }
}
