//! The report for people.

use std::fmt::Write as _;

use anstyle::Style;

use super::report::{Examined, Level, Need, Note, Report, State};
use crate::console::{BAD, GOOD, NOTE, STRONG};
use crate::human;
use crate::printable::{printable, printable_path};

/// The whole report, in lines that fit a narrow terminal as far as paths let them.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut text = format!("gobuildx {} on {}\n", report.gobuildx, report.system);
    if let Some(manifest) = &report.manifest {
        let _ = writeln!(text, "for {}", printable_path(manifest));
    }
    let _ = writeln!(text, "\n{STRONG}Tools{STRONG:#}");
    let width = report.tools.iter().map(|tool| tool.name.len()).max();
    for tool in &report.tools {
        examined(&mut text, tool, width.unwrap_or_default());
    }
    machine(&mut text, report);
    if !report.notes.is_empty() {
        let _ = writeln!(text, "\n{STRONG}Notes{STRONG:#}");
        for note in &report.notes {
            noted(&mut text, note);
        }
    }
    text.push('\n');
    text.push_str(&verdict(report));
    text
}

fn examined(text: &mut String, tool: &Examined, width: usize) {
    let (style, mark, state) = match (&tool.state, &tool.need) {
        (State::Found { version, .. }, _) => {
            let version = version.as_ref().map(ToString::to_string);
            (GOOD, "ok", version.unwrap_or("found".into()))
        }
        (state, Need::Required { .. }) => (BAD, "NO", brief(state)),
        (state, Need::Optional) => (NOTE, "--", brief(state)),
    };
    let _ = write!(
        text,
        "  {style}{mark}{style:#}  {:<width$}  {state:<9}",
        tool.name
    );
    let _ = writeln!(text, "  {}", tool.purpose);
    let indent = " ".repeat(width + 8);
    let mut line = |label: &str, words: &str| {
        let dim = Style::new().dimmed();
        let _ = writeln!(text, "{indent}{dim}{label}{dim:#}{}", printable(words));
    };
    match &tool.state {
        State::Found { detail, .. } => {
            if let Some(detail) = detail {
                line("for ", detail);
            }
            return;
        }
        State::TooOld {
            version,
            oldest,
            path,
        } => line(
            "problem: ",
            &format!(
                "{} is {version}; {oldest} or newer is needed",
                path.display()
            ),
        ),
        State::Unusable { path, problem } => {
            line("problem: ", &format!("{}: {problem}", path.display()));
        }
        State::Missing => {}
    }
    if let Need::Required { reason } = &tool.need {
        line("needed: ", reason);
    }
    if let Some(install) = &tool.install {
        line("get it: ", install);
    }
}

fn brief(state: &State) -> String {
    match state {
        State::Found { .. } => "found",
        State::TooOld { .. } => "too old",
        State::Unusable { .. } => "unusable",
        State::Missing => "missing",
    }
    .to_owned()
}

fn machine(text: &mut String, report: &Report) {
    let machine = &report.machine;
    let _ = writeln!(text, "\n{STRONG}Machine{STRONG:#}");
    let cores = human::counted(machine.cores, "core", "cores");
    let _ = write!(text, "  {cores}");
    if let Some(memory) = machine.memory {
        let _ = write!(text, ", {} of memory", human::size(memory));
    }
    if let Some(free) = machine.disk_free {
        let _ = write!(text, ", {} free for artifacts", human::size(free));
    }
    let colors = if machine.colors { "" } else { "no " };
    let _ = writeln!(text, ", {colors}colours");
}

fn noted(text: &mut String, note: &Note) {
    let (style, mark) = match note.level {
        Level::Problem => (BAD, "NO"),
        Level::Hint => (NOTE, "--"),
    };
    let _ = writeln!(text, "  {style}{mark}{style:#}  {}", printable(&note.text));
    let _ = writeln!(text, "      {}", printable(&note.fix));
}

fn verdict(report: &Report) -> String {
    let marked = "what is marked NO has to be mended first";
    let problem = match (&report.manifest_fault, report.has_marks()) {
        (Some(_), true) => Some(format!("the manifest is wrong, and {marked}")),
        (Some(_), false) => Some("the manifest is wrong".to_owned()),
        (None, true) => Some(marked.to_owned()),
        (None, false) => None,
    };
    if let Some(problem) = problem {
        return format!("{BAD}Not ready:{BAD:#} {problem}\n");
    }
    let missing = report.tools.iter().filter(|tool| !tool.is_usable()).count();
    match missing {
        0 => format!("{GOOD}Ready{GOOD:#}\n"),
        _ => format!("{GOOD}Ready{GOOD:#}: what is marked -- is needed only for what it says\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::Machine;
    use super::super::report::{SCHEMA, is_ready};
    use super::*;
    use crate::installing::ToolId;
    use crate::version::Version;

    fn tool(need: Need, state: State) -> Examined {
        Examined {
            id: Some(ToolId::Upx),
            name: "upx".into(),
            purpose: "packs binaries".into(),
            need,
            state,
            install: Some("apk add upx".to_owned()),
        }
    }

    fn shown(tools: Vec<Examined>, notes: Vec<Note>) -> String {
        let report = Report {
            schema: SCHEMA,
            gobuildx: "0.1.0",
            system: "Alpine".to_owned(),
            manifest: None,
            manifest_fault: None,
            ready: is_ready(&tools, &notes),
            tools,
            machine: Machine {
                cores: 2,
                memory: Some(8_000_000_000),
                disk_free: None,
                colors: false,
            },
            notes,
        };
        anstream::adapter::strip_str(&text(&report)).to_string()
    }

    #[test]
    fn a_missing_optional_tool_is_no_fault() {
        let text = shown(vec![tool(Need::Optional, State::Missing)], Vec::new());
        assert!(
            text.contains("--  upx  missing    packs binaries\n"),
            "{text}"
        );
        assert!(text.contains("get it: apk add upx\n"), "{text}");
        assert!(text.contains("\nReady"), "{text}");
    }

    #[test]
    fn a_tool_that_is_needed_and_too_old_says_so() {
        let old = State::TooOld {
            version: Version::new(&[3, 96]),
            oldest: Version::new(&[4, 2, 0]),
            path: "/usr/bin/upx".into(),
        };
        let need = Need::Required {
            reason: "[compress] packs linux/amd64".to_owned(),
        };
        let text = shown(vec![tool(need, old)], Vec::new());
        assert!(text.contains("NO  upx  too old"), "{text}");
        assert!(
            text.contains("/usr/bin/upx is 3.96; 4.2.0 or newer"),
            "{text}"
        );
        assert!(text.contains("needed: [compress]"), "{text}");
        assert!(text.contains("\nNot ready"), "{text}");
    }

    #[test]
    fn a_problem_is_not_ready_and_a_hint_is() {
        let problem = Note::problem("x".to_owned(), "y".to_owned());
        assert!(shown(Vec::new(), vec![problem]).contains("Not ready"));
        let hint = Note::hint("x".to_owned(), "y".to_owned());
        assert!(!shown(Vec::new(), vec![hint]).contains("Not ready"));
    }
}
