//! `[smoke]`, also of an override: what is asked of each program on a blank system.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr as _;

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader, Table};
use super::template::{self, Template, TemplateVariable, Variable};
use super::words::{quote, suggest, toml};
use super::{
    Asking, Health, Manifest, Override, Smoke, SmokeCall, SmokeCheck, Unrunnable, duration, embed,
};
use crate::runner::CpuLevel;
use crate::smoke::{Grant, Isolator};

pub(super) const KEYS: &[&str] = &[
    "run",
    "args",
    "exit",
    "stdin",
    "stdout",
    "stderr",
    "files",
    "timeout",
    "grant",
    "cpu",
    "isolation",
    "runner",
    "not_run",
    "health",
    "check",
];
pub(super) const RUNNER: &[&str] = &["wine"];
pub(super) const WINE: &[&str] = &["root"];
pub(super) const HEALTH: &[&str] = &["args", "http", "https", "ca", "tcp", "command"];
pub(super) const CHECK: &[&str] = &[
    "name", "cpu", "args", "exit", "stdin", "stdout", "stderr", "files",
];

/// The ways to ask a program whether it is well.
pub(super) const PROBES: [&str; 4] = ["http", "https", "tcp", "command"];

/// What may become of a program that can't be run here.
pub(super) const NOT_RUN: [(&str, Unrunnable); 2] = [
    ("allow", Unrunnable::Allowed),
    ("fail", Unrunnable::Refused),
];

impl Smoke {
    /// Takes over what another section says; what belongs to a call is taken one by one.
    pub(super) fn override_with(&mut self, later: &Self) {
        fn set<T: Clone>(value: &mut Option<T>, later: Option<&T>) {
            if let Some(later) = later {
                *value = Some(later.clone());
            }
        }
        set(&mut self.is_run, later.is_run.as_ref());
        set(&mut self.timeout, later.timeout.as_ref());
        set(&mut self.grants, later.grants.as_ref());
        set(&mut self.cpu, later.cpu.as_ref());
        set(&mut self.isolator, later.isolator.as_ref());
        set(&mut self.wine, later.wine.as_ref());
        set(&mut self.not_run, later.not_run.as_ref());
        set(&mut self.health, later.health.as_ref());
        let (call, later_call) = (&mut self.call, &later.call);
        set(&mut call.args, later_call.args.as_ref());
        set(&mut call.exit, later_call.exit.as_ref());
        set(&mut call.stdin, later_call.stdin.as_ref());
        set(&mut call.stdout, later_call.stdout.as_ref());
        set(&mut call.stderr, later_call.stderr.as_ref());
        set(&mut call.files, later_call.files.as_ref());
        self.checks.extend_from_slice(&later.checks);
    }
}

impl Manifest {
    /// Whether anything is run on a blank system.
    #[must_use]
    pub fn smokes(&self) -> bool {
        let mut sections = self.smoke_sections();
        sections.any(|smoke| smoke.is_run != Some(false))
    }

    /// Whether anything is said of what is run on a blank system, if only that nothing is.
    #[must_use]
    pub fn speaks_of_smoke(&self) -> bool {
        self.smoke_sections().next().is_some()
    }

    /// What is asked for to keep programs from the machine.
    #[must_use]
    pub fn isolators(&self) -> BTreeSet<Isolator> {
        let sections = self.effective_smoke_sections();
        sections.filter_map(|smoke| smoke.isolator).collect()
    }

    /// The root folders with wine that programs for Windows are run with, as they are written.
    #[must_use]
    pub fn wines(&self) -> BTreeSet<PathBuf> {
        let sections = self.effective_smoke_sections();
        sections.filter_map(|smoke| smoke.wine.clone()).collect()
    }

    /// The PEM files of the certificates by which services are believed, below the manifest's folder.
    pub fn certificates_of_services(&self) -> impl Iterator<Item = &Located<String>> {
        let healths = self.smoke_sections();
        let healths = healths.filter_map(|smoke| smoke.health.as_ref());
        healths.filter_map(|health| match &health.asking {
            Asking::Https { ca, .. } => ca.as_ref(),
            Asking::Http(_) | Asking::Tcp | Asking::Command(_) => None,
        })
    }

    /// Whether a program that can't be run here isn't placed, somewhere.
    #[must_use]
    pub fn refuses_what_is_not_run(&self) -> bool {
        let mut sections = self.effective_smoke_sections();
        sections.any(|smoke| smoke.not_run == Some(Unrunnable::Refused))
    }

    fn smoke_sections(&self) -> impl Iterator<Item = &Smoke> {
        let overrides = self.overrides.iter();
        let all = overrides.map(|setting| &setting.smoke).chain([&self.smoke]);
        all.filter_map(Option::as_ref)
    }

    /// All of them if anything is run: one that runs nothing itself may say how another's programs are.
    fn effective_smoke_sections(&self) -> impl Iterator<Item = &Smoke> {
        let is_any_run = self.smokes();
        self.smoke_sections().filter(move |_| is_any_run)
    }
}

/// The section of the whole manifest.
pub(super) fn read<'a>(
    read: &mut Reader<'a>,
    root: &Table<'a>,
    overrides: &[Override],
) -> Option<Smoke> {
    let before = read.count();
    let smoke = read.section(root, "smoke", KEYS).map(|table| {
        let smoke = settings(read, &table);
        asks_something(read, &table, &smoke.call);
        smoke
    });
    let overrides = overrides.iter().filter_map(|one| one.smoke.as_ref());
    let all: Vec<&Smoke> = smoke.iter().chain(overrides).collect();
    // A grant that can't be read may be the one.
    if read.count() == before {
        can_make_files(read, &all);
    }
    smoke
}

/// Files that a program is to make need the one folder that it can write to, which somebody has to grant.
fn can_make_files(read: &mut Reader<'_>, sections: &[&Smoke]) {
    let granted = sections.iter().filter_map(|smoke| smoke.grants.as_ref());
    let mut granted: BTreeSet<Grant> = granted.flatten().copied().collect();
    if !granted.insert(Grant::Tmp) {
        return;
    }
    let names: Vec<String> = granted.iter().map(|grant| toml(grant.as_str())).collect();
    let help = format!("write `grant = [{}]` in `[smoke]`", names.join(", "));
    let calls = sections.iter().flat_map(|smoke| {
        let checks = smoke.checks.iter().map(|check| &check.call);
        checks.chain([&smoke.call])
    });
    for files in calls.filter_map(|call| call.files.as_ref()) {
        if !files.value.is_empty() {
            let message = "no program can make these files: `/tmp` isn't granted";
            read.push(Diagnostic::wrong(&files.span, message).help(help.clone()));
        }
    }
}

/// The section of an override.
pub(super) fn of_override<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Smoke> {
    let table = read.table(entry, "`[override.smoke]`", KEYS)?;
    Some(settings(read, &table))
}

fn settings<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Smoke {
    let is_run = table.entry("run").and_then(|entry| read.boolean(&entry));
    let timeout = table
        .entry("timeout")
        .and_then(|entry| duration::read(read, &entry));
    let grants = table.entry("grant").map(|entry| grants(read, &entry));
    let cpu = table.entry("cpu").and_then(|entry| cpu(read, &entry));
    let isolator = table
        .entry("isolation")
        .and_then(|entry| isolator(read, &entry));
    let wine = table.entry("runner").and_then(|entry| wine(read, &entry));
    let not_run = table
        .entry("not_run")
        .and_then(|entry| not_run(read, &entry));
    let health = table.entry("health").and_then(|entry| {
        let table = read.table(&entry, "`[smoke.health]`", HEALTH)?;
        health(read, &table)
    });
    let checks = table
        .entry("check")
        .and_then(|entry| read.array(&entry, "tables"))
        .unwrap_or_default();
    let checks = checks.iter().filter_map(|element| check(read, element));
    let checks = checks.collect();
    Smoke {
        is_run,
        call: call(read, table),
        timeout,
        grants,
        cpu,
        isolator,
        wine,
        not_run,
        health,
        checks,
    }
}

fn call<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> SmokeCall {
    let args = table.entry("args").map(|entry| arguments(read, &entry));
    let exit = table.entry("exit").and_then(|entry| exit(read, &entry));
    let mut text = |key| {
        let entry = table.entry(key)?;
        let string = read.string(&entry)?;
        template::read_any(read, &string)
    };
    let (stdin, stdout, stderr) = (text("stdin"), text("stdout"), text("stderr"));
    let files = table.entry("files").map(|entry| Located {
        value: files(read, &entry),
        span: entry.span.clone(),
    });
    SmokeCall {
        args,
        exit,
        stdin,
        stdout,
        stderr,
        files,
    }
}

/// A text that any output has asks nothing, except in an override, where it takes back what was asked.
fn asks_something<'a>(read: &mut Reader<'a>, table: &Table<'a>, call: &SmokeCall) {
    for (key, pattern) in [("stdout", &call.stdout), ("stderr", &call.stderr)] {
        let is_empty = |pattern: &Template<_>| pattern.to_string().chars().all(|c| c == '*');
        if pattern.as_ref().is_some_and(is_empty)
            && let Some(entry) = table.entry(key)
        {
            let message = format!("`{key}` asks nothing: any output has this in it");
            let help = format!("write what {key} has to have in it, or remove `{key}`");
            read.push(Diagnostic::wrong(&entry.span, message).help(help));
        }
    }
}

/// Source: `execve(2)`: `MAX_ARG_STRLEN` is 32 pages, and the last byte is zero.
const LONGEST_ARGUMENT: usize = 131_071;

fn arguments<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Vec<Template<SmokeVariable>> {
    let strings = read.strings(entry).unwrap_or_default();
    let mut arguments = Vec::new();
    for argument in strings {
        if argument.value.contains('\0') {
            let diagnostic = Diagnostic::wrong(&argument.span, "an argument has a NUL in it");
            read.push(diagnostic.help("remove it: no program can be given one"));
        }
        let bytes = argument.value.len();
        if bytes > LONGEST_ARGUMENT {
            let message = format!("an argument has {bytes} bytes");
            let help = format!(
                "Linux hands on no more than {LONGEST_ARGUMENT}; let the program read it from `stdin`"
            );
            read.push(Diagnostic::wrong(&argument.span, message).help(help));
        }
        arguments.extend(template::read_any(read, &argument));
    }
    arguments
}

fn exit<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<u8> {
    let number = read.integer(entry)?;
    let code = u8::try_from(number).ok();
    if code.is_none() {
        let diagnostic = Diagnostic::wrong(&entry.span, "this is not an exit code");
        read.push(diagnostic.help("write a number from 0 to 255"));
    }
    code
}

/// Paths on the blank system.
fn files<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Vec<String> {
    let paths = read.distinct(entry).unwrap_or_default();
    let mut files = Vec::new();
    for path in paths {
        let is_plain = path.value.starts_with('/')
            && !path.value.contains(char::is_control)
            && !path.value.split('/').any(|part| part == "..");
        if is_plain && !is_in_tmp(path.value) {
            let message = format!(
                "{} is no file that a program can make: where it is there, it is before",
                quote(path.value)
            );
            let help = "write a file in `/tmp`, the one folder that can be written to, such as \
                        `\"/tmp/report.txt\"`";
            read.push(Diagnostic::wrong(&path.span, message).help(help));
        } else if is_plain {
            files.push(path.value.to_owned());
        } else {
            let message = format!("{} is not a path on the blank system", quote(path.value));
            let help = "write it from the `/` on, such as `\"/tmp/report.txt\"`, and without `..`";
            read.push(Diagnostic::wrong(&path.span, message).help(help));
        }
    }
    files
}

/// Whether it lies in the one granted folder that can be written to.
fn is_in_tmp(path: &str) -> bool {
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.next() == Some(Grant::Tmp.as_str()) && parts.next().is_some()
}

fn grants<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> BTreeSet<Grant> {
    let names = read.distinct(entry).unwrap_or_default();
    let mut grants = BTreeSet::new();
    for name in names {
        if let Ok(grant) = Grant::from_str(name.value) {
            grants.insert(grant);
            continue;
        }
        let message = format!("{} can't be granted", quote(name.value));
        let known = Grant::ALL.iter().map(|grant| grant.as_str());
        let help = suggest(name.value, known);
        read.push(Diagnostic::wrong(&name.span, message).help(help));
    }
    grants
}

fn cpu<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<CpuLevel> {
    let word = read.string(entry)?;
    let level = CpuLevel::from_str(word.value).ok();
    if level.is_none() {
        let message = format!(
            "{} is no level of a CPU that can be emulated",
            quote(word.value)
        );
        let help = "write `v1`, `v2` or `v3`";
        read.push(Diagnostic::wrong(&word.span, message).help(help));
    }
    level
}

fn isolator<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Isolator> {
    let word = read.string(entry)?;
    let isolator = Isolator::from_str(word.value).ok();
    if isolator.is_none() {
        let message = format!("{} isolates no programs", quote(word.value));
        let help = suggest(word.value, Isolator::ALL.map(Isolator::as_str));
        read.push(Diagnostic::wrong(&word.span, message).help(help));
    }
    isolator
}

/// What runs programs that this machine doesn't run by itself.
fn wine<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<PathBuf> {
    let runner = read.table(entry, "`[smoke.runner]`", RUNNER)?;
    let entry = runner.entry("wine")?;
    let table = read.table(&entry, "`[smoke.runner.wine]`", WINE)?;
    let Some(root) = table.entry("root") else {
        let diagnostic = Diagnostic::wrong(&table.span, "wine has no `root`");
        read.missing(diagnostic.help(
            "write the folder that it lies in: `root = \"wine\"`, made by `mmdebstrap \
             --variant=minbase --include=wine64 trixie wine`",
        ));
        return None;
    };
    let path = read.string(&root)?;
    if path.value.is_empty() || path.value.contains(char::is_control) {
        let message = format!("{} is not the path of a folder", quote(path.value));
        let help = "write the root folder that has wine, such as `root = \"/opt/wine\"`";
        read.push(Diagnostic::wrong(&path.span, message).help(help));
        return None;
    }
    Some(path.value.into())
}

fn not_run<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Unrunnable> {
    let word = read.string(entry)?;
    let known = NOT_RUN.iter().find(|(name, _)| *name == word.value);
    if known.is_none() {
        let message = format!("{} is not a value of `not_run`", quote(word.value));
        let help = suggest(word.value, NOT_RUN.map(|(name, _)| name));
        read.push(Diagnostic::wrong(&word.span, message).help(help));
    }
    known.map(|(_, meaning)| *meaning)
}

fn check<'a>(read: &mut Reader<'a>, element: &Entry<'a>) -> Option<SmokeCheck> {
    let table = read.table(element, "`[[smoke.check]]`", CHECK)?;
    let name = table.entry("name").and_then(|entry| read.string(&entry));
    if let Some(name) = &name
        && (name.value.trim().is_empty() || name.value.contains(char::is_control))
    {
        let diagnostic = Diagnostic::wrong(&name.span, "the name of a check says nothing");
        read.push(diagnostic.help("write what is checked, or remove `name`"));
    }
    let cpu = table.entry("cpu").and_then(|entry| cpu(read, &entry));
    let call = call(read, &table);
    asks_something(read, &table, &call);
    if call.args.is_none() {
        let diagnostic = Diagnostic::wrong(&table.span, "the check has no `args`");
        read.missing(diagnostic.help("write what the program is called with: `args = [\"…\"]`"));
    }
    Some(SmokeCheck {
        name: name.map(|name| name.value.to_owned()),
        cpu,
        call,
    })
}

/// What may stand between braces where a program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmokeVariable {
    /// What any template knows.
    Common(Variable),
    /// `{port}`: the port that the program is to listen on.
    Port,
}

impl TemplateVariable for SmokeVariable {
    fn all() -> impl Iterator<Item = Self> {
        Variable::all().map(Self::Common).chain([Self::Port])
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Common(variable) => variable.as_str(),
            Self::Port => "port",
        }
    }
}

fn health<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Option<Health> {
    let before = read.count();
    let words = table.entry("args");
    let args = words
        .as_ref()
        .map(|entry| arguments(read, entry))
        .unwrap_or_default();
    let are_whole = read.count() == before;
    let probes: Vec<Entry<'a>> = PROBES.iter().filter_map(|key| table.entry(key)).collect();
    match probes.as_slice() {
        // The program itself may know another way to ask.
        [probe] if probe.key == "command" => {}
        [probe] => {
            if are_whole && !args.iter().any(names_port) {
                let span = words.as_ref().map_or(&table.span, |entry| &entry.span);
                let message = format!(
                    "`{}` asks at the port that gobuildx chooses, which the program isn't told",
                    probe.key
                );
                read.missing(Diagnostic::wrong(span, message).help(with_port(&args)));
            }
        }
        [] => {
            let diagnostic =
                Diagnostic::wrong(&table.span, "`[smoke.health]` doesn't say how to ask");
            read.missing(
                diagnostic.help(
                    "write for example `http = \"/healthz\"`, or `https`, `tcp` or `command`",
                ),
            );
        }
        [first, second, ..] => {
            let message = format!("`{}` and `{}` are two ways to ask", first.key, second.key);
            let diagnostic = Diagnostic::wrong(&second.key_span, message);
            read.push(
                diagnostic
                    .also(&first.key_span, "the other")
                    .help("keep one of them"),
            );
        }
    }
    let ca = table.entry("ca").and_then(|entry| {
        if table.entry("https").is_none() {
            let diagnostic =
                Diagnostic::wrong(&entry.key_span, "`ca` is for `https`, which is not asked");
            read.push(diagnostic.help("write `https`, or remove `ca`"));
        }
        embed::file(read, &entry)
    });
    let asking: Vec<Option<Asking>> = probes
        .iter()
        .map(|entry| asking(read, entry, ca.as_ref()))
        .collect();
    let asking = asking.into_iter().next()??;
    Some(Health { args, asking })
}

fn names_port(argument: &Template<SmokeVariable>) -> bool {
    argument
        .variables()
        .any(|variable| variable == SmokeVariable::Port)
}

/// What to write so that a program is told the port that it is asked at.
fn with_port(args: &[Template<SmokeVariable>]) -> String {
    let meant = args.iter().find_map(|argument| {
        let text = argument.to_string();
        let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = text.get(head.len()..)?.parse::<u16>().ok()?;
        let is_port = number > 0 && head.ends_with([':', '=']);
        is_port.then(|| format!("{head}{{port}}"))
    });
    match meant {
        Some(meant) => format!("did you mean `{}`?", toml(&meant)),
        None => "write where it listens, such as `args = [\"--listen\", \"127.0.0.1:{port}\"]`"
            .to_owned(),
    }
}

fn asking<'a>(
    read: &mut Reader<'a>,
    entry: &Entry<'a>,
    ca: Option<&Located<String>>,
) -> Option<Asking> {
    match entry.key {
        "tcp" => {
            if read.boolean(entry)? {
                return Some(Asking::Tcp);
            }
            let diagnostic = Diagnostic::wrong(&entry.span, "`tcp = false` asks nothing");
            read.push(diagnostic.help("write `tcp = true`, or another way to ask"));
            None
        }
        "command" => Some(Asking::Command(arguments(read, entry))),
        "https" => Some(Asking::Https {
            path: path(read, entry)?,
            ca: ca.cloned(),
        }),
        _ => path(read, entry).map(Asking::Http),
    }
}

/// The path of a URL.
fn path<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<String> {
    let string = read.string(entry)?;
    let plain = |c: char| c.is_ascii_graphic();
    if string.value.starts_with('/') && string.value.chars().all(plain) {
        return Some(string.value.to_owned());
    }
    let message = format!("{} is not the path of a URL", quote(string.value));
    let help = "write it from the `/` on, such as `\"/healthz\"`; the address is gobuildx's own";
    read.push(Diagnostic::wrong(&string.span, message).help(help));
    None
}
