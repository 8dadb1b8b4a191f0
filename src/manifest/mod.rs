//! `targets.toml`: what to build, for which targets, and what to prove about it.
//!
//! [`parse`] turns the text into a [`Manifest`] in which every name, path, flag and cell has been
//! checked, or into all of its faults at once, each with its place in the text.

mod audit;
mod axes;
mod binary;
mod compress;
mod diagnostic;
mod duration;
mod effective;
mod embed;
mod env;
mod flags;
mod folder;
mod go_axis;
mod hook_template;
mod hooks;
mod include;
mod ldflags;
mod matrix;
mod name;
mod needs;
mod overrides;
mod parse;
mod possible;
mod project;
mod reader;
mod release;
mod render;
mod schema;
mod settings;
mod smoke;
mod syntax;
mod tags;
mod template;
mod tool_flags;
mod toolchains;
mod verify;
mod words;

pub use audit::AuditSection;
pub(crate) use compress::{Packing, refused as packing_refused};
pub use diagnostic::{Diagnostic, Located, Span};
pub use duration::{ParseTimeLimitError, TimeLimit};
pub(crate) use effective::{BinaryRef, Effective, effective};
pub(crate) use env::unknown_experiment;
pub use flags::Flag;
pub use hook_template::HookVariable;
pub(crate) use ldflags::leaves_out_dwarf;
pub use name::{is_device, is_safe_name};
pub(crate) use needs::faults as unmet_needs;
pub use parse::{Rejected, parse};
pub(crate) use possible::possible_binaries;
pub use project::is_version_char;
pub use release::{
    Bundle, Extent, GitopsSection, HelmValues, ImageSection, ReleaseSection, SbomFormat,
    SignSection, StepsSection,
};
pub use render::render;
pub use schema::{json_schema, toolchain_json_schema};
pub use smoke::SmokeVariable;
pub use template::{Template, TemplateError, TemplateVariable, Variable};
pub use toolchains::ToolchainLayer;
pub(crate) use words::suggest;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::go_version::GoVersion;
use crate::pack::UpxOption;
use crate::runner::CpuLevel;
use crate::shell_word::shell_word;
use crate::smoke::{Grant, Isolator};
use crate::target::{BuildMode, Cgo, Selector, Target};
use crate::toolchain::ToolchainName;
use crate::verify::{Finding, PolicyName, RuleId};

/// A manifest in which everything has been checked that needs neither Go nor the disk.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file and its text, for messages that point into it.
    pub source: Source,
    /// `[project]`
    pub project: Project,
    /// `[[binary]]`; empty means every main package of the module.
    pub binaries: Vec<Binary>,
    /// The cells of `[matrix]`, in the order of their targets, each once. Never empty.
    pub cells: Vec<Cell>,
    /// `[toolchain.NAME]`
    pub toolchains: Vec<ToolchainLayer>,
    /// `[build]`
    pub build: Settings,
    /// `[[override]]`, in order; later ones win.
    pub overrides: Vec<Override>,
    /// `[embed]`
    pub embed: Embed,
    /// `[verify]`
    pub verify: Verify,
    /// `[hooks]`
    pub hooks: Hooks,
    /// `[audit]`; none means what no release should have.
    pub audit: Option<AuditSection>,
    /// `[compress]`; none means that nothing is packed.
    pub compress: Option<Compress>,
    /// `[smoke]`; none means that nothing is run, but where an override says so.
    pub smoke: Option<Smoke>,
    /// `[release]`
    pub release: ReleaseSection,
}

impl Manifest {
    /// Whether each build is audited first.
    #[must_use]
    pub fn is_gated_by_audit(&self) -> bool {
        self.audit.as_ref().is_some_and(|audit| audit.gate)
    }

    /// What is built where there is no manifest: Go's first-class desktop and server platforms,
    /// every main package of the module, without cgo.
    #[must_use]
    pub fn without_file() -> Self {
        Self {
            source: Source::default(),
            project: Project::default(),
            binaries: Vec::new(),
            cells: matrix::default_cells(),
            toolchains: Vec::new(),
            build: Settings::default(),
            overrides: Vec::new(),
            embed: Embed::default(),
            verify: Verify::default(),
            hooks: Hooks::default(),
            audit: None,
            compress: None,
            smoke: None,
            release: ReleaseSection::default(),
        }
    }
}

/// Where a manifest came from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The path as it is shown to the user; none for the defaults without a manifest.
    pub path: Option<PathBuf>,
    /// The whole text.
    pub text: String,
}

/// `[project]`
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// `name`: safe as one component of a path.
    pub name: Option<Located<String>>,
    /// `version`
    pub version: VersionSource,
    /// `go`: a release such as `1.26.8`, without the `go` in front; `1.26.x` is the newest one that is known.
    pub go: Option<Located<String>>,
}

/// Where the version of the project comes from.
#[derive(Clone, Debug, Default)]
pub enum VersionSource {
    /// `"git"`: the last tag and the commit.
    #[default]
    Git,
    /// A literal or a template such as `{tag}`.
    Template(Located<Template>),
}

/// One `[[binary]]`.
#[derive(Clone, Debug)]
pub struct Binary {
    /// `name`; none means the name that Go gives the package. Safe as one component of a path.
    pub name: Option<Located<String>>,
    /// `module`: a folder below the manifest's, `.` for its own; normalised, `/` between parts.
    pub module: Located<String>,
    /// `package`: a folder below the module's, written `.` or `./…`.
    pub package: Located<String>,
    /// `targets`: only cells that one of these selects; empty means all.
    pub targets: Vec<Located<Selector>>,
    /// `ldflags`: appended to those of `[build]`.
    pub ldflags: Vec<Located<Template>>,
    /// `buildmode`
    pub buildmode: Option<Located<BuildMode>>,
    /// The whole section.
    pub span: Span,
}

impl Binary {
    /// Whether the binary is built for a target.
    #[must_use]
    pub fn builds_for(&self, target: &Target) -> bool {
        self.targets.is_empty()
            || self
                .targets
                .iter()
                .any(|selector| selector.value.matches(target))
    }
}

/// One cell of the matrix: a target, with cgo or without, the C toolchain if with, and the Go that builds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What is built for.
    pub target: Target,
    /// Whether C is compiled in.
    pub cgo: Cgo,
    /// The toolchain that has to compile the C; none without cgo, and where the planner chooses one.
    pub toolchain: Option<Located<ToolchainName>>,
    /// The release of Go that has to build it; none where `[project]` says, or nothing does.
    pub go: Option<Located<GoVersion>>,
    /// The place in the manifest that asks for this cell.
    pub span: Span,
}

impl Cell {
    /// The toolchain that has to compile the C, where the manifest says so.
    #[must_use]
    pub fn toolchain_name(&self) -> Option<&ToolchainName> {
        self.toolchain.as_ref().map(|toolchain| &toolchain.value)
    }

    /// The release of Go that has to build it, where the matrix says so.
    #[must_use]
    pub fn release(&self) -> Option<&GoVersion> {
        self.go.as_ref().map(|go| &go.value)
    }

    /// The release of Go that tells it from other cells: none where all of a matrix have the same.
    #[must_use]
    pub fn release_among<'c>(&'c self, matrix: &[Self]) -> Option<&'c GoVersion> {
        let release = self.release();
        let differs = matrix.iter().any(|other| other.release() != release);
        release.filter(|_| differs)
    }
}

/// When go compiles a package again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rebuild {
    /// `"all"`: every package, also the standard library: `go build -a`.
    #[default]
    All,
    /// `"changed"`: what Go's build cache doesn't have.
    Changed,
}

/// `[build]`, and the part of it that `[[override]]` may set.
///
/// An absent setting is `None` or empty. Lists of overrides are appended, maps merged, single
/// values replaced.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `rebuild`
    pub rebuild: Option<Rebuild>,
    /// `trimpath`
    pub trimpath: Option<bool>,
    /// `vcs`
    pub vcs: Option<bool>,
    /// `buildmode`
    pub buildmode: Option<Located<BuildMode>>,
    /// `ldflags`; none means the default, `-s -w`.
    pub ldflags: Option<Vec<Located<Template>>>,
    /// `flags` of go build, each checked against the allow-list.
    pub flags: Vec<Located<Flag>>,
    /// `tags`
    pub tags: Vec<Located<String>>,
    /// `resolver`
    pub resolver: Option<Resolver>,
    /// `dwarf`
    pub dwarf: Option<Dwarf>,
    /// `env`: GOEXPERIMENT, GOFIPS140, GODEBUG only.
    pub env: BTreeMap<String, Located<String>>,
}

/// One `[[override]]`.
#[derive(Clone, Debug)]
pub struct Override {
    /// `match`: any of these; empty means every target.
    pub targets: Vec<Located<Selector>>,
    /// `binary`: any of these names; empty means every binary.
    pub binaries: Vec<Located<String>>,
    /// `cgo`: only cells with this setting.
    pub cgo: Option<Cgo>,
    /// What is set for the cells that match.
    pub settings: Settings,
    /// `[override.embed]`
    pub embed: Embed,
    /// `[override.verify]`
    pub verify: Verify,
    /// `[override.hooks]`
    pub hooks: Hooks,
    /// `[override.smoke]`
    pub smoke: Option<Smoke>,
    /// The whole section.
    pub span: Span,
}

/// Who looks up names of hosts and users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resolver {
    /// `"auto"`: what Go chooses, which with cgo can be the C library.
    #[default]
    Auto,
    /// `"go"`: Go's own code, also with cgo.
    Go,
}

/// When the compiler generates DWARF, which is what debuggers read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dwarf {
    /// `"always"`, as go does.
    #[default]
    Always,
    /// `"needed"`: not where the linker leaves it out anyway.
    Needed,
}

/// `[embed]`: what programs else look for on the system. An absent setting is `None`.
#[derive(Clone, Debug, Default)]
pub struct Embed {
    /// `tzdata`: the time zones.
    pub tzdata: Option<Located<bool>>,
    /// `ca_roots`: whose certificates are trusted where the system has none; `false` is nobody's.
    pub ca_roots: Option<Located<Option<CaRoots>>>,
}

/// CA certificates that are compiled in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaRoots {
    /// `true`: those that Mozilla's programs trust, as the Go team publishes them.
    Mozilla,
    /// A PEM file of the project: a path below the manifest's folder, `/` between parts.
    File(String),
}

/// `[verify]`
#[derive(Clone, Debug, Default)]
pub struct Verify {
    /// `policy`; none means the one of `[verify]`, or else `static`.
    pub policy: Option<Located<PolicyName>>,
    /// `allow`: findings that don't fail the gate.
    pub allow: Vec<Allow>,
    /// `deny`: rules whose findings fail it under any policy.
    pub deny: Vec<Located<RuleId>>,
    /// `reproducible`: whether each binary is built twice and compared; none means what `[verify]` says,
    /// or else no.
    pub reproducible: Option<bool>,
}

/// One element of `allow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The rule id, one that exists.
    pub rule: Located<RuleId>,
    /// `subject`: only findings about this; never empty.
    pub subject: Option<String>,
    /// Why the finding is acceptable; never empty.
    pub reason: String,
}

impl Allow {
    /// Whether it names what was found.
    #[must_use]
    pub fn is_about(&self, finding: &Finding) -> bool {
        let named = self.subject.as_ref();
        self.rule.value == finding.rule && named.is_none_or(|named| finding.subject.is(named))
    }
}

/// `[hooks]`, also of an override: what the user wants to be run, and when.
#[derive(Clone, Debug, Default)]
pub struct Hooks {
    /// `before`: before everything else, or before a target is compiled.
    pub before: Vec<Hook>,
    /// `after`: after everything else, or after a target's artifacts are in their places.
    pub after: Vec<Hook>,
    /// `timeout`, for each command.
    pub timeout: Option<Duration>,
}

/// One command of `[hooks]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The program and its arguments; never empty.
    pub argv: Vec<Template<HookVariable>>,
    /// The whole command.
    pub span: Span,
}

impl Hook {
    /// The variables of all arguments.
    pub fn variables(&self) -> impl Iterator<Item = HookVariable> + '_ {
        self.argv.iter().flat_map(Template::variables)
    }
}

/// As the manifest has it, in words of a shell.
impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, word) in self.argv.iter().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}{}", shell_word(word.to_string().as_ref()))?;
        }
        Ok(())
    }
}

/// `[compress]`
#[derive(Clone, Debug)]
pub struct Compress {
    /// `upx`: its options.
    pub options: Vec<UpxOption>,
    /// `match`: any of these; none means every target on which packed files run.
    pub targets: Option<Vec<Located<Selector>>>,
    /// `max_startup`: how much longer a packed file may take to start.
    pub max_startup: Option<Duration>,
    /// `allow`: targets that are packed although packed files aren't known to run there.
    pub allow: Vec<PackAnyway>,
}

/// One element of `[compress] allow`.
#[derive(Clone, Debug)]
pub struct PackAnyway {
    /// `target`
    pub target: Located<Selector>,
    /// Why it is packed all the same; never empty.
    pub reason: String,
}

/// `[smoke]`, also of an override. An absent setting is `None`.
#[derive(Clone, Debug, Default)]
pub struct Smoke {
    /// `run`: whether the program is run at all.
    pub is_run: Option<bool>,
    /// `args` and what belongs to them: what the program is called with first.
    pub call: SmokeCall,
    /// `timeout`, of each run.
    pub timeout: Option<Duration>,
    /// `grant`: what the blank system has besides the program.
    pub grants: Option<BTreeSet<Grant>>,
    /// `cpu`
    pub cpu: Option<CpuLevel>,
    /// `isolation`
    pub isolator: Option<Isolator>,
    /// `[smoke.runner.wine]`: its `root`, a folder of the machine; a relative path starts at the manifest's folder.
    pub wine: Option<PathBuf>,
    /// `not_run`
    pub not_run: Option<Unrunnable>,
    /// `[smoke.health]`
    pub health: Option<Health>,
    /// `[[smoke.check]]`; those of overrides are appended.
    pub checks: Vec<SmokeCheck>,
}

/// What a program is called with, and what is to come of it.
#[derive(Clone, Debug, Default)]
pub struct SmokeCall {
    /// `args`
    pub args: Option<Vec<Template<SmokeVariable>>>,
    /// `exit`
    pub exit: Option<u8>,
    /// `stdin`
    pub stdin: Option<Template<SmokeVariable>>,
    /// `stdout`: a pattern that is in it.
    pub stdout: Option<Template<SmokeVariable>>,
    /// `stderr`: the same.
    pub stderr: Option<Template<SmokeVariable>>,
    /// `files`: absolute paths on the blank system.
    pub files: Option<Located<Vec<String>>>,
}

/// One `[[smoke.check]]`.
#[derive(Clone, Debug)]
pub struct SmokeCheck {
    /// `name`
    pub name: Option<String>,
    /// `cpu`
    pub cpu: Option<CpuLevel>,
    /// The rest of it.
    pub call: SmokeCall,
}

/// `[smoke.health]`: how the program serves, and how it is asked whether it is well.
#[derive(Clone, Debug)]
pub struct Health {
    /// `args`
    pub args: Vec<Template<SmokeVariable>>,
    /// `http`, `https`, `tcp` or `command`.
    pub asking: Asking,
}

/// How a service is asked.
#[derive(Clone, Debug)]
pub enum Asking {
    /// `http`: the path of a URL.
    Http(String),
    /// `https`
    Https {
        /// The path of a URL.
        path: String,
        /// `ca`: a PEM file below the manifest's folder.
        ca: Option<Located<String>>,
    },
    /// `tcp`
    Tcp,
    /// `command`: the program's own arguments.
    Command(Vec<Template<SmokeVariable>>),
}

/// What becomes of a program that can't be run here, as one for another system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unrunnable {
    /// `"allow"`: it is told, and the build goes on.
    #[default]
    Allowed,
    /// `"fail"`: it isn't placed.
    Refused,
}
