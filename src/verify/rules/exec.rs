//! `exec`: other programs that the program runs.

use super::runtime::{Unreached, called, linked, unread};
use super::wide;
use crate::inspect::Word;
use crate::target::Goos;
use crate::verify::uses::{Call, IN_TABLES, Uses};
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("exec"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program runs other programs",
    explanation: "os/exec looks for the program in the folders of PATH. An image made from \
        scratch has no other program, and no shell. Names that are constant in the source are \
        read from the machine code; others show when the program runs, as do those in a field of an \
        exec.Cmd that the program makes itself, or of cgi.Handler, and those that a function in a table \
        is called with. Assembly and others that call the system by its number are told, too. On Windows \
        CreateProcess and ShellExecute count, too, also where the program asks for them by name (NewProc). Whether a program that \
        is looked for (exec.LookPath) is done without where it isn't there doesn't show: that it is \
        looked for is told.",
    symptom: "exec: \"git\": executable file not found in $PATH",
    signs: &[
        "sh: …: not found",
        "ash: …: not found",
        "exec: …: executable file not found in …",
        "exec: …: file does not exist",
        "fork/exec …: no such file or directory",
        "open /dev/null: no such file or directory",
    ],
    fixes: &[
        Fix::source("a package that does the same in Go, or a message that says what to install"),
        Fix::image("copy the program with all that it needs, or use an image that has it"),
        Fix::manifest(
            "`allow = [{ rule = \"exec\", reason = \"…\" }]` in [verify] where it is always there",
        ),
    ],
    check: Check::Functions(check),
};

/// Functions that take the name of a program, and where.
pub(super) const NAMED: &[(&str, Word)] = &[
    ("os/exec.Command", Word(0)),
    // The context comes first, and takes two words.
    ("os/exec.CommandContext", Word(2)),
    ("os/exec.LookPath", Word(0)),
    // What LookPath is inlined to.
    ("os/exec.lookPath", Word(0)),
    ("os.StartProcess", Word(0)),
    ("syscall.StartProcess", Word(0)),
    ("syscall.ForkExec", Word(0)),
    // What the two are inlined to.
    ("syscall.forkExec", Word(0)),
    ("syscall.Exec", Word(0)),
];
/// Functions that only look for one.
const LOOK: &[(&str, Word)] = &[("os/exec.LookPath", Word(0)), ("os/exec.lookPath", Word(0))];
/// Functions that start one.
const START: &[&str] = &["os/exec.(*Cmd).Start", "os.StartProcess", "syscall.Exec"];
/// What makes an `exec.Cmd` from a name.
const MAKER: &str = "os/exec.Command";
const COMMAND: &[&str] = &[MAKER, "os/exec.CommandContext"];
/// What starts what such a one names.
const STARTER: &str = "os/exec.(*Cmd).Start";
/// What an `exec.Cmd` is told when it is to run.
const RUN: &[&str] = &[
    STARTER,
    "os/exec.(*Cmd).Run",
    "os/exec.(*Cmd).Output",
    "os/exec.(*Cmd).CombinedOutput",
];
/// The other method that an interface by which an `exec.Cmd` is run may begin with.
const ENVIRON: &str = "os/exec.(*Cmd).Environ";
/// What serves requests by a program that a field of `cgi.Handler` names.
const CGI: &str = "net/http/cgi.(*Handler).ServeHTTP";
const OTHERS: &str = "programs whose names are not constant";

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let mut calls = uses.calls(NAMED);
    uses.add(wide::programs(uses), &mut calls);
    let constant = calls.texts.iter().filter(|(name, _)| !name.is_empty());
    let looked_for = uses.calls(LOOK).texts;
    let named = constant.map(|(name, call)| {
        let need = Need::Program(Some((*name).to_owned()));
        let mut finding = called(&RULE, uses, *call, *name, need);
        if looked_for.contains_key(name) {
            finding.detail.push_str(
                "; the program looks for it (exec.LookPath), so it may do without, which doesn't show",
            );
        }
        finding.symptom = symptom(evidence.goos(), Some(uses.called(*call)), name);
        finding
    });
    let mut findings: Vec<_> = named.collect();
    let mut started = calls.texts.iter();
    if let Some((name, call)) = started.find(|(name, _)| starts_others(name)) {
        let subject = Subject::unnamed(&format!("programs that {name} starts"));
        findings.push(Finding {
            severity: Severity::Info,
            need: None,
            ..called(&RULE, uses, *call, subject, Need::Program(None))
        });
    }
    let nobody_calls = calls.is_empty();
    let mut unnamed = calls.unknown;
    if nobody_calls {
        // Nobody names a program in a call, so a field does.
        unnamed.extend(uses.handed_on(&[RUN, &[ENVIRON]].concat()).calls);
    }
    unnamed.extend(literals(uses));
    unnamed.extend(uses.calls_of(&[CGI]));
    unnamed.extend(uses.makers(CGI));
    unnamed.extend(&uses.raw_calls(evidence).programs);
    findings.extend(by_itself(evidence, uses));
    let others = match evidence.unread_architecture() {
        None => OTHERS.to_owned(),
        Some(goarch) => format!("programs whose names aren't read on {goarch}"),
    };
    if let Some(mut finding) = unread(&RULE, uses, &unnamed, &others) {
        let first = uses.by_caller(&unnamed).first().copied();
        let function = first.map(|call| uses.called(call));
        finding.symptom = symptom(evidence.goos(), function, "…");
        findings.push(finding.needing(Need::Program(None)));
    } else if let Some((function, detail)) = unseen(uses) {
        let mut finding = RULE.finding(Subject::unnamed(&others), detail.to_owned());
        finding.symptom = symptom(evidence.goos(), Some(function), "…");
        findings.push(finding.needing(Need::Program(None)));
    } else if nobody_calls {
        let (unreached, subject) = if uses.links(&[CGI]) {
            // Only who makes a value of that type brings it in.
            (Unreached::AsBad, Subject::unnamed(OTHERS))
        } else {
            // By an interface that shows only when the program runs, if at all.
            (Unreached::Told, Subject::unnamed("other programs"))
        };
        let need = Need::Program(None);
        findings.extend(linked(&RULE, uses, START, unreached, subject, need));
    }
    findings
}

/// What may start programs past all functions that do so.
fn by_itself(evidence: &Evidence<'_>, uses: Uses<'_>) -> Option<Finding> {
    let subject = "programs that it may start by system calls of its own";
    let finding = unread(&RULE, uses, &uses.raw_calls(evidence).either, subject)?;
    Some(Finding {
        severity: Severity::Info,
        symptom: symptom(evidence.goos(), None, "…"),
        ..finding
    })
}

/// Whether a program is told what to start, which isn't read.
fn starts_others(name: &str) -> bool {
    const SHELLS: &[&str] = &[
        "ash",
        "bash",
        "cmd",
        "dash",
        "doas",
        "env",
        "ksh",
        "nice",
        "nohup",
        "nsenter",
        "powershell",
        "pwsh",
        "setsid",
        "sh",
        "su",
        "sudo",
        "timeout",
        "xargs",
        "zsh",
    ];
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let base = base.to_ascii_lowercase();
    SHELLS.contains(&base.strip_suffix(".exe").unwrap_or(&base))
}

/// Where the program makes an `exec.Cmd` itself, and so names what is run in a field: where that is run
/// doesn't matter.
fn literals(uses: Uses<'_>) -> Vec<Call> {
    const RECEIVER: Word = Word(0);
    let run: Vec<_> = RUN.iter().map(|name| (*name, ())).collect();
    let run = uses.sites(&run).into_iter().map(|((), site)| site);
    if !uses.links(COMMAND) {
        // Nothing else makes one.
        return run.map(|site| site.call).collect();
    }
    let of_variables = run.filter(|site| uses.is_variable(*site, RECEIVER));
    let of_variables = of_variables.map(|site| site.call);
    of_variables
        .chain(uses.that_make_what(MAKER, STARTER))
        .collect()
}

/// What starts programs without a call that shows, with how that is known.
fn unseen(uses: Uses<'_>) -> Option<(&'static str, &'static str)> {
    const MADE: &str = "the program makes an exec.Cmd itself; who runs it doesn't show";
    let names: Vec<_> = NAMED.iter().map(|(name, _)| *name).collect();
    if uses.is_in_tables(&names) {
        return Some((MAKER, IN_TABLES));
    }
    // The linker keeps the method for who has a value, and what makes one by a name isn't there.
    let is_kept = uses.links(&[STARTER]) && !uses.links(COMMAND) && !uses.links(&[CGI]);
    let has_callers = uses.chain(&[STARTER]).is_some();
    (is_kept && !has_callers).then_some((STARTER, MADE))
}

/// What is seen where there is no such program; the function is the one that is called with its name,
/// where one is.
fn symptom(goos: Option<Goos>, function: Option<&str>, name: &str) -> String {
    // os/exec looks for a name in PATH; all else, and a field of exec.Cmd, is the path of a file.
    let is_searched = function
        .is_some_and(|function| function.starts_with("os/exec.") && !function.contains("(*Cmd)"));
    let is_bare = function.is_some_and(|function| {
        function.starts_with("syscall.") || function.starts_with("golang.org/x/sys/")
    });
    match goos {
        Some(Goos::Windows) if is_searched && name.contains(['/', '\\', ':']) => {
            format!("exec: \"{name}\": file does not exist")
        }
        Some(Goos::Windows) if is_searched => {
            format!("exec: \"{name}\": executable file not found in %PATH%")
        }
        Some(Goos::Windows) if is_bare || function.is_some_and(wide::is_wide) => {
            "The system cannot find the file specified.".to_owned()
        }
        Some(Goos::Windows) => {
            format!("fork/exec {name}: The system cannot find the file specified.")
        }
        // They tell the bare error; the program says what it was about.
        _ if is_bare => "no such file or directory".to_owned(),
        _ if !is_searched || name.contains('/') => {
            format!("fork/exec {name}: no such file or directory")
        }
        Some(Goos::Plan9) => format!("exec: \"{name}\": executable file not found in $path"),
        _ => format!("exec: \"{name}\": executable file not found in $PATH"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_depends_on_who_is_asked_to_run_the_program() {
        let linux = Some(Goos::Linux);
        for (function, name, seen) in [
            (
                "os/exec.Command",
                "git",
                "exec: \"git\": executable file not found in $PATH",
            ),
            (
                "os/exec.Command",
                "/bin/sh",
                "fork/exec /bin/sh: no such file or directory",
            ),
            (
                "os.StartProcess",
                "git",
                "fork/exec git: no such file or directory",
            ),
            ("syscall.Exec", "/bin/sh", "no such file or directory"),
        ] {
            assert_eq!(symptom(linux, Some(function), name), seen);
        }
    }
}
