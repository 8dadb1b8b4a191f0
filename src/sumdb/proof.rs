//! Proofs that a record is in a tree, and that a tree holds an older one.
//!
//! A proof is made of hashes that anybody may have told; that they are right shows in the hash of the tree.
//!
//! Source: RFC 9162, sections 2.1.3 and 2.1.4.

use super::hash::Hash;

/// A part of the tree with 2^level records, the first of which is number index × 2^level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// How high it is: 0 is a record.
    pub level: u32,
    /// Its place among those of its height.
    pub index: u64,
}

/// The hash of the records from one to before another, which have to be a part of a tree.
///
/// # Errors
/// What the reader says.
pub fn range_hash<E>(
    from: u64,
    to: u64,
    read: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let count = to.saturating_sub(from);
    if count == 0 {
        return Ok(Hash::of_nothing());
    }
    if count.is_power_of_two() && from.is_multiple_of(count) {
        let level = count.trailing_zeros();
        return read(Node {
            level,
            index: from >> level,
        });
    }
    let middle = from + split(count);
    let left = range_hash(from, middle, read)?;
    Ok(Hash::of_parts(left, range_hash(middle, to, read)?))
}

/// How many of the records of a tree are on its left side; there have to be two at least.
fn split(count: u64) -> u64 {
    let power = count.next_power_of_two();
    power / 2
}

/// The hashes that lead from a record to the hash of its tree.
///
/// # Errors
/// What the reader says.
pub fn inclusion<E>(
    record: u64,
    size: u64,
    read: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if record < middle {
            proof.push(range_hash(middle, to, read)?);
            to = middle;
        } else {
            proof.push(range_hash(from, middle, read)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a proof leads from a record to the hash of a tree.
#[must_use]
pub fn is_included(hash: Hash, record: u64, (size, tree): (u64, Hash), proof: &[Hash]) -> bool {
    if record >= size {
        return false;
    }
    let (mut at, mut last, mut reached) = (record, size - 1, hash);
    for part in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            reached = Hash::of_parts(*part, reached);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            reached = Hash::of_parts(reached, *part);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && reached == tree
}

/// The hashes that lead from the hash of an older tree to that of a newer one.
///
/// # Errors
/// What the reader says.
pub fn consistency<E>(
    old: u64,
    new: u64,
    read: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut from, mut to) = (0, new);
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(range_hash(middle, to, read)?);
            to = middle;
        } else {
            proof.push(range_hash(from, middle, read)?);
            from = middle;
        }
    }
    // What the older tree is all of, its hash tells.
    if from > 0 {
        proof.push(range_hash(from, to, read)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a proof shows that a newer tree starts with all records of an older one.
#[must_use]
pub fn is_consistent(
    (old, old_hash): (u64, Hash),
    (new, new_hash): (u64, Hash),
    proof: &[Hash],
) -> bool {
    if old == 0 || old >= new {
        let is_same = old != new || old_hash == new_hash;
        return old <= new && is_same && proof.is_empty();
    }
    let own = old.is_power_of_two().then_some(old_hash);
    let mut parts = own.into_iter().chain(proof.iter().copied());
    let Some(first) = parts.next() else {
        return false;
    };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut reached_old, mut reached_new) = (first, first);
    for part in parts {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            reached_old = Hash::of_parts(part, reached_old);
            reached_new = Hash::of_parts(part, reached_new);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            reached_new = Hash::of_parts(reached_new, part);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && reached_old == old_hash && reached_new == new_hash
}
