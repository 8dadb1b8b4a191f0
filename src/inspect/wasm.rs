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

/// One thing that a host has to offer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WasmImport {
    /// Where it belongs to, such as `wasi_snapshot_preview1`, or `gojs`.
    pub module: String,
    /// Its name there.
    pub name: String,
}

/// A file after its magic and version, as sections.
fn sections(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    let next = move || {
        let (kind, after) = rest.split_first()?;
        let (content, after) = counted(after)?;
        rest = after;
        Some((*kind, content))
    };
    std::iter::from_fn(next).take(MAX_SECTIONS)
}

/// What a module imports; as much of it as can be read.
pub(super) fn imports(bytes: &[u8]) -> Vec<WasmImport> {
    let section = sections(bytes).find(|(kind, _)| *kind == IMPORTS);
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
    fn what_ends_early_is_read_as_far_as_it_goes() {
        let content = b"\xff\x7f\x01a\x01f\0\0\x01b";
        assert_eq!(imports(&module(&[(IMPORTS, content)])).len(), 1);
        assert_eq!(imports(b"\0asm"), []);
        assert_eq!(imports(&module(&[(3, b"")])), []);
    }
}
