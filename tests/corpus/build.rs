//! Builds the programs of the corpus, as many as can be with one go process.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use crate::case::{After, CORPUS, Case, How, SHARED, minor};

/// The target that is no cross-compilation where the tests run.
const HOST: &str = "linux/amd64";

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
            .filter(|case| case.targets.contains(&way.target) && case.since <= way.go.minor())
        {
            // A program with a module of its own is built there.
            let module = case.folder.join("go.mod").exists();
            let module = module.then_some(case.name.as_str());
            let alone = case.how.buildmode.as_ref().map(|_| case.name.as_str());
            let group = groups.entry((module, alone, &case.how)).or_default();
            group.push(case);
        }
        let mut binaries = Binaries::new();
        for ((module, _, how), group) in groups {
            let packages: Vec<_> = group.iter().map(|case| case.name.as_str()).collect();
            let folder = module.map_or(self.root.clone(), |name| self.root.join(name));
            let loaded = match way.go.output() {
                // The first releases stop at the first package that is lacking.
                Output::Gopath => packages
                    .iter()
                    .flat_map(|package| self.loaded(way, &folder, how, &[*package]))
                    .collect(),
                Output::Folder => self.loaded(way, &folder, how, &packages),
            };
            if loaded.is_empty() {
                continue;
            }
            let built = self.go_build(way, &folder, how, &loaded);
            if !built.status.success() {
                // What a release can't compile is not there; go builds all else.
                let text = String::from_utf8_lossy(&built.stderr);
                assert_ne!(way.go, Go::Installed, "{way:?}: {text}");
            }
            for name in packages {
                let file = self.file(way, name);
                let is_there = file.exists() || way.go != Go::Installed;
                assert!(is_there, "{way:?}: go made no {name}");
                if !file.exists() {
                    continue;
                }
                if how.after == After::Packed {
                    pack(&file);
                }
                binaries.insert(name.to_owned(), fs::read(&file).unwrap());
                fs::remove_file(file).unwrap();
            }
        }
        binaries
    }

    /// Where go puts programs of a target.
    fn out(&self, way: Way) -> PathBuf {
        let (goos, goarch) = way.target.split_once('/').unwrap();
        let out = match way.go.output() {
            // As `go install` has it.
            Output::Gopath if way.target == HOST => self.root.join("out/bin"),
            Output::Gopath => self.root.join(format!("out/bin/{goos}_{goarch}")),
            Output::Folder => self.root.join(format!("out/{goos}-{goarch}")),
        };
        fs::create_dir_all(&out).unwrap();
        out
    }

    fn file(&self, way: Way, name: &str) -> PathBuf {
        let is_windows = way.target.starts_with("windows/");
        let suffix = if is_windows { ".exe" } else { "" };
        self.out(way).join(format!("{name}{suffix}"))
    }

    /// The programs whose packages are all there: many came after the first releases, and go builds
    /// nothing at all when one is lacking.
    fn loaded<'a>(&self, way: Way, folder: &Path, how: &How, packages: &[&'a str]) -> Vec<&'a str> {
        if way.go == Go::Installed {
            return packages.to_vec();
        }
        let mut command = self.go(way, folder, how, "list");
        let whole = "{{if not (or .Error .DepsErrors)}}{{.Dir}}{{end}}";
        command.args(["-e", "-tags", &how.tags, "-f", whole]);
        self.name(&mut command, folder, packages);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let names: BTreeSet<_> = text
            .lines()
            .filter_map(|line| Path::new(line).file_name()?.to_str())
            .collect();
        let there = packages.iter().filter(|name| names.contains(*name));
        there.copied().collect()
    }

    fn go_build(&self, way: Way, folder: &Path, how: &How, packages: &[&str]) -> process::Output {
        let mut command = match way.go.output() {
            Output::Gopath => self.go(way, folder, how, "install"),
            Output::Folder => self.go(way, folder, how, "build"),
        };
        if let Output::Folder = way.go.output() {
            command.args(["-trimpath", "-o"]);
            // A folder is one only if it ends as one or has files.
            command.arg(self.out(way).join(""));
        }
        let strip = match way.symbols {
            Symbols::Stripped => "-s -w",
            Symbols::Kept => "",
        };
        let (_, _, link) = how.cgo.means();
        let link = format!("{strip} {link} {}", how.ldflags);
        command.args(["-ldflags", link.trim(), "-tags", &how.tags]);
        let buildmode = how.buildmode.iter();
        command.args(buildmode.map(|mode| format!("-buildmode={mode}")));
        self.name(&mut command, folder, packages);
        command.output().unwrap()
    }

    fn name(&self, command: &mut Command, folder: &Path, packages: &[&str]) {
        if folder == self.root {
            command.args(packages.iter().map(|package| format!("./{package}")));
        }
    }

    fn go(&self, way: Way, folder: &Path, how: &How, verb: &str) -> Command {
        let (goos, goarch) = way.target.split_once('/').unwrap();
        let (cgo_enabled, cc, _) = how.cgo.means();
        let toolchain = match way.go {
            Go::Installed => "local".to_owned(),
            Go::Release(name) => format!("go{name}"),
        };
        let mut command = Command::new("go");
        command.arg(verb).current_dir(folder).envs([
            ("GOOS", goos),
            ("GOARCH", goarch),
            ("CGO_ENABLED", cgo_enabled),
            ("CC", cc),
            // Flags of today are none of then; where modules come from is.
            ("GOENV", "off"),
            ("GOPROXY", &resolved("GOPROXY")),
            ("GOSUMDB", &resolved("GOSUMDB")),
            ("GOFLAGS", way.go.flags()),
            ("GOWORK", "off"),
            ("GO111MODULE", "on"),
            ("GOTOOLCHAIN", &toolchain),
        ]);
        if let Output::Gopath = way.go.output() {
            let cache = resolved("GOMODCACHE");
            command.env("GOMODCACHE", cache);
            command.env("GOPATH", self.root.join("out"));
        }
        command.envs(how.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Packs a file in its place.
fn pack(file: &Path) {
    let mut upx = Command::new("upx");
    // What it makes for macOS doesn't start there; UPX asks for a word on that.
    upx.args(["-qqq", "--force-macos"]).arg(file);
    assert!(upx.status().unwrap().success(), "{upx:?}");
}

/// A variable of go, as this machine has it.
fn resolved(name: &str) -> String {
    let output = Command::new("go").args(["env", name]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    text.trim().to_owned()
}

/// What the programs of go are put into.
enum Output {
    /// What `-o` names.
    Folder,
    /// The workspace's `bin`.
    Gopath,
}

impl Go {
    /// Its minor number; the latest there is for the one that is installed.
    pub(crate) fn minor(self) -> u32 {
        match self {
            Self::Installed => u32::MAX,
            Self::Release(name) => minor(name),
        }
    }

    /// Whether it builds for a target. Go 1.16 was the first for macOS on arm64.
    pub(crate) fn builds_for(self, target: &str) -> bool {
        target != "darwin/arm64" || self.minor() >= 16
    }

    /// What makes the bytes of a program the same at each commit of this repository, where it can.
    fn flags(self) -> &'static str {
        match self {
            Self::Installed => "-buildvcs=false",
            Self::Release(_) => "",
        }
    }

    /// Before Go 1.13, `-o` names the file of one program only.
    fn output(self) -> Output {
        match self {
            Self::Release(name) if name.starts_with("1.11") => Output::Gopath,
            _ => Output::Folder,
        }
    }
}
