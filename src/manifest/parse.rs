//! The whole manifest, section by section.

use std::error::Error;
use std::fmt;
use std::path::Path;

use toml::de::DeTable;

use super::diagnostic::Diagnostic;
use super::reader::{Reader, Table};
use super::{
    Manifest, Source, audit, binary, compress, embed, hooks, include, matrix, needs, overrides,
    project, release, render, settings, smoke, syntax, toolchains, verify,
};
use crate::failure::{Exit, Failure};

pub(super) const KEYS: &[&str] = &[
    "schema",
    "project",
    "binary",
    "matrix",
    "toolchain",
    "build",
    "override",
    "embed",
    "verify",
    "compress",
    "hooks",
    "smoke",
    "audit",
    "release",
];

/// The sections and their keys, for a key that stands in the wrong one.
const HOMES: &[(&str, &[&str])] = &[
    ("`[project]`", project::KEYS),
    ("`[build]`", settings::KEYS),
    ("`[matrix]`", matrix::KEYS),
    ("`[verify]`", verify::KEYS),
    ("`[[binary]]`", binary::KEYS),
    ("`[[matrix.include]]`", include::KEYS),
    ("`[embed]`", embed::KEYS),
    ("`[compress]`", compress::KEYS),
    ("`[hooks]`", hooks::KEYS),
    ("`[release]`", release::KEYS),
    ("`[release.image]`", release::IMAGE),
    ("`[release.sign]`", release::SIGN),
    ("`[release.steps]`", release::STEPS),
    ("`[release.gitops]`", release::GITOPS),
    ("`[smoke]`", smoke::KEYS),
    ("`[smoke.health]`", smoke::HEALTH),
    ("`[smoke.runner]`", smoke::RUNNER),
    ("`[smoke.runner.wine]`", smoke::WINE),
    ("`[[smoke.check]]`", smoke::CHECK),
    ("`[audit]`", audit::KEYS),
    ("`[[override]]`", overrides::KEYS),
];

/// The version of the format that is read here.
pub(super) const SCHEMA: i64 = 1;

/// A text that is no manifest.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// The file and its text, for messages that point into it.
    pub source: Source,
    /// All faults, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Rejected {
    /// All faults as a text.
    #[must_use]
    pub fn render(&self, coloured: bool) -> String {
        render(&self.source, &self.diagnostics, coloured)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl Error for Rejected {}

impl Failure for Rejected {
    fn exit(&self) -> Exit {
        Exit::Manifest
    }

    fn rendered(&self, colored: bool) -> Option<String> {
        Some(self.render(colored))
    }
}

/// Reads a manifest; `path` is how messages call it.
///
/// # Errors
/// When anything is wrong with it: all of it.
pub fn parse(path: Option<&Path>, text: &str) -> Result<Manifest, Rejected> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source {
        path: path.map(Path::to_owned),
        text: text.to_owned(),
    };
    let (tree, errors) = DeTable::parse_recoverable(text);
    let syntax = syntax::faults(text, &errors);
    let mut read = Reader::new(text, errors.is_empty());
    let root = read.root(tree.get_ref(), KEYS);
    let manifest = sections(&mut read, &root, source.clone());
    if let Some(broken) = syntax.broken_from {
        read.forget_behind(broken);
    }
    let mut diagnostics = read.with_syntax(syntax.faults);
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
    diagnostics.dedup();
    if diagnostics.is_empty() {
        Ok(manifest)
    } else {
        Err(Rejected {
            source,
            diagnostics,
        })
    }
}

fn sections<'a>(read: &mut Reader<'a>, root: &Table<'a>, source: Source) -> Manifest {
    schema(read, root);
    let project = project::read(read, root);
    let before = read.count();
    let binaries = binary::read(read, root);
    let names_are_known = read.count() == before;
    let matrix = matrix::read(read, root, &project);
    binary::check_targets(read, &binaries, &matrix);
    let toolchains = toolchains::layers(read, root, &source.text);
    let build = read
        .section(root, "build", settings::KEYS)
        .map(|table| settings::read(read, &table));
    let known = if names_are_known {
        binaries.as_slice()
    } else {
        &[]
    };
    let overrides = overrides::read(read, root, &matrix, known);
    let verify = read
        .section(root, "verify", verify::KEYS)
        .map(|table| verify::read(read, &table));
    let embed = embed::read(read, root);
    let compress = compress::read(
        read,
        root,
        &compress::Context {
            matrix: &matrix,
            build: build.as_ref(),
            binaries: &binaries,
            overrides: &overrides,
        },
    );
    let hooks = hooks::read(read, root, &project);
    let smoke = smoke::read(read, root, &overrides);
    let audit = audit::read(read, root);
    let release = release::read(read, root);
    let is_sound = matrix.sound_cells().is_some();
    let manifest = Manifest {
        source,
        project,
        binaries,
        cells: matrix.cells,
        toolchains,
        build: build.unwrap_or_default(),
        overrides,
        embed,
        verify: verify.unwrap_or_default(),
        compress,
        hooks,
        smoke,
        audit,
        release,
    };
    // Of cells that are not known nothing can be said.
    if is_sound {
        for fault in needs::certain_faults(&manifest) {
            read.push(fault);
        }
    }
    manifest
}

fn schema<'a>(read: &mut Reader<'a>, root: &Table<'a>) {
    let Some(entry) = root.entry("schema") else {
        return;
    };
    let number = read.integer(&entry);
    if number.is_some_and(|number| number != SCHEMA) {
        let diagnostic =
            Diagnostic::wrong(&entry.span, format!("this gobuildx reads schema {SCHEMA}"));
        read.push(diagnostic.help(format!(
            "write `schema = {SCHEMA}`, or use a gobuildx that reads this one"
        )));
    }
}

/// The section that a key belongs to.
pub(super) fn home_of(key: &str) -> Option<&'static str> {
    let home = HOMES.iter().find(|(_, keys)| keys.contains(&key));
    home.map(|(section, _)| *section)
}
