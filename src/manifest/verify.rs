//! `[verify]`, also of an override.

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader, Table};
use super::words::{all, nearest, quote};
use super::{Allow, Verify};

pub(super) const KEYS: &[&str] = &["policy", "allow", "reproducible"];
const ALLOW_KEYS: &[&str] = &["rule", "reason"];

/// The rules whose findings can be allowed.
const RULES: [&str; 14] = [
    "build-cgo",
    "build-go",
    "build-path",
    "build-target",
    "build-variant",
    "build-vcs",
    "elf-interp",
    "elf-needed",
    "glibc-min",
    "macho",
    "musl-interp",
    "opaque",
    "pie-interp",
    "win-dll",
];

const POLICIES: [&str; 8] = [
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
    let known = RULES.contains(&rule.value);
    if !known {
        read.push(unknown(&rule));
    }
    let told = !reason.value.trim().is_empty();
    if !told {
        let diagnostic = Diagnostic::wrong(&reason.span, "the reason is empty");
        read.push(diagnostic.help("say why this finding does no harm here"));
    }
    (known && told).then(|| Allow {
        rule: rule.map(str::to_owned),
        reason: reason.value.to_owned(),
    })
}

fn unknown(rule: &Located<&str>) -> Diagnostic {
    let help = match nearest(rule.value, RULES) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the rules are {}", all(RULES)),
    };
    let message = format!("{} is not a rule", quote(rule.value));
    Diagnostic::wrong(&rule.span, message).help(help)
}
