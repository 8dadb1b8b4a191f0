//! The plan as a table for people.

use std::fmt::{self, Write as _};

use super::{
    Action, Arg, Compile, Place, Plan, SmokeFile, SmokeHere, Step, StepId, TrialHere,
    artifact_notes, garbage,
};
use crate::human::{counted, size};
use crate::printable::printable;
use crate::shell_word::shell_word;
use crate::smoke::Test;
use crate::target::BuildMode;
use crate::text_table::{Align, Table};

/// Writes the table: an artifact a row, then what go is told. For a terminal of this width, if any.
#[must_use]
pub fn table(plan: &Plan, width: Option<usize>) -> String {
    let release = &plan.release;
    let go = match release.go_releases.as_slice() {
        [] => release.go.clone(),
        several => several.join(", "),
    };
    let mut text = format!("{} {} with {go}\n\n", release.project, release.version);
    let mut rows = Table::new(&[
        ("Artifact", Align::Left),
        ("Target", Align::Left),
        ("cgo", Align::Left),
        ("Package", Align::Left),
    ])
    // go is told the packages, and the artifact's folder names the target too.
    .spare(&["Package", "Target", "cgo"]);
    for artifact in &plan.artifacts {
        let toolchain = artifact.toolchain.as_ref();
        let cgo = toolchain.map_or("off".to_owned(), ToString::to_string);
        let mode = match artifact.buildmode {
            BuildMode::Exe => String::new(),
            named => format!(" ({named})"),
        };
        rows.row(vec![
            artifact.path.to_string(),
            artifact.label(),
            cgo,
            format!("{}{mode}", artifact.package),
        ]);
    }
    text.push_str(&rows.fitted(width));
    text.push('\n');
    for hook in &plan.hooks.before {
        let _ = write_command(&mut text, &hook.id, &hook.command.argv);
    }
    for step in &plan.steps {
        // Writing to a String can't fail.
        let _ = write_step(&mut text, plan, step);
    }
    for hook in &plan.hooks.after {
        let _ = write_command(&mut text, &hook.id, &hook.command.argv);
    }
    write_permission(&mut text, plan);
    write_end(&mut text, plan);
    text
}

/// What is done in all, and what a reader might not expect.
fn write_end(text: &mut String, plan: &Plan) {
    let count = |is: fn(&Action) -> bool| plan.steps.iter().filter(|step| is(&step.action)).count();
    let smoked = match count(|action| matches!(action, Action::Smoke(_))) {
        0 => "",
        _ => ", run on a blank system where it says so,",
    };
    let compared = match count(|action| matches!(action, Action::Compare(_))) {
        0 => "",
        _ => ", built again and compared where it says so,",
    };
    let packed = match count(|action| matches!(action, Action::Pack(_))) {
        0 => "",
        _ => ", packed where it says so,",
    };
    let groups = count(|action| matches!(action, Action::Compile(_)));
    let _ = writeln!(
        text,
        "\n{} in {}; then each is verified{compared}{packed}{smoked} and hashed. {}",
        counted(plan.artifacts.len(), "artifact", "artifacts"),
        counted(groups, "go process", "go processes"),
        plan.digest()
    );
    for note in artifact_notes(plan).into_iter().chain(plan.scarce_memory()) {
        let _ = writeln!(text, "Note: {note}");
    }
}

fn write_command(text: &mut String, id: &StepId, argv: &[Arg]) -> fmt::Result {
    writeln!(text, "{id}\n    {}", words(argv))
}

/// How many cores a go process gets, how seldom garbage is collected, and what it is expected to take.
fn write_tuning(
    text: &mut String,
    plan: &Plan,
    (step, compile): (&StepId, &Compile),
) -> fmt::Result {
    let tuning = &compile.command.tuning;
    let flags = tuning.flags.iter().map(ToString::to_string);
    let cores = flags.filter(|flag| flag.starts_with("-p="));
    let garbage = tuning.env.get(garbage::VARIABLE);
    let garbage = garbage.map(|percent| format!("{}={percent}", garbage::VARIABLE));
    let memory = size(plan.tuning.memory_of(step));
    let memory = format!("about {memory} of memory");
    let words: Vec<String> = cores.chain(garbage).chain([memory]).collect();
    writeln!(text, "    with {}", words.join(", "))
}

/// What has to be known about hooks before anything is built.
fn write_permission(text: &mut String, plan: &Plan) {
    let count = plan.hooks().count();
    if count == 0 {
        return;
    }
    let hooks = counted(count, "hook", "hooks");
    let _ = write!(text, "\n{hooks}, which build runs only with --allow-hooks");
    let first = plan.hooks.before.len();
    if first > 0 {
        let _ = write!(
            text,
            "; {first} would run before this plan is made, and may change it"
        );
    }
    let _ = writeln!(text, ".");
}

/// A file that go sees although it isn't there.
fn write_added(
    text: &mut String,
    plan: &Plan,
    dir: &Place,
    (path, from): (&String, &Place),
) -> fmt::Result {
    let mut sources = plan.sources.iter();
    let source = sources.find(|source| source.file == *from);
    let what = source.map_or("", |source| source.what.as_str());
    writeln!(text, "    with {}: {}", dir.join(path), printable(what))
}

/// The commands of a step that runs some.
fn write_step(text: &mut String, plan: &Plan, step: &Step) -> fmt::Result {
    match &step.action {
        Action::Compile(compile) => {
            write_command(text, &step.id, &compile.command.argv)?;
            write_tuning(text, plan, (&step.id, compile))?;
            if let Some(toolchain) = &compile.command.tuning.toolchain {
                writeln!(text, "    C by {}", printable(&toolchain.to_string()))?;
            }
            let adds = compile.overlay.iter().flat_map(|overlay| &overlay.adds);
            adds.into_iter()
                .try_for_each(|added| write_added(text, plan, &compile.command.dir, added))
        }
        Action::Pack(pack) => {
            write_command(text, &step.id, &pack.command.argv)?;
            writeln!(text, "    {}", words(&pack.test.argv))?;
            match &pack.trial.tuning {
                TrialHere::Started(starts) => {
                    writeln!(text, "    then it is started once, {}", starts.how)
                }
                TrialHere::NotStarted(because) => writeln!(text, "    not started: {because}"),
            }
        }
        Action::Smoke(smoke) => {
            writeln!(text, "{}", step.id)?;
            match &smoke.tuning {
                SmokeHere::Run(means) => {
                    let asked = asked(smoke);
                    writeln!(text, "    run on a blank system, {means}: {asked}")
                }
                SmokeHere::NotRun(because) => writeln!(text, "    not run: {because}"),
            }
        }
        Action::Hook(hook) => write_command(text, &step.id, &hook.argv),
        Action::Recompile(compile) => {
            writeln!(text, "{}", step.id)?;
            let dir = &compile.command.dir;
            writeln!(
                text,
                "    the same again in {}, with a build cache of its own; then the bytes are compared",
                printable(&dir.to_string())
            )?;
            write_tuning(text, plan, (&step.id, compile))
        }
        Action::Copy(_)
        | Action::Compare(_)
        | Action::Restore(_)
        | Action::Verify(_)
        | Action::Place(_) => Ok(()),
    }
}

/// What a program is called with first, and what else is asked of it.
fn asked(smoke: &SmokeFile) -> String {
    let Test {
        first,
        service,
        checks,
        ..
    } = &smoke.test;
    let words = first.args.iter().map(|word| shell_word(word.as_ref()));
    let mut asked: Vec<String> = vec![
        words
            .map(|word| word.to_string())
            .collect::<Vec<_>>()
            .join(" "),
    ];
    asked.extend(
        service
            .as_ref()
            .map(|service| format!("its health, {}", service.probe)),
    );
    if !checks.is_empty() {
        asked.push(counted(checks.len(), "check", "checks"));
    }
    printable(&asked.join("; "))
}

fn words(argv: &[Arg]) -> String {
    let words: Vec<String> = argv
        .iter()
        .map(|word| shell_word(word.to_string().as_ref()).to_string())
        .collect();
    printable(&words.join(" "))
}
