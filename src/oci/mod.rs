//! Images from scratch: one program for each platform, and what it needs besides.
//!
//! A [`Blueprint`] says what is in an image. [`Layout::write`] makes it, in the form in which tools pass images on; the
//! same blueprint gives the same bytes wherever that happens. [`docker_archive`] is for `docker load`, and
//! [`dockerfile`] for those who would rather build it themselves.

mod blueprint;
mod build;
mod descriptor;
mod digest;
mod docker_archive;
mod dockerfile;
mod error;
mod extra;
mod layer;
mod layout;
mod manifest;
mod platform;
mod reference;

pub use blueprint::{
    Blueprint, Labels, ParseProgramNameError, ParseUserError, Part, Port, ProgramName, User,
};
pub use build::{Built, Image};
pub use descriptor::{Annotations, Descriptor, media_type};
pub use digest::{Digest, Hashed, Hashing, ParseDigestError};
pub use docker_archive::docker_archive;
pub use dockerfile::{BuildStage, Dockerfile, dockerfile};
pub use error::ImageError;
pub use extra::{Extra, Materials, Wanted, wanted};
pub use layout::{Contents, Layout, LayoutError, LayoutFault, Stored};
pub(crate) use manifest::to_json;
pub use manifest::{Execution, History, ImageConfig, Index, Manifest, Nothing, RootFs};
pub use platform::{NoImage, Platform};
pub use reference::{ParseReferenceError, Reference, Registry, Repository, Tag, Version};

#[cfg(test)]
mod tests;
