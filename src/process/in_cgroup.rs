//! A command in control groups: gobuildx starts once more, enters them, and becomes the program. So all that the program
//! starts is in them from its first moment.

use std::ffi::OsString;
use std::path::PathBuf;

/// The verb by which gobuildx becomes a program in control groups. No user calls it, so no help has it.
pub const IN_CGROUP: &str = "start-in-cgroup";

/// What stands between the groups and the program.
const END: &str = "--";

/// The words behind gobuildx that start another program in the groups that these files are entered by.
pub fn in_cgroup(files: impl IntoIterator<Item = PathBuf>) -> impl Iterator<Item = OsString> {
    let files = files.into_iter().map(PathBuf::into_os_string);
    let words = std::iter::once(IN_CGROUP.into()).chain(files);
    words.chain([END.into()])
}

#[cfg(unix)]
mod entering {
    use std::convert::Infallible;
    use std::ffi::OsString;
    use std::path::PathBuf;

    use super::super::becoming::{self, BecomeError};
    use super::END;
    use crate::host::cgroup;

    /// To the kernel, whoever writes it.
    const ITSELF: &str = "0";

    /// Enters the groups of the first arguments, and becomes the program that the others call.
    ///
    /// # Errors
    /// When that isn't possible; else this doesn't return.
    pub fn start_in_cgroup(
        mut arguments: impl Iterator<Item = OsString>,
    ) -> Result<Infallible, BecomeError> {
        for file in arguments.by_ref().take_while(|word| word != END) {
            let file = PathBuf::from(file);
            cgroup::tell(&file, ITSELF).map_err(|error| BecomeError::Group { file, error })?;
        }
        becoming::start(arguments)
    }
}

#[cfg(unix)]
pub use entering::start_in_cgroup;
