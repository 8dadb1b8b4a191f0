//! What glibc is made of: its loaders and its libraries. Which release they are of is another matter.

/// The loaders of glibc, from its list of ABIs and `shlib-versions`.
const LOADERS: &[&str] = &[
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-linux-armhf.so.3",
    "/lib/ld-linux-riscv64-lp64d.so.1",
    "/lib/ld-linux.so.2",
    "/lib/ld.so.1",
    "/lib/ld64.so.1",
    "/lib64/ld-linux-loongarch-lp64d.so.1",
    "/lib64/ld-linux-x86-64.so.2",
    "/lib64/ld64.so.2",
];

/// Its libraries. libnsl is not among them: distributions leave it out since 2.28.
const LIBRARIES: &[&str] = &[
    "libanl.so.1",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
];

/// Whether a loader is one of glibc, by its path.
pub(super) fn has_loader(path: &str) -> bool {
    LOADERS.contains(&path)
}

/// Whether a library is one of glibc, by its name. Loaders are libraries, too.
pub(super) fn has_library(name: &str) -> bool {
    let mut loaders = LOADERS.iter();
    LIBRARIES.contains(&name)
        || loaders.any(|path| path.rsplit_once('/').is_some_and(|(_, own)| own == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_are_libraries_by_their_names_alone() {
        assert!(has_library("ld-linux-x86-64.so.2") && has_library("ld.so.1"));
        assert!(!has_library("lib64/ld64.so.2") && !has_library(""));
        assert!(has_loader("/lib64/ld64.so.2") && !has_loader("ld64.so.2"));
    }
}
