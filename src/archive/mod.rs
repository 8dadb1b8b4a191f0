//! Archives of what is shipped: the same files give the same bytes, whoever packs them, where and
//! when.
//!
//! The compressors are part of gobuildx, so it is the same gobuildx that gives the same bytes.

mod format;
mod look;
mod member;
mod pack;
mod tar_writer;
mod unpack;

pub use format::{Format, ParseFormatError};
pub use look::{Content, look};
pub use member::{Member, MemberPath, ParseMemberPathError};
pub use pack::{PackError, pack, pack_until, tar};
pub use tar_writer::{FolderMode, Tar, gzip};
pub use unpack::{Limits, UnpackError, unpack};

#[cfg(test)]
mod tests;
