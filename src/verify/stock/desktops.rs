//! Windows and macOS, as they are installed.

use super::is_among;
use super::programs::{MACOS, WINDOWS, has_program};
use crate::inspect::MinimumOs;
use crate::verify::Need;
use crate::verify::system::{Origin, dll_origin, dylib_origin};

/// Windows 10. Go asks Windows itself for certificates, users, folders, names of hosts and the
/// zone of the machine, but time zones by name it finds in no database there: the package `time`,
/// `LoadLocation`.
pub(super) fn windows_10(need: &Need) -> bool {
    match need {
        Need::Library(name) => dll_origin(name) != Origin::Foreign,
        // Go 1.21 and later ask for Windows 10: "MinimumRequirements" of Go's wiki.
        Need::RecentSystem
        | Need::SystemResolver
        | Need::ResolverFiles
        | Need::CaRoots
        | Need::LocalTime
        | Need::Users
        // USERPROFILE, AppData and TMP are set for every user.
        | Need::Home
        | Need::Tmp
        // %SystemRoot%\System32\drivers\etc\services, which GetAddrInfoW reads.
        | Need::Services => true,
        Need::Program(Some(name)) => has_windows_program(name),
        Need::Folder(path) => has_windows_folder(path),
        Need::File(path) => has_windows_file(path),
        _ => false,
    }
}

/// The usual places of `FOLDERID_ProgramData`, `FOLDERID_Windows` and `FOLDERID_Public`.
fn has_windows_folder(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "c:/programdata",
        "c:/users",
        "c:/users/public",
        "c:/windows",
        "c:/windows/system32",
        "c:/windows/system32/drivers/etc",
        "c:/windows/temp",
    ];
    FOLDERS.contains(&plain(path).as_str())
}

/// A path as the lists here have them: Windows takes both kinds of slashes, and letters of any case.
fn plain(path: &str) -> String {
    path.to_ascii_lowercase().replace('\\', "/")
}

/// The files that each Windows 10 has: those of its resolver, of its first releases and of its fonts,
/// its DLLs and its programs.
fn has_windows_file(path: &str) -> bool {
    const FILES: &[&str] = &[
        "c:/windows/explorer.exe",
        "c:/windows/fonts/arial.ttf",
        "c:/windows/fonts/calibri.ttf",
        "c:/windows/fonts/consola.ttf",
        "c:/windows/fonts/cour.ttf",
        "c:/windows/fonts/segoeui.ttf",
        "c:/windows/fonts/tahoma.ttf",
        "c:/windows/fonts/times.ttf",
        "c:/windows/fonts/verdana.ttf",
        "c:/windows/regedit.exe",
        "c:/windows/system.ini",
        "c:/windows/system32/config",
        "c:/windows/system32/drivers",
        "c:/windows/system32/drivers/etc/hosts",
        "c:/windows/system32/drivers/etc/networks",
        "c:/windows/system32/drivers/etc/protocol",
        "c:/windows/system32/drivers/etc/services",
        "c:/windows/win.ini",
    ];
    const SYSTEM: &str = "c:/windows/system32/";
    let plain = plain(path);
    if is_among(&plain, FILES) || has_windows_folder(path) {
        return true;
    }
    // A name alone is looked for where the program runs, not where Windows has its own.
    plain.strip_prefix(SYSTEM).is_some_and(|file| {
        let is_program = || {
            file.strip_suffix(".exe")
                .is_some_and(|stem| has_program(WINDOWS, stem))
        };
        let is_dll = || file.strip_suffix(".dll").is_some() && dll_origin(file) != Origin::Foreign;
        !file.contains('/') && (is_program() || is_dll())
    })
}

fn has_windows_program(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let base = lower.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = base.strip_suffix(".exe").unwrap_or(base);
    // A path leads to another program of that name, unless it is Windows' own folder.
    let is_of_windows = base == lower || lower.starts_with("c:\\windows\\");
    is_of_windows && has_program(WINDOWS, stem)
}

/// The folders of macOS that hier(7) tells of, and where programs put what is theirs.
const FOLDERS: &[&str] = &[
    "/Applications",
    "/Library",
    "/Library/Application Support",
    "/Library/Caches",
    "/Library/Logs",
    "/Users",
    "/Users/Shared",
    "/etc",
    "/usr/local",
    "/var",
    "/var/db",
    "/var/log",
    "/var/root",
    "/var/run",
];

/// macOS 12.
pub(super) fn macos_12(need: &Need) -> bool {
    const FILES: &[&str] = &[
        "/Applications",
        "/Library",
        "/System/Library",
        "/System/Library/CoreServices/SystemVersion.plist",
        "/Users",
        "/bin",
        "/etc",
        "/etc/apache2/mime.types",
        "/etc/group",
        "/etc/hosts",
        "/etc/localtime",
        "/etc/passwd",
        "/etc/protocols",
        "/etc/resolv.conf",
        "/etc/services",
        "/etc/ssl/cert.pem",
        "/tmp",
        "/usr/share/zoneinfo/",
        "/var/log",
        "/var/tmp",
    ];
    match need {
        Need::MacOs(least) => {
            *least
                <= MinimumOs {
                    major: 12,
                    minor: 0,
                }
        }
        Need::Library(path) => dylib_origin(path) != Origin::Foreign,
        Need::SystemResolver
        | Need::ResolverFiles
        // The keychain, which Go asks through Security.framework.
        | Need::CaRoots
        // /usr/share/zoneinfo, /etc/localtime, /etc/services: hier(7).
        | Need::ZoneInfo
        | Need::LocalTime
        | Need::Services
        // Go's mime reads /etc/apache2/mime.types, which macOS's own Apache brings.
        | Need::MediaTypes
        | Need::Users
        | Need::Home
        | Need::Tmp
        // /var/run/syslog.
        | Need::Syslog => true,
        Need::Program(Some(name)) => has_program(MACOS, name),
        Need::Folder(path) => FOLDERS.contains(&path.as_str()),
        Need::File(path) => {
            is_among(path, FILES) || (path.starts_with('/') && has_program(MACOS, path))
        }
        _ => false,
    }
}
