//! Go's function table, `pclntab`: the functions of a program, also of a stripped one.
//!
//! Source: Go's `debug/gosym/pclntab.go` and `internal/abi/symtab.go` for the layouts of the
//! header, `runtime/symtab.go` and `runtime/runtime2.go` (`_func`) for what it leads to.

use memchr::memmem;

use super::memory::{Access, Memory, Pointer};

/// More tables than any program has; each is one try to read.
const MAX_CANDIDATES: usize = 64;

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
    /// The index: positions of code and of records, in turn, and the end of the code.
    index: &'data [u8],
    /// The number of functions.
    count: usize,
    /// The smallest instruction, in bytes.
    pub(super) quantum: u8,
}

/// A function with code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Function {
    /// Where its code starts; relative to the start of the text in newer layouts.
    pub(super) start: u64,
    /// Where the next function starts.
    pub(super) end: u64,
    /// Where its record starts.
    pub(super) record: usize,
    /// Where its name starts.
    pub(super) name: usize,
}

impl<'data> Table<'data> {
    /// Finds the table of a program by its first bytes, wherever it lies.
    pub(super) fn find(memory: &Memory<'data>) -> Option<Self> {
        Layout::ALL.into_iter().find_map(|layout| {
            let mark = [&memory.word_bytes(layout.magic())[..], &[0, 0]].concat();
            let finder = memmem::Finder::new(&mark);
            let data = memory
                .stretches()
                .iter()
                .filter(|stretch| stretch.access != Access::Execute);
            // Before Go 1.4 it was linked into the text, and on some systems it still is.
            let text = memory
                .stretches()
                .iter()
                .filter(|stretch| stretch.access == Access::Execute);
            data.chain(text)
                .flat_map(|stretch| {
                    let places = finder.find_iter(stretch.bytes);
                    places.map(|offset| (stretch.address + offset as u64, offset, stretch.bytes))
                })
                .take(MAX_CANDIDATES)
                .find_map(|(address, offset, bytes)| {
                    Self::read(memory, layout, address, bytes.get(offset..)?)
                })
        })
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

    /// All functions, in the order of their code. Those that can't be read are left out.
    pub(super) fn functions(&self, memory: &Memory<'_>) -> Vec<Function> {
        let field = self.field(memory);
        let number = |index: usize| -> Option<u64> {
            let bytes = self.index.get(index * field..)?;
            if self.layout.is_relative() {
                memory.word_in(bytes).map(u64::from)
            } else {
                memory.pointer_in(bytes)
            }
        };
        let function = |index: usize| -> Option<Function> {
            let record = usize::try_from(number(2 * index + 1)?).ok()?;
            Some(Function {
                start: number(2 * index)?,
                end: number(2 * index + 2)?,
                record,
                name: usize::try_from(self.record_word(memory, record, 0)?).ok()?,
            })
        };
        (0..self.count).filter_map(function).collect()
    }

    /// A 32-bit field of a record, counted from the one that names the function.
    pub(super) fn record_word(
        &self,
        memory: &Memory<'_>,
        record: usize,
        number: usize,
    ) -> Option<u32> {
        // Before it stands where the code starts.
        let entry = match (self.layout.is_relative(), memory.pointer) {
            (true, _) | (false, Pointer::Narrow) => 4,
            (false, Pointer::Wide) => 8,
        };
        let offset = record.checked_add(entry + 4 * number)?;
        memory.word_in(self.records.get(offset..)?)
    }

    /// The name that starts at an offset; names that aren't UTF-8 are none that Go writes.
    pub(super) fn name(&self, offset: usize) -> Option<&'data str> {
        let rest = self.names.get(offset..)?;
        std::str::from_utf8(rest.get(..memchr::memchr(0, rest)?)?).ok()
    }

    /// Whether a function has this name, be it only inlined into others.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.offset_of(name).is_some()
    }

    /// Where a name starts.
    pub(super) fn offset_of(&self, name: &str) -> Option<usize> {
        let mark = [b"\0", name.as_bytes(), b"\0"].concat();
        let first = mark.get(1..).unwrap_or_default();
        if self.names.starts_with(first) {
            return Some(0);
        }
        memmem::find(self.names, &mark).map(|offset| offset + 1)
    }
}
