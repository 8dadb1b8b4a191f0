//! What a release does in each stage, and why it leaves some out: known before anything runs.

use super::Stage;
use crate::manifest::{GitopsSection, Hook, Manifest, SignSection};

/// Whether anything may leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing does.
    Local,
    /// What is proven is published.
    Published,
}

/// What is planned for a stage, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlannedStage {
    /// What it does.
    Runs(String),
    /// Why it is left out.
    LeftOut(String),
}

impl PlannedStage {
    /// The word for it, and what there is to say.
    #[must_use]
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Runs(what) => ("runs", what),
            Self::LeftOut(why) => ("left out", why),
        }
    }
}

/// What is planned for each stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedStages(Vec<(Stage, PlannedStage)>);

impl PlannedStages {
    /// What a manifest configures, of which nothing leaves the machine unless somebody says so.
    #[must_use]
    pub fn new(manifest: &Manifest, reach: Reach) -> Self {
        let planned = |stage: &Stage| (*stage, planned(*stage, manifest, reach));
        Self(Stage::ALL.iter().map(planned).collect())
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Stage, &PlannedStage)> {
        self.0.iter().map(|(stage, planned)| (*stage, planned))
    }

    /// Why a stage is left out; none where it isn't.
    #[must_use]
    pub fn left_out(&self, stage: Stage) -> Option<&str> {
        self.iter().find_map(|(other, planned)| match planned {
            PlannedStage::LeftOut(why) if other == stage => Some(why.as_str()),
            PlannedStage::LeftOut(_) | PlannedStage::Runs(_) => None,
        })
    }
}

fn planned(stage: Stage, manifest: &Manifest, reach: Reach) -> PlannedStage {
    let release = &manifest.release;
    let runs = |what: &str| PlannedStage::Runs(what.to_owned());
    let left_out = |why: &str| PlannedStage::LeftOut(why.to_owned());
    match stage {
        Stage::Tests if release.steps.tests.is_empty() => {
            left_out("no `[release.steps]` names `tests`")
        }
        Stage::Tests => PlannedStage::Runs(listed(release.steps.tests.iter().map(Hook::to_string))),
        Stage::Build => runs("what the plan has"),
        Stage::Verify => runs("each file against its policy"),
        Stage::Smoke if manifest.smoke.is_none() => {
            left_out("no `[smoke]` says how programs are started")
        }
        Stage::Smoke => runs("on a blank system"),
        Stage::Audit if manifest.audit.is_none() => left_out("no `[audit]` says what is denied"),
        Stage::Audit => runs("what is linked into the artifacts"),
        Stage::Package => {
            let signs = release.sign.macos.iter();
            let signs = signs.map(|hook| format!("each macOS program by {hook}"));
            let files = std::iter::once("the files of the release".to_owned());
            PlannedStage::Runs(listed(files.chain(signs)))
        }
        Stage::Sign => match signed(&release.sign) {
            signed if signed.is_empty() => left_out(
                "no `[release.sign]` names a key or a command; the provenance isn't signed",
            ),
            signed => PlannedStage::Runs(listed(signed)),
        },
        Stage::Push if release.image.is_none() => {
            left_out("no `[release.image]` says what is pushed")
        }
        Stage::Gitops if release.image.is_none() => {
            left_out("there is no image that files could name")
        }
        Stage::Gitops if release.gitops.is_none() => left_out("no `[release.gitops]` names files"),
        Stage::Push | Stage::Gitops if reach == Reach::Local => {
            left_out("without --publish nothing leaves this machine")
        }
        Stage::Push => {
            let image = release.image.iter();
            let image = image.map(|image| format!("the image to {}", image.name.value));
            PlannedStage::Runs(listed(image))
        }
        Stage::Gitops => PlannedStage::Runs(listed(release.gitops.iter().map(rollout))),
    }
}

/// What becomes of a checkout.
fn rollout(section: &GitopsSection) -> String {
    let files = section.kustomizations.iter().chain(&section.manifests);
    let values = section.values.iter().map(|values| &values.file);
    let files: Vec<&str> = files.chain(values).map(String::as_str).collect();
    let commit = if section.commit {
        ", with a commit"
    } else {
        ""
    };
    let push = if section.push { " that is pushed" } else { "" };
    let checkout = section.checkout.display();
    format!("{} of {checkout}{commit}{push}", files.join(", "))
}

fn listed(what: impl IntoIterator<Item = String>) -> String {
    let what: Vec<String> = what.into_iter().collect();
    what.join("; ")
}

/// What is signed, and by what.
fn signed(section: &SignSection) -> Vec<String> {
    let checksums = section.minisign.iter();
    let checksums = checksums.map(|_| "checksums by minisign".to_owned());
    let provenance = section.dsse.iter();
    let provenance = provenance.map(|_| "provenance".to_owned());
    let by_commands = section.cmd.iter().map(Hook::to_string);
    checksums.chain(provenance).chain(by_commands).collect()
}
