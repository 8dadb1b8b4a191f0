//! Formats whose linking isn't read: Go's build information is looked for, and what else shows
//! without the layout.

use super::bounds::{searched, text};
use super::buildinfo::{self, BuildInfo, FRAME_END, FRAME_START, NoBuildInfo};
use super::{Facts, Format, Header, InspectError, Kind, build_id, plan_9, wasm, xcoff};
use crate::target::Goarch;

/// Reads what can be read without knowing the layout of the file.
///
/// # Errors
/// If the file doesn't have all that its headers speak of.
pub(super) fn read(format: Format, bytes: &[u8]) -> Result<Facts, InspectError> {
    let is_whole = match format {
        Format::Wasm => wasm::is_whole(bytes),
        Format::Xcoff => xcoff::is_whole(bytes),
        Format::Plan9 => plan_9::is_whole(bytes),
        Format::Elf | Format::Pe | Format::Macho | Format::Archive | Format::Unknown => true,
    };
    if !is_whole {
        let reason = "it is truncated: its parts don't end within the file";
        return Err(InspectError::new(format, reason));
    }
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
        Format::Xcoff => (xcoff::header(bytes), buildinfo::search_anywhere(bytes)),
        Format::Plan9 => (plan_9::header(bytes), buildinfo::search_anywhere(bytes)),
        Format::Elf | Format::Pe | Format::Macho | Format::Archive | Format::Unknown => {
            return Ok(facts);
        }
    };
    facts.kind = match format {
        Format::Wasm if wasm::Layer::of(bytes) == Some(wasm::Layer::Component) => Kind::Component,
        _ => Kind::Executable,
    };
    facts.build_ids.go = build_id::of_text(bytes);
    Ok(facts)
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
    use crate::target::Goos;

    #[test]
    fn wasm_has_the_text_in_its_data_and_the_version_in_its_producers() {
        let bytes = [
            FRAME_START,
            b"path\tp\nbuild\tGOOS=js\n",
            FRAME_END,
            LANGUAGE_GO,
            b"\x08go1.26.8",
        ]
        .concat();
        let size = u8::try_from(bytes.len()).unwrap();
        let section = [b"\0asm\x01\0\0\0\x0b".as_slice(), &[size], &bytes].concat();
        let facts = read(Format::Wasm, &section).unwrap();
        assert_eq!(facts.build_info().unwrap().go_version, "go1.26.8");
        assert_eq!(facts.goos(), Some(Goos::Js));
        assert_eq!(facts.goarch(), Some(Goarch::Wasm));
    }

    #[test]
    fn what_ends_before_it_says_is_damaged() {
        for (format, start) in [
            (Format::Wasm, b"\0asm\x01\0\0\0\x01\x02".as_slice()),
            (Format::Xcoff, b"\x01\xf7\0\x01"),
            (Format::Plan9, b"\0\0\x8a\x97"),
        ] {
            let reason = read(format, start).unwrap_err().to_string();
            assert!(reason.contains("is damaged: it is truncated"), "{reason}");
        }
    }
}
