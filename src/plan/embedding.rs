//! What the manifest has compiled in, held against the toolchain and the program.

use super::overlay::BinaryRoots;
use crate::embed::{FILE, MODULE};
use crate::go_package::ListedPackage;
use crate::go_version::GoVersion;
use crate::manifest::{Diagnostic, Effective, Located, Span};
use crate::project::{CertificateUse, Project};

/// Whether time zones are compiled in. The tag `timetzdata`, which is Go's way, is new in Go 1.15.
pub(super) fn tzdata(project: &Project, settings: &Effective) -> Result<bool, Diagnostic> {
    let Some(span) = &settings.tzdata else {
        return Ok(false);
    };
    check_release(project, span, ("time zones", 15))?;
    Ok(true)
}

/// The CA certificates of a program. `x509.SetFallbackRoots` is new in Go 1.20.
pub(super) fn ca_roots(
    project: &Project,
    settings: &Effective,
    (package, uses): (&ListedPackage, Option<CertificateUse>),
) -> Result<BinaryRoots, Diagnostic> {
    let Some(Located { value, span }) = &settings.ca_roots else {
        return Ok(BinaryRoots::Unasked);
    };
    check_release(project, span, ("CA certificates", 20))?;
    let wrong = |message: String| Diagnostic::wrong(span, message);
    match uses {
        Some(CertificateUse::Nothing) => return Ok(BinaryRoots::Unused),
        Some(CertificateUse::HasRoots) => {
            let message = format!(
                "`{}` has CA certificates of its own: it imports {MODULE}, and Go lets only one \
                 package set them",
                package.import_path
            );
            return Err(wrong(message).help(
                "leave it out with `embed = { ca_roots = false }` in an [[override]] with its \
                 `binary`, or remove the import",
            ));
        }
        Some(CertificateUse::Verifies) | None => {}
    }
    let mut files = package.go_files.iter().chain(&package.cgo_files);
    if files.any(|file| file == FILE) || package.ignored_go_files.iter().any(|file| file == FILE) {
        let message = format!("`{}` has a file {FILE} already", package.import_path);
        return Err(wrong(message).help("give that file another name"));
    }
    Ok(BinaryRoots::Compiled(value.clone()))
}

fn check_release(project: &Project, span: &Span, needs: (&str, u32)) -> Result<(), Diagnostic> {
    refused(&project.toolchain.version, span, needs).map_or(Ok(()), Err)
}

/// The fault of a toolchain that is older than what it should do; one that can't be read is
/// somebody's own, and newer.
fn refused(toolchain: &str, span: &Span, (what, minor): (&str, u32)) -> Option<Diagnostic> {
    let release = GoVersion::of_toolchain(toolchain)?;
    if release.is_at_least(1, minor) {
        return None;
    }
    let message = format!("{toolchain} can't compile {what} into a program");
    Some(Diagnostic::wrong(span, message).help(format!(
        "build with Go 1.{minor} or newer: `go` in [project] or [matrix]"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_that_is_too_old_is_refused() {
        let refuses = |toolchain| refused(toolchain, &(0..0), ("CA certificates", 20)).is_some();
        for old in ["go1.19.13", "go1.19", "go1.20rc1-custom"] {
            assert_eq!(refuses(old), old.starts_with("go1.19"), "{old}");
        }
        for new in [
            "go1.20",
            "go1.26.8",
            "go1.26.8 X:jsonv2",
            "devel go1.28-abc",
        ] {
            assert!(!refuses(new), "{new}");
        }
    }
}
