//! WebAssembly: what a module wants from its host.
//!
//! Source: WebAssembly Core Specification, section 5.5, "Modules".

use super::bounds::text;
use super::buildinfo::{counted, number};

/// More than any module imports.
const MAX_IMPORTS: usize = 4096;
/// More sections than any module has.
const MAX_SECTIONS: usize = 4096;

const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const CODES: u8 = 10;

/// One thing that a host has to offer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WasmImport {
    /// Where it belongs to, such as `wasi_snapshot_preview1`, or `gojs`.
    pub module: String,
    /// Its name there.
    pub name: String,
}

/// A file after its magic and version, as sections.
#[derive(Clone, Debug)]
struct Sections<'data> {
    rest: &'data [u8],
}

fn sections(bytes: &[u8]) -> Sections<'_> {
    Sections {
        rest: bytes.get(8..).unwrap_or_default(),
    }
}

impl<'data> Iterator for Sections<'data> {
    type Item = (u8, &'data [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, after) = self.rest.split_first()?;
        let (content, after) = counted(after)?;
        self.rest = after;
        Some((*kind, content))
    }
}

/// What a file of WebAssembly is, by what stands behind the magic: its version and layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// A module.
    Module,
    /// A component, which has modules in it: what it imports isn't read.
    Component,
}

impl Layer {
    /// None for one that isn't known.
    ///
    /// Source: `design/mvp/Binary.md` of the WebAssembly component model.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.get(4..8)? {
            [1, 0, 0, 0] => Some(Self::Module),
            [_, _, 1, 0] => Some(Self::Component),
            _ => None,
        }
    }
}

/// Whether the sections end with the file, and in a module no function lacks its code: a section that is missing
/// altogether shows by that alone.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let mut all = sections(bytes);
    let (mut functions, mut codes) = (0, 0);
    for (kind, content) in all.by_ref() {
        let count = number(content).map_or(0, |(count, _)| count);
        match kind {
            FUNCTIONS => functions = count,
            CODES => codes = count,
            _ => {}
        }
    }
    let is_module = Layer::of(bytes) == Some(Layer::Module);
    // In a component the same numbers say other things.
    bytes.len() >= 8 && all.rest.is_empty() && (!is_module || functions == codes)
}

/// What a module imports; as much of it as can be read.
pub(super) fn imports(bytes: &[u8]) -> Vec<WasmImport> {
    if Layer::of(bytes) == Some(Layer::Component) {
        return Vec::new();
    }
    let mut all = sections(bytes).take(MAX_SECTIONS);
    let section = all.find(|(kind, _)| *kind == IMPORTS);
    let Some((count, mut rest)) = section.and_then(|(_, content)| number(content)) else {
        return Vec::new();
    };
    let most = usize::try_from(count)
        .unwrap_or(MAX_IMPORTS)
        .min(MAX_IMPORTS);
    let next = || {
        let (module, after) = counted(rest)?;
        let (name, after) = counted(after)?;
        rest = behind_type(after)?;
        Some(WasmImport {
            module: text(module),
            name: text(name),
        })
    };
    std::iter::from_fn(next).take(most).collect()
}

/// What stands behind the description of an import.
fn behind_type(bytes: &[u8]) -> Option<&[u8]> {
    let (kind, rest) = bytes.split_first()?;
    Some(match kind {
        // A function, by the number of its type.
        0 => number(rest)?.1,
        // A table: of what, and its limits; a memory, which is limits only.
        1 => behind_limits(rest.split_first()?.1)?,
        2 => behind_limits(rest)?,
        // A global: its type, and whether it changes.
        3 => rest.get(2..)?,
        // An exception.
        4 => number(rest.split_first()?.1)?.1,
        _ => return None,
    })
}

fn behind_limits(bytes: &[u8]) -> Option<&[u8]> {
    let (flags, rest) = bytes.split_first()?;
    let (_, rest) = number(rest)?;
    if flags & 1 == 0 {
        return Some(rest);
    }
    Some(number(rest)?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(sections: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        for (kind, content) in sections {
            bytes.push(*kind);
            bytes.push(content.len().try_into().unwrap());
            bytes.extend_from_slice(content);
        }
        bytes
    }

    #[test]
    fn each_kind_of_import_is_read() {
        let content = b"\x05\x01a\x01f\0\x85\x01\x01a\x01t\x01\x70\x01\x01\x02\x01b\x01m\x02\0\x01\
            \x01b\x01g\x03\x7f\x01\x01c\x01e\x04\0\x03";
        let imports = imports(&module(&[(1, b"\0"), (IMPORTS, content)]));
        let names: Vec<_> = imports
            .iter()
            .map(|import| (import.module.as_str(), import.name.as_str()))
            .collect();
        let expected = [("a", "f"), ("a", "t"), ("b", "m"), ("b", "g"), ("c", "e")];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_module_is_whole_up_to_the_end_of_its_sections() {
        let whole = module(&[
            (FUNCTIONS, b"\x01\0"),
            (CODES, b"\x01\x02\0\x0b"),
            (0, b"\x01a"),
        ]);
        assert!(is_whole(&whole));
        for length in [whole.len() - 1, whole.len() - 5, 12, 9, 4] {
            assert!(!is_whole(&whole[..length]), "{length}");
        }
    }

    #[test]
    fn a_component_is_whole_by_the_end_of_its_sections_alone() {
        // The same numbers stand for a core module and for a type there.
        let mut component = module(&[(FUNCTIONS, b"\x01\0"), (IMPORTS, b"\x01\x01a\x01f\0\0")]);
        assert!(!is_whole(&component), "as a module");
        component[4..8].copy_from_slice(&[0x0d, 0, 1, 0]);
        assert_eq!(Layer::of(&component), Some(Layer::Component));
        assert!(is_whole(&component));
        assert_eq!(imports(&component), []);
        assert!(!is_whole(&component[..component.len() - 1]));
    }

    #[test]
    fn what_ends_early_is_read_as_far_as_it_goes() {
        let content = b"\xff\x7f\x01a\x01f\0\0\x01b";
        assert_eq!(imports(&module(&[(IMPORTS, content)])).len(), 1);
        assert_eq!(imports(b"\0asm"), []);
        assert_eq!(imports(&module(&[(3, b"")])), []);
    }
}
