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
use super::calls::{Code, arm64_addresses, loads_any};
use super::memory::{Access, Memory};
use crate::target::Goarch;
pub(super) use arm64_word::{
    branch as arm64_branch, constant as arm64_constant, goes_on as arm64_goes_on,
};
use state::{State, Value};

/// The most texts in a slice that are worth telling.
const MOST_TEXTS: u64 = 64;
/// The longest text that is worth telling.
const LONGEST: u64 = 1024;
/// Functions with more code than this are not followed.
const MAX_CODE: usize = 1 << 20;
/// The most code from where the function of a variable is loaded to where it is called: enough for
/// some arguments.
const LOAD_TO_CALL: usize = 256;
/// The most instructions behind the making of a struct that set its fields.
const BEHIND_MAKING: usize = 64;

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

/// A text in what the code makes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    /// The offset of the call that returns a pointer to it.
    pub(super) call: u32,
    /// Where the text stands in it.
    pub(super) text: Word,
}

/// A text that is passed to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'data> {
    /// A constant.
    Text(&'data str),
    /// What a variable of a package starts with, which may be set to something else later.
    Start(&'data str),
    /// What the caller itself was called with, at this word.
    HandedOn(Word),
    /// What the call at this offset in the caller returned first.
    Returned(u32),
    /// Something else, or something that doesn't show.
    Unknown,
}

impl<'data> Argument<'data> {
    /// The text that it is, at least in the beginning.
    #[must_use]
    pub fn text(self) -> Option<&'data str> {
        match self {
            Self::Text(text) | Self::Start(text) => Some(text),
            Self::HandedOn(_) | Self::Returned(_) | Self::Unknown => None,
        }
    }
}

/// A slice of texts that is passed to a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum List<'data> {
    /// Each of its texts.
    Texts(Vec<Argument<'data>>),
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

    /// What is known where the call at an offset in the code of a function is made, or where that of a
    /// variable's function is that is loaded there; none where that costs more than it may.
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
                allowance.take(outline.bytes_to(code, call), allowance::CODE)?;
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

    /// The text in what a call returned a pointer to, as the code right behind that sets it.
    pub(super) fn text_made<'data>(
        &self,
        memory: &Memory<'data>,
        code: Code<'data>,
        made: Made,
        keepers: &[u64],
        allowance: &Allowance,
    ) -> Option<Argument<'data>> {
        let is_short = code.bytes.len() <= MAX_CODE;
        let words = match memory.goarch.filter(|_| is_short)? {
            Goarch::Amd64 => {
                let follower = amd64::Follower::new(memory.pointer, self.passing);
                let outline = self.outline(follower, code, allowance)?;
                allowance.take(outline.bytes_to(code, made.call), allowance::CODE)?;
                follower.words_made(code, &outline, made, keepers)
            }
            Goarch::Arm64 => {
                allowance.take(2 * code.bytes.len(), allowance::CODE)?;
                arm64::words_made(code, made, self.passing, keepers)
            }
            _ => None,
        };
        let arguments = Arguments {
            memory,
            state: None,
        };
        Some(arguments.argument(words?))
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
        self.state.as_ref()?.argument(word.0)?.number()
    }

    /// Whether a variable holds what is at a word, or the caller was called with it.
    pub(super) fn is_held(&self, word: Word) -> bool {
        let value = self.state.as_ref().and_then(|state| state.argument(word.0));
        matches!(
            value,
            Some(Value::Variable(_) | Value::Pointee(_) | Value::Parameter(_))
        )
    }

    /// The offset of the call that returned first what is at a word.
    pub(super) fn returned(&self, word: Word) -> Option<u32> {
        match self.state.as_ref()?.argument(word.0)? {
            Value::Result { call, word: 0 } => Some(call),
            _ => None,
        }
    }

    /// What the variable starts with that holds what is at a word.
    pub(super) fn start(&self, word: Word) -> Option<u64> {
        match self.state.as_ref()?.argument(word.0)? {
            Value::Variable(at) => self.memory.pointer_at(at),
            _ => None,
        }
    }

    /// The same, of a function that may be assembly: what is on the stack goes before what is in a
    /// register, where anything may be left.
    pub(super) fn number_in_assembly(&self, word: Word) -> Option<u64> {
        let state = self.state.as_ref()?;
        let value = state.on_stack(word.0).or_else(|| state.argument(word.0));
        value?.number()
    }

    /// The text whose address stands at a word.
    pub(super) fn text(&self, word: Word) -> Argument<'data> {
        let Some(state) = &self.state else {
            return Argument::Unknown;
        };
        state
            .argument_of_two(word.0)
            .map_or(Argument::Unknown, |two| self.argument(two))
    }

    /// The slice of texts whose address stands at a word.
    pub(super) fn list(&self, word: Word) -> List<'data> {
        let two = self.state.as_ref().and_then(|state| {
            let two = state.argument_of_two(word.0)?;
            Some((state, two))
        });
        match two {
            Some((state, (Value::Slot(at), Value::Number(count)))) if count <= MOST_TEXTS => {
                let size = i64::try_from(self.memory.pointer.size()).unwrap_or_default();
                let text = |number: u64| {
                    let start =
                        at.checked_add(i64::try_from(number).ok()?.checked_mul(2 * size)?)?;
                    let length = state.slot(start.checked_add(size)?)?;
                    Some(self.argument((state.slot(start)?, length)))
                };
                let texts = (0..count).map(|number| text(number).unwrap_or(Argument::Unknown));
                List::Texts(texts.collect())
            }
            Some((_, (Value::Number(address), Value::Number(count)))) if count <= MOST_TEXTS => {
                if is_constant(self.memory, address) {
                    self.texts_at(address, count)
                } else {
                    List::Texts(vec![
                        Argument::Unknown;
                        usize::try_from(count).unwrap_or_default()
                    ])
                }
            }
            Some((_, two @ (Value::Variable(at), Value::Variable(behind))))
                if self.is_variable(two) =>
            {
                let first = self.memory.pointer_at(at);
                let count = self.memory.pointer_at(behind);
                // What is empty at first is filled later.
                let is_list = |count: u64| (1..=MOST_TEXTS).contains(&count);
                let known = first.zip(count).filter(|(_, count)| is_list(*count));
                known.map_or(List::Unknown, |(first, count)| self.texts_at(first, count))
            }
            Some((_, (Value::Parameter(address), Value::Parameter(length))))
                if length == address + 1 =>
            {
                List::HandedOn(Word(address))
            }
            _ => List::Unknown,
        }
    }

    /// Whether two values are the two first words of one variable.
    fn is_variable(&self, two: (Value, Value)) -> bool {
        let size = self.memory.pointer.size() as u64;
        matches!(two, (Value::Variable(one), Value::Variable(next)) if one.checked_add(size) == Some(next))
    }

    /// So many texts that lie in a row.
    fn texts_at(&self, first: u64, count: u64) -> List<'data> {
        let size = 2 * self.memory.pointer.size() as u64;
        let text = |number: u64| {
            let start = first.checked_add(number * size)?;
            header(self.memory, start).map(Argument::Text)
        };
        let texts = (0..count).map(|number| text(number).unwrap_or(Argument::Unknown));
        List::Texts(texts.collect())
    }

    /// The text whose address and length two values are.
    fn argument(&self, two: (Value, Value)) -> Argument<'data> {
        match two {
            (Value::Number(address), Value::Number(length)) => {
                constant(self.memory, address, length).map_or(Argument::Unknown, Argument::Text)
            }
            // What was a constant in an interface is loaded from there.
            (Value::Number(address), Value::Variable(at)) if is_constant(self.memory, at) => {
                let length = self.memory.pointer_at(at);
                let text = length.and_then(|length| constant(self.memory, address, length));
                text.map_or(Argument::Unknown, Argument::Text)
            }
            (Value::Parameter(address), Value::Parameter(length)) if length == address + 1 => {
                Argument::HandedOn(Word(address))
            }
            (Value::Variable(at), Value::Variable(_)) if self.is_variable(two) => {
                text_at(self.memory, at)
            }
            (
                Value::Result { call, word: 0 },
                Value::Result {
                    call: same,
                    word: 1,
                },
            ) if call == same => Argument::Returned(call),
            _ => Argument::Unknown,
        }
    }
}

/// The texts that code makes interfaces of, by the tables of their type; none for each that is not
/// constant. Such a text lies in memory as a variable does, and the compiler loads its address right
/// behind that of the table.
pub(super) fn boxed<'data>(
    memory: &Memory<'data>,
    code: Code<'_>,
    tables: &[u64],
    allowance: &Allowance,
) -> Vec<Option<&'data str>> {
    if allowance.take(code.bytes.len(), allowance::SCAN).is_none() {
        return vec![None];
    }
    if !loads_any(code, memory, tables) {
        return Vec::new();
    }
    let Some(addresses) = addresses(memory, code, allowance) else {
        return vec![None];
    };
    let mut texts = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        if tables.contains(address) {
            let next = addresses.get(index + 1);
            texts.push(next.and_then(|next| header(memory, *next)));
        }
    }
    texts
}

/// The addresses that code loads, in its order; none where it isn't followed.
fn addresses(memory: &Memory<'_>, code: Code<'_>, allowance: &Allowance) -> Option<Vec<u64>> {
    let goarch = memory.goarch.filter(|_| code.bytes.len() <= MAX_CODE)?;
    allowance.take(code.bytes.len(), allowance::CODE)?;
    match goarch {
        Goarch::Amd64 | Goarch::I386 => Some(amd64::addresses(memory.pointer, code)),
        Goarch::Arm64 => {
            let mut addresses = Vec::new();
            arm64_addresses(code, memory, |address| addresses.push(address));
            Some(addresses)
        }
        _ => None,
    }
}

fn is_constant(memory: &Memory<'_>, address: u64) -> bool {
    let stretch = memory.stretch(address);
    stretch.is_some_and(|stretch| stretch.access != Access::Write)
}

/// The text at an address, if it can't be written to.
fn constant<'data>(memory: &Memory<'data>, address: u64, length: u64) -> Option<&'data str> {
    if length > LONGEST {
        return None;
    }
    if length == 0 {
        return Some("");
    }
    let text = std::str::from_utf8(memory.bytes(address, length)?).ok()?;
    // Tabs may stand in names.
    let is_plain = !text.contains(|letter: char| letter.is_control() && letter != '\t');
    (is_constant(memory, address) && is_plain).then_some(text)
}

/// The text that a variable at an address starts with.
pub(super) fn text_at<'data>(memory: &Memory<'data>, address: u64) -> Argument<'data> {
    let text = header(memory, address).filter(|text| !text.is_empty());
    text.map_or(Argument::Unknown, Argument::Start)
}

/// The constant text whose address and length stand at an address.
fn header<'data>(memory: &Memory<'data>, at: u64) -> Option<&'data str> {
    let length = at.checked_add(memory.pointer.size() as u64)?;
    constant(memory, memory.pointer_at(at)?, memory.pointer_at(length)?)
}
