//! The head of the tree: how many records there are, and the hash of them all.

use super::hash::Hash;
use super::note::{NoteError, VerifierKey};

const TITLE: &str = "go.sum database tree";

/// How many records a tree has, and the hash of them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    /// How many records.
    pub size: u64,
    /// The hash of them all.
    pub hash: Hash,
}

impl Tree {
    /// Reads the text that is signed: lines behind the third are for later versions.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        if lines.next() != Some(TITLE) {
            return None;
        }
        let size = lines.next()?;
        let is_plain = size.bytes().all(|byte| byte.is_ascii_digit()) && size.len() <= 18;
        let size = size.parse().ok().filter(|_| is_plain)?;
        let hash = Hash::parse(lines.next()?)?;
        // The third line has an end, too.
        lines.next()?;
        Some(Self { size, hash })
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{TITLE}\n{}\n{}\n", self.size, self.hash)
    }
}

/// A tree, and the note in which its database signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTree {
    tree: Tree,
    note: String,
}

impl SignedTree {
    /// Reads a note that a key has signed.
    ///
    /// # Errors
    /// When it hasn't, or signed something else than a tree.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, TreeError> {
        let tree = Tree::parse(key.open(note)?).ok_or(TreeError::Text)?;
        let note = note.to_owned();
        Ok(Self { tree, note })
    }

    /// The tree.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The note.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }
}

/// Why the head of a tree isn't believed. It finishes "it ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// It isn't signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It is no tree.
    #[error("is signed, and is no head of a tree")]
    Text,
}
