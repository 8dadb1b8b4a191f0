//! `home`: the user's folder, and those for configuration and caches.

use super::environment::{asks_for, note_set};
use super::keep_fitting;
use super::runtime::{Unreached, called, handed, reached};
use crate::target::Goos;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("home"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program wants the folder of its user",
    explanation: "os.UserHomeDir and the functions for the folders of configuration and caches \
        read HOME, XDG_CONFIG_HOME and XDG_CACHE_HOME (on Windows USERPROFILE, AppData and \
        LocalAppData), and look nowhere else. Services and images made from scratch have none of \
        them. A program that reads HOME itself gets an empty text, and its paths start at the top \
        of the file system; on Windows, where HOME isn't set, always, unless it looks for the folder \
        in another way, too. Whether the \
        program does without where the folder isn't known doesn't show.",
    symptom: "$HOME is not defined, or neither $XDG_CACHE_HOME nor $HOME are defined",
    signs: &[
        "$HOME is not defined",
        "neither $XDG_CACHE_HOME nor $HOME are defined",
        "neither $XDG_CONFIG_HOME nor $HOME are defined",
        "HOME is not set",
        "HOME is not defined",
        "HOME is empty",
        "%userprofile% is not defined",
        "%LocalAppData% is not defined",
        "%AppData% is not defined",
        "mkdir /.cache: permission denied",
        "mkdir /.config: permission denied",
        "mkdir /.local: permission denied",
        "mkdir /.…: read-only file system",
        "open /.…: read-only file system",
        "open /.…: no such file or directory",
    ],
    fixes: &[
        Fix::source("a path from the configuration where there is no such folder"),
        Fix::image("ENV HOME=/ or a folder that may be written to"),
    ],
    check: Check::Functions(check),
};

/// A folder of the user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Folder {
    /// The function that asks for it.
    pub(super) function: &'static str,
    /// The variable that goes before that of the home folder: on most systems, and on Windows, where it
    /// is the only one.
    variables: Option<[&'static str; 2]>,
    /// How the subject calls it.
    subject: &'static str,
    /// What is seen where nothing says which it is: on most systems, and on Windows.
    symptoms: [&'static str; 2],
}

pub(super) const FOLDERS: [Folder; 3] = [
    Folder {
        function: "os.UserHomeDir",
        variables: None,
        subject: "the user's home folder",
        symptoms: ["$HOME is not defined", "%userprofile% is not defined"],
    },
    Folder {
        function: "os.UserConfigDir",
        variables: Some(["XDG_CONFIG_HOME", "AppData"]),
        subject: "the folder for configuration",
        symptoms: [
            "neither $XDG_CONFIG_HOME nor $HOME are defined",
            "%AppData% is not defined",
        ],
    },
    Folder {
        function: "os.UserCacheDir",
        variables: Some(["XDG_CACHE_HOME", "LocalAppData"]),
        subject: "the folder for caches",
        symptoms: [
            "neither $XDG_CACHE_HOME nor $HOME are defined",
            "%LocalAppData% is not defined",
        ],
    },
];

impl Folder {
    /// The variables that name it on a system.
    ///
    /// Source: `os/file.go` of Go.
    fn variables(self, goos: Option<Goos>) -> Vec<&'static str> {
        match (goos, self.variables) {
            (Some(Goos::Windows), Some([_, of_windows])) => vec![of_windows],
            (Some(Goos::Darwin | Goos::Ios | Goos::Plan9), _) | (_, None) => vec![home(goos)],
            (_, Some([plain, _])) => vec![plain, home(goos)],
        }
    }

    /// What is seen on a system.
    ///
    /// Source: `os/file.go` of Go.
    fn symptom(self, goos: Option<Goos>) -> &'static str {
        let [home, ..] = FOLDERS;
        let [plain, of_windows] = self.symptoms;
        match goos {
            Some(Goos::Windows) => of_windows,
            Some(Goos::Plan9) => "$home is not defined",
            // There is no XDG on Apple's systems.
            Some(Goos::Darwin | Goos::Ios) => home.symptoms[0],
            _ => plain,
        }
    }
}

/// os/user asks for the home folder only to fill in what it tells of the user.
const PAST: &[&str] = &["os/user."];

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let goos = evidence.goos();
    let folders = FOLDERS.into_iter();
    let mut findings: Vec<_> = folders
        .filter(|folder| uses.links(&[folder.function]))
        .map(|folder| {
            let chain = uses.chain_past(&[folder.function], PAST);
            let is_reached = chain.is_some();
            let reached = reached(&RULE, chain, unreached(uses), folder.subject, Need::Home);
            let handed = || handed(&RULE, uses, &[folder.function], folder.subject, Need::Home);
            let handed = if is_reached { None } else { handed() };
            let mut finding = handed.unwrap_or(reached);
            folder.symptom(goos).clone_into(&mut finding.symptom);
            note_set(uses, &folder.variables(goos), &mut finding);
            finding
        })
        .collect();
    let asked = asks_for(uses, home(goos));
    findings.extend(asked.map(|call| {
        let subject = format!("${}", home(goos));
        let mut finding = called(&RULE, uses, call, &subject, Need::Home);
        finding.severity = Severity::Degrade;
        FOLDERS[0].symptom(goos).clone_into(&mut finding.symptom);
        note_set(uses, &[home(goos)], &mut finding);
        finding
    }));
    if goos == Some(Goos::Windows) && findings.is_empty() {
        findings.extend(of_others(uses));
    }
    for finding in &mut findings {
        keep_fitting(goos, finding);
    }
    findings
}

/// The variable of other systems, where a program for Windows asks for nothing else.
fn of_others(uses: Uses<'_>) -> Option<Finding> {
    let call = asks_for(uses, "HOME")?;
    // No Windows has it, however it is set up.
    let finding = called(&RULE, uses, call, "$HOME", Need::Home);
    Some(Finding {
        severity: Severity::Degrade,
        symptom: "an empty text, so that paths start at the top of the drive".to_owned(),
        fixes: vec![Fix::source(
            "os.UserHomeDir, which asks for USERPROFILE on Windows",
        )],
        need: None,
        ..finding
    })
}

/// Other packages that bring os.UserHomeDir with them: os/user alone.
fn unreached(uses: Uses<'_>) -> Unreached {
    if uses.links(&["os/user.Current", "os/user.current"]) {
        Unreached::Told
    } else {
        Unreached::AsBad
    }
}

/// The variable that has the home folder.
fn home(goos: Option<Goos>) -> &'static str {
    match goos {
        Some(Goos::Windows) => "USERPROFILE",
        Some(Goos::Plan9) => "home",
        _ => "HOME",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_variables_name_a_folder_depends_on_the_system() {
        let [home, _, cache] = FOLDERS;
        for (goos, folder, variables) in [
            (Goos::Linux, home, ["HOME"].as_slice()),
            (Goos::Linux, cache, &["XDG_CACHE_HOME", "HOME"]),
            (Goos::Darwin, cache, &["HOME"]),
            (Goos::Windows, cache, &["LocalAppData"]),
            (Goos::Windows, home, &["USERPROFILE"]),
        ] {
            assert_eq!(folder.variables(Some(goos)), variables, "{goos}");
        }
    }

    #[test]
    fn what_is_seen_where_a_folder_is_not_known_depends_on_the_system() {
        let [home, config, cache] = FOLDERS;
        for (goos, folder, seen) in [
            (Goos::Linux, home, "$HOME is not defined"),
            (
                Goos::Linux,
                cache,
                "neither $XDG_CACHE_HOME nor $HOME are defined",
            ),
            (Goos::Darwin, cache, "$HOME is not defined"),
            (Goos::Windows, home, "%userprofile% is not defined"),
            (Goos::Windows, config, "%AppData% is not defined"),
            (Goos::Plan9, config, "$home is not defined"),
        ] {
            assert_eq!(folder.symptom(Some(goos)), seen, "{goos}");
        }
    }
}
