//! `go` of `[matrix]` and of `[[matrix.include]]`: which releases of Go build a cell.

use super::diagnostic::{Diagnostic, Located};
use super::project::release;
use super::reader::{Reader, Table};
use super::{Cell, Project};
use crate::go_version::GoVersion;

/// The releases that build every cell; none where the key is absent.
pub(super) fn read<'a>(
    read: &mut Reader<'a>,
    matrix: &Table<'a>,
    project: &Project,
) -> Vec<Located<GoVersion>> {
    let Some(entry) = matrix.entry("go") else {
        return Vec::new();
    };
    if let Some(pinned) = &project.go {
        let message = "`go` stands in [matrix] and in [project]: which of them builds is open";
        let diagnostic = Diagnostic::wrong(&entry.key_span, message)
            .also(&pinned.span, "this one builds all cells")
            .help("remove one of them");
        read.push(diagnostic);
    }
    let strings = read.distinct(&entry).unwrap_or_default();
    if entry.is_empty_array() {
        let message = "`go` is empty, so nothing would be built";
        let help = "remove it: then the Go on PATH builds, or the one that go.mod names";
        read.push(Diagnostic::wrong(&entry.span, message).help(help));
    }
    let mut releases: Vec<Located<GoVersion>> = Vec::new();
    for string in strings {
        let Some(found) = release(read, &string) else {
            continue;
        };
        if let Some(first) = releases.iter().find(|first| first.value == found.value) {
            let message = format!("Go {} is in `go` twice", found.value);
            let diagnostic = Diagnostic::wrong(&found.span, message)
                .also(&first.span, "here first")
                .help("remove one of them");
            read.push(diagnostic);
        } else {
            releases.push(found);
        }
    }
    releases
}

/// Each cell that names no release of its own, once for each of these.
pub(super) fn multiply(cells: Vec<Cell>, releases: &[Located<GoVersion>]) -> Vec<Cell> {
    if releases.is_empty() {
        return cells;
    }
    let built_by = |cell: Cell| {
        if cell.go.is_some() {
            return vec![cell];
        }
        let by = |release: &Located<GoVersion>| Cell {
            go: Some(release.clone()),
            ..cell.clone()
        };
        releases.iter().map(by).collect()
    };
    cells.into_iter().flat_map(built_by).collect()
}

/// What a cell says as `[project]` does says nothing.
pub(super) fn without_pinned(cells: &mut [Cell], project: &Project) {
    let pinned: Option<GoVersion> = project.go.as_ref().and_then(|go| go.value.parse().ok());
    for cell in cells {
        if cell.release() == pinned.as_ref() {
            cell.go = None;
        }
    }
}
