//! `[verify]`, also of an override.

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader, Table};
use super::words::{all, nearest, quote, suggest};
use super::{Allow, Verify};
use crate::verify::{Class, PolicyName, Rule, RuleId};

pub(super) const KEYS: &[&str] = &["policy", "allow", "deny", "reproducible"];
pub(super) const ALLOW_KEYS: &[&str] = &["rule", "subject", "reason"];
pub(super) const ALLOW_NEEDS: &[&str] = &["rule", "reason"];

pub(super) fn read<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Verify {
    let policy = table.entry("policy").and_then(|entry| policy(read, &entry));
    let reproducible = table.entry("reproducible");
    let reproducible = reproducible.and_then(|entry| read.boolean(&entry));
    let deny = table
        .entry("deny")
        .and_then(|entry| read.distinct(&entry))
        .unwrap_or_default();
    let deny = deny
        .into_iter()
        .filter_map(|name| known_rule(read, name, Clause::Denied))
        .collect();
    Verify {
        policy,
        allow: allow(read, table),
        deny,
        reproducible,
    }
}

/// The findings that `allow` names, each once.
pub(super) fn allow<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Vec<Allow> {
    let elements = table
        .entry("allow")
        .and_then(|entry| read.array(&entry, "tables"))
        .unwrap_or_default();
    let mut allowances: Vec<Allow> = Vec::new();
    for element in &elements {
        let Some(allow) = allowed(read, element) else {
            continue;
        };
        let is_same =
            |other: &&Allow| other.rule.value == allow.rule.value && other.subject == allow.subject;
        match allowances.iter().find(is_same) {
            Some(first) => twice(read, &allow, first),
            None => allowances.push(allow),
        }
    }
    allowances
}

fn policy<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) -> Option<Located<PolicyName>> {
    let string = read.string(entry)?;
    let parsed = string.value.parse();
    if parsed.is_err() {
        let message = format!("{} is not a policy", quote(string.value));
        let names: Vec<String> = PolicyName::all().map(|name| name.to_string()).collect();
        let help = suggest(string.value, names.iter().map(String::as_str));
        read.push(Diagnostic::wrong(&string.span, message).help(help));
    }
    parsed.ok().map(|value| Located {
        value,
        span: string.span,
    })
}

fn allowed<'a>(read: &mut Reader<'a>, element: &Entry<'a>) -> Option<Allow> {
    let table = read.table(element, "an element of `allow`", ALLOW_KEYS)?;
    let mut text = |key: &str| {
        let Some(entry) = table.entry(key) else {
            let message = format!("an element of `allow` has no `{key}`");
            let help = "write `{ rule = \"…\", reason = \"…\" }`";
            read.missing(Diagnostic::wrong(&table.span, message).help(help));
            return None;
        };
        read.string(&entry)
    };
    let (rule, reason) = (text("rule"), text("reason"));
    let subject = match table.entry("subject") {
        Some(entry) => Some(told(
            read,
            &entry,
            "the subject is empty",
            "write what a finding is about as it is printed, such as \"git\", or remove `subject`",
        )?),
        None => None,
    };
    let (rule, reason) = (rule?, reason?);
    let rule = known_rule(read, rule, Clause::Allowed);
    if reason.value.trim().is_empty() {
        let diagnostic = Diagnostic::wrong(&reason.span, "the reason is empty");
        read.push(diagnostic.help("say why this finding does no harm here"));
        return None;
    }
    Some(Allow {
        rule: rule?,
        subject,
        reason: reason.value.to_owned(),
    })
}

/// Of two reasons for one thing only one would be told.
fn twice(read: &mut Reader<'_>, second: &Allow, first: &Allow) {
    let what = match &second.subject {
        Some(subject) => format!("{} of `{}`", quote(subject), second.rule.value),
        None => format!("`{}`", second.rule.value),
    };
    let diagnostic = Diagnostic::wrong(&second.rule.span, format!("{what} is allowed twice"))
        .also(&first.rule.span, "here first")
        .help("remove one of them, or say with `subject` which finding each is for");
    read.push(diagnostic);
}

/// A text that says something.
fn told<'a>(read: &mut Reader<'a>, entry: &Entry<'a>, message: &str, help: &str) -> Option<String> {
    let text = read.string(entry)?;
    if text.value.trim().is_empty() {
        read.push(Diagnostic::wrong(&text.span, message).help(help));
        return None;
    }
    Some(text.value.to_owned())
}

/// What the manifest makes of a rule's findings.
#[derive(Clone, Copy)]
pub(super) enum Clause {
    Allowed,
    Denied,
}

impl Clause {
    /// Whether findings of a rule can be that.
    pub(super) fn may_be(self, rule: &Rule) -> bool {
        match (self, rule.class) {
            // That nothing can be read is worth a refusal.
            (_, Class::Linking | Class::Runtime) | (Self::Denied, Class::Opacity) => true,
            (Self::Allowed, Class::Opacity) | (_, Class::Confirmation) => false,
        }
    }

    fn refusal(self, id: RuleId) -> (String, &'static str) {
        match self {
            Self::Allowed => (
                format!("findings of `{id}` can't be allowed"),
                "it says whether the file is what was asked for at all; mend the cause",
            ),
            Self::Denied => (
                format!("findings of `{id}` need no `deny`"),
                "remove it: they fail under every policy",
            ),
        }
    }
}

/// The rule with this name, if its findings can be that; else that is a fault.
fn known_rule<'a>(
    read: &mut Reader<'a>,
    name: Located<&'a str>,
    clause: Clause,
) -> Option<Located<RuleId>> {
    let able = || Rule::ALL.iter().filter(|rule| clause.may_be(rule));
    if let Some(rule) = able().find(|rule| rule.id.as_str() == name.value) {
        return Some(name.map(|_| rule.id));
    }
    let (message, help) = if let Ok(id) = name.value.parse::<RuleId>() {
        let (message, help) = clause.refusal(id);
        (message, help.to_owned())
    } else {
        let names: Vec<&str> = able().map(|rule| rule.id.as_str()).collect();
        let help = match nearest(name.value, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the rules are {}", all(names)),
        };
        (format!("{} is not a rule", quote(name.value)), help)
    };
    read.push(Diagnostic::wrong(&name.span, message).help(help));
    None
}
