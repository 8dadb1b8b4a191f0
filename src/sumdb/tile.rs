//! Tiles: the files in which the database hands out the hashes of its tree, 256 of one level side by side.
//!
//! Source: `golang.org/x/mod/sumdb/tlog`, `Tile`.

use super::hash::{Hash, LENGTH};
use super::proof::Node;

/// How many levels of the tree a tile stands for.
pub const HEIGHT: u32 = 8;
/// How many hashes a whole tile has.
const WIDTH: u64 = 1 << HEIGHT;
/// How many tiles a folder has.
const IN_A_FOLDER: u64 = 1000;

/// A file with hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// Which level of tiles: 0 has the hashes of records.
    pub level: u32,
    /// Its place among those of its level.
    pub index: u64,
    /// How many hashes it has; the last one of a level may have fewer than 256.
    pub width: u64,
}

/// Why a file is no tile. It finishes "it ".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Another length.
    #[error("has {got} bytes, and not {expected}")]
    Length {
        /// How many bytes it has.
        got: usize,
        /// How many it should have.
        expected: u64,
    },
    /// A hash that the tree doesn't have yet.
    #[error("doesn't reach as far as the tree does")]
    Short,
}

impl Tile {
    /// The tile that tells the hash of a part of a tree with so many records.
    #[must_use]
    pub fn of(node: Node, size: u64) -> Self {
        let level = node.level / HEIGHT;
        let index = (node.index << (node.level % HEIGHT)) / WIDTH;
        let there = size.checked_shr(level * HEIGHT).unwrap_or(0);
        let width = there.saturating_sub(index * WIDTH).min(WIDTH);
        Self {
            level,
            index,
            width,
        }
    }

    /// The same tile once the tree has grown beyond it.
    #[must_use]
    pub fn whole(self) -> Option<Self> {
        (self.width < WIDTH).then_some(Self {
            width: WIDTH,
            ..self
        })
    }

    /// Its path in the database.
    #[must_use]
    pub fn path(&self) -> String {
        let mut index = self.index;
        let mut name = format!("{:03}", index % IN_A_FOLDER);
        while index >= IN_A_FOLDER {
            index /= IN_A_FOLDER;
            name = format!("x{:03}/{name}", index % IN_A_FOLDER);
        }
        let path = format!("tile/{HEIGHT}/{}/{name}", self.level);
        match self.width {
            WIDTH => path,
            width => format!("{path}.p/{width}"),
        }
    }

    /// The hashes in the file.
    ///
    /// # Errors
    /// When it has another length.
    pub fn read(&self, bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
        let (hashes, rest) = bytes.as_chunks::<LENGTH>();
        if !rest.is_empty() || hashes.len() as u64 != self.width {
            return Err(TileError::Length {
                got: bytes.len(),
                expected: self.width * LENGTH as u64,
            });
        }
        Ok(hashes.iter().map(|bytes| Hash(*bytes)).collect())
    }
}

/// The hash of a part of the tree, from the hashes of its tile.
///
/// # Errors
/// When the tile doesn't reach that far.
pub(super) fn hash_in(node: Node, hashes: &[Hash]) -> Result<Hash, TileError> {
    let below = node.level % HEIGHT;
    let first = (node.index << below) % WIDTH;
    let range = usize::try_from(first).ok().zip(1_usize.checked_shl(below));
    let range = range.and_then(|(first, count)| hashes.get(first..first.checked_add(count)?));
    let mut level = range.ok_or(TileError::Short)?.to_vec();
    while level.len() > 1 {
        let (pairs, _) = level.as_chunks::<2>();
        let above = pairs
            .iter()
            .map(|[left, right]| Hash::of_parts(*left, *right));
        level = above.collect();
    }
    level.first().copied().ok_or(TileError::Short)
}
