//! Steps: what is run, on what, after what.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use super::again::{CompareFiles, CopySources};
use super::command::Place;
use super::compile::Compile;
use super::hooks::{HookCommand, Occasion};
use super::name::ArtifactPath;
use super::narrow::RestoreFile;
use super::pack::PackFile;
use super::smoke::SmokeFile;
use crate::atomic::Mode;
use crate::go_version::GoVersion;
use crate::pack::Refusal;
use crate::target::{BuildMode, Cgo, Target};
use crate::toolchain::ToolchainName;
use crate::verify::{Embedded, Expectation, Policy};

/// What a step, or a hook of the whole run, does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    // In the order of their words, which names are sorted by.
    /// Compares two builds of one binary.
    Compare,
    /// Runs one go build.
    Compile,
    /// Packs one binary.
    Compress,
    /// Copies the sources for the second build.
    Copy,
    /// Runs a command of the user's own.
    Hook,
    /// Moves one binary to its place.
    Place,
    /// Runs one go build a second time, elsewhere.
    Recompile,
    /// Copies a compiled file to where go would have put it.
    Restore,
    /// Runs one program on a blank system.
    Smoke,
    /// Holds one binary against the policy.
    Verify,
}

impl StepKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::Compare,
        Self::Compile,
        Self::Compress,
        Self::Copy,
        Self::Hook,
        Self::Place,
        Self::Recompile,
        Self::Restore,
        Self::Smoke,
        Self::Verify,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compare => "compare",
            Self::Compile => "compile",
            Self::Compress => "compress",
            Self::Copy => "copy",
            Self::Hook => "hook",
            Self::Place => "place",
            Self::Recompile => "recompile",
            Self::Restore => "restore",
            Self::Smoke => "smoke",
            Self::Verify => "verify",
        }
    }
}

/// The name of a step, such as `compile:linux/amd64/v1` or `verify:server_linux_amd64_v1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId {
    kind: StepKind,
    subject: String,
}

impl StepId {
    /// A name made of what is done and on what.
    pub fn new(kind: StepKind, subject: impl Into<String>) -> Self {
        let subject = subject.into();
        Self { kind, subject }
    }

    /// What it does.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        self.kind
    }

    /// What it works on.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.subject)
    }
}

/// As text, as reports and events name it too.
impl Serialize for StepId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A file that a build gives the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Artifact {
    /// Where it will be below the output folder.
    pub path: ArtifactPath,
    /// The binary's name.
    pub binary: String,
    /// What it is built for.
    pub target: Target,
    /// Whether C is in it.
    pub cgo: Cgo,
    /// The C toolchain.
    pub toolchain: Option<ToolchainName>,
    /// The release of Go that builds it, where that tells cells of the matrix apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub go: Option<GoVersion>,
    /// The import path of its main package.
    pub package: String,
    /// The kind of file.
    pub buildmode: BuildMode,
    /// Where the C header of a library will be, if the library exports something to C.
    pub header: Option<ArtifactPath>,
    /// What is compiled in besides its own source.
    pub embedded: BTreeSet<Embedded>,
    /// Whether CA certificates are left out of it because it never looks at one.
    pub ca_roots_unused: bool,
    /// Why it stays as it is although `[compress]` packs whatever can be packed.
    pub left_unpacked: Option<Refusal>,
    /// The steps that make it.
    pub steps: ArtifactSteps,
}

impl Artifact {
    /// All files that it may consist of.
    pub fn files(&self) -> impl Iterator<Item = &ArtifactPath> {
        std::iter::once(&self.path).chain(&self.header)
    }

    /// What it is built for, as people read it: the target, the C toolchain if there is one, and the Go
    /// where there are several.
    #[must_use]
    pub fn label(&self) -> String {
        let go = self.go.as_ref().map(GoVersion::toolchain);
        label(&self.target, self.toolchain.as_ref(), go.as_deref())
    }
}

/// The steps that make one artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArtifactSteps {
    /// Compiles it, and maybe others.
    pub compile: StepId,
    /// Verifies it.
    pub verify: StepId,
    /// Build it a second time and compare.
    pub reproduce: Option<ReproduceSteps>,
    /// Packs it.
    pub compress: Option<StepId>,
    /// Runs it on a blank system.
    pub smoke: Option<StepId>,
    /// Puts it into its place.
    pub place: StepId,
}

/// The steps that build an artifact a second time and compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReproduceSteps {
    /// Copies the sources.
    pub copy: StepId,
    /// Compiles it, and maybe others.
    pub recompile: StepId,
    /// Compares it.
    pub compare: StepId,
}

/// A target with its C toolchain, and with the name of the Go toolchain where there are several.
#[must_use]
pub fn label(
    target: &Target,
    toolchain: Option<&(impl fmt::Display + ?Sized)>,
    go: Option<&str>,
) -> String {
    let toolchain = toolchain.map(|toolchain| format!("+{toolchain}"));
    let go = go.map(|go| format!("+{go}"));
    let [toolchain, go] = [toolchain, go].map(Option::unwrap_or_default);
    format!("{target}{toolchain}{go}")
}

/// One step of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// The target it works for.
    pub target: Target,
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// What it makes.
    pub outputs: Vec<Place>,
    /// The steps that must have succeeded before.
    pub needs: Vec<StepId>,
}

/// What a step does.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Action {
    /// Runs one go build for all binaries of a group.
    Compile(Box<Compile>),
    /// Copies the sources.
    Copy(CopySources),
    /// Runs the same go build on the copy, in another environment.
    Recompile(Box<Compile>),
    /// Copies a compiled file to where go would have put it.
    Restore(RestoreFile),
    /// Compares what both made of one binary.
    Compare(Box<CompareFiles>),
    /// Inspects one binary and holds it against the policy.
    Verify(Box<VerifyFile>),
    /// Packs one verified binary and tries what came of it.
    #[serde(rename = "compress")]
    Pack(Box<PackFile>),
    /// Runs one program on a blank system, from an archive.
    Smoke(Box<SmokeFile>),
    /// Hashes a verified binary and moves it to its place in the output folder.
    Place(PlaceFile),
    /// Runs a command of the user's own.
    Hook(Box<HookCommand>),
}

impl Action {
    /// Whether a group begins with it: after a failure elsewhere it isn't started any more.
    #[must_use]
    pub fn begins(&self) -> bool {
        match self {
            // The second build takes as long as the first.
            Self::Compile(_) | Self::Copy(_) | Self::Recompile(_) => true,
            Self::Hook(hook) => matches!(hook.occasion, Occasion::Before(_)),
            Self::Compare(_)
            | Self::Restore(_)
            | Self::Verify(_)
            | Self::Pack(_)
            | Self::Smoke(_)
            | Self::Place(_) => false,
        }
    }

    /// The cores that the step uses; light steps, which read and move files, count none.
    #[must_use]
    pub fn cpu(&self) -> u32 {
        match self {
            Self::Compile(compile) | Self::Recompile(compile) => compile.cpu,
            // No hook may change what is being copied: hooks take all cores.
            Self::Copy(_) | Self::Pack(_) | Self::Smoke(_) => 1,
            Self::Hook(hook) => hook.cpu,
            Self::Compare(_) | Self::Restore(_) | Self::Verify(_) | Self::Place(_) => 0,
        }
    }
}

/// One binary to verify.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyFile {
    /// The artifact.
    pub artifact: ArtifactPath,
    /// The file as go made it.
    pub file: Place,
    /// Where it goes when the gate refuses it.
    pub rejected: Place,
    /// What its build information must say.
    pub expectation: Expectation,
    /// What it must not need.
    pub policy: Policy,
}

/// One binary to put into its place.
#[derive(Clone, Debug, Serialize)]
pub struct PlaceFile {
    /// The artifact.
    pub artifact: ArtifactPath,
    /// The file, verified and perhaps packed.
    pub from: Place,
    /// Its place in the output folder.
    pub to: Place,
    /// What its users may do with it.
    pub mode: Mode,
    /// The C header, which go writes only for a library that exports something to C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderFile>,
}

/// A header to put beside its library.
#[derive(Clone, Debug, Serialize)]
pub struct HeaderFile {
    /// Its path below the output folder.
    pub path: ArtifactPath,
    /// The file as go writes it.
    pub from: Place,
    /// Its place in the output folder.
    pub to: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_like_their_text() {
        let mut names: Vec<StepId> = Vec::new();
        for kind in StepKind::ALL {
            for subject in ["linux/amd64/v1", "a:before.1", "linux/amd64/v1#2", ""] {
                names.push(StepId::new(*kind, subject));
            }
        }
        let mut texts: Vec<String> = names.iter().map(ToString::to_string).collect();
        names.sort();
        texts.sort();
        let sorted: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(sorted, texts);
    }
}
