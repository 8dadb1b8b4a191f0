//! A program as its function table and its memory have it: functions, their code, and the calls
//! that are inlined into them.

use super::calls::Code;
use super::inlined::{Inlined, Shape};
use super::memory::{Memory, Pointers};
use super::module::{Bases, Standing};
use super::older::has_header;
use super::program::NoProgram;
use super::table::{Function, Table};
use super::work::Work;

/// The functions of a program, as far as they can be read one by one.
#[derive(Clone, Debug)]
pub(super) struct Image<'data> {
    pub(super) memory: Memory<'data>,
    pub(super) table: Table<'data>,
    pub(super) bases: Option<Bases>,
    pub(super) functions: Vec<Function>,
    shape: Option<Shape>,
}

/// The table of the program itself, with its functions, and what positions in it are counted from.
/// Programs may have others embedded in them: the own one is that which the program names, or where
/// only the loader would tell, the only one.
fn own_table<'data>(
    memory: &Memory<'data>,
    work: &mut Work,
) -> Option<(Table<'data>, Vec<Function>, Option<Bases>)> {
    let mut unnamed = Vec::new();
    for table in Table::candidates(memory) {
        let standing = Standing::of(memory, &table);
        if standing == Standing::Contradicted {
            continue;
        }
        let Some(functions) = table.functions(memory, work) else {
            continue;
        };
        match standing {
            Standing::Named(bases) => return Some((table, functions, Some(bases))),
            Standing::Unnamed(bases) => unnamed.push((table, functions, bases)),
            Standing::Contradicted => {}
        }
    }
    // Where the file has the program's pointers, a table without one is another program's; and of
    // several it doesn't show which one it is.
    let is_told = memory.pointers == Pointers::Loader && unnamed.len() == 1;
    unnamed.pop().filter(|_| is_told)
}

impl<'data> Image<'data> {
    /// Finds the function table of a program and reads it.
    pub(super) fn of(memory: Memory<'data>, work: &mut Work) -> Result<Self, NoProgram> {
        let Some((table, functions, bases)) = own_table(&memory, work) else {
            return Err(if has_header(&memory) {
                NoProgram::Hidden
            } else {
                NoProgram::NotFound
            });
        };
        let shape = bases.and_then(|bases| Shape::of(&memory, &table, bases, &functions));
        Ok(Self {
            memory,
            table,
            bases,
            functions,
            shape,
        })
    }

    /// A function by its number.
    pub(super) fn function(&self, number: u32) -> Option<Function> {
        self.functions.get(number as usize).copied()
    }

    /// All functions, each with its number.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u32, &Function)> {
        (0_u32..).zip(&self.functions)
    }

    /// The address of a function's code; none where the program doesn't show that.
    pub(super) fn address(&self, function: Function) -> Option<u64> {
        Some(self.bases?.text.wrapping_add(function.start))
    }

    /// The code of a function; none where the file doesn't hold it.
    pub(super) fn code(&self, function: Function) -> Option<Code<'data>> {
        let address = self.address(function)?;
        let length = function.end.checked_sub(function.start)?;
        let bytes = self.memory.bytes(address, length)?;
        Some(Code { address, bytes })
    }

    /// All code in pieces of so many bytes at least, of whole functions in a row; without what the
    /// file doesn't hold.
    pub(super) fn code_in_pieces(&self, least: u64) -> impl Iterator<Item = Code<'data>> + '_ {
        let mut rest = &self.functions[..];
        std::iter::from_fn(move || {
            let first = rest.first()?;
            let enough = |function: &Function| function.end.saturating_sub(first.start) >= least;
            let count = rest
                .iter()
                .position(enough)
                .map_or(rest.len(), |last| last + 1);
            let (piece, after) = rest.split_at_checked(count)?;
            rest = after;
            let end = piece.last()?.end;
            Some(self.code(Function { end, ..*first }))
        })
        .flatten()
    }

    /// The calls that are inlined into a function; none if there are none.
    pub(super) fn inlined_in(&self, function: Function) -> Option<Inlined<'_, 'data>> {
        Inlined::of(
            &self.memory,
            &self.table,
            self.bases?,
            self.shape?,
            function,
        )
    }
}
