//! What a release is made of: names, members and platforms, all known before anything is built.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;

use super::extra::Extra;
use super::image::{self, PlannedImage};
use super::names;
use crate::archive::{Format, MemberPath, ParseMemberPathError};
use crate::atomic::Mode;
use crate::failure::{Exit, Failure};
use crate::manifest::{Bundle, ReleaseSection, SbomFormat};
use crate::oci::ParseReferenceError;
use crate::plan::{Artifact, ArtifactPath, Plan, Release};
use crate::target::{Goarch, Goos};

/// All that is made of the artifacts of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReleasePlan {
    /// macOS programs for both kinds of cores.
    pub universals: Vec<Universal>,
    /// What people download, sorted by name.
    pub archives: Vec<PlannedArchive>,
    /// The bills of materials, sorted by name.
    pub bills: Vec<PlannedBill>,
    /// The container image.
    pub image: Option<PlannedImage>,
}

/// A macOS program for both kinds of cores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Universal {
    /// Where it lies below the output folder.
    pub path: String,
    /// The binary's name.
    pub binary: String,
    /// The programs that it is made of.
    pub from: Vec<ArtifactPath>,
}

/// An archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedArchive {
    /// Its file in the output folder.
    pub name: String,
    /// Its kind.
    #[serde(skip)]
    pub format: Format,
    /// What is in it.
    pub members: Vec<PlannedMember>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedMember {
    /// Its path in the archive.
    #[serde(serialize_with = "as_text")]
    pub path: MemberPath,
    /// Whether it is a program.
    #[serde(skip)]
    pub mode: Mode,
    /// Where its bytes come from.
    #[serde(skip)]
    pub from: Origin,
}

pub(super) fn as_text<S: serde::Serializer>(
    text: &impl std::fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(text)
}

/// Where the bytes of a member come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An artifact, or the header of one.
    Artifact(ArtifactPath),
    /// A program for both kinds of cores: its path below the output folder.
    Universal(String),
    /// A file of the project.
    Project(PathBuf),
}

/// A bill of materials of one artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedBill {
    /// Its file in the output folder.
    pub name: String,
    /// Its format.
    #[serde(skip)]
    pub format: SbomFormat,
    /// What it is of.
    pub artifact: ArtifactPath,
}

/// Why no release can be made of a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReleasePlanError {
    /// Two files would have one name, at least where letters of either case are the same.
    #[error("failed to plan the release: two files would be called `{0}`")]
    Twice(String),
    /// A file of the project has the name of a program.
    #[error(
        "failed to plan the release: `{path}` of `files` has the name of a program in `{archive}`"
    )]
    Hidden {
        /// The file.
        path: MemberPath,
        /// The archive.
        archive: String,
    },
    /// A program has a name that no archive takes.
    #[error("failed to plan the release: {0}")]
    Name(ParseMemberPathError),
    /// No macOS program is there for both kinds of cores.
    #[error(
        "failed to plan a universal program: no program is built for darwin/amd64 and for darwin/arm64, once each"
    )]
    NothingUniversal,
    /// Nothing is built that an image could hold.
    #[error("failed to plan the image `{name}`: {why}")]
    Image {
        /// The image.
        name: String,
        /// What is in the way.
        why: String,
        /// What to do.
        hint: String,
    },
    /// The version can't be a tag.
    #[error("failed to plan the image: `{text}` can't be its tag: {error}")]
    Tag {
        /// What should be one.
        text: String,
        /// What is wrong.
        error: ParseReferenceError,
    },
}

impl Failure for ReleasePlanError {
    fn exit(&self) -> Exit {
        Exit::Manifest
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Twice(_) => "give them names that differ in more than case".to_owned(),
            Self::Name(_) => "rename the binary".to_owned(),
            Self::Hidden { .. } => "leave it out of `files`, or rename it".to_owned(),
            Self::NothingUniversal => {
                "add both to the matrix, or remove `universal = true`".to_owned()
            }
            Self::Image { hint, .. } => hint.clone(),
            Self::Tag { .. } => "write `tags` of `[release.image]`".to_owned(),
        })
    }
}

impl ReleasePlan {
    /// What is made of a plan's artifacts, and of the project's own files.
    ///
    /// # Errors
    /// When names clash, or an image is wanted that nothing is built for.
    pub fn new(
        section: &ReleaseSection,
        plan: &Plan,
        extras: &[Extra],
    ) -> Result<Self, ReleasePlanError> {
        let universals = if section.universal {
            universals(plan)?
        } else {
            Vec::new()
        };
        let naming = Naming {
            section,
            release: &plan.release,
            extras,
        };
        let archives = naming.archives(plan, &universals)?;
        let bills = naming.bills(plan);
        let image = section.image.as_ref();
        let image = image.map(|image| image::planned(image, section.bundle, plan));
        let release = Self {
            universals,
            archives,
            bills,
            image: image.transpose()?,
        };
        release.check()?;
        Ok(release)
    }

    /// No two files want one name.
    fn check(&self) -> Result<(), ReleasePlanError> {
        let archives = self.archives.iter().map(|archive| &archive.name);
        let bills = self.bills.iter().map(|bill| &bill.name);
        let programs = self.image.iter().flat_map(|image| &image.programs);
        let tars = programs.map(|program| &program.tar);
        let mut folded = BTreeSet::new();
        let mut names = archives.chain(bills).chain(tars);
        match names.find(|name| !folded.insert(name.to_lowercase())) {
            Some(name) => Err(ReleasePlanError::Twice(name.clone())),
            None => Ok(()),
        }
    }
}

/// The macOS programs that are built once for each kind of cores.
fn universals(plan: &Plan) -> Result<Vec<Universal>, ReleasePlanError> {
    let mut by_binary: BTreeMap<&str, Vec<&Artifact>> = BTreeMap::new();
    for artifact in plan
        .artifacts
        .iter()
        .filter(|artifact| is_program(artifact))
    {
        if artifact.target.goos == Goos::Darwin {
            by_binary
                .entry(&artifact.binary)
                .or_default()
                .push(artifact);
        }
    }
    let pairs = by_binary.into_iter().filter_map(|(binary, mut of_binary)| {
        of_binary.sort_by_key(|artifact| artifact.target.goarch);
        let cores: Vec<Goarch> = of_binary.iter().map(|a| a.target.goarch).collect();
        let mut both = [Goarch::Amd64, Goarch::Arm64];
        both.sort_unstable();
        (cores == both).then(|| Universal {
            path: format!("{binary}_{UNIVERSAL}/{binary}"),
            binary: binary.to_owned(),
            from: of_binary.iter().map(|a| a.path.clone()).collect(),
        })
    });
    let pairs: Vec<Universal> = pairs.collect();
    if pairs.is_empty() {
        return Err(ReleasePlanError::NothingUniversal);
    }
    Ok(pairs)
}

/// What a program for both kinds of cores is built for, in names of files.
const UNIVERSAL: &str = "darwin_universal";

pub(super) fn is_program(artifact: &Artifact) -> bool {
    !artifact.buildmode.is_library()
}

/// What the names of a release are made of.
struct Naming<'a> {
    section: &'a ReleaseSection,
    release: &'a Release,
    extras: &'a [Extra],
}

impl Naming<'_> {
    fn archives(
        &self,
        plan: &Plan,
        universals: &[Universal],
    ) -> Result<Vec<PlannedArchive>, ReleasePlanError> {
        // What shares an archive, by the start of its name.
        let mut bundles: BTreeMap<String, (Goos, Vec<PlannedMember>)> = BTreeMap::new();
        for artifact in &plan.artifacts {
            let stem = self.stem(&artifact.binary, &names::cell(artifact));
            let (_, members) = bundles
                .entry(stem)
                .or_insert((artifact.target.goos, Vec::new()));
            members.extend(of_artifact(artifact)?);
        }
        for universal in universals {
            let stem = self.stem(&universal.binary, UNIVERSAL);
            let (_, members) = bundles.entry(stem).or_insert((Goos::Darwin, Vec::new()));
            members.push(member(
                &universal.binary,
                Mode::Executable,
                Origin::Universal(universal.path.clone()),
            )?);
        }
        let mut archives = Vec::new();
        for (stem, (goos, members)) in bundles {
            let usual = [Format::usual(goos)];
            let formats = self.section.archives.as_deref().unwrap_or(&usual);
            for format in formats {
                let name = format!("{stem}.{format}");
                let members = self.with_extras(&name, &members)?;
                archives.push(PlannedArchive {
                    name,
                    format: *format,
                    members,
                });
            }
        }
        archives.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(archives)
    }

    fn stem(&self, binary: &str, cell: &str) -> String {
        let name = match self.section.bundle {
            Bundle::Target => &self.release.project,
            Bundle::Binary => binary,
        };
        names::stem(name, &self.release.version, cell)
    }

    fn with_extras(
        &self,
        archive: &str,
        members: &[PlannedMember],
    ) -> Result<Vec<PlannedMember>, ReleasePlanError> {
        let mut all = members.to_vec();
        let mut taken = BTreeSet::new();
        for extra in self.extras {
            let folded = extra.path.folded();
            if !taken.insert(folded.clone()) {
                return Err(ReleasePlanError::Twice(extra.path.to_string()));
            }
            // A folder can't have the name of a program, either.
            let is_in_the_way = |member: &PlannedMember| {
                let program = member.path.folded();
                let below = folded.strip_prefix(&program);
                below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
            };
            if members.iter().any(is_in_the_way) {
                return Err(ReleasePlanError::Hidden {
                    path: extra.path.clone(),
                    archive: archive.to_owned(),
                });
            }
            all.push(PlannedMember {
                path: extra.path.clone(),
                mode: extra.mode,
                from: Origin::Project(extra.from.clone()),
            });
        }
        all.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(all)
    }

    fn bills(&self, plan: &Plan) -> Vec<PlannedBill> {
        let mut bills = Vec::new();
        for artifact in &plan.artifacts {
            let cell = names::cell(artifact);
            let stem = names::stem(&artifact.binary, &self.release.version, &cell);
            bills.extend(self.section.sbom.iter().map(|format| PlannedBill {
                name: format!("{stem}.{}", format.ending()),
                format: *format,
                artifact: artifact.path.clone(),
            }));
        }
        bills.sort_by(|one, other| one.name.cmp(&other.name));
        bills
    }
}

/// An artifact, and the header of a library.
fn of_artifact(artifact: &Artifact) -> Result<Vec<PlannedMember>, ReleasePlanError> {
    let mode = if is_program(artifact) {
        Mode::Executable
    } else {
        Mode::Record
    };
    let origin = |path: &ArtifactPath| Origin::Artifact(path.clone());
    let file = member(artifact.path.file_name(), mode, origin(&artifact.path));
    let header = artifact.header.as_ref();
    let header = header.map(|path| member(path.file_name(), Mode::Record, origin(path)));
    std::iter::once(file).chain(header).collect()
}

/// A member in the top folder.
fn member(name: &str, mode: Mode, from: Origin) -> Result<PlannedMember, ReleasePlanError> {
    let path = name.parse().map_err(ReleasePlanError::Name)?;
    Ok(PlannedMember { path, mode, from })
}
