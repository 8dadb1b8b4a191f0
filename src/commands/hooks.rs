//! Hooks: whether they may run, and those of the whole run, which are no steps of the plan.

use std::time::Instant;

use super::prepare::{Context, Prepared};
use crate::cli::Permission;
use crate::console::{self, NOTE, indented};
use crate::dist::Dist;
use crate::exec::{self, End, Event, Origin, Outcome, Session};
use crate::failure::{Exit, Failure};
use crate::manifest::{Hook, Manifest};
use crate::plan::{Base, HookCommand, Plan, RunHook};
use crate::printable::{printable, printable_path};
use crate::process::{Cancel, Reason};
use crate::progress::Observer;
use crate::report::HookReport;

/// What is there when the hooks have run that come before everything else.
#[derive(Default)]
pub(super) struct Before {
    /// The output folder, where hooks have run: no other run writes sources at the same time.
    pub(super) dist: Option<Dist>,
    /// What was run.
    commands: Vec<RunHook>,
    /// How it went.
    pub(super) reports: Vec<HookReport>,
}

impl Before {
    /// Runs the hooks that come before everything else, if they may be run.
    pub(super) fn run(
        context: &Context,
        permission: Permission,
        cancel: &Cancel,
        observer: &mut dyn Observer,
    ) -> Result<Self, Box<dyn Failure>> {
        if permission == Permission::Withheld || context.manifest.hooks.before.is_empty() {
            return Ok(Self::default());
        }
        // A packer that is missing must not be found out only after these.
        context.look_for_packer(cancel)?;
        let commands = context.hooks_before(cancel)?;
        let dist = open(context, cancel)?;
        let session = context.session(&dist)?;
        let runs = run_all(&commands, &session, cancel, observer);
        Ok(Self {
            reports: runs.ended(cancel)?,
            dist: Some(dist),
            commands,
        })
    }

    /// Hooks that were told a version must not be what changed it.
    pub(super) fn check(&self, plan: &Plan) -> Result<(), HooksError> {
        let now = plan.hooks.before.iter();
        let changed = self.commands.iter().zip(now).find(|(ran, now)| ran != now);
        match changed {
            None => Ok(()),
            Some((ran, now)) => Err(HooksError::OutOfDate {
                ran: words(&ran.command),
                now: words(&now.command),
            }),
        }
    }
}

fn words(command: &HookCommand) -> String {
    let words: Vec<String> = command.argv.iter().map(ToString::to_string).collect();
    printable(&words.join(" "))
}

/// Takes the output folder for this run.
pub(super) fn open(context: &Context, cancel: &Cancel) -> Result<Dist, Box<dyn Failure>> {
    if context.is_held_by_caller() {
        let folder = context.out.display().to_string();
        return Err(HooksError::OwnOutput { folder }.into());
    }
    let waiting = || {
        console::err(&format!(
            "{NOTE}Waiting{NOTE:#} for another gobuildx that works in {}",
            printable_path(&context.out)
        ));
    };
    Ok(Dist::open(&context.out, waiting, cancel)?)
}

/// Makes the plan, and refuses it if it has hooks that may not be run.
pub(super) fn plan(
    context: &Context,
    permission: Permission,
    cancel: &Cancel,
) -> Result<Prepared, Box<dyn Failure>> {
    let prepared = context.plan(cancel);
    let commands = match (&prepared, permission) {
        (_, Permission::Given) => return prepared,
        (Ok(prepared), Permission::Withheld) => listed(&prepared.plan, context),
        // Without what the first hooks make there may be nothing to plan from.
        (Err(_), Permission::Withheld) if cancel.reason().is_none() => {
            as_written(&context.manifest)
        }
        (Err(_), Permission::Withheld) => Vec::new(),
    };
    if commands.is_empty() {
        return prepared;
    }
    let folder = context.root.display().to_string();
    Err(HooksError::NotAllowed { folder, commands }.into())
}

/// The commands exactly as they would run.
fn listed(plan: &Plan, context: &Context) -> Vec<String> {
    let path = |place: &crate::plan::Place| match place.base {
        Base::Root => place.below(&context.root),
        Base::Out | Base::Work | Base::Temporary | Base::BuildCache | Base::ModuleCache => {
            place.below(&context.out)
        }
    };
    plan.hooks()
        .map(|hook| format!("{}: {}", hook.occasion, hook.shown(path)))
        .collect()
}

/// The commands that come first, and all others, with their variables; none where nothing comes
/// first.
fn as_written(manifest: &Manifest) -> Vec<String> {
    if manifest.hooks.before.is_empty() {
        return Vec::new();
    }
    let of_targets = manifest.overrides.iter().flat_map(|setting| {
        let before = written(&setting.hooks.before, "before a target");
        before
            .into_iter()
            .chain(written(&setting.hooks.after, "after a target"))
    });
    written(&manifest.hooks.before, "before everything")
        .into_iter()
        .chain(of_targets)
        .chain(written(&manifest.hooks.after, "after everything"))
        .collect()
}

/// The commands of `[release]`, with their variables.
pub(super) fn of_release(manifest: &Manifest) -> Vec<String> {
    let release = &manifest.release;
    let lists = [
        (&release.steps.tests, "before the release is built"),
        (&release.sign.macos, "before a macOS program is packed"),
        (&release.sign.cmd, "after the release is packed"),
    ];
    let lists = lists.into_iter();
    lists
        .flat_map(|(hooks, occasion)| written(hooks, occasion))
        .collect()
}

/// Commands as the manifest has them, and when they would run.
fn written(hooks: &[Hook], occasion: &str) -> Vec<String> {
    let line = |hook: &Hook| printable(&format!("{occasion}: {hook}"));
    hooks.iter().map(line).collect()
}

/// What came of hooks of the whole run.
pub(super) struct Runs {
    pub(super) reports: Vec<HookReport>,
    /// The end of the one after which no other was run.
    pub(super) stopped_by: Option<End>,
}

impl Runs {
    /// The reports of all of them, where each went well.
    pub(super) fn ended(self, cancel: &Cancel) -> Result<Vec<HookReport>, Box<dyn Failure>> {
        match (self.stopped_by, cancel.reason()) {
            (None, _) => Ok(self.reports),
            (Some(_), Some(reason)) => Err(HooksError::Stopped(reason).into()),
            (Some(End::Failed(failure)), None) => Err((*failure).into()),
            (Some(_), None) => Err(HooksError::Stopped(Reason::Failed).into()),
        }
    }

    /// How the program ends.
    pub(super) fn exit(&self, cancel: &Cancel) -> Exit {
        match (&self.stopped_by, cancel.reason()) {
            (None, _) => Exit::Success,
            (Some(_), Some(reason)) => reason.into(),
            (Some(End::Failed(failure)), None) => failure.exit(),
            (Some(_), None) => Exit::Failed,
        }
    }
}

/// Runs hooks of the whole run one after the other, up to the first that fails.
pub(super) fn run_all(
    hooks: &[RunHook],
    session: &Session,
    cancel: &Cancel,
    observer: &mut dyn Observer,
) -> Runs {
    let mut reports = Vec::new();
    for hook in hooks {
        let step = &hook.id;
        observer.event(&Event::Started { step });
        observer.event(&Event::Hook {
            step,
            occasion: &hook.command.occasion,
            command: &session.shown(&hook.command),
        });
        let begin = Instant::now();
        let end = exec::run_hook(&hook.command, session, cancel, &mut |line| {
            observer.event(&Event::Output { step, line });
        });
        let outcome = Outcome {
            end,
            origin: Origin::Run,
            started_ms: 0,
            duration_ms: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            killed: None,
        };
        observer.event(&Event::Finished {
            step,
            outcome: &outcome,
        });
        reports.push(HookReport::new(step, &outcome));
        if !matches!(outcome.end, End::Done(_)) {
            return Runs {
                reports,
                stopped_by: Some(outcome.end),
            };
        }
    }
    Runs {
        reports,
        stopped_by: None,
    }
}

/// Why hooks keep a build from being done.
#[derive(Debug, thiserror::Error)]
pub(super) enum HooksError {
    /// Nobody allowed them.
    #[error(
        "failed to build: the manifest has hooks, and nobody allowed them; they would run in `{folder}`:{}",
        indented(.commands)
    )]
    NotAllowed {
        folder: String,
        commands: Vec<String>,
    },
    /// A hook runs gobuildx on the folder of its own run, which would wait for the hook's end.
    #[error(
        "failed to use `{folder}` as the output folder: the gobuildx whose hook runs this one works in it"
    )]
    OwnOutput { folder: String },
    /// They were told what isn't so any more.
    #[error(
        "failed to build: the hooks that run before everything changed what they were told: \
         `{ran}` would be `{now}` now"
    )]
    OutOfDate { ran: String, now: String },
    /// The run was stopped.
    #[error("failed to run the hooks: {0}")]
    Stopped(Reason),
}

impl Failure for HooksError {
    fn exit(&self) -> Exit {
        match self {
            Self::NotAllowed { .. } | Self::OwnOutput { .. } => Exit::Usage,
            Self::OutOfDate { .. } => Exit::Failed,
            Self::Stopped(reason) => (*reason).into(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotAllowed { .. } => Some(
                "look at these commands, which may do all that you may do; then pass --allow-hooks"
                    .to_owned(),
            ),
            Self::OwnOutput { .. } => {
                Some("name another folder with --out in the hook's command".to_owned())
            }
            Self::OutOfDate { .. } => Some(
                "commit the files that the hooks make, or name them in .gitignore: they change \
                 the state of the tree, and so the version"
                    .to_owned(),
            ),
            Self::Stopped(_) => None,
        }
    }
}
