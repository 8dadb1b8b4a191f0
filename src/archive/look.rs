//! What is in an archive, without unpacking it.

use std::io::Read;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::unpack::{copy, read};
use super::{Format, Limits, MemberPath, UnpackError};
use crate::atomic::Mode;
use crate::digest::Sha256Hex;

/// How much of a file tells what it is.
const HEAD: usize = 64;

/// A file of an archive, as it would be unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its path in the archive.
    pub path: MemberPath,
    /// Its first bytes, 64 at most.
    pub head: Vec<u8>,
    /// The digest of its bytes.
    pub sha256: Sha256Hex,
}

/// All files of an archive, in its order.
///
/// # Errors
/// As when it is unpacked, but for what the disk says.
pub fn look(format: Format, archive: &Path, limits: Limits) -> Result<Vec<Content>, UnpackError> {
    let mut contents = Vec::new();
    let mut take = |path: &MemberPath, _: Mode, bytes: &mut dyn Read| {
        let (mut hasher, mut head) = (Sha256::new(), Vec::new());
        let size = copy(bytes, |bytes| {
            let missing = HEAD.saturating_sub(head.len());
            head.extend(bytes.iter().take(missing));
            hasher.update(bytes);
            Ok(())
        })?;
        contents.push(Content {
            path: path.clone(),
            head,
            sha256: Sha256Hex::finished(hasher),
        });
        Ok(size)
    };
    read(format, archive, limits, &mut take)?;
    Ok(contents)
}
