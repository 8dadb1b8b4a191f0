//! The DLLs that Windows brings.

use super::library::{Library, Provider, base_name};

/// Whether each Windows 10 and Windows Server 2016 has a DLL. Windows tells no cases apart, and adds
/// the ending where there is none.
#[must_use]
pub fn is_of_windows(name: &str) -> bool {
    let mut name = base_name(name).to_ascii_lowercase();
    if !name.contains('.') {
        name.push_str(".dll");
    }
    let brings = |library: &Library| library.provider == Provider::Windows;
    Library::of_base_name(&name).is_some_and(brings) || is_unexplained(&name)
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
    fn a_dll_is_told_by_its_name_alone() {
        for name in ["dxgi.dll", "DXGI", r"C:\Windows\System32\dxgi.dll", "ntdll"] {
            assert!(is_of_windows(name), "{name}");
        }
        for name in ["wintun", "dxgi.drv", "libz.dll", ""] {
            assert!(!is_of_windows(name), "{name}");
        }
    }

    #[test]
    fn what_is_explained_is_named_once() {
        for stem in UNEXPLAINED.split(' ') {
            assert_eq!(Library::find(&format!("{stem}.dll")), None, "{stem}");
        }
    }
}
