//! The libraries of a dynamic program, as the loader of a system finds them.
//!
//! Source: `ld.so(8)`, "Searching for shared libraries"; for musl, its manual, "The dynamic
//! linker". Where glibc's loader looks without `ld.so.cache` differs between distributions, so
//! the folders of the multiarch layout and the plain ones are tried.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::sysroot::{Sysroot, matches};
use crate::inspect::{Facts, inspect, musl};
use crate::mapped::FileBytes;
use crate::target::Goarch;

/// More files than any program needs.
const MAX_FILES: usize = 1024;
/// More files than `ld.so.conf` includes.
const MAX_INCLUDED: usize = 256;

/// What a program needs to start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Libraries {
    /// Where the loader looks for each file, and where it really lies.
    pub files: BTreeMap<PathBuf, PathBuf>,
    /// Folders that a loader without configuration doesn't look into.
    pub extra_folders: BTreeSet<PathBuf>,
    /// What isn't there.
    pub missing: BTreeSet<String>,
}

/// Finds the loader and all libraries of a program in a system. `origin` is the folder that the
/// program will lie in there.
#[must_use]
pub fn resolve(facts: &Facts, system: &Sysroot, origin: &Path) -> Libraries {
    let mut found = Libraries::default();
    if let Some(loader) = &facts.interpreter {
        match system.real(Path::new(loader)) {
            Some(real) => {
                found.files.insert(PathBuf::from(loader), real);
            }
            None => {
                found.missing.insert(loader.clone());
            }
        }
    }
    let folders = Folders::of(facts, system);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut queue = VecDeque::from([wants(facts, origin)]);
    while let Some(next) = queue.pop_front() {
        for name in next.names {
            let is_there = is_named_loader(&name, facts) || !seen.insert(name.clone());
            if is_there || found.files.len() > MAX_FILES {
                continue;
            }
            let candidates = folders.candidates(&name, &next.first);
            let library = candidates
                .into_iter()
                .find_map(|(path, default)| Some((fitting(&path, system, facts)?, path, default)));
            let Some((library, path, default)) = library else {
                found.missing.insert(name);
                continue;
            };
            let folder = path.parent().unwrap_or(Path::new("/"));
            if default == Default::No {
                found.extra_folders.insert(folder.to_owned());
            }
            queue.push_back(wants(&library.facts, folder));
            found.files.insert(path, library.real);
        }
    }
    found
}

/// The loader is a library too, under its plain name, and is loaded already.
fn is_named_loader(name: &str, facts: &Facts) -> bool {
    let loader = facts.interpreter.as_deref().map(Path::new);
    loader.and_then(Path::file_name) == Some(name.as_ref())
}

/// What one file wants, and where it says to look first.
struct Wants {
    names: Vec<String>,
    first: Vec<PathBuf>,
}

fn wants(facts: &Facts, folder: &Path) -> Wants {
    let folder = folder.to_string_lossy();
    let first = facts.runpath.iter().flat_map(|paths| paths.split(':'));
    let first = first.filter(|path| !path.is_empty()).map(|path| {
        let path = path.replace("${ORIGIN}", &folder);
        PathBuf::from(path.replace("$ORIGIN", &folder))
    });
    Wants {
        names: facts.needed.iter().map(|one| one.name.clone()).collect(),
        first: first.filter(|path| path.is_absolute()).collect(),
    }
}

/// A library that fits the program.
struct Fitting {
    real: PathBuf,
    facts: Facts,
}

fn fitting(path: &Path, system: &Sysroot, program: &Facts) -> Option<Fitting> {
    let real = system.real(path)?;
    let bytes = FileBytes::open(&system.host(&real)).ok()?;
    let facts = inspect(&bytes).ok()?;
    let fits = facts.format == program.format && facts.goarch() == program.goarch();
    fits.then_some(Fitting { real, facts })
}

/// Whether a loader without configuration looks into a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Default {
    Yes,
    No,
}

/// The folders in which a loader looks.
struct Folders {
    configured: Vec<PathBuf>,
    default: Vec<PathBuf>,
}

impl Folders {
    fn of(program: &Facts, system: &Sysroot) -> Self {
        let loader = program.interpreter.as_deref().unwrap_or_default();
        if let Some(machine) = musl::machine(loader) {
            let path = system.text(&PathBuf::from(format!("/etc/ld-musl-{machine}.path")));
            let configured = path.unwrap_or_default();
            let configured = configured
                .split([':', '\n'])
                .filter(|path| !path.is_empty());
            return Self {
                configured: configured.map(PathBuf::from).collect(),
                default: ["/lib", "/usr/local/lib", "/usr/lib"]
                    .map(PathBuf::from)
                    .into(),
            };
        }
        let mut configured = Vec::new();
        let main = Path::new("/etc/ld.so.conf");
        read_configuration(main, system, &mut BTreeSet::new(), &mut configured);
        let multiarch = program.goarch().and_then(multiarch).into_iter();
        let multiarch = multiarch
            .flat_map(|triplet| [format!("/lib/{triplet}"), format!("/usr/lib/{triplet}")]);
        let plain = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(str::to_owned);
        Self {
            configured,
            default: multiarch.chain(plain).map(PathBuf::from).collect(),
        }
    }

    /// The paths at which a loader looks for a library, in order.
    fn candidates(&self, name: &str, first: &[PathBuf]) -> Vec<(PathBuf, Default)> {
        if name.contains('/') {
            return vec![(PathBuf::from(name), Default::Yes)];
        }
        let is_default = |folder: &PathBuf| {
            if self.default.contains(folder) {
                Default::Yes
            } else {
                Default::No
            }
        };
        // What the file itself says needs no configuration.
        let first = first.iter().map(|folder| (folder.join(name), Default::Yes));
        let configured = self.configured.iter();
        let configured = configured.map(|folder| (folder.join(name), is_default(folder)));
        let default = self
            .default
            .iter()
            .map(|folder| (folder.join(name), Default::Yes));
        first.chain(configured).chain(default).collect()
    }
}

/// The folders of `ld.so.conf`, with what it includes; each file is read once.
fn read_configuration(
    path: &Path,
    system: &Sysroot,
    seen: &mut BTreeSet<PathBuf>,
    folders: &mut Vec<PathBuf>,
) {
    if seen.len() >= MAX_INCLUDED || !seen.insert(path.to_owned()) {
        return;
    }
    let Some(text) = system.text(path) else {
        return;
    };
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(pattern) = line.strip_prefix("include").map(str::trim) {
            let pattern = path.parent().unwrap_or(Path::new("/")).join(pattern);
            let (Some(folder), Some(name)) = (pattern.parent(), pattern.file_name()) else {
                continue;
            };
            let files = system.names(folder);
            for file in files.iter().filter(|file| matches(name, file)) {
                read_configuration(&folder.join(file), system, seen, folders);
            }
        } else if line.starts_with('/') && !folders.iter().any(|folder| folder == Path::new(line)) {
            folders.push(PathBuf::from(line));
        }
    }
}

/// The name of Debian's folder for an architecture.
///
/// Source: Debian wiki, "Multiarch/Tuples".
fn multiarch(goarch: Goarch) -> Option<&'static str> {
    Some(match goarch {
        Goarch::Amd64 => "x86_64-linux-gnu",
        Goarch::I386 => "i386-linux-gnu",
        Goarch::Arm64 => "aarch64-linux-gnu",
        Goarch::Arm => "arm-linux-gnueabihf",
        Goarch::Loong64 => "loongarch64-linux-gnu",
        Goarch::Mips => "mips-linux-gnu",
        Goarch::Mipsle => "mipsel-linux-gnu",
        Goarch::Mips64 => "mips64-linux-gnuabi64",
        Goarch::Mips64le => "mips64el-linux-gnuabi64",
        Goarch::Ppc64 => "powerpc64-linux-gnu",
        Goarch::Ppc64le => "powerpc64le-linux-gnu",
        Goarch::Riscv64 => "riscv64-linux-gnu",
        Goarch::S390x => "s390x-linux-gnu",
        Goarch::Wasm => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_that_include_each_other_are_read_once() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("etc/c");
        fs::create_dir_all(&folder).unwrap();
        for name in ["1", "2", "3"] {
            fs::write(folder.join(name), "include *\n/opt/lib # here\n/opt/lib\n").unwrap();
        }
        fs::write(temp.path().join("etc/ld.so.conf"), "include c/*\n").unwrap();
        let mut folders = Vec::new();
        let mut seen = BTreeSet::new();
        let main = Path::new("/etc/ld.so.conf");
        read_configuration(
            main,
            &Sysroot::open(temp.path()).unwrap(),
            &mut seen,
            &mut folders,
        );
        assert_eq!(folders, [PathBuf::from("/opt/lib")]);
        assert_eq!(seen.len(), 4);
    }
}
