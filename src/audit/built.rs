//! The programs of an output folder, read as they were before they were packed (effects).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::mains::Main;
use super::program::{AuditedProgram, NamedProgram, ShippedFile};
use super::survey::Survey;
use super::unpacker::Unpacker;
use crate::delivery::{Delivery, RecordedArtifact};
use crate::inspect::{Loaded, Program, inspect};
use crate::mapped::FileBytes;
use crate::parallel;
use crate::process::Cancel;

/// Why a program isn't read from a file: there is none.
pub(super) const NOT_BUILT: &str = "not built yet";

/// Why it isn't, though there is one.
const ALTERED: &str = "its file is not what was recorded";

/// The programs of an output folder.
#[derive(Default)]
pub(super) struct Built {
    pub(super) programs: Vec<AuditedProgram>,
    /// Where the bytes of each can be read, by its name.
    pub(super) files: BTreeMap<String, PathBuf>,
    /// Why others can't be read, by their names.
    pub(super) unread: BTreeMap<String, String>,
}

impl Built {
    /// The programs whose files are not what was recorded.
    pub(super) fn altered(&self) -> Vec<String> {
        let altered = self.unread.iter().filter(|(_, why)| *why == ALTERED);
        altered.map(|(program, _)| program.clone()).collect()
    }
}

impl Survey<'_> {
    /// The programs whose files are in the output folder, and why those of the others are not.
    pub(super) fn built(
        &self,
        mains: &[Main],
        delivery: &Result<Delivery, String>,
        cancel: &Cancel,
    ) -> Built {
        let mut built = Built::default();
        let read = parallel::map(mains, self.cores, |main| self.read(main, delivery, cancel));
        for (main, read) in mains.iter().zip(read) {
            match read {
                Ok((program, file)) => {
                    built.files.insert(main.label.clone(), file);
                    built.programs.push(program);
                }
                Err(why) => {
                    built.unread.insert(main.label.clone(), why);
                }
            }
        }
        built
    }

    fn read(
        &self,
        main: &Main,
        delivery: &Result<Delivery, String>,
        cancel: &Cancel,
    ) -> Result<(AuditedProgram, PathBuf), String> {
        let delivery = delivery.as_ref().map_err(|_| NOT_BUILT.to_owned())?;
        let release = main.cell.release();
        let is_it = |artifact: &&RecordedArtifact| {
            artifact.binary == main.name && {
                let cell = artifact.cell();
                (&cell.target, cell.cgo) == (&main.cell.target, main.cell.cgo)
                    && release.is_none_or(|release| cell.release() == Some(release))
            }
        };
        let mut artifacts = delivery.records.artifacts.iter();
        let artifact = artifacts.find(is_it).ok_or(NOT_BUILT)?;
        let reader = Reader {
            out: self.out,
            unpacker: self.unpacker,
            cancel,
        };
        reader.read(main.named(), delivery, artifact)
    }
}

/// What reads programs.
pub(super) struct Reader<'a> {
    pub(super) out: &'a Path,
    pub(super) unpacker: &'a Unpacker<'a>,
    pub(super) cancel: &'a Cancel,
}

impl Reader<'_> {
    /// A program of the output folder, and the file with its bytes.
    pub(super) fn read(
        &self,
        program: NamedProgram,
        delivery: &Delivery,
        artifact: &RecordedArtifact,
    ) -> Result<(AuditedProgram, PathBuf), String> {
        if delivery.fault_of(artifact).is_some() {
            return Err(ALTERED.to_owned());
        }
        let shipped = self.out.join(&artifact.path);
        let (file, unpacked_by) = if artifact.is_packed() {
            let (copy, upx) = self.unpacker.unpack(&shipped, self.cancel)?;
            (copy, Some(upx))
        } else {
            (shipped, None)
        };
        let bytes = FileBytes::open(&file).map_err(|error| error.to_string())?;
        let facts = inspect(&bytes).map_err(|error| error.to_string())?;
        let info = facts.go.as_ref();
        let info = info.map_err(|_| "its file has no build information".to_owned())?;
        let loaded = Loaded::of(facts.format, &bytes);
        let functions = Program::find(&loaded).ok();
        let shipped = ShippedFile {
            path: artifact.path.clone(),
            unpacked_by,
            version: delivery.records.version.clone(),
        };
        let program = AuditedProgram::of_file(program, shipped, info, functions.as_ref());
        Ok((program, file))
    }
}
