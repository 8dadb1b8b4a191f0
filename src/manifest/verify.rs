//! `[verify]`, also of an override.

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader, Table};
use super::words::{all, nearest, quote};
use super::{Allow, Verify};
use crate::verify::{Class, Rule, RuleId};

pub(super) const KEYS: &[&str] = &["policy", "allow", "reproducible"];
pub(super) const ALLOW_KEYS: &[&str] = &["rule", "reason"];

/// The policies that there are or will be; besides them `glibc-2.x`.
pub(super) const POLICIES: [&str; 8] = [
    "static",
    "scratch",
    "distroless-static",
    "alpine",
    "debian-12",
    "glibc-2.17",
    "windows-10",
    "macos-12",
];

pub(super) fn read<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Verify {
    if let Some(entry) = table.entry("policy") {
        policy(read, &entry);
    }
    if let Some(entry) = table.entry("reproducible")
        && read.boolean(&entry) == Some(true)
    {
        read.push(Diagnostic::unbuilt(&entry.span, "`reproducible = true`"));
    }
    let allow = table
        .entry("allow")
        .and_then(|entry| read.array(&entry, "tables"))
        .unwrap_or_default();
    Verify {
        allow: allow
            .iter()
            .filter_map(|element| allowed(read, element))
            .collect(),
    }
}

fn policy<'a>(read: &mut Reader<'a>, entry: &Entry<'a>) {
    let Some(string) = read.string(entry) else {
        return;
    };
    let minor = string.value.strip_prefix("glibc-2.");
    let glibc = minor.is_some_and(|minor| {
        (1..=2).contains(&minor.len()) && minor.bytes().all(|b| b.is_ascii_digit())
    });
    if string.value == "static" {
        return;
    }
    read.push(if glibc || POLICIES.contains(&string.value) {
        Diagnostic::unbuilt(&string.span, &format!("the policy {}", quote(string.value)))
    } else {
        let message = format!("{} is not a policy", quote(string.value));
        Diagnostic::wrong(&string.span, message).help(super::words::suggest(string.value, POLICIES))
    });
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
    let (rule, reason) = (rule?, reason?);
    let id = rule_id(&rule).map_err(|fault| read.push(fault)).ok();
    let told = !reason.value.trim().is_empty();
    if !told {
        let diagnostic = Diagnostic::wrong(&reason.span, "the reason is empty");
        read.push(diagnostic.help("say why this finding does no harm here"));
    }
    told.then_some(Allow {
        rule: Located {
            value: id?,
            span: rule.span,
        },
        reason: reason.value.to_owned(),
    })
}

/// The rule with this name, if its findings can be allowed.
fn rule_id(name: &Located<&str>) -> Result<RuleId, Diagnostic> {
    let allowable = || Rule::ALL.iter().filter(|rule| rule.class == Class::Linking);
    if let Some(rule) = allowable().find(|rule| rule.id.as_str() == name.value) {
        return Ok(rule.id);
    }
    if let Ok(id) = name.value.parse::<RuleId>() {
        let message = format!("findings of `{id}` can't be allowed");
        return Err(Diagnostic::wrong(&name.span, message)
            .help("it says whether the file is what was asked for at all; mend the cause"));
    }
    let names: Vec<&str> = allowable().map(|rule| rule.id.as_str()).collect();
    let help = match nearest(name.value, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the rules are {}", all(names)),
    };
    let message = format!("{} is not a rule", quote(name.value));
    Err(Diagnostic::wrong(&name.span, message).help(help))
}
