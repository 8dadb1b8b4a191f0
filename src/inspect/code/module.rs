//! `moduledata`: where the parts of a program lie that the function table only counts from.
//!
//! Source: Go's `runtime/symtab.go`, `moduledata`, of each minor version.

use super::memory::{Access, Memory};
use super::table::{Layout, Table};

/// Words of `moduledata`, which are all pointers or lengths up to there.
const NAMES: usize = 1;
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

impl Bases {
    /// Finds them for a table; none where the program doesn't show where its code starts.
    pub(super) fn find(memory: &Memory<'_>, table: &Table<'_>) -> Option<Self> {
        if !table.layout.is_relative() {
            return Some(Self {
                text: 0,
                data: None,
            });
        }
        let from_module = module(memory, table);
        match (from_module, table.text_start) {
            (Some(bases), _) => Some(bases),
            (None, 0) => None,
            (None, text) => Some(Self { text, data: None }),
        }
    }
}

fn module(memory: &Memory<'_>, table: &Table<'_>) -> Option<Bases> {
    let wanted = memory.pointer_bytes(table.address)?;
    let finder = memchr::memmem::Finder::new(&wanted);
    // It is written to when the program starts.
    memory
        .searched(&[Access::Write, Access::Read])
        .flat_map(|stretch| {
            let places = finder.find_iter(stretch.bytes);
            places.filter_map(move |offset| stretch.bytes.get(offset..))
        })
        .take(MAX_CANDIDATES)
        .find_map(|words| bases(memory, table, words))
}

/// Reads `moduledata`, if this is it: it names the table, its names and code that is there.
fn bases(memory: &Memory<'_>, table: &Table<'_>, words: &[u8]) -> Option<Bases> {
    let size = memory.pointer.size();
    let word = |number: usize| memory.pointer_in(words.get(number * size..)?);
    let text = word(TEXT)?;
    let is_code = memory
        .stretch(text)
        .is_some_and(|stretch| stretch.access == Access::Execute);
    if word(NAMES)? != table.names_address || !is_code || word(MIN_PC)? < text {
        return None;
    }
    let data = match table.layout {
        Layout::Go120 => DATA_120,
        Layout::Go12 | Layout::Go116 | Layout::Go118 => DATA_118,
    };
    let data = word(data).filter(|address| memory.at(*address).is_some());
    Some(Bases { text, data })
}
