//! The plan as a table for people.

use std::fmt::Write as _;

use super::{Action, Plan};
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
            BuildMode::Exe => "",
            BuildMode::Pie => " (pie)",
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
    for step in &plan.steps {
        if let Action::Compile(compile) = &step.action {
            let words: Vec<String> = compile
                .command
                .argv
                .iter()
                .map(|word| shell_word(word.to_string().as_ref()).to_string())
                .collect();
            // Writing to a String can't fail.
            let _ = writeln!(text, "{}\n    {}", step.id, words.join(" "));
        }
    }
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

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
