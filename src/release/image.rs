//! The image of a release: which programs it holds, and what it is called.

use std::collections::BTreeMap;

use serde::Serialize;

use super::names;
use super::plan::{ReleasePlanError, as_text, is_program};
use super::tags::tags;
use crate::manifest::{Bundle, ImageSection};
use crate::oci::{ParseProgramNameError, Platform, ProgramName, Repository, Tag};
use crate::plan::{Artifact, ArtifactPath, Plan};
use crate::registry::{Moving, PushedTag};
use crate::target::{Goos, Target};

/// The container image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedImage {
    /// Registry and repository.
    #[serde(serialize_with = "as_text")]
    pub name: Repository,
    /// What it is called there first.
    #[serde(serialize_with = "as_tag")]
    pub tag: PushedTag,
    /// What it is called there besides.
    #[serde(serialize_with = "as_tags")]
    pub other_tags: Vec<PushedTag>,
    /// The program that it holds.
    pub binary: String,
    /// The same as a file of its root.
    #[serde(skip)]
    pub program: ProgramName,
    /// That program for each platform, sorted by target.
    pub programs: Vec<PlannedProgram>,
}

impl PlannedImage {
    /// All that it is called there.
    pub fn tags(&self) -> impl Iterator<Item = &PushedTag> {
        std::iter::once(&self.tag).chain(&self.other_tags)
    }

    /// The one by which its version is known: the first that stays that of one image, else the first.
    #[must_use]
    pub fn lasting_tag(&self) -> &Tag {
        let mut tags = self.tags();
        let lasting = tags.find(|one| one.moving == Moving::Refused);
        &lasting.unwrap_or(&self.tag).tag
    }
}

fn as_tag<S: serde::Serializer>(tag: &PushedTag, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&tag.tag)
}

fn as_tags<S: serde::Serializer>(tags: &[PushedTag], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tags.iter().map(|tag| tag.tag.as_str()))
}

/// The program of an image for one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedProgram {
    /// What it is built for.
    pub target: Target,
    /// The same, as images name it.
    pub platform: Platform,
    /// The program.
    pub artifact: ArtifactPath,
    /// The image for this platform alone, as engines load it: its file in the output folder.
    pub tar: String,
}

/// The image of a release.
///
/// # Errors
/// When nothing is built for it, or more than one program could be meant.
pub(super) fn planned(
    section: &ImageSection,
    bundle: Bundle,
    plan: &Plan,
) -> Result<PlannedImage, ReleasePlanError> {
    let name = &section.name;
    let fault = |why: String, hint: &str| ReleasePlanError::Image {
        name: name.value.to_string(),
        why,
        hint: hint.to_owned(),
    };
    let meant = programs_of(section, plan);
    let Some(first) = meant.first() else {
        let what = match &section.binary {
            Some(binary) => format!("no program `{}` is built for Linux", binary.value),
            None => "no program is built for Linux".to_owned(),
        };
        let hint = "build it for linux/amd64 or another Linux target, and name it in `binary`";
        return Err(fault(what, hint));
    };
    if let Some(other) = meant.iter().find(|other| other.binary != first.binary) {
        let why = format!("it could hold `{}` or `{}`", first.binary, other.binary);
        return Err(fault(
            why,
            "write which one in `binary` of `[release.image]`",
        ));
    }
    let platforms = platforms(&meant, &fault)?;
    let program = first.binary.parse();
    let program = program
        .map_err(|error: ParseProgramNameError| fault(error.to_string(), "rename the binary"))?;
    let (tag, other_tags) = tags(&section.tags, &plan.release)?;
    let release = &plan.release;
    let owner = match bundle {
        Bundle::Target => &release.project,
        Bundle::Binary => &first.binary,
    };
    let programs = platforms.into_iter().map(|(platform, artifact)| {
        let stem = names::stem(owner, &release.version, &names::cell(artifact));
        PlannedProgram {
            target: artifact.target.clone(),
            platform,
            artifact: artifact.path.clone(),
            tar: format!("{stem}.image.tar"),
        }
    });
    Ok(PlannedImage {
        name: name.value.clone(),
        tag,
        other_tags,
        binary: first.binary.clone(),
        program,
        programs: programs.collect(),
    })
}

/// The platform of each program, each once.
fn platforms<'p>(
    meant: &[&'p Artifact],
    fault: &dyn Fn(String, &str) -> ReleasePlanError,
) -> Result<BTreeMap<Platform, &'p Artifact>, ReleasePlanError> {
    let mut platforms: BTreeMap<Platform, &Artifact> = BTreeMap::new();
    for artifact in meant {
        let platform = Platform::of(&artifact.target);
        let platform = platform.map_err(|error| fault(error.to_string(), "leave it out"))?;
        let Some(other) = platforms.insert(platform.clone(), artifact) else {
            continue;
        };
        let why = format!(
            "`{}` for {} and for {} would both be the one for {platform}",
            artifact.binary, other.target, artifact.target
        );
        let hint =
            "let the image's binary be built once for each platform, with `match` or `targets`";
        return Err(fault(why, hint));
    }
    Ok(platforms)
}

/// The Linux programs that an image could hold, sorted by target.
fn programs_of<'p>(section: &ImageSection, plan: &'p Plan) -> Vec<&'p Artifact> {
    let is_meant = |artifact: &&Artifact| {
        let target = &artifact.target;
        let mut selectors = section.targets.iter();
        let is_selected =
            section.targets.is_empty() || selectors.any(|selector| selector.value.matches(target));
        let named = section.binary.as_ref();
        let is_named = named.is_none_or(|name| name.value == artifact.binary);
        target.goos == Goos::Linux && is_program(artifact) && is_selected && is_named
    };
    let mut meant: Vec<&Artifact> = plan.artifacts.iter().filter(is_meant).collect();
    meant.sort_by(|one, other| one.target.cmp(&other.target));
    meant
}
