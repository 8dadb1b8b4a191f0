//! A Go program as functions that refer to each other.

use std::collections::VecDeque;

use super::allowance::{self, Allowance};
use super::arguments::{Argument, Arguments, Word};
use super::calls::{Code, Targets, references};
use super::entries::{Entries, Marks};
use super::groups::Groups;
use super::inlined::{Inlined, Shape};
use super::memory::{Access, Memory};
use super::module::Bases;
use super::names::Names;
use super::older::has_header;
use super::table::{Function, Table};
use super::work::{TooMuch, Work};
use crate::inspect::{Format, InspectError};

/// Bytes of code for each reference: no program has more.
const CODE_A_REFERENCE: usize = 8;

/// The functions of a program, and who refers to whom.
#[derive(Clone, Debug)]
pub struct Program<'data> {
    memory: Memory<'data>,
    table: Table<'data>,
    bases: Option<Bases>,
    functions: Vec<Function>,
    names: Names<'data>,
    /// The functions of each name.
    named: Groups<u32>,
    shape: Option<Shape>,
    /// The functions that each name is inlined into, as often as it is.
    inlined: Groups<u32>,
    /// Who refers to each function: the function, and the offset in its code.
    callers: Groups<(u32, u32)>,
    /// What questions may still cost.
    allowance: Allowance,
}

/// A function of a program: its number in the order of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(u32);

/// Why the functions of a file can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProgram {
    /// The format isn't one whose contents are read by address.
    #[error("functions are read of ELF, PE and 64-bit Mach-O files only")]
    Format,
    /// There is no function table, and nothing says that Go made the file.
    #[error("there is no function table of Go in the file")]
    NotFound,
    /// Go made the file, but its function table isn't to be found: an obfuscator gave it another
    /// form.
    #[error("Go's function table is hidden, as obfuscators do")]
    Hidden,
    /// It was made to be slow to read.
    #[error("reading the functions takes more work than for any program of that size")]
    TooMuch,
    /// The headers make no sense.
    #[error(transparent)]
    Damaged(#[from] InspectError),
}

impl From<TooMuch> for NoProgram {
    fn from(TooMuch: TooMuch) -> Self {
        Self::TooMuch
    }
}

impl<'data> Program<'data> {
    /// Reads the functions of a file; none if it has no function table that can be read, as a file
    /// that was packed, obfuscated, or not made by Go.
    ///
    /// # Errors
    /// When the headers are truncated or contradict themselves.
    pub fn read(format: Format, bytes: &'data [u8]) -> Result<Option<Self>, InspectError> {
        match Self::find(format, bytes) {
            Ok(program) => Ok(Some(program)),
            Err(NoProgram::Damaged(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Reads the functions of a file.
    ///
    /// # Errors
    /// Why that isn't possible.
    pub fn find(format: Format, bytes: &'data [u8]) -> Result<Self, NoProgram> {
        let memory = Memory::of(format, bytes)?.ok_or(NoProgram::Format)?;
        let mut work = Work::for_file(bytes.len());
        Self::of_memory(memory, &mut work)
    }

    fn of_memory(memory: Memory<'data>, work: &mut Work) -> Result<Self, NoProgram> {
        let Some((table, functions)) = Table::find(&memory, work) else {
            return Err(if has_header(&memory) {
                NoProgram::Hidden
            } else {
                NoProgram::NotFound
            });
        };
        let bases = Bases::find(&memory, &table);
        let shape = bases.and_then(|bases| Shape::of(&memory, &table, bases, &functions));
        let mut program = Self {
            names: Names::default(),
            named: Groups::default(),
            inlined: Groups::default(),
            callers: Groups::default(),
            memory,
            table,
            bases,
            functions,
            shape,
            allowance: Allowance::default(),
        };
        program.index_names(work)?;
        program.callers = program.find_callers()?;
        Ok(program)
    }

    fn index_names(&mut self, work: &mut Work) -> Result<(), TooMuch> {
        let mut marks = Marks::new(0, self.table.names.len() as u64);
        let mut inlined = Vec::new();
        for (number, function) in self.numbered() {
            marks.add(function.name.into());
            if let Some(calls) = self.inlined_in(*function) {
                calls.names(work, |name| {
                    marks.add(name.into());
                    inlined.push((name, number));
                })?;
            }
        }
        let names = Names::new(&self.table, marks.numbered(), work)?;
        let by_number = |(name, function): (u32, u32)| Some((names.at(name)?, function));
        let with_code: Vec<_> = self
            .numbered()
            .filter_map(|(number, function)| by_number((function.name, number)))
            .collect();
        let inlined: Vec<_> = inlined.into_iter().filter_map(by_number).collect();
        self.named = Groups::new(names.len(), &with_code);
        self.inlined = Groups::new(names.len(), &inlined);
        self.names = names;
        Ok(())
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &Function)> {
        (0_u32..).zip(&self.functions)
    }

    fn find_callers(&self) -> Result<Groups<(u32, u32)>, TooMuch> {
        let Some(bases) = self.bases else {
            return Ok(Groups::default());
        };
        let starts: Vec<u64> = self
            .functions
            .iter()
            .map(|function| bases.text.wrapping_add(function.start))
            .collect();
        // No function starts behind the code that the file holds.
        let code = starts.first().and_then(|first| self.memory.at(*first));
        let code = code.unwrap_or_default();
        let entries = Entries::new(&starts, code.len() as u64);
        let targets = Targets::new(&self.memory, &entries);
        let most = code.len() / CODE_A_REFERENCE;
        let mut all = Vec::new();
        let mut found = Vec::new();
        for (caller, function) in self.numbered() {
            let Some(code) = self.code(bases, *function) else {
                continue;
            };
            if references(code, targets, &mut found).is_none() {
                return Ok(Groups::default());
            }
            if all.len() + found.len() > most {
                return Err(TooMuch);
            }
            all.extend(found.drain(..).map(|found| (found.to, (caller, found.at))));
        }
        Ok(Groups::new(self.functions.len(), &all))
    }

    fn inlined_in(&self, function: Function) -> Option<Inlined<'_, 'data>> {
        Inlined::of(
            &self.memory,
            &self.table,
            self.bases?,
            self.shape?,
            function,
        )
    }

    /// Whether a function has this name, be it only inlined into others.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.names.numbers(name).next().is_some()
    }

    /// Whether a text is among what is loaded into memory; of a file of gigabytes only a part is
    /// searched.
    #[must_use]
    pub fn holds(&self, text: &[u8]) -> bool {
        let kinds = [Access::Read, Access::Write, Access::Execute];
        let mut stretches = self.memory.searched(&kinds);
        stretches.any(|stretch| memchr::memmem::find(stretch.bytes, text).is_some())
    }

    /// The word in memory at an address, as large as an address is.
    #[must_use]
    pub fn word_at(&self, address: u64) -> Option<u64> {
        self.memory.pointer_at(address)
    }

    /// The name of a function.
    #[must_use]
    pub fn name(&self, function: FunctionId) -> &'data str {
        let function = self.functions.get(function.0 as usize);
        function
            .and_then(|function| self.names.text(function.name))
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
        self.of_name(&self.named, name)
    }

    fn of_name(&self, groups: &Groups<u32>, name: &str) -> Vec<FunctionId> {
        let numbers = self.names.numbers(name);
        let functions = numbers.flat_map(|number| groups.of(number));
        let mut functions: Vec<_> = functions.copied().map(FunctionId).collect();
        functions.sort_unstable();
        functions.dedup();
        functions
    }

    /// The path of the file that a function starts in, as the compiler recorded it.
    #[must_use]
    pub fn file(&self, function: FunctionId) -> Option<&'data str> {
        let function = self.functions.get(function.0 as usize)?;
        self.table.file(&self.memory, *function)
    }

    /// All functions with code of their own.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &'data str)> + '_ {
        (0_u32..)
            .map(FunctionId)
            .zip(&self.functions)
            .filter_map(|(number, function)| Some((number, self.names.text(function.name)?)))
    }

    /// The functions that a function is inlined into.
    #[must_use]
    pub fn inlined_into(&self, name: &str) -> Vec<FunctionId> {
        self.of_name(&self.inlined, name)
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
        let function = self.functions.get(function.0 as usize);
        let Some(calls) = function.and_then(|function| self.inlined_in(*function)) else {
            return Vec::new();
        };
        let frames = calls.frames(at.into(), &self.allowance).unwrap_or_default();
        let names = frames.into_iter().rev();
        names.filter_map(|name| self.names.text(name)).collect()
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
        let before = code.bytes.len().min(at as usize);
        self.allowance.take(before, allowance::CODE)?;
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
        let chains = self.chains(targets, 0, |function| at(self.name(function)));
        let end = chains.ends.first()?;
        Some(chains.from(*end))
    }

    /// The chains of references to `targets` from functions that the search ends at: the shortest,
    /// and those that are longer by so many steps at most.
    #[must_use]
    pub fn chains(
        &self,
        targets: &[FunctionId],
        longer: usize,
        at: impl Fn(FunctionId) -> Search,
    ) -> Chains {
        let mut chains = Chains {
            next: vec![None; self.functions.len()],
            ends: Vec::new(),
        };
        let mut seen = vec![false; self.functions.len()];
        let mut queue = VecDeque::new();
        let mut most = usize::MAX;
        let mut reach = |function: u32, from: Option<u32>, next: &mut [Option<u32>]| {
            let index = function as usize;
            let (Some(seen @ false), Some(slot)) = (seen.get_mut(index), next.get_mut(index))
            else {
                return false;
            };
            *seen = true;
            *slot = from;
            true
        };
        for target in targets {
            if reach(target.0, None, &mut chains.next) {
                queue.push_back((target.0, 0_usize));
            }
        }
        while let Some((function, steps)) = queue.pop_front() {
            if steps > most {
                break;
            }
            match at(FunctionId(function)) {
                Search::Ends => {
                    most = most.min(steps.saturating_add(longer));
                    chains.ends.push(FunctionId(function));
                }
                Search::GoesOn => {
                    let callers = self.callers.of(function);
                    let cost = 1 + callers.len();
                    if self.allowance.take(cost, allowance::STEP).is_none() {
                        break;
                    }
                    for (caller, _) in callers {
                        if reach(*caller, Some(function), &mut chains.next) {
                            queue.push_back((*caller, steps + 1));
                        }
                    }
                }
                Search::Turns => {}
            }
        }
        chains
    }
}

/// Chains of references, by the functions at which a search ended.
#[derive(Clone, Debug)]
pub struct Chains {
    /// Which function comes after one.
    next: Vec<Option<u32>>,
    /// Where the search ended, the shortest chain first.
    pub ends: Vec<FunctionId>,
}

impl Chains {
    /// The chain from a function at which the search ended, from the outside in.
    #[must_use]
    pub fn from(&self, end: FunctionId) -> Vec<FunctionId> {
        let follow = |function: &u32| self.next.get(*function as usize).copied().flatten();
        let chain = std::iter::successors(Some(end.0), follow);
        chain.map(FunctionId).collect()
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
