//! What a library or an imported function is for, in one sentence that a user understands.

/// A library that the loader must find before the program starts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Needed {
    /// The name as the file has it: `libc.so.6`, `KERNEL32.dll`, a path in Mach-O.
    pub name: String,
    /// What the library is for, if it is a well-known one.
    pub purpose: Option<&'static str>,
}

impl Needed {
    /// A library, with what is known about it.
    #[must_use]
    pub fn new(name: String) -> Self {
        let purpose = Library::find(&name).map(|library| library.purpose);
        Self { name, purpose }
    }
}

/// A well-known library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Library {
    /// The start of the name in small letters, without folder, up to where versions begin.
    pub stem: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

const fn library(stem: &'static str, purpose: &'static str) -> Library {
    Library { stem, purpose }
}

/// The libraries that Go programs meet, sorted by stem.
pub const LIBRARIES: &[Library] = &[
    library("advapi32.dll", "Windows registry, services and accounts"),
    library("api-ms-win-", "the Windows universal C runtime, in parts"),
    library("bcrypt.dll", "Windows cryptography"),
    library("bcryptprimitives.dll", "Windows random numbers"),
    library(
        "corefoundation",
        "macOS strings, lists and settings; part of the system",
    ),
    library("crypt32.dll", "Windows certificates"),
    library("dnsapi.dll", "the Windows DNS resolver"),
    library("gdi32.dll", "Windows drawing"),
    library("iphlpapi.dll", "Windows network interfaces"),
    library(
        "kernel32.dll",
        "the Windows system interface; part of every Windows",
    ),
    library("ld-linux", "the dynamic linker of glibc"),
    library(
        "ld-musl-",
        "the dynamic linker and C library of musl (Alpine)",
    ),
    library("ld64.so", "the dynamic linker of glibc"),
    library("libc++", "the C++ standard library of LLVM"),
    library("libc.musl-", "the C library of musl (Alpine)"),
    library(
        "libc.so",
        "the C library: DNS and user look-ups of cgo go through it",
    ),
    library("libcrypt.", "password hashes"),
    library("libcrypto", "the cryptography of OpenSSL"),
    library("libdl.", "loading further libraries while the program runs"),
    library(
        "libgcc_s",
        "the run-time library of GCC: exceptions and wide arithmetic",
    ),
    library("libm.", "the mathematics of the C library"),
    library("libnsl.", "the old network services of the C library"),
    library("libpthread", "the threads of the C library"),
    library("libresolv", "the DNS resolver of the C library"),
    library("librt.", "timers and shared memory of the C library"),
    library("libsendfile", "sendfile, part of Solaris and illumos"),
    library("libsocket", "sockets, part of Solaris and illumos"),
    library("libsqlite3", "the SQLite database"),
    library("libssl", "the TLS of OpenSSL"),
    library("libssp", "the stack protector of GCC"),
    library("libstdc++", "the C++ standard library of GCC"),
    library(
        "libsystem.b.dylib",
        "the macOS system interface; part of every macOS",
    ),
    library("libutil.", "logins and pseudo-terminals of the C library"),
    library(
        "libwinpthread-1.dll",
        "the POSIX threads of MinGW, which Windows doesn't have",
    ),
    library("libz.", "the zlib compression"),
    library("libzstd", "the zstd compression"),
    library(
        "linux-vdso",
        "fast system calls; the kernel itself provides it",
    ),
    library("msvcp", "the C++ standard library of Visual C++"),
    library("msvcrt.dll", "the old C runtime; part of every Windows"),
    library("mswsock.dll", "Windows sockets, extensions"),
    library("netapi32.dll", "Windows domains and users"),
    library(
        "ntdll.dll",
        "the interface of the Windows kernel; part of every Windows",
    ),
    library("ole32.dll", "Windows COM objects"),
    library("powrprof.dll", "Windows power management"),
    library("psapi.dll", "Windows process information"),
    library("secur32.dll", "Windows authentication"),
    library(
        "security",
        "macOS certificates and keychains; part of the system",
    ),
    library("shell32.dll", "the Windows shell: folders and file types"),
    library("ucrtbase.dll", "the Windows universal C runtime"),
    library("user32.dll", "Windows windows and messages"),
    library("userenv.dll", "Windows user profiles"),
    library(
        "vcruntime",
        "the run-time library of Visual C++, installed separately",
    ),
    library("winmm.dll", "Windows timers and sound"),
    library("ws2_32.dll", "Windows sockets"),
];

impl Library {
    /// The entry for a name, whatever its folder, case and version.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = base_name(name).to_ascii_lowercase();
        LIBRARIES
            .iter()
            .filter(|library| name.starts_with(library.stem))
            .max_by_key(|library| library.stem.len())
    }
}

/// The last part of a path, with either kind of separator.
fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// An imported function that tells why the C library is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Symbol {
    /// The name of the function.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

const fn symbol(name: &'static str, purpose: &'static str) -> Symbol {
    Symbol { name, purpose }
}

/// The functions that are worth a hint, sorted by name.
pub const SYMBOLS: &[Symbol] = &[
    symbol("dlopen", "loads further libraries while the program runs"),
    symbol("getaddrinfo", "the system's DNS resolver (package net)"),
    symbol(
        "getgrgid_r",
        "the system's group database (package os/user)",
    ),
    symbol(
        "getgrnam_r",
        "the system's group database (package os/user)",
    ),
    symbol(
        "getgrouplist",
        "the system's group database (package os/user)",
    ),
    symbol("getnameinfo", "the system's DNS resolver (package net)"),
    symbol("getpwnam_r", "the system's user database (package os/user)"),
    symbol("getpwuid_r", "the system's user database (package os/user)"),
    symbol("pthread_create", "threads, as every program with cgo"),
    symbol("res_search", "the system's DNS resolver (package net)"),
];

impl Symbol {
    /// The entry for a name.
    #[must_use]
    pub fn find(name: &[u8]) -> Option<&'static Self> {
        let index = SYMBOLS.binary_search_by_key(&name, |symbol| symbol.name.as_bytes());
        SYMBOLS.get(index.ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sorted_and_unique(names: &[&str]) -> bool {
        names.windows(2).all(|pair| pair[0] < pair[1])
    }

    #[test]
    fn the_tables_are_sorted_and_have_each_name_once() {
        let stems: Vec<_> = LIBRARIES.iter().map(|library| library.stem).collect();
        assert!(is_sorted_and_unique(&stems), "{stems:?}");
        let names: Vec<_> = SYMBOLS.iter().map(|symbol| symbol.name).collect();
        assert!(is_sorted_and_unique(&names), "{names:?}");
    }

    #[test]
    fn stems_are_written_as_they_are_looked_up() {
        for library in LIBRARIES {
            assert_eq!(library.stem, library.stem.to_ascii_lowercase());
            assert_eq!(Library::find(library.stem), Some(library));
        }
    }

    #[test]
    fn folder_case_and_version_play_no_part() {
        let purpose = |name| Library::find(name).unwrap().stem;
        assert_eq!(purpose("/usr/lib/libresolv.9.dylib"), "libresolv");
        assert_eq!(purpose("KERNEL32.dll"), "kernel32.dll");
        assert_eq!(purpose("libstdc++.so.6"), "libstdc++");
        assert_eq!(purpose("libcrypto.so.3"), "libcrypto");
        assert_eq!(purpose("libc.musl-x86_64.so.1"), "libc.musl-");
    }

    #[test]
    fn an_unknown_library_has_no_purpose() {
        assert_eq!(Needed::new("libexample.so.1".to_owned()).purpose, None);
    }
}
