//! The plan as a table for people.

use std::fmt::Write as _;

use super::{Action, Arg, Plan, StepId};
use crate::printable::printable;
use crate::process::shell_word;
use crate::target::BuildMode;
use crate::text_table::{Align, Table};

/// Writes the table: an artifact a row, then what go is told. For a terminal of this width, if any.
#[must_use]
pub fn table(plan: &Plan, width: Option<usize>) -> String {
    let release = &plan.release;
    let mut text = format!(
        "{} {} with {}\n\n",
        release.project, release.version, release.go
    );
    let mut rows = Table::new(&[
        ("Artifact", Align::Left),
        ("Target", Align::Left),
        ("cgo", Align::Left),
        ("Package", Align::Left),
    ])
    // go is told the packages, and the artifact's folder names the target too.
    .spare(&["Package", "Target", "cgo"]);
    for artifact in &plan.artifacts {
        let cgo = artifact.toolchain.as_deref().unwrap_or("off");
        let mode = match artifact.buildmode {
            BuildMode::Exe => String::new(),
            named => format!(" ({named})"),
        };
        rows.row(vec![
            artifact.path.to_string(),
            artifact.label(),
            cgo.to_owned(),
            format!("{}{mode}", artifact.package),
        ]);
    }
    text.push_str(&rows.fitted(width));
    text.push('\n');
    for hook in &plan.hooks.before {
        write_command(&mut text, &hook.id, &hook.command.argv);
    }
    for step in &plan.steps {
        match &step.action {
            Action::Compile(compile) => {
                write_command(&mut text, &step.id, &compile.command.argv);
            }
            Action::Hook(hook) => write_command(&mut text, &step.id, &hook.argv),
            Action::Verify(_) | Action::Place(_) => {}
        }
    }
    for hook in &plan.hooks.after {
        write_command(&mut text, &hook.id, &hook.command.argv);
    }
    write_permission(&mut text, plan);
    let groups = plan
        .steps
        .iter()
        .filter(|step| matches!(step.action, Action::Compile(_)))
        .count();
    let _ = writeln!(
        text,
        "\n{} in {}; then each is verified and hashed. {}",
        counted(plan.artifacts.len(), "artifact", "artifacts"),
        counted(groups, "go process", "go processes"),
        plan.digest()
    );
    text
}

fn write_command(text: &mut String, id: &StepId, argv: &[Arg]) {
    let words: Vec<String> = argv
        .iter()
        .map(|word| shell_word(word.to_string().as_ref()).to_string())
        .collect();
    // Writing to a String can't fail.
    let _ = writeln!(text, "{id}\n    {}", printable(&words.join(" ")));
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

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
