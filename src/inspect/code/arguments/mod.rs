//! What a function is called with, as far as it is constant or handed on: the instructions of the
//! caller are followed in a straight line, from its start or from a place behind which nothing is known of
//! what was before.
//!
//! Source: Go's `src/cmd/compile/abi-internal.md` for the registers of arguments, which amd64 has
//! since Go 1.17 and arm64 since Go 1.18. Before, and on 386, arguments lie on the stack.

mod amd64;
mod arm64;
mod arm64_stack;
mod arm64_word;
mod frame;
mod state;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use super::allowance::{self, Allowance};
use super::calls::Code;
use super::memory::{Access, Memory};
use crate::target::Goarch;
use state::{State, Value};

/// The longest text that is worth telling.
const LONGEST: u64 = 1024;
/// Functions with more code than this are not followed.
const MAX_CODE: usize = 1 << 20;

/// Whether code of an architecture is followed.
pub(super) fn are_read(goarch: Goarch) -> bool {
    matches!(goarch, Goarch::Amd64 | Goarch::I386 | Goarch::Arm64)
}

/// Where functions find their arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passing {
    /// The first ones in registers.
    InRegisters,
    /// All on the stack.
    OnStack,
}

/// Where an argument stands among the words of all arguments, counted from 0. A text takes two
/// words: its address and its length; so does an interface, such as a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub usize);

/// A text that is passed to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'data> {
    /// A constant.
    Text(&'data str),
    /// What the caller itself was called with, at this word.
    HandedOn(Word),
    /// Something else, or something that doesn't show.
    Unknown,
}

/// Following the code of one program.
#[derive(Debug)]
pub(super) struct Following {
    passing: Passing,
    /// Functions that were followed, by their addresses: most are asked about more than once.
    outlines: Mutex<HashMap<u64, Arc<amd64::Outline>>>,
}

impl Clone for Following {
    /// Functions are read anew.
    fn clone(&self) -> Self {
        Self::new(self.passing)
    }
}

impl Following {
    pub(super) fn new(passing: Passing) -> Self {
        Self {
            passing,
            outlines: Mutex::default(),
        }
    }

    /// What is known where the call at an offset in the code of a function is made; none where that
    /// costs more than it may.
    pub(super) fn arguments<'m, 'data>(
        &self,
        memory: &'m Memory<'data>,
        code: Code<'data>,
        call: u32,
        allowance: &Allowance,
    ) -> Option<Arguments<'m, 'data>> {
        let is_short = code.bytes.len() <= MAX_CODE;
        let state = match memory.goarch.filter(|_| is_short) {
            Some(Goarch::Amd64 | Goarch::I386) => {
                let follower = amd64::Follower::new(memory.pointer, self.passing);
                let outline = self.outline(follower, code, allowance)?;
                allowance.take(outline.bytes_before(call), allowance::CODE)?;
                follower.at_call(code, &outline, call)
            }
            Some(Goarch::Arm64) => {
                // All of it is looked at for branches, and what is before the call followed.
                let before = code.bytes.len().min(call as usize);
                allowance.take(code.bytes.len() + before, allowance::CODE)?;
                arm64::at_call(code, call, self.passing)
            }
            _ => None,
        };
        Some(Arguments { memory, state })
    }

    fn outline(
        &self,
        follower: amd64::Follower,
        code: Code<'_>,
        allowance: &Allowance,
    ) -> Option<Arc<amd64::Outline>> {
        let mut known = self.outlines.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(match known.entry(code.address) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                allowance.take(code.bytes.len(), allowance::CODE)?;
                place.insert(Arc::new(amd64::Outline::of(follower, code)))
            }
        }))
    }
}

/// What is known of the arguments of one call.
#[derive(Clone, Debug)]
pub(super) struct Arguments<'m, 'data> {
    memory: &'m Memory<'data>,
    /// None where the offset is no call.
    state: Option<State>,
}

impl<'data> Arguments<'_, 'data> {
    /// The number at a word.
    pub(super) fn number(&self, word: Word) -> Option<u64> {
        match self.state.as_ref()?.argument(word.0)? {
            Value::Number(number) => Some(number),
            Value::Parameter(_) => None,
        }
    }

    /// The text whose address stands at a word.
    pub(super) fn text(&self, word: Word) -> Argument<'data> {
        let Some(state) = &self.state else {
            return Argument::Unknown;
        };
        match state.argument_of_two(word.0) {
            Some((Value::Number(address), Value::Number(length))) => self
                .constant(address, length)
                .map_or(Argument::Unknown, Argument::Text),
            Some((Value::Parameter(address), Value::Parameter(length)))
                if length == address + 1 =>
            {
                Argument::HandedOn(Word(address))
            }
            _ => Argument::Unknown,
        }
    }

    /// The text at an address, if it can't be written to.
    fn constant(&self, address: u64, length: u64) -> Option<&'data str> {
        if length > LONGEST {
            return None;
        }
        if length == 0 {
            return Some("");
        }
        let is_constant = self
            .memory
            .stretch(address)
            .is_some_and(|stretch| stretch.access != Access::Write);
        let text = std::str::from_utf8(self.memory.bytes(address, length)?).ok()?;
        (is_constant && !text.contains(char::is_control)).then_some(text)
    }
}
