//! Calls that the compiler replaced by the code of the function that is called.
//!
//! Source: Go's `runtime/symtabinl.go` and, before Go 1.21, `runtime/symtab.go` (`inlinedCall`,
//! `funcdata`); `internal/abi/symtab.go` and its forerunners for the numbers of the tables.

use super::allowance::{self, Allowance};
use super::memory::{Memory, Pointer};
use super::module::Bases;
use super::table::{Function, Layout, Table};
use super::values::Values;
use super::work::{TooMuch, Work};

/// More inlined calls than any function has.
const MAX_CALLS: i64 = 1 << 16;
/// More changes between inlined calls than any function has.
const MAX_VALUES: usize = 1 << 18;
/// Enough functions with inlined calls to tell a shape from others.
const TRIED: usize = 256;

/// How inlined calls are written, which differs from version to version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// The word of a function's record that holds the number of its data; from Go 1.12 on it is
    /// the last byte of it.
    counts: usize,
    /// `PCDATA_InlTreeIndex`
    index_table: usize,
    /// `FUNCDATA_InlTree`
    tree: usize,
    /// The size of a call.
    size: usize,
    /// Where the name stands in a call.
    name: usize,
    outer: Outer,
}

/// How a call leads to the one that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outer {
    /// By its number, which stands first.
    Number,
    /// By a position in the code that belongs to it, which stands there.
    Position(usize),
}

impl Shape {
    const GO_1_20: Self = Self {
        counts: 9,
        index_table: 2,
        tree: 3,
        size: 16,
        name: 4,
        outer: Outer::Position(8),
    };
    const GO_1_16: Self = Self {
        counts: 8,
        size: 20,
        name: 12,
        outer: Outer::Position(16),
        ..Self::GO_1_20
    };
    const GO_1_13: Self = Self {
        counts: 7,
        tree: 4,
        ..Self::GO_1_16
    };
    const GO_1_12: Self = Self {
        index_table: 1,
        tree: 2,
        ..Self::GO_1_13
    };
    const GO_1_9: Self = Self {
        size: 16,
        outer: Outer::Number,
        ..Self::GO_1_12
    };

    /// The shape in a program; none where its calls have no shape that is known.
    pub(super) fn of(
        memory: &Memory<'_>,
        table: &Table<'_>,
        bases: Bases,
        functions: &[Function],
    ) -> Option<Self> {
        let fits = |shape: &Self| {
            let of = |function: &Function| Inlined::of(memory, table, bases, *shape, *function);
            let mut some = functions.iter().filter_map(of).take(TRIED).peekable();
            some.peek().is_some() && some.all(|calls| calls.are_sound())
        };
        match table.layout {
            Layout::Go120 => Some(Self::GO_1_20),
            Layout::Go116 | Layout::Go118 => Some(Self::GO_1_16),
            // The table doesn't say which version wrote it.
            Layout::Go12 => {
                let shapes = [Self::GO_1_13, Self::GO_1_12, Self::GO_1_9];
                shapes.into_iter().find(fits)
            }
        }
    }
}

/// The inlined calls of one function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inlined<'t, 'data> {
    table: &'t Table<'data>,
    memory: &'t Memory<'data>,
    shape: Shape,
    /// The positions at which the innermost inlined call changes.
    positions: &'data [u8],
    /// The calls.
    calls: &'data [u8],
}

impl<'t, 'data> Inlined<'t, 'data> {
    /// The inlined calls of a function; none if it has none.
    pub(super) fn of(
        memory: &'t Memory<'data>,
        table: &'t Table<'data>,
        bases: Bases,
        shape: Shape,
        function: Function,
    ) -> Option<Self> {
        let word = |number| table.record_word(memory, function.record, number);
        let tables = usize::try_from(word(6)?).ok()?;
        if tables <= shape.index_table {
            return None;
        }
        let count = if shape == Shape::GO_1_9 {
            usize::try_from(word(shape.counts)?).ok()?
        } else {
            let word = table.word_place(memory, function.record, shape.counts)?;
            usize::from(*table.records.get(word + 3)?)
        };
        if count <= shape.tree {
            return None;
        }
        let first = shape.counts + 1;
        let positions = usize::try_from(word(first + shape.index_table)?).ok()?;
        if positions == 0 {
            return None;
        }
        let data = table.word_place(memory, function.record, first.checked_add(tables)?)?;
        let calls = if table.layout.is_relative() {
            let offset = memory.word_in(table.records.get(data + 4 * shape.tree..)?)?;
            if offset == u32::MAX {
                return None;
            }
            bases.data?.checked_add(offset.into())?
        } else {
            // Pointers, at their natural place.
            let address = table.records_address.checked_add(data as u64)?;
            let is_between = memory.pointer == Pointer::Wide && address & 4 != 0;
            let data = if is_between { data + 4 } else { data };
            let place = data + memory.pointer.size() * shape.tree;
            memory.pointer_in(table.records.get(place..)?)?
        };
        Some(Self {
            table,
            memory,
            shape,
            positions: table.values.get(positions..)?,
            calls: memory.at(calls)?,
        })
    }

    /// Hands the offsets of the names of all functions that are inlined to `each`, as often as
    /// they are.
    pub(super) fn names(&self, work: &mut Work, mut each: impl FnMut(u32)) -> Result<(), TooMuch> {
        let mut last = -1;
        let mut steps = 0;
        for (value, _) in self.values() {
            last = value.max(last);
            steps += 1;
            // Not only at the end: there may be as many as the file has bytes.
            if steps == 1 << 10 {
                work.spend(steps)?;
                steps = 0;
            }
        }
        work.spend(steps)?;
        for index in 0..=last.min(MAX_CALLS) {
            work.spend(1)?;
            let Some(name) = self.name(index) else {
                break;
            };
            each(name);
        }
        Ok(())
    }

    /// The offsets of the names of the inlined calls at a position in the function, the innermost
    /// first; none where that costs more than it may.
    pub(super) fn frames(&self, position: u64, allowance: &Allowance) -> Option<Vec<u32>> {
        // Each value with the position at which it ends.
        let values: Vec<(i64, u64)> = self.values().take(MAX_VALUES).collect();
        allowance.take(values.len(), allowance::VALUE)?;
        let index_at = |position: u64| {
            let after = values.partition_point(|(_, end)| *end <= position);
            values.get(after).map_or(-1, |(value, _)| *value)
        };
        let mut frames = Vec::new();
        let mut index = index_at(position);
        while let Some(name) = self.name(index) {
            frames.push(name);
            let outer = match self.shape.outer {
                Outer::Number => self
                    .field(index, 0)
                    .map_or(-1, |number| number.cast_signed().into()),
                Outer::Position(offset) => self
                    .field(index, offset)
                    .map_or(-1, |position| index_at(position.into())),
            };
            // An inlined call stands after the one that it is in.
            if outer >= index {
                break;
            }
            index = outer;
        }
        Some(frames)
    }

    /// Whether the first calls have names.
    fn are_sound(&self) -> bool {
        let mut indices = self.values().map(|(value, _)| value).take(TRIED);
        indices.all(|index| {
            let name = self.name(index).and_then(|name| self.table.name(name));
            (-1..MAX_CALLS).contains(&index)
                && (index == -1
                    || name
                        .is_some_and(|name| name.contains('.') && !name.contains(char::is_control)))
        })
    }

    fn values(&self) -> Values<'data> {
        Values::new(self.positions, self.table.quantum)
    }

    fn name(&self, index: i64) -> Option<u32> {
        self.field(index, self.shape.name)
    }

    fn field(&self, index: i64, offset: usize) -> Option<u32> {
        let start = usize::try_from(index).ok()?.checked_mul(self.shape.size)?;
        let start = start.checked_add(offset)?;
        self.memory.word_in(self.calls.get(start..)?)
    }
}
