//! Groups: binaries that one go process compiles, so that `-a` compiles the standard library once
//! a target and not once a binary.

use std::collections::BTreeMap;

use super::command::Arg;
use super::dwarf::Dwarf;
use super::overlay::BinaryRoots;
use super::smoke::Asked;
use super::step::label;
use crate::go_version::GoVersion;
use crate::manifest::{Cell, Flag, Manifest, Packing, Rebuild};
use crate::target::{BuildMode, Sanitizer};
use crate::toolchain::ToolchainName;
use crate::verify::{Policy, Stamp};

/// What all binaries of one go process agree in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CompileKey {
    /// The position of the cell in the selection: groups keep the manifest's order.
    pub(super) cell_index: usize,
    /// What compiles their C.
    pub(super) toolchain: Option<ToolchainName>,
    /// The folder that go runs in.
    pub(super) dir: String,
    /// Environment that the manifest and the C toolchain set.
    pub(super) env: BTreeMap<String, Arg>,
    pub(super) rebuild: Rebuild,
    pub(super) trimpath: bool,
    pub(super) dwarf: Dwarf,
    /// What go stamps.
    pub(super) stamp: Stamp,
    pub(super) buildmode: BuildMode,
    pub(super) flags: Vec<Flag>,
    /// Those of the flags that are on.
    pub(super) sanitizers: Vec<Sanitizer>,
    pub(super) tags: Vec<String>,
    /// Without -trimpath go records the last package's ldflags in every binary: then only
    /// binaries with the same ones share a process.
    pub(super) recorded_ldflags: Option<String>,
}

/// One binary that is compiled for a cell.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) key: CompileKey,
    pub(super) cell: Cell,
    /// The release of Go that builds it, where that tells cells of the matrix apart.
    pub(super) go: Option<GoVersion>,
    /// The binary's name, which the file gets in the end.
    pub(super) binary: String,
    /// The import path of the main package.
    pub(super) import_path: String,
    /// The package as an argument of go, relative to the folder that go runs in.
    pub(super) package: String,
    /// The name that go gives the file.
    pub(super) default_name: String,
    /// All flags of the linker, joined for go.
    pub(super) ldflags: String,
    /// The variables that they set, with their values.
    pub(super) variables: BTreeMap<String, String>,
    /// Whether time zones are compiled in.
    pub(super) tzdata: bool,
    /// The CA certificates that are compiled in.
    pub(super) ca_roots: BinaryRoots,
    /// What its gate accepts.
    pub(super) policy: Policy,
    /// Whether it is built twice and compared.
    pub(super) reproducible: bool,
    /// What is asked of it on a blank system; none where nothing is.
    pub(super) smoke: Option<Asked>,
}

impl Unit {
    /// Whether the file is packed once it is verified.
    pub(super) fn packing<'m>(&self, manifest: &'m Manifest) -> Packing<'m> {
        match &manifest.compress {
            Some(compress) => compress.packing(&self.cell.target, self.key.buildmode),
            None => Packing::Unwanted,
        }
    }
}

/// Binaries that one go process compiles. Never empty.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) key: CompileKey,
    pub(super) cell: Cell,
    /// The release of Go that builds them, where that tells cells of the matrix apart.
    pub(super) go: Option<GoVersion>,
    pub(super) units: Vec<Unit>,
}

impl Group {
    /// The target with what tells it from others, for people.
    pub(super) fn label(&self) -> String {
        label(
            &self.cell.target,
            self.key.toolchain.as_ref(),
            self.go.as_ref().map(GoVersion::toolchain).as_deref(),
        )
    }

    /// go writes one file a package, named after the package: two packages of one name would
    /// silently overwrite each other, also on disks that ignore case. And it makes no more than
    /// one binary when the build mode is named.
    fn has_room_for(&self, unit: &Unit) -> bool {
        let mode_is_named = self.key.buildmode != BuildMode::Exe;
        !mode_is_named
            && self.units.iter().all(|other| {
                other.package != unit.package
                    && other.default_name.to_lowercase() != unit.default_name.to_lowercase()
            })
    }
}

/// Puts each unit into the first group that can take it; groups come in the order of their keys.
pub(super) fn group(units: Vec<Unit>) -> Vec<Group> {
    let mut groups: BTreeMap<CompileKey, Vec<Group>> = BTreeMap::new();
    for unit in units {
        let same_key = groups.entry(unit.key.clone()).or_default();
        match same_key.iter_mut().find(|group| group.has_room_for(&unit)) {
            Some(group) => group.units.push(unit),
            None => same_key.push(Group {
                key: unit.key.clone(),
                cell: unit.cell.clone(),
                go: unit.go.clone(),
                units: vec![unit],
            }),
        }
    }
    groups.into_values().flatten().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::target::Cgo;

    fn unit(package: &str, default_name: &str, ldflags: &str) -> Unit {
        Unit {
            smoke: None,
            key: CompileKey {
                cell_index: 0,
                toolchain: None,
                dir: ".".into(),
                env: BTreeMap::new(),
                rebuild: Rebuild::All,
                trimpath: true,
                dwarf: Dwarf::Generated,
                stamp: Stamp::None,
                buildmode: BuildMode::Exe,
                flags: vec![],
                sanitizers: vec![],
                tags: vec![],
                recorded_ldflags: None,
            },
            cell: Cell {
                target: "linux/amd64".parse().unwrap(),
                cgo: Cgo::Disabled,
                toolchain: None,
                go: None,
                span: 0..0,
            },
            go: None,
            binary: default_name.into(),
            import_path: package.into(),
            package: package.into(),
            default_name: default_name.into(),
            ldflags: ldflags.into(),
            variables: BTreeMap::new(),
            tzdata: false,
            ca_roots: BinaryRoots::Unasked,
            policy: Policy::default(),
            reproducible: false,
        }
    }

    fn packages(groups: &[Group]) -> Vec<Vec<&str>> {
        groups
            .iter()
            .map(|group| {
                group
                    .units
                    .iter()
                    .map(|unit| unit.package.as_str())
                    .collect()
            })
            .collect()
    }

    #[test]
    fn binaries_of_one_key_share_a_process() {
        let groups = group(vec![unit("./a", "a", "-s"), unit("./b", "b", "-w")]);
        assert_eq!(packages(&groups), [["./a", "./b"]]);
    }

    #[test]
    fn packages_of_one_name_never_share_a_process() {
        let groups = group(vec![
            unit("./x/server", "server", ""),
            unit("./y/server", "server", ""),
            unit("./z/Server", "Server", ""),
            unit("./other", "other", ""),
        ]);
        assert_eq!(
            packages(&groups),
            [
                vec!["./x/server", "./other"],
                vec!["./y/server"],
                vec!["./z/Server"]
            ]
        );
    }

    #[test]
    fn one_package_under_two_names_is_compiled_twice() {
        let groups = group(vec![
            unit("./a", "a", "-X=m.v=1"),
            unit("./a", "a", "-X=m.v=2"),
        ]);
        assert_eq!(groups.len(), 2);
    }

    #[test]
    fn a_named_build_mode_takes_one_binary_a_process() {
        let pie = |package: &str| {
            let mut unit = unit(package, package, "");
            unit.key.buildmode = BuildMode::Pie;
            unit
        };
        assert_eq!(group(vec![pie("./a"), pie("./b")]).len(), 2);
    }

    /// A unit of a few packages, names and keys, so that clashes are common.
    fn any_unit() -> impl Strategy<Value = Unit> {
        let package = proptest::sample::select(vec!["./a/x", "./b/x", "./b/X", "./c/y", "."]);
        let tags = proptest::sample::select(vec!["", "one", "two"]);
        let build = (any::<bool>(), any::<bool>(), 0..3_usize, "[a-c]");
        (package, tags, build).prop_map(|(package, tag, (trimpath, pie, cell, value))| {
            let name = package.rsplit('/').next().unwrap_or_default();
            let mut unit = unit(package, name, &format!("-X=main.v={value}"));
            unit.key.tags = vec![tag.to_owned()];
            unit.key.trimpath = trimpath;
            unit.key.cell_index = cell;
            unit.key.recorded_ldflags = (!trimpath).then(|| unit.ldflags.clone());
            if pie {
                unit.key.buildmode = BuildMode::Pie;
            }
            unit
        })
    }

    /// All that tells a unit from others in these tests.
    fn face(unit: &Unit) -> (CompileKey, String, String) {
        (unit.key.clone(), unit.package.clone(), unit.ldflags.clone())
    }

    proptest! {
        #[test]
        fn every_unit_is_in_one_group_and_no_group_overwrites_a_file(
            units in proptest::collection::vec(any_unit(), 0..20)
        ) {
            let groups = group(units.clone());
            let mut before: Vec<_> = units.iter().map(face).collect();
            let mut after: Vec<_> = groups.iter().flat_map(|group| &group.units).map(face).collect();
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
            for group in &groups {
                let mut names: Vec<_> = group
                    .units
                    .iter()
                    .map(|unit| unit.default_name.to_lowercase())
                    .collect();
                names.sort();
                names.dedup();
                prop_assert_eq!(names.len(), group.units.len());
                prop_assert!(!group.units.is_empty());
                prop_assert!(group.units.iter().all(|unit| unit.key == group.key));
                let one_a_process = group.key.buildmode != BuildMode::Exe;
                prop_assert!(!one_a_process || group.units.len() == 1);
            }
        }

        #[test]
        fn groups_and_units_keep_their_order(
            units in proptest::collection::vec(any_unit(), 0..20)
        ) {
            // Else units that are alike couldn't be told apart.
            let numbered = |(number, unit): (usize, Unit)| Unit { binary: number.to_string(), ..unit };
            let units: Vec<Unit> = units.into_iter().enumerate().map(numbered).collect();
            let groups = group(units.clone());
            let cells: Vec<_> = groups.iter().map(|group| group.key.cell_index).collect();
            prop_assert!(cells.is_sorted());
            let position = |unit: &Unit| units.iter().position(|other| other.binary == unit.binary);
            for group in &groups {
                prop_assert!(group.units.iter().map(position).is_sorted());
            }
            let again = group_faces(&group(units.clone()));
            prop_assert_eq!(group_faces(&groups), again);
        }
    }

    fn group_faces(groups: &[Group]) -> Vec<Vec<(CompileKey, String, String)>> {
        groups
            .iter()
            .map(|group| group.units.iter().map(face).collect())
            .collect()
    }

    #[test]
    fn what_the_key_differs_in_is_compiled_apart() {
        let mut tagged = unit("./b", "b", "");
        tagged.key.tags = vec!["extra".into()];
        assert_eq!(group(vec![unit("./a", "a", ""), tagged]).len(), 2);
    }
}
