//! Whatever is edited between two runs: what a run leaves as it was is what a clean build makes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::project::{Project, Run};

/// Numbers that look random and are the same each time (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Files that are written, with a number in the place of `#`.
const WRITTEN: &[(&str, &str)] = &[
    ("lib/lib.go", "package lib\n\nvar Name = \"lib#\"\n"),
    (
        "lib/lib.go",
        "package lib\n\nimport \"example.com/e/lib/deep\"\n\nvar Name = deep.Value + \"#\"\n",
    ),
    (
        "lib/deep/deep.go",
        "package deep\n\nconst Value = \"deep#\"\n",
    ),
    (
        "lib/extra.go",
        "package lib\n\nimport _ \"embed\"\n\nfunc init() { Name += extra }\n\n//go:embed texts/a.txt\nvar extra string\n",
    ),
    (
        "lib/extra.go",
        "package lib\n\nimport _ \"embed\"\n\nfunc init() { Name += extra }\n\n// #\nvar extra string\n",
    ),
    (
        "lib/tagged.go",
        "//go:build !special\n\npackage lib\n\nfunc init() { Name = \"usual#\" }\n",
    ),
    (
        "cmd/three/main.go",
        "package main\n\nimport \"example.com/e/lib/deep\"\n\nfunc main() { println(deep.Value, \"#\") }\n",
    ),
    ("other/other.go", "package other\n\nconst Value = \"#\"\n"),
    (
        "other/other.go",
        "package other\n\nimport \"runtime\"\n\nvar Value = runtime.GOOS + \"#\"\n",
    ),
    ("lib/texts/a.txt", "#"),
    ("lib/texts/deep/#.txt", "new"),
    ("lib/pages/#.html", "page #"),
    ("lib/pages/sub/#.html", "no page of the pattern"),
    ("lib/pages/.#.html", "hidden"),
    (
        "lib/with_c.go",
        "package lib\n\n// enum { N = # };\nimport \"C\"\n\nfunc init() { Name += string(rune('a' + C.N)) }\n",
    ),
    ("lib/n.h", "enum { M = # };\n"),
    (
        "vendor/example.com/other/other.go",
        "package other\n\nconst Value = \"vendored#\"\n",
    ),
    (
        "lib/only_windows.go",
        "package lib\n\nfunc init() { Name = \"windows#\" }\n",
    ),
    (
        "lib/only_linux.go",
        "package lib\n\nfunc init() { Name = \"linux#\" }\n",
    ),
    (
        "lib/tagged.go",
        "//go:build special\n\npackage lib\n\nfunc init() { Name = \"special#\" }\n",
    ),
    (
        "lib/added.go",
        "package lib\n\nfunc init() { Name += \"#\" }\n",
    ),
    ("README.md", "#"),
    ("ignored.txt", "#"),
    ("lib/lib_test.go", "package lib\n\nconst test = #\n"),
];

const REMOVED: &[&str] = &[
    "lib/only_windows.go",
    "lib/only_linux.go",
    "lib/tagged.go",
    "lib/added.go",
    "lib/extra.go",
    "cmd/three/main.go",
    "lib/texts/deep/1.txt",
    "lib/pages/1.html",
    "lib/pages/2.html",
    "lib/with_c.go",
    "README.md",
];

const RENAMED: &[&str] = &[
    "lib/added.go",
    "lib/added_windows.go",
    "lib/added_linux.go",
    "lib/_added.go",
    "lib/added_test.go",
];

/// Files that a pattern has, and names that it hasn't.
const PAGES: &[&str] = &[
    "lib/pages/1.html",
    "lib/pages/2.html",
    "lib/pages/1.txt",
    "lib/pages/sub/2.html",
];

/// Files that are written as they are.
const TOUCHED: &[&str] = &["lib/lib.go", "cmd/one/main.go", "go.mod", "targets.toml"];

/// Settings of the manifest; an empty value stands for none.
const SETTINGS: &[(&str, &[&str])] = &[
    ("tags", &["[\"special\"]", "[]", "[\"other\"]"]),
    (
        "env",
        &[
            "{ GOEXPERIMENT = \"\" }",
            "{}",
            "{ GODEBUG = \"panicnil=1\" }",
        ],
    ),
    (
        "ldflags",
        &[
            "[\"-s\"]",
            "[\"-s\", \"-w\", \"-X=main.set=x\"]",
            "[\"-s\", \"-w\", \"-X=main.set={commit}\"]",
        ],
    ),
    ("trimpath", &["true", "false"]),
    ("go", &["\"1.26.8\"", "\"1.25.5\"", ""]),
    ("cgo", &["true", "", "true"]),
    ("smoke", &["[]", "", "[\"--version\"]"]),
];

/// Settings that don't stand in `[build]`.
const ELSEWHERE: &[&str] = &["go", "cgo", "smoke"];

/// How the packages of the other module are found.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Replaced,
    /// By a go.work.
    Workspace,
    /// In a copy in `vendor`.
    Vendored,
}

impl Layout {
    const ALL: [Self; 3] = [Self::Replaced, Self::Workspace, Self::Vendored];

    fn lay_out(self, project: Project) -> Project {
        let required = "module example.com/e\n\ngo 1.24\n\nrequire example.com/other v0.0.0\n";
        let replaced = format!("{required}\nreplace example.com/other => ./other\n");
        match self {
            Self::Replaced => project.file("go.mod", &replaced),
            Self::Workspace => project
                .file("go.mod", "module example.com/e\n\ngo 1.24\n")
                .file("go.work", "go 1.24\n\nuse (\n\t.\n\t./other\n)\n"),
            Self::Vendored => project
                .file("go.mod", &replaced)
                .file(
                    "vendor/modules.txt",
                    "# example.com/other v0.0.0 => ./other\n## explicit; go 1.24\nexample.com/other\n\
                     # example.com/other => ./other\n",
                )
                .file(
                    "vendor/example.com/other/other.go",
                    "package other\n\nconst Value = \"vendored\"\n",
                ),
        }
    }
}

/// Two programs that share a package, which has files for systems and tags, and one that is embedded; the package
/// of a replaced module; all of which the edits change.
struct Edited {
    project: Project,
    dice: Dice,
    /// Settings of the manifest.
    settings: BTreeMap<&'static str, String>,
    /// What was done, for whom it fails.
    log: String,
}

impl Edited {
    fn new(seed: u64, layout: Layout) -> Self {
        let program = |name: &str, imports: &str, body: &str| {
            format!(
                "package main\n\nimport (\n\t\"example.com/e/lib\"\n{imports})\n\nvar set = \"\"\n\nfunc main() {{ println({name:?}, set, lib.Name{body}) }}\n"
            )
        };
        let project = Project::empty()
            .file("other/go.mod", "module example.com/other\n\ngo 1.24\n")
            .file("other/other.go", "package other\n\nconst Value = \"0\"\n")
            .file("lib/lib.go", "package lib\n\nvar Name = \"lib\"\n")
            .file("lib/text.go", "package lib\n\nimport \"embed\"\n\n//go:embed texts\nvar Texts embed.FS\n\n//go:embed pages/*.html\nvar Pages embed.FS\n")
            .file("lib/pages/0.html", "page")
            .file("lib/texts/a.txt", "a")
            .file("lib/deep/deep.go", "package deep\n\nconst Value = \"deep\"\n")
            .file("cmd/one/main.go", &program("one", "\t\"example.com/other\"\n", ", other.Value"))
            .file("cmd/two/main.go", &program("two", "", ""))
            .file(".gitignore", "/ignored*\n");
        let settings = BTreeMap::from([
            ("ldflags", "[\"-s\", \"-w\"]".to_owned()),
            ("rebuild", "\"changed\"".to_owned()),
        ]);
        let edited = Self {
            project: layout.lay_out(project).committed(),
            dice: Dice(seed),
            settings,
            log: format!("{layout:?}\n"),
        };
        edited.write_manifest();
        edited
    }

    fn write_manifest(&self) {
        let mut text =
            "[matrix]\ngoos = [\"linux\", \"windows\"]\ngoarch = [\"amd64\"]\n\n[build]\n"
                .to_owned();
        let of_build = self.settings.iter();
        for (name, value) in of_build.filter(|(name, _)| !ELSEWHERE.contains(name)) {
            writeln!(text, "{name} = {value}").unwrap();
        }
        // C brings glibc.
        text.push_str("\n[[override]]\nmatch = \"linux/*\"\nverify = { policy = \"debian-12\" }\n");
        if let Some(cgo) = self.settings.get("cgo") {
            write!(
                text,
                "\n[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = {cgo}\n"
            )
            .unwrap();
        }
        if let Some(args) = self.settings.get("smoke") {
            write!(text, "\n[smoke]\nargs = {args}\n").unwrap();
        }
        if let Some(go) = self.settings.get("go") {
            write!(text, "\n[project]\ngo = {go}\n").unwrap();
        }
        self.project.write("targets.toml", &text);
    }

    fn set(&mut self, name: &'static str, values: &[&str]) -> String {
        let value = (*self.dice.of(values)).to_owned();
        let told = format!("{name} = {value}");
        if value.is_empty() {
            self.settings.remove(name);
        } else {
            self.settings.insert(name, value);
        }
        self.write_manifest();
        told
    }

    /// Changes something, and says what.
    fn edit(&mut self) -> String {
        let number = self.dice.below(4).to_string();
        match self.dice.below(23) {
            0..12 => {
                let (path, text) = *self.dice.of(WRITTEN);
                if path.starts_with("vendor/") && !self.project.path("vendor").exists() {
                    return self.edit();
                }
                self.write(&path.replace('#', &number), &text.replace('#', &number))
            }
            12 => {
                let path = *self.dice.of(REMOVED);
                match fs::remove_file(self.project.path(path)) {
                    Ok(()) => format!("remove {path}"),
                    Err(_) => self.edit(),
                }
            }
            13 => {
                let (from, to) = (*self.dice.of(RENAMED), *self.dice.of(RENAMED));
                match fs::rename(self.project.path(from), self.project.path(to)) {
                    Ok(()) => format!("rename {from} to {to}"),
                    Err(_) => self.edit(),
                }
            }
            14 => {
                let path = *self.dice.of(TOUCHED);
                let text = self.project.read(path);
                self.write(path, &text)
            }
            15..20 => {
                let (name, values) = *self.dice.of(SETTINGS);
                self.set(name, values)
            }
            20 => {
                self.project.git(&["add", "-A"]);
                self.project
                    .git(&["commit", "-q", "--allow-empty", "-m", "More"]);
                "commit".to_owned()
            }
            21 => {
                let (from, to) = (*self.dice.of(PAGES), *self.dice.of(PAGES));
                let folder = self.project.path(to);
                fs::create_dir_all(folder.parent().unwrap()).unwrap();
                match fs::rename(self.project.path(from), self.project.path(to)) {
                    Ok(()) => format!("rename {from} to {to}"),
                    Err(_) => self.edit(),
                }
            }
            _ => {
                self.project.git(&["tag", "-f", &format!("v1.0.{number}")]);
                format!("tag v1.0.{number}")
            }
        }
    }

    fn write(&self, path: &str, text: &str) -> String {
        self.project.write(path, text);
        format!("write {path}: {text:?}")
    }

    fn build(&self, args: &[&str]) -> Run {
        let all = ["build", "--matrix", "--quiet"].iter().chain(args);
        self.project.run(&all.copied().collect::<Vec<_>>())
    }

    /// Builds after an edit, builds all in a new folder, and compares.
    fn check(&self, clean: &Path) {
        let usual = self.build(&[]);
        let _ = fs::remove_dir_all(clean);
        let all = self.build(&["--out", clean.to_str().unwrap()]);
        assert_eq!(usual.code, all.code, "{}\n{usual:?}\n{all:?}", self.log);
        let (usual, all) = (artifacts(&self.project.path("dist")), artifacts(clean));
        let stale: Vec<&String> = all
            .keys()
            .filter(|path| usual.get(*path) != all.get(*path))
            .collect();
        assert!(stale.is_empty(), "{}\nstale: {stale:?}", self.log);
        assert_eq!(usual.len(), all.len(), "{}", self.log);
        for record in ["artifacts.json", "checksums.txt", "metadata.json"] {
            let [usual, all] = [&self.project.path("dist"), clean]
                .map(|folder| fs::read_to_string(folder.join(record)).ok());
            assert_eq!(usual, all, "{}\n{record}", self.log);
        }
    }
}

/// The artifacts in an output folder, with their bytes.
fn artifacts(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut artifacts = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if !entry.path().is_dir() || name.starts_with('.') {
            continue;
        }
        for file in fs::read_dir(entry.path()).unwrap().map(Result::unwrap) {
            let bytes = fs::read(file.path()).unwrap();
            let file = file.file_name().into_string().unwrap();
            artifacts.insert(format!("{name}/{file}"), bytes);
        }
    }
    artifacts
}

fn edit_and_compare(edits: usize, seed: u64, layout: Layout) {
    let clean = tempfile::tempdir().unwrap();
    let clean = clean.path().join("clean");
    let mut edited = Edited::new(seed, layout);
    edited.check(&clean);
    for number in 1..=edits {
        let edit = edited.edit();
        writeln!(edited.log, "{number}: {edit}").unwrap();
        edited.check(&clean);
    }
}

#[test]
fn twenty_edits_leave_nothing_stale() {
    edit_and_compare(20, 7, Layout::Workspace);
}

#[test]
#[ignore = "builds a thousand times: make proofs"]
fn five_hundred_edits_leave_nothing_stale() {
    let layouts = Layout::ALL.into_iter().cycle();
    for (seed, layout) in (0..10).zip(layouts) {
        edit_and_compare(50, seed, layout);
    }
}
