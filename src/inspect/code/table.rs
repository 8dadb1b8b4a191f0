//! Go's function table, `pclntab`: the functions of a program, also of a stripped one.
//!
//! Source: Go's `debug/gosym/pclntab.go` and `internal/abi/symtab.go` for the layouts of the
//! header, `runtime/symtab.go` and `runtime/runtime2.go` (`_func`) for what it leads to.

use memchr::memmem;

use super::memory::{Access, Memory, Pointer, Stretch};
use super::values::Values;
use super::work::Work;

/// More tables than any program has; each is one try to read.
const MAX_CANDIDATES: usize = 64;
/// The shortest record, that of Go 1.11 for pointers of 4 bytes.
const SHORTEST_RECORD: u32 = 36;
/// More bytes than the name of any function has, also of one with long type parameters.
pub(super) const LONGEST_NAME: usize = 1 << 16;

/// The layout of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layout {
    /// Go 1.2 to 1.15.
    Go12,
    /// Go 1.16 and 1.17.
    Go116,
    /// Go 1.18 and 1.19: positions of code are relative to the start of the text.
    Go118,
    /// Go 1.20 and later.
    Go120,
}

impl Layout {
    const ALL: [Self; 4] = [Self::Go120, Self::Go118, Self::Go116, Self::Go12];

    /// The first four bytes.
    fn magic(self) -> u32 {
        match self {
            Self::Go12 => 0xffff_fffb,
            Self::Go116 => 0xffff_fffa,
            Self::Go118 => 0xffff_fff0,
            Self::Go120 => 0xffff_fff1,
        }
    }

    /// Whether positions of code are relative, and fields of the index 4 bytes long.
    pub(super) fn is_relative(self) -> bool {
        self >= Self::Go118
    }
}

/// A function table that was found in a program.
#[derive(Clone, Debug)]
pub(super) struct Table<'data> {
    pub(super) layout: Layout,
    /// Where it lies.
    pub(super) address: u64,
    /// The start of the text as the header has it; 0 where it doesn't, as Go 1.26 writes.
    pub(super) text_start: u64,
    /// The names of functions, each ended by a zero byte; also of those that are only inlined.
    pub(super) names: &'data [u8],
    /// Where the names lie.
    pub(super) names_address: u64,
    /// Tables of values by position in the code, such as the index into the inlined calls.
    pub(super) values: &'data [u8],
    /// The records of functions, `_func`.
    pub(super) records: &'data [u8],
    /// Where the records lie.
    pub(super) records_address: u64,
    /// The files of each compilation unit, and the paths of files; none before Go 1.16.
    pub(super) files: Option<Files<'data>>,
    /// The index: positions of code and of records, in turn, and the end of the code.
    index: &'data [u8],
    /// The number of functions.
    pub(super) count: usize,
    /// The smallest instruction, in bytes.
    pub(super) quantum: u8,
}

/// Where a table has the paths of files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Files<'data> {
    /// Offsets of paths, by compilation unit and number of the file in it.
    pub(super) units: &'data [u8],
    /// The paths, each ended by a zero byte.
    pub(super) paths: &'data [u8],
}

/// A function with code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Function {
    /// Where its code starts; relative to the start of the text in newer layouts.
    pub(super) start: u64,
    /// Where the next function starts.
    pub(super) end: u64,
    /// Where its record starts.
    pub(super) record: u32,
    /// Where its name starts.
    pub(super) name: u32,
}

impl<'data> Table<'data> {
    /// What looks like a table by its first bytes, wherever it lies: also those of programs that are
    /// embedded in this one.
    pub(super) fn candidates(memory: &Memory<'data>) -> impl Iterator<Item = Self> {
        let in_layout = move |layout: Layout| {
            let mark = [&memory.word_bytes(layout.magic())[..], &[0, 0]].concat();
            let finder = memmem::Finder::new(&mark).into_owned();
            // Before Go 1.4 it was linked into the text, and on some systems it still is.
            memory
                .searched(&[Access::Read, Access::Write, Access::Execute])
                .flat_map(move |stretch| places(&finder, stretch))
                .take(MAX_CANDIDATES)
                .filter_map(move |address| Self::read(memory, layout, address, memory.at(address)?))
        };
        Layout::ALL.into_iter().flat_map(in_layout)
    }

    /// Reads a table; none where it isn't one.
    fn read(
        memory: &Memory<'data>,
        layout: Layout,
        address: u64,
        bytes: &'data [u8],
    ) -> Option<Self> {
        let &[_, _, _, _, 0, 0, quantum, pointer, ..] = bytes else {
            return None;
        };
        if !matches!(quantum, 1 | 2 | 4) || usize::from(pointer) != memory.pointer.size() {
            return None;
        }
        let size = memory.pointer.size();
        let word = |number: usize| memory.pointer_in(bytes.get(8 + number * size..)?);
        let part = |number: usize| bytes.get(usize::try_from(word(number)?).ok()?..);
        let count = usize::try_from(word(0)?).ok()?;
        let mut table = Self {
            layout,
            address,
            text_start: 0,
            names: bytes,
            names_address: address,
            values: bytes,
            records: bytes,
            records_address: address,
            files: None,
            index: bytes.get(8 + size..)?,
            count,
            quantum,
        };
        if layout >= Layout::Go116 {
            // From Go 1.18 on the third word is the start of the text.
            let first = if layout.is_relative() { 3 } else { 2 };
            if layout.is_relative() {
                table.text_start = word(2)?;
            }
            // Names, compilation units, files, values, records, in this order.
            let names = usize::try_from(word(first)?).ok()?;
            let units = usize::try_from(word(first + 1)?).ok()?;
            table.names = bytes.get(names..units)?;
            table.names_address = address.checked_add(names as u64)?;
            table.values = part(first + 3)?;
            table.records = part(first + 4)?;
            table.records_address = address.checked_add(word(first + 4)?)?;
            let paths = usize::try_from(word(first + 2)?).ok()?;
            table.files = bytes
                .get(units..paths)
                .zip(bytes.get(paths..))
                .map(|(units, paths)| Files { units, paths });
            table.index = table.records;
        }
        let length = count.checked_mul(2)?.checked_add(1)?;
        let length = length.checked_mul(table.field(memory))?;
        table.index = table.index.get(..length)?;
        (count > 0).then_some(table)
    }

    /// The size of a field of the index.
    fn field(&self, memory: &Memory<'_>) -> usize {
        if self.layout.is_relative() {
            4
        } else {
            memory.pointer.size()
        }
    }

    /// All functions, in the order of their code; none where one can't be read, or they aren't in
    /// that order: such a table is none that Go's linker wrote.
    pub(super) fn functions(&self, memory: &Memory<'_>, work: &mut Work) -> Option<Vec<Function>> {
        let field = self.field(memory);
        let number = |bytes: &[u8]| -> Option<u64> {
            if self.layout.is_relative() {
                memory.word_in(bytes).map(u64::from)
            } else {
                memory.pointer_in(bytes)
            }
        };
        // Records don't overlap, so there are no more functions than these.
        let most = self.records.len() / SHORTEST_RECORD as usize;
        if self.count > most || work.spend(self.count).is_err() {
            return None;
        }
        let mut functions = Vec::with_capacity(self.count);
        let mut next_record = 0;
        for entry in self.index.chunks_exact(2 * field).take(self.count) {
            let record = u32::try_from(number(entry.get(field..)?)?).ok()?;
            functions.push(Function {
                start: number(entry)?,
                end: u64::MAX,
                record,
                name: self.record_word(memory, record, 0)?,
            });
            if record < next_record {
                return None;
            }
            next_record = record.checked_add(SHORTEST_RECORD)?;
        }
        let mut end = number(self.index.get(2 * self.count * field..)?)?;
        for function in functions.iter_mut().rev() {
            if function.start > end || function.name as usize >= self.names.len() {
                return None;
            }
            function.end = end;
            end = function.start;
        }
        Some(functions)
    }

    /// The end of the index: before Go 1.16 it is followed by the place of the files.
    fn files_before_116(&self, memory: &Memory<'_>) -> Option<&'data [u8]> {
        let end = (2 * self.count + 1).checked_mul(memory.pointer.size())?;
        let place = memory.word_in(self.records.get(8 + memory.pointer.size() + end..)?)?;
        self.records.get(usize::try_from(place).ok()?..)
    }

    /// The path of the file that a function starts in.
    pub(super) fn file(&self, memory: &Memory<'_>, function: Function) -> Option<&'data str> {
        let word = |number| self.record_word(memory, function.record, number);
        let numbers = self.values.get(usize::try_from(word(4)?).ok()?..)?;
        let (number, _) = Values::new(numbers, self.quantum).next()?;
        let number = usize::try_from(number).ok()?;
        let word_of = |words: &[u8], number: usize| {
            let offset = memory.word_in(words.get(number.checked_mul(4)?..)?)?;
            usize::try_from(offset).ok()
        };
        if let Some(files) = self.files {
            let unit = usize::try_from(word(7)?).ok()?;
            text_at(
                files.paths,
                word_of(files.units, unit.checked_add(number)?)?,
            )
        } else if self.layout == Layout::Go12 && number > 0 {
            let files = self.files_before_116(memory)?;
            text_at(self.names, word_of(files, number)?)
        } else {
            None
        }
    }

    /// A 32-bit field of a record, counted from the one that names the function.
    pub(super) fn record_word(
        &self,
        memory: &Memory<'_>,
        record: u32,
        number: usize,
    ) -> Option<u32> {
        let offset = self.word_place(memory, record, number)?;
        memory.word_in(self.records.get(offset..)?)
    }

    /// Where that field stands among the records.
    pub(super) fn word_place(
        &self,
        memory: &Memory<'_>,
        record: u32,
        number: usize,
    ) -> Option<usize> {
        // Before it stands where the code starts.
        let entry = match (self.layout.is_relative(), memory.pointer) {
            (true, _) | (false, Pointer::Narrow) => 4,
            (false, Pointer::Wide) => 8,
        };
        let record = usize::try_from(record).ok()?;
        record.checked_add(number.checked_mul(4)?.checked_add(entry)?)
    }

    /// The first name with this ending, also of what is only inlined.
    pub(super) fn name_ending(&self, ending: &str) -> Option<&'data str> {
        let end = memmem::find(self.names, &[ending.as_bytes(), &[0]].concat())? + ending.len();
        let before = self.names.get(..end)?;
        let start = memchr::memrchr(0, before).map_or(0, |zero| zero + 1);
        std::str::from_utf8(before.get(start..)?).ok()
    }

    /// The name that starts at an offset; names that aren't UTF-8 are none that Go writes.
    pub(super) fn name(&self, offset: u32) -> Option<&'data str> {
        text_at(self.names, usize::try_from(offset).ok()?)
    }
}

/// Where a mark stands, one place after the other.
fn places(finder: &memmem::Finder<'_>, stretch: Stretch<'_>) -> Vec<u64> {
    let places = finder.find_iter(stretch.bytes).take(MAX_CANDIDATES);
    let places: Vec<_> = places
        .map(|offset| stretch.address + offset as u64)
        .collect();
    places
}

/// The text that starts at an offset and ends before a zero byte.
fn text_at(bytes: &[u8], offset: usize) -> Option<&str> {
    std::str::from_utf8(text_bytes(bytes, offset)?).ok()
}

/// The same, whatever it consists of.
pub(super) fn text_bytes(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let window = rest.get(..LONGEST_NAME).unwrap_or(rest);
    window.get(..memchr::memchr(0, window)?)
}
