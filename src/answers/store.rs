//! Where answers lie on the disk: `.gobuildx/answers` in the output folder, in the form of one build of gobuildx.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};

use super::asker::{Answer, State};
use super::grounds::Known;
use crate::atomic::{Mode, OutputFolder, PlaceError};
use crate::ledger::store::{seal, unseal};
use crate::ledger::{Digest, FileStamp};

/// Its path in the output folder.
const FILE: &str = ".gobuildx/answers";

/// What it starts with: a name, and the number of the form.
const MAGIC: &[u8] = b"gobuildx answers 1\n";

/// Answers as they are written.
#[derive(BorshDeserialize, BorshSerialize)]
struct Stored {
    /// The file of the gobuildx that wrote it: another one may read files otherwise.
    own: FileStamp,
    known: Known,
    pieces: Vec<Vec<u8>>,
    answers: BTreeMap<Digest, StoredAnswer>,
}

#[derive(BorshDeserialize, BorshSerialize)]
struct StoredAnswer {
    grounds: Digest,
    /// Its pieces by their numbers.
    pieces: Vec<u32>,
}

/// Reads the answers of an output folder; none where there are none that this program wrote.
pub(super) fn read(folder: &Path, own_program: &Path) -> Option<State> {
    let path = folder.join(FILE);
    let is_file = fs::symlink_metadata(&path).ok()?.is_file();
    let bytes = is_file.then(|| fs::read(&path).ok())??;
    parse(&bytes, own(own_program)?)
}

/// Writes the answers of an output folder. Without knowing the file of this program nobody could believe them.
pub(super) fn write(
    folder: &OutputFolder,
    state: &State,
    own_program: &Path,
) -> Result<(), PlaceError> {
    match own(own_program) {
        Some(own) => {
            let bytes = seal(MAGIC, &stored(state, own));
            folder.write(FILE, &bytes, Mode::Record).map(drop)
        }
        None => folder.remove(FILE),
    }
}

fn own(program: &Path) -> Option<FileStamp> {
    Some(FileStamp::of(&fs::metadata(program).ok()?))
}

fn parse(bytes: &[u8], own: FileStamp) -> Option<State> {
    let stored = Stored::try_from_slice(unseal(bytes, MAGIC)?).ok()?;
    if stored.own != own {
        return None;
    }
    let pieces: Vec<Arc<[u8]>> = stored.pieces.into_iter().map(Arc::from).collect();
    let answers = stored.answers.into_iter().map(|(key, answer)| {
        let numbers = answer.pieces.into_iter();
        let of_answer = numbers.map(|number| pieces.get(number as usize).map(Arc::clone));
        let answer = Answer {
            grounds: answer.grounds,
            pieces: of_answer.collect::<Option<_>>()?,
        };
        Some((key, answer))
    });
    Some(State {
        known: stored.known,
        answers: answers.collect::<Option<_>>()?,
        ..State::default()
    })
}

fn stored(state: &State, own: FileStamp) -> Stored {
    let mut numbers: BTreeMap<&[u8], u32> = BTreeMap::new();
    let mut pieces = Vec::new();
    let answers = state.answers.iter().map(|(key, answer)| {
        let of_answer = answer.pieces.iter().map(|piece| {
            let next = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
            *numbers.entry(piece).or_insert_with(|| {
                pieces.push(piece.to_vec());
                next
            })
        });
        let stored = StoredAnswer {
            grounds: answer.grounds,
            pieces: of_answer.collect(),
        };
        (*key, stored)
    });
    let answers = answers.collect();
    Stored {
        own,
        known: state.known.clone(),
        pieces,
        answers,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state() -> State {
        let answer = |pieces: &[&str]| Answer {
            grounds: [1; 32],
            pieces: pieces
                .iter()
                .map(|piece| Arc::from(piece.as_bytes()))
                .collect(),
        };
        State {
            answers: BTreeMap::from([([2; 32], answer(&["a", "b"])), ([3; 32], answer(&["b"]))]),
            ..State::default()
        }
    }

    fn stamp_of(content: &str) -> FileStamp {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        own(file.path()).unwrap()
    }

    fn bytes(own: FileStamp) -> Vec<u8> {
        seal(MAGIC, &stored(&state(), own))
    }

    #[test]
    fn answers_are_read_as_they_were_written() {
        let own = stamp_of("1");
        assert_eq!(parse(&bytes(own), own), Some(state()));
    }

    #[test]
    fn answers_of_another_build_say_nothing() {
        assert_eq!(parse(&bytes(stamp_of("1")), stamp_of("12")), None);
    }

    proptest! {
        #[test]
        fn damaged_answers_say_nothing(at in any::<proptest::sample::Index>(), bit in 0..8_u8) {
            let own = stamp_of("1");
            let mut bytes = bytes(own);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(parse(&bytes, own), None);
        }

        #[test]
        fn whatever_lies_there_is_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(parse(&bytes, stamp_of("1")), None);
        }
    }
}
