//! The DLLs that Windows brings.

use super::library::{Library, Provider};

/// Where Windows has its DLLs, on whatever drive it lies.
const FOLDERS: &[&str] = &[r"\windows\system32", r"\windows\syswow64"];

/// Whether each Windows 10 and Windows Server 2016 has a DLL. Windows tells no cases apart, and adds
/// the ending where there is none. In a folder of the program, a DLL of any name is the program's.
#[must_use]
pub fn is_of_windows(name: &str) -> bool {
    let path = name.to_ascii_lowercase().replace('/', r"\");
    let path = without_drive(&path);
    let name = match path.rsplit_once('\\') {
        Some((folder, name)) if FOLDERS.contains(&folder) => name,
        Some(_) => return false,
        None => path,
    };
    let name = if name.contains('.') {
        name.to_owned()
    } else {
        format!("{name}.dll")
    };
    let brings = |library: &Library| library.provider == Provider::Windows;
    Library::of_base_name(&name).is_some_and(brings) || is_unexplained(&name)
}

/// A path behind its drive. Without a separator there it starts at the current folder of the drive,
/// and stays as it is.
fn without_drive(path: &str) -> &str {
    let behind = path.strip_prefix(|drive: char| drive.is_ascii_alphabetic());
    let behind = behind.and_then(|rest| rest.strip_prefix(':'));
    behind.filter(|rest| rest.starts_with('\\')).unwrap_or(path)
}

/// Those that C compilers import nowhere, but programs of Go load: none has an entry that says what it
/// is for.
///
/// Source: the names in golang.org/x/sys/windows, and Microsoft's reference of the Windows API, without
/// what only servers, optional features or media packs bring.
const UNEXPLAINED: &str = "authz avicap32 avifil32 comsvcs credui cryptbase cryptsp cryptui d2d1 d3d10 \
    d3d11 d3d12 d3d9 dbgcore dbgeng dcomp dhcpcsvc dhcpcsvc6 dinput8 dsound dwrite dxgi \
    dxva2 esent fltlib gdiplus glu32 hid imagehlp kernelbase ktmw32 logoncli magnification \
    mmdevapi mprapi msacm32 msftedit msi msimg32 netutils newdev \
    normaliz nsi ntdsapi oleacc oledlg profapi propsys rasapi32 riched20 \
    rstrtmgr samcli samlib schannel sechost sfc shcore slc srvcli sspicli taskschd tbs tdh \
    uiautomationcore urlmon usp10 virtdisk vssapi wer wevtapi winbio windowscodecs \
    winnsi winscard winsta winusb wkscli wscapi wsock32 xinput1_4 xinput9_1_0 xmllite";

fn is_unexplained(name: &str) -> bool {
    let stem = name.strip_suffix(".dll");
    stem.is_some_and(|stem| UNEXPLAINED.split(' ').any(|one| one == stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dll_is_told_by_its_name() {
        for name in ["dxgi.dll", "DXGI", "ntdll"] {
            assert!(is_of_windows(name), "{name}");
        }
        for name in ["wintun", "dxgi.drv", "libz.dll", ""] {
            assert!(!is_of_windows(name), "{name}");
        }
    }

    #[test]
    fn only_what_windows_loads_from_its_own_folders_is_its_own() {
        for path in [
            r"C:\Windows\System32\dxgi.dll",
            r"\windows\syswow64\VERSION",
            "d:/windows/system32/api-ms-win-core-file-l1-1-0.dll",
        ] {
            assert!(is_of_windows(path), "{path}");
        }
        for path in [
            r"C:\app\dxgi.dll",
            r"plugins\version.dll",
            "./dxgi.dll",
            r"\dxgi.dll",
            "C:dxgi.dll",
            r"system32\dxgi.dll",
            r"C:\Windows\System32\..\..\app\dxgi.dll",
            r"\\server\windows\system32\dxgi.dll",
            r"C:\Windows\System32\wintun.dll",
        ] {
            assert!(!is_of_windows(path), "{path}");
        }
    }

    #[test]
    fn what_is_explained_is_named_once() {
        for stem in UNEXPLAINED.split(' ') {
            assert_eq!(Library::find(&format!("{stem}.dll")), None, "{stem}");
        }
    }
}
