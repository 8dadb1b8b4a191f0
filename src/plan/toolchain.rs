//! The C toolchain of a compilation: what decides what it makes, and where it is on this machine.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::command::{Base, Place};
use crate::go_words::join_for_go;
use crate::manifest::{Cell, Diagnostic, Effective, Manifest, effective, possible_binaries};
use crate::target::{BuildMode, Cgo, Goos, Sanitizer};
use crate::toolchain::choose::Wanted;
use crate::toolchain::survey::versions;
use crate::toolchain::{Chosen, Setup, Starter, ToolchainName, Wish};
use crate::verify::RuleId;
use crate::version::Version;

/// What of a toolchain decides what is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ToolchainIdentity {
    /// Its name.
    pub name: ToolchainName,
    /// Versions of programs, and words of commands.
    #[serde(flatten)]
    pub parts: BTreeMap<String, String>,
}

/// Where a toolchain is on this machine, and why it is that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolchainHere {
    /// Its name.
    pub name: ToolchainName,
    /// Why it was chosen.
    pub why: String,
    /// The version of its compiler: `zig 0.17.1`.
    pub version: Option<String>,
    /// Its programs: the files, with their versions.
    pub programs: BTreeMap<String, ProgramHere>,
    /// Scripts that go finds before all of PATH: what they are called is part of the key by which go remembers what it
    /// compiled, and where their programs lie is not.
    pub scripts: Vec<Script>,
    /// The variables of go, as a user sets them by hand.
    #[serde(skip)]
    pub by_hand: BTreeMap<String, String>,
}

/// A program of a toolchain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramHere {
    /// The file.
    pub file: String,
    /// Its version, where it tells one.
    pub version: Option<Version>,
}

/// A script that starts a program with arguments that always come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Script {
    /// Its name.
    pub name: String,
    /// The program, and those arguments.
    pub words: Vec<String>,
}

impl fmt::Display for ToolchainHere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(version) = &self.version {
            write!(f, " ({version})")?;
        }
        write!(f, ": {}", self.why)
    }
}

impl Script {
    /// The folder of all scripts.
    #[must_use]
    pub fn folder() -> Place {
        Place::new(Base::Temporary, "cc")
    }

    /// The text, for any POSIX shell.
    #[must_use]
    pub fn text(&self) -> String {
        let words = self.words.iter();
        // Quoted in any case: a name is none of a builtin command then.
        let words: Vec<String> = words
            .map(|word| format!("'{}'", word.replace('\'', "'\\''")))
            .collect();
        format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" "))
    }
}

impl From<&Setup> for ToolchainIdentity {
    fn from(setup: &Setup) -> Self {
        Self {
            name: setup.name.clone(),
            parts: setup.identity.clone(),
        }
    }
}

impl From<&Chosen> for ToolchainHere {
    fn from(Chosen { setup, why }: &Chosen) -> Self {
        let scripts = setup.scripts().map(|(name, words)| Script {
            name: name.to_owned(),
            words: words.to_vec(),
        });
        let programs = setup.programs.iter().map(|(name, found)| {
            let program = ProgramHere {
                file: found.file.display().to_string(),
                version: found.version.clone(),
            };
            (name.clone(), program)
        });
        let by_hand = setup
            .commands
            .iter()
            .filter(|(_, starter)| !starter.refuses());
        let by_hand = by_hand
            .map(|(name, starter)| ((*name).to_owned(), join_for_go(starter.by_hand())))
            .chain(setup.places.clone());
        Self {
            name: setup.name.clone(),
            why: why.to_string(),
            version: versions(setup).into_iter().next(),
            programs: programs.collect(),
            scripts: scripts.collect(),
            by_hand: by_hand.collect(),
        }
    }
}

/// The variables that say what go starts, and where something lies.
pub(super) fn variables(setup: &Setup, sanitizers: &[Sanitizer]) -> BTreeMap<String, String> {
    let word =
        |(name, starter): (&&'static str, &Starter)| ((*name).to_owned(), starter.word.clone());
    let has_asan = sanitizers.contains(&Sanitizer::Asan);
    let asan = setup.asan.iter().filter(|_| has_asan);
    let commands = setup.commands.iter().chain(asan).map(word);
    setup.places.clone().into_iter().chain(commands).collect()
}

/// What a cell wants of its C toolchains: its programs may want different things of their system. Each once.
pub(crate) fn wishes<'a>(manifest: &Manifest, cell: &'a Cell) -> Vec<Wish<'a>> {
    let binaries = possible_binaries(manifest).into_iter();
    let built = binaries.filter(|binary| binary.builds_for(&cell.target));
    let mut all: Vec<Wanted> = built
        .map(|binary| wanted(&effective(manifest, &binary, cell)))
        .collect();
    all.sort_unstable();
    all.dedup();
    let wish = |wanted| Wish {
        target: &cell.target,
        named: cell.toolchain_name(),
        wanted,
    };
    all.into_iter().map(wish).collect()
}

/// The C toolchains of a cell, by what its programs want of their system; none without cgo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellToolchains(BTreeMap<Wanted, Chosen>);

impl CellToolchains {
    /// Adds what compiles the programs that want this.
    pub(crate) fn add(&mut self, wanted: Wanted, chosen: Chosen) {
        self.0.insert(wanted, chosen);
    }

    /// Each, once.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Chosen> {
        let names: BTreeMap<&ToolchainName, &Chosen> = self
            .0
            .values()
            .map(|chosen| (&chosen.setup.name, chosen))
            .collect();
        names.into_values()
    }

    /// Whether nothing compiles C.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one of this name.
    pub(super) fn named(&self, name: &ToolchainName) -> Option<&Chosen> {
        self.0.values().find(|chosen| chosen.setup.name == *name)
    }

    /// The one for a program with these settings.
    pub(super) fn for_settings(&self, settings: &Effective) -> Option<&Chosen> {
        self.0.get(&wanted(settings))
    }
}

/// What a program should want from its system, as its settings have it.
fn wanted(settings: &Effective) -> Wanted {
    let is_alone = matches!(settings.buildmode.value, BuildMode::Exe | BuildMode::Pie);
    if !settings.sanitizers.is_empty() || !is_alone {
        return Wanted::Own;
    }
    match (Wanted::by(settings.policy.value), settings.buildmode.value) {
        (Wanted::Nothing, BuildMode::Pie) => Wanted::Pie,
        (wanted, _) => wanted,
    }
}

/// The flags of Go's linker by which a program becomes what is wanted of it.
///
/// # Errors
/// When the toolchain can't link that.
pub(super) fn link_flags(
    setup: &Setup,
    settings: &Effective,
    cell: &Cell,
) -> Result<Vec<String>, Diagnostic> {
    let link = &setup.link;
    let dynamic = link.dynamic.clone().unwrap_or_default();
    match wanted(settings) {
        Wanted::Nothing => return Ok(link.r#static.clone().unwrap_or(dynamic)),
        Wanted::Glibc(_) | Wanted::Own => return Ok(dynamic),
        Wanted::Pie => {}
    }
    let gate = settings.gate();
    let is_loader = |rule: &RuleId| ["elf-interp", "pie-interp"].contains(&rule.as_str());
    let allows_loader = gate.allow.keys().any(is_loader);
    // Elsewhere each program has a loader, or none is position-dependent.
    if allows_loader || cell.target.goos != Goos::Linux {
        return Ok(dynamic);
    }
    link.static_pie.clone().ok_or_else(|| {
        let message = format!(
            "the toolchain `{}` can't link a program that is position-independent and needs no loader",
            setup.name
        );
        let span = Some(&settings.buildmode.span).filter(|span| !span.is_empty());
        Diagnostic::wrong(span.unwrap_or(&cell.span), message).help(
            "name one that can, such as `toolchain = \"zig-musl\"` in `[[matrix.include]]`; or write \
             `buildmode = \"exe\"`; or allow `pie-interp` in `[verify]`, with a reason",
        )
    })
}

/// What a cell is called where its toolchain isn't named: it may be another one on each machine.
pub(super) fn asked(cgo: Cgo, toolchain: Option<&ToolchainName>) -> Option<String> {
    match (cgo, toolchain) {
        (Cgo::Disabled, _) => None,
        (Cgo::Enabled, Some(name)) => Some(name.to_string()),
        (Cgo::Enabled, None) => Some("cgo".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_hands_on_its_arguments_and_no_word_is_split() {
        let words = ["/opt/my zig/zig", "cc", "it's"]
            .map(str::to_owned)
            .to_vec();
        let script = Script {
            name: "x".to_owned(),
            words,
        };
        let text = "#!/bin/sh\nexec '/opt/my zig/zig' 'cc' 'it'\\''s' \"$@\"\n";
        assert_eq!(script.text(), text);
    }
}
