//! What programs are compiled from, as `go list -deps` sees it for one target: packages and their files.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::GoError;
use crate::go_package::ListedError;

/// The flag of `go list` that asks for what [`read`] reads.
pub const FIELDS: &str = "-json=Dir,ImportPath,Standard,Module,Imports,GoFiles,CgoFiles,CFiles,\
                          CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,\
                          EmbedPatterns,EmbedFiles,CgoCPPFLAGS,CgoCFLAGS,CgoCXXFLAGS,CgoLDFLAGS,Error";

/// Flags of C compilers and linkers whose value is a file or a folder, with it in one word or before it.
const NAMING: &[&str] = &[
    "-F",
    "-I",
    "-L",
    "-idirafter",
    "-imacros",
    "-include",
    "-iquote",
    "-isystem",
];

/// A package that is compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SourcePackage {
    /// Its folder.
    pub dir: PathBuf,
    /// The import path.
    pub import_path: String,
    /// Whether it belongs to the standard library.
    pub standard: bool,
    /// The module that it lies in.
    module: Option<SourceModule>,
    /// The packages that it imports.
    pub imports: Vec<String>,
    /// Files of Go, with C in them.
    cgo_files: Vec<String>,
    go_files: Vec<String>,
    c_files: Vec<String>,
    #[serde(rename = "CXXFiles")]
    cxx_files: Vec<String>,
    m_files: Vec<String>,
    h_files: Vec<String>,
    f_files: Vec<String>,
    s_files: Vec<String>,
    swig_files: Vec<String>,
    #[serde(rename = "SwigCXXFiles")]
    swig_cxx_files: Vec<String>,
    syso_files: Vec<String>,
    embed_patterns: Vec<String>,
    embed_files: Vec<String>,
    #[serde(rename = "CgoCPPFLAGS")]
    cgo_cppflags: Vec<String>,
    #[serde(rename = "CgoCFLAGS")]
    cgo_cflags: Vec<String>,
    #[serde(rename = "CgoCXXFLAGS")]
    cgo_cxxflags: Vec<String>,
    #[serde(rename = "CgoLDFLAGS")]
    cgo_ldflags: Vec<String>,
    /// Why it can't be loaded.
    error: Option<ListedError>,
}

/// A module that packages lie in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SourceModule {
    path: String,
    version: String,
    /// Where it lies; not named where the packages are those of a `vendor` folder.
    dir: Option<PathBuf>,
    go_mod: Option<PathBuf>,
    /// What is taken in its place.
    replace: Option<Box<SourceModule>>,
}

/// Where the files of a package come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// The toolchain.
    Standard,
    /// A version of a module, whose files never change.
    Module {
        /// The module path.
        path: &'a str,
        /// The version, after the path of a module that is taken in its place.
        version: String,
    },
    /// Files of this machine, which may change at any time.
    Local {
        /// The file that says how they are compiled.
        go_mod: Option<&'a Path>,
        /// The top folder of the module.
        top: Option<&'a Path>,
    },
}

impl SourcePackage {
    /// Where its files come from. `cache` is the folder of downloaded modules.
    #[must_use]
    pub fn origin(&self, cache: Option<&Path>) -> Origin<'_> {
        if self.standard {
            return Origin::Standard;
        }
        let is_cached = cache.is_some_and(|cache| self.dir.starts_with(cache));
        match &self.module {
            Some(module) if is_cached => Origin::Module {
                path: &module.path,
                version: module.version_words(),
            },
            module => {
                let module = module.as_ref().map(SourceModule::effective);
                Origin::Local {
                    go_mod: module.and_then(|module| module.go_mod.as_deref()),
                    top: module.and_then(|module| module.dir.as_deref()),
                }
            }
        }
    }

    /// The `vendor` folder that it lies in, if it does: go names no folder of a module that is vendored.
    #[must_use]
    pub fn vendor_folder(&self) -> Option<PathBuf> {
        if self
            .module
            .as_ref()
            .is_none_or(|module| module.dir.is_some())
        {
            return None;
        }
        let path = Path::new(&self.import_path);
        let above = self.dir.ancestors().nth(path.components().count())?;
        above.ends_with("vendor").then(|| above.to_owned())
    }

    /// Whether it could be loaded: of one that couldn't, not all files are known.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.error.is_none()
    }

    /// Whether C or assembly is compiled for it, which may include any other file.
    #[must_use]
    pub fn includes(&self) -> bool {
        !self.cgo_files.is_empty() || !self.s_files.is_empty()
    }

    /// Whether any file below its folder may be embedded.
    #[must_use]
    pub fn embeds(&self) -> bool {
        !self.embed_patterns.is_empty()
    }

    /// The files and folders that the flags of its C compiler and linker name.
    pub fn named_to_c(&self) -> impl Iterator<Item = PathBuf> {
        let flags = [
            &self.cgo_cppflags,
            &self.cgo_cflags,
            &self.cgo_cxxflags,
            &self.cgo_ldflags,
        ];
        let mut after = false;
        flags.into_iter().flatten().filter_map(move |word| {
            let names = std::mem::replace(&mut after, NAMING.contains(&word.as_str()));
            let joined = NAMING.iter().find_map(|flag| word.strip_prefix(flag));
            let path = joined.filter(|path| !path.is_empty());
            let is_path = names || word.starts_with('/');
            path.or(is_path.then_some(word))
                .map(|path| self.dir.join(path))
        })
    }

    /// The top folder of what it belongs to: of its module, of the `vendor` folder, or its own.
    #[must_use]
    pub fn top(&self, module: Option<&Path>) -> PathBuf {
        let module = module.map(Path::to_owned);
        let top = module.or_else(|| self.vendor_folder());
        top.unwrap_or_else(|| self.dir.clone())
    }

    /// The paths of all files that are read to compile it.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        [
            &self.cgo_files,
            &self.go_files,
            &self.c_files,
            &self.cxx_files,
            &self.m_files,
            &self.h_files,
            &self.f_files,
            &self.s_files,
            &self.swig_files,
            &self.swig_cxx_files,
            &self.syso_files,
            &self.embed_files,
        ]
        .into_iter()
        .flatten()
        .map(|file| self.dir.join(file))
    }
}

impl SourceModule {
    fn effective(&self) -> &Self {
        self.replace.as_deref().unwrap_or(self)
    }

    fn version_words(&self) -> String {
        match &self.replace {
            Some(replace) => format!("{} {}", replace.path, replace.version),
            None => self.version.clone(),
        }
    }
}

/// Reads what `go list -deps` printed.
///
/// # Errors
/// When it is something else.
pub fn read(output: &[u8]) -> Result<Vec<SourcePackage>, GoError> {
    serde_json::Deserializer::from_slice(output)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|error| GoError::Output {
            command: "go list",
            reason: error.to_string(),
        })
}
