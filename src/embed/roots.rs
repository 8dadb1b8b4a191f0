//! The certificates that a manifest wants to be compiled in: got, and held against what is pinned.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::lock::{Lock, ModulePin, ParseLockError, lock_file};
use super::module_sum::module_sum;
use super::mozilla::{self, CERTIFICATES, MODULE, Root, TABLE};
use super::pem::certificates;
use crate::digest::hex;
use crate::failure::{Exit, Failure};
use crate::manifest::{CaRoots, Diagnostic, Located, Manifest, Rejected};
use crate::process::Cancel;
use crate::temporary::OwnFolder;
use crate::tools::go::{Go, GoError, Settings};

/// Certificates, and where they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootSet {
    /// The version of the module, or the digest of the file.
    pub pin: Pin,
    /// The certificates; at least one.
    pub roots: Vec<Root>,
}

/// What tells a set of certificates from every other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pin {
    /// The module with those of Mozilla.
    Module(ModulePin),
    /// The SHA-256 of a file, in lower-case hexadecimal digits.
    File(String),
}

/// All sets that a manifest asks for.
pub type RootSets = BTreeMap<CaRoots, RootSet>;

/// Who is asked for certificates, and for which manifest.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The folder of the manifest.
    pub root: &'a Path,
    /// The manifest.
    pub manifest: &'a Manifest,
    /// Fetches modules.
    pub go: &'a Go,
    /// Where go gets modules from.
    pub settings: &'a Settings,
    /// Stops what is asked.
    pub cancel: &'a Cancel,
}

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The manifest asks for what can't be compiled in.
    #[error(transparent)]
    Faulty(#[from] Rejected),
    /// go can't get the module.
    #[error(transparent)]
    Go(#[from] GoError),
    /// The lock file is none.
    #[error("failed to read `{}`: {error}", .file.display())]
    Lock {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        error: ParseLockError,
    },
    /// The module has another form than the one that is read here.
    #[error("failed to read {MODULE} {version}: {error}")]
    Bundle {
        /// The version.
        version: String,
        /// What is wrong with it.
        error: mozilla::BundleError,
    },
    /// The module cache holds something else than what was fetched.
    #[error("failed to read {MODULE} {version}: its files in `{}` were changed since it was fetched", .dir.display())]
    Changed {
        /// The version.
        version: String,
        /// The folder in the module cache.
        dir: PathBuf,
    },
    /// A file can't be read.
    #[error("failed to read `{}`: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There is no folder for go to run in.
    #[error("failed to make a temporary folder: {0}")]
    Temporary(io::Error),
}

impl Failure for EmbedError {
    fn exit(&self) -> Exit {
        match self {
            Self::Faulty(rejected) => rejected.exit(),
            Self::Go(error) => error.exit(),
            Self::Lock { .. } => Exit::Manifest,
            Self::Bundle { .. } | Self::Changed { .. } | Self::Read { .. } | Self::Temporary(_) => {
                Exit::Environment
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Go(error) => error.hint(),
            Self::Lock { .. } => Some("remove it, and run `gobuildx lock`".to_owned()),
            Self::Bundle { .. } => Some(
                "pin a version that this gobuildx can read, in the lock file, or use a newer \
                 gobuildx"
                    .to_owned(),
            ),
            Self::Changed { .. } => Some("`go clean -modcache`, then try again".to_owned()),
            Self::Faulty(_) | Self::Read { .. } | Self::Temporary(_) => None,
        }
    }

    fn rendered(&self, colored: bool) -> Option<String> {
        match self {
            Self::Faulty(rejected) => rejected.rendered(colored),
            _ => None,
        }
    }
}

/// Whose certificates the image of a release gets where its program needs some; none without an image.
#[must_use]
pub fn of_image(manifest: &Manifest) -> Option<Located<&CaRoots>> {
    let name = &manifest.release.image.as_ref()?.name;
    Some(Located {
        value: &CaRoots::Mozilla,
        span: name.span.clone(),
    })
}

/// What a lock file pins; none where there is no such file.
///
/// # Errors
/// When the file can't be read.
pub fn read_lock(file: &Path) -> Result<Option<Lock>, EmbedError> {
    let file = file.to_owned();
    match read(&file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(EmbedError::Read { path: file, error }),
        Ok(text) => Lock::parse(&text)
            .map(Some)
            .map_err(|error| EmbedError::Lock { file, error }),
    }
}

impl Asking<'_> {
    /// The certificates that are wanted, which have to be those that the lock file pins.
    ///
    /// # Errors
    /// When they aren't pinned, aren't what is pinned, or can't be had.
    pub fn pinned<'m>(
        &self,
        wanted: impl IntoIterator<Item = Located<&'m CaRoots>>,
    ) -> Result<RootSets, EmbedError> {
        let wanted: Vec<_> = wanted.into_iter().collect();
        if wanted.is_empty() {
            return Ok(RootSets::new());
        }
        let lock = self.lock()?.unwrap_or_default();
        let version = lock.mozilla.as_ref().map(|pin| pin.version.as_str());
        self.sets(wanted, |wanted| {
            if *wanted.value == CaRoots::Mozilla && version.is_none() {
                return Err(self.unpinned(&wanted));
            }
            let set = self.set(&wanted, version)?;
            self.check(&wanted, &set.pin, &lock)?;
            Ok(set)
        })
    }

    /// The certificates that are wanted, of a version of the module, else of its latest.
    ///
    /// # Errors
    /// When they can't be had.
    pub fn unpinned_sets(&self, version: Option<&str>) -> Result<RootSets, EmbedError> {
        let cells = self.manifest.cells.iter();
        let wanted = cells.flat_map(|cell| self.manifest.ca_roots_in(cell));
        let wanted = wanted.chain(of_image(self.manifest));
        self.sets(wanted.collect(), |wanted| self.set(&wanted, version))
    }

    fn sets<'m>(
        &self,
        wanted: Vec<Located<&'m CaRoots>>,
        get: impl Fn(Located<&'m CaRoots>) -> Result<RootSet, EmbedError>,
    ) -> Result<RootSets, EmbedError> {
        let mut sets = RootSets::new();
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for wanted in wanted {
            if sets.contains_key(wanted.value) {
                continue;
            }
            let roots = wanted.value.clone();
            match get(wanted) {
                Ok(set) => drop(sets.insert(roots, set)),
                Err(EmbedError::Faulty(rejected)) => {
                    let new = rejected.diagnostics.into_iter();
                    let new = new.filter(|fault| !diagnostics.contains(fault));
                    diagnostics.extend(new.collect::<Vec<_>>());
                }
                Err(error) => return Err(error),
            }
        }
        if diagnostics.is_empty() {
            return Ok(sets);
        }
        diagnostics.sort_by_key(|fault| fault.span.start);
        let source = self.manifest.source.clone();
        Err(Rejected {
            source,
            diagnostics,
        }
        .into())
    }

    /// The lock file beside the manifest.
    #[must_use]
    pub fn lock_file(&self) -> PathBuf {
        let name = self
            .manifest
            .source
            .path
            .as_deref()
            .and_then(Path::file_name);
        self.root
            .join(lock_file(Path::new(name.unwrap_or_default())))
    }

    /// What is pinned; none without a lock file.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn lock(&self) -> Result<Option<Lock>, EmbedError> {
        read_lock(&self.lock_file())
    }

    fn set(
        &self,
        wanted: &Located<&CaRoots>,
        version: Option<&str>,
    ) -> Result<RootSet, EmbedError> {
        match wanted.value {
            CaRoots::Mozilla => self.mozilla(version.unwrap_or("latest")),
            CaRoots::File(path) => self.file(path).map_err(|(message, help)| {
                self.faulty(Diagnostic::wrong(&wanted.span, message).help(help))
            }),
        }
    }

    fn file(&self, path: &str) -> Result<RootSet, (String, &'static str)> {
        let bytes = read(&self.root.join(path)).map_err(|error| {
            let help = "name a PEM file below the manifest's folder";
            (format!("`{path}` can't be read: {error}"), help)
        })?;
        let certificates =
            certificates(&bytes).map_err(|fault| (format!("`{path}` {fault}"), fault.help()))?;
        let roots = certificates.into_iter().map(|certificate| Root {
            name: String::new(),
            certificate,
            distrust_after: None,
        });
        Ok(RootSet {
            pin: Pin::File(hex(&Sha256::digest(&bytes))),
            roots: roots.collect(),
        })
    }

    /// The certificates of Mozilla, of a version of the module.
    ///
    /// # Errors
    /// When they can't be had, or aren't those that were published.
    pub fn mozilla(&self, version: &str) -> Result<RootSet, EmbedError> {
        let outside = OwnFolder::make().map_err(EmbedError::Temporary)?;
        let module = format!("{MODULE}@{version}");
        let module = self
            .go
            .fetch(self.settings, &module, outside.path(), self.cancel)?;
        let read = |path: &Path, error| EmbedError::Read {
            path: path.to_owned(),
            error,
        };
        let version = module.version;
        let sum = module_sum(&module.dir, &format!("{MODULE}@{version}"))
            .map_err(|error| read(&module.dir, error))?;
        if sum != module.sum {
            let dir = module.dir;
            return Err(EmbedError::Changed { version, dir });
        }
        let (table, bytes) = (module.dir.join(TABLE), module.dir.join(CERTIFICATES));
        let table = fs::read_to_string(&table).map_err(|error| read(&table, error))?;
        let bytes = fs::read(&bytes).map_err(|error| read(&bytes, error))?;
        let roots = mozilla::roots(&table, &bytes).map_err(|error| EmbedError::Bundle {
            version: version.clone(),
            error,
        })?;
        let pin = Pin::Module(ModulePin { version, sum });
        Ok(RootSet { pin, roots })
    }

    /// Holds what was got against what is pinned.
    fn check(&self, wanted: &Located<&CaRoots>, pin: &Pin, lock: &Lock) -> Result<(), EmbedError> {
        let pinned = match wanted.value {
            CaRoots::Mozilla => lock.mozilla.clone().map(Pin::Module),
            CaRoots::File(path) => lock.files.get(path).cloned().map(Pin::File),
        };
        let Some(pinned) = pinned else {
            return Err(self.unpinned(wanted));
        };
        if pinned == *pin {
            return Ok(());
        }
        let lock = self.lock_name();
        let (message, help) = match wanted.value {
            CaRoots::File(path) => (
                format!("`{path}` is not the file that {lock} pins"),
                format!("see what changed in it; then run `gobuildx lock`, and commit {lock}"),
            ),
            CaRoots::Mozilla => (
                format!("the module that go gets is not the one that {lock} pins"),
                format!("see who changed {lock}; `gobuildx lock --update` pins the latest"),
            ),
        };
        Err(self.faulty(Diagnostic::wrong(&wanted.span, message).help(help)))
    }

    fn unpinned(&self, wanted: &Located<&CaRoots>) -> EmbedError {
        let lock = self.lock_name();
        let what = match wanted.value {
            CaRoots::Mozilla => "Mozilla's CA certificates are".to_owned(),
            CaRoots::File(path) => format!("`{path}` is"),
        };
        let message = format!("{what} not pinned in {lock}");
        let help = format!("run `gobuildx lock`, and commit {lock}");
        self.faulty(Diagnostic::wrong(&wanted.span, message).help(help))
    }

    fn lock_name(&self) -> String {
        let file = self.lock_file();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.into_owned()
    }

    fn faulty(&self, diagnostic: Diagnostic) -> EmbedError {
        EmbedError::Faulty(Rejected {
            source: self.manifest.source.clone(),
            diagnostics: vec![diagnostic],
        })
    }
}

/// More than any list of certificates: Mozilla's has 0.2 MiB.
const MAX_FILE: u64 = 16 << 20;

/// The bytes of a file. A pipe is refused: nobody may ever write to it.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        Err(io::Error::other("it is no regular file"))
    } else if metadata.len() > MAX_FILE {
        Err(io::Error::other("it is larger than 16 MiB"))
    } else {
        fs::read(path)
    }
}
