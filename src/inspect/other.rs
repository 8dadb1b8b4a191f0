//! Formats whose linking isn't read: Go's build information is looked for, and what else shows
//! without the layout.

use super::bounds::{searched, text};
use super::buildinfo::{self, BuildInfo, FRAME_END, FRAME_START, NoBuildInfo};
use super::{Facts, Format, Header, Kind, build_id, wasm};
use crate::target::{Goarch, Goos};

/// Reads what can be read without knowing the layout of the file.
pub(super) fn read(format: Format, bytes: &[u8]) -> Facts {
    let mut facts = Facts::new(format);
    (facts.header, facts.go) = match format {
        Format::Wasm => {
            facts.wasm_imports = wasm::imports(bytes);
            let header = Header {
                goos: None,
                goarch: Some(Goarch::Wasm),
            };
            (header, wasm_build_info(searched(bytes)))
        }
        Format::Xcoff => (xcoff(bytes), buildinfo::search_anywhere(bytes)),
        Format::Plan9 => (plan_9(bytes), buildinfo::search_anywhere(bytes)),
        Format::Elf | Format::Pe | Format::Macho | Format::Archive | Format::Unknown => {
            return facts;
        }
    };
    facts.kind = Kind::Executable;
    facts.build_ids.go = build_id::of_text(bytes);
    facts
}

fn xcoff(bytes: &[u8]) -> Header {
    // xcoff/filehdr.h: 0x01F7 is 64-bit, for which Go builds; 0x01DF is 32-bit.
    let is_64_bit = bytes.get(1) == Some(&0xf7);
    Header {
        goos: Some(Goos::Aix),
        goarch: is_64_bit.then_some(Goarch::Ppc64),
    }
}

fn plan_9(bytes: &[u8]) -> Header {
    Header {
        goos: Some(Goos::Plan9),
        goarch: match bytes.get(2..4) {
            Some([0x01, 0xeb]) => Some(Goarch::I386),
            Some([0x8a, 0x97]) => Some(Goarch::Amd64),
            Some([0x06, 0x47]) => Some(Goarch::Arm),
            _ => None,
        },
    }
}

/// The `producers` section (tool-conventions, `ProducersSection.md`): one field `language` with
/// one value `Go`, followed by its version.
const LANGUAGE_GO: &[u8] = b"\x08language\x01\x02Go";

/// Go's linker writes no header for WebAssembly; the text stands among the data, in its frames.
fn wasm_build_info(bytes: &[u8]) -> Result<BuildInfo, NoBuildInfo> {
    let mut info = buildinfo::parse(framed(bytes).ok_or(NoBuildInfo::NotFound)?)?;
    if let Some(version) = after(bytes, LANGUAGE_GO).and_then(buildinfo::counted) {
        info.go_version = text(version.0);
    }
    Ok(info)
}

fn framed(bytes: &[u8]) -> Option<&[u8]> {
    let rest = after(bytes, FRAME_START)?;
    rest.get(..memchr::memmem::find(rest, FRAME_END)?)
}

fn after<'data>(bytes: &'data [u8], mark: &[u8]) -> Option<&'data [u8]> {
    let start = memchr::memmem::find(bytes, mark)?;
    bytes.get(start + mark.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_has_the_text_in_its_data_and_the_version_in_its_producers() {
        let bytes = [
            b"\0asm".as_slice(),
            FRAME_START,
            b"path\tp\nbuild\tGOOS=js\n",
            FRAME_END,
            LANGUAGE_GO,
            b"\x08go1.26.8",
        ]
        .concat();
        let facts = read(Format::Wasm, &bytes);
        assert_eq!(facts.build_info().unwrap().go_version, "go1.26.8");
        assert_eq!(facts.goos(), Some(Goos::Js));
        assert_eq!(facts.goarch(), Some(Goarch::Wasm));
    }

    #[test]
    fn a_plan_9_magic_tells_the_architecture() {
        let facts = read(Format::Plan9, b"\0\0\x8a\x97");
        assert_eq!(facts.header.goarch, Some(Goarch::Amd64));
    }
}
