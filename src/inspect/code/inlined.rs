//! Calls that the compiler replaced by the code of the function that is called.
//!
//! Source: Go's `runtime/symtabinl.go` (`inlinedCall`), `internal/abi/symtab.go` for the numbers
//! of the tables, `runtime/symtab.go` (`pcvalue`) for how values by position are written. Only
//! the layouts of Go 1.18 and later are read.

use super::memory::Memory;
use super::module::Bases;
use super::table::{Function, Layout, Table};

/// `PCDATA_InlTreeIndex`
const INDEX_TABLE: usize = 2;
/// `FUNCDATA_InlTree`
const TREE: usize = 3;
/// More inlined calls than any function has.
const MAX_CALLS: i64 = 1 << 16;

/// The inlined calls of one function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inlined<'t, 'data> {
    table: &'t Table<'data>,
    memory: &'t Memory<'data>,
    /// The positions at which the innermost inlined call changes.
    positions: &'data [u8],
    /// The calls.
    calls: &'data [u8],
}

/// How calls lie in memory: their size, and where name and position of the call stand.
struct Shape {
    size: usize,
    name: usize,
    position: usize,
}

impl Shape {
    fn of(layout: Layout) -> Self {
        if layout == Layout::Go120 {
            Self {
                size: 16,
                name: 4,
                position: 8,
            }
        } else {
            Self {
                size: 20,
                name: 12,
                position: 16,
            }
        }
    }
}

impl<'t, 'data> Inlined<'t, 'data> {
    /// The inlined calls of a function; none if it has none.
    pub(super) fn of(
        memory: &'t Memory<'data>,
        table: &'t Table<'data>,
        bases: Bases,
        function: Function,
    ) -> Option<Self> {
        if !table.layout.is_relative() {
            return None;
        }
        let word = |number| table.record_word(memory, function.record, number);
        // npcdata; then cuOffset and, from Go 1.20 on, startLine; then four single bytes.
        let tables = usize::try_from(word(6)?).ok()?;
        let bytes = if table.layout == Layout::Go120 { 9 } else { 8 };
        if tables <= INDEX_TABLE {
            return None;
        }
        let counts = function.record.checked_add(4 + 4 * bytes + 3)?;
        if usize::from(*table.records.get(counts)?) <= TREE {
            return None;
        }
        let positions = usize::try_from(word(bytes + 1 + INDEX_TABLE)?).ok()?;
        let tree = word((bytes + 1).checked_add(tables)?.checked_add(TREE)?)?;
        if positions == 0 || tree == u32::MAX {
            return None;
        }
        Some(Self {
            table,
            memory,
            positions: table.values.get(positions..)?,
            calls: memory.at(bases.data?.checked_add(tree.into())?)?,
        })
    }

    /// The offsets of the names of all functions that are inlined, as often as they are.
    pub(super) fn names(&self) -> impl Iterator<Item = usize> + use<'t, 'data> {
        let this = *self;
        let last = Values::new(this.positions, this.table.quantum)
            .map(|(value, _)| value)
            .max()
            .unwrap_or(-1);
        (0..=last.min(MAX_CALLS)).map_while(move |index| this.name(index))
    }

    /// The offsets of the names of the inlined calls at a position in the function, the innermost
    /// first.
    pub(super) fn frames(&self, position: u64) -> Vec<usize> {
        let mut frames = Vec::new();
        let mut index = self.index_at(position);
        while let Some(name) = self.name(index) {
            frames.push(name);
            let outer = self
                .field(index, |shape| shape.position)
                .map_or(-1, |position| self.index_at(position.into()));
            // An inlined call stands after the one that it is in.
            if outer >= index {
                break;
            }
            index = outer;
        }
        frames
    }

    fn index_at(&self, position: u64) -> i64 {
        Values::new(self.positions, self.table.quantum)
            .find(|(_, end)| position < *end)
            .map_or(-1, |(value, _)| value)
    }

    fn name(&self, index: i64) -> Option<usize> {
        let name = self.field(index, |shape| shape.name)?;
        usize::try_from(name).ok()
    }

    fn field(&self, index: i64, offset: impl Fn(&Shape) -> usize) -> Option<u32> {
        let shape = Shape::of(self.table.layout);
        let start = usize::try_from(index).ok()?.checked_mul(shape.size)?;
        self.memory
            .word_in(self.calls.get(start.checked_add(offset(&shape))?..)?)
    }
}

/// Values by position: each with the position at which it ends.
struct Values<'data> {
    bytes: &'data [u8],
    quantum: u64,
    value: i64,
    end: u64,
}

impl<'data> Values<'data> {
    fn new(bytes: &'data [u8], quantum: u8) -> Self {
        Self {
            bytes,
            quantum: quantum.into(),
            value: -1,
            end: 0,
        }
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

impl Iterator for Values<'_> {
    type Item = (i64, u64);

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.number()?;
        if step == 0 && self.end != 0 {
            return None;
        }
        // Signed numbers alternate: 0, -1, 1, -2, …
        let size = i64::from(step >> 1);
        self.value += if step & 1 == 0 { size } else { !size };
        self.end += u64::from(self.number()?) * self.quantum;
        Some((self.value, self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_position_are_read_until_a_step_of_nothing() {
        // +1 (from -1) until 4, +2 until 5, -3 until 8, end.
        let bytes = [2, 4, 4, 1, 5, 3, 0];
        let values: Vec<_> = Values::new(&bytes, 1).collect();
        assert_eq!(values, [(0, 4), (2, 5), (-1, 8)]);
        let steps: Vec<_> = Values::new(&bytes, 4).map(|(_, end)| end).collect();
        assert_eq!(steps, [16, 20, 32]);
    }

    #[test]
    fn values_that_never_end_end_with_the_bytes() {
        assert_eq!(Values::new(&[2, 0x80, 0x80], 1).count(), 0);
        assert_eq!(Values::new(&[0xff; 20], 1).count(), 0);
    }
}
