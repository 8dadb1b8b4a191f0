//! Where the head of a Go file is the same, go lists the same of it: held against the real go on mutated files.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gobuildx::answers::Head;
use gobuildx::tools::go::sources::FIELDS;
use serde_json::Value;

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

/// What is put into files: all that may change what go lists, or what it takes for a text or a comment.
const INSERTED: &[&str] = &[
    "\n//go:embed a.txt\n",
    "\n\t//go:embed b.txt\nvar b string\n",
    "//go:embed `c.txt`\n",
    "x //go:embed d.txt\n",
    "\nimport \"os\"\n",
    "\nimport (\n\t_ \"embed\"\n\tx \"a/b\"\n)\n",
    "import \"C\"\n",
    "\n// #cgo LDFLAGS: -lm\nimport \"C\"\n",
    "//go:build windows\n\n",
    "// +build windows\n\n",
    "\n//go:debug panicnil=1\n",
    "/*",
    "*/",
    "//",
    "\"",
    "`",
    "'",
    "'\"'",
    "\\",
    "\n",
    "\r\n",
    ";",
    "\0",
    "\u{feff}",
    "package other\n",
    "func f() {}\n",
    "var x = 1\n",
    "if",
    "i",
    "(",
    ")",
    "ä",
];

/// A file that embeds, to begin with.
const EMBEDDING: &str = "package e\n\nimport \"embed\"\n\nvar text = \"/*\" // */\n\n//go:embed a.txt\nvar a embed.FS\n\n\
                         var char = '\"'\n\n/* //go:embed no.txt */\n//go:embed b.txt \"c.txt\"\nvar b embed.FS\n";

/// Go files of Go's own sources, some of each kind.
fn sources(dice: &mut Dice, count: usize) -> Vec<Vec<u8>> {
    let output = Command::new("go").args(["env", "GOROOT"]).output().unwrap();
    let root = String::from_utf8(output.stdout).unwrap();
    let mut files = Vec::new();
    collect(&Path::new(root.trim()).join("src"), &mut files);
    files.sort();
    let mut sources: Vec<Vec<u8>> = (0..count)
        .map(|_| fs::read(dice.of(&files)).unwrap())
        .collect();
    for source in sources.iter_mut().step_by(3) {
        *source = EMBEDDING.as_bytes().to_vec();
    }
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            files.push(path);
        }
    }
}

fn mutated(source: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut now = source.to_vec();
    // Most of a file is code, and what matters is mostly where it ends and begins.
    let header = memchr::memmem::find(source, b"import").unwrap_or_default() + 40;
    let at = if dice.below(2) == 0 {
        dice.below(source.len() + 1)
    } else {
        dice.below(header.min(source.len()) + 1)
    };
    let length = match dice.below(3) {
        0 => dice.below(20).min(source.len() - at),
        _ => 0,
    };
    let inserted = dice.of(INSERTED).bytes();
    now.splice(at..at + length, inserted);
    now
}

/// A module in which each file is a package.
struct Packages {
    folder: tempfile::TempDir,
}

impl Packages {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("go.mod"), "module m\n\ngo 1.24\n").unwrap();
        Self { folder }
    }

    fn write(&self, number: usize, content: &[u8]) {
        let folder = self.folder.path().join(format!("p{number}"));
        fs::create_dir_all(&folder).unwrap();
        for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
            fs::write(folder.join(name), "").unwrap();
        }
        fs::write(folder.join("file.go"), content).unwrap();
    }

    /// What go lists of each.
    fn listed(&self, cgo: &str) -> BTreeMap<String, Value> {
        let fields = format!("{FIELDS},Name,IgnoredGoFiles");
        let output = Command::new("go")
            .args(["list", "-e", "-find", &fields, "./..."])
            .current_dir(self.folder.path())
            .env("CGO_ENABLED", cgo)
            .env("GOFLAGS", "")
            .env("GOWORK", "off")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let all = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
        let listed = all.map(Result::unwrap).map(|mut package| {
            if let Some(error) = package["Error"].as_object_mut() {
                // The line of a comment that embeds; what has faults is not kept.
                error.remove("Pos");
            }
            let name = package["ImportPath"].as_str().unwrap().to_owned();
            (name, package)
        });
        listed.collect()
    }
}

#[test]
fn where_the_head_of_a_file_is_the_same_go_lists_the_same() {
    let mut dice = Dice(11);
    let mut now = sources(&mut dice, 300);
    let packages = Packages::new();
    for (number, source) in now.iter().enumerate() {
        packages.write(number, source);
    }
    let mut same = 0;
    let mut different = 0;
    let mut before = [packages.listed("0"), packages.listed("1")];
    for _ in 0..4 {
        let heads: Vec<Head> = now.iter().map(|source| Head::of_go(source)).collect();
        let earlier = now.clone();
        for (number, source) in now.iter_mut().enumerate() {
            *source = mutated(source, &mut dice);
            packages.write(number, source);
        }
        let after = [packages.listed("0"), packages.listed("1")];
        for (number, source) in now.iter().enumerate() {
            let name = format!("m/p{number}");
            if Head::of_go(source) != heads[number] {
                different += 1;
                continue;
            }
            same += 1;
            for (before, after) in before.iter().zip(&after) {
                let (from, to) = (&earlier[number], source);
                assert_eq!(
                    before.get(&name),
                    after.get(&name),
                    "{}\n---\n{}",
                    String::from_utf8_lossy(from),
                    String::from_utf8_lossy(to)
                );
            }
        }
        before = after;
    }
    assert!(same > 100 && different > 100, "{same} and {different}");
}
