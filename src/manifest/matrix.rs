//! `[matrix]`: the product of its axes, and the cells that are included one by one.

use std::collections::BTreeSet;

use super::axes::{self, Axes, DEFAULT_GOARCH, DEFAULT_GOOS, Exclude};
use super::diagnostic::{Diagnostic, Located, Span};
use super::reader::{Reader, Table};
use super::{Cell, Project, go_axis, include, toolchains};
use crate::go_version::GoVersion;
use crate::human;
use crate::target::{Cgo, Goarch, Goos, Platform, Target, Variant};
use crate::toolchain::ToolchainName;

pub(super) const KEYS: &[&str] = &[
    "goos",
    "goarch",
    "cgo",
    "variants",
    "exclude",
    "include",
    "toolchains",
    "go",
];

/// The cells, and whether nothing is wrong with them, so that others can be held against them.
pub(super) struct Matrix {
    pub(super) cells: Vec<Cell>,
    sound: bool,
}

impl Matrix {
    /// The cells, unless faults in the matrix make it unknown which ones are meant.
    pub(super) fn sound_cells(&self) -> Option<&[Cell]> {
        self.sound.then_some(self.cells.as_slice())
    }
}

/// The cells of a manifest without `[matrix]`.
pub(super) fn default_cells() -> Vec<Cell> {
    let pairs = DEFAULT_GOOS
        .iter()
        .flat_map(|goos| DEFAULT_GOARCH.iter().map(move |goarch| (*goos, *goarch)));
    let mut cells: Vec<Cell> = pairs
        .map(|(goos, goarch)| cell(Target::new(goos, goarch), Cgo::Disabled, 0..0))
        .collect();
    cells.sort_by(|a, b| key(a).cmp(&key(b)));
    cells
}

pub(super) fn read<'a>(read: &mut Reader<'a>, root: &Table<'a>, project: &Project) -> Matrix {
    if root.entry("matrix").is_none() {
        return Matrix {
            cells: default_cells(),
            sound: read.is_whole(),
        };
    }
    let before = read.count();
    let mut cells = Vec::new();
    if let Some(table) = read.section(root, "matrix", KEYS) {
        let only_include = table.entry("include").is_some()
            && table
                .entries()
                .all(|entry| ["go", "include", "toolchains"].contains(&entry.key));
        if !only_include {
            cells = product(read, &table, before);
        }
        let included = include::read(read, &table);
        if cells.is_empty() && included.is_empty() && read.count() == before {
            let diagnostic = Diagnostic::wrong(
                &table.span,
                "the matrix has no cells: nothing would be built",
            );
            read.push(
                diagnostic.help("remove an element of `exclude`, or add one to `goos` or `goarch`"),
            );
        }
        cells.extend(included);
        let releases = go_axis::read(read, &table, project);
        cells = go_axis::multiply(cells, &releases);
        go_axis::without_pinned(&mut cells, project);
        toolchains::apply(read, &table, &mut cells);
    }
    let cells = distinct(read, cells);
    Matrix {
        sound: read.is_whole() && read.count() == before,
        cells,
    }
}

/// What makes a cell another cell, in the order in which cells are built.
fn key(cell: &Cell) -> (&Target, Cgo, Option<&ToolchainName>, Option<&GoVersion>) {
    (
        &cell.target,
        cell.cgo,
        cell.toolchain_name(),
        cell.release(),
    )
}

/// A cell that names no toolchain and no release of Go.
fn cell(target: Target, cgo: Cgo, span: Span) -> Cell {
    Cell {
        target,
        cgo,
        toolchain: None,
        go: None,
        span,
    }
}

/// The cells in their order; one that stands there twice is a fault.
fn distinct(read: &mut Reader<'_>, mut cells: Vec<Cell>) -> Vec<Cell> {
    cells.sort_by(|a, b| key(a).cmp(&key(b)).then(a.span.start.cmp(&b.span.start)));
    let mut kept: Vec<Cell> = Vec::new();
    for cell in cells {
        if let Some(first) = kept.last().filter(|first| key(first) == key(&cell)) {
            let diagnostic = Diagnostic::wrong(
                &cell.span,
                format!("{} is in the matrix twice", describe(&cell)),
            );
            read.push(
                diagnostic
                    .also(&first.span, "here first")
                    .help("remove one of them"),
            );
        } else {
            kept.push(cell);
        }
    }
    kept
}

fn describe(cell: &Cell) -> String {
    let cgo = match cell.toolchain_name() {
        Some(toolchain) => format!(" with cgo and the toolchain {toolchain}"),
        None if cell.cgo == Cgo::Enabled => " with cgo".to_owned(),
        None => String::new(),
    };
    let go = cell.release().map(|release| format!(" by Go {release}"));
    format!("{}{cgo}{}", cell.target, go.unwrap_or_default())
}

/// Some of the targets of the cells, for messages.
pub(super) fn targets<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<String> = cells
        .into_iter()
        .map(|cell| format!("{}/{}", cell.target.goos, cell.target.goarch))
        .collect();
    names.dedup();
    human::first(SHOWN, &names)
}

impl Exclude {
    fn matches(&self, cell: &Cell) -> bool {
        let variant = cell.target.variant.as_ref().map(Variant::value);
        self.goos.is_none_or(|goos| goos == cell.target.goos)
            && self
                .goarch
                .is_none_or(|goarch| goarch == cell.target.goarch)
            && self.cgo.is_none_or(|cgo| cgo == cell.cgo)
            && self
                .variant
                .as_ref()
                .is_none_or(|v| variant == Some(v.as_str()))
    }
}

/// A cell of the product, and the places of its system and its architecture.
struct Candidate {
    cell: Cell,
    goos: Span,
    goarch: Span,
}

/// The product of the axes; `before` counts the faults before the matrix.
fn product<'a>(read: &mut Reader<'a>, table: &Table<'a>, before: usize) -> Vec<Cell> {
    let axes = axes::read(read, table);
    let (kept, useless) = without_excluded(&axes);
    // After a fault there may be less in the product than was meant.
    if read.is_whole() && read.count() == before {
        for fault in useless {
            read.push(fault);
        }
    }
    if read.is_whole() {
        impossible(read, &axes, &kept);
    }
    kept.into_iter().map(|candidate| candidate.cell).collect()
}

/// What `exclude` leaves of the product, and a fault for each element that takes nothing away.
fn without_excluded(axes: &Axes) -> (Vec<Candidate>, Vec<Diagnostic>) {
    let mut kept = multiply(axes);
    let product = targets(kept.iter().map(|candidate| &candidate.cell));
    let mut used = vec![false; axes.exclude.len()];
    kept.retain(|candidate| {
        let mut keep = true;
        for (exclude, used) in axes.exclude.iter().zip(&mut used) {
            if exclude.matches(&candidate.cell) {
                (keep, *used) = (false, true);
            }
        }
        keep
    });
    let unused = axes.exclude.iter().zip(used).filter(|(_, used)| !used);
    let useless = unused.map(|(exclude, _)| {
        let message = "this excludes nothing: no cell of the matrix matches";
        let help = format!("remove it, or correct it: the product is {product}");
        Diagnostic::wrong(&exclude.span, message).help(help)
    });
    let useless = useless.collect();
    (kept, useless)
}

fn multiply(axes: &Axes) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for goos in &axes.goos {
        for goarch in &axes.goarch {
            let default = Target::new(goos.value, goarch.value);
            let targets = match axes.variants.get(&goarch.value) {
                None => vec![default],
                Some(variants) => variants
                    .iter()
                    .map(|variant| Target {
                        variant: Some(variant.value.clone()),
                        ..default.clone()
                    })
                    .collect(),
            };
            for target in targets {
                candidates.extend(axes.cgo.iter().map(|cgo| Candidate {
                    cell: cell(target.clone(), cgo.value, place(axes, goos, goarch, cgo)),
                    goos: goos.span.clone(),
                    goarch: goarch.span.clone(),
                }));
            }
        }
    }
    candidates
}

/// The element of an axis that tells most about a cell.
fn place(axes: &Axes, goos: &Located<Goos>, goarch: &Located<Goarch>, cgo: &Located<Cgo>) -> Span {
    if cgo.value == Cgo::Enabled {
        cgo.span.clone()
    } else if axes.defaulted.contains(&"goarch") {
        goos.span.clone()
    } else {
        goarch.span.clone()
    }
}

/// Why a pair can't be built with that setting of cgo, and what `[matrix]` would say instead.
pub(super) fn impossibility(goos: Goos, goarch: Goarch, cgo: Cgo) -> Option<String> {
    let Some(platform) = Platform::find(goos, goarch) else {
        return Some(format!("Go does not build for {goos}/{goarch}"));
    };
    match cgo {
        Cgo::Disabled if platform.needs_external_linker => Some(format!(
            "{goos}/{goarch} can't be built without cgo: it needs the C linker of the platform"
        )),
        Cgo::Enabled if !platform.cgo => Some(format!("Go has no cgo on {goos}/{goarch}")),
        _ => None,
    }
}

/// Each impossible pair of the product, once.
fn impossible(read: &mut Reader<'_>, axes: &Axes, candidates: &[Candidate]) {
    let mut told = BTreeSet::new();
    for Candidate {
        cell,
        goos: goos_span,
        goarch: goarch_span,
    } in candidates
    {
        let (goos, goarch) = (cell.target.goos, cell.target.goarch);
        let Some(message) = impossibility(goos, goarch, cell.cgo) else {
            continue;
        };
        if !told.insert((goos, goarch, cell.cgo)) {
            continue;
        }
        let pair = format!("goos = \"{goos}\", goarch = \"{goarch}\"");
        let exists = Platform::find(goos, goarch).is_some();
        let other = if cell.cgo == Cgo::Enabled {
            "[false]"
        } else {
            "[true]"
        };
        let help = if !exists {
            exclude_or_write(axes, &pair)
        } else if axes.cgo.len() > 1 {
            let on = cell.cgo == Cgo::Enabled;
            format!("add `{{ {pair}, cgo = {on} }}` to `exclude`")
        } else {
            format!("add `{{ {pair} }}` to `exclude`, or write `cgo = {other}`")
        };
        let mut diagnostic = Diagnostic::wrong(goarch_span, message).help(help);
        if axes.defaulted.contains(&"goarch") {
            diagnostic.span = goos_span.clone();
        } else if !axes.defaulted.contains(&"goos") {
            diagnostic = diagnostic.also(goos_span, "with this");
        }
        read.push(diagnostic);
    }
}

fn exclude_or_write(axes: &Axes, pair: &str) -> String {
    let line = format!("write `exclude = [{{ {pair} }}]`");
    match axes.defaulted.first() {
        None => line,
        Some(key) => format!("{line}, or write the `{key}` you mean: it has its default here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_six_cells_without_cgo_in_order() {
        let names: Vec<String> = default_cells().iter().map(describe).collect();
        assert_eq!(names.len(), 6);
        assert_eq!(names.first().unwrap(), "darwin/amd64/v1");
        assert!(names.is_sorted());
    }

    #[test]
    fn a_platform_without_cgo_and_one_that_needs_it() {
        assert!(impossibility(Goos::Plan9, Goarch::Amd64, Cgo::Enabled).is_some());
        assert!(impossibility(Goos::Ios, Goarch::Arm64, Cgo::Disabled).is_some());
        assert!(impossibility(Goos::Ios, Goarch::Arm64, Cgo::Enabled).is_none());
        assert!(impossibility(Goos::Darwin, Goarch::I386, Cgo::Disabled).is_some());
    }

    /// Folders are named after targets, on file systems that don't know case.
    #[test]
    fn no_two_targets_share_a_folder() {
        let mut slugs = BTreeSet::new();
        let variants = [
            "v1",
            "v3",
            "v8.0",
            "v8.0,lse",
            "v8.0,lse,crypto",
            "5",
            "7,softfloat",
        ];
        for platform in crate::target::PLATFORMS {
            for variant in variants {
                if let Ok(variant) = Variant::new(platform.goarch, variant) {
                    let mut target = Target::new(platform.goos, platform.goarch);
                    target.variant = Some(variant);
                    assert!(slugs.insert(target.slug().to_lowercase()), "{target}");
                }
            }
        }
    }
}
