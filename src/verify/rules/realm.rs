//! Whose matter a path is, by where it leads.

use std::borrow::Cow;

use crate::target::Goos;

/// Which system a path is a matter of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Realm {
    /// Below the current folder: it lay beside the source.
    Relative,
    /// At a place of the system.
    Absolute,
    /// In a folder for temporary files, which all users may write to.
    Shared,
    /// What the kernel tells of processes and devices.
    Kernel,
    /// A device, a folder that is always there, or no file at all.
    Always,
}

/// Folders that are there, or don't matter by themselves.
const ALWAYS: &[&str] = &["", ".", "..", "/tmp", "/var/tmp", "/dev"];

/// What is in `/dev` of every container, too.
///
/// Source: OCI runtime specification, `config-linux.md`, default devices.
const DEVICES: &[&str] = &[
    "console", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
    "tty", "urandom", "zero",
];

impl Realm {
    pub(super) fn of(goos: Option<Goos>, path: &str) -> Self {
        let path = match goos {
            Some(Goos::Windows) => &without_verbatim(path),
            _ => path,
        };
        if is_no_file(goos, path) {
            return Self::Always;
        }
        if goos == Some(Goos::Windows) {
            // There is no /tmp, /proc or /dev; a drive is.
            let end = path.trim_end_matches(['/', '\\']);
            let is_drive = end.len() == 2 && end.ends_with(':');
            return match end {
                "" | "." | ".." => Self::Always,
                _ if is_drive => Self::Always,
                _ if path.starts_with(['/', '\\']) || path.contains(':') => Self::Absolute,
                _ => Self::Relative,
            };
        }
        let path = &without_detours(path);
        let below = |folders: &[&str]| {
            let mut rests = folders
                .iter()
                .filter_map(|folder| path.strip_prefix(folder)?.strip_prefix('/'));
            rests.any(|rest| !rest.is_empty())
        };
        let device = path
            .strip_prefix("/dev/")
            .and_then(|rest| rest.split('/').next());
        if below(&["/tmp", "/var/tmp", "/dev/shm"]) {
            Self::Shared
        } else if device.is_some_and(|device| DEVICES.contains(&device))
            || ALWAYS.contains(&path.trim_end_matches('/'))
        {
            Self::Always
        } else if has_kernel_files(goos)
            && (below(&["/proc", "/sys"]) || matches!(path.as_ref(), "/proc" | "/sys"))
        {
            Self::Kernel
        } else if path.starts_with('/') || path.contains(':') {
            Self::Absolute
        } else {
            Self::Relative
        }
    }
}

/// Whether the kernel has files of its own, where they are mounted.
fn has_kernel_files(goos: Option<Goos>) -> bool {
    matches!(goos, Some(Goos::Linux | Goos::Android) | None)
}

/// Standard input, and the devices of Windows.
fn is_no_file(goos: Option<Goos>, path: &str) -> bool {
    // A pipe has to be made by who serves at it.
    let is_pipe = |rest: &str| rest.to_ascii_lowercase().starts_with(r"pipe\");
    let is_device = path
        .strip_prefix(r"\\.\")
        .is_some_and(|rest| !is_pipe(rest))
        || ["NUL", "CON", "CONIN$", "CONOUT$"]
            .iter()
            .any(|name| path.eq_ignore_ascii_case(name));
    matches!(path, "" | "-") || (goos == Some(Goos::Windows) && is_device)
}

/// A path of Windows as it is without `\\?\`, which says that nothing in it stands for anything else.
fn without_verbatim(path: &str) -> Cow<'_, str> {
    let Some(rest) = path.strip_prefix(r"\\?\") else {
        return Cow::Borrowed(path);
    };
    let share = rest
        .split_at_checked(r"UNC\".len())
        .filter(|(start, _)| start.eq_ignore_ascii_case(r"UNC\"));
    match share {
        Some((_, share)) => Cow::Owned(format!(r"\\{share}")),
        None => Cow::Borrowed(rest),
    }
}

/// A path from the root, without the folders that it only passes.
fn without_detours(path: &str) -> Cow<'_, str> {
    if !path.starts_with('/') || !path.split('/').any(|part| part == "..") {
        return Cow::Borrowed(path);
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    Cow::Owned(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_whose_matter_it_is() {
        for (path, realm) in [
            ("config/app.yaml", Realm::Relative),
            ("./app.yaml", Realm::Relative),
            ("/var/run/docker.sock", Realm::Absolute),
            ("C:\\ProgramData\\app", Realm::Absolute),
            ("@templates/a", Realm::Relative),
            ("/dev/kvm", Realm::Absolute),
            ("/dev/../etc/app", Realm::Absolute),
            ("/tmp/app.sock", Realm::Shared),
            ("/tmpfiles/a", Realm::Absolute),
            ("/tmp/", Realm::Always),
            ("/proc/self/maps", Realm::Kernel),
            ("/sys/class/net", Realm::Kernel),
            ("/system/a", Realm::Absolute),
            ("/dev/null", Realm::Always),
            ("/dev/shm/lock", Realm::Shared),
            ("-", Realm::Always),
            (".", Realm::Always),
        ] {
            assert_eq!(Realm::of(Some(Goos::Linux), path), realm, "{path}");
        }
    }

    #[test]
    fn windows_has_no_folders_of_unix() {
        let of = |path| Realm::of(Some(Goos::Windows), path);
        for path in ["/tmp/app.sock", "/dev/null", "/proc/self/maps", "/tmp"] {
            assert_eq!(of(path), Realm::Absolute, "{path}");
        }
        for path in [r"\data\a", r"\server\share\a", r"\.\PIPE\docker", r"C:\a"] {
            assert_eq!(of(path), Realm::Absolute, "{path}");
        }
        for path in ["./", r".\", "/", r"\", r"C:\", "D:", ".."] {
            assert_eq!(of(path), Realm::Always, "{path}");
        }
    }

    #[test]
    fn a_verbatim_path_of_windows_is_the_file_that_it_names() {
        let of = |path| Realm::of(Some(Goos::Windows), path);
        for path in [
            r"\\?\C:\ProgramData\app\config.yaml",
            r"\\?\UNC\server\share\app.yaml",
            r"\\?\unc\server\share",
            r"\\.\pipe\docker",
        ] {
            assert_eq!(of(path), Realm::Absolute, "{path}");
        }
        assert_eq!(of(r"\\?\C:\"), Realm::Always);
        assert_eq!(of("cache$"), Realm::Relative);
        let of_linux = Realm::of(Some(Goos::Linux), r"\\?\C:\app.yaml");
        assert_eq!(of_linux, Realm::Absolute);
    }

    #[test]
    fn devices_of_windows_are_no_files_there() {
        for path in ["\\\\.\\COM1", "CONIN$", "conout$", "nul"] {
            assert_eq!(
                Realm::of(Some(Goos::Windows), path),
                Realm::Always,
                "{path}"
            );
            assert_eq!(
                Realm::of(Some(Goos::Linux), path),
                Realm::Relative,
                "{path}"
            );
        }
    }
}
