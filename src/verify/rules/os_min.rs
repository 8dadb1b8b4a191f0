//! `os-min`: systems that are too old for the Go that built the program.

use std::fmt;

use crate::go_version::{GoVersion, without_experiments};
use crate::inspect::{Facts, MinimumOs};
use crate::target::{Goarch, Goos};
use crate::verify::{Check, Class, Evidence, Finding, Fix, Need, Rule, RuleId, Severity, Systems};

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
        Fix::manifest("an older Go that supports the system: `[project] go = \"…\"`"),
        Fix::command("GOTOOLCHAIN=go1.20.14 go build, for Windows 7 for example"),
    ],
    check: Check::Facts {
        applies: |evidence| oldest(evidence).is_some(),
        check,
    },
};

/// From which release of Go on a system has to be of a version.
struct Since<V> {
    go: (u32, u32),
    goarch: Option<Goarch>,
    version: V,
}

const fn since<V>(minor: u32, version: V) -> Since<V> {
    Since {
        go: (1, minor),
        goarch: None,
        version,
    }
}

const fn on(goarch: Goarch, minor: u32, version: &'static str) -> Since<&'static str> {
    Since {
        goarch: Some(goarch),
        ..since(minor, version)
    }
}

const fn macos(minor: u32, version: (u16, u8)) -> Since<MinimumOs> {
    let (major, second) = version;
    let version = MinimumOs {
        major,
        minor: second,
    };
    since(minor, version)
}

/// The last that fits holds.
///
/// Source: <https://go.dev/wiki/Linux>, and the release notes of Go 1.27 for ppc64.
const LINUX: &[Since<&str>] = &[
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
const WINDOWS: &[Since<&str>] = &[since(0, "XP"), since(11, "7"), since(21, "10")];

/// Source: <https://go.dev/wiki/MinimumRequirements> and the release notes of each Go.
const MACOS: &[Since<MinimumOs>] = &[
    macos(11, (10, 10)),
    macos(13, (10, 11)),
    macos(15, (10, 12)),
    macos(17, (10, 13)),
    macos(21, (10, 15)),
    macos(23, (11, 0)),
    macos(25, (12, 0)),
    macos(27, (13, 0)),
];

/// The oldest release of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oldest {
    Linux(&'static str),
    Windows(&'static str),
    MacOs(MinimumOs),
}

impl fmt::Display for Oldest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linux(version) => write!(f, "Linux {version}"),
            Self::Windows(version) => write!(f, "Windows {version}"),
            Self::MacOs(version) => write!(f, "macOS {version}"),
        }
    }
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Go,
    File,
}

fn check(evidence: &Evidence<'_>) -> Vec<Finding> {
    let found = oldest(evidence).map(|(oldest, source, go)| {
        let why = match source {
            Source::Go => format!("{go} supports no older one"),
            Source::File => "the file says so".to_owned(),
        };
        let need = match oldest {
            Oldest::MacOs(least) => Need::MacOs(least),
            Oldest::Linux(_) | Oldest::Windows(_) => Need::RecentSystem,
        };
        let detail = format!("{oldest} or later: {why}");
        RULE.finding(oldest.to_string(), detail).needing(need)
    });
    found.into_iter().collect()
}

/// The oldest system, who says so, and which Go built the program.
fn oldest<'a>(evidence: &Evidence<'a>) -> Option<(Oldest, Source, &'a str)> {
    let facts = evidence.facts;
    let info = facts.build_info()?;
    let go = GoVersion::of_toolchain(&info.go_version);
    let go = go.as_ref();
    let (oldest, source) = match evidence.goos()? {
        Goos::Linux => (Oldest::Linux(needed(LINUX, go?, facts)?), Source::Go),
        Goos::Windows => (Oldest::Windows(needed(WINDOWS, go?, facts)?), Source::Go),
        Goos::Darwin => {
            let by_go = go.and_then(|go| needed(MACOS, go, facts));
            let (least, source) = later(facts.minimum_os, by_go)?;
            (Oldest::MacOs(least), source)
        }
        _ => return None,
    };
    Some((oldest, source, without_experiments(&info.go_version)))
}

fn needed<V: Copy>(table: &[Since<V>], go: &GoVersion, facts: &Facts) -> Option<V> {
    let fits = |since: &&Since<V>| {
        go.is_at_least(since.go.0, since.go.1)
            && since
                .goarch
                .is_none_or(|goarch| facts.goarch() == Some(goarch))
    };
    table.iter().rfind(fits).map(|since| since.version)
}

/// What the file says, unless Go needs a later one: a C compiler may have been told otherwise.
fn later(told: Option<MinimumOs>, by_go: Option<MinimumOs>) -> Option<(MinimumOs, Source)> {
    match by_go.filter(|by_go| told.is_none_or(|told| *by_go > told)) {
        Some(by_go) => Some((by_go, Source::Go)),
        None => told.map(|told| (told, Source::File)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;

    fn oldest<V: Copy>(table: &[Since<V>], go: &str, goarch: Goarch) -> Option<V> {
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
        let thirteen = macos(0, (13, 0)).version;
        assert_eq!(oldest(MACOS, "go1.27rc1", Goarch::Arm64), Some(thirteen));
    }

    #[test]
    fn what_the_file_says_holds_unless_go_needs_more() {
        let of = |major, minor| macos(0, (major, minor)).version;
        let (old, twelve, new) = (of(10, 15), of(12, 0), of(14, 0));
        assert_eq!(later(Some(old), Some(twelve)), Some((twelve, Source::Go)));
        assert_eq!(later(Some(new), Some(twelve)), Some((new, Source::File)));
        assert_eq!(later(Some(old), None), Some((old, Source::File)));
        assert_eq!(later(None, Some(twelve)), Some((twelve, Source::Go)));
    }
}
