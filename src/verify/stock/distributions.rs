//! Distributions with glibc: the image of one, and what installed ones have in common.

use super::containers::{OF_BASE_FILES, scratch};
use super::is_among;
use super::programs::{COMMON, DEBIAN_12, has_program};
use crate::inspect::GlibcVersion;
use crate::verify::{Need, glibc};

/// The libraries of the image `debian:12` whose interfaces have kept their names and versions for
/// years, by its list of packages; those of GCC and OpenSSL are told apart by versions.
const OF_DEBIAN_12: &[&str] = &[
    "libacl.so.1",
    "libattr.so.1",
    "libbz2.so.1.0",
    "libcap.so.2",
    "libcrypt.so.1",
    "libgcc_s.so.1",
    "liblzma.so.5",
    "libpcre2-8.so.0",
    "libselinux.so.1",
    "libtinfo.so.6",
    "libuuid.so.1",
    "libz.so.1",
];

/// Go's packages and C programs find these in every distribution.
const FILES: &[&str] = &[
    "/bin",
    "/etc",
    "/etc/group",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/shadow",
    "/home",
    "/root",
    "/tmp",
    "/usr/share/zoneinfo/",
    "/var/log",
    "/var/tmp",
];

/// The folders that the Filesystem Hierarchy Standard 3.0 asks for, and those of users.
const FOLDERS: &[&str] = &[
    "/etc",
    "/home",
    "/opt",
    "/root",
    "/run",
    "/srv",
    "/usr/bin",
    "/usr/lib",
    "/usr/local/bin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/run",
    "/var/spool",
];

/// What comes with glibc of a release, wherever it is.
fn with_glibc(need: &Need, version: GlibcVersion) -> bool {
    match need {
        Need::Loader(path) => glibc::has_loader(path),
        Need::Library(name) => glibc::has_library(name),
        Need::Glibc(least) => *least <= version,
        Need::SystemResolver => true,
        _ => false,
    }
}

/// The image `debian:12`, by its list of packages (`bookworm/rootfs.manifest` of
/// debuerreotype/docker-debian-artifacts): tzdata is in it; ca-certificates, netbase and
/// media-types are not, and nothing listens at /dev/log.
pub(super) fn debian_12(need: &Need, version: GlibcVersion) -> bool {
    match need {
        Need::Library(name) if OF_DEBIAN_12.contains(&name.as_str()) => true,
        Need::ZoneInfo | Need::Users | Need::Tmp => true,
        Need::Folder(path) => OF_BASE_FILES.contains(&path.as_str()),
        Need::Program(Some(name)) => has_program(DEBIAN_12, name),
        Need::File(path) => {
            let debian = ["/etc/debian_version", "/etc/localtime", "/etc/timezone"];
            is_among(path, &debian)
                || is_among(path, FILES)
                || (path.starts_with('/') && has_program(DEBIAN_12, path))
                || scratch(need)
        }
        _ => with_glibc(need, version) || scratch(need),
    }
}

/// What Debian, Ubuntu, Fedora, RHEL, SUSE and Arch have alike when they are installed on a machine:
/// not what their images for containers leave out. libgcc is the one library besides glibc's own
/// that all of manylinux's policies have and whose versions don't matter to Go: cgo takes the
/// unwinder from it, which GCC 3.3 had.
pub(super) fn any_with_glibc(need: &Need, version: GlibcVersion) -> bool {
    match need {
        Need::Library(name) if name == "libgcc_s.so.1" => true,
        Need::Folder(path) => FOLDERS.contains(&path.as_str()),
        // Certificates: ca-certificates is of priority standard in Debian, and required by
        // dnf, zypper and pacman. /etc/services: netbase in Debian, setup in Fedora.
        Need::CaRoots
        | Need::ZoneInfo
        | Need::LocalTime
        | Need::Users
        | Need::Home
        | Need::Tmp
        | Need::Services
        | Need::Proc
        | Need::ResolverFiles
        // journald, or another one that listens at /dev/log.
        | Need::Syslog => true,
        Need::Program(Some(name)) => has_program(COMMON, name),
        Need::File(path) => {
            let more = ["/etc/localtime", "/etc/services", "/etc/protocols"];
            is_among(path, &more)
                || is_among(path, FILES)
                || (path.starts_with('/') && has_program(COMMON, path))
                || scratch(need)
        }
        _ => with_glibc(need, version),
    }
}
