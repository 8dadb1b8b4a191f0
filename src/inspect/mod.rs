//! What the bytes of an executable say: its format, what its loader needs, and Go's build
//! information.
//!
//! Nothing is judged here: [`inspect`] turns bytes into [`Facts`], and `verify` turns facts into
//! findings. The input may be truncated or hostile: nothing panics, and every list is bounded.

mod archive;
mod bounds;
mod build_id;
mod buildinfo;
mod code;
mod dll;
mod elf;
mod elf_dynamic;
mod glibc;
mod kind;
mod library;
mod macho;
pub mod musl;
mod other;
mod packer;
mod pe;
mod plan_9;
mod quote;
mod report;
mod sections;
mod signature;
mod wasm;
mod xcoff;

pub use build_id::BuildIds;
pub use buildinfo::{BuildInfo, LinkedModules, Module, NoBuildInfo, Replacement, Setting};
pub use code::{
    Argument, Chains, FunctionId, LazyDllOf, List, Loaded, NoProgram, Program, Search, Word,
};
pub use dll::is_of_windows;
pub use glibc::{GlibcNeed, GlibcVersion};
pub use kind::{Format, Kind};
pub use library::{LIBRARIES, Library, Needed, Provider, SYMBOLS, Symbol};
pub use packer::Packer;
pub use sections::{Section, sections};
pub use signature::{CodeSignature, MinimumOs};
pub use wasm::WasmImport;

use crate::target::{Cgo, Goarch, Goos, Variant};

/// What a file says about itself.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The container format.
    pub format: Format,
    /// Platform as the headers of the container tell it.
    pub header: Header,
    /// Program or library, at a fixed address or not.
    pub kind: Kind,
    /// The program that the kernel starts in place of this one, to load it.
    pub interpreter: Option<String>,
    /// The libraries that the loader must find before the program starts, in the file's order.
    pub needed: Vec<Needed>,
    /// Where the loader looks for them first: `DT_RPATH`, `DT_RUNPATH`, `LC_RPATH`.
    pub runpath: Vec<String>,
    /// The lowest glibc that each library has to come from, in the order of the libraries.
    pub glibc: Vec<GlibcNeed>,
    /// Imported functions that say why a library is needed.
    pub symbols: Vec<&'static Symbol>,
    /// The signature of a Mach-O file; none if it has none.
    pub code_signature: Option<CodeSignature>,
    /// The oldest system that a Mach-O file says it runs on.
    pub minimum_os: Option<MinimumOs>,
    /// What a WebAssembly module wants from its host, in the file's order.
    pub wasm_imports: Vec<WasmImport>,
    /// The identifiers that linkers gave the build.
    pub build_ids: BuildIds,
    /// What Go recorded about the build.
    pub go: Result<BuildInfo, NoBuildInfo>,
    /// The packer that hides the program, if there is one.
    pub packed: Option<Packer>,
    /// The programs that a universal Mach-O file holds, one an architecture.
    pub slices: Vec<Slice>,
}

/// A program in a universal Mach-O file.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Slice {
    /// The offset of its first byte in the file.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
    /// What it says about itself.
    #[serde(flatten)]
    pub facts: Facts,
}

impl Slice {
    /// Its bytes in those of the file.
    #[must_use]
    pub fn bytes<'data>(&self, file: &'data [u8]) -> Option<&'data [u8]> {
        let start = usize::try_from(self.offset).ok()?;
        file.get(start..)?.get(..usize::try_from(self.size).ok()?)
    }
}

/// A platform as headers tell it; what they don't tell is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The operating system.
    pub goos: Option<Goos>,
    /// The architecture.
    pub goarch: Option<Goarch>,
}

impl Header {
    /// Whether the header allows this system. One header serves Solaris and illumos, and one
    /// serves Linux and Android.
    #[must_use]
    pub fn allows_goos(&self, goos: Goos) -> bool {
        match self.goos {
            None => true,
            Some(Goos::Solaris) => matches!(goos, Goos::Solaris | Goos::Illumos),
            Some(Goos::Linux) => matches!(goos, Goos::Linux | Goos::Android),
            Some(told) => told == goos,
        }
    }
}

impl Facts {
    /// Facts of a file of which only the format is known.
    fn new(format: Format) -> Self {
        Self {
            format,
            header: Header::default(),
            kind: Kind::Other,
            interpreter: None,
            needed: Vec::new(),
            runpath: Vec::new(),
            glibc: Vec::new(),
            symbols: Vec::new(),
            code_signature: None,
            minimum_os: None,
            wasm_imports: Vec::new(),
            build_ids: BuildIds::default(),
            go: Err(NoBuildInfo::NotFound),
            packed: None,
            slices: Vec::new(),
        }
    }

    /// The operating system: as Go recorded it, where the headers allow that.
    #[must_use]
    pub fn goos(&self) -> Option<Goos> {
        self.recorded_goos()
            .filter(|goos| self.header.allows_goos(*goos))
            .or(self.header.goos)
    }

    /// The architecture: as the header tells it, else as Go recorded it.
    #[must_use]
    pub fn goarch(&self) -> Option<Goarch> {
        self.header.goarch.or_else(|| self.recorded_goarch())
    }

    /// The CPU variant that Go recorded, such as `v1`.
    #[must_use]
    pub fn variant(&self) -> Option<&str> {
        let env = Variant::env_of(self.goarch()?)?;
        self.build_info()?.setting(env)
    }

    /// Whether cgo was on, as Go recorded it.
    #[must_use]
    pub fn cgo(&self) -> Option<Cgo> {
        self.build_info()?.cgo()
    }

    /// The lowest glibc that runs this program; none if it needs no glibc.
    #[must_use]
    pub fn glibc_min(&self) -> Option<GlibcVersion> {
        self.glibc.iter().map(|need| need.version).max()
    }

    /// Go's build information, if the file has it.
    #[must_use]
    pub fn build_info(&self) -> Option<&BuildInfo> {
        self.go.as_ref().ok()
    }

    /// Notes the packer. What looks like build information in a packed file is torn: the packer
    /// leaves bytes as they are where it finds nothing like them, and puts its own between them.
    fn set_packed(&mut self, packer: Option<Packer>) {
        self.packed = packer;
        if packer.is_some() {
            self.go = Err(NoBuildInfo::NotFound);
        }
    }

    fn recorded_goos(&self) -> Option<Goos> {
        self.build_info()?.setting("GOOS")?.parse().ok()
    }

    fn recorded_goarch(&self) -> Option<Goarch> {
        self.build_info()?.setting("GOARCH")?.parse().ok()
    }
}

/// Why a file of a known format can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {format} file is damaged: {reason}")]
pub struct InspectError {
    /// The format that the first bytes announce.
    pub format: Format,
    /// What is wrong.
    pub reason: String,
}

impl InspectError {
    fn new(format: Format, reason: impl Into<String>) -> Self {
        Self {
            format,
            reason: reason.into(),
        }
    }
}

/// Reads the facts from the bytes of a whole file.
///
/// A file of an unknown format is no error: its facts say [`Format::Unknown`].
///
/// # Errors
/// When the headers are truncated or contradict themselves.
pub fn inspect(bytes: &[u8]) -> Result<Facts, InspectError> {
    let format = Format::of(bytes);
    match format {
        Format::Elf => with_older(elf::read(bytes)?, bytes),
        Format::Pe => with_older(pe::read(bytes)?, bytes),
        Format::Macho => macho::read(bytes),
        Format::Archive => archive::read(bytes),
        Format::Wasm | Format::Xcoff | Format::Plan9 | Format::Unknown => {
            other::read(format, bytes)
        }
    }
}

/// Adds the build information of Go 1.17 and earlier, where there is none of later ones.
fn with_older(mut facts: Facts, bytes: &[u8]) -> Result<Facts, InspectError> {
    if let (None, Err(NoBuildInfo::Older | NoBuildInfo::NotFound)) = (facts.packed, &facts.go) {
        let older = code::older_build_info(facts.format, bytes)?;
        if older != Err(NoBuildInfo::NotFound) {
            facts.go = older;
        }
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_a_file_of_unknown_format() {
        let facts = inspect(b"#!/bin/sh\nexit 0\n").unwrap();
        assert_eq!(facts.format, Format::Unknown);
        assert_eq!(facts.go, Err(NoBuildInfo::NotFound));
    }

    #[test]
    fn an_empty_file_is_a_file_of_unknown_format() {
        assert_eq!(inspect(b"").unwrap().format, Format::Unknown);
    }

    #[test]
    fn a_truncated_header_is_an_error_that_names_the_format() {
        for magic in [
            b"\x7fELF\x02\x01\x01".as_slice(),
            b"MZ",
            b"\xcf\xfa\xed\xfe",
            b"!<arch>\nx",
        ] {
            let error = inspect(magic).unwrap_err();
            assert!(error.to_string().contains(error.format.as_str()), "{error}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
            let _ = inspect(&bytes);
        }

        #[test]
        fn arbitrary_bytes_after_a_magic_never_panic(
            magic in prop::sample::select(vec![
                b"\x7fELF\x02\x01\x01".to_vec(),
                b"\x7fELF\x01\x02\x01".to_vec(),
                b"\xcf\xfa\xed\xfe".to_vec(),
                b"MZ".to_vec(),
                b"\x01\xf7".to_vec(),
                b"\0asm".to_vec(),
                b"!<arch>\n".to_vec(),
                b"<bigaf>\n".to_vec(),
            ]),
            bytes in proptest::collection::vec(any::<u8>(), 0..2048),
        ) {
            let _ = inspect(&[magic, bytes].concat());
        }
    }
}
