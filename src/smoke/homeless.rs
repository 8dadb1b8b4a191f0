//! What a program says that reads HOME itself where nobody has set it. Its paths start at the current folder, or at the top
//! of the file system, so its messages are those of any file: that it is a dot file, and what was predicted, tell whose they are.

use crate::explain::Cause;
use crate::verify::{Finding, Rule, RuleId};

/// The calls that Go names in its errors about paths.
const CALLS: [&str; 6] = ["open", "mkdir", "stat", "lstat", "chdir", "readlink"];

/// The causes of messages that say no more than that a file isn't there, or can't be made.
const OF_ANY_FILE: [&str; 2] = ["asset", "read-only-root"];

/// The rule, where the file let expect that the program reads the variable.
pub(super) fn reader(conditions: &[&Finding]) -> Option<Cause> {
    let mut findings = conditions.iter();
    let is_read =
        findings.any(|one| one.rule == RuleId::HOME && one.subject.to_string() == "$HOME");
    let rule = is_read.then(|| Rule::get(RuleId::HOME)).flatten();
    rule.map(Cause::Rule)
}

/// Whether a message with these causes may come from an empty HOME.
pub(super) fn may_tell(message: &str, causes: &[Cause]) -> bool {
    let is_of_any_file = |cause: &Cause| OF_ANY_FILE.contains(&cause.name());
    causes.iter().any(is_of_any_file) && path(message).is_some_and(is_without_home)
}

/// The path in `app: mkdir .app: read-only file system`: whatever is said before it, the system's own words come last.
fn path(message: &str) -> Option<&str> {
    let calls = CALLS.iter().flat_map(|call| {
        let places = message.match_indices(call);
        places.filter_map(|(at, _)| {
            let is_word = !message.get(..at)?.ends_with(char::is_alphanumeric);
            let path = message.get(at + call.len()..)?.strip_prefix(' ')?;
            let (path, _) = path.split_once(": ").filter(|_| is_word)?;
            Some((at, path))
        })
    });
    calls.max_by_key(|(at, _)| *at).map(|(_, path)| path)
}

/// Whether a path is what remains of one in a home folder: that of a dot file, which lies nowhere else.
fn is_without_home(path: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    let top = path.split('/').next().unwrap_or_default();
    top.starts_with('.') && !matches!(top, "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::causes;

    fn tells(message: &str) -> bool {
        let causes: Vec<Cause> = causes(message).iter().map(|found| found.cause).collect();
        may_tell(message, &causes)
    }

    #[test]
    fn dot_files_that_start_nowhere_or_at_the_top_are_those_of_a_home_folder() {
        for message in [
            "app: open .app/state: no such file or directory",
            "level=ERROR msg=\"open .app/db: no such file or directory\"",
            "failed to prepare: mkdir .app: read-only file system",
            "mkdir /.app: read-only file system",
            "open database: open /.app/db: no such file or directory",
        ] {
            assert!(tells(message), "{message}");
        }
        for message in [
            "open config.yaml: no such file or directory",
            "open /app/config.yaml: no such file or directory",
            "open ./config.yaml: no such file or directory",
            "open ../config.yaml: no such file or directory",
            "could not open .shop: no such file or directory: open /srv/shop: no such file or directory",
            "open database: open /srv/shop/db.sqlite: no such file or directory",
            "open cache: mkdir /var/cache/shop: read-only file system",
            "unknown time zone Europe/Paris",
            "no such file or directory",
            "open .app.yaml: permission denied",
        ] {
            assert!(!tells(message), "{message}");
        }
    }

    #[test]
    fn only_who_reads_the_variable_itself_is_meant() {
        let asks = Finding::example("home", "the user's home folder");
        let reads = Finding::example("home", "$HOME");
        assert_eq!(reader(&[&asks]), None);
        assert!(reader(&[&asks, &reads]).is_some());
    }
}
