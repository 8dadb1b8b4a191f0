//! Names that become one component of a path on every system.

use super::diagnostic::{Diagnostic, Located};
use super::reader::Reader;
use super::words::{character, quote};

/// Room for an extension and a variant within the 255 bytes that file systems allow.
pub(super) const LONGEST: usize = 100;

/// What Windows takes for a device, also with an extension.
#[must_use]
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_lowercase();
    let numbered = stem
        .strip_prefix("com")
        .or_else(|| stem.strip_prefix("lpt"));
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || numbered
            .is_some_and(|digit| digit.len() == 1 && digit.bytes().all(|b| b.is_ascii_digit()))
}

fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-')
}

/// Whether a name can be one component of a path on every system.
#[must_use]
pub fn is_safe_name(name: &str) -> bool {
    fault(name).is_none()
}

/// What is wrong with a name, and what to write instead.
fn fault(name: &str) -> Option<(&'static str, String)> {
    let shown = quote(name);
    let lower = name.to_lowercase();
    if name.is_empty() {
        let help = "write a name of letters, digits and `.`, `_`, `+`, `-`";
        return Some((help, "a name is empty".to_owned()));
    }
    if let Some(c) = name.chars().find(|c| !is_safe(*c)) {
        let bad = character(c);
        let message = format!("{bad} can't be in a name: {shown} is one component of a path");
        return Some(("write letters, digits and `.`, `_`, `+`, `-` only", message));
    }
    if name.starts_with(['-', '.']) {
        let message = format!("{shown} starts with `-` or `.`: an option, or a hidden file");
        return Some(("start with a letter or a digit", message));
    }
    if name.ends_with('.') {
        let message = format!("{shown} ends with a dot, which Windows drops");
        return Some(("end with a letter or a digit", message));
    }
    if lower.rsplit_once('.').is_some_and(|(_, end)| end == "exe") {
        let message = format!("{shown} ends with `.exe`");
        return Some(("leave `.exe` out: it is added for windows", message));
    }
    if is_device(name) {
        let message = format!("{shown} is the name of a device on Windows");
        return Some(("choose another name", message));
    }
    if name.len() > LONGEST {
        let message = format!(
            "a name has {} bytes; at most {LONGEST} are safe",
            name.len()
        );
        return Some(("choose a shorter name", message));
    }
    None
}

/// The name, if it is safe.
pub(super) fn check(read: &mut Reader<'_>, name: Located<&str>) -> Option<Located<String>> {
    match fault(name.value) {
        Some((help, message)) => {
            read.push(Diagnostic::wrong(&name.span, message).help(help));
            None
        }
        None => Some(name.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_are_safe() {
        for name in ["server", "age-keygen", "x+y_z.1", "console", "com10", "A"] {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_some_system_can_not_hold_are_refused() {
        for name in [
            "", "a/b", "a b", "ä", "-x", ".x", "..", "x.", "x.exe", "X.EXE", "con", "NUL", "com1",
            "lpt9.txt", "a\\b",
        ] {
            assert!(fault(name).is_some(), "{name}");
        }
        assert!(fault(&"x".repeat(101)).is_some());
    }
}
