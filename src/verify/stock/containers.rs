//! Containers of images without a package manager of their own, or with little in them.

use super::is_among;
use super::programs::{ALPINE, has_program};
use crate::inspect::musl;
use crate::verify::Need;

/// What docker, containerd and podman put into every Linux container.
///
/// Mounts and devices: `DefaultLinuxSpec` in moby's `oci/defaults.go`, "Default Devices" in the
/// runtime specification's `config-linux.md`.
const MOUNTED: &[&str] = &[
    "/dev/full",
    "/dev/mqueue/",
    "/dev/null",
    "/dev/ptmx",
    "/dev/pts/",
    "/dev/random",
    "/dev/shm/",
    "/dev/stderr",
    "/dev/stdin",
    "/dev/stdout",
    "/dev/tty",
    "/dev/urandom",
    "/dev/zero",
    // moby's `container_operations_unix.go`; the kubelet's `makeMounts`.
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/proc/",
    "/sys/",
];

/// A container with nothing in it but the program.
pub(super) fn scratch(need: &Need) -> bool {
    match need {
        // A kernel that runs containers at all (3.10 for docker) is newer than what Go asks for.
        Need::RecentSystem
        | Need::Proc
        | Need::ResolverFiles
        // runc's `setupUser` sets HOME: to what /etc/passwd says, else to `/`.
        | Need::Home => true,
        Need::Folder(path) => path == "/",
        Need::File(path) => path == "/" || is_among(path, MOUNTED),
        _ => false,
    }
}

/// The folders of Debian's base-files, by its list of files (`dpkg -L base-files`).
pub(super) const OF_BASE_FILES: &[&str] = &[
    "/etc",
    "/home",
    "/root",
    "/run",
    "/usr/bin",
    "/usr/lib",
    "/usr/share",
    "/var",
    "/var/backups",
    "/var/cache",
    "/var/lib",
    "/var/lib/misc",
    "/var/local",
    "/var/log",
    "/var/run",
    "/var/spool",
];

/// distroless's `static/static.bzl`: base-files, netbase, tzdata, media-types, passwd, group, home,
/// `/tmp` with 1777, nsswitch.conf, os-release and the certificates; no library and no program.
pub(super) fn distroless_static(need: &Need) -> bool {
    const FILES: &[&str] = &[
        "/etc/debian_version",
        "/etc/group",
        "/etc/mime.types",
        "/etc/nsswitch.conf",
        "/etc/os-release",
        "/etc/passwd",
        "/etc/protocols",
        "/etc/services",
        "/etc/ssl/certs/ca-certificates.crt",
        "/home",
        "/root",
        "/tmp",
        "/usr/lib/os-release",
        "/usr/share/zoneinfo/",
        "/var/tmp",
    ];
    match need {
        Need::Folder(path) => OF_BASE_FILES.contains(&path.as_str()),
        Need::CaRoots
        | Need::ZoneInfo
        | Need::Users
        | Need::Tmp
        | Need::MediaTypes
        | Need::Services => true,
        Need::File(path) => is_among(path, FILES) || scratch(need),
        _ => scratch(need),
    }
}

/// The packages of the image: alpine-baselayout(-data), alpine-release, apk-tools, busybox,
/// ca-certificates-bundle, musl(-utils), scanelf, `ssl_client`, zlib, and OpenSSL's, whose versions
/// differ between releases. There is no tzdata, and no table of media types.
pub(super) fn alpine(need: &Need) -> bool {
    const FILES: &[&str] = &[
        "/bin",
        "/etc",
        "/etc/alpine-release",
        "/etc/group",
        "/etc/os-release",
        "/etc/passwd",
        "/etc/protocols",
        "/etc/services",
        "/etc/shells",
        "/etc/ssl/cert.pem",
        "/etc/ssl/certs/ca-certificates.crt",
        "/home",
        "/root",
        "/tmp",
        "/var/log",
        "/var/tmp",
    ];
    /// `alpine-baselayout` makes them.
    const FOLDERS: &[&str] = &[
        "/etc",
        "/home",
        "/mnt",
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
        "/var/local",
        "/var/log",
        "/var/opt",
        "/var/run",
        "/var/spool",
    ];
    match need {
        Need::Folder(path) => FOLDERS.contains(&path.as_str()),
        Need::Loader(path) => musl::has_loader(path),
        Need::Library(name) => musl::answers(name) || name == "libz.so.1",
        Need::SystemResolver | Need::CaRoots | Need::Users | Need::Tmp | Need::Services => true,
        Need::Program(Some(name)) => has_program(ALPINE, name),
        Need::File(path) => is_among(path, FILES) || has_program_file(path) || scratch(need),
        _ => scratch(need),
    }
}

fn has_program_file(path: &str) -> bool {
    path.starts_with('/') && has_program(ALPINE, path)
}
