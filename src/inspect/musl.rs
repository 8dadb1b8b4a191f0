//! What musl is called: one file, which is its loader and its library.

/// How the names of its loaders begin; the machine comes after that.
///
/// Source: `LDSO_PATHNAME` in musl's Makefile.
pub(super) const LOADER: &str = "ld-musl-";

/// How Alpine calls the link to it that programs name as their library.
pub(super) const LIBRARY: &str = "libc.musl-";

/// The folder of the loader.
const FOLDER: &str = "/lib/";

/// How all of these end.
const END: &str = ".so.1";

fn is_named(name: &str, start: &str) -> bool {
    name.starts_with(start) && name.ends_with(END)
}

/// Whether a loader is musl's, by its path: wherever that is.
#[must_use]
pub fn is_loader(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    is_named(name, LOADER)
}

/// Whether a loader lies where musl installs it.
#[must_use]
pub fn has_loader(path: &str) -> bool {
    machine(path).is_some()
}

/// The machine in the name of a loader that lies where musl installs it, such as `x86_64`.
#[must_use]
pub fn machine(path: &str) -> Option<&str> {
    let name = path.strip_prefix(FOLDER)?;
    name.strip_prefix(LOADER)?.strip_suffix(END)
}

/// Whether a library is musl, by its name. Its loader is one, too.
#[must_use]
pub fn has_library(name: &str) -> bool {
    is_named(name, LIBRARY) || is_named(name, LOADER)
}

/// Whether musl's loader finds a library in itself. With a version the names are glibc's, whose functions
/// musl doesn't all have.
///
/// Source: `load_library` in musl's `ldso/dynlink.c` for the reserved names.
#[must_use]
pub fn answers(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "libc.so",
        "libpthread.so",
        "librt.so",
        "libm.so",
        "libdl.so",
        "libutil.so",
        "libxnet.so",
    ];
    has_library(name) || PARTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_of_musl_is_told_by_its_name_and_installed_in_one_folder() {
        let installed = "/lib/ld-musl-x86_64.so.1";
        assert!(is_loader(installed) && has_loader(installed));
        let elsewhere = "/opt/musl/lib/ld-musl-aarch64.so.1";
        assert!(is_loader(elsewhere) && !has_loader(elsewhere));
        assert_eq!(
            (machine(installed), machine(elsewhere)),
            (Some("x86_64"), None)
        );
        assert!(!is_loader("/lib/ld-linux.so.2") && !is_loader("/lib/ld-musl-x86_64.so.1/a"));
    }

    #[test]
    fn the_library_of_musl_has_two_names() {
        assert!(has_library("libc.musl-x86_64.so.1") && has_library("ld-musl-x86_64.so.1"));
        assert!(answers("libc.so") && !answers("libc.so.6") && !has_library("libc.so"));
        assert!(!has_library("libc.so.6") && !has_library("/lib/ld-musl-x86_64.so.1"));
    }
}
