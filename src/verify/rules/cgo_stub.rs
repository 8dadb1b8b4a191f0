//! `cgo-stub`: packages that do nothing without C.

use crate::target::Cgo;
use crate::verify::uses::Uses;
use crate::verify::{Check, Class, Evidence, Finding, Fix, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::CGO_STUB,
    class: Class::Runtime,
    systems: Systems::Every,
    severity: Severity::Fail,
    summary: "a package needs C to work, and the program was built without",
    explanation: "Some packages compile without cgo, and answer each call with an error: nobody \
        notices before the first use. A finding is the error's text in a program without cgo, \
        together with the functions of the package that gives it. Known are go-sqlite3 and what \
        was made from it, HID devices (karalabe/hid and what was made from it), and the PKCS #11 \
        and YubiKey parts of go.step.sm/crypto.",
    symptom: "Binary was compiled with 'CGO_ENABLED=0', go-sqlite3 requires cgo to work. This is a stub",
    signs: &[
        "go-sqlite3 requires cgo to work. This is a stub",
        "hid: unsupported platform",
        "is compiled without cgo or PKCS#11 support",
        "is compiled without cgo or YubiKey support",
    ],
    fixes: &[
        Fix::source("a package in Go in its place, such as modernc.org/sqlite for SQLite"),
        Fix::manifest("`cgo = true` for these cells, with a toolchain that links statically"),
    ],
    check: Check::Functions(check),
};

/// A package's words for that it can't work, and the functions by which it is known.
struct Stub {
    text: &'static str,
    /// How the names of its functions end. What comes before is the package: others have been
    /// made from it.
    functions: &'static [&'static str],
}

/// Source: `static_mock.go` of mattn/go-sqlite3; `hid.go` and `hid_disabled.go` of karalabe/hid;
/// `kms/pkcs11/pkcs11_no_cgo.go` and `kms/yubikey/yubikey_no_cgo.go` of go.step.sm/crypto.
const STUBS: &[Stub] = &[
    Stub {
        text: "go-sqlite3 requires cgo to work. This is a stub",
        functions: &[".SQLiteDriver.Open", ".(*SQLiteDriver).Open"],
    },
    Stub {
        text: "hid: unsupported platform",
        functions: &[
            "/hid.DeviceInfo.Open",
            "/hid.(*DeviceInfo).Open",
            "/hid.Enumerate",
        ],
    },
    Stub {
        text: "is compiled without cgo or PKCS#11 support",
        functions: &["/kms/pkcs11.init.0"],
    },
    Stub {
        text: "is compiled without cgo or YubiKey support",
        functions: &["/kms/yubikey.init.0"],
    },
];

fn check(evidence: &Evidence<'_>, uses: Uses<'_>) -> Vec<Finding> {
    if evidence.facts.cgo() != Some(Cgo::Disabled) {
        return Vec::new();
    }
    STUBS.iter().filter_map(|stub| found(uses, stub)).collect()
}

fn found(uses: Uses<'_>, stub: &Stub) -> Option<Finding> {
    // Few programs have such a package, so that few are searched for the text.
    let package = uses.package_with(stub.functions)?;
    if !uses.holds(stub.text) {
        return None;
    }
    let detail = format!("{package} has the text of its stub: …{}", stub.text);
    let mut finding = RULE.finding(&package, detail);
    stub.text.clone_into(&mut finding.symptom);
    Some(finding)
}
