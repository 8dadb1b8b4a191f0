//! What settles findings: lines for the manifest, and lines for an image.

mod dockerfile;
mod image;
mod libraries;
mod manifest;
mod provision;
mod sysroot;

pub use dockerfile::{STAGE, cmd, env, label, run};
pub use image::{Image, Program, image_lines, preparations};
pub use libraries::{Libraries, resolve};
pub use manifest::{Built, ManifestLines, manifest_lines};
pub use provision::{CA_ROOTS, Note, Provision, ZONE_INFO, provisions};
pub use sysroot::{Sysroot, SysrootError};
