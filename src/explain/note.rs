//! What is said about rules besides their own prose: how each is told from others
//! with the same symptom, and which functions stand on top of a stack trace.

use crate::verify::Rule;

/// The note on one rule.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// The rule's name.
    rule: &'static str,
    /// How it is told from others with the same symptom.
    pub telling: &'static str,
    /// Functions on top of a stack trace that tell of it.
    pub(super) frames: &'static [Frame],
}

/// A function in a stack trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its full name.
    pub(super) function: &'static str,
    /// After which end it tells something.
    pub(super) after: Crash,
}

/// How a Go program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crash {
    /// By a panic, or in any other way.
    Any,
    /// By a bad access to memory: SIGSEGV or SIGBUS.
    Memory,
}

impl Note {
    /// The note on a rule.
    #[must_use]
    pub fn of(rule: &Rule) -> Option<&'static Self> {
        NOTES.iter().find(|note| note.rule == rule.id.as_str())
    }

    /// Every note.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        NOTES.iter()
    }

    /// The rule that it is about, if there is one of that name.
    pub(super) fn rule(&self) -> Option<&'static Rule> {
        Rule::get(self.rule.parse().ok()?)
    }
}

const fn note(rule: &'static str, telling: &'static str) -> Note {
    Note {
        rule,
        telling,
        frames: &[],
    }
}

impl Note {
    const fn on_top(self, frames: &'static [Frame]) -> Self {
        Self { frames, ..self }
    }
}

const fn any(function: &'static str) -> Frame {
    let after = Crash::Any;
    Frame { function, after }
}

const fn crashed(function: &'static str) -> Frame {
    let after = Crash::Memory;
    Frame { function, after }
}

const RECORDED: &str = "go version -m FILE prints what go recorded";

/// The notes, in the order of the rules' classes.
const NOTES: &[Note] = &[
    note("opaque", "inspect says that nothing is proven, and why"),
    note("elf-interp", "the file is there; inspect says that the system starts a loader first, and which libraries it needs; where qemu or Rosetta names the loader, the container is also of another architecture than its host"),
    note("pie-interp", "the file is there; inspect calls it position-independent, with a loader and without a library"),
    note("musl-interp", "it runs on Alpine; the loader that inspect names is /lib/ld-musl-…"),
    note("elf-needed", "the message names a library, and inspect lists it"),
    note("glibc-min", "the message names a version of glibc, and ldd --version on that system prints an older one; Error relocating is printed by musl, which was given a program for glibc"),
    note("win-dll", "Windows names the DLL in a window, and inspect lists it; 0xc000007b is a DLL of another architecture"),
    note("win-dll-lazy", "the program itself runs, and its message begins with Failed to load, before the name of a DLL").on_top(&[
        any("syscall.(*LazyProc).mustFind"), any("syscall.(*LazyDLL).mustLoad"), any("syscall.MustLoadDLL"),
        any("golang.org/x/sys/windows.(*LazyProc).mustFind"), any("golang.org/x/sys/windows.MustLoadDLL"),
    ]),
    note("macho", "killed without more, and at once, is the signature (codesign -v FILE); dyld names a library"),
    note("tzdata", "the message names the zone, and it works where Go or tzdata is installed; where the program sets TZ there is no message, and local times are UTC"),
    note("local-tz", "no error at all: times are UTC, and date on the host says otherwise"),
    note("user-db", "the message begins with user:, or names /etc/passwd or /etc/group").on_top(&[
        any("os/user.Current"), any("os/user.Lookup"), any("os/user.LookupId"),
        any("os/user.LookupGroup"), any("os/user.LookupGroupId"), any("os/user.current"),
    ]),
    note("exec", "the program itself runs, and prints that it can't start another; the message names that one").on_top(&[
        any("os/exec.(*Cmd).Start"), any("os.StartProcess"),
    ]),
    note("ca-roots", "it fails for every server, also for public ones; with SSL_CERT_FILE set to a bundle it works").on_top(&[any("crypto/x509.SystemCertPool")]),
    note("static-nss", "the program is static and has glibc in it; with GODEBUG=netdns=go it works").on_top(&[
        crashed("net._C2func_getaddrinfo"), crashed("net._C_getaddrinfo"), crashed("net._cgo_"),
        crashed("os/user._C2func_getpwnam_r"), crashed("os/user._C_getpwnam_r"),
        crashed("os/user._C2func_getpwuid_r"), crashed("os/user._C_getpwuid_r"), crashed("net.cgoLookupHostIP"),
    ]),
    note("dns-cgo", "the program has C in it; with GODEBUG=netdns=go it works, with GODEBUG=netdns=2 it prints that it uses the cgo resolver"),
    note("dns-go", "the message has port 53: of the machine itself where /etc/resolv.conf isn't there, else of a server that doesn't answer"),
    note("dns-musl", "the program has musl in it; other programs of the host find the same name"),
    note("services", "the message has a name in place of a port number"),
    note("home", "the message names $HOME, a variable that begins with $XDG_, or a hidden file at the top of the file system").on_top(&[
        any("os.UserHomeDir"), any("os.UserConfigDir"), any("os.UserCacheDir"),
    ]),
    note("tmp", "the path in the message is below /tmp or TMPDIR").on_top(&[any("os.CreateTemp"), any("os.MkdirTemp")]),
    note("tmp-predictable", "the path in the message is below /tmp and always the same"),
    note("xdg-runtime", "no error: a socket or a lock appears in the current folder"),
    note("asset", "the program itself runs; the path in the message is one of its source or of its configuration"),
    note("unread-texts", "inspect names an architecture other than amd64, 386 and arm64, or says that C is compiled in"),
    note("proc", "the path in the message begins with /proc or /sys").on_top(&[any("os.Executable")]),
    note("syslog", "the message speaks of syslog").on_top(&[any("log/syslog.New"), any("log/syslog.Dial")]),
    note("mime", "no error: curl -I shows an empty or wrong Content-Type"),
    note("plugin", "the message begins with plugin:").on_top(&[any("plugin.Open")]),
    note("cgo-stub", "the message says that the package is a stub"),
    note("goroot", "the message names GOROOT, or the go command").on_top(&[any("go/build.(*Context).Import")]),
    note("cpu-level", "it runs on a newer machine; go version -m FILE prints the level, such as GOAMD64=v3"),
    note("os-min", "it runs on a newer release of the same system"),
    note("build-target", "inspect names another platform than uname -sm on that machine"),
    note("build-variant", RECORDED),
    note("build-cgo", RECORDED),
    note("build-mode", RECORDED),
    note("build-go", RECORDED),
    note("build-package", RECORDED),
    note("build-vcs", "go version -m FILE prints vcs.modified=true, or another vcs.revision"),
    note("build-embed", "the message names SetFallbackRoots, or the build says what is missing"),
    note("build-x", "the build says which variable isn't there"),
    note("build-path", "stack traces begin with a folder of the machine that built it"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_note() {
        for rule in Rule::ALL {
            assert!(Note::of(rule).is_some(), "no note on {}", rule.id);
        }
        // So none is on a rule that isn't there, or on one that has another.
        assert_eq!(NOTES.len(), Rule::ALL.len());
    }
}
