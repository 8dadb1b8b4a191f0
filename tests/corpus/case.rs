//! The programs of the corpus, and what the comments at their top say is found in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use gobuildx::verify::{Finding, Rule, Severity};

/// Where the programs are.
pub(crate) const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
/// Packages that several programs share.
pub(crate) const SHARED: &str = "lib";

pub(crate) const TARGETS: [&str; 4] = [
    "linux/amd64",
    "linux/arm64",
    "windows/amd64",
    "darwin/arm64",
];

/// What a program is in the corpus for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// It has the dependence.
    Positive,
    /// It hasn't, and looks as if it hadn't.
    Negative,
    /// It hasn't, and looks as if it had.
    NearMiss,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Positive, Self::Negative, Self::NearMiss];

    /// How the folders of such programs start.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::NearMiss => "near-miss",
        }
    }
}

/// What can be found: how bad it is, and what it is about.
pub(crate) type Found = BTreeSet<(Severity, String)>;

/// One program.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) rule: &'static Rule,
    pub(crate) part: Part,
    /// `rule-part-suffix`: no two programs have the same.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) targets: Vec<&'static str>,
    pub(crate) how: How,
    /// The first release of Go that can build it as it is meant, by its minor number.
    pub(crate) since: u32,
    /// What is found, by the first release of which that holds.
    finds: BTreeMap<u32, Found>,
    /// What isn't even told.
    finds_no: BTreeSet<String>,
    /// Why the rule is wrong about what some releases made.
    excuse: Option<(Range<u32>, String)>,
}

/// What is special about building a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct How {
    pub(crate) tags: String,
    pub(crate) cgo: CLibrary,
    /// A variable of go's, with its value.
    pub(crate) env: Option<(String, String)>,
    /// As `-buildmode` has it. With one, go builds a single program.
    pub(crate) buildmode: Option<String>,
    /// What the linker is told besides.
    pub(crate) ldflags: String,
    pub(crate) after: After,
}

/// What is done to a program that was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum After {
    #[default]
    Nothing,
    /// It is packed with UPX.
    Packed,
}

/// Which C library a program is linked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CLibrary {
    #[default]
    None,
    Musl,
    DynamicMusl,
    Glibc,
    StaticGlibc,
}

impl CLibrary {
    /// What is written in a program.
    const NAMES: [(&str, Self); 4] = [
        ("musl", Self::Musl),
        ("musl-dynamic", Self::DynamicMusl),
        ("glibc", Self::Glibc),
        ("glibc-static", Self::StaticGlibc),
    ];

    /// The variables of go, and what the linker is told.
    pub(crate) const fn means(self) -> (&'static str, &'static str, &'static str) {
        let is_static = "-linkmode=external -extldflags=-static";
        match self {
            Self::None => ("0", "cc", ""),
            Self::Glibc => ("1", "gcc", ""),
            Self::StaticGlibc => ("1", "gcc", is_static),
            Self::Musl => ("1", "musl-gcc", is_static),
            Self::DynamicMusl => ("1", "musl-gcc", "-linkmode=external"),
        }
    }
}

impl Case {
    /// Reads the comments at the top of `main.go`:
    /// `finds: SUBJECT` and `finds (severity): SUBJECT`, the latter also with `since 1.N`, `finds no: SUBJECT`, `go: 1.N`
    /// (no older one builds it as it is meant), `wrong before 1.N: REASON`, `wrong from 1.N before 1.M: REASON`, `targets: …`, `tags: …`,
    /// `cgo: musl` (or `musl-dynamic`, `glibc`, `glibc-static`), `env: NAME=VALUE`, `buildmode: …`,
    /// `ldflags: …`, `after: upx`.
    fn read(rule: &'static Rule, part: Part, folder: &Path) -> Self {
        let base = folder.file_name().unwrap().to_str().unwrap();
        let mut case = Self {
            rule,
            part,
            name: format!("{}-{base}", rule.id),
            targets: TARGETS.to_vec(),
            how: How::default(),
            since: 0,
            finds: BTreeMap::new(),
            finds_no: BTreeSet::new(),
            excuse: None,
            folder: folder.to_owned(),
        };
        let source = fs::read_to_string(folder.join("main.go")).unwrap();
        let comments = source.lines().map_while(|line| line.strip_prefix("// "));
        for (key, value) in comments.filter_map(|line| line.split_once(": ")) {
            case.take(key, value);
        }
        let is_positive = part == Part::Positive;
        let counts = case
            .finds
            .values()
            .flatten()
            .any(|(severity, _)| case.counts(*severity));
        assert_eq!(is_positive, counts, "{}: what does it find?", case.name);
        case
    }

    fn take(&mut self, key: &str, value: &str) {
        let severities = [
            Severity::Info,
            Severity::Degrade,
            Severity::Fail,
            Severity::Block,
        ];
        match key {
            "finds" => self.find(0, self.rule.severity, value),
            "finds no" => {
                self.finds_no.insert(value.to_owned());
            }
            "go" => self.since = minor(value),
            "targets" => {
                let known = |word: &str| TARGETS.into_iter().find(|target| *target == word);
                self.targets = value.split(' ').map(|word| known(word).unwrap()).collect();
            }
            key if key.starts_with("wrong ") => {
                let releases = key.strip_prefix("wrong ").unwrap();
                let (from, before) = releases.split_once("before ").unwrap();
                let from = from
                    .strip_prefix("from ")
                    .map_or(0, |from| minor(from.trim_end()));
                self.excuse = Some((from..minor(before), value.to_owned()));
            }
            "tags" => value.clone_into(&mut self.how.tags),
            "buildmode" => self.how.buildmode = Some(value.to_owned()),
            "ldflags" => value.clone_into(&mut self.how.ldflags),
            "after" => {
                assert_eq!(value, "upx", "{}: what is done to it?", self.name);
                self.how.after = After::Packed;
            }
            "cgo" => {
                let mut names = CLibrary::NAMES.into_iter();
                self.how.cgo = names.find(|(name, _)| *name == value).unwrap().1;
            }
            "env" => {
                let (name, value) = value.split_once('=').unwrap();
                self.how.env = Some((name.to_owned(), value.to_owned()));
            }
            _ => {
                for severity in severities {
                    let name = format!("{severity:?}").to_lowercase();
                    let Some(since) = key.strip_prefix(&format!("finds ({name})")) else {
                        continue;
                    };
                    let since = since.strip_prefix(" since ").map_or(0, minor);
                    self.find(since, severity, value);
                }
            }
        }
    }

    fn find(&mut self, since: u32, severity: Severity, subject: &str) {
        let found = self.finds.entry(since).or_default();
        found.insert((severity, subject.to_owned()));
    }

    /// What is only told is no alarm, unless a rule does nothing but tell.
    fn counts(&self, severity: Severity) -> bool {
        severity > Severity::Info || self.rule.severity == Severity::Info
    }

    /// Why the rule is wrong about the program that a release made.
    pub(crate) fn excuse(&self, release: u32) -> Option<&str> {
        let (releases, reason) = self.excuse.as_ref()?;
        releases.contains(&release).then_some(reason)
    }

    /// What is wrong with what was found; none if it is what the comments say.
    pub(crate) fn fault(&self, release: u32, findings: &[Finding]) -> Option<String> {
        let of_rule = findings
            .iter()
            .filter(|finding| finding.rule == self.rule.id);
        let found: Found = of_rule
            .map(|finding| {
                let subject = finding.subject.to_string();
                (finding.severity, subject)
            })
            .collect();
        let finds = self.finds.range(..=release).next_back();
        let finds = finds.map(|(_, finds)| finds.clone()).unwrap_or_default();
        // Further ones that are only told don't matter.
        let missed: Vec<_> = finds.difference(&found).collect();
        let alarms = found.difference(&finds);
        let alarms: Vec<_> = alarms
            .filter(|(severity, subject)| self.counts(*severity) || self.finds_no.contains(subject))
            .collect();
        let is_right = missed.is_empty() && alarms.is_empty();
        (!is_right).then(|| format!("missed {missed:?}, false alarms {alarms:?}"))
    }
}

/// The minor number of a release of Go.
pub(crate) fn minor(release: &str) -> u32 {
    let minor = release.strip_prefix("1.").unwrap();
    minor.split('.').next().unwrap().parse().unwrap()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap();
    let mut folders: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// Every program, in the order of their names.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for of_rule in folders(Path::new(CORPUS)) {
        let name = of_rule.file_name().unwrap().to_str().unwrap();
        if name == SHARED {
            continue;
        }
        let rule = Rule::ALL.iter().find(|rule| rule.id.as_str() == name);
        let rule = rule.unwrap_or_else(|| panic!("tests/corpus/{name}: no rule of this name"));
        for folder in folders(&of_rule) {
            let base = folder.file_name().unwrap().to_str().unwrap();
            let part = Part::ALL.into_iter().find(|part| {
                let suffix = base.strip_prefix(part.prefix());
                suffix.is_some_and(|suffix| suffix.is_empty() || suffix.starts_with('-'))
            });
            let part = part.unwrap_or_else(|| panic!("{}: what is it for?", folder.display()));
            cases.push(Case::read(rule, part, &folder));
        }
    }
    cases
}
