//! The way of a toolchain from a proxy into the cache: proven first, unpacked then, and there at once in the end.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::cache::{Cache, ListedFile, State, written};
use super::error::{InstallError, WrongSum};
use super::settings::{Settings, SumDb};
use super::sum_source::SumSource;
use super::toolchain::{MODULE, Toolchain, is_program};
use super::zip_sum::zip_sum;
use crate::archive::{Format, Limits, unpack};
use crate::atomic::held::{folders_named, make_held, remove_left};
use crate::atomic::{Mode, OutputLock, replace};
use crate::fetch::{Address, Client, FetchError, GaveUp, Sink};
use crate::host::Host;
use crate::process::Cancel;
use crate::sumdb::{Database, LookupError, SignedTree, VerifierKey};

/// More than any toolchain has: today's have 80 MB in the zip and 300 MB unpacked.
const LARGEST_ZIP: u64 = 512 << 20;
const LIMITS: Limits = Limits {
    bytes: 2 << 30,
    files: 50_000,
};
/// How the names of folders start in which something is being installed.
const UNFINISHED: &str = ".installing-";
/// What go.mod is called in the module of a toolchain, which may have no modules in it.
const HIDDEN_MOD: &str = "_go.mod";

/// What is installed, and from where.
#[derive(Clone, Copy)]
pub struct Installation<'a> {
    /// The machine.
    pub host: &'a Host,
    /// Where it goes.
    pub cache: &'a Cache,
    /// What.
    pub toolchain: &'a Toolchain,
    /// The hash that a lock file pins.
    pub pin: Option<&'a str>,
    /// Stops it.
    pub cancel: &'a Cancel,
}

/// Tells how it goes on.
pub trait Telling {
    /// Another install has to end first.
    fn waits(&mut self);
    /// What is there isn't whole, so it is installed anew. The reason finishes "it ".
    fn is_broken(&mut self, reason: &str);
    /// A proxy is asked for it.
    fn asks(&mut self, address: &Address);
    /// It starts to come; how many bytes, if that is told.
    fn begins(&mut self, length: Option<u64>);
    /// So many bytes more have come.
    fn comes(&mut self, bytes: u64);
    /// All has come, and is held against its hash, or unpacked.
    fn has_come(&mut self);
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The hash: `h1:…`.
    pub sum: String,
    /// Who says that it is the right one; none where it was there before.
    pub vouched: Option<String>,
}

/// What vouches for a toolchain.
struct Vouched {
    sum: String,
    by: String,
}

impl Installation<'_> {
    /// Installs it, where it isn't there yet.
    ///
    /// # Errors
    /// When it can't be had, isn't proven, or can't be kept.
    pub fn run(&self, telling: &mut dyn Telling) -> Result<Outcome, InstallError> {
        if let Some(outcome) = self.kept(&self.cache.state(self.toolchain))? {
            return Ok(outcome);
        }
        let folder = self.cache.folder();
        make_folder(&folder)?;
        let lock = folder.join("lock");
        let _lock = OutputLock::acquire(&lock, || telling.waits(), self.cancel)?;
        let state = self.cache.state(self.toolchain);
        if let Some(outcome) = self.kept(&state)? {
            return Ok(outcome);
        }
        if let State::Broken(reason) = &state {
            telling.is_broken(reason);
        }
        for left in folders_named(&folder, |name| name.starts_with(UNFINISHED)) {
            remove_left(&left, |left| fs::remove_dir_all(left));
        }
        let settings = Settings::read(self.host)?;
        if let Some(end) = settings.proxies.without_proxy() {
            return Err(self.nobody_has_it(GaveUp { error: None, end }));
        }
        let client = Client::new(&self.host.env, self.cancel);
        let vouched = self.vouched(&settings, &client)?;
        let make = || {
            tempfile::Builder::new()
                .prefix(UNFINISHED)
                .tempdir_in(&folder)
        };
        let (work, _hold) =
            make_held(make).map_err(|error| refused("make a folder in", &folder, error))?;
        let zip = work.path().join("toolchain.zip");
        let from = self.download(&settings, &client, &zip, telling)?;
        telling.has_come();
        self.check(&zip, &from, &vouched)?;
        self.unpack(&zip, work.path(), &vouched.sum)?;
        Ok(Outcome {
            sum: vouched.sum,
            vouched: Some(vouched.by),
        })
    }

    /// What is there, where that is all of it.
    fn kept(&self, state: &State) -> Result<Option<Outcome>, InstallError> {
        let State::Whole { sum } = state else {
            return Ok(None);
        };
        self.check_pin("what is installed has", sum)?;
        Ok(Some(Outcome {
            sum: sum.clone(),
            vouched: None,
        }))
    }

    fn check_pin(&self, who: &'static str, other: &str) -> Result<(), InstallError> {
        match self.pin {
            Some(pinned) if pinned != other => Err(InstallError::Pinned {
                toolchain: self.toolchain.clone(),
                pinned: pinned.to_owned(),
                who,
                other: other.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// The hash that it has to have.
    fn vouched(&self, settings: &Settings, client: &Client) -> Result<Vouched, InstallError> {
        match (&settings.sumdb, self.pin) {
            (SumDb::Off, None) => Err(InstallError::Unvouched(self.toolchain.clone())),
            (SumDb::Off, Some(pin)) => Ok(Vouched {
                sum: pin.to_owned(),
                by: "the lock file".to_owned(),
            }),
            (SumDb::On { key, at }, _) => {
                let sum = self.looked_up(settings, client, (key, at.as_ref()))?;
                self.check_pin("the checksum database has", &sum)?;
                let by = format!("the checksum database {}", key.name());
                Ok(Vouched { sum, by })
            }
        }
    }

    fn looked_up(
        &self,
        settings: &Settings,
        client: &Client,
        (key, at): (&VerifierKey, Option<&Address>),
    ) -> Result<String, InstallError> {
        let name = || key.name().to_owned();
        let source = SumSource::find(client, &settings.proxies, (key, at)).map_err(|error| {
            InstallError::NoDatabase {
                name: name(),
                error,
            }
        })?;
        let file = self.cache.newest_tree(&key.to_string());
        let known = remembered(&file, key)?;
        let database = Database {
            key,
            source: &source,
        };
        let version = self.toolchain.module_version();
        let found = database.lookup((MODULE, &version), known.clone());
        let found = found.map_err(|error: LookupError<FetchError>| InstallError::Database {
            toolchain: self.toolchain.clone(),
            name: name(),
            at: source.base_address().clone(),
            error: Box::new(error),
        })?;
        if known.as_ref() != Some(&found.newest) {
            make_folder(file.parent().unwrap_or(&file))?;
            replace(&file, found.newest.note().as_bytes()).map_err(|error| {
                refused(
                    "remember a tree in",
                    &file,
                    io::Error::other(error.to_string()),
                )
            })?;
        }
        Ok(found.sum)
    }

    /// Gets the zip from the first proxy that has it.
    fn download(
        &self,
        settings: &Settings,
        client: &Client,
        zip: &Path,
        telling: &mut dyn Telling,
    ) -> Result<Address, InstallError> {
        let got = settings.proxies.first(|proxy| {
            let address = proxy.join(&self.toolchain.zip());
            telling.asks(&address);
            let file = File::create(zip).map_err(|error| FetchError::Write {
                address: address.clone(),
                error,
            })?;
            let mut kept = Kept {
                file,
                telling: &mut *telling,
            };
            client.get(&address, LARGEST_ZIP, &mut kept)?;
            Ok(address)
        });
        got.map_err(|gave_up| self.nobody_has_it(gave_up))
    }

    fn nobody_has_it(&self, gave_up: GaveUp) -> InstallError {
        InstallError::Proxies {
            toolchain: self.toolchain.clone(),
            gave_up,
        }
    }

    /// Holds the zip against its hash, before anything of it is unpacked.
    fn check(&self, zip: &Path, from: &Address, vouched: &Vouched) -> Result<(), InstallError> {
        let file = File::open(zip).map_err(|error| refused("read", zip, error))?;
        let got = zip_sum(file, self.toolchain, LIMITS, self.cancel);
        let got = got.map_err(|fault| InstallError::Zip {
            toolchain: self.toolchain.clone(),
            address: Box::new(from.clone()),
            fault,
        })?;
        if got == vouched.sum {
            return Ok(());
        }
        Err(InstallError::Sum(Box::new(WrongSum {
            toolchain: self.toolchain.clone(),
            address: from.clone(),
            by: vouched.by.clone(),
            expected: vouched.sum.clone(),
            got,
        })))
    }

    /// Unpacks it beside its place, makes it what go makes of it, and moves it there.
    fn unpack(&self, zip: &Path, work: &Path, sum: &str) -> Result<(), InstallError> {
        let files = work.join("files");
        make_folder(&files)?;
        let members = unpack(Format::Zip, zip, &files, LIMITS)?;
        let prefix = self.toolchain.prefix();
        let unpacked = files.join(&prefix);
        let mut listed = Vec::with_capacity(members.len());
        for member in &members {
            if let Some(reason) = self.cancel.reason() {
                return Err(InstallError::Cancelled(self.toolchain.clone(), reason));
            }
            let path = member.path.as_str().strip_prefix(&prefix);
            listed.extend(finished(&unpacked, path.unwrap_or_default())?);
        }
        listed.sort();
        let listed: Vec<ListedFile<'_>> = listed.iter().map(Finished::listed).collect();
        let list = work.join("list");
        fs::write(&list, written(sum, &listed)).map_err(|error| refused("write", &list, error))?;
        let goroot = self.cache.goroot(self.toolchain);
        if goroot.symlink_metadata().is_ok() {
            rename(&goroot, &work.join("before"))?;
        }
        rename(&unpacked, &goroot)?;
        rename(&list, &self.cache.list(self.toolchain))
    }
}

/// The newest tree that was seen before.
fn remembered(file: &Path, key: &VerifierKey) -> Result<Option<SignedTree>, InstallError> {
    let note = match fs::read_to_string(file) {
        Ok(note) => note,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused("read", file, error)),
    };
    let tree = SignedTree::open(&note, key);
    tree.map(Some).map_err(|error| InstallError::Remembered {
        file: file.to_owned(),
        error,
    })
}

/// A file of a toolchain that can be used.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finished {
    path: String,
    size: u64,
    is_program: bool,
}

impl Finished {
    fn listed(&self) -> ListedFile<'_> {
        ListedFile {
            path: &self.path,
            size: self.size,
            is_program: self.is_program,
        }
    }
}

/// Makes of a file what go makes of it: programs may be run, and go.mod gets its name.
///
/// Source: `Exec` in Go's `cmd/go/internal/toolchain/select.go`.
fn finished(goroot: &Path, path: &str) -> Result<Vec<Finished>, InstallError> {
    let at = goroot.join(path);
    let is_program = is_program(path);
    if is_program {
        Mode::Executable
            .set(&at)
            .map_err(|error| refused("make a program of", &at, error))?;
    }
    let metadata = at
        .metadata()
        .map_err(|error| refused("look at", &at, error))?;
    let file = |path: String| Finished {
        path,
        size: metadata.len(),
        is_program,
    };
    let mut made = vec![file(path.to_owned())];
    let folder = path.strip_suffix(HIDDEN_MOD);
    if let Some(folder) = folder.filter(|folder| folder.is_empty() || folder.ends_with('/')) {
        let named = format!("{folder}go.mod");
        let copy = goroot.join(&named);
        fs::copy(&at, &copy).map_err(|error| refused("write", &copy, error))?;
        made.push(file(named));
    }
    Ok(made)
}

/// Writes what comes to a file, and tells how much.
struct Kept<'a> {
    file: File,
    telling: &'a mut dyn Telling,
}

impl Sink for Kept<'_> {
    fn begin(&mut self, length: Option<u64>) {
        self.telling.begins(length);
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.telling.comes(bytes.len() as u64);
        Ok(())
    }
}

fn make_folder(path: &Path) -> Result<(), InstallError> {
    fs::create_dir_all(path).map_err(|error| refused("make the folder", path, error))
}

fn rename(from: &Path, to: &Path) -> Result<(), InstallError> {
    fs::rename(from, to).map_err(|error| refused("move a folder to", to, error))
}

fn refused(action: &'static str, path: &Path, error: io::Error) -> InstallError {
    let path: PathBuf = path.to_owned();
    InstallError::Io {
        action,
        path,
        error,
    }
}
