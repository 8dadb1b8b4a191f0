//! Packs one verified binary, tests the packed file, and tries it.

use std::path::Path;

use super::event::{Done, End, PackFailure, PackedFile, StepFailure};
use super::session::Session;
use super::trial::trial;
use crate::plan::PackFile;
use crate::process::{Cancel, ProcessError};
use crate::tools::upx::complaint;

/// Bytes of memory that a packer is expected to take for a file of this size: the file, the packed one, and what finds
/// repetitions for LZMA, which is told to look for them in the whole file and takes 11.5 times that.
pub(super) fn memory(size: u64) -> u64 {
    const ITSELF: u64 = 16 << 20;
    size.saturating_mul(14).saturating_add(ITSELF)
}

/// How much is kept of what a packer writes.
const KEPT: usize = 1024 * 1024;

pub(super) fn pack_file(step: &PackFile, session: &Session, cancel: &Cancel) -> End {
    match pack(step, session, cancel) {
        Ok(packed) => End::Done(Done::Packed(packed)),
        Err(PackFailure::Process(ProcessError::Cancelled { .. })) => End::Stopped,
        Err(reason) => End::Failed(Box::new(StepFailure::Pack {
            artifact: step.artifact.to_string(),
            reason,
        })),
    }
}

fn pack(step: &PackFile, session: &Session, cancel: &Cancel) -> Result<PackedFile, PackFailure> {
    let (from, to) = (session.path(&step.from), session.path(&step.to));
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(|error| PackFailure::Folder {
            path: folder.to_owned(),
            error,
        })?;
    }
    let command = session.command(&step.command).keep(KEPT);
    command.run(cancel).map_err(|error| refusal(error, step))?;
    if !to.is_file() {
        return Err(PackFailure::NoFile {
            tool: step.tool.clone(),
        });
    }
    let (before, after) = (size(&from)?, size(&to)?);
    if after >= before {
        return Err(PackFailure::Larger { before, after });
    }
    let test = session.command(&step.test).keep(KEPT);
    test.run(cancel).map_err(|error| match error {
        ProcessError::Cancelled { .. } => PackFailure::Process(error),
        error => PackFailure::Test(error),
    })?;
    let tried = trial(&step.trial.tuning, session, cancel)?;
    if let (Some(startup), Some(limit_ms)) = (tried.startup(), step.max_startup_ms)
        && startup.cost_us() > limit_ms.saturating_mul(1000)
    {
        return Err(PackFailure::Slow { startup, limit_ms });
    }
    Ok(PackedFile {
        tool: step.tool.clone(),
        size_before: before,
        size_after: after,
        tried,
    })
}

/// What upx says, where it says why it doesn't pack the file.
fn refusal(error: ProcessError, step: &PackFile) -> PackFailure {
    match error.output().and_then(complaint) {
        Some(complaint) => PackFailure::Refused {
            tool: step.tool.clone(),
            complaint,
        },
        None => PackFailure::Process(error),
    }
}

fn size(path: &Path) -> Result<u64, PackFailure> {
    let metadata = std::fs::metadata(path).map_err(|error| PackFailure::Read {
        path: path.to_owned(),
        error,
    })?;
    Ok(metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packer_takes_memory_by_the_size_of_the_file() {
        assert_eq!(memory(10 << 20), (140 + 16) << 20);
        assert_eq!(memory(u64::MAX), u64::MAX);
    }
}
