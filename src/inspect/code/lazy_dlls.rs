//! DLLs that a program of Go for Windows loads when it first uses them, as variables name them.
//!
//! Source: `LazyDLL` in Go's `syscall/dll_windows.go`, and in `windows/dll_windows.go` of
//! golang.org/x/sys. The compiler lays out what is a variable of a package since Go 1.21; before, it
//! is made while the program starts.

use std::collections::{BTreeSet, HashMap};

use super::memory::{Access, Memory, Stretch};

/// Bytes of a `sync.Mutex` on every architecture.
const MUTEX: usize = 8;
/// More elements than a list of DLLs has; addresses are larger.
const LONGEST_LIST: u64 = 4096;
/// More than any program loads.
const MOST: usize = 4096;
/// Bytes of the longest path that Windows takes by default: `MAX_PATH`.
const LONGEST: u64 = 260;

/// The names that variables have for DLLs.
pub(super) fn lazy_dlls<'data>(memory: &Memory<'data>) -> BTreeSet<&'data str> {
    // By the addresses of what looks like a `LazyDLL`.
    let mut names = HashMap::new();
    for stretch in memory.searched(&[Access::Write]) {
        for place in words(memory, stretch) {
            let Some(name) = name_at(memory, stretch, place) else {
                continue;
            };
            if names.len() >= MOST {
                break;
            }
            let (size, bytes) = (memory.pointer.size(), stretch.bytes);
            let starts = [
                start_of_syscall(size, bytes, place),
                start_of_windows(size, bytes, place),
            ];
            let addresses = starts.iter().flatten();
            names.extend(
                addresses
                    .filter_map(|start| Some((stretch.address.checked_add(*start as u64)?, name))),
            );
        }
    }
    if names.is_empty() {
        return BTreeSet::new();
    }
    // A variable of a package is a pointer to one; what only looks alike has none.
    let mut used = BTreeSet::new();
    for stretch in memory.searched(&[Access::Write]) {
        used.extend(words(memory, stretch).filter_map(|place| {
            let pointer = memory.pointer_in(stretch.bytes.get(place..)?)?;
            let name = names.get(&pointer)?;
            (!is_slice(memory, stretch, place)).then_some(*name)
        }));
    }
    used
}

/// Whose a `LazyDLL` is: they are laid out differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LazyDllOf {
    /// Go's package syscall.
    Syscall,
    /// golang.org/x/sys/windows.
    Windows,
}

/// The name that the `LazyDLL` at an address has, if that names a DLL.
pub(super) fn lazy_dll_at<'data>(
    memory: &Memory<'data>,
    of: LazyDllOf,
    address: u64,
) -> Option<&'data str> {
    let before = match of {
        LazyDllOf::Syscall => MUTEX + memory.pointer.size(),
        LazyDllOf::Windows => 0,
    };
    let name = address.checked_add(before as u64)?;
    let stretch = *memory.stretch(name)?;
    let place = usize::try_from(name.checked_sub(stretch.address)?).ok()?;
    name_at(memory, stretch, place)
}

/// The name that the `LazyProc` at an address has, if that may name a function.
pub(super) fn lazy_proc_at<'data>(
    memory: &Memory<'data>,
    of: LazyDllOf,
    address: u64,
) -> Option<&'data str> {
    let before = match of {
        LazyDllOf::Syscall => MUTEX,
        LazyDllOf::Windows => 0,
    };
    let name = address.checked_add(before as u64)?;
    let length = memory.pointer_at(name.checked_add(memory.pointer.size() as u64)?)?;
    let is_some = (1..=LONGEST).contains(&length);
    let name = memory.bytes(memory.pointer_at(name).filter(|_| is_some)?, length)?;
    let is_word = |byte: &u8| byte.is_ascii_graphic();
    name.iter()
        .all(is_word)
        .then(|| str::from_utf8(name).ok())?
}

/// The places of words in a stretch.
fn words(memory: &Memory<'_>, stretch: Stretch<'_>) -> impl Iterator<Item = usize> + use<> {
    (0..stretch.bytes.len()).step_by(memory.pointer.size())
}

/// The text at a place, if it may name a DLL.
fn name_at<'data>(
    memory: &Memory<'data>,
    stretch: Stretch<'data>,
    place: usize,
) -> Option<&'data str> {
    let size = memory.pointer.size();
    let length = memory.pointer_in(stretch.bytes.get(place + size..)?)?;
    if length > LONGEST {
        return None;
    }
    let address = memory.pointer_in(stretch.bytes.get(place..)?)?;
    let name = memory.bytes(address, length)?;
    // Most texts are no names of DLLs, which their ends tell at once.
    is_dll(name).then(|| str::from_utf8(name).ok())?
}

fn is_dll(name: &[u8]) -> bool {
    name.last_chunk::<4>().is_some_and(|ending| {
        let mut known = [b".dll", b".drv"].into_iter();
        known.any(|one| ending.eq_ignore_ascii_case(one))
    })
}

/// Where what names a DLL starts, if it isn't loaded yet: `mu`, `dll`, `Name`.
fn start_of_syscall(size: usize, bytes: &[u8], place: usize) -> Option<usize> {
    let start = place.checked_sub(MUTEX + size)?;
    is_zero(bytes.get(start..place)?).then_some(start)
}

/// The same of golang.org/x/sys: `Name`, `System`, `mu`, `dll`.
fn start_of_windows(size: usize, bytes: &[u8], place: usize) -> Option<usize> {
    let behind = place + 2 * size;
    match bytes.get(behind..behind + size + MUTEX + size)? {
        [0 | 1, rest @ ..] => is_zero(rest).then_some(place),
        _ => None,
    }
}

/// Whether a pointer is followed by the length and the capacity of a slice, whose elements may be
/// texts, or start with one.
fn is_slice(memory: &Memory<'_>, stretch: Stretch<'_>, place: usize) -> bool {
    let size = memory.pointer.size();
    let word = |words: usize| memory.pointer_in(stretch.bytes.get(place + words * size..)?);
    let (length, capacity) = (word(1), word(2));
    length == capacity && length.is_some_and(|length| (1..=LONGEST_LIST).contains(&length))
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
