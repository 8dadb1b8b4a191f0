//! Which functions the code of a function refers to, read from machine code.
//!
//! Instructions are not decoded one by one: every place that would be a call, a jump or a load of
//! an address counts, if it leads to the very start of a function. What is no instruction leads
//! there by chance about once in a million times. On the architectures whose arguments are read, so
//! does a load of a variable that starts with a function, into the register by which functions know
//! the value that they are called as.

mod arm;
mod loong;
mod mips;
mod power;
mod riscv;
mod s390x;
mod x86;

pub(super) use arm::{addresses as arm64_addresses, page};

use super::entries::Entries;
use super::memory::{Access, Memory, Stretch};
use crate::target::Goarch;

/// A reference to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Where that is, counted from the start of the code that was read.
    pub(super) at: u32,
    /// The number of the function that is referred to.
    pub(super) to: u32,
}

/// The code of one function, or of several in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code<'data> {
    /// The address of the first instruction.
    pub(super) address: u64,
    pub(super) bytes: &'data [u8],
}

/// What tells functions from other addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Targets<'a, 'data> {
    pub(super) memory: &'a Memory<'data>,
    pub(super) entries: &'a Entries,
    /// The largest stretch that isn't code: most addresses lie there.
    constants: Option<Stretch<'data>>,
}

impl<'a, 'data> Targets<'a, 'data> {
    pub(super) fn new(memory: &'a Memory<'data>, entries: &'a Entries) -> Self {
        let stretches = memory.stretches().iter();
        let constants = stretches
            .filter(|stretch| stretch.access != Access::Execute)
            .max_by_key(|stretch| stretch.bytes.len());
        Self {
            memory,
            entries,
            constants: constants.copied(),
        }
    }

    /// How much code is read at once at least: one function, where one instruction loads a part of an
    /// address and another adds to it; many, where each tells by itself what it refers to.
    pub(super) fn least(&self) -> u64 {
        match self.memory.goarch {
            Some(Goarch::Amd64 | Goarch::I386) => 1 << 18,
            _ => 0,
        }
    }

    /// The function that an instruction jumps to.
    #[inline]
    pub(super) fn called(&self, address: u64) -> Option<u32> {
        self.entries.number(address)
    }

    /// The function that an address stands for: its own start, or a function value, which is a
    /// pointer to it.
    pub(super) fn named(&self, address: u64) -> Option<u32> {
        let start = self.entries.number(address);
        start.or_else(|| self.of_value(address))
    }

    /// The function that a variable starts with: there lies a pointer to a function value.
    pub(super) fn held(&self, variable: u64) -> Option<u32> {
        self.of_value(self.memory.pointer_at(variable)?)
    }

    /// The function of a function value.
    fn of_value(&self, address: u64) -> Option<u32> {
        if !address.is_multiple_of(self.memory.pointer.size() as u64) {
            return None;
        }
        self.entries.number(self.pointer_at(address)?)
    }

    #[inline]
    fn pointer_at(&self, address: u64) -> Option<u64> {
        let near = self.constants.and_then(|constants| {
            let offset = usize::try_from(address.wrapping_sub(constants.address)).ok()?;
            constants.bytes.get(offset..)
        });
        match near {
            Some(bytes) => self.memory.pointer_in(bytes),
            None => self.memory.pointer_at(address),
        }
    }
}

/// Adds the references of code that starts at `start` to `found`; none where the architecture
/// isn't read.
pub(super) fn references(
    code: Code<'_>,
    start: u32,
    targets: Targets<'_, '_>,
    found: &mut Vec<Reference>,
) -> Option<()> {
    let earlier = found.len();
    match targets.memory.goarch? {
        Goarch::Amd64 | Goarch::I386 => x86::references(code, targets, found),
        Goarch::Arm64 => arm::references_64(code, targets, found),
        Goarch::Arm => arm::references_32(code, targets, found),
        Goarch::Mips | Goarch::Mipsle | Goarch::Mips64 | Goarch::Mips64le => {
            mips::references(code, targets, found);
        }
        Goarch::Ppc64 | Goarch::Ppc64le => power::references(code, targets, found),
        Goarch::Riscv64 => riscv::references(code, targets, found),
        Goarch::S390x => s390x::references(code, targets, found),
        Goarch::Loong64 => loong::references(code, targets, found),
        Goarch::Wasm => return None,
    }
    for reference in found.iter_mut().skip(earlier) {
        reference.at = reference.at.saturating_add(start);
    }
    Some(())
}

/// Whether code may load one of some addresses, on the architectures whose arguments are read.
pub(super) fn loads_any(code: Code<'_>, memory: &Memory<'_>, addresses: &[u64]) -> bool {
    let mut is_loaded = false;
    let each = |address| is_loaded |= addresses.contains(&address);
    match memory.goarch {
        Some(Goarch::Amd64 | Goarch::I386) => x86::addresses(code, memory, each),
        Some(Goarch::Arm64) => arm::addresses(code, memory, each),
        _ => {}
    }
    is_loaded
}

/// Hands the variables whose functions code calls to `each`, on the same architectures.
pub(super) fn called_variables(code: Code<'_>, memory: &Memory<'_>, each: impl FnMut(u64)) {
    match memory.goarch {
        Some(Goarch::Amd64 | Goarch::I386) => x86::called_variables(code, memory, each),
        Some(Goarch::Arm64) => arm::called_variables(code, memory, each),
        _ => {}
    }
}

/// Instructions of four bytes, each with its offset.
fn words<'data>(
    code: Code<'data>,
    memory: &Memory<'data>,
) -> impl Iterator<Item = (u32, u32)> + use<'data> {
    let big = memory.endian == object::Endianness::Big;
    (0_u32..)
        .step_by(4)
        .zip(code.bytes.as_chunks::<4>().0)
        .map(move |(at, bytes)| {
            let word = if big {
                u32::from_be_bytes(*bytes)
            } else {
                u32::from_le_bytes(*bytes)
            };
            (at, word)
        })
}

/// The low `bits` of a word as a signed number.
pub(super) fn signed(word: u32, bits: u32) -> i64 {
    let shift = 64 - bits;
    (i64::from(word) << shift) >> shift
}
