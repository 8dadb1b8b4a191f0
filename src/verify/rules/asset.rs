//! `asset`: files at constant paths.

use super::addresses::TAKERS;
use super::folders;
use super::paths::{self, Paths, Realm};
use super::runtime::{Unreached, called, reached, unread};
use crate::target::Goos;
use crate::verify::uses::Uses;
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("asset"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program opens or makes files at constant paths",
    explanation: "A path in the source is one of the machine that it was written on: a relative \
        one lay beside the source, an absolute one belongs to the system. Neither comes with the \
        binary. Files that the program makes itself, devices and /proc don't count, but the folder that \
        it makes a file in has to be there, unless it makes that with os.MkdirAll or os.Mkdir; what \
        it makes a folder of that isn't constant, in the same place, is only told. Where it only \
        asks whether a file is there, that is told, and so is that it opens files whose names are not \
        constant, or can't be read: those in slices and structs, and folders that are handed on as \
        an fs.FS or http.FileSystem. Whether it goes on without the file doesn't \
        show.",
    symptom: "open config/app.yaml: no such file or directory",
    signs: &[
        "open …: no such file or directory",
        "open …: The system cannot find the file specified.",
        "open …: The system cannot find the path specified.",
        "dial unix …: connect: no such file or directory",
        "listen unix …: bind: no such file or directory",
        "mkdir …: no such file or directory",
        "chdir …: no such file or directory",
    ],
    fixes: &[
        Fix::source("go:embed puts the file into the binary"),
        Fix::source("a default where the file is not there"),
        Fix::source("os.MkdirAll for the folder that a file is made in"),
        Fix::image("copy the file to this path, or mount it"),
    ],
    check: Check::Functions(check),
};

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let Paths {
        mut opened,
        made,
        mut looked_for,
        ..
    } = Paths::of(evidence, uses);
    looked_for
        .texts
        .retain(|path, _| !opened.texts.contains_key(path));
    let mut unreadable = std::mem::take(&mut opened.unknown);
    let opened = opened.texts.into_iter().map(|(path, call)| {
        let severity = if made.texts.contains_key(path) {
            Severity::Info
        } else {
            Severity::Fail
        };
        (severity, path, call)
    });
    let looked_for = looked_for
        .texts
        .into_iter()
        .map(|(path, call)| (Severity::Info, path, call));
    let mut all: Vec<_> = opened
        .chain(looked_for)
        .map(|(severity, path, call)| (Realm::of(path), severity, path, call))
        .filter(|(realm, ..)| matches!(realm, Realm::Relative | Realm::Absolute))
        .collect();
    // What lay beside the source is the most telling.
    all.sort_by_key(|(realm, severity, path, _)| (*realm, std::cmp::Reverse(*severity), *path));
    let named = all.into_iter().map(|(_, severity, path, call)| {
        let subject = Subject::named("file", path);
        let need = Need::File(path.to_owned());
        let mut finding = called(&RULE, uses, call, subject, need);
        finding.severity = severity;
        finding.symptom = symptom(evidence.goos(), uses.called(call), path);
        finding
    });
    let mut findings: Vec<_> = named.collect();
    findings.extend(folders::lacking(&RULE, evidence, uses));
    findings.extend(bus(uses));
    unreadable.extend(uses.sites(UNREAD).into_iter().map(|((), site)| site.call));
    let files = unread(&RULE, uses, &unreadable, "files whose names don't show");
    let unnamed = files.into_iter().chain(served(uses));
    findings.extend(unnamed.map(|finding| Finding {
        // Mostly they are the user's.
        severity: Severity::Info,
        symptom: symptom(evidence.goos(), "", "…"),
        ..finding
    }));
    findings
}

/// Functions that take paths in a slice or a struct, which can't be read.
const UNREAD: &[(&str, ())] = &[
    ("html/template.ParseFiles", ()),
    ("html/template.parseFiles", ()),
    ("html/template.(*Template).ParseFiles", ()),
    ("text/template.ParseFiles", ()),
    ("text/template.parseFiles", ()),
    ("text/template.(*Template).ParseFiles", ()),
    ("net.DialUnix", ()),
    ("net.dialUnix", ()),
];

/// What the method of a folder that is served over HTTP is called.
const SERVED: &str = "net/http.Dir.Open";
/// Functions that take a folder as an interface. What they are handed can't be read.
const SERVE: &[&str] = &["net/http.FileServer"];
const FOLDER: &[&str] = &["os.DirFS"];

/// The folders that the program reads files from, whichever they are.
fn served(uses: Uses<'_>) -> Option<Finding> {
    // What is compiled in is served by the same function.
    let served = uses.links(&[SERVED]).then(|| uses.chain(SERVE)).flatten();
    let chain = served.or_else(|| uses.chain(FOLDER))?;
    let subject = "folders whose names don't show";
    Some(reached(&RULE, Some(chain), Unreached::Told, subject, None))
}

/// The socket of the bus of messages, where its address is the usual one.
fn bus(uses: Uses<'_>) -> Option<Finding> {
    let path = paths::bus(uses)?;
    let chain = uses.chain(paths::BUS)?;
    let subject = Subject::named("file", path);
    let need = Need::File(path.to_owned());
    let mut finding = reached(&RULE, Some(chain), Unreached::Told, subject, need);
    finding.symptom = format!("dial unix {path}: connect: no such file or directory");
    Some(finding)
}

/// What is seen where a file is not there.
fn symptom(goos: Option<Goos>, function: &str, path: &str) -> String {
    let is_socket = TAKERS.iter().any(|(taker, _)| *taker == function)
        || paths::BUS_ADDRESS
            .iter()
            .any(|(taker, _)| *taker == function);
    match goos {
        _ if is_socket => format!("dial unix {path}: connect: no such file or directory"),
        Some(Goos::Windows) => format!("open {path}: The system cannot find the file specified."),
        _ if function == "os.Chdir" => format!("chdir {path}: no such file or directory"),
        _ => format!("open {path}: no such file or directory"),
    }
}
