//! `moduledata`: where the parts of a program lie that the function table only counts from.
//!
//! Source: Go's `runtime/symtab.go`, `moduledata`, of each minor version.

use super::memory::{Access, Memory};
use super::table::{Layout, Table};

/// Words of `moduledata`, which are all pointers or lengths up to there.
const NAMES: usize = 1;
/// The length of the index, which has the end of the code, too.
const FUNCTIONS: usize = 17;
const MIN_PC: usize = 20;
const TEXT: usize = 22;
/// The start of the functions' data, by the version of Go: 1.18 and 1.19, then 1.20 and later,
/// which have the counters of coverage before it.
const DATA_118: usize = 38;
const DATA_120: usize = 40;

/// More pointers to the table than any program has.
const MAX_CANDIDATES: usize = 1 << 16;

/// What positions are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bases {
    /// Where the code starts; 0 where positions are addresses.
    pub(super) text: u64,
    /// Where the data of functions starts, such as their inlined calls; none in layouts that
    /// don't count from there.
    pub(super) data: Option<u64>,
}

/// What `moduledata` says of a function table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It names the table, and agrees with it.
    Named(Bases),
    /// It names the table, and says something else than the table's header does, which the program
    /// itself doesn't read.
    Contradicted,
    /// Nothing in the file names the table: the loader puts that there, or it is the table of
    /// another program.
    Unnamed(Option<Bases>),
}

impl Standing {
    /// What the program says of a table.
    pub(super) fn of(memory: &Memory<'_>, table: &Table<'_>) -> Self {
        let Some(wanted) = memory.pointer_bytes(table.address) else {
            return Self::Unnamed(None);
        };
        let finder = memchr::memmem::Finder::new(&wanted);
        // It is written to when the program starts.
        let mut named = memory
            .searched(&[Access::Write, Access::Read])
            .flat_map(|stretch| {
                let places = finder.find_iter(stretch.bytes);
                places.filter_map(move |offset| stretch.bytes.get(offset..))
            })
            .take(MAX_CANDIDATES)
            .peekable();
        let is_named = named.peek().is_some();
        if !table.layout.is_relative() {
            let bases = Bases {
                text: 0,
                data: None,
            };
            return if is_named {
                Self::Named(bases)
            } else {
                Self::Unnamed(Some(bases))
            };
        }
        match named.find_map(|words| bases(memory, table, words)) {
            Some(bases) => Self::Named(bases),
            None if is_named => Self::Contradicted,
            None => {
                let text = Some(table.text_start).filter(|text| *text != 0);
                Self::Unnamed(text.map(|text| Bases { text, data: None }))
            }
        }
    }
}

/// Reads `moduledata`, if this is it: it names the table, its names and code that is there.
fn bases(memory: &Memory<'_>, table: &Table<'_>, words: &[u8]) -> Option<Bases> {
    let size = memory.pointer.size();
    let word = |number: usize| memory.pointer_in(words.get(number * size..)?);
    let text = word(TEXT)?;
    let is_code = memory
        .stretch(text)
        .is_some_and(|stretch| stretch.access == Access::Execute);
    let agrees = word(NAMES)? == table.names_address && word(FUNCTIONS)? == table.count as u64 + 1;
    if !agrees || !is_code || word(MIN_PC)? < text {
        return None;
    }
    let data = match table.layout {
        Layout::Go120 => DATA_120,
        Layout::Go12 | Layout::Go116 | Layout::Go118 => DATA_118,
    };
    let data = word(data).filter(|address| memory.at(*address).is_some());
    Some(Bases { text, data })
}
