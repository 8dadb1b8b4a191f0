//! A Go program as functions that refer to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use super::allowance::{self, Allowance};
use super::arguments::{self, Argument, Arguments, Following, List, Made, Passing, Word};
use super::callers::Callers;
use super::calls::{called_variables, loads_any};
use super::chains::{Chains, Search};
use super::held;
use super::image::Image;
use super::index::Index;
use super::lazy_dlls::{LazyDllOf, lazy_dll_at, lazy_dlls, lazy_proc_at};
use super::loaded::Loaded;
use super::memory::{Access, Pointer};
use super::table::Layout;
use super::traps;
use super::types;
use super::work::{TooMuch, Work};
use crate::inspect::InspectError;
use crate::target::{Goarch, Goos};

/// More interfaces than one type is in any program.
const MOST_TABLES: usize = 16;

/// The functions that the collector is told of stores by: they keep all registers.
///
/// Source: `asm_amd64.s` and `asm_arm64.s` of Go's package runtime.
const KEEPERS: [&str; 8] = [
    "runtime.gcWriteBarrier1",
    "runtime.gcWriteBarrier2",
    "runtime.gcWriteBarrier3",
    "runtime.gcWriteBarrier4",
    "runtime.gcWriteBarrier5",
    "runtime.gcWriteBarrier6",
    "runtime.gcWriteBarrier7",
    "runtime.gcWriteBarrier8",
];

/// The function that Go starts a program's own code from.
const FIRST: &str = "runtime.main";

/// The functions of a program, and who refers to whom.
#[derive(Clone, Debug)]
pub struct Program<'data> {
    image: Image<'data>,
    index: Index<'data>,
    callers: Callers,
    following: Following,
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
    /// Reads the functions of a file.
    ///
    /// # Errors
    /// Why that isn't possible.
    pub fn find(file: &'data Loaded<'data>) -> Result<Self, NoProgram> {
        let memory = file.memory()?;
        let mut work = Work::for_file(file.size());
        let image = Image::of(memory, &mut work)?;
        let (index, callers) = thread::scope(|scope| {
            // They read different parts of the file, and take about as long as each other.
            let other = thread::Builder::new().spawn_scoped(scope, || Callers::of(&image));
            let index = Index::of(&image, &mut work);
            let callers = match other {
                Ok(other) => other.join().unwrap_or_else(|panic| resume_unwind(panic)),
                // The system has no thread left.
                Err(_) => Callers::of(&image),
            };
            (index, callers)
        });
        let (index, callers) = (index?, callers?);
        // Every program of Go has it: without it, the names are not those that Go wrote.
        if index.named(FIRST).is_empty() {
            return Err(NoProgram::Hidden);
        }
        Ok(Self {
            following: Following::new(passing(&image, &index)),
            image,
            index,
            callers,
            allowance: Allowance::default(),
        })
    }

    /// Whether a function has this name, be it only inlined into others.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.index.names.numbers(name).next().is_some()
    }

    /// The system that the program is for: Go names the function after it that a program starts with.
    ///
    /// Source: `rt0_GOOS_GOARCH.s` in Go's package runtime.
    #[must_use]
    pub fn goos(&self) -> Option<Goos> {
        let goarch = self.image.memory.goarch?;
        let starts = |goos: &Goos| {
            // Libraries have a start of their own.
            let start = format!("_rt0_{goarch}_{goos}");
            self.has_name(&start) || self.has_name(&format!("{start}_lib"))
        };
        Goos::ALL.iter().copied().find(starts)
    }

    /// Whether a text is among what is loaded into memory; of a file of gigabytes only a part is
    /// searched.
    #[must_use]
    pub fn holds(&self, text: &[u8]) -> bool {
        let kinds = [Access::Read, Access::Write, Access::Execute];
        let mut stretches = self.image.memory.searched(&kinds);
        stretches.any(|stretch| memchr::memmem::find(stretch.bytes, text).is_some())
    }

    /// The DLLs that a program for Windows loads when it first uses them, as its variables name them.
    #[must_use]
    pub fn lazy_dlls(&self) -> BTreeSet<&'data str> {
        lazy_dlls(&self.image.memory)
    }

    /// The name of the DLL that a variable at an address stands for.
    #[must_use]
    pub fn lazy_dll_at(&self, of: LazyDllOf, address: u64) -> Option<&'data str> {
        lazy_dll_at(&self.image.memory, of, address)
    }

    /// The name of the function of a DLL that a variable at an address stands for.
    #[must_use]
    pub fn lazy_proc_at(&self, of: LazyDllOf, address: u64) -> Option<&'data str> {
        lazy_proc_at(&self.image.memory, of, address)
    }

    /// The word in memory at an address, as large as an address is.
    #[must_use]
    pub fn word_at(&self, address: u64) -> Option<u64> {
        self.image.memory.pointer_at(address)
    }

    /// The name of a function.
    #[must_use]
    pub fn name(&self, function: FunctionId) -> &'data str {
        self.index.name(function.0).unwrap_or("?")
    }

    /// Where the code of a function starts; none where the program doesn't show that.
    #[must_use]
    pub fn address(&self, function: FunctionId) -> Option<u64> {
        self.image.address(self.image.function(function.0)?)
    }

    /// The bytes of a function's code, with what fills the gap to the next one.
    #[must_use]
    pub fn code_length(&self, function: FunctionId) -> u64 {
        let function = self.image.function(function.0);
        function.map_or(0, |own| own.end.saturating_sub(own.start))
    }

    /// The machine code of a function; none where the file doesn't hold it.
    #[must_use]
    pub fn code(&self, function: FunctionId) -> Option<&'data [u8]> {
        let code = self.image.code(self.image.function(function.0)?)?;
        Some(code.bytes)
    }

    /// The calls of the system that a function makes by an instruction of its own, each with its number
    /// where that shows. Not told of architectures whose code isn't followed.
    #[must_use]
    pub fn system_calls(&self, function: FunctionId) -> Vec<Option<u64>> {
        let code = self.image.function(function.0);
        let code = code.and_then(|own| self.image.code(own));
        let with_goarch = code.zip(self.image.memory.goarch);
        with_goarch.map_or_else(Vec::new, |(code, goarch)| traps::system_calls(code, goarch))
    }

    /// The functions of this name, of which there is more than one where the linker had to add
    /// copies; none for a name that is only inlined.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<FunctionId> {
        let functions = self.index.named(name);
        functions.into_iter().map(FunctionId).collect()
    }

    /// The first name with this ending, also of what is only inlined into others.
    #[must_use]
    pub fn name_ending(&self, ending: &str) -> Option<&'data str> {
        self.image.table.name_ending(ending)
    }

    /// The path of the file that a function starts in, as the compiler recorded it.
    #[must_use]
    pub fn file(&self, function: FunctionId) -> Option<&'data str> {
        let function = self.image.function(function.0)?;
        self.image.table.file(&self.image.memory, function)
    }

    /// All functions with code of their own.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &'data str)> + '_ {
        let all = self.index.all();
        all.map(|(function, name)| (FunctionId(function), name))
    }

    /// The names of all functions, also of those that are only inlined into others.
    pub fn names(&self) -> impl Iterator<Item = &'data str> + '_ {
        self.index.names.all()
    }

    /// The functions that a function is inlined into.
    #[must_use]
    pub fn inlined_into(&self, name: &str) -> Vec<FunctionId> {
        let functions = self.index.inlined_into(name);
        functions.into_iter().map(FunctionId).collect()
    }

    /// The functions that refer to one, each with the offset in its code at which it does.
    pub fn callers(&self, function: FunctionId) -> impl Iterator<Item = (FunctionId, u32)> + '_ {
        let callers = self.callers.of_function(&self.image, function.0);
        callers.map(|(caller, at)| (FunctionId(caller), at))
    }

    /// The offset in a function's code at which it first refers to another; none where it doesn't.
    #[must_use]
    pub fn first_reference(&self, caller: FunctionId, function: FunctionId) -> Option<u32> {
        let callers = &self.callers;
        callers.first_reference(&self.image, caller.0, function.0)
    }

    /// Whether the place at an offset in a function's code refers to another.
    #[must_use]
    pub fn refers(&self, caller: FunctionId, at: u32, function: FunctionId) -> bool {
        let callers = &self.callers;
        callers.refers(&self.image, caller.0, at, function.0)
    }

    /// The names of the inlined calls at an offset in a function, from the outside in.
    #[must_use]
    pub fn frames(&self, function: FunctionId, at: u32) -> Vec<&'data str> {
        let function = self.image.function(function.0);
        let Some(calls) = function.and_then(|function| self.image.inlined_in(function)) else {
            return Vec::new();
        };
        let frames = calls.frames(at.into(), &self.allowance).unwrap_or_default();
        let names = &self.index.names;
        let texts = frames.into_iter().rev().map(|offset| names.at(offset));
        texts.filter_map(|number| names.text(number?)).collect()
    }

    /// The names along a chain of functions, with those of the calls that were inlined.
    #[must_use]
    pub fn along(&self, chain: &[FunctionId]) -> Vec<&'data str> {
        let mut names = Vec::new();
        for (index, function) in chain.iter().enumerate() {
            names.push(self.name(*function));
            let Some(next) = chain.get(index + 1) else {
                continue;
            };
            let reference = self.first_reference(*function, *next);
            names.extend(reference.iter().flat_map(|at| self.frames(*function, *at)));
        }
        // Trampolines are the linker's: they only bridge a distance.
        names.retain(|name| !name.contains("-tramp"));
        names
    }

    /// Whether code of the program's architecture is followed to see what functions are called with.
    #[must_use]
    pub fn reads_texts(&self) -> bool {
        self.image.memory.goarch.is_some_and(arguments::are_read)
    }

    /// The text that a function is called with at an offset in its caller.
    #[must_use]
    pub fn argument(&self, caller: FunctionId, at: u32, word: Word) -> Argument<'data> {
        let arguments = self.arguments(caller, at);
        arguments.map_or(Argument::Unknown, |arguments| arguments.text(word))
    }

    /// The text at a word of what the call at an offset returned a pointer to, as the code right behind it
    /// sets it.
    #[must_use]
    pub fn text_made(&self, caller: FunctionId, at: u32, word: Word) -> Argument<'data> {
        let made = Made {
            call: at,
            text: word,
        };
        let code = self.image.function(caller.0);
        let text = code
            .and_then(|function| self.image.code(function))
            .and_then(|code| {
                let memory = &self.image.memory;
                let keepers = KEEPERS.iter().flat_map(|name| self.named(name));
                let keepers = keepers.filter_map(|function| self.address(function));
                let keepers: Vec<_> = keepers.collect();
                self.following
                    .text_made(memory, code, made, &keepers, &self.allowance)
            });
        text.unwrap_or(Argument::Unknown)
    }

    /// The slice of texts that a function is called with at an offset in its caller.
    #[must_use]
    pub fn list(&self, caller: FunctionId, at: u32, word: Word) -> List<'data> {
        let arguments = self.arguments(caller, at);
        arguments.map_or(List::Unknown, |arguments| arguments.list(word))
    }

    /// The offset of the call in a caller that returned first the word that a function is called with.
    #[must_use]
    pub fn returned(&self, caller: FunctionId, at: u32, word: Word) -> Option<u32> {
        self.arguments(caller, at)?.returned(word)
    }

    /// Whether the word that a function is called with is what a variable holds, or what the caller
    /// was called with itself.
    #[must_use]
    pub fn is_held(&self, caller: FunctionId, at: u32, word: Word) -> bool {
        let arguments = self.arguments(caller, at);
        arguments.is_some_and(|arguments| arguments.is_held(word))
    }

    /// The constant number that a function is called with at an offset in its caller.
    #[must_use]
    pub fn number(&self, caller: FunctionId, at: u32, word: Word) -> Option<u64> {
        self.arguments(caller, at)?.number(word)
    }

    /// What the variable starts with whose word a function is called with.
    #[must_use]
    pub fn start_of_variable(&self, caller: FunctionId, at: u32, word: Word) -> Option<u64> {
        self.arguments(caller, at)?.start(word)
    }

    /// The same, of a function that may be assembly, which finds its arguments on the stack.
    #[must_use]
    pub fn number_in_assembly(&self, caller: FunctionId, at: u32, word: Word) -> Option<u64> {
        self.arguments(caller, at)?.number_in_assembly(word)
    }

    /// Those of some functions that data holds where it doesn't show who calls them: in a table, or in a
    /// variable that no code calls the function of.
    #[must_use]
    pub fn in_tables(&self, functions: &[FunctionId]) -> BTreeSet<FunctionId> {
        let memory = &self.image.memory;
        let mut starts = BTreeMap::new();
        for function in functions {
            starts.extend(self.address(*function).map(|start| (start, *function)));
        }
        let all = starts.keys().copied().collect();
        let held = held::holders(memory, &all, &self.allowance).into_iter();
        let held = held.filter_map(|(variable, start)| Some((variable, *starts.get(&start)?)));
        let in_tables = held.filter(|(variable, function)| {
            let mut callers = self.callers(*function);
            !callers.any(|(caller, _)| self.calls_variable(caller, *variable))
        });
        in_tables.map(|(_, function)| function).collect()
    }

    /// Whether a function calls what a variable holds.
    fn calls_variable(&self, caller: FunctionId, variable: u64) -> bool {
        let mut is_called = false;
        let code = self.image.function(caller.0);
        if let Some(code) = code.and_then(|caller| self.image.code(caller)) {
            let memory = &self.image.memory;
            called_variables(code, memory, |called| is_called |= called == variable);
        }
        is_called
    }

    /// The descriptors of the types whose values have one of a type in them, with that itself.
    #[must_use]
    pub fn types_with(&self, descriptor: u64) -> Vec<u64> {
        types::types_with(&self.image.memory, descriptor, &self.allowance)
    }

    /// Whether the names of fields are read. Before Go 1.17 they were written in another way.
    #[must_use]
    pub fn reads_fields(&self) -> bool {
        matches!(self.image.table.layout, Layout::Go118 | Layout::Go120)
    }

    /// The descriptors of the structs whose first fields have these names.
    #[must_use]
    pub fn structs(&self, first: &[&str]) -> Vec<u64> {
        types::structs(&self.image.memory, first, &self.allowance)
    }

    /// The text at an address, if it is constant or what a variable starts with.
    #[must_use]
    pub fn text_at(&self, address: u64) -> Argument<'data> {
        arguments::text_at(&self.image.memory, address)
    }

    /// Whether a function loads any of some addresses.
    #[must_use]
    pub fn loads_any(&self, function: FunctionId, addresses: &[u64]) -> bool {
        let code = self.image.function(function.0);
        let Some(code) = code.and_then(|function| self.image.code(function)) else {
            return false;
        };
        let cost = self.allowance.take(code.bytes.len(), allowance::SCAN);
        cost.is_some() && loads_any(code, &self.image.memory, addresses)
    }

    /// The tables by which values of a type are interfaces whose first method is this.
    ///
    /// Source: `ITab` in Go's `internal/abi/iface.go`.
    #[must_use]
    pub fn tables(&self, method: FunctionId) -> Vec<u64> {
        let memory = &self.image.memory;
        let wanted = self.address(method).and_then(|at| memory.pointer_bytes(at));
        let Some(wanted) = wanted else {
            return Vec::new();
        };
        let size = memory.pointer.size() as u64;
        let mut tables = Vec::new();
        for stretch in memory.searched(&[Access::Read, Access::Write]) {
            for found in memchr::memmem::find_iter(stretch.bytes, &wanted) {
                let address = stretch.address + found as u64;
                let before = before_methods(memory.pointer).iter();
                let starts = before.filter_map(|before| address.checked_sub(*before));
                let is_table = |table: &u64| {
                    let words = [*table, table + size];
                    table.is_multiple_of(size)
                        && words.iter().all(|at| {
                            let pointer = memory.pointer_at(*at);
                            pointer.is_some_and(|pointer| memory.stretch(pointer).is_some())
                        })
                };
                tables.extend(starts.filter(is_table));
            }
        }
        tables.truncate(MOST_TABLES);
        tables
    }

    /// Whether what lies at an address may be such a table.
    #[must_use]
    pub fn is_table(&self, table: u64, method: FunctionId) -> bool {
        let memory = &self.image.memory;
        let method = self.address(method);
        let mut before = before_methods(memory.pointer).iter();
        method.is_some()
            && before.any(|before| {
                let first = table.checked_add(*before);
                first.and_then(|first| memory.pointer_at(first)) == method
            })
    }

    /// The constant texts that a function makes interfaces of, by the tables of their type; none for
    /// each text that isn't constant.
    #[must_use]
    pub fn boxed(&self, function: FunctionId, tables: &[u64]) -> Vec<Option<&'data str>> {
        let function = self.image.function(function.0);
        let Some(code) = function.and_then(|function| self.image.code(function)) else {
            return Vec::new();
        };
        arguments::boxed(&self.image.memory, code, tables, &self.allowance)
    }

    fn arguments(&self, caller: FunctionId, at: u32) -> Option<Arguments<'_, 'data>> {
        let code = self.image.code(self.image.function(caller.0)?)?;
        let memory = &self.image.memory;
        self.following.arguments(memory, code, at, &self.allowance)
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
        Chains::search(targets, longer, at, |function| {
            let cost = 1 + self.callers.count(function.0);
            self.allowance.take(cost, allowance::STEP)?;
            Some(self.callers(function).map(|(caller, _)| caller))
        })
    }
}

/// How far behind the start of an interface's table its methods may start: the interface, the type,
/// and a hash with what aligns it come first; the latter on 386 before Go 1.22 too.
fn before_methods(pointer: Pointer) -> &'static [u64] {
    match pointer {
        Pointer::Wide => &[24],
        Pointer::Narrow => &[12, 16],
    }
}

/// Where functions find their arguments. Go passes them in registers since 1.17 on amd64, at first on
/// some systems only, and since 1.18 on arm64.
fn passing(image: &Image<'_>, index: &Index<'_>) -> Passing {
    match (image.table.layout, image.memory.goarch) {
        (Layout::Go116, Some(Goarch::Amd64)) if fills_registers(image, index) => {
            Passing::InRegisters
        }
        (Layout::Go12 | Layout::Go116, _) => Passing::OnStack,
        (Layout::Go118 | Layout::Go120, _) => Passing::InRegisters,
    }
}

/// Whether the function of Go 1.17 that fills the registers does anything: without registers for
/// arguments it only returns, and Go 1.16 has none.
fn fills_registers(image: &Image<'_>, index: &Index<'_>) -> bool {
    const RETURN: u8 = 0xc3;
    let mut functions = index.named("runtime.unspillArgs").into_iter();
    functions.any(|function| {
        let code = image.function(function).and_then(|own| image.code(own));
        let first = code.and_then(|code| code.bytes.first());
        first.is_some_and(|first| *first != RETURN)
    })
}
