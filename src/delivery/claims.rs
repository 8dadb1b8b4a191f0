//! What a record says of an artifact, held against the file itself.

use std::collections::BTreeSet;
use std::fmt;

use super::records::RecordedArtifact;
use super::{Fault, FaultKind};
use crate::inspect::{BuildInfo, Facts, LinkedModules, Module};
use crate::target::{BuildMode, Cgo, Sanitizer, Variant};
use crate::verify::Stamp;

/// What a record says that the file shows, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// Bytes.
    Size,
    /// Whether it is packed.
    Packer,
    /// The system that it is for.
    System,
    /// The architecture.
    Architecture,
    /// The CPU variant.
    Variant,
    /// Whether cgo was on.
    Cgo,
    /// The import path of the main package.
    Package,
    /// The modules that are linked.
    Modules,
    /// The version of Go.
    Go,
    /// The build mode.
    BuildMode,
    /// The dynamic loader.
    Loader,
    /// The libraries.
    Libraries,
    /// The commit that is stamped into it.
    Commit,
    /// What the rules say of it.
    Verdict,
    /// Which rules were checked.
    Checked,
    /// What one of them found.
    Finding,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "size",
            Self::Packer => "packer",
            Self::System => "system",
            Self::Architecture => "architecture",
            Self::Variant => "CPU variant",
            Self::Cgo => "cgo",
            Self::Package => "main package",
            Self::Modules => "linked module",
            Self::Go => "Go version",
            Self::BuildMode => "build mode",
            Self::Loader => "loader",
            Self::Libraries => "libraries",
            Self::Commit => "commit",
            Self::Verdict => "verdict by today's rules",
            Self::Checked => "rule that is checked",
            Self::Finding => "finding",
        })
    }
}

/// A claim, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comparison {
    claim: Claim,
    /// What the record says.
    recorded: String,
    /// What the file says.
    found: String,
}

impl Comparison {
    pub(super) fn new(claim: Claim, recorded: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            claim,
            recorded: recorded.into(),
            found: found.into(),
        }
    }

    /// Of how long a file is.
    pub(super) fn of_size(recorded: u64, found: u64) -> Self {
        let bytes = |size: u64| format!("{size} bytes");
        Self::new(Claim::Size, bytes(recorded), bytes(found))
    }

    fn differs(&self) -> bool {
        self.recorded != self.found
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            claim,
            recorded,
            found,
        } = self;
        write!(f, "{claim} should be {recorded}, but is {found}")
    }
}

pub(super) const NONE: &str = "none";

fn packer(is_packed: bool) -> &'static str {
    if is_packed { "UPX" } else { NONE }
}

fn switch(cgo: Cgo) -> &'static str {
    match cgo {
        Cgo::Enabled => "on",
        Cgo::Disabled => "off",
    }
}

/// What the file is stamped with; not every file is.
fn stamped(recorded: &Stamp, found: &Stamp) -> Option<Comparison> {
    let words = |stamp: &Stamp| match stamp {
        Stamp::None => None,
        Stamp::Revision {
            commit,
            modified: true,
        } => Some(format!("{commit} with changes")),
        Stamp::Revision { commit, .. } => Some(commit.clone()),
    };
    Some(Comparison::new(
        Claim::Commit,
        words(recorded)?,
        words(found)?,
    ))
}

/// Which modules only one of both has; they may be many.
fn linked(recorded: &LinkedModules, found: &LinkedModules) -> Comparison {
    let words = |modules: &LinkedModules| -> BTreeSet<String> {
        let modules = modules.main.iter().chain(&modules.dependencies);
        modules.map(module).collect()
    };
    let (recorded, found) = (words(recorded), words(found));
    let only = |these: &BTreeSet<String>, others: &BTreeSet<String>| {
        let only: Vec<&str> = these.difference(others).map(String::as_str).collect();
        if only.is_empty() {
            NONE.to_owned()
        } else {
            only.join(", ")
        }
    };
    let (recorded, found) = (only(&recorded, &found), only(&found, &recorded));
    Comparison::new(Claim::Modules, recorded, found)
}

fn module(module: &Module) -> String {
    let words = |parts: [&String; 3]| {
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    let own = words([&module.path, &module.version, &module.sum]);
    match &module.replace {
        None => own,
        Some(by) => format!("{own} => {}", words([&by.path, &by.version, &by.sum])),
    }
}

impl RecordedArtifact {
    /// What is recorded of the file and isn't so; `stamp` is what is recorded for all. A packed file shows little of what was recorded
    /// before it was packed.
    #[must_use]
    pub fn misrecorded(&self, facts: &Facts, stamp: &Stamp) -> Vec<Fault> {
        let (recorded, found) = (packer(self.is_packed()), packer(facts.packed.is_some()));
        let mut claims = vec![Comparison::new(Claim::Packer, recorded, found)];
        claims.extend(self.platform(facts));
        if facts.packed.is_none() && !self.is_packed() {
            claims.extend(self.linking(facts));
            if let Some(info) = facts.build_info() {
                claims.extend(self.build(info));
                claims.extend(stamped(stamp, &Stamp::of(info)));
            }
        }
        self.faults(claims)
    }

    /// What differs, of what was compared.
    pub(super) fn faults(&self, claims: Vec<Comparison>) -> Vec<Fault> {
        let differing = claims.into_iter().filter(Comparison::differs);
        differing.map(|claim| self.fault(claim)).collect()
    }

    fn fault(&self, comparison: Comparison) -> Fault {
        Fault {
            path: self.path.clone(),
            kind: FaultKind::Misrecorded(comparison),
        }
    }

    /// What headers tell, also of a packed file.
    fn platform(&self, facts: &Facts) -> Vec<Comparison> {
        let target = &self.target;
        let unknown = || "unknown".to_owned();
        let goos = match facts.goos() {
            // One header serves several systems, and a packed file has nothing else.
            _ if facts.packed.is_some() && facts.header.allows_goos(target.goos) => {
                target.goos.to_string()
            }
            found => found.map_or_else(unknown, |goos| goos.to_string()),
        };
        let goarch = facts.goarch();
        let goarch = goarch.map_or_else(unknown, |goarch| goarch.to_string());
        vec![
            Comparison::new(Claim::System, target.goos.to_string(), goos),
            Comparison::new(Claim::Architecture, target.goarch.to_string(), goarch),
        ]
    }

    fn linking(&self, facts: &Facts) -> Vec<Comparison> {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| NONE.to_owned());
        let list = |names: &[String]| match names {
            [] => NONE.to_owned(),
            names => names.join(", "),
        };
        let needed: Vec<String> = facts.needed.iter().map(|one| one.name.clone()).collect();
        vec![
            Comparison::new(
                Claim::Loader,
                or_none(&self.interpreter),
                or_none(&facts.interpreter),
            ),
            Comparison::new(Claim::Libraries, list(&self.needed), list(&needed)),
        ]
    }

    /// What Go recorded of the build.
    fn build(&self, info: &BuildInfo) -> Vec<Comparison> {
        let go = self.go.as_deref().unwrap_or(NONE);
        let mut claims = vec![
            Comparison::new(
                Claim::Cgo,
                switch(self.cgo()),
                info.cgo().map_or(NONE, switch),
            ),
            Comparison::new(Claim::Go, go, info.go_version.as_str()),
        ];
        if let Some(package) = &self.package {
            let found = info.path.as_str();
            claims.push(Comparison::new(Claim::Package, package, found));
        }
        claims.extend(
            self.modules
                .as_ref()
                .map(|modules| linked(modules, &info.linked())),
        );
        let mode = info.buildmode().unwrap_or(NONE);
        // Go makes programs with -msan position-independent, and records that.
        let by_msan = mode == BuildMode::Pie.as_str()
            && self.buildmode == BuildMode::Exe
            && info.setting(Sanitizer::Msan.flag()) == Some("true");
        if !by_msan {
            let recorded = self.buildmode.as_str();
            claims.push(Comparison::new(Claim::BuildMode, recorded, mode));
        }
        if let Some(env) = Variant::env_of(self.target.goarch) {
            let recorded = self.target.variant.as_ref();
            let recorded = recorded.map_or("", |variant| variant.value());
            let found = info.setting(env).unwrap_or_default();
            let setting = |value: &str| format!("{env}={value}");
            let (recorded, found) = (setting(recorded), setting(found));
            claims.push(Comparison::new(Claim::Variant, recorded, found));
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixture::recorded;
    use super::*;
    use crate::inspect::{Format, Packer, Setting, inspect};
    use crate::target::Goarch;

    fn record(changes: &Value) -> RecordedArtifact {
        serde_json::from_value(recorded(changes)).unwrap()
    }

    /// An ELF file that says nothing but its architecture.
    fn bare(goarch: Goarch) -> Facts {
        let mut facts = inspect(b"").unwrap();
        facts.format = Format::Elf;
        facts.header.goarch = Some(goarch);
        facts
    }

    /// The facts of the file that the record is about.
    fn facts() -> Facts {
        let settings = [
            ("-buildmode", "exe"),
            ("CGO_ENABLED", "0"),
            ("GOOS", "linux"),
            ("GOARCH", "amd64"),
            ("GOAMD64", "v1"),
        ];
        let settings = settings.map(|(key, value)| Setting {
            key: key.to_owned(),
            value: value.to_owned(),
        });
        let mut facts = bare(Goarch::Amd64);
        facts.go = Ok(BuildInfo {
            go_version: "go1.26.8".to_owned(),
            path: "example.com/a".to_owned(),
            settings: settings.into(),
            ..BuildInfo::default()
        });
        facts
    }

    fn told(changes: &Value, facts: &Facts) -> Vec<String> {
        let faults = record(changes).misrecorded(facts, &Stamp::None);
        let words = faults.iter().map(|fault| {
            let text = fault.to_string();
            text.split_once(": ").unwrap().1.to_owned()
        });
        words.collect()
    }

    #[test]
    fn a_file_that_is_what_was_recorded_has_no_fault() {
        assert_eq!(told(&json!({}), &facts()), [""; 0]);
    }

    #[test]
    fn each_claim_that_is_not_so_is_told_with_what_is_found() {
        for (changes, words) in [
            (
                json!({"target": "windows/amd64/v1"}),
                "system should be windows, but is linux",
            ),
            (
                json!({"target": "linux/amd64/v3"}),
                "CPU variant should be GOAMD64=v3, but is GOAMD64=v1",
            ),
            (json!({"cgo": true}), "cgo should be on, but is off"),
            (
                json!({"go": "go1.26.7"}),
                "Go version should be go1.26.7, but is go1.26.8",
            ),
            (
                json!({"package": "example.com/b"}),
                "main package should be example.com/b, but is example.com/a",
            ),
            (
                json!({"modules": {"main": null, "dependencies": [
                    {"path": "example.com/d", "version": "v1.0.0", "sum": "h1:d=", "replace": null},
                ]}}),
                "linked module should be example.com/d v1.0.0 h1:d=, but is none",
            ),
            (
                json!({"buildmode": "pie"}),
                "build mode should be pie, but is exe",
            ),
            (
                json!({"interpreter": "/lib/ld.so"}),
                "loader should be /lib/ld.so, but is none",
            ),
            (
                json!({"needed": ["libc.so.6"]}),
                "libraries should be libc.so.6, but is none",
            ),
            (json!({"packed": {}}), "packer should be UPX, but is none"),
        ] {
            assert_eq!(told(&changes, &facts()), [words]);
        }
    }

    #[test]
    fn a_packed_file_is_held_to_its_headers_alone() {
        let packed = Facts {
            packed: Some(Packer::Upx),
            ..bare(Goarch::Arm64)
        };
        let words = told(&json!({}), &packed);
        assert_eq!(words[0], "packer should be none, but is UPX");
        let arch = "architecture should be amd64, but is arm64";
        assert_eq!(told(&json!({"packed": {}}), &packed), [arch]);
    }
}
