//! `mime`: which type a file has.

use super::runtime::{Unreached, called, linked, reached};
use crate::inspect::Word;
use crate::verify::uses::Uses;
use crate::verify::{
    Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Subject, Systems,
};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("mime"),
    class: Class::Runtime,
    systems: Systems::PlainUnix,
    severity: Severity::Degrade,
    summary: "the program tells the media types of files by their names",
    explanation: "Go knows some types by itself, such as those of .html, .css, .js and .png, and \
        since Go 1.26 many more. The others come from /usr/share/mime/globs2 and /etc/mime.types, \
        which small images don't have: then http.FileServer guesses from the content, and \
        fonts, manifests or archives get a wrong type, without an error. What reads the \
        files is in every program with net/http; a finding is that a type is asked for.",
    symptom: "a browser downloads a file in place of showing it: its Content-Type is wrong or empty",
    signs: &[],
    fixes: &[
        Fix::source("mime.AddExtensionType for each kind of file that is served"),
        Fix::image(
            "copy /etc/mime.types, or install media-types (Debian), mailcap (Alpine, Fedora)",
        ),
    ],
    check: Check::Functions(check),
};

const ASK: &str = "mime.TypeByExtension";
/// Where it takes how the name of a file ends.
pub(super) const EXTENSIONS: &[(&str, Word)] = &[(ASK, Word(0))];
const REVERSE: &str = "mime.ExtensionsByType";
/// Who asks for the type of each file that is served.
const SERVE: &str = "net/http.serveContent";
/// Source: `builtinTypesLower` in `src/mime/type.go` of Go 1.20 to 1.25; later releases have more.
const KNOWN: &[&str] = &[
    ".avif", ".css", ".gif", ".htm", ".html", ".jpeg", ".jpg", ".js", ".json", ".mjs", ".pdf",
    ".png", ".svg", ".wasm", ".webp", ".xml",
];

/// What handlers that serve files are made by.
const HANDLERS: &[&str] = &["net/http.FileServer", "net/http.FileServerFS"];

fn check(_: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    let calls = uses.calls(EXTENSIONS);
    let unknown = calls.texts.iter();
    let mut findings: Vec<_> = unknown
        .filter(|(extension, _)| !KNOWN.contains(extension))
        .map(|(extension, call)| {
            let subject = Subject::named("type of", extension);
            called(&RULE, uses, *call, subject, Need::MediaTypes)
        })
        .collect();
    let (any, need) = ("types of files", Need::MediaTypes);
    let rest = match uses.likeliest_call(calls.unknown.iter().copied()) {
        Some(call) => Some(called(&RULE, uses, call, any, need)),
        // Who serves files asks for Go's own code.
        None if uses.links(&[SERVE, REVERSE]) => {
            let chain = uses.chain(&[SERVE, REVERSE]);
            // A handler is called by an interface; who makes it is not.
            let chain = chain.or_else(|| uses.chain(HANDLERS));
            Some(reached(&RULE, chain, Unreached::AsBad, any, need))
        }
        None if calls.is_empty() => linked(&RULE, uses, &[ASK], Unreached::AsBad, any, need),
        None => None,
    };
    findings.extend(rest);
    findings
}
