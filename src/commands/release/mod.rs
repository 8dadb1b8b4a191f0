//! `gobuildx release`: from the sources to what others take, one gate after the other.

mod bills;
mod built;
mod dockerfile;
mod dry_run;
mod gitops;
mod image;
mod keys;
mod package;
mod pipeline;
mod provenance;
mod push;
mod rollback;
mod sign;

use std::collections::BTreeSet;

use self::image::MadeImage;
use self::keys::Keys;
use self::pipeline::{Pipeline, first_line};
use super::build::{self, Made};
use super::hooks::{self, HooksError};
use super::prepare::{Context, Prepared};
use super::unchanged::Begin;
use crate::cli::{BuildArgs, ImageArgs, Permission, PublishingArgs, ReleaseArgs, ReleaseVerb};
use crate::console::{self, NOTE};
use crate::failure::{Exit, Failure};
use crate::host::Host;
use crate::manifest::Extent;
use crate::plan::{Release, release_tests};
use crate::printable::printable_path;
use crate::process::Cancel;
use crate::release::{
    Extra, PlannedStages, Reach, ReleasePlan, Stage, StageEnd, Stages, Unpublishable, extras,
    publishable,
};
use crate::report;
use crate::tools::git::{self, Repository};

pub(super) fn run(args: &ReleaseArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    if let Some(ReleaseVerb::Rollback(args)) = &args.verb {
        return rollback::rollback(args, cancel);
    }
    let wish = Wish {
        extent: Extent::Everything,
        build: &args.build,
        publishing: &args.publishing,
    };
    wish.fulfil(cancel)
}

/// `gobuildx image`: a release of which nothing but the image is made.
pub(super) fn image_alone(args: &ImageArgs, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
    let wish = Wish {
        extent: Extent::Image,
        build: &args.build,
        publishing: &args.publishing,
    };
    wish.fulfil(cancel)
}

/// What the command line asks for.
#[derive(Clone, Copy)]
struct Wish<'a> {
    extent: Extent,
    build: &'a BuildArgs,
    publishing: &'a PublishingArgs,
}

impl Wish<'_> {
    /// Does it, and tells how it went, however early it ended.
    fn fulfil(self, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
        let mut pipeline = Pipeline::default();
        let result = self.make(&mut pipeline, cancel);
        let exit = match (&result, cancel.reason()) {
            (Ok(_), _) if self.build.dry_run => return result,
            (Ok(exit), _) => *exit,
            (Err(_), Some(reason)) => reason.into(),
            (Err(failure), None) => failure.exit(),
        };
        let failure = result.as_ref().err().map(AsRef::as_ref);
        pipeline.tell(self.build.output.message_format, exit, failure);
        match (&result, &pipeline.place, cancel.reason()) {
            // Whoever stops a release has been told how far it came.
            (Err(_), Some(_), Some(_)) => Ok(exit),
            _ => result,
        }
    }

    fn make(self, pipeline: &mut Pipeline, cancel: &Cancel) -> Result<Exit, Box<dyn Failure>> {
        let begin = Begin::now();
        if self.publishing.reach() == Reach::Published && self.build.selection.is_partial() {
            return Err(Unpublishable::Part.into());
        }
        let context = build::context(self.build, Host::probe()?, cancel)?;
        let context = match self.extent {
            Extent::Everything => context,
            Extent::Image => context.image_alone()?,
        };
        let context = context.edition(self.publishing.edition());
        let extras = extras(&context.root, &context.manifest.release.files)?;
        let foreseen = foresee(self, &context, &extras, cancel)?;
        if self.build.dry_run {
            return dry_run::show(self, &context, foreseen);
        }
        permitted(self, &context)?;
        let planned = PlannedStages::new(&context.manifest, self.publishing.reach());
        let keys = Keys::read(&context)?;
        // What tests and hooks run is the code of many, and none of it signs.
        let variables = keys::variables(&context.manifest.release.sign);
        let context = context.without_variables(&variables);
        pipeline.place = Some(printable_path(&context.out));
        let run = Run {
            wish: self,
            keys: &keys,
            extras: &extras,
            cancel,
            begin,
        };
        pipeline.stages = Stages::new(planned);
        run.all(pipeline, context)
    }
}

/// What is going to be made, as far as it can be known before anything runs; none where hooks make sources first.
fn foresee(
    wish: Wish<'_>,
    context: &Context,
    extras: &[Extra],
    cancel: &Cancel,
) -> Result<Option<(Prepared, ReleasePlan)>, Box<dyn Failure>> {
    if !wish.build.dry_run && !context.manifest.hooks.before.is_empty() {
        return Ok(None);
    }
    let prepared = context.plan(cancel)?;
    let release = ReleasePlan::new(&context.manifest.release, &prepared.plan, extras)?;
    let repository = prepared.project.repository.as_ref();
    if prepared.plan.release.modified {
        let note = "files differ from the commit, so nobody can tell from it what is released";
        console::err(&format!("{NOTE}Note:{NOTE:#} {note}"));
    }
    if wish.publishing.reach() == Reach::Published {
        may_leave(context, repository, extras, cancel)?;
        let gitops = context.manifest.release.gitops.as_ref();
        if let Some((section, planned)) = gitops.zip(release.image.as_ref()) {
            let project = &prepared.plan.release.project;
            gitops::check((context, project), section, planned, cancel)?;
        }
    }
    Ok(Some((prepared, release)))
}

/// Whether what is made of these sources may leave the machine: git could tell that a file differs from the commit, none
/// does, and all files that archives get are in it.
fn may_leave(
    context: &Context,
    repository: Option<&Repository>,
    extras: &[Extra],
    cancel: &Cancel,
) -> Result<(), Box<dyn Failure>> {
    publishable(repository)?;
    let Some(repository) = repository else {
        return Ok(());
    };
    let host = &context.host;
    if let Some(path) = git::unwatched(&repository.root, host, cancel)? {
        return Err(Unpublishable::Unwatched { path }.into());
    }
    if extras.is_empty() {
        return Ok(());
    }
    let files = extras.iter().map(|extra| extra.from.as_path());
    let untracked = git::untracked(&repository.root, files, host, cancel)?;
    match untracked.first() {
        Some(path) => Err(Unpublishable::Untracked {
            path: path.strip_prefix(&repository.root).unwrap_or(path).into(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Commands of the manifest's author run only where the user says so.
fn permitted(wish: Wish<'_>, context: &Context) -> Result<(), HooksError> {
    if wish.build.hooks.permission() == Permission::Given {
        return Ok(());
    }
    let commands = hooks::of_release(&context.manifest);
    if commands.is_empty() {
        return Ok(());
    }
    let folder = context.root.display().to_string();
    Err(HooksError::NotAllowed { folder, commands })
}

/// A release that is being made.
struct Run<'a> {
    wish: Wish<'a>,
    keys: &'a Keys,
    extras: &'a [Extra],
    cancel: &'a Cancel,
    begin: Begin,
}

impl Run<'_> {
    fn all(&self, pipeline: &mut Pipeline, context: Context) -> Result<Exit, Box<dyn Failure>> {
        pipeline.stage(Stage::Tests, |_| self.tests(&context))?;
        let mut made = self.build(pipeline, context)?;
        if made.ended.exit != Exit::Success {
            return made.ended.recorded.map(|()| made.ended.exit);
        }
        pipeline.version = Some(made.prepared.plan.release.version.clone());
        if self.wish.publishing.reach() == Reach::Published {
            // Hooks may have changed the tree since.
            let repository = made.prepared.project.repository.as_ref();
            may_leave(&made.context, repository, self.extras, self.cancel)?;
        }
        pipeline.stage(Stage::Audit, |_| self.audit(&mut made))?;
        let release = ReleasePlan::new(
            &made.context.manifest.release,
            &made.prepared.plan,
            self.extras,
        )?;
        let packed = pipeline.stage(Stage::Package, |pipeline| {
            package::package(&made, &release, self.keys, (pipeline, self.cancel))
        });
        if packed.is_err() {
            // What is left is what a build leaves; what can't be removed now, the next run removes.
            let _ = made.dist.withdraw();
            pipeline.files.clear();
        }
        let image = packed?;
        sign::announce(&made, self.keys, pipeline)?;
        pipeline.stage(Stage::Sign, |_| {
            sign::sign(&made, self.keys, (self.wish.build, self.cancel))
        })?;
        self.publish(pipeline, &made, (&release, image.flatten().as_ref()))?;
        Ok(Exit::Success)
    }

    /// What leaves the machine, and only when all of it is proven and made.
    fn publish(
        &self,
        pipeline: &mut Pipeline,
        made: &Made,
        (release, image): (&ReleasePlan, Option<&MadeImage>),
    ) -> Result<(), Box<dyn Failure>> {
        let Some((planned, image)) = release.image.as_ref().zip(image) else {
            return Ok(());
        };
        let gitops = made.context.manifest.release.gitops.as_ref();
        let gitops = gitops.filter(|_| pipeline.stages.left_out(Stage::Gitops).is_none());
        if let Some(section) = gitops {
            // What can't be named in the end isn't sent.
            pipeline.possible(Stage::Gitops, || {
                let project = &release_of(made).project;
                gitops::check((&made.context, project), section, planned, self.cancel)
            })?;
        }
        pipeline.stage(Stage::Push, |pipeline| {
            let output = &self.wish.build.output;
            let what = (release, planned, image);
            push::push(made, what, &pipeline.files, output, self.cancel)
        })?;
        if let Some(section) = gitops {
            pipeline.stage(Stage::Gitops, |_| {
                gitops::update(made, section, (planned, image), self.cancel)
            })?;
        }
        Ok(())
    }

    /// Runs the commands that have to go well first.
    fn tests(&self, context: &Context) -> Result<((), String), Box<dyn Failure>> {
        let tests = &context.manifest.release.steps.tests;
        let release = context.release_of_hooks(tests, self.cancel)?;
        let dist = hooks::open(context, self.cancel)?;
        let session = context.session(&dist)?;
        let commands = release_tests(&context.manifest, &release);
        let mut observer = build::observer_of_hooks(self.wish.build);
        let runs = hooks::run_all(&commands, &session, self.cancel, observer.as_mut());
        runs.ended(self.cancel)?;
        let says = crate::human::counted(tests.len(), "command", "commands");
        Ok(((), says))
    }

    /// Builds everything, and tells of the stages that are steps of the plan.
    fn build(&self, pipeline: &mut Pipeline, context: Context) -> Result<Made, Box<dyn Failure>> {
        let mut summed_up = false;
        let made = build::make(
            context,
            self.wish.build,
            self.begin,
            self.cancel,
            &mut summed_up,
        );
        match made {
            Ok(made) => {
                for stage in Stage::ALL.iter().copied() {
                    let end = built::end(stage, &made.prepared.plan, &made.ended.outcomes);
                    if let Some(end) = end.filter(|_| pipeline.stages.left_out(stage).is_none()) {
                        pipeline.stages.end(stage, end);
                    }
                }
                Ok(made)
            }
            Err(failure) => {
                let first = first_line(&failure.to_string());
                pipeline.stages.end(Stage::Build, StageEnd::Failed(first));
                Err(failure)
            }
        }
    }

    /// Looks at the dependencies of what was built, and puts that into the report.
    fn audit(&self, made: &mut Made) -> Result<((), String), Box<dyn Failure>> {
        let selection = &self.wish.build.selection;
        let audit = super::audit::of_built(selection, &made.context.host, self.cancel)?;
        let verdict = audit.verdict();
        made.ended.report.audit = Some(audit);
        report::write_report(made.dist.folder(), &made.ended.report)?;
        Ok(((), verdict))
    }
}

/// The files of a release, whatever made them.
fn paths(pipeline: &Pipeline) -> BTreeSet<String> {
    pipeline
        .files
        .iter()
        .map(|file| file.path.clone())
        .collect()
}

/// What the release is of.
fn release_of(made: &Made) -> &Release {
    &made.prepared.plan.release
}
