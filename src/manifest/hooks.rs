//! `[hooks]`, also of an override: commands of the user's own, which run before and after.

use super::diagnostic::{Diagnostic, Located};
use super::hook_template::{self, HookVariable, Moment};
use super::reader::{Entry, Reader, Table};
use super::template::Variable;
use super::words::toml;
use super::{Hook, Hooks, Project, VersionSource, duration};

pub(super) const KEYS: &[&str] = &["before", "after", "timeout"];

/// `[hooks]`, for the whole run.
pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>, project: &Project) -> Hooks {
    let Some(table) = read.section(root, "hooks", KEYS) else {
        return Hooks::default();
    };
    let hooks = hooks(read, &table, [Moment::BeforeAll, Moment::AfterAll]);
    check_name(read, &hooks.before, project);
    hooks
}

/// `[override.hooks]`, for each target that matches.
pub(super) fn of_override<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Hooks {
    let Some(table) = read.table(entry, "`[override.hooks]`", KEYS) else {
        return Hooks::default();
    };
    hooks(read, &table, [Moment::BeforeTarget, Moment::AfterTarget])
}

fn hooks<'a>(read: &mut Reader<'a>, table: &Table<'a>, [before, after]: [Moment; 2]) -> Hooks {
    let mut list = |key, moment| match table.entry(key) {
        Some(entry) => commands(read, &entry, moment),
        None => Vec::new(),
    };
    let (before, after) = (list("before", before), list("after", after));
    let timeout = table
        .entry("timeout")
        .and_then(|entry| duration::read(read, &entry));
    Hooks {
        before,
        after,
        timeout,
    }
}

pub(super) fn commands<'a>(read: &mut Reader<'a>, entry: &Entry<'a>, moment: Moment) -> Vec<Hook> {
    let key = entry.key;
    if !entry.is_array() {
        let message = format!("`{key}` is no array of commands");
        let help = format!("write `{key} = [[\"go\", \"generate\", \"./...\"]]`");
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
        return Vec::new();
    }
    let commands = read.array(entry, "commands").unwrap_or_default();
    let words: Option<Vec<&str>> = commands.iter().map(Entry::as_str).collect();
    let is_one_word = |word: &&str| !word.contains(char::is_whitespace);
    if let Some(words) = words.filter(|words| words.len() > 1 && words.iter().all(is_one_word)) {
        // One command, without the brackets around it.
        let words: Vec<String> = words.into_iter().map(toml).collect();
        let message = format!("`{key}` is an array of commands, and each command an array");
        let help = format!("write `{key} = [[{}]]`", words.join(", "));
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
        return Vec::new();
    }
    commands
        .iter()
        .filter_map(|command| self::command(read, command, moment))
        .collect()
}

fn command<'a>(read: &mut Reader<'a>, entry: &Entry<'a>, moment: Moment) -> Option<Hook> {
    if let Some(line) = entry.as_str() {
        let words: Vec<String> = line.split_whitespace().map(toml).collect();
        let message = "a command is an array of strings: it isn't run by a shell";
        let help = format!("write `[{}]`", words.join(", "));
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
        return None;
    }
    let before = read.count();
    let templates: Vec<_> = arguments(read, entry)
        .iter()
        .filter_map(|argument| hook_template::read(read, argument, moment))
        .collect();
    (read.count() == before).then_some(Hook {
        argv: templates,
        span: entry.span.clone(),
    })
}

/// A program and its arguments.
pub(super) fn arguments<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Vec<Located<&'a str>> {
    let Some(arguments) = read.strings(entry) else {
        return Vec::new();
    };
    if arguments
        .first()
        .is_none_or(|program| program.value.is_empty())
    {
        let diagnostic = Diagnostic::wrong(&entry.span, "a command has no program");
        read.push(diagnostic.help("write for example `[\"go\", \"generate\", \"./...\"]`"));
    }
    for argument in arguments.iter().filter(|a| a.value.contains('\0')) {
        let diagnostic = Diagnostic::wrong(&argument.span, "an argument has a NUL in it");
        read.push(diagnostic.help("remove it: no program can be given one"));
    }
    arguments
}

/// Before go is asked, only the manifest can tell the project's name.
fn check_name(read: &mut Reader<'_>, before: &[Hook], project: &Project) {
    if project.name.is_some() {
        return;
    }
    let version_has_name = match &project.version {
        VersionSource::Git => false,
        VersionSource::Template(template) => {
            template.value.variables().any(|v| v == Variable::Project)
        }
    };
    let needs_name = |variable| match variable {
        HookVariable::Common(Variable::Project) => true,
        HookVariable::Common(Variable::Version) => version_has_name,
        _ => false,
    };
    for hook in before {
        if hook.variables().any(needs_name) {
            let message = "the project's name is not known before go is asked for it";
            let help = "write `name = \"…\"` below `[project]`";
            read.push(Diagnostic::wrong(&hook.span, message).help(help));
        }
    }
}
