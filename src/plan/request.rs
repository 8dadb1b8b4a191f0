//! What the user asks to build, and the cells of the manifest that this selects.

use crate::failure::{Exit, Failure};
use crate::go_version::GoVersion;
use crate::manifest::{Cell, Located, Manifest, Rebuild};
use crate::target::{Cgo, Selector, Target};

/// What to build, as the command line says it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The host's target, or the whole matrix.
    pub scope: Scope,
    /// Only targets that one of these selects; none means all of the scope.
    pub targets: Vec<Selector>,
    /// Only these binaries; none means all.
    pub binaries: Vec<String>,
    /// Instead of the manifest's `rebuild`.
    pub rebuild: Option<Rebuild>,
}

/// How much of the matrix is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The cells of the machine's own platform.
    #[default]
    Host,
    /// Every cell.
    Matrix,
}

/// The cells to build, in the manifest's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Never empty.
    pub cells: Vec<Cell>,
}

/// Picks the cells of the manifest that a request asks for.
///
/// # Errors
/// When a selector matches no cell.
pub fn select(
    manifest: &Manifest,
    request: &Request,
    host: &Target,
) -> Result<Selection, SelectError> {
    let scope = match request.scope {
        Scope::Matrix => manifest.cells.clone(),
        Scope::Host => host_cells(manifest, host),
    };
    select_among(scope, &request.targets)
}

/// Picks the cells that some selectors match; all without any.
///
/// # Errors
/// When a selector matches no cell.
pub fn select_among(scope: Vec<Cell>, targets: &[Selector]) -> Result<Selection, SelectError> {
    for selector in targets {
        if !scope.iter().any(|cell| selector.matches(&cell.target)) {
            return Err(SelectError::NoTarget {
                selector: selector.to_string(),
                known: listed(&scope),
            });
        }
    }
    let wanted =
        |cell: &Cell| targets.is_empty() || targets.iter().any(|one| one.matches(&cell.target));
    Ok(Selection {
        cells: scope.into_iter().filter(wanted).collect(),
    })
}

/// The matrix's cells for the host's platform; where it has none, the host without cgo.
fn host_cells(manifest: &Manifest, host: &Target) -> Vec<Cell> {
    let cells: Vec<Cell> = manifest
        .cells
        .iter()
        .filter(|cell| (cell.target.goos, cell.target.goarch) == (host.goos, host.goarch))
        .cloned()
        .collect();
    if !cells.is_empty() {
        return cells;
    }
    vec![Cell {
        target: Target::new(host.goos, host.goarch),
        cgo: Cgo::Disabled,
        toolchain: None,
        go: newest(&manifest.cells),
        span: 0..0,
    }]
}

/// The newest release of Go among those of all cells; none where one of them names none.
fn newest(cells: &[Cell]) -> Option<Located<GoVersion>> {
    let releases: Option<Vec<&Located<GoVersion>>> =
        cells.iter().map(|cell| cell.go.as_ref()).collect();
    let newest = releases?.into_iter().max_by_key(|go| &go.value);
    newest.cloned()
}

fn listed(cells: &[Cell]) -> String {
    let mut targets: Vec<String> = cells.iter().map(|cell| cell.target.to_string()).collect();
    targets.dedup();
    targets.join(", ")
}

/// Why nothing can be selected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// A selector that matches no cell.
    #[error("failed to select targets: `--target {selector}` matches none of {known}")]
    NoTarget {
        /// The selector as it was written.
        selector: String,
        /// The targets there are.
        known: String,
    },
}

impl Failure for SelectError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("name one of these targets, or add it to [matrix] in the manifest".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(cells: &[&str]) -> Manifest {
        let mut manifest = Manifest::without_file();
        manifest.cells = cells
            .iter()
            .map(|target| Cell {
                target: target.parse().unwrap(),
                cgo: Cgo::Disabled,
                toolchain: None,
                go: None,
                span: 0..0,
            })
            .collect();
        manifest
    }

    fn selected(cells: &[&str], request: &Request) -> Vec<String> {
        let host = "linux/amd64".parse().unwrap();
        select(&manifest(cells), request, &host)
            .unwrap()
            .cells
            .iter()
            .map(|cell| cell.target.to_string())
            .collect()
    }

    #[test]
    fn without_the_matrix_only_the_hosts_platform_is_built() {
        let cells = ["linux/amd64/v1", "linux/amd64/v3", "linux/arm64"];
        let request = Request::default();
        assert_eq!(
            selected(&cells, &request),
            ["linux/amd64/v1", "linux/amd64/v3"]
        );
        assert_eq!(selected(&["windows/arm64"], &request), ["linux/amd64/v1"]);
    }

    #[test]
    fn a_host_that_is_not_in_the_matrix_is_built_by_its_newest_go() {
        let text = "[matrix]\ngoos = [\"windows\"]\ngo = [\"1.26.8\", \"1.25.x\"]\n";
        let manifest = crate::manifest::parse(None, text).unwrap();
        let host = "linux/amd64".parse().unwrap();
        let selection = select(&manifest, &Request::default(), &host).unwrap();
        let releases = selection.cells.iter().map(Cell::release);
        assert_eq!(
            releases.collect::<Vec<_>>(),
            [Some(&"1.26.8".parse().unwrap())]
        );
    }

    #[test]
    fn a_selector_picks_from_the_matrix() {
        let request = Request {
            scope: Scope::Matrix,
            targets: vec!["*/arm64".parse().unwrap()],
            ..Request::default()
        };
        let cells = ["linux/amd64", "linux/arm64", "darwin/arm64"];
        assert_eq!(
            selected(&cells, &request),
            ["linux/arm64/v8.0", "darwin/arm64/v8.0"]
        );
    }

    #[test]
    fn a_selector_that_matches_nothing_is_an_error_that_lists_the_targets() {
        let request = Request {
            scope: Scope::Matrix,
            targets: vec!["plan9".parse().unwrap()],
            ..Request::default()
        };
        let host = "linux/amd64".parse().unwrap();
        let error = select(&manifest(&["linux/arm64"]), &request, &host).unwrap_err();
        assert!(error.to_string().contains("linux/arm64"), "{error}");
    }
}
