//! Where artifacts lie in the output folder, and that no two want the same place.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::toolchain::asked;
use crate::go_version::GoVersion;
use crate::manifest::Cell;
use crate::target::{BuildMode, Goarch, Goos, Target};

/// The path of a file below the output folder: `server_linux_amd64_v1/server`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ArtifactPath(String);

impl ArtifactPath {
    /// The path of a binary for a cell.
    ///
    /// The C toolchain is part of it only where the matrix has the same target twice, and the release of Go only
    /// where that alone tells two cells apart.
    #[must_use]
    pub fn new(binary: &str, mode: BuildMode, cell: &Cell, matrix: &[Cell]) -> Self {
        let folder = format!("{binary}_{}", cell_slug(cell, matrix));
        let name = artifact_name(binary, mode, &cell.target);
        Self(format!("{folder}/{name}"))
    }

    /// The path of another file in the same folder.
    #[must_use]
    pub(super) fn beside(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.folder()))
    }

    /// The whole path, `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the file in its folder.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The folder, which names artifact and target.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A cell as part of a file name: `linux_amd64_v1`, with the toolchain that is named, or `cgo`, where the target is twice
/// in the matrix; and with `go1.25.14` where a cell differs in that alone.
#[must_use]
pub(super) fn cell_slug(cell: &Cell, matrix: &[Cell]) -> String {
    let mut slug = cell.target.slug();
    let others = matrix.iter().filter(|other| other.target == cell.target);
    let (alike, others): (Vec<&Cell>, Vec<&Cell>) = others.partition(|other| {
        (other.cgo, other.toolchain_name()) == (cell.cgo, cell.toolchain_name())
    });
    let toolchain = asked(cell.cgo, cell.toolchain_name()).filter(|_| !others.is_empty());
    let is_alone = alike.iter().all(|other| other.release() == cell.release());
    let go = cell.release().filter(|_| !is_alone);
    let parts = toolchain.into_iter().chain(go.map(GoVersion::toolchain));
    for part in parts {
        slug.push('_');
        slug.push_str(&part);
    }
    slug
}

/// The name of an artifact's file, as its platform has it.
#[must_use]
pub(super) fn artifact_name(binary: &str, mode: BuildMode, target: &Target) -> String {
    let extension = match (mode, target.goos) {
        (BuildMode::CArchive, _) => "a",
        _ if target.goarch == Goarch::Wasm => "wasm",
        (BuildMode::CShared, Goos::Windows) => "dll",
        (BuildMode::CShared, Goos::Darwin | Goos::Ios) => "dylib",
        (BuildMode::CShared, _) => "so",
        (BuildMode::Exe | BuildMode::Pie, _) => return staged_name(binary, target),
    };
    format!("{binary}.{extension}")
}

/// The name of a library's C header, as go derives it from the library's.
#[must_use]
pub(super) fn header_name(binary: &str) -> String {
    format!("{binary}.h")
}

/// The name of the program that `go build -o DIR` makes.
#[must_use]
pub(super) fn staged_name(binary: &str, target: &Target) -> String {
    match target.goos {
        Goos::Windows => format!("{binary}.exe"),
        _ => binary.to_owned(),
    }
}

/// Two things that want the same place, also when only case differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What comes first.
    pub first: String,
    /// What comes second.
    pub second: String,
    /// The place that both want.
    pub path: ArtifactPath,
}

/// Finds the first pair that wants the same place on a disk that ignores case.
#[must_use]
pub(super) fn find_clash<'a>(
    wanted: impl IntoIterator<Item = (ArtifactPath, &'a str)>,
) -> Option<Clash> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for (path, owner) in wanted {
        if let Some(first) = taken.insert(path.folder().to_lowercase(), owner) {
            return Some(Clash {
                first: first.to_owned(),
                second: owner.to_owned(),
                path,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Located;
    use crate::target::Cgo;

    fn cell(target: &str, toolchain: Option<&str>) -> Cell {
        Cell {
            target: target.parse().unwrap(),
            cgo: Cgo::from(toolchain.is_some()),
            toolchain: toolchain.map(|name| Located {
                value: name.parse().unwrap(),
                span: 0..0,
            }),
            go: None,
            span: 0..0,
        }
    }

    #[test]
    fn a_path_names_binary_and_target() {
        let cell = cell("windows/amd64/v3", None);
        let path = ArtifactPath::new("server", BuildMode::Exe, &cell, std::slice::from_ref(&cell));
        assert_eq!(path.as_str(), "server_windows_amd64_v3/server.exe");
    }

    #[test]
    fn a_module_of_web_assembly_is_named_as_one() {
        let cell = cell("wasip1/wasm", None);
        let path = ArtifactPath::new("server", BuildMode::Exe, &cell, std::slice::from_ref(&cell));
        assert_eq!(path.as_str(), "server_wasip1_wasm/server.wasm");
    }

    #[test]
    fn a_library_has_the_extension_of_its_system() {
        for (mode, target, name) in [
            (BuildMode::CShared, "linux/amd64", "db.so"),
            (BuildMode::CShared, "android/arm64", "db.so"),
            (BuildMode::CShared, "darwin/arm64", "db.dylib"),
            (BuildMode::CShared, "windows/amd64", "db.dll"),
            (BuildMode::CShared, "wasip1/wasm", "db.wasm"),
            (BuildMode::CArchive, "windows/amd64", "db.a"),
            (BuildMode::Pie, "windows/amd64", "db.exe"),
        ] {
            assert_eq!(artifact_name("db", mode, &target.parse().unwrap()), name);
        }
    }

    #[test]
    fn the_toolchain_is_named_only_where_a_target_is_there_twice() {
        let (pure, cgo) = (cell("linux/amd64", None), cell("linux/amd64", Some("host")));
        let both = [pure.clone(), cgo.clone()];
        assert_eq!(
            ArtifactPath::new("a", BuildMode::Exe, &pure, &both).folder(),
            "a_linux_amd64_v1"
        );
        assert_eq!(
            ArtifactPath::new("a", BuildMode::Exe, &cgo, &both).folder(),
            "a_linux_amd64_v1_host"
        );
        assert_eq!(
            ArtifactPath::new("a", BuildMode::Exe, &cgo, &both[1..]).folder(),
            "a_linux_amd64_v1"
        );
    }

    #[test]
    fn the_release_of_go_is_named_only_where_it_alone_tells_cells_apart() {
        let by = |cell: &Cell, release: &str| Cell {
            go: Some(Located {
                value: release.parse().unwrap(),
                span: 0..0,
            }),
            ..cell.clone()
        };
        let (pure, cgo) = (cell("linux/amd64", None), cell("linux/amd64", Some("host")));
        let folders = |cells: &[Cell]| -> Vec<String> {
            let slugs = cells.iter().map(|cell| cell_slug(cell, cells));
            slugs.collect()
        };
        assert_eq!(
            folders(&[by(&pure, "1.25.14"), by(&pure, "1.26.8"), pure.clone()]),
            [
                "linux_amd64_v1_go1.25.14",
                "linux_amd64_v1_go1.26.8",
                "linux_amd64_v1"
            ]
        );
        assert_eq!(
            folders(&[by(&pure, "1.25.14"), by(&cgo, "1.26.8")]),
            ["linux_amd64_v1", "linux_amd64_v1_host"]
        );
        assert_eq!(
            folders(&[
                by(&pure, "1.25.14"),
                by(&cgo, "1.25.14"),
                by(&cgo, "1.26.8")
            ]),
            [
                "linux_amd64_v1",
                "linux_amd64_v1_host_go1.25.14",
                "linux_amd64_v1_host_go1.26.8"
            ]
        );
        assert_eq!(folders(&[by(&pure, "1.25.14")]), ["linux_amd64_v1"]);
    }

    #[test]
    fn names_that_differ_only_in_case_clash() {
        let cell = cell("linux/amd64", None);
        let cells = std::slice::from_ref(&cell);
        let paths = [
            (
                ArtifactPath::new("server", BuildMode::Exe, &cell, cells),
                "./a",
            ),
            (
                ArtifactPath::new("Server", BuildMode::Exe, &cell, cells),
                "./b",
            ),
        ];
        let clash = find_clash(paths).unwrap();
        assert_eq!(
            (clash.first.as_str(), clash.second.as_str()),
            ("./a", "./b")
        );
    }
}
