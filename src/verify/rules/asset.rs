//! `asset`: files at constant paths.

use std::collections::BTreeMap;

use super::folders;
use super::operations::error;
use super::paths::Paths;
use super::realm::Realm;
use super::runtime::{Unreached, called, reached, unread};
use super::{bus, files};
use crate::inspect::Word;
use crate::target::Goos;
use crate::verify::uses::Uses;
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::ASSET,
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program opens or makes files at constant paths",
    explanation: "A path in the source is one of the machine that it was written on: a relative \
        one lay beside the source, an absolute one belongs to the system. Neither comes with the \
        binary. Files that the program makes itself, devices and /proc don't count, but the folder that \
        it makes a file in has to be there, unless it makes that with os.MkdirAll or os.Mkdir; \
        where the same code makes a folder that isn't constant, it is only told. Where it only \
        asks whether a file is there, that is told, and so is that it opens files whose names are not \
        constant, or folders that it hands on as an http.FileSystem or fs.FS, or that it opens some by \
        system calls of its own, as translated C does (modernc.org/sqlite), and assembly, or on Windows by functions that it asks for by \
        name (NewProc). Where the names stand in \
        a list that can't be read, that is a condition, since they may as well be constant. Whether it \
        goes on without the file doesn't show.",
    symptom: "open config/app.yaml: no such file or directory",
    signs: &[
        "open …: no such file or directory",
        "open …: The system cannot find the file specified.",
        "open …: The system cannot find the path specified.",
        "open …: File not found.",
        "open …: Path not found.",
        "dial unix …: connect: no such file or directory",
        "chdir …: no such file or directory",
        "mkdir …: no such file or directory",
        "listen unix …: bind: no such file or directory",
        "stat …: no such file or directory",
        "lstat …: no such file or directory",
        "warning: GOCOVERDIR not set, no coverage data emitted",
    ],
    fixes: &[
        EMBED,
        DEFAULT,
        Fix::source("os.MkdirAll for the folder that a file is made in"),
        COPY,
    ],
    check: Check::Texts(check),
};

const EMBED: Fix = Fix::source("go:embed puts the file into the binary");
const DEFAULT: Fix = Fix::source("a default where the file is not there");
const COPY: Fix = Fix::image("copy the file to this path, or mount it");

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let paths = uses.paths(evidence);
    let files = &paths.opened.unknown | &paths.either.unknown;
    let mut sockets = paths.dialed.unknown.clone();
    sockets.extend(uses.calls_of(IN_STRUCTS));
    for (method, takers) in IN_INTERFACES {
        sockets.extend(uses.calls_with(method, takers));
    }
    let raw = uses.raw_calls(evidence);
    let raw = &raw.files | &raw.either;
    let unnamed = [
        // Mostly they are the user's.
        (
            "files whose names don't show",
            &files,
            Kind::File,
            Severity::Info,
        ),
        (
            "files that it may open by system calls of its own",
            &raw,
            Kind::File,
            Severity::Info,
        ),
        (
            "files that it makes whose names don't show",
            &paths.made.unknown,
            Kind::File,
            Severity::Info,
        ),
        (
            "sockets whose paths don't show",
            &sockets,
            Kind::Socket,
            Severity::Info,
        ),
        // They may as well be constant.
        (
            "files of lists that can't be read",
            &paths.unread,
            Kind::File,
            RULE.severity,
        ),
    ];
    let unnamed = unnamed
        .into_iter()
        .filter_map(|(subject, calls, kind, severity)| {
            let finding = unread(&RULE, uses, calls, subject)?;
            Some(Finding {
                severity,
                symptom: kind.symptom(evidence.goos(), None, "…"),
                fixes: kind.fixes(Realm::Absolute, "…"),
                ..finding
            })
        });
    let unnamed: Vec<_> = unnamed.collect();
    let mut findings = named(evidence, uses, paths);
    findings.extend(folders::findings(&RULE, evidence, uses, paths));
    findings.extend(bus(uses));
    findings.extend(filled(evidence, uses));
    findings.extend(coverage(uses));
    findings.extend(unnamed);
    findings
}

/// The findings about paths that are constant.
fn named(evidence: &Evidence<'_>, uses: Uses<'_>, paths: &Paths<'_>) -> Vec<Finding> {
    let goos = evidence.goos();
    let mut all = BTreeMap::new();
    for (path, call) in &paths.looked_for.texts {
        all.insert(*path, (Severity::Info, Kind::File, *call));
    }
    let needed = [
        (Kind::File, &paths.opened),
        // Whether it is opened or made doesn't show.
        (Kind::File, &paths.either),
        (Kind::Socket, &paths.dialed),
    ];
    for (kind, calls) in needed {
        for (path, call) in &calls.texts {
            let severity = if paths.made.texts.contains_key(path) {
                Severity::Info
            } else {
                Severity::Fail
            };
            all.insert(*path, (severity, kind, *call));
        }
    }
    let mut all: Vec<_> = all
        .into_iter()
        .map(|(path, (severity, kind, call))| (Realm::of(goos, path), severity, path, kind, call))
        .filter(|(realm, ..)| matches!(realm, Realm::Relative | Realm::Absolute))
        .collect();
    // What lay beside the source is the most telling.
    all.sort_by_key(|(realm, severity, path, ..)| (*realm, std::cmp::Reverse(*severity), *path));
    let named = all.into_iter().map(|(realm, severity, path, kind, call)| {
        let subject = Subject::named("file", path);
        let mut finding = called(&RULE, uses, call, subject, kind.need(path));
        if severity > Severity::Info && paths.looked_for.texts.contains_key(path) {
            finding.detail.push_str(ASKED_FIRST);
        }
        finding.severity = severity;
        finding.symptom = kind.symptom(evidence.goos(), Some(uses.called(call)), path);
        finding.fixes = kind.fixes(realm, path);
        finding
    });
    named.collect()
}

/// What is said of a file that the program opens, too.
const ASKED_FIRST: &str =
    "; it also asks whether it is there, so it may do without, which doesn't show";

/// The folders that don't show in which the program makes files of names that others choose. Those for
/// temporary files are told by another rule.
fn filled(evidence: &Evidence<'_>, uses: Uses<'_>) -> Option<Finding> {
    let calls = uses.calls(files::FILL).unknown;
    let subject = "folders that it fills whose names don't show";
    let finding = unread(&RULE, uses, &calls, subject)?;
    Some(Finding {
        severity: Severity::Info,
        symptom: Kind::File.symptom(evidence.goos(), None, "…"),
        fixes: Kind::File.fixes(Realm::Absolute, "…"),
        ..finding
    })
}

/// What a program does before all else that was built with `-cover`.
const COVERED: &[&str] = &[
    "internal/coverage/cfile.InitHook",
    "runtime/coverage.initHook",
];

/// The folder for what a program counts of its own code.
fn coverage(uses: Uses<'_>) -> Option<Finding> {
    let detail = "the program was built with -cover, and writes to the folder that GOCOVERDIR names what ran";
    let finding = RULE.finding("the folder of GOCOVERDIR", detail.to_owned());
    uses.links(COVERED).then(|| Finding {
        severity: Severity::Degrade,
        symptom: "warning: GOCOVERDIR not set, no coverage data emitted".to_owned(),
        fixes: vec![
            Fix::source("a build without -cover for what is shipped"),
            Fix::image("ENV GOCOVERDIR with a folder that may be written to"),
        ],
        ..finding
    })
}

/// Functions that take the path of a socket in a struct, which can't be read.
const IN_STRUCTS: &[&str] = &[
    "net.DialUnix",
    "net.dialUnix",
    "net.(*Dialer).DialUnix",
    "net.ListenUnix",
    "net.ListenUnixgram",
];

/// Functions that take it in an interface, by the only method of that.
const IN_INTERFACES: [(&str, &[(&str, Word)]); 2] = [
    (
        "syscall.(*SockaddrUnix).sockaddr",
        &[("syscall.Connect", Word(1)), ("syscall.Bind", Word(1))],
    ),
    (
        "golang.org/x/sys/unix.(*SockaddrUnix).sockaddr",
        &[
            ("golang.org/x/sys/unix.Connect", Word(1)),
            ("golang.org/x/sys/unix.Bind", Word(1)),
        ],
    ),
];

/// The socket of the bus of messages, where its address is the usual one.
fn bus(uses: Uses<'_>) -> Option<Finding> {
    let chain = uses.chain(bus::SYSTEM)?;
    // All of the program is searched for it, so few programs should be.
    let path = bus::usual(uses)?;
    let subject = Subject::named("file", path);
    let need = Kind::Socket.need(path);
    let mut finding = reached(&RULE, Some(chain), Unreached::Told, subject, need);
    finding.symptom = Kind::Socket.symptom(None, None, path);
    finding.fixes = Kind::Socket.fixes(Realm::Absolute, path);
    Some(finding)
}

/// What lies at a path.
#[derive(Clone, Copy, Debug)]
enum Kind {
    File,
    Socket,
}

impl Kind {
    fn need(self, path: &str) -> Need {
        match self {
            Self::File => Need::File(path.to_owned()),
            Self::Socket => Need::Socket(path.to_owned()),
        }
    }

    /// What helps where it is not there: only what lay beside the source is sure to be the program's own.
    fn fixes(self, realm: Realm, path: &str) -> Vec<Fix> {
        const MADE_WHILE_IT_RUNS: [&str; 3] = ["/run/", "/var/run/", "/dev/"];
        match self {
            Self::Socket => vec![
                Fix::source("go on without it where nobody listens, and say so"),
                Fix::image("mount the socket, and start who listens there"),
            ],
            Self::File if realm == Realm::Relative => vec![EMBED, DEFAULT, COPY],
            Self::File if MADE_WHILE_IT_RUNS.iter().any(|one| path.starts_with(one)) => {
                vec![
                    DEFAULT,
                    Fix::image("mount what lies at this path, where there is such"),
                ]
            }
            Self::File => vec![DEFAULT, COPY, EMBED],
        }
    }

    /// What is seen where it is not there; the function is the one that is called with the path, if
    /// one is.
    fn symptom(self, goos: Option<Goos>, function: Option<&str>, path: &str) -> String {
        match (self, goos) {
            (Self::Socket, _) => {
                format!("dial unix {path}: connect: no such file or directory")
            }
            (Self::File, _) if function == Some(files::SERVED) => "404 page not found".to_owned(),
            // It names the file within the folder.
            (Self::File, _) if function.is_some_and(is_of_folder) => self.symptom(goos, None, "…"),
            (Self::File, Some(Goos::Windows)) => {
                let lacking = "The system cannot find the file specified.";
                error(goos, function, path, lacking)
            }
            (Self::File, _) => error(goos, function, path, "no such file or directory"),
        }
    }
}

/// Whether a function is a method of the folder that `os.DirFS` makes.
fn is_of_folder(function: &str) -> bool {
    function == files::FOLDER || function.starts_with(files::OF_FOLDER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_depends_on_what_lies_at_the_path_and_who_asks_for_it() {
        let (linux, windows) = (Some(Goos::Linux), Some(Goos::Windows));
        for (kind, goos, function, seen) in [
            (
                Kind::File,
                linux,
                Some("os.Chdir"),
                "chdir a: no such file or directory",
            ),
            (Kind::File, linux, None, "open a: no such file or directory"),
            (
                Kind::File,
                linux,
                Some("os.dirFS.ReadFile"),
                "open …: no such file or directory",
            ),
            (
                Kind::File,
                windows,
                None,
                "open a: The system cannot find the file specified.",
            ),
            (
                Kind::Socket,
                linux,
                Some("net.Dial"),
                "dial unix a: connect: no such file or directory",
            ),
        ] {
            assert_eq!(kind.symptom(goos, function, "a"), seen);
        }
    }

    #[test]
    fn only_files_can_be_embedded_and_none_that_are_made_while_the_system_runs() {
        let embeds = |kind: Kind, realm, path| kind.fixes(realm, path).contains(&EMBED);
        assert!(embeds(Kind::File, Realm::Relative, "config/app.yaml"));
        assert!(embeds(Kind::File, Realm::Absolute, "/usr/share/app/words"));
        for path in ["/run/secrets/token", "/var/run/secrets/token", "/dev/kvm"] {
            assert!(!embeds(Kind::File, Realm::Absolute, path), "{path}");
        }
        assert!(!embeds(Kind::Socket, Realm::Absolute, "/srv/app.sock"));
    }
}
