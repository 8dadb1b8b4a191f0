//! The programs that are shipped, and the modules that are linked into each. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::advisory::unescaped;
use super::version::ModuleVersion;
use crate::inspect::{BuildInfo, Program};
use crate::target::Target;
use crate::tools::go::PackageOfModule;
use crate::verify::package;

/// A program, and what is linked into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditedProgram {
    /// The binary, with what it is built for: `age linux/amd64/v1`.
    pub name: String,
    /// What it is built for.
    pub target: Target,
    /// The folder of its module below the root of the project.
    pub folder: String,
    /// The toolchain that builds it here, such as `go1.26.8`.
    pub go: String,
    /// How that is known.
    pub known: Known,
    /// The modules, by their paths; those of the project are not among them.
    pub modules: Vec<LinkedModule>,
    /// What built it, where there is a file.
    pub build: Option<Build>,
    /// All packages, those of the standard library too.
    #[serde(skip)]
    pub packages: BTreeSet<String>,
}

/// How it is known what a program is linked from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Known {
    /// By the file that was built.
    File {
        /// Its path below the output folder.
        path: String,
        /// What unpacked a copy of it, where it is packed.
        #[serde(skip_serializing_if = "Option::is_none")]
        unpacked_by: Option<String>,
    },
    /// By what go lists: there is no file, or none that can be read.
    Listed {
        /// Why not.
        why: String,
    },
}

/// A program, before anything is known of what is linked into it.
#[derive(Clone, Debug)]
pub struct NamedProgram {
    /// The binary, with what it is built for.
    pub name: String,
    /// What it is built for.
    pub target: Target,
    /// The folder of its module below the root of the project.
    pub folder: String,
    /// The toolchain that builds it here, such as `go1.26.8`; empty where none does.
    pub go: String,
}

/// A file of the output folder.
#[derive(Clone, Debug)]
pub struct ShippedFile {
    /// Its path below the output folder.
    pub path: String,
    /// What unpacked a copy of it, where it is packed.
    pub unpacked_by: Option<String>,
    /// The version that the output folder records of it.
    pub version: String,
}

/// What a file says of its build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Build {
    /// The toolchain, such as `go1.26.8`.
    pub go: String,
    /// The commit, where it is stamped.
    pub commit: Option<String>,
    /// Whether the sources differed from that, where it is stamped.
    pub modified: Option<bool>,
    /// The version that the output folder records of it.
    pub version: Option<String>,
}

/// A module that is linked into a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkedModule {
    /// The path by which it is imported.
    pub path: String,
    /// The version that go.mod selects.
    pub version: String,
    /// What was compiled in its place: a path with a version, or a folder without.
    pub replaced_by: Option<(String, String)>,
    /// The checksum, as in go.sum, where the file records one.
    pub sum: Option<String>,
    /// How many of its packages are linked, where that is known.
    pub packages: Option<usize>,
    /// Bytes of its code, where a file's table of functions tells.
    pub code: Option<u64>,
}

impl LinkedModule {
    /// The module whose code it is, with its version: the replacement's, where there is one.
    #[must_use]
    pub fn real(&self) -> (&str, &str) {
        match &self.replaced_by {
            Some((path, version)) if !version.is_empty() => (path, version),
            _ => (&self.path, &self.version),
        }
    }

    /// Whether what is compiled has a version, and so a line in go.sum: neither a folder in its place nor one of the workspace.
    #[must_use]
    pub fn has_version(&self) -> bool {
        !self.is_from_folder() && self.real().1.parse::<ModuleVersion>().is_ok()
    }

    /// Whether a folder is compiled in its place.
    #[must_use]
    pub fn is_from_folder(&self) -> bool {
        let replaced = self.replaced_by.as_ref();
        replaced.is_some_and(|(_, version)| version.is_empty())
    }
}

impl AuditedProgram {
    /// Whether its file was read.
    #[must_use]
    pub fn is_file(&self) -> bool {
        matches!(self.known, Known::File { .. })
    }

    /// By a file that was built.
    #[must_use]
    pub fn of_file(
        program: NamedProgram,
        file: ShippedFile,
        info: &BuildInfo,
        functions: Option<&Program<'_>>,
    ) -> Self {
        let paths = info.modules.iter().map(|module| module.path.as_str());
        let (packages, shares) = match functions {
            Some(functions) => shares(paths.collect(), sizes(functions)),
            None => (BTreeSet::new(), BTreeMap::new()),
        };
        let modules = info.modules.iter().map(|module| {
            let share = shares.get(module.path.as_str());
            let replace = module.replace.as_ref();
            let sum = replace.map_or(&module.sum, |replace| &replace.sum);
            LinkedModule {
                path: module.path.clone(),
                version: module.version.clone(),
                replaced_by: replace.map(|it| (it.path.clone(), of_replacement(&it.version))),
                sum: Some(sum.clone()).filter(|sum| !sum.is_empty()),
                packages: functions.map(|_| share.map_or(0, |share| share.packages.len())),
                code: functions.map(|_| share.map_or(0, |share| share.code)),
            }
        });
        let mut modules: Vec<LinkedModule> = modules.collect();
        modules.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            name: program.name,
            target: program.target,
            folder: program.folder,
            go: program.go,
            known: Known::File {
                path: file.path,
                unpacked_by: file.unpacked_by,
            },
            modules,
            build: Some(Build {
                go: info.go_version.clone(),
                commit: info.setting("vcs.revision").map(str::to_owned),
                modified: info.vcs_modified(),
                version: Some(file.version),
            }),
            packages,
        }
    }

    /// By what go lists for the main package `import_path`.
    #[must_use]
    pub fn listed(
        program: NamedProgram,
        why: String,
        import_path: &str,
        packages: &[PackageOfModule],
    ) -> Self {
        let linked = linked_into(import_path, packages);
        let mut modules: BTreeMap<&str, LinkedModule> = BTreeMap::new();
        let mut all = BTreeSet::new();
        for package in linked {
            all.insert(package.import_path.clone());
            let module = package.module.as_ref().filter(|module| !module.main);
            let Some(module) = module else { continue };
            let replace = module.replace.as_ref();
            let entry = modules.entry(&module.path).or_insert_with(|| LinkedModule {
                path: module.path.clone(),
                version: module.version.clone(),
                replaced_by: replace.map(|it| (it.path.clone(), it.version.clone())),
                sum: None,
                packages: Some(0),
                code: None,
            });
            entry.packages = entry.packages.map(|count| count + 1);
        }
        Self {
            name: program.name,
            target: program.target,
            folder: program.folder,
            go: program.go,
            known: Known::Listed { why },
            modules: modules.into_values().collect(),
            build: None,
            packages: all,
        }
    }
}

/// The version of what is compiled in a module's place; none for a folder, of which a file says `(devel)`.
///
/// Source: `debugModFromModinfo` in Go's `cmd/go/internal/load/pkg.go`.
fn of_replacement(version: &str) -> String {
    match version {
        "(devel)" => String::new(),
        version => version.to_owned(),
    }
}

/// The packages that a main package is linked from, itself among them.
pub(super) fn linked_into<'p>(
    import_path: &'p str,
    packages: &'p [PackageOfModule],
) -> impl Iterator<Item = &'p PackageOfModule> {
    let main = packages.iter().find(|one| one.import_path == import_path);
    let deps = main.into_iter().flat_map(|main| &main.deps);
    let deps: BTreeSet<&str> = deps.map(String::as_str).chain([import_path]).collect();
    let all = packages.iter();
    all.filter(move |one| deps.contains(one.import_path.as_str()))
}

/// What of a program is of a module.
#[derive(Debug, Default)]
struct Share<'a> {
    packages: BTreeSet<&'a str>,
    code: u64,
}

/// All functions of a program, with the bytes of their code.
fn sizes<'d>(program: &Program<'d>) -> impl Iterator<Item = (&'d str, u64)> {
    let functions = program.functions();
    functions.map(|(function, name)| (name, program.code_length(function)))
}

/// The packages of a program, and what of it is of each module.
fn shares<'a>(
    modules: Vec<&'a str>,
    functions: impl Iterator<Item = (&'a str, u64)>,
) -> (BTreeSet<String>, BTreeMap<&'a str, Share<'a>>) {
    let mut sorted = modules;
    // Of two modules of which one's path starts with the other's, the longer has the package.
    sorted.sort_by_key(|path| std::cmp::Reverse(path.len()));
    let mut owners: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut shares: BTreeMap<&str, Share<'_>> = BTreeMap::new();
    for (name, code) in functions {
        let Some(package) = package_of(name) else {
            continue;
        };
        let owner = owners.entry(package).or_insert_with(|| {
            let path = unescaped(package);
            sorted.iter().copied().find(|module| has(module, &path))
        });
        if let Some(module) = owner {
            let share = shares.entry(module).or_default();
            share.packages.insert(package);
            share.code += code;
        }
    }
    let packages = owners.keys().map(|package| unescaped(package));
    (packages.collect(), shares)
}

/// Whether a package is below a module's path.
fn has(module: &str, package: &str) -> bool {
    let rest = package.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The package in the name of a function. What compilers make besides has none.
fn package_of(name: &str) -> Option<&str> {
    let package = package(name);
    // Without a dot there is no package before it.
    let is_package = !package.is_empty() && package.len() < name.len();
    (is_package && !package.contains(':')).then_some(package)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::go::ListedModule;

    #[test]
    fn a_function_is_of_the_package_in_its_name() {
        for (name, package) in [
            ("main.main", Some("main")),
            (
                "golang.org/x/text/language.Parse",
                Some("golang.org/x/text/language"),
            ),
            (
                "gopkg.in/yaml%2ev3.(*Decoder).Decode",
                Some("gopkg.in/yaml%2ev3"),
            ),
            ("example.com/a.F[example.com/b/c.T]", Some("example.com/a")),
            ("type:.eq.example.com/a.T", None),
            ("_cgo_topofstack", None),
        ] {
            assert_eq!(package_of(name), package, "{name}");
        }
    }

    #[test]
    fn code_is_of_the_module_with_the_longest_path() {
        let functions = [
            ("example.com/a.F", 10),
            ("example.com/a/b.F", 20),
            ("example.com/a/b/c.F", 30),
            ("example.com/ab.F", 40),
            ("gopkg.in/yaml%2ev3.F", 50),
            ("fmt.Println", 60),
        ];
        let modules = vec!["example.com/a", "example.com/a/b", "gopkg.in/yaml.v3"];
        let (packages, shares) = shares(modules, functions.into_iter());
        let of = |module: &str| (shares[module].packages.len(), shares[module].code);
        assert_eq!(of("example.com/a"), (1, 10));
        assert_eq!(of("example.com/a/b"), (2, 50));
        assert_eq!(of("gopkg.in/yaml.v3"), (1, 50));
        assert!(packages.contains("gopkg.in/yaml.v3") && packages.contains("fmt"));
    }

    #[test]
    fn what_go_lists_for_another_program_is_none_of_this_one() {
        let package = |path: &str, module: Option<&str>, deps: &[&str]| PackageOfModule {
            import_path: path.to_owned(),
            standard: module.is_none(),
            deps: deps.iter().map(ToString::to_string).collect(),
            module: module.map(|path| ListedModule {
                path: path.to_owned(),
                version: "v1.0.0".to_owned(),
                main: path == "example.com/main",
                ..ListedModule::default()
            }),
            error: None,
        };
        let packages = [
            package(
                "example.com/main/a",
                Some("example.com/main"),
                &["example.com/x/p", "fmt"],
            ),
            package(
                "example.com/main/b",
                Some("example.com/main"),
                &["example.com/y"],
            ),
            package("example.com/x/p", Some("example.com/x"), &["fmt"]),
            package("example.com/y", Some("example.com/y"), &[]),
            package("fmt", None, &[]),
        ];
        let named = NamedProgram {
            name: "a linux/amd64".to_owned(),
            target: "linux/amd64".parse().unwrap(),
            folder: ".".to_owned(),
            go: "go1.26.8".to_owned(),
        };
        let why = "not built".to_owned();
        let program = AuditedProgram::listed(named, why, "example.com/main/a", &packages);
        let modules: Vec<_> = program
            .modules
            .iter()
            .map(|one| one.path.as_str())
            .collect();
        assert_eq!(modules, ["example.com/x"]);
        assert_eq!(program.modules[0].packages, Some(1));
        assert!(program.packages.contains("fmt"));
    }
}
