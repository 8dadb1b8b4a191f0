//! What settles findings: lines for the manifest, and lines for an image.

mod dockerfile;
mod image;
mod libraries;
mod manifest;
mod sysroot;

pub use image::{Image, image_lines};
pub use libraries::{Libraries, resolve};
pub use manifest::{Built, ManifestLines, manifest_lines};
pub use sysroot::{Sysroot, SysrootError};
