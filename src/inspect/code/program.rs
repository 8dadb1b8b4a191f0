//! A Go program as functions that refer to each other.

use std::collections::VecDeque;

use super::arguments::{Argument, Arguments, Word};
use super::calls::{Code, Reference, Targets, references};
use super::entries::Entries;
use super::inlined::Inlined;
use super::memory::Memory;
use super::module::Bases;
use super::table::{Function, Table};
use crate::inspect::{Format, InspectError};

/// The functions of a program, and who refers to whom.
#[derive(Clone, Debug)]
pub struct Program<'data> {
    memory: Memory<'data>,
    table: Table<'data>,
    bases: Option<Bases>,
    functions: Vec<Function>,
    callers: Callers,
}

/// A function of a program: its number in the order of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(u32);

/// Who refers to a function: all references, in the order of the functions they lead to.
#[derive(Clone, Debug, Default)]
struct Callers {
    /// Where the references to each function start in `from`; one more than there are functions.
    starts: Vec<u32>,
    from: Vec<(u32, u32)>,
}

impl Callers {
    /// Sorts references by where they lead: counts them, then puts each into its place.
    fn new(functions: usize, all: &[(u32, Reference)]) -> Self {
        let mut starts = vec![0_u32; functions + 1];
        for (_, reference) in all {
            if let Some(count) = starts.get_mut(reference.to as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut from = vec![(0, 0); all.len()];
        for (caller, reference) in all {
            if let Some(place) = next.get_mut(reference.to as usize)
                && let Some(slot) = from.get_mut(*place as usize)
            {
                *slot = (*caller, reference.at);
                *place += 1;
            }
        }
        Self { starts, from }
    }

    fn of(&self, function: u32) -> &[(u32, u32)] {
        let index = function as usize;
        let bounds = self.starts.get(index).zip(self.starts.get(index + 1));
        bounds
            .and_then(|(start, end)| self.from.get(*start as usize..*end as usize))
            .unwrap_or_default()
    }
}

impl<'data> Program<'data> {
    /// Reads the functions of a file; none if it has no function table that can be read, as a file
    /// that was packed, obfuscated, or not made by Go.
    ///
    /// # Errors
    /// When the headers are truncated or contradict themselves.
    pub fn read(format: Format, bytes: &'data [u8]) -> Result<Option<Self>, InspectError> {
        let Some(memory) = Memory::of(format, bytes)? else {
            return Ok(None);
        };
        let Some(table) = Table::find(&memory) else {
            return Ok(None);
        };
        let bases = Bases::find(&memory, &table);
        let functions = table.functions(&memory);
        let mut program = Self {
            callers: Callers::default(),
            memory,
            table,
            bases,
            functions,
        };
        program.callers = program.find_callers();
        Ok(Some(program))
    }

    fn find_callers(&self) -> Callers {
        let Some(bases) = self.bases else {
            return Callers::default();
        };
        let starts: Vec<u64> = self
            .functions
            .iter()
            .map(|function| bases.text.wrapping_add(function.start))
            .collect();
        if !starts.is_sorted() {
            return Callers::default();
        }
        // No function starts behind the code that the file holds.
        let code = starts.first().and_then(|first| self.memory.at(*first));
        let entries = Entries::new(&starts, code.map_or(0, |code| code.len() as u64));
        let targets = Targets {
            memory: &self.memory,
            entries: &entries,
        };
        let mut all = Vec::new();
        let mut found = Vec::new();
        for (caller, function) in (0_u32..).zip(&self.functions) {
            let Some(code) = self.code(bases, *function) else {
                continue;
            };
            if references(code, targets, &mut found).is_none() {
                return Callers::default();
            }
            all.extend(found.drain(..).map(|reference| (caller, reference)));
        }
        Callers::new(self.functions.len(), &all)
    }

    /// Whether a function has this name, be it only inlined into others.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.table.has_name(name)
    }

    /// The name of a function.
    #[must_use]
    pub fn name(&self, function: FunctionId) -> &'data str {
        let function = self.functions.get(function.0 as usize);
        function
            .and_then(|function| self.table.name(function.name))
            .unwrap_or("?")
    }

    /// Where the code of a function starts; none where the program doesn't show that.
    #[must_use]
    pub fn address(&self, function: FunctionId) -> Option<u64> {
        let start = self.functions.get(function.0 as usize)?.start;
        Some(self.bases?.text.wrapping_add(start))
    }

    /// The functions of this name, of which there is more than one where the linker had to add
    /// copies; none for a name that is only inlined.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<FunctionId> {
        let all = self.functions();
        all.filter(|(_, other)| *other == name)
            .map(|(function, _)| function)
            .collect()
    }

    /// All functions with code of their own.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &'data str)> + '_ {
        (0_u32..)
            .map(FunctionId)
            .zip(&self.functions)
            .filter_map(|(number, function)| Some((number, self.table.name(function.name)?)))
    }

    /// The functions that a function is inlined into.
    #[must_use]
    pub fn inlined_into(&self, name: &str) -> Vec<FunctionId> {
        let Some(bases) = self.bases else {
            return Vec::new();
        };
        let Some(offset) = self.table.offset_of(name) else {
            return Vec::new();
        };
        let holds = |function: &Function| {
            Inlined::of(&self.memory, &self.table, bases, *function)
                .is_some_and(|calls| calls.names().any(|name| name == offset))
        };
        (0_u32..)
            .map(FunctionId)
            .zip(&self.functions)
            .filter(|(_, function)| holds(function))
            .map(|(number, _)| number)
            .collect()
    }

    /// The functions that refer to one, each with the offset in its code at which it does.
    pub fn callers(&self, function: FunctionId) -> impl Iterator<Item = (FunctionId, u32)> + '_ {
        let callers = self.callers.of(function.0);
        callers
            .iter()
            .map(|(caller, at)| (FunctionId(*caller), *at))
    }

    /// The names of the inlined calls at an offset in a function, from the outside in.
    #[must_use]
    pub fn frames(&self, function: FunctionId, at: u32) -> Vec<&'data str> {
        let (Some(bases), Some(function)) = (self.bases, self.functions.get(function.0 as usize))
        else {
            return Vec::new();
        };
        let Some(calls) = Inlined::of(&self.memory, &self.table, bases, *function) else {
            return Vec::new();
        };
        let frames = calls.frames(at.into());
        let names = frames.into_iter().rev();
        names.filter_map(|name| self.table.name(name)).collect()
    }

    /// The text that a function is called with at an offset in its caller.
    #[must_use]
    pub fn argument(&self, caller: FunctionId, at: u32, word: Word) -> Argument<'data> {
        let arguments = self.arguments(caller, at);
        arguments.map_or(Argument::Unknown, |arguments| arguments.text(word))
    }

    /// The constant number that a function is called with at an offset in its caller.
    #[must_use]
    pub fn number(&self, caller: FunctionId, at: u32, word: Word) -> Option<u64> {
        self.arguments(caller, at)?.number(word)
    }

    fn arguments(&self, caller: FunctionId, at: u32) -> Option<Arguments<'_, 'data>> {
        let function = self.functions.get(caller.0 as usize)?;
        let code = self.code(self.bases?, *function)?;
        Some(Arguments::of(&self.memory, code, at))
    }

    /// The code of a function; none where the file doesn't hold it.
    fn code(&self, bases: Bases, function: Function) -> Option<Code<'data>> {
        let address = bases.text.wrapping_add(function.start);
        let length = function.end.checked_sub(function.start)?;
        let bytes = self.memory.bytes(address, length)?;
        Some(Code { address, bytes })
    }

    /// The shortest chain of references to one of `targets` from a function that the search ends
    /// at, from the outside in.
    #[must_use]
    pub fn chain(
        &self,
        targets: &[FunctionId],
        at: impl Fn(&str) -> Search,
    ) -> Option<Vec<FunctionId>> {
        let mut next: Vec<Option<u32>> = vec![None; self.functions.len()];
        let mut seen = vec![false; self.functions.len()];
        let mut queue = VecDeque::new();
        let mut reach = |function: u32, from: Option<u32>, queue: &mut VecDeque<u32>| {
            let index = function as usize;
            if let (Some(seen @ false), Some(slot)) = (seen.get_mut(index), next.get_mut(index)) {
                *seen = true;
                *slot = from;
                queue.push_back(function);
            }
        };
        for target in targets {
            reach(target.0, None, &mut queue);
        }
        while let Some(function) = queue.pop_front() {
            match at(self.name(FunctionId(function))) {
                Search::Ends => {
                    let follow = |function: &u32| next.get(*function as usize).copied().flatten();
                    let chain = std::iter::successors(Some(function), follow);
                    return Some(chain.map(FunctionId).collect());
                }
                Search::GoesOn => {
                    for (caller, _) in self.callers.of(function) {
                        reach(*caller, Some(function), &mut queue);
                    }
                }
                Search::Turns => {}
            }
        }
        None
    }
}

/// What a search for a chain does at a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// This is who was looked for.
    Ends,
    /// It asks who refers to this one.
    GoesOn,
    /// It doesn't look behind this one.
    Turns,
}
