//! Which C library answers for names of hosts and users, for the rules about that.

use crate::inspect::musl;
use crate::verify::Evidence;

/// What Go's net calls to have a name looked up in C. Without cgo there is no such function,
/// although `net.cgoLookupIP` is there as a stub.
///
/// Source: `src/net/cgo_unix_cgo.go` of Go since 1.20, `cgo_unix.go` before.
pub(super) const HOSTS: &[&str] = &["net._C2func_getaddrinfo"];
/// What os/user calls.
///
/// Source: `src/os/user/cgo_lookup_cgo.go` of Go since 1.20, `cgo_lookup_unix.go` before.
pub(super) const USERS: &[&str] = &[
    "os/user._Cfunc_mygetpwnam_r",
    "os/user._Cfunc_mygetpwuid_r",
    "os/user._Cfunc_mygetgrnam_r",
    "os/user._Cfunc_mygetgrgid_r",
    "os/user._Cfunc_mygetgrouplist",
];

/// How a C library comes to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CLibrary {
    /// glibc is in it, with the code that loads the modules of the name service switch.
    StaticGlibc,
    /// musl is in it, or its loader is named.
    Musl,
    /// Another library is loaded, mostly glibc; or it isn't known which is in it.
    Other,
}

/// How glibc names its modules, before and after 2.34.
const MODULES: &[u8] = b"libnss_%s.so";
/// What musl's `gai_strerror` says, which Go calls for each look-up that fails; also in a stripped
/// file. glibc says it in other words.
///
/// Source: musl's `src/network/gai_strerror.c`.
const MUSL: &[u8] = b"Invalid flags\0Name does not resolve\0Try again\0Non-recoverable error\0";

impl CLibrary {
    pub(super) fn of(evidence: &Evidence<'_>) -> Self {
        let facts = evidence.facts;
        let interpreter = facts.interpreter.as_deref();
        let is_loaded = interpreter.is_some() || !facts.needed.is_empty();
        let has = |text: &[u8]| evidence.program.is_ok_and(|program| program.holds(text));
        if is_loaded {
            let mut needed = facts.needed.iter();
            let is_musl = interpreter.is_some_and(musl::is_loader)
                || needed.any(|library| musl::has_library(&library.name));
            if is_musl { Self::Musl } else { Self::Other }
        } else if has(MODULES) {
            Self::StaticGlibc
        } else if has(MUSL) {
            Self::Musl
        } else {
            Self::Other
        }
    }
}
