//! Every manifest under `tests/manifests/right` is read, and each one under `wrong` gives exactly
//! the messages beside it. `SNAPSHOTS=overwrite` writes the messages anew.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use gobuildx::manifest::{self, Rejected};
use snapbox::{Assert, Data};

fn manifests(kind: &str) -> Result<Vec<PathBuf>, std::io::Error> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/manifests")
        .join(kind);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn rejected(path: &Path) -> Result<Rejected, Box<dyn Error>> {
    match manifest::parse(Some(Path::new("targets.toml")), &fs::read_to_string(path)?) {
        Ok(_) => Err(format!("{} is read without a fault", path.display()).into()),
        Err(rejected) => Ok(rejected),
    }
}

#[test]
fn wrong_manifests_give_the_messages_beside_them() -> Result<(), Box<dyn Error>> {
    let assert = Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV);
    let paths = manifests("wrong")?;
    assert!(paths.len() > 70);
    for path in paths {
        let shown = rejected(&path)?.render(false);
        let expected = Data::read_from(&path.with_extension("stderr"), None);
        assert.eq(Data::text(shown), expected.raw());
    }
    Ok(())
}

#[test]
fn every_fault_has_a_place_and_says_what_to_write_instead() -> Result<(), Box<dyn Error>> {
    for path in manifests("wrong")? {
        for fault in rejected(&path)?.diagnostics {
            assert!(fault.span != (0..0), "{}: {fault:?}", path.display());
            assert!(fault.help.is_some(), "{}: {fault:?}", path.display());
            assert!(
                !fault.message.ends_with('.'),
                "{}: {fault:?}",
                path.display()
            );
        }
    }
    Ok(())
}

#[test]
fn right_manifests_are_read() -> Result<(), Box<dyn Error>> {
    for path in manifests("right")? {
        if let Err(rejected) = manifest::parse(Some(&path), &fs::read_to_string(&path)?) {
            return Err(rejected.render(false).into());
        }
    }
    Ok(())
}
