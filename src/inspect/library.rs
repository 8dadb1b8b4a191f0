//! What a library or an imported function is for, in one sentence that a user understands.

use super::musl;

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
    /// Who brings it.
    pub provider: Provider,
}

/// Who brings a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Windows 10 and Windows Server 2016, each of them.
    Windows,
    /// Somebody else.
    Other,
}

const fn library(stem: &'static str, purpose: &'static str) -> Library {
    Library {
        stem,
        purpose,
        provider: Provider::Other,
    }
}

const fn windows(stem: &'static str, purpose: &'static str) -> Library {
    Library {
        stem,
        purpose,
        provider: Provider::Windows,
    }
}

/// The libraries that programs meet, sorted by stem. Dynamic linkers are among them. The vdso, which
/// `ldd` lists too, is in no file's list: the kernel maps it into every process.
pub const LIBRARIES: &[Library] = &[
    windows("advapi32.dll", "Windows registry, services and accounts"),
    windows("api-ms-win-", "functions of Windows, by what they are for"),
    windows(
        "api-ms-win-crt-",
        "the Windows universal C runtime, in parts",
    ),
    library("appkit", "macOS windows and menus; part of the system"),
    windows("avrt.dll", "Windows threads for sound and video"),
    windows("bcrypt.dll", "Windows cryptography"),
    windows("bcryptprimitives.dll", "Windows random numbers"),
    windows("cabinet.dll", "Windows cabinet files"),
    windows("cfgmgr32.dll", "Windows device configuration"),
    library("cfnetwork", "macOS network protocols; part of the system"),
    windows("combase.dll", "Windows COM objects"),
    windows("comctl32.dll", "Windows controls"),
    windows("comdlg32.dll", "Windows dialogues"),
    library(
        "corefoundation",
        "macOS strings, lists and settings; part of the system",
    ),
    library(
        "coreservices",
        "macOS files and processes; part of the system",
    ),
    windows("crypt32.dll", "Windows certificates"),
    windows("dbghelp.dll", "Windows stack traces"),
    windows("dnsapi.dll", "the Windows DNS resolver"),
    windows("dwmapi.dll", "Windows desktop composition"),
    library("dyld", "the dynamic linker of macOS"),
    library(
        "foundation",
        "macOS objects of Objective-C; part of the system",
    ),
    windows("fwpuclnt.dll", "Windows packet filters"),
    windows("gdi32.dll", "Windows drawing"),
    windows("imm32.dll", "Windows input methods"),
    library("iokit", "macOS devices; part of the system"),
    windows("iphlpapi.dll", "Windows network interfaces"),
    windows(
        "kernel32.dll",
        "the Windows system interface; part of every Windows",
    ),
    library("ld-elf.so", "the dynamic linker of FreeBSD"),
    library("ld-linux", "the dynamic linker of glibc"),
    library(
        musl::LOADER,
        "the dynamic linker and C library of musl (Alpine)",
    ),
    library("ld-uclibc", "the dynamic linker of uClibc"),
    library("ld.elf_so", "the dynamic linker of NetBSD"),
    library("ld.so", "the dynamic linker of the system"),
    library("ld64.so", "the dynamic linker of glibc"),
    library("libacl.", "access control lists of files"),
    library("libandroid.", "the Android system interface"),
    library("libanl.", "DNS look-ups of the C library that don't wait"),
    library("libasan", "the address sanitizer of the compiler"),
    library(
        "libatomic",
        "atomic operations of GCC that the CPU doesn't have",
    ),
    library("libattr.", "extended attributes of files"),
    library("libaudit", "the audit log of Linux"),
    library("libblkid", "names and types of disks"),
    library("libbsd.", "functions of BSD for Linux"),
    library("libbz2", "the bzip2 compression"),
    library("libc++", "the C++ standard library of LLVM"),
    library(musl::LIBRARY, "the C library of musl (Alpine)"),
    library(
        "libc.so",
        "the C library: DNS and user look-ups of cgo go through it",
    ),
    library("libcap.", "Linux capabilities"),
    library("libcom_err", "the error messages of Kerberos"),
    library("libcrypt.", "password hashes"),
    library("libcrypto", "the cryptography of OpenSSL"),
    library("libcurl", "HTTP and other transfers of curl"),
    library("libdbus-1", "messages between programs over D-Bus"),
    library("libdl.", "loading further libraries while the program runs"),
    library("libelf", "ELF files"),
    library("libexpat", "the XML reader Expat"),
    library(
        "libffi",
        "calls of functions that are only known while the program runs",
    ),
    library("libfontconfig", "the choice of fonts"),
    library("libfreetype", "drawing of fonts"),
    library(
        "libgcc_s",
        "the run-time library of GCC: exceptions and wide arithmetic",
    ),
    library("libgcrypt", "the cryptography of GnuPG"),
    library("libgio-2", "files and networks of GNOME"),
    library("libgl.", "graphics, OpenGL"),
    library("libglib-2", "the base library of GNOME"),
    library("libgmp.", "large numbers"),
    library("libgnutls", "the TLS of GnuTLS"),
    library("libgobject-2", "the objects of GNOME"),
    library("libgomp", "the OpenMP threads of GCC"),
    library("libgpg-error", "the error messages of GnuPG"),
    library("libgssapi_krb5", "Kerberos authentication"),
    library("libiconv", "conversion of character sets"),
    library("libicu", "Unicode and languages"),
    library("libkrb5", "Kerberos authentication"),
    library("libllvm", "the compiler LLVM"),
    library("liblog.", "the Android log"),
    library("liblzma", "the xz compression"),
    library("libm.", "the mathematics of the C library"),
    library("libmd.", "message digests of BSD"),
    library("libmount", "mounting of disks"),
    library("libmvec", "the vector mathematics of the C library"),
    library("libncurses", "full-screen terminals"),
    library("libnettle", "the cryptography of Nettle"),
    library("libnsl.", "the old network services of the C library"),
    library(
        "libnss_",
        "a name-service module: one of the places where the C library looks up hosts and users",
    ),
    library("libobjc", "the run-time library of Objective-C"),
    library("libpam.", "logins through PAM"),
    library("libpcap", "capture of network packets"),
    library("libpcre", "Perl's regular expressions"),
    library("libpq.", "the client of PostgreSQL"),
    library("libpthread", "the threads of the C library"),
    library("libreadline", "editing of the command line"),
    library("libresolv", "the DNS resolver of the C library"),
    library("librt.", "timers and shared memory of the C library"),
    library("libseccomp", "filters of system calls"),
    library("libselinux", "SELinux labels"),
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
    library("libsystemd", "the services and the journal of systemd"),
    library("libthr.", "the threads of FreeBSD"),
    library("libthread_db", "debugging of threads"),
    library("libtinfo", "descriptions of terminals"),
    library("libtsan", "the thread sanitizer of the compiler"),
    library(
        "libubsan",
        "the sanitizer for undefined behaviour of the compiler",
    ),
    library("libudev", "devices of Linux"),
    library("libunwind", "stack traces and exceptions of LLVM"),
    library("libutil.", "logins and pseudo-terminals of the C library"),
    library("libuuid", "unique identifiers"),
    library(
        "libwinpthread-1.dll",
        "the POSIX threads of MinGW, which Windows doesn't have",
    ),
    library("libx11", "windows of X11"),
    library("libxcb", "windows of X11"),
    library("libxml2", "the XML reader of GNOME"),
    library("libz.", "the zlib compression"),
    library("libzstd", "the zstd compression"),
    library("linker", "the dynamic linker of Android"),
    library(
        "linux-vdso",
        "fast system calls; the kernel itself provides it",
    ),
    windows("mpr.dll", "Windows network drives"),
    windows("mscoree.dll", "the start of .NET programs, part of Windows"),
    library("msvcp", "the C++ standard library of Visual C++"),
    windows("msvcrt.dll", "the old C runtime; part of every Windows"),
    windows("mswsock.dll", "Windows sockets, extensions"),
    windows("nci.dll", "Windows network adapters"),
    windows("ncrypt.dll", "Windows keys"),
    windows("netapi32.dll", "Windows domains and users"),
    windows(
        "ntdll.dll",
        "the interface of the Windows kernel; part of every Windows",
    ),
    windows("ole32.dll", "Windows COM objects"),
    windows("oleaut32.dll", "Windows COM automation"),
    windows("opengl32.dll", "Windows graphics, OpenGL"),
    windows("pdh.dll", "Windows performance counters"),
    windows("powrprof.dll", "Windows power management"),
    windows("psapi.dll", "Windows process information"),
    windows("rpcrt4.dll", "Windows remote procedure calls"),
    windows("secur32.dll", "Windows authentication"),
    library(
        "security",
        "macOS certificates and keychains; part of the system",
    ),
    windows("setupapi.dll", "Windows device installation"),
    windows("shell32.dll", "the Windows shell: folders and file types"),
    windows("shlwapi.dll", "the Windows shell: paths and texts"),
    library(
        "systemconfiguration",
        "macOS network settings; part of the system",
    ),
    windows("ucrtbase.dll", "the Windows universal C runtime"),
    library("uikit", "iOS windows; part of the system"),
    windows("user32.dll", "Windows windows and messages"),
    windows("userenv.dll", "Windows user profiles"),
    windows("uxtheme.dll", "Windows themes"),
    library(
        "vcruntime",
        "the run-time library of Visual C++, installed separately",
    ),
    windows("version.dll", "version numbers of Windows files"),
    windows("winhttp.dll", "Windows HTTP for services"),
    windows("wininet.dll", "Windows HTTP for applications"),
    windows("winmm.dll", "Windows timers and sound"),
    windows("winspool.drv", "Windows printers"),
    windows("wintrust.dll", "Windows signatures"),
    windows("wlanapi.dll", "Windows wireless networks"),
    windows("wldap32.dll", "Windows LDAP"),
    windows("ws2_32.dll", "Windows sockets"),
    windows("wtsapi32.dll", "Windows remote desktops"),
];

impl Library {
    /// The entry for a name, whatever its folder, case and version.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::of_base_name(&base_name(name).to_ascii_lowercase())
    }

    /// The entry for a name in small letters without folder.
    pub(super) fn of_base_name(name: &str) -> Option<&'static Self> {
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
        assert_eq!(purpose("/lib64/ld-linux-x86-64.so.2"), "ld-linux");
        assert_eq!(purpose("/libexec/ld-elf.so.1"), "ld-elf.so");
    }

    #[test]
    fn an_unknown_library_has_no_purpose() {
        assert_eq!(Needed::new("libexample.so.1".to_owned()).purpose, None);
    }
}
