//! `[audit]`: what the audit of dependencies fails for, and what it allows all the same.

use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;

use super::diagnostic::{Diagnostic, Located};
use super::reader::{Entry, Reader, Table};
use super::words::{quote, suggest};
use crate::audit::{Age, Allow, AuditPolicy, AuditRule, Deny, ParseDenyError};
use crate::go_version::GoVersion;

pub(super) const KEYS: &[&str] = &["gate", "deny", "allow", "max_age", "database", "compat"];
pub(super) const ALLOW_KEYS: &[&str] = &["rule", "advisory", "module", "reason", "until"];
pub(super) const ALLOW_NEEDS: &[&str] = &["reason", "until"];

/// `[audit]`
#[derive(Clone, Debug, Default)]
pub struct AuditSection {
    /// `gate`: whether the sources are audited before each build.
    pub gate: bool,
    /// `deny`, `allow` and `max_age`.
    pub policy: AuditPolicy,
    /// `database`: where advisories come from: an address, a file or a folder.
    pub database: Option<String>,
    /// `compat`: the oldest Go that has to get along with go.mod and go.sum.
    pub compat: Option<Located<GoVersion>>,
}

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>) -> Option<AuditSection> {
    let table = read.section(root, "audit", KEYS)?;
    let mut policy = AuditPolicy::default();
    if let Some(entry) = table.entry("deny") {
        let words = read.distinct(&entry).unwrap_or_default();
        policy.deny = words.iter().filter_map(|word| denied(read, word)).collect();
        policy.is_written = true;
    }
    if let Some(entry) = table.entry("allow") {
        let elements = read.array(&entry, "tables").unwrap_or_default();
        policy.allow = elements
            .iter()
            .filter_map(|one| allowed(read, one))
            .collect();
    }
    let denies_old = policy.deny.contains(&Deny::Rule(AuditRule::Old));
    if let (Some(entry), true, None) = (table.entry("deny"), denies_old, table.entry("max_age")) {
        let diagnostic =
            Diagnostic::wrong(&entry.span, "`old` is denied, and nothing says what is old");
        read.push(diagnostic.help("write for example `max_age = \"3y\"`"));
    }
    if let Some(entry) = table.entry("max_age")
        && let Some(string) = read.string(&entry)
    {
        policy.max_age = parsed::<Age>(read, &string, "write for example `max_age = \"3y\"`");
        // Whoever names an age means it.
        policy.deny.push(Deny::Rule(AuditRule::Old));
    }
    let database = table
        .entry("database")
        .and_then(|entry| read.string(&entry));
    let database = database.filter(|database| {
        if database.value.trim().is_empty() {
            let diagnostic = Diagnostic::wrong(&database.span, "the database has no name");
            read.push(
                diagnostic.help("write an address, a file or a folder, or remove `database`"),
            );
        }
        !database.value.trim().is_empty()
    });
    let gate = table.entry("gate").and_then(|entry| read.boolean(&entry));
    Some(AuditSection {
        gate: gate.unwrap_or_default(),
        policy,
        database: database.map(|database| database.value.to_owned()),
        compat: compat(read, &table),
    })
}

/// A line of Go's releases, as `go mod tidy -compat` takes it.
fn compat<'a>(read: &mut Reader<'a>, table: &Table<'a>) -> Option<Located<GoVersion>> {
    let entry = table.entry("compat")?;
    let string = read.string(&entry)?;
    let version: Option<GoVersion> = string.value.parse().ok();
    // Before 1.21 a line was named like its first release.
    let has_two_numbers = string
        .value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && string.value.matches('.').count() == 1;
    let line = version.filter(|version| {
        let is_line = version.is_line() || (has_two_numbers && !version.is_at_least(1, 21));
        is_line && version.is_at_least(1, 17)
    });
    if line.is_none() {
        let message = format!("{} is no line of Go's releases", quote(string.value));
        let help = "write for example `compat = \"1.24\"`; 1.17 is the oldest";
        read.push(Diagnostic::wrong(&string.span, message).help(help));
    }
    line.map(|value| Located {
        value,
        span: string.span.clone(),
    })
}

impl AuditSection {
    /// What is wrong with `compat` where this Go builds: it can only tell of older ones.
    #[must_use]
    pub fn too_new_for(&self, go: &GoVersion) -> Option<Diagnostic> {
        let compat = self.compat.as_ref().filter(|compat| compat.value > *go)?;
        let message = format!("Go {go} can't tell what Go {} needs", compat.value);
        let help = "name the oldest release line that has to get along with go.mod, or remove it";
        Some(Diagnostic::wrong(&compat.span, message).help(help))
    }
}

fn parsed<T: std::str::FromStr>(
    read: &mut Reader<'_>,
    string: &Located<&str>,
    help: &str,
) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    match string.value.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let error: T::Err = error;
            read.push(Diagnostic::wrong(&string.span, error.to_string()).help(help));
            None
        }
    }
}

fn denied(read: &mut Reader<'_>, word: &Located<&str>) -> Option<Deny> {
    let parsed: Result<Deny, ParseDenyError> = word.value.parse();
    match parsed {
        Ok(deny) => Some(deny),
        Err(error) => {
            let help = match &error {
                ParseDenyError::Rule(_) => suggest_rule(word.value),
                ParseDenyError::Level(_)
                | ParseDenyError::Plain(_)
                | ParseDenyError::Licence(_)
                | ParseDenyError::NoLicence => {
                    "write for example `deny = [\"retracted\", \"vulnerable:called\", \"licence:GPL-3.0\"]`"
                        .to_owned()
                }
            };
            read.push(Diagnostic::wrong(&word.span, error.to_string()).help(help));
            None
        }
    }
}

fn suggest_rule(word: &str) -> String {
    suggest(word, AuditRule::ALL.iter().map(|rule| rule.as_str()))
}

fn allowed<'a>(read: &mut Reader<'a>, element: &Entry<'a>) -> Option<Allow> {
    let table = read.table(element, "an element of `allow`", ALLOW_KEYS)?;
    let mut text = |key: &str| {
        let entry = table.entry(key)?;
        let string = read.string(&entry)?;
        if string.value.trim().is_empty() {
            let diagnostic = Diagnostic::wrong(&string.span, format!("`{key}` is empty"));
            read.push(diagnostic.help(format!("say what is meant, or remove `{key}`")));
            return None;
        }
        Some(string)
    };
    let [rule, advisory, module, reason, until] =
        ["rule", "advisory", "module", "reason", "until"].map(&mut text);
    for key in ALLOW_NEEDS.iter().filter(|key| table.entry(key).is_none()) {
        let message = format!("an element of `allow` has no `{key}`");
        let help = "write `{ advisory = \"…\", reason = \"…\", until = \"2027-01-31\" }`";
        read.missing(Diagnostic::wrong(&table.span, message).help(help));
    }
    if rule.is_none() && advisory.is_none() && module.is_none() {
        let message = "an element of `allow` allows everything";
        let help = "name what is allowed: `rule`, `advisory` or `module`";
        read.missing(Diagnostic::wrong(&table.span, message).help(help));
    }
    let rule = match rule {
        Some(string) => Some(parsed::<AuditRule>(
            read,
            &string,
            &suggest_rule(string.value),
        )?),
        None => None,
    };
    let module = match module {
        Some(string) => Some(pattern(read, &string)?),
        None => None,
    };
    let help = "write the last day on which it is allowed, such as \"2027-01-31\"";
    let until = parsed::<Date>(read, &until?, help)?;
    Some(Allow {
        rule,
        advisory: advisory.map(|string| string.value.to_owned()),
        module,
        reason: reason?.value.to_owned(),
        until,
    })
}

fn pattern(read: &mut Reader<'_>, string: &Located<&str>) -> Option<GlobMatcher> {
    let glob = GlobBuilder::new(string.value)
        .literal_separator(true)
        .build();
    match glob {
        Ok(glob) => Some(glob.compile_matcher()),
        Err(error) => {
            let message = format!("{} is not a pattern: {}", quote(string.value), error.kind());
            let help = "write the path of a module, or a pattern such as `golang.org/x/*`";
            read.push(Diagnostic::wrong(&string.span, message).help(help));
            None
        }
    }
}
