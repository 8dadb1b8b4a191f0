//! What a process gets besides its arguments and variables.

#[cfg(unix)]
use std::io;

/// What a command reads, and files that are open for it. Without any it reads nothing.
#[derive(Debug, Default)]
pub struct Given {
    stdin: Vec<u8>,
    #[cfg(unix)]
    files: Vec<(i32, std::os::fd::OwnedFd)>,
}

impl Given {
    /// Bytes to read from stdin.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// A file that is open for the command under this number, and closed here once it has started.
    #[cfg(unix)]
    #[must_use]
    pub fn file(mut self, number: i32, file: impl Into<std::os::fd::OwnedFd>) -> Self {
        self.files.push((number, file.into()));
        self
    }

    /// The command that has all that.
    pub(super) fn to(self, command: &duct::Expression) -> duct::Expression {
        let command = if self.stdin.is_empty() {
            command.stdin_null()
        } else {
            command.stdin_bytes(self.stdin)
        };
        #[cfg(unix)]
        if !self.files.is_empty() {
            let files = self.files;
            return command.before_spawn(move |command| open_for(command, &files));
        }
        command
    }
}

#[cfg(unix)]
#[expect(clippy::disallowed_types, reason = "a part of the place that spawns")]
fn open_for(
    command: &mut std::process::Command,
    files: &[(i32, std::os::fd::OwnedFd)],
) -> io::Result<()> {
    use command_fds::{CommandFdExt as _, FdMapping};
    let mappings = files.iter().map(|(number, file)| {
        Ok(FdMapping {
            parent_fd: file.try_clone()?,
            child_fd: *number,
        })
    });
    let mappings = mappings.collect::<io::Result<_>>()?;
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    Ok(())
}
