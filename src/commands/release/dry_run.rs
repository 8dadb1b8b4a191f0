//! What a release would be, without making any of it.

use serde_json::json;

use super::image::{DOCKERFILE, LAYOUT};
use super::package::CHANGELOG;
use super::sign::{CHECKSUMS, MINISIG};
use super::{Wish, dockerfile};
use crate::attest::{SIGNED, UNSIGNED};
use crate::cli::MessageFormat;
use crate::commands::prepare::{Context, Prepared};
use crate::console;
use crate::failure::{Exit, Failure};
use crate::plan::{signing, table};
use crate::printable::printable;
use crate::release::{PlannedStage, PlannedStages, ReleasePlan};
use crate::report::RELEASE;

/// Prints the plan of the build, the files of the release, and the stages.
pub(super) fn show(
    wish: Wish<'_>,
    context: &Context,
    foreseen: Option<(Prepared, ReleasePlan)>,
) -> Result<Exit, Box<dyn Failure>> {
    let Some((prepared, release)) = foreseen else {
        return Ok(Exit::Success);
    };
    prepared.keep_answers();
    let plan = &prepared.plan;
    let stages = PlannedStages::new(&context.manifest, wish.publishing.reach());
    match wish.build.output.message_format {
        MessageFormat::Json => {
            let stages: Vec<_> = stages
                .iter()
                .map(|(stage, planned)| {
                    let (planned, says) = planned.words();
                    json!({ "stage": stage, "planned": planned, "says": says })
                })
                .collect();
            let files = files(context, &prepared, &release).into_iter();
            let files: Vec<String> = files.map(|(name, _)| name).collect();
            let document = json!({
                "plan": plan.to_json(),
                "release": release,
                "files": files,
                "stages": stages,
            });
            console::deliver_json_line(&document)?;
        }
        MessageFormat::Human => {
            console::deliver(&table::table(plan, console::width()))?;
            let files = files(context, &prepared, &release).into_iter();
            let lines = files.map(|(name, what)| printable(&format!("  {name}: {what}")) + "\n");
            console::deliver(&format!(
                "\nFiles of the release:\n{}",
                lines.collect::<String>()
            ))?;
            let lines = stages.iter().map(|(stage, planned)| {
                let name = stage.as_str();
                let says = match planned {
                    PlannedStage::Runs(what) => what.clone(),
                    PlannedStage::LeftOut(why) => format!("not run: {why}"),
                };
                printable(&format!("  {name:<8} {says}")) + "\n"
            });
            console::deliver(&format!("\nStages:\n{}", lines.collect::<String>()))?;
        }
    }
    Ok(Exit::Success)
}

/// The files of a release and its images, with what is in each.
fn files(context: &Context, prepared: &Prepared, release: &ReleasePlan) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut line = |name: &str, what: &str| files.push((name.to_owned(), what.to_owned()));
    for universal in &release.universals {
        let from: Vec<String> = universal.from.iter().map(ToString::to_string).collect();
        line(&universal.path, &from.join(" + "));
    }
    for archive in &release.archives {
        let members = archive.members.iter();
        let members: Vec<&str> = members.map(|member| member.path.as_str()).collect();
        line(&archive.name, &members.join(", "));
    }
    for bill in &release.bills {
        line(&bill.name, bill.artifact.as_str());
    }
    if let Some(image) = &release.image {
        let platforms = image.programs.iter();
        let platforms: Vec<String> = platforms.map(|one| one.target.to_string()).collect();
        for tag in image.tags() {
            let what = format!("{} for {}", image.binary, platforms.join(", "));
            line(&format!("{}:{}", image.name, tag.tag), &what);
        }
        for program in &image.programs {
            line(
                &program.tar,
                &format!("{} for {}", image.binary, program.target),
            );
        }
        line(&format!("{LAYOUT}/"), "the image as a layout");
        if dockerfile::command(&prepared.plan, image).is_some() {
            line(DOCKERFILE, "how others make the image from the sources");
        }
    }
    let section = &context.manifest.release;
    let repository = prepared.project.repository.as_ref();
    if section.changelog && repository.is_some_and(|repository| repository.head.is_some()) {
        line(CHANGELOG, "the commits since the last version");
    }
    match section.sign.dsse {
        Some(_) => line(SIGNED, "how all of it was made, signed"),
        None => line(UNSIGNED, "how all of it was made, not signed"),
    }
    if section.sign.minisign.is_some() {
        line(MINISIG, "the signature of the checksums");
    }
    for one in signing(&context.manifest, &prepared.plan.release, CHECKSUMS) {
        line(
            &one.signature,
            "the signature of the checksums by a command",
        );
    }
    line(RELEASE, "which files there are");
    files
}
