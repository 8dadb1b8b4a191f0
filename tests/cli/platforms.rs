//! The platform table against the installed toolchain.

use std::collections::BTreeMap;
use std::process::Command;

use gobuildx::target::{Cgo, PLATFORMS, Target, Variant};

use crate::project::Project;

fn go(args: &[&str]) -> String {
    let output = Command::new("go").args(args).output().unwrap();
    assert!(output.status.success(), "go {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_table_has_the_pairs_of_the_installed_toolchain() {
    let listed: serde_json::Value =
        serde_json::from_str(&go(&["tool", "dist", "list", "-json"])).unwrap();
    let listed: BTreeMap<String, (bool, bool)> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let pair = format!(
                "{}/{}",
                row["GOOS"].as_str().unwrap(),
                row["GOARCH"].as_str().unwrap()
            );
            let mark = |name: &str| row[name].as_bool().unwrap_or(false);
            (pair, (mark("FirstClass"), mark("CgoSupported")))
        })
        .collect();
    let table: BTreeMap<String, (bool, bool)> = PLATFORMS
        .iter()
        .map(|row| {
            (
                format!("{}/{}", row.goos, row.goarch),
                (row.first_class, row.cgo),
            )
        })
        .collect();
    assert_eq!(table, listed);
}

#[test]
fn exactly_the_marked_pairs_need_an_external_linker_without_cgo() {
    let project = Project::hello();
    for row in PLATFORMS {
        // Go says so before it compiles anything.
        let output = Command::new("go")
            .args(["build", "-n", "."])
            .current_dir(project.root())
            .env("GOOS", row.goos.as_str())
            .env("GOARCH", row.goarch.as_str())
            .env("CGO_ENABLED", Cgo::Disabled.env_value())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let needs = said.contains("requires external (cgo) linking");
        assert_eq!(
            needs, row.needs_external_linker,
            "{}/{}",
            row.goos, row.goarch
        );
    }
}

#[test]
fn go_takes_the_variants_that_are_the_defaults_here() {
    for row in PLATFORMS {
        let target = Target::new(row.goos, row.goarch);
        let Some(env) = Variant::env_of(row.goarch) else {
            continue;
        };
        let output = Command::new("go")
            .args(["env", env])
            .env("GOOS", row.goos.as_str())
            .env("GOARCH", row.goarch.as_str())
            .env("GOENV", "off")
            .env_remove(env)
            .output()
            .unwrap();
        let taken = String::from_utf8(output.stdout).unwrap();
        let ours = target.variant.map(|variant| variant.value().to_owned());
        assert_eq!(
            taken.trim(),
            ours.unwrap_or_default(),
            "{}/{}",
            row.goos,
            row.goarch
        );
    }
}
