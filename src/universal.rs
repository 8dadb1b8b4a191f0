//! Universal macOS binaries: the programs for Intel and for Apple silicon in one file.
//!
//! The same programs give the same bytes, in whatever order they come. Each lies in the file as it was, and so
//! does the signature in it, which is of that program alone.
//!
//! Source: Apple's `mach-o/fat.h`; order and alignment are those of `lipo`.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use object::Endianness;
use object::macho::{
    CPU_TYPE_ARM64, CPU_TYPE_X86_64, CpuType, FAT_MAGIC, FAT_MAGIC_64, MachHeader64,
};
use object::read::macho::MachHeader as _;

use crate::failure::{Exit, Failure};
use crate::inspect::{self, Kind};
use crate::target::Goos;

/// A program that goes into a universal one.
#[derive(Clone, Copy, Debug)]
pub struct Thin<'data> {
    /// Its file, for messages.
    pub path: &'data Path,
    /// All bytes of it.
    pub bytes: &'data [u8],
}

/// Why there is no universal program.
#[derive(Debug, thiserror::Error)]
pub enum UniversalError {
    /// One of the programs is something else.
    #[error("failed to put `{}` into a universal binary: {why}", path.display())]
    Unfit {
        /// Its file.
        path: PathBuf,
        /// What it is.
        why: Unfit,
    },
    /// Two of the programs are for one architecture.
    #[error("failed to put `{}` into a universal binary: `{}` is for {architecture}, too", second.display(), first.display())]
    Twice {
        /// The architecture.
        architecture: Architecture,
        /// The file of the first one.
        first: PathBuf,
        /// The file of the second one.
        second: PathBuf,
    },
    /// One program makes no universal binary.
    #[error("failed to make a universal binary: it takes a program for amd64 and one for arm64")]
    Incomplete,
    /// Writing failed.
    #[error("failed to write a universal binary: {0}")]
    Write(#[from] io::Error),
}

/// What a file is in place of a program that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is universal already.
    Universal,
    /// It is no program for macOS.
    NoProgram,
    /// Its architecture is none that Go builds for.
    Architecture,
    /// Its headers contradict each other or its end.
    Damaged,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Universal => "it is a universal binary itself",
            Self::NoProgram => "it is no program for macOS",
            Self::Architecture => "it is for neither amd64 nor arm64",
            Self::Damaged => "it is damaged",
        })
    }
}

impl Failure for UniversalError {
    fn exit(&self) -> Exit {
        match self {
            Self::Write(_) => Exit::Environment,
            Self::Unfit { .. } | Self::Twice { .. } | Self::Incomplete => Exit::Failed,
        }
    }
}

/// The architectures of macOS, in the order that `lipo` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Architecture {
    /// Intel.
    Amd64,
    /// Apple silicon.
    Arm64,
}

impl Architecture {
    fn of(cpu: CpuType) -> Option<Self> {
        match cpu {
            CPU_TYPE_X86_64 => Some(Self::Amd64),
            CPU_TYPE_ARM64 => Some(Self::Arm64),
            _ => None,
        }
    }

    /// At which power of two a program starts: that of its pages.
    fn alignment(self) -> u32 {
        match self {
            Self::Amd64 => 12,
            Self::Arm64 => 14,
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        })
    }
}

/// Writes one program for macOS that is all of these, which have to be for different architectures.
///
/// # Errors
/// When a file isn't a program for one architecture of macOS, two are for the same one, one is missing, or
/// writing fails.
pub fn join<W: Write>(programs: &[Thin<'_>], mut out: W) -> Result<W, UniversalError> {
    let mut read: Vec<(Processor, &Thin<'_>)> = programs
        .iter()
        .map(|program| Ok((processor(program)?, program)))
        .collect::<Result<_, UniversalError>>()?;
    read.sort_by_key(|(processor, _)| processor.architecture);
    for pair in read.windows(2) {
        if let [(one, first), (other, second)] = pair
            && one.architecture == other.architecture
        {
            return Err(UniversalError::Twice {
                architecture: one.architecture,
                first: first.path.to_owned(),
                second: second.path.to_owned(),
            });
        }
    }
    if read.len() < 2 {
        return Err(UniversalError::Incomplete);
    }
    let slices: Vec<(Processor, u64)> = read
        .iter()
        .map(|(processor, program)| (*processor, program.bytes.len() as u64))
        .collect();
    let layout = Layout::of(&slices);
    let header = layout.header();
    out.write_all(&header)?;
    let mut written = header.len() as u64;
    for ((_, program), slice) in read.iter().zip(&layout.slices) {
        let gap = slice.offset.saturating_sub(written);
        io::copy(&mut io::Read::take(io::repeat(0), gap), &mut out)?;
        out.write_all(program.bytes)?;
        written = slice.offset + slice.size;
    }
    out.flush()?;
    Ok(out)
}

/// What a program is for, as its header has it.
#[derive(Clone, Copy, Debug)]
struct Processor {
    architecture: Architecture,
    cpu: u32,
    subtype: u32,
}

fn processor(program: &Thin<'_>) -> Result<Processor, UniversalError> {
    let unfit = |why| UniversalError::Unfit {
        path: program.path.to_owned(),
        why,
    };
    let facts = inspect::inspect(program.bytes).map_err(|_| unfit(Unfit::Damaged))?;
    match facts.kind {
        Kind::Universal => return Err(unfit(Unfit::Universal)),
        Kind::Executable | Kind::Pie if facts.header.goos == Some(Goos::Darwin) => {}
        _ => return Err(unfit(Unfit::NoProgram)),
    }
    let header = MachHeader64::<Endianness>::parse(program.bytes, 0);
    let header = header.map_err(|_| unfit(Unfit::NoProgram))?;
    let endian = header.endian().map_err(|_| unfit(Unfit::NoProgram))?;
    let cpu = header.cputype(endian);
    Ok(Processor {
        architecture: Architecture::of(cpu).ok_or(unfit(Unfit::Architecture))?,
        cpu: cpu.0,
        subtype: header.cpusubtype(endian).0,
    })
}

/// Where a program lies.
#[derive(Clone, Copy, Debug)]
struct Slice {
    processor: Processor,
    offset: u64,
    size: u64,
}

/// How many bits offsets and sizes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    /// 32, as all systems read them.
    Narrow,
    /// 64, where 32 are too few.
    Wide,
}

impl Width {
    /// Bytes of a `fat_arch` or `fat_arch_64`.
    fn entry(self) -> u64 {
        match self {
            Self::Narrow => 20,
            Self::Wide => 32,
        }
    }
}

/// Where all of them lie.
#[derive(Debug)]
struct Layout {
    width: Width,
    slices: Vec<Slice>,
}

impl Layout {
    fn of(programs: &[(Processor, u64)]) -> Self {
        let narrow = Self::with(Width::Narrow, programs);
        let fits = |slice: &Slice| u32::try_from(slice.offset + slice.size).is_ok();
        if narrow.slices.iter().all(fits) {
            narrow
        } else {
            Self::with(Width::Wide, programs)
        }
    }

    fn with(width: Width, programs: &[(Processor, u64)]) -> Self {
        let mut end = 8 + width.entry() * programs.len() as u64;
        let slices = programs.iter().map(|(processor, size)| {
            let page = 1 << processor.architecture.alignment();
            let slice = Slice {
                processor: *processor,
                offset: end.next_multiple_of(page),
                size: *size,
            };
            end = slice.offset + slice.size;
            slice
        });
        Self {
            slices: slices.collect(),
            width,
        }
    }

    /// `fat_header` and its `fat_arch` or `fat_arch_64`, all of it big-endian.
    fn header(&self) -> Vec<u8> {
        let magic = match self.width {
            Width::Narrow => FAT_MAGIC,
            Width::Wide => FAT_MAGIC_64,
        };
        // There are no more than two.
        let count = u32::try_from(self.slices.len()).unwrap_or(u32::MAX);
        let mut bytes = [magic, count].map(u32::to_be_bytes).concat();
        for slice in &self.slices {
            let Processor { cpu, subtype, .. } = slice.processor;
            bytes.extend([cpu, subtype].map(u32::to_be_bytes).concat());
            for number in [slice.offset, slice.size] {
                match u32::try_from(number) {
                    Ok(number) if self.width == Width::Narrow => {
                        bytes.extend(number.to_be_bytes());
                    }
                    _ => bytes.extend(number.to_be_bytes()),
                }
            }
            bytes.extend(slice.processor.architecture.alignment().to_be_bytes());
            if self.width == Width::Wide {
                bytes.extend([0; 4]);
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::macho::{LC_BUILD_VERSION, MH_EXECUTE, MH_OBJECT, PLATFORM_MACOS};
    use object::read::macho::{FatArch, MachOFatFile64};

    const X86: u32 = CPU_TYPE_X86_64.0;
    const ARM: u32 = CPU_TYPE_ARM64.0;

    /// A Mach-O file that says for what it is and no more.
    fn thin(cpu: u32, filetype: u32) -> Vec<u8> {
        let header = [0xfeed_facf, cpu, 3, filetype, 1, 24, 0, 0];
        let build = [LC_BUILD_VERSION.0, 24, PLATFORM_MACOS.0, 0xc_0000, 0, 0];
        let words = header.iter().chain(&build);
        words.flat_map(|word| word.to_le_bytes()).collect()
    }

    fn joined(programs: &[&[u8]]) -> Result<Vec<u8>, UniversalError> {
        let names = ["one", "two", "three"].map(Path::new);
        let programs: Vec<Thin<'_>> = names
            .into_iter()
            .zip(programs)
            .map(|(path, bytes)| Thin { path, bytes })
            .collect();
        join(&programs, Vec::new())
    }

    #[test]
    fn programs_lie_at_their_pages_in_any_order() {
        let (x86, arm) = (thin(X86, MH_EXECUTE.0), thin(ARM, MH_EXECUTE.0));
        let bytes = joined(&[&arm, &x86]).unwrap();
        assert_eq!(bytes, joined(&[&x86, &arm]).unwrap());
        assert_eq!(bytes[1 << 12..][..x86.len()], x86);
        assert_eq!(bytes[1 << 14..], arm);
        let facts = inspect::inspect(&bytes).unwrap();
        let slices: Vec<&[u8]> = facts
            .slices
            .iter()
            .map(|slice| slice.bytes(&bytes).unwrap())
            .collect();
        assert_eq!(slices, [&x86, &arm]);
    }

    #[test]
    fn what_is_no_thin_program_is_refused() {
        let x86 = thin(X86, MH_EXECUTE.0);
        let both = joined(&[&x86, &thin(ARM, MH_EXECUTE.0)]).unwrap();
        let mut for_iphones = thin(ARM, MH_EXECUTE.0);
        for_iphones[40] = 2;
        for (bytes, why) in [
            (both.as_slice(), Unfit::Universal),
            (b"#!/bin/sh\n", Unfit::NoProgram),
            (b"", Unfit::NoProgram),
            (&thin(ARM, MH_OBJECT.0), Unfit::NoProgram),
            (&for_iphones, Unfit::NoProgram),
            (&thin(18, MH_EXECUTE.0), Unfit::Architecture),
            (&x86[..40], Unfit::Damaged),
        ] {
            let error = joined(&[&x86, bytes]).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("failed to put `two` into a universal binary: {why}")
            );
        }
    }

    #[test]
    fn there_is_one_of_each_architecture() {
        let (x86, arm) = (thin(X86, MH_EXECUTE.0), thin(ARM, MH_EXECUTE.0));
        assert_eq!(
            joined(&[&arm, &x86, &arm]).unwrap_err().to_string(),
            "failed to put `three` into a universal binary: `one` is for arm64, too"
        );
        assert!(matches!(joined(&[&x86]), Err(UniversalError::Incomplete)));
        assert!(matches!(joined(&[]), Err(UniversalError::Incomplete)));
    }

    #[test]
    fn offsets_have_64_bits_only_where_32_are_too_few() {
        let processor = |architecture, cpu| Processor {
            architecture,
            cpu,
            subtype: 3,
        };
        let sized = |size| {
            Layout::of(&[
                (processor(Architecture::Amd64, X86), size),
                (processor(Architecture::Arm64, ARM), 1),
            ])
        };
        let page = 1 << 14;
        assert_eq!(sized((1 << 32) - 2 * page - 4096).width, Width::Narrow);
        let wide = sized((1 << 32) - 1);
        assert_eq!(wide.width, Width::Wide);
        let mut header = wide.header();
        assert_eq!(header.len(), 8 + 2 * 32);
        header.resize(1 << 13, 0);
        let read = MachOFatFile64::parse(header.as_slice()).unwrap();
        let places: Vec<_> = read.arches().iter().map(FatArch::file_range).collect();
        let second = ((1_u64 << 32) + 4095).next_multiple_of(page);
        assert_eq!(places, [(4096, (1 << 32) - 1), (second, 1)]);
    }
}
