//! What a rule is: its name, its prose, and how it looks at a binary.

use std::str::FromStr;
use std::{fmt, io};

use borsh::{BorshDeserialize, BorshSerialize};

use super::uses::Uses;
use super::{Expectation, Finding, Fix, Severity, Standing, Subject, Systems, Verdict, rules};
use crate::inspect::{Facts, Kind, NoProgram, Program};
use crate::target::{BuildMode, Cgo, Goos, Sanitizer};

/// All that a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// What [`inspect`](crate::inspect::inspect) read from it.
    pub facts: &'a Facts,
    /// The functions of a Go program, or why they can't be read.
    pub program: Result<&'a Program<'a>, &'a NoProgram>,
    /// What the plan expects; none for a file from elsewhere.
    pub expectation: Option<&'a Expectation>,
    /// Absolute folders of this machine whose source files a trimmed binary must not name.
    pub source_dirs: &'a [String],
}

impl Evidence<'_> {
    /// The system that the binary runs on: as expected, else as it says, else as its functions tell:
    /// Go 1.17 and earlier recorded no settings.
    pub(super) fn goos(&self) -> Option<Goos> {
        self.expectation
            .map(|expected| expected.target.goos)
            .or_else(|| self.facts.goos())
            .or_else(|| self.program.ok()?.goos())
    }

    /// Whether the file is a library that other programs load, and which can't but share their C
    /// library: as planned, else as it says.
    pub(super) fn is_loaded_library(&self) -> bool {
        match self.expectation {
            Some(expected) => expected.buildmode == BuildMode::CShared,
            None => self.facts.kind == Kind::Library,
        }
    }

    /// The sanitizer that the program was built with.
    pub(super) fn sanitizer(&self) -> Option<Sanitizer> {
        let info = self.facts.build_info()?;
        let is_on = |sanitizer: &&Sanitizer| info.setting(sanitizer.flag()) == Some("true");
        Sanitizer::ALL.iter().find(is_on).copied()
    }

    /// The architecture, where the constant texts of its programs aren't read.
    pub(super) fn unread_architecture(&self) -> Option<String> {
        self.program.ok().filter(|program| !program.reads_texts())?;
        let goarch = self.facts.goarch().map(|goarch| goarch.to_string());
        Some(goarch.unwrap_or_else(|| "this architecture".to_owned()))
    }

    /// Whether it is a Go program, or hides whether it is one.
    pub(super) fn may_be_go(&self) -> bool {
        self.expectation.is_some() || self.facts.go.is_ok() || self.facts.packed.is_some()
    }

    /// A sentence on why C is in the binary, for findings that cgo causes.
    pub(super) fn cgo_note(&self) -> String {
        let mut note = match (self.sanitizer(), self.facts.cgo()) {
            (Some(sanitizer), _) => format!(
                " The program was built with {sanitizer}, whose runtime is a C library and brings \
                 this in."
            ),
            (None, Some(Cgo::Enabled)) => " cgo is on, and C code brings this in.".to_owned(),
            (None, Some(Cgo::Disabled) | None) => String::new(),
        };
        let hints: Vec<_> = self
            .facts
            .symbols
            .iter()
            .map(|symbol| format!("{}: {}", symbol.name, symbol.purpose))
            .collect();
        if !hints.is_empty() {
            note.push_str(" It imports ");
            note.push_str(&hints.join("; "));
            note.push('.');
        }
        note
    }
}

/// What kind of statement a rule makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// About what the loader needs. The manifest may allow a finding.
    Linking,
    /// About what the program wants from the system while it runs. The manifest may allow a
    /// finding.
    Runtime,
    /// That the binary is what was asked for.
    Confirmation,
    /// That the binary can be read at all.
    Opacity,
}

impl Class {
    /// The best that can still be said about a binary with such a finding.
    pub(super) fn verdict(self, severity: Severity) -> Verdict {
        match self {
            Self::Opacity => Verdict::Unproven,
            Self::Confirmation if severity.is_error() => Verdict::Unproven,
            // What is only worth knowing keeps no program from working.
            Self::Runtime | Self::Confirmation if severity == Severity::Info => Verdict::Proven,
            Self::Confirmation | Self::Linking | Self::Runtime => Verdict::Conditional,
        }
    }
}

/// The name of a rule that exists, such as `elf-interp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct RuleId(&'static str);

impl RuleId {
    /// Only the build mode asks for a loader: no C library is behind it.
    pub const PIE_INTERP: Self = Self("pie-interp");
    /// The program loads files besides libraries, or can't without C.
    pub const PLUGIN: Self = Self("plugin");
    /// The files that it needs are those of Go's resolver, which takes its place.
    pub const DNS_MUSL: Self = Self("dns-musl");
    /// Something is left out without C.
    pub const CGO_STUB: Self = Self("cgo-stub");
    /// Its signs name files, whatever they are.
    pub const ASSET: Self = Self("asset");
    /// The folder of the user.
    pub const HOME: Self = Self("home");
    /// The linker is silent about it.
    pub const BUILD_X: Self = Self("build-x");
    /// glibc is linked statically, and loads its modules all the same.
    pub const STATIC_NSS: Self = Self("static-nss");

    /// Names a rule; only rules do so.
    pub(super) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl BorshSerialize for RuleId {
    fn serialize<W: io::Write>(&self, writer: &mut W) -> io::Result<()> {
        self.0.serialize(writer)
    }
}

/// Only of a rule that exists.
impl BorshDeserialize for RuleId {
    fn deserialize_reader<R: io::Read>(reader: &mut R) -> io::Result<Self> {
        let name = String::deserialize_reader(reader)?;
        let id = name.parse();
        id.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// A name that no rule has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{0}`")]
pub struct ParseRuleIdError(pub String);

impl FromStr for RuleId {
    type Err = ParseRuleIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Rule::ALL
            .iter()
            .map(|rule| rule.id)
            .find(|id| id.0 == text)
            .ok_or_else(|| ParseRuleIdError(text.to_owned()))
    }
}

/// How a rule looks at a binary.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    /// At what its headers and Go's build information say, if that is there.
    Facts {
        applies: fn(&Evidence<'_>) -> bool,
        check: fn(&Evidence<'_>) -> Vec<Finding>,
    },
    /// At its functions, in programs for the systems of the rule.
    Functions(for<'a> fn(&Evidence<'a>, Uses<'a>) -> Vec<Finding>),
    /// The same, at the constant texts that they are called with, where those are read.
    Texts(for<'a> fn(&Evidence<'a>, Uses<'a>) -> Vec<Finding>),
}

/// One rule: what it detects, and the prose that goes with it.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// What kind of statement it makes.
    pub class: Class,
    /// The systems whose programs it looks at.
    pub systems: Systems,
    /// How bad its findings are, unless a finding says otherwise.
    pub severity: Severity,
    /// What it detects, in one sentence.
    pub summary: &'static str,
    /// Why that matters and how it is recognised.
    pub explanation: &'static str,
    /// What the user sees when it strikes.
    pub symptom: &'static str,
    /// Parts of messages that tell it from others; `…` stands for what differs.
    pub signs: &'static [&'static str],
    /// What to do, the best first.
    pub fixes: &'static [Fix],
    /// How it looks at a binary.
    pub(super) check: Check,
}

impl Rule {
    /// Every rule, in the order in which findings are reported.
    pub const ALL: &'static [&'static Self] = rules::ALL;

    /// The rule with this name.
    #[must_use]
    pub fn get(id: RuleId) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|rule| rule.id == id)
    }

    pub(super) fn applies(&self, evidence: &Evidence<'_>) -> bool {
        match self.check {
            Check::Facts { applies, .. } => applies(evidence),
            Check::Functions(_) => evidence.program.is_ok() && self.systems.hold(evidence),
            Check::Texts(_) => {
                let reads = evidence.program.is_ok_and(Program::reads_texts);
                reads && self.systems.hold(evidence)
            }
        }
    }

    pub(super) fn check<'a>(
        &self,
        evidence: &Evidence<'a>,
        uses: Option<Uses<'a>>,
    ) -> Vec<Finding> {
        match self.check {
            Check::Facts { check, .. } => check(evidence),
            Check::Functions(check) | Check::Texts(check) => {
                uses.map_or_else(Vec::new, |uses| check(evidence, uses))
            }
        }
    }

    /// A finding with the prose of the rule.
    pub(crate) fn finding(&self, subject: impl Into<Subject>, detail: String) -> Finding {
        Finding {
            rule: self.id,
            severity: self.severity,
            subject: subject.into(),
            chain: Vec::new(),
            detail,
            symptom: self.symptom.to_owned(),
            fixes: self.fixes.to_vec(),
            need: None,
            standing: Standing::Told,
        }
    }
}
