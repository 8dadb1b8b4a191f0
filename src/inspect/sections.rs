//! The sections of a file, by which people and tools name its parts.
//!
//! Nothing is proven by them: loaders don't need them. They say where two files differ.

use object::read::{Object as _, ObjectSection as _};

use super::bounds::MAX_ENTRIES;

/// A section of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'data> {
    /// Its name.
    pub name: &'data str,
    /// What the file holds of it.
    pub bytes: &'data [u8],
}

/// The sections that a file holds something of, in its order; none for formats that have none.
#[must_use]
pub fn sections(bytes: &[u8]) -> Vec<Section<'_>> {
    let Ok(file) = object::File::parse(bytes) else {
        return Vec::new();
    };
    let sections = file.sections().take(MAX_ENTRIES).filter_map(|section| {
        Some(Section {
            name: std::str::from_utf8(section.name_bytes().ok()?).ok()?,
            bytes: section.data().ok()?,
        })
    });
    sections
        .filter(|section| !section.bytes.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_file_has_code_and_a_text_has_no_sections() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let code = if cfg!(target_os = "macos") {
            "__text"
        } else {
            ".text"
        };
        let found = sections(&own);
        assert!(found.iter().any(|section| section.name == code), "{code}");
        assert_eq!(sections(b"#!/bin/sh\n"), []);
        assert_eq!(sections(b"\x7fELF\x02\x01\x01"), []);
    }
}
