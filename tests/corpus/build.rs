//! Builds the programs of the corpus, as many as can be with one go process.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::case::{CORPUS, Case, How, SHARED};

/// A copy of the corpus where each program has a folder with a name of its own: go names what it
/// builds after the folder, and overwrites silently.
pub(crate) struct Stage {
    root: PathBuf,
}

/// How programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) target: &'static str,
    pub(crate) symbols: Symbols,
    pub(crate) go: Go,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbols {
    Stripped,
    Kept,
}

/// Which Go builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    /// The one that is installed. It must build every program.
    Installed,
    /// Another release, by its name. Programs may need a later one.
    Release(&'static str),
}

/// The bytes of each program that was built, by its name.
pub(crate) type Binaries = BTreeMap<String, Vec<u8>>;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

impl Stage {
    /// Copies the corpus. Each test has a stage of its own.
    pub(crate) fn new(name: &str, cases: &[Case]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        for file in ["go.mod", "go.sum"] {
            let path = Path::new(CORPUS).join(file);
            if path.exists() {
                fs::copy(path, root.join(file)).unwrap();
            }
        }
        let shared = Path::new(CORPUS).join(SHARED);
        if shared.exists() {
            copy(&shared, &root.join(SHARED));
        }
        for case in cases {
            copy(&case.folder, &root.join(&case.name));
        }
        Self { root }
    }

    /// Builds all programs that are for the target.
    pub(crate) fn build(&self, cases: &[Case], way: Way) -> Binaries {
        let mut groups: BTreeMap<_, Vec<&Case>> = BTreeMap::new();
        for case in cases
            .iter()
            .filter(|case| case.targets.contains(&way.target))
        {
            // A program with a module of its own is built there.
            let module = case.folder.join("go.mod").exists();
            let module = module.then_some(case.name.as_str());
            let group = groups.entry((module, &case.how)).or_default();
            group.push(case);
        }
        let mut binaries = Binaries::new();
        for ((module, how), group) in groups {
            let packages: Vec<_> = group.iter().map(|case| case.name.as_str()).collect();
            let folder = module.map_or(self.root.clone(), |name| self.root.join(name));
            let whole = self.go(way, &folder, how, &packages);
            if !whole.status.success() {
                let text = String::from_utf8_lossy(&whole.stderr);
                assert_ne!(way.go, Go::Installed, "{way:?}: {text}");
                for package in &packages {
                    // What this release can't build is not there.
                    self.go(way, &folder, how, &[*package]);
                }
            }
            for name in packages {
                let file = self.file(way, name);
                if let Ok(bytes) = fs::read(&file) {
                    fs::remove_file(file).unwrap();
                    binaries.insert(name.to_owned(), bytes);
                }
            }
        }
        binaries
    }

    fn out(&self, way: Way) -> PathBuf {
        let out = self.root.join("out").join(way.target.replace('/', "-"));
        fs::create_dir_all(&out).unwrap();
        out
    }

    fn file(&self, way: Way, name: &str) -> PathBuf {
        let is_windows = way.target.starts_with("windows/");
        let suffix = if is_windows { ".exe" } else { "" };
        self.out(way).join(format!("{name}{suffix}"))
    }

    fn go(&self, way: Way, folder: &Path, how: &How, packages: &[&str]) -> Output {
        let mut command = Command::new("go");
        command.arg("build");
        if way.go.knows_trimpath() {
            command.arg("-trimpath");
        }
        let (cgo_enabled, cc, link) = how.cgo.means();
        let strip = match way.symbols {
            Symbols::Stripped => "-s -w",
            Symbols::Kept => "",
        };
        let link = format!("{strip} {link}");
        // The first releases know folders only as those of one program.
        let output = match packages {
            [package] => self.file(way, package),
            _ => self.out(way),
        };
        command.args(["-ldflags", link.trim(), "-tags", &how.tags, "-o"]);
        command.arg(output);
        if folder == self.root {
            command.args(packages.iter().map(|package| format!("./{package}")));
        }
        let (goos, goarch) = way.target.split_once('/').unwrap();
        let toolchain = match way.go {
            Go::Installed => "local".to_owned(),
            Go::Release(name) => format!("go{name}"),
        };
        command.current_dir(folder).envs([
            ("GOOS", goos),
            ("GOARCH", goarch),
            ("CGO_ENABLED", cgo_enabled),
            ("CC", cc),
            ("GOFLAGS", ""),
            ("GOWORK", "off"),
            ("GO111MODULE", "on"),
            ("GOTOOLCHAIN", &toolchain),
        ]);
        let own = how.env.iter().map(|(name, value)| (name, value));
        command.envs(own);
        command.output().unwrap()
    }
}

impl Go {
    /// The flag came with Go 1.13.
    fn knows_trimpath(self) -> bool {
        match self {
            Self::Installed => true,
            Self::Release(name) => !name.starts_with("1.11"),
        }
    }
}
