//! Packed programs as they were before (effects): copies in a folder of this run.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::check::Answer;
use crate::host::Host;
use crate::process::Cancel;
use crate::temporary::OwnFolder;
use crate::tools::upx::Upx;

/// Unpacks what is packed; upx is looked for when the first such file is met.
pub struct Unpacker<'a> {
    host: &'a Host,
    folder: &'a Answer<OwnFolder>,
    upx: OnceLock<Answer<Upx>>,
    copies: AtomicUsize,
}

impl<'a> Unpacker<'a> {
    /// One that makes its copies in this folder.
    #[must_use]
    pub fn into_folder(folder: &'a Answer<OwnFolder>, host: &'a Host) -> Self {
        Self {
            host,
            folder,
            upx: OnceLock::new(),
            copies: AtomicUsize::new(0),
        }
    }

    /// A copy of the packed file as it was before, and what made it.
    ///
    /// # Errors
    /// Why there is none, and what helps.
    pub fn unpack(&self, file: &Path, cancel: &Cancel) -> Answer<(PathBuf, String)> {
        let upx = self.upx.get_or_init(|| {
            Upx::find(self.host, cancel)
                .map_err(|error| format!("its file is packed; {}", error.to_unpack()))
        });
        let upx = upx.as_ref().map_err(String::clone)?;
        let folder = self.folder.as_ref().map_err(String::clone)?.path();
        let number = self.copies.fetch_add(1, Ordering::Relaxed);
        let copy = folder.join(format!("unpacked-{number}"));
        upx.unpack(self.host, (file, &copy), cancel)
            .map_err(|why| format!("its file is packed, and {upx} doesn't unpack it: {why}"))?;
        Ok((copy, upx.to_string()))
    }
}
