//! The dynamic section of ELF: which libraries the loader must find, and how new they must be.
//!
//! Source: System V gABI, chapter 5, "Dynamic Section"; for versions, Linux Standard Base core
//! specification, "Symbol Versioning".

use std::collections::BTreeMap;

use object::Endianness;
use object::elf;
use object::pod::{Pod, from_bytes};
use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader, Sym};

use super::bounds::{MAX_ENTRIES, MAX_SYMBOLS, c_string, text};
use super::elf::{Image, damaged, unreadable};
use super::library::{Needed, Symbol};
use super::{GlibcNeed, GlibcVersion, InspectError};

/// What the dynamic section says; empty if the file has none.
#[derive(Debug, Default)]
pub(super) struct Dynamic {
    pub(super) needed: Vec<Needed>,
    pub(super) runpath: Vec<String>,
    pub(super) glibc: Vec<GlibcNeed>,
    pub(super) symbols: Vec<&'static Symbol>,
    /// `DF_1_PIE`: a program, though its type is that of a library.
    pub(super) marked_pie: bool,
    /// `DT_SONAME`: the name under which programs need it as a library.
    pub(super) named_library: bool,
}

/// The entries of the section that are of interest.
#[derive(Default)]
struct Entries {
    needed: Vec<u64>,
    runpath: Vec<u64>,
    strings: Option<u64>,
    strings_size: u64,
    versions: Option<u64>,
    flags: u64,
    named: bool,
    relocations: Option<u64>,
    relocations_size: u64,
    relocation_size: u64,
}

/// Reads the dynamic section of a file.
pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
    image: &Image<'_, Elf>,
) -> Result<Dynamic, InspectError> {
    let Some(entries) = entries(image)? else {
        return Ok(Dynamic::default());
    };
    let strings = Strings::of(image, &entries);
    let needed = strings.all(&entries.needed)?;
    let glibc = match entries.versions.and_then(|address| image.at(address)) {
        Some(table) => versions(image.endian, table, &strings)?,
        None => BTreeMap::new(),
    };
    Ok(Dynamic {
        needed: needed.into_iter().map(Needed::new).collect(),
        runpath: strings.all(&entries.runpath)?,
        glibc: glibc
            .into_iter()
            .map(|(library, version)| GlibcNeed { library, version })
            .collect(),
        symbols: symbols(image),
        marked_pie: entries.flags & elf::DF_1_PIE.0 != 0,
        named_library: entries.named,
    })
}

fn entries<Elf: FileHeader<Endian = Endianness>>(
    image: &Image<'_, Elf>,
) -> Result<Option<Entries>, InspectError> {
    let endian = image.endian;
    let Some(segment) = image
        .segments
        .iter()
        .find(|segment| segment.p_type(endian) == elf::PT_DYNAMIC)
    else {
        return Ok(None);
    };
    let table = segment.dynamic(endian, image.bytes).map_err(unreadable)?;
    let mut entries = Entries::default();
    for entry in table.unwrap_or_default() {
        let value = entry.val(endian);
        match entry.tag(endian) {
            elf::DT_NULL => break,
            elf::DT_NEEDED => entries.needed.push(value),
            elf::DT_RPATH | elf::DT_RUNPATH => entries.runpath.push(value),
            elf::DT_STRTAB => entries.strings = Some(value),
            elf::DT_STRSZ => entries.strings_size = value,
            elf::DT_VERNEED => entries.versions = Some(value),
            elf::DT_FLAGS_1 => entries.flags = value,
            elf::DT_SONAME => entries.named = true,
            elf::DT_RELA => entries.relocations = Some(value),
            elf::DT_RELASZ => entries.relocations_size = value,
            elf::DT_RELAENT => entries.relocation_size = value,
            _ => {}
        }
        if entries.needed.len() + entries.runpath.len() > MAX_ENTRIES {
            return Err(damaged("it needs more libraries than any program"));
        }
    }
    Ok(Some(entries))
}

/// The table of relocations with addends, `DT_RELA`, as far as the file holds it; empty without one, or
/// where its entries don't have this size.
pub(super) fn relocations<'data, Elf: FileHeader<Endian = Endianness>>(
    image: &Image<'data, Elf>,
    size: u64,
) -> Result<&'data [u8], InspectError> {
    let entries = entries(image)?.filter(|entries| entries.relocation_size == size);
    let table = entries.and_then(|entries| {
        let rest = image.at(entries.relocations?)?;
        let length = usize::try_from(entries.relocations_size).unwrap_or(usize::MAX);
        Some(rest.get(..length).unwrap_or(rest))
    });
    Ok(table.unwrap_or_default())
}

/// The string table of the dynamic section.
struct Strings<'data>(&'data [u8]);

impl<'data> Strings<'data> {
    fn of<Elf: FileHeader<Endian = Endianness>>(
        image: &Image<'data, Elf>,
        entries: &Entries,
    ) -> Self {
        let rest = entries.strings.and_then(|address| image.at(address));
        let rest = rest.unwrap_or_default();
        let size = usize::try_from(entries.strings_size).unwrap_or(usize::MAX);
        Self(rest.get(..size).unwrap_or(rest))
    }

    fn all(&self, offsets: &[u64]) -> Result<Vec<String>, InspectError> {
        let outside = "a name in the dynamic section lies outside its string table";
        let names = offsets.iter().map(|offset| self.get(*offset));
        names.collect::<Option<_>>().ok_or_else(|| damaged(outside))
    }

    fn get(&self, offset: u64) -> Option<String> {
        c_string(self.0, usize::try_from(offset).ok()?).map(text)
    }
}

/// Walks `DT_VERNEED`: for each library a list of the versions taken from it. Both are chained
/// by distances, where 0 ends the chain; so no chain is longer than its table.
fn versions(
    endian: Endianness,
    table: &[u8],
    strings: &Strings<'_>,
) -> Result<BTreeMap<String, GlibcVersion>, InspectError> {
    let broken = || damaged("its table of symbol versions is broken");
    let mut newest = BTreeMap::new();
    let mut budget = MAX_ENTRIES;
    let mut library_at = 0;
    loop {
        let need: &elf::Verneed<Endianness> = record(table, library_at).ok_or_else(broken)?;
        let library = strings.get(need.vn_file.get(endian).into());
        let library = library.ok_or_else(broken)?;
        let mut version_at = advance(library_at, need.vn_aux.get(endian)).ok_or_else(broken)?;
        loop {
            budget = budget.checked_sub(1).ok_or_else(broken)?;
            let aux: &elf::Vernaux<Endianness> = record(table, version_at).ok_or_else(broken)?;
            let version = strings.get(aux.vna_name.get(endian).into());
            let version = version.ok_or_else(broken)?;
            if let Some(version) = GlibcVersion::of_symbol(&version) {
                let lowest = newest.entry(library.clone()).or_insert(version);
                *lowest = version.max(*lowest);
            }
            match aux.vna_next.get(endian) {
                0 => break,
                distance => version_at = advance(version_at, distance).ok_or_else(broken)?,
            }
        }
        match need.vn_next.get(endian) {
            0 => return Ok(newest),
            distance => library_at = advance(library_at, distance).ok_or_else(broken)?,
        }
    }
}

fn record<T: Pod>(table: &[u8], offset: usize) -> Option<&T> {
    from_bytes(table.get(offset..)?)
        .ok()
        .map(|(record, _)| record)
}

fn advance(offset: usize, distance: u32) -> Option<usize> {
    offset.checked_add(usize::try_from(distance).ok()?)
}

/// The imported functions that say why a library is needed. A hint: without section headers
/// there is none.
fn symbols<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Vec<&'static Symbol> {
    let endian = image.endian;
    let Ok(sections) = image.header.sections(endian, image.bytes) else {
        return Vec::new();
    };
    let Ok(table) = sections.symbols(endian, image.bytes, elf::SHT_DYNSYM) else {
        return Vec::new();
    };
    let strings = sections
        .section(table.string_section())
        .ok()
        .and_then(|section| section.data(endian, image.bytes).ok())
        .unwrap_or_default();
    let mut found: Vec<_> = table
        .iter()
        .take(MAX_SYMBOLS)
        .filter(|symbol| symbol.is_undefined(endian))
        .filter_map(|symbol| usize::try_from(symbol.st_name(endian)).ok())
        .filter_map(|offset| Symbol::find(c_string(strings, offset)?))
        .collect();
    found.sort_unstable_by_key(|symbol| symbol.name);
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const LE: Endianness = Endianness::Little;

    fn need(aux_count: u16, file: u32, aux: u32, next: u32) -> Vec<u8> {
        let words = [file, aux, next].map(u32::to_le_bytes).concat();
        [
            &1u16.to_le_bytes(),
            &aux_count.to_le_bytes(),
            words.as_slice(),
        ]
        .concat()
    }

    fn aux(name: u32, next: u32) -> Vec<u8> {
        let words = [name, next].map(u32::to_le_bytes).concat();
        [[0; 8].as_slice(), &words].concat()
    }

    #[test]
    fn the_newest_version_of_each_library_counts() {
        let strings = Strings(b"\0libc.so.6\0GLIBC_2.9\0GLIBC_2.34\0");
        let table = [need(2, 1, 16, 0), aux(11, 16), aux(21, 0)].concat();
        let found = versions(LE, &table, &strings).unwrap();
        assert_eq!(found["libc.so.6"].to_string(), "2.34");
    }

    #[test]
    fn a_chain_that_runs_out_of_its_table_is_damage() {
        let strings = Strings(b"\0libc.so.6\0GLIBC_2.9\0");
        let table = [need(2, 1, 16, 0), aux(11, 4096)].concat();
        assert!(versions(LE, &table, &strings).is_err());
        assert!(versions(LE, &need(1, 999, 16, 0), &strings).is_err());
        assert!(versions(LE, &[], &strings).is_err());
    }
}
