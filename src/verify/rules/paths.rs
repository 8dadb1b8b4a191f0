//! Constant paths of files that the program opens.

use crate::inspect::{Format, Word};
use crate::target::Goos;
use crate::verify::Evidence;
use crate::verify::uses::{Calls, Given, Uses, Wanted};

/// Which system a path is a matter of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
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

impl Place {
    pub(super) fn of(path: &str) -> Self {
        let below = |folders: &[&str]| {
            let mut rests = folders
                .iter()
                .filter_map(|folder| path.strip_prefix(folder)?.strip_prefix('/'));
            rests.any(|rest| !rest.is_empty())
        };
        if matches!(path, "" | "-" | "NUL" | "nul" | "CON")
            || path.starts_with(['@', '\\'])
            || path.ends_with('$')
        {
            // Standard input, devices of Windows, and sockets without a file.
            Self::Always
        } else if below(&["/tmp", "/var/tmp", "/dev/shm"]) {
            Self::Shared
        } else if below(&["/dev"]) || ALWAYS.contains(&path.trim_end_matches('/')) {
            Self::Always
        } else if below(&["/proc", "/sys"]) || matches!(path, "/proc" | "/sys") {
            Self::Kernel
        } else if path.starts_with('/') || path.contains(':') {
            Self::Absolute
        } else {
            Self::Relative
        }
    }
}

/// The files whose absence is an error.
pub(super) fn opened<'a>(evidence: &Evidence<'a>, uses: Uses<'a>) -> Calls<'a> {
    let mut wanted: Vec<_> = READ
        .iter()
        .map(|(function, path)| Wanted::all(function, *path))
        .collect();
    wanted.extend(SOCKETS.iter().map(|(function, network, path)| Wanted {
        function,
        text: *path,
        given: Given::Text(*network, "unix"),
    }));
    let created = created(evidence);
    wanted.extend(OPEN.iter().map(|function| Wanted {
        function,
        text: Word(0),
        // What the program makes itself need not be there.
        given: Given::Without(Word(2), created),
    }));
    uses.calls_that(&wanted)
}

/// The files that the program opens or makes.
pub(super) fn opened_or_made(uses: Uses<'_>) -> Calls<'_> {
    let all = READ.iter().chain(MADE);
    let all = all.map(|(function, path)| Wanted::all(function, *path));
    let open = OPEN.iter().map(|function| Wanted::all(function, Word(0)));
    let sockets = SOCKETS.iter().chain(LISTEN);
    let sockets = sockets.map(|(function, network, path)| Wanted {
        function,
        text: *path,
        given: Given::Text(*network, "unix"),
    });
    uses.calls_that(&all.chain(open).chain(sockets).collect::<Vec<_>>())
}

/// The files that the program writes whole, so that they are there when it reads them later.
pub(super) fn made(uses: Uses<'_>) -> Calls<'_> {
    uses.calls(MADE)
}

/// The files of which is asked whether they are there.
pub(super) fn looked_for(uses: Uses<'_>) -> Calls<'_> {
    uses.calls(LOOK)
}

/// Functions that read a file, and where its path stands.
const READ: &[(&str, Word)] = &[
    // The one that has code of its own where it isn't inlined.
    ("os.Open", Word(0)),
    ("os.ReadFile", Word(0)),
    ("os.ReadDir", Word(0)),
    ("os.Readlink", Word(0)),
    ("os.Chdir", Word(0)),
    ("io/ioutil.ReadFile", Word(0)),
    ("io/ioutil.ReadDir", Word(0)),
    ("path/filepath.Walk", Word(0)),
    ("path/filepath.WalkDir", Word(0)),
    ("html/template.ParseGlob", Word(0)),
    ("text/template.ParseGlob", Word(0)),
    // What they are inlined to.
    ("html/template.parseGlob", Word(1)),
    ("text/template.parseGlob", Word(1)),
    ("crypto/tls.LoadX509KeyPair", Word(0)),
    ("crypto/tls.LoadX509KeyPair", Word(2)),
    ("net/http.ListenAndServeTLS", Word(2)),
    ("net/http.ListenAndServeTLS", Word(4)),
    ("net/http.(*Server).ListenAndServeTLS", Word(1)),
    ("net/http.(*Server).ListenAndServeTLS", Word(3)),
    // The writer comes first, and takes two words; then the request.
    ("net/http.ServeFile", Word(3)),
];

/// Functions with a path, flags, and the mode of a new file.
const OPEN: &[&str] = &["os.OpenFile", "syscall.Open", "golang.org/x/sys/unix.Open"];

/// Functions that make a file or a folder.
const MADE: &[(&str, Word)] = &[
    ("os.Create", Word(0)),
    ("os.WriteFile", Word(0)),
    ("os.Mkdir", Word(0)),
    ("os.MkdirAll", Word(0)),
    ("io/ioutil.WriteFile", Word(0)),
];

/// Functions that connect: where the kind of network stands, and where the address.
const SOCKETS: &[(&str, Word, Word)] = &[
    ("net.Dial", Word(0), Word(2)),
    ("net.DialTimeout", Word(0), Word(2)),
    ("net.(*Dialer).Dial", Word(1), Word(3)),
    ("net.(*Dialer).DialContext", Word(3), Word(5)),
];

/// The same for those that listen.
const LISTEN: &[(&str, Word, Word)] = &[("net.Listen", Word(0), Word(2))];

/// Functions that ask whether a file is there.
const LOOK: &[(&str, Word)] = &[
    ("os.Stat", Word(0)),
    ("os.Lstat", Word(0)),
    ("path/filepath.Glob", Word(0)),
    // What it is inlined to.
    ("path/filepath.globWithLimit", Word(0)),
];

/// The bit of `O_CREATE`, from `zerrors_*.go` and `types_windows.go` of Go's package syscall, for
/// the architectures whose arguments are read.
fn created(evidence: &Evidence<'_>) -> u64 {
    match evidence.goos() {
        Some(Goos::Linux | Goos::Android | Goos::Windows) => 0x40,
        Some(Goos::Solaris | Goos::Illumos | Goos::Aix) => 0x100,
        None if evidence.facts.format != Format::Macho => 0x40,
        Some(_) | None => 0x200,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_whose_matter_it_is() {
        for (path, place) in [
            ("config/app.yaml", Place::Relative),
            ("./app.yaml", Place::Relative),
            ("/var/run/docker.sock", Place::Absolute),
            ("C:\\ProgramData\\app", Place::Absolute),
            ("/tmp/app.sock", Place::Shared),
            ("/tmpfiles/a", Place::Absolute),
            ("/tmp/", Place::Always),
            ("/proc/self/maps", Place::Kernel),
            ("/sys/class/net", Place::Kernel),
            ("/system/a", Place::Absolute),
            ("/dev/null", Place::Always),
            ("/dev/shm/lock", Place::Shared),
            ("\\\\.\\pipe\\docker", Place::Always),
            ("@abstract", Place::Always),
            ("CONOUT$", Place::Always),
            (".", Place::Always),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
