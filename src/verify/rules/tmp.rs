//! `tmp`: the folder for temporary files.

use super::environment::note_set;
use super::keep_fitting;
use super::runtime::{Unreached, called, reached};
use crate::inspect::Word;
use crate::target::Goos;
use crate::verify::uses::{Call, IN_TABLES, Start, Uses};
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("tmp"),
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "the program makes temporary files",
    explanation: "Temporary files go to TMPDIR, else to /tmp, which images made from scratch don't \
        have, and which may not be writable. Files that are sent with forms \
        (Request.FormFile, ParseMultipartForm) are put there by Go itself where they are big. \
        Who only asks a form for a text (FormValue) gets such a file from strangers alone, so \
        that is told and no more. text/template makes the linker keep that code in every server: \
        where no code of the program leads to it, it is only told, too, as where the folder is \
        one that the program chooses. A file of a constant name below /tmp needs the folder as well.",
    symptom: "open /tmp/…: no such file or directory",
    signs: &[
        "open /tmp/…: no such file or directory",
        "open /tmp/…: read-only file system",
        "open /tmp/…: permission denied",
        "mkdir /tmp/…: no such file or directory",
        "stat /tmp: no such file or directory",
        "open …\\Temp\\…: The system cannot find the path specified.",
    ],
    fixes: &[
        Fix::image("an empty /tmp of mode 1777, or TMPDIR with a folder that may be written to"),
        Fix::source("a folder from the configuration in place of \"\""),
    ],
    check: Check::Functions(check),
};

/// Functions that take the folder, where the empty text stands for the one of the system.
pub(super) const MAKE: &[(&str, Word)] = &[
    ("os.CreateTemp", Word(0)),
    ("os.MkdirTemp", Word(0)),
    ("io/ioutil.TempFile", Word(0)),
    ("io/ioutil.TempDir", Word(0)),
];
/// Functions that always mean that of the system.
pub(super) const SYSTEM: &[&str] = &["os.TempDir", "os.tempDir"];
/// What puts there what is big in a form.
const FORM: &str = "mime/multipart.(*Reader).readForm";
/// Who asks a form for a short text: no form of such has anything big.
const SHORT: &[&str] = &[
    "net/http.(*Request).FormValue",
    "net/http.(*Request).PostFormValue",
];
/// Functions that mean it in some calls only.
const PAST: &[&str] = &["os.CreateTemp", "os.MkdirTemp", "io/ioutil.Temp"];
/// What the linker keeps only for who uses it, if as a value.
pub(super) const LINKED: &[&str] = &[
    "os.CreateTemp",
    "os.MkdirTemp",
    "io/ioutil.TempFile",
    "io/ioutil.TempDir",
];
const FORMS: &str = "files that are sent with forms";
const SUBJECT: &str = "the folder for temporary files";

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let goos = evidence.goos();
    let found = find(evidence, uses).map(|mut finding| {
        if goos == Some(Goos::Windows) {
            ON_WINDOWS.clone_into(&mut finding.symptom);
        }
        note_set(uses, variables(goos), &mut finding);
        keep_fitting(goos, &mut finding);
        finding
    });
    found.into_iter().collect()
}

/// The variables that name the folder.
///
/// Source: `tempDir` in Go's `os/file_unix.go`; Microsoft's documentation of `GetTempPath2W`.
fn variables(goos: Option<Goos>) -> &'static [&'static str] {
    match goos {
        Some(Goos::Windows) => &["TMP", "TEMP"],
        _ => &["TMPDIR"],
    }
}

/// What is seen where the folder that TMP names isn't there.
const ON_WINDOWS: &str = "open …\\Temp\\…: The system cannot find the path specified.";

fn find(evidence: &Evidence<'_>, uses: Uses<'_>) -> Option<Finding> {
    let calls = uses.calls(MAKE);
    let is_windows = evidence.goos() == Some(Goos::Windows);
    let is_systems = |folder: &str| match folder {
        "" => true,
        _ => (folder == "/tmp" || folder.starts_with("/tmp/")) && !is_windows,
    };
    let mut texts = calls.texts.iter();
    if let Some((_, call)) = texts.find(|(folder, _)| is_systems(folder)) {
        return Some(called(&RULE, uses, *call, SUBJECT, Need::Tmp));
    }
    if let Some(call) = below_tmp(evidence, uses) {
        return Some(called(&RULE, uses, call, SUBJECT, Need::Tmp));
    }
    let forms = uses.chain_past(&[FORM], SHORT);
    // Only who asks for files that are sent has them.
    let forms = forms.filter(|chain| chain.start != Start::Unknown);
    let chain = uses.chain_past(SYSTEM, PAST).or(forms);
    if chain.is_some() {
        return Some(reached(&RULE, chain, Unreached::AsBad, SUBJECT, Need::Tmp));
    }
    if uses.is_in_tables(SYSTEM) {
        return Some(
            RULE.finding(SUBJECT, IN_TABLES.to_owned())
                .needing(Need::Tmp),
        );
    }
    let subject = || match evidence.unread_architecture() {
        None => Subject::unnamed("temporary files in a folder that is not constant"),
        Some(goarch) => Subject::unnamed(&format!(
            "temporary files in a folder that isn't read on {goarch}"
        )),
    };
    if let Some(call) = uses.likeliest_call(calls.unknown.iter().copied()) {
        let mut finding = called(&RULE, uses, call, subject(), Need::Tmp);
        finding.severity = Severity::Info;
        return Some(finding);
    }
    let chain = uses.chain(&[FORM]);
    if chain.is_some() {
        let mut finding = reached(&RULE, chain, Unreached::AsBad, FORMS, Need::Tmp);
        finding.severity = Severity::Info;
        return Some(finding);
    }
    if uses.is_in_tables(LINKED) {
        let finding = RULE.finding(subject(), IN_TABLES.to_owned());
        let mut finding = finding.needing(Need::Tmp);
        finding.severity = Severity::Info;
        return Some(finding);
    }
    let is_linked = calls.is_empty() && uses.links(LINKED);
    is_linked.then(|| reached(&RULE, None, Unreached::Told, SUBJECT, Need::Tmp))
}

/// The likeliest call that makes a file of a constant name in `/tmp`, or opens the folder itself.
fn below_tmp(evidence: &Evidence<'_>, uses: Uses<'_>) -> Option<Call> {
    const TMP: &str = "/tmp";
    if evidence.goos() == Some(Goos::Windows) {
        return None;
    }
    let paths = uses.paths(evidence);
    let made = paths.made.texts.iter().chain(&paths.either.texts);
    let made = made.filter(|(path, _)| path.starts_with("/tmp/"));
    let filled = [&paths.made, &paths.either, &paths.folders.with_parents];
    let filled = filled.into_iter().flat_map(|calls| &calls.below);
    let filled = filled.filter(|(folder, _)| **folder == TMP || folder.starts_with("/tmp/"));
    let opened = paths.opened.texts.iter();
    let opened = opened.filter(|(path, _)| path.trim_end_matches('/') == TMP);
    let all = made.chain(filled).chain(opened);
    uses.likeliest_call(all.map(|(_, call)| *call))
}
