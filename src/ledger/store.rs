//! Where a ledger lies on the disk: `.gobuildx/ledger` in the output folder.
//!
//! Its form is that of one build of gobuildx: whoever finds one of another build knows nothing of
//! earlier runs, as another build may judge otherwise. It has a digest of its own, so a damaged one is none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest as _, Sha256};

use super::brought::Brought;
use super::files::KnownFile;
use super::{Digest, Entry, Files, Inputs, Ledger};
use crate::atomic::{Mode, OutputFolder, PlaceError};

/// Its path in the output folder.
const FILE: &str = ".gobuildx/ledger";

/// What it starts with: a name, and the number of the form.
const MAGIC: &[u8] = b"gobuildx ledger 3\n";

/// A ledger as it is written.
#[derive(BorshDeserialize, BorshSerialize)]
struct Stored {
    /// The program that wrote it, wherever that lies.
    writer: KnownFile,
    files: Files,
    /// Sets of files, each by its number: many programs are made from the same.
    sets: Vec<Vec<String>>,
    entries: BTreeMap<String, StoredEntry>,
}

#[derive(BorshDeserialize, BorshSerialize)]
struct StoredEntry {
    inputs: Inputs,
    set: u32,
    brought: Brought,
}

/// Reads the ledger of an output folder; an empty one where there is none that this program, whose file
/// is named, wrote.
#[must_use]
pub fn read(folder: &Path, own_program: &Path) -> Ledger {
    let path = folder.join(FILE);
    let is_file = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
    let bytes = is_file.then(|| fs::read(&path).ok()).flatten();
    let ledger = bytes.and_then(|bytes| parse(&bytes, own_program));
    ledger.unwrap_or_default()
}

/// Writes the ledger of an output folder; where it says nothing, there is none.
///
/// # Errors
/// When it can't be written.
pub fn write(folder: &OutputFolder, ledger: &Ledger, own_program: &Path) -> Result<(), PlaceError> {
    // Without knowing the file of this program nobody could believe it.
    match KnownFile::now(own_program)
        .ok()
        .filter(|_| !ledger.entries.is_empty())
    {
        Some(writer) => {
            let bytes = bytes(ledger.clone(), writer);
            folder.write(FILE, &bytes, Mode::Record).map(drop)
        }
        None => folder.remove(FILE),
    }
}

fn parse(bytes: &[u8], own_program: &Path) -> Option<Ledger> {
    let stored = Stored::try_from_slice(unseal(bytes, MAGIC)?).ok()?;
    if !stored.writer.is_at(own_program) {
        return None;
    }
    let sets: Vec<Arc<BTreeSet<String>>> = stored
        .sets
        .into_iter()
        .map(|set| Arc::new(set.into_iter().collect()))
        .collect();
    let entries = stored.entries.into_iter().map(|(name, entry)| {
        let entry = Entry {
            inputs: entry.inputs,
            files: Arc::clone(sets.get(entry.set as usize)?),
            brought: entry.brought,
        };
        Some((name, entry))
    });
    Some(Ledger {
        files: stored.files,
        entries: entries.collect::<Option<_>>()?,
    })
}

fn bytes(ledger: Ledger, writer: KnownFile) -> Vec<u8> {
    let mut numbers: BTreeMap<Arc<BTreeSet<String>>, u32> = BTreeMap::new();
    let mut sets = Vec::new();
    let entries = ledger.entries.into_iter().map(|(name, entry)| {
        let next = u32::try_from(sets.len()).unwrap_or(u32::MAX);
        let set = *numbers.entry(entry.files).or_insert_with_key(|files| {
            sets.push(files.iter().cloned().collect());
            next
        });
        let stored = StoredEntry {
            inputs: entry.inputs,
            set,
            brought: entry.brought,
        };
        (name, stored)
    });
    let entries = entries.collect();
    let stored = Stored {
        writer,
        files: ledger.files,
        sets,
        entries,
    };
    seal(MAGIC, &stored)
}

/// A value in a form of its own, with a digest by which damage shows.
pub(crate) fn seal(magic: &[u8], value: &impl BorshSerialize) -> Vec<u8> {
    // What can be written to memory always can.
    let content = borsh::to_vec(value).unwrap_or_default();
    let mut bytes = magic.to_vec();
    bytes.extend_from_slice(&Sha256::digest(&content));
    bytes.extend_from_slice(&content);
    bytes
}

/// What was sealed; none where it is damaged, or something else.
pub(crate) fn unseal<'a>(bytes: &'a [u8], magic: &[u8]) -> Option<&'a [u8]> {
    let bytes = bytes.strip_prefix(magic)?;
    let (digest, content) = bytes.split_at_checked(size_of::<Digest>())?;
    let expected: Digest = Sha256::digest(content).into();
    (expected == digest).then_some(content)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::{Input, Value};

    fn ledger() -> Ledger {
        let inputs = Inputs::from([(Input::Go, Value::from("go1.26.8".to_owned()))]);
        let entry = Entry {
            inputs,
            files: Arc::new(BTreeSet::from(["main.go".to_owned()])),
            brought: Brought::Reproduced,
        };
        Ledger {
            files: Files::default(),
            entries: BTreeMap::from([("compare:tool".to_owned(), entry)]),
        }
    }

    /// A file that stands for the program.
    fn program(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        file
    }

    fn written_by(program: &Path) -> Vec<u8> {
        bytes(ledger(), KnownFile::now(program).unwrap())
    }

    #[test]
    fn a_ledger_is_read_as_it_was_written() {
        let program = program("1");
        let read = parse(&written_by(program.path()), program.path()).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", ledger()));
    }

    #[test]
    fn a_ledger_of_the_same_build_is_read_wherever_that_lies() {
        let (program, moved) = (program("1"), program("1"));
        let ledger = written_by(program.path());
        assert!(parse(&ledger, moved.path()).is_some());
    }

    #[test]
    fn a_ledger_of_another_build_says_nothing() {
        let program = program("1");
        let ledger = written_by(program.path());
        fs::write(program.path(), "2").unwrap();
        assert!(parse(&ledger, program.path()).is_none());
        assert!(parse(&ledger, Path::new("/elsewhere")).is_none());
    }

    proptest! {
        #[test]
        fn a_damaged_ledger_says_nothing(at in any::<proptest::sample::Index>(), bit in 0..8_u8) {
            let program = program("1");
            let mut bytes = written_by(program.path());
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(parse(&bytes, program.path()).is_none());
        }

        #[test]
        fn whatever_lies_there_is_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(parse(&bytes, program("1").path()).is_none());
        }
    }
}
