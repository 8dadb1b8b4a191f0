//! `os-min`: systems that are too old for the Go that built the program.

use std::fmt;

use crate::go_version::GoVersion;
use crate::inspect::{Facts, MinimumOs};
use crate::target::{Goarch, Goos};
use crate::verify::{Check, Class, Evidence, Finding, Need, Rule, RuleId, Severity, Systems};

pub(super) const RULE: Rule = Rule {
    id: RuleId::new("os-min"),
    class: Class::Runtime,
    systems: Systems::Released,
    severity: Severity::Info,
    summary: "the program needs a system that isn't older than what its Go supports",
    explanation: "Each release of Go may give up old systems; a program that it built uses what \
        they lack, sometimes not at once. The release is in the build information; a Mach-O file also \
        names its oldest system in a load command. The header of a Windows file always says 6.1, \
        which is no evidence. Linux: Go up to 1.18 needs kernel 2.6.23, up to 1.23 2.6.32, \
        later ones 3.2; some architectures need a later one. Windows: since Go 1.21 Windows 10 or Server \
        2016, before that Windows 7 or Server 2008 R2. macOS: 10.13 since Go 1.17, 10.15 since 1.21, \
        11 since 1.23, 12 since 1.25, 13 since 1.27.",
    symptom: "differs: FATAL: kernel too old, bad system call, or a function of a DLL or of libSystem \
        that isn't found",
    signs: &[
        "FATAL: kernel too old",
        "The procedure entry point … could not be located in the dynamic link library …",
        "dyld: Symbol not found: …",
        "bcryptprimitives.dll not found",
    ],
    fixes: &[
        "manifest: an older Go that supports the system: `[project] go = \"…\"`",
        "command: GOTOOLCHAIN=go1.20.14 go build, for Windows 7 for example",
    ],
    check: Check::Facts {
        applies: |evidence| oldest(evidence).is_some(),
        check,
    },
};

/// The oldest system of one kind, as a release of Go needs it.
struct Since {
    go: (u32, u32),
    goarch: Option<Goarch>,
    version: &'static str,
}

const fn since(minor: u32, version: &'static str) -> Since {
    Since {
        go: (1, minor),
        goarch: None,
        version,
    }
}

const fn on(goarch: Goarch, minor: u32, version: &'static str) -> Since {
    Since {
        goarch: Some(goarch),
        ..since(minor, version)
    }
}

/// The last that fits holds.
///
/// Source: <https://go.dev/wiki/Linux>, and the release notes of Go 1.27 for ppc64.
const LINUX: &[Since] = &[
    since(0, "2.6.23"),
    since(19, "2.6.32"),
    since(24, "3.2"),
    on(Goarch::Arm, 0, "3.1"),
    on(Goarch::Arm, 24, "3.2"),
    on(Goarch::Mips64le, 0, "4.8"),
    on(Goarch::Loong64, 0, "5.19"),
    on(Goarch::Ppc64, 27, "3.13"),
];

/// Source: <https://go.dev/wiki/MinimumRequirements>.
const WINDOWS: &[Since] = &[since(0, "XP"), since(11, "7"), since(21, "10")];

/// Source: <https://go.dev/wiki/MinimumRequirements> and the release notes of each Go.
const MACOS: &[Since] = &[
    since(11, "10.10"),
    since(13, "10.11"),
    since(15, "10.12"),
    since(17, "10.13"),
    since(21, "10.15"),
    since(23, "11.0"),
    since(25, "12.0"),
    since(27, "13.0"),
];

const MACOS_NAME: &str = "macOS";

fn macos(version: &str) -> Option<MinimumOs> {
    let (major, minor) = version.split_once('.')?;
    Some(MinimumOs {
        major: major.parse().ok()?,
        minor: minor.parse().ok()?,
    })
}

/// A system with its version.
struct Oldest {
    name: &'static str,
    version: String,
    source: String,
}

impl fmt::Display for Oldest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let found = oldest(evidence).map(|oldest| {
        let detail = format!("{oldest} or later: {}", oldest.source);
        let need = match macos(&oldest.version).filter(|_| oldest.name == MACOS_NAME) {
            Some(least) => Need::MacOs(least),
            None => Need::RecentSystem,
        };
        RULE.finding(&oldest.to_string(), detail).needing(need)
    });
    found.into_iter().collect()
}

fn oldest(evidence: &Evidence<'_>) -> Option<Oldest> {
    let facts = evidence.facts;
    let info = facts.build_info()?;
    // Experiments stand behind the version.
    let version = info.go_version.split(['-', ' ']).next()?;
    let go = version.parse().ok();
    let by_go = |name, table: &[Since]| {
        Some(Oldest {
            name,
            version: needed(table, go.as_ref()?, facts)?.to_owned(),
            source: format!("{version} supports no older one"),
        })
    };
    match evidence.goos()? {
        Goos::Linux => by_go("Linux", LINUX),
        Goos::Windows => by_go("Windows", WINDOWS),
        Goos::Darwin => match facts.minimum_os {
            Some(told) => Some(later(told, by_go(MACOS_NAME, MACOS))),
            None => by_go(MACOS_NAME, MACOS),
        },
        _ => None,
    }
}

fn needed(table: &[Since], go: &GoVersion, facts: &Facts) -> Option<&'static str> {
    let fits = |since: &&Since| {
        go.is_at_least(since.go.0, since.go.1)
            && since
                .goarch
                .is_none_or(|goarch| facts.goarch() == Some(goarch))
    };
    table.iter().rfind(fits).map(|since| since.version)
}

/// What the file says, unless Go needs a later one: a C compiler may have been told otherwise.
fn later(told: MinimumOs, by_go: Option<Oldest>) -> Oldest {
    let of_go = by_go.as_ref().and_then(|oldest| macos(&oldest.version));
    match by_go {
        Some(oldest) if of_go > Some(told) => oldest,
        _ => Oldest {
            name: MACOS_NAME,
            version: told.to_string(),
            source: "the file says so".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;

    fn oldest(table: &[Since], go: &str, goarch: Goarch) -> Option<&'static str> {
        let mut facts = inspect(b"").unwrap();
        facts.header.goarch = Some(goarch);
        needed(table, &go.parse().unwrap(), &facts)
    }

    #[test]
    fn each_release_has_the_systems_that_go_says() {
        assert_eq!(oldest(LINUX, "go1.17", Goarch::Amd64), Some("2.6.23"));
        assert_eq!(oldest(LINUX, "go1.23.4", Goarch::Amd64), Some("2.6.32"));
        assert_eq!(oldest(LINUX, "go1.26.8", Goarch::Amd64), Some("3.2"));
        assert_eq!(oldest(LINUX, "go1.26.8", Goarch::Loong64), Some("5.19"));
        assert_eq!(oldest(WINDOWS, "go1.20.14", Goarch::Amd64), Some("7"));
        assert_eq!(oldest(WINDOWS, "go1.21.0", Goarch::Amd64), Some("10"));
        assert_eq!(oldest(MACOS, "go1.27rc1", Goarch::Arm64), Some("13.0"));
    }

    #[test]
    fn what_the_file_says_holds_unless_go_needs_more() {
        let by_go = || {
            Some(Oldest {
                name: MACOS_NAME,
                version: "12.0".to_owned(),
                source: String::new(),
            })
        };
        let told = |major, minor| MinimumOs { major, minor };
        assert_eq!(later(told(10, 15), by_go()).version, "12.0");
        assert_eq!(later(told(14, 0), by_go()).version, "14.0");
        assert_eq!(later(told(11, 0), None).version, "11.0");
    }
}
