//! What is known of one artifact.

use super::{Licences, Requirements};
use crate::digest::Sha256Hex;
use crate::inspect::LinkedModules;
use crate::target::{BuildMode, Cgo, Target};
use crate::toolchain::CLibrary;

/// What is known of one artifact, and of what is linked into it.
#[derive(Clone, Debug)]
pub struct Bill {
    /// The binary's name.
    pub name: String,
    /// The version that is released.
    pub version: String,
    /// The file itself.
    pub file: Shipped,
    /// What it is built for.
    pub target: Target,
    /// The kind of file.
    pub buildmode: BuildMode,
    /// The import path of its main package.
    pub package: Option<String>,
    /// The toolchain as build information names it, such as `go1.26.8`.
    pub go: Option<String>,
    /// The modules that it is linked from, read before any packing; none where they aren't known.
    pub modules: Option<LinkedModules>,
    /// The licences of modules, as far as they were read.
    pub licences: Licences,
    /// Which module requires which, as far as it is known.
    pub requirements: Requirements,
    /// Whether C may be in it.
    pub cgo: Cgo,
    /// What is known of its C.
    pub c: LinkedC,
    /// The time of the document: seconds since 1970.
    pub epoch: u64,
}

/// The file that is shipped.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// Its name, without folders.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Sha256Hex,
}

/// What is known of the C in an artifact, and of the libraries that it wants.
#[derive(Clone, Debug, Default)]
pub struct LinkedC {
    /// The C toolchain: `zig-musl`.
    pub toolchain: Option<String>,
    /// Its compiler with the version: `zig 0.17.1`.
    pub compiler: Option<String>,
    /// The C library of the toolchain.
    pub library: Option<CLibrary>,
    /// The libraries that a loader has to find when it starts.
    pub needed: Vec<String>,
}
