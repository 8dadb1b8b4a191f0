//! The schema that editors use, held against an independent validator: what the parser accepts is
//! valid, and of what it refuses, only what is listed here.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use gobuildx::manifest;
use jsonschema::Validator;

/// Wrong manifests that only the parser can tell: they depend on several keys at once, on what
/// the matrix makes, on the grammar of a linker's arguments, or on
/// what the variables of a hook mean where it runs.
const ONLY_THE_PARSER: &[&str] = &[
    "binary-name-case",
    "binary-name-twice",
    "binary-package-twice",
    "binary-targets-unmatched",
    "compress-allow-macos",
    "compress-allow-needless",
    "compress-allow-nothing",
    "compress-allow-unselected",
    "compress-match-crashes",
    "compress-match-nothing",
    "compress-match-refused",
    "flags-gcflags-unknown",
    "flags-gcflags-write",
    "flags-race-without-cgo",
    "hooks-artifact-before",
    "hooks-project-without-name",
    "hooks-target-of-a-run",
    "hooks-unknown-variable",
    "include-go-of-the-project",
    "include-go-twice",
    "include-in-product",
    "include-twice",
    "ldflags-extldflags",
    "ldflags-linkmode",
    "ldflags-no-flag",
    "ldflags-two-in-one",
    "ldflags-unknown",
    "ldflags-x-with-space",
    "ldflags-x-without-equals",
    "ldflags-x-without-package",
    "ldflags-x-without-value",
    "matrix-all-cells-wrong-once",
    "matrix-exclude-everything",
    "matrix-exclude-nothing",
    "matrix-go-and-project",
    "matrix-go-line-and-release",
    "matrix-impossible-pair",
    "matrix-impossible-with-default",
    "matrix-needs-linker",
    "matrix-no-cgo",
    "matrix-variant-arch-absent",
    "mode-absent",
    "mode-c-shared-without-cgo",
    "mode-of-web-assembly",
    "mode-pie-absent",
    "mode-pie-needs-cgo",
    "override-binary-unknown",
    "override-cgo-nothing",
    "override-match-glob",
    "override-match-nothing",
    "override-match-of-the-defaults",
    "release-gitops-nothing",
    "sanitizer-absent",
    "sanitizers-together",
    "smoke-files-ungranted",
    "smoke-health-port",
    "toolchains-nothing",
    "verify-allowed-and-denied",
    "verify-allowed-twice",
    "verify-denied-in-an-override",
    "verify-override-policy-of-another-system",
    "verify-policy-of-another-system",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn manifests(folder: &str) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(root().join(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn validator() -> Result<Validator, Box<dyn Error>> {
    Ok(jsonschema::draft7::new(&manifest::json_schema())?)
}

/// The text as JSON; none if it isn't TOML.
fn json(text: &str) -> Option<serde_json::Value> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::to_value(toml::from_str::<toml::Value>(text).ok()?).ok()
}

/// Whether the parser has nothing against it.
fn is_read(text: &str) -> bool {
    manifest::parse(None, text).is_ok()
}

fn assert_valid(validator: &Validator, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let json = json(text).ok_or_else(|| format!("{name} is no TOML"))?;
    let faults: Vec<String> = validator
        .iter_errors(&json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{name}:\n{text}\n{faults:#?}");
    Ok(())
}

#[test]
fn the_schema_is_one() {
    let schema = manifest::json_schema();
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    assert!(
        schema["$schema"]
            .as_str()
            .is_some_and(|s| s.contains("draft-07"))
    );
}

#[test]
fn right_manifests_are_valid() -> Result<(), Box<dyn Error>> {
    let validator = validator()?;
    let mut paths = manifests("tests/manifests/right")?;
    paths.push(root().join("targets.toml"));
    assert!(paths.len() > 5);
    for path in paths {
        let name = path.display().to_string();
        assert_valid(&validator, &name, &fs::read_to_string(&path)?)?;
    }
    Ok(())
}

#[test]
fn the_manifest_in_the_readme_is_valid_and_right() -> Result<(), Box<dyn Error>> {
    let readme = fs::read_to_string(root().join("README.md"))?;
    let from_schema = readme.lines().skip_while(|line| *line != "    schema = 1");
    let block: Vec<&str> = from_schema
        .take_while(|line| line.is_empty() || line.starts_with("    "))
        .collect();
    let text = block.join("\n");
    assert!(block.len() > 30 && is_read(&text), "{text}");
    assert_valid(&validator()?, "README.md", &text)
}

#[test]
fn wrong_manifests_are_invalid_but_for_those_that_only_the_parser_can_tell()
-> Result<(), Box<dyn Error>> {
    let validator = validator()?;
    let mut passed = BTreeSet::new();
    for path in manifests("tests/manifests/wrong")? {
        let text = fs::read_to_string(&path)?;
        let is_valid = json(&text).is_some_and(|json| validator.is_valid(&json));
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if is_valid && !is_read(&text) {
            passed.insert(name.into_owned());
        }
    }
    let listed: BTreeSet<String> = ONLY_THE_PARSER.iter().map(|s| (*s).to_owned()).collect();
    assert_eq!(passed, listed);
    Ok(())
}

/// Takes each line out of each manifest, and each pair of neighbours: what the parser still reads
/// has to be valid still.
#[test]
fn nothing_that_the_parser_reads_is_invalid() -> Result<(), Box<dyn Error>> {
    let validator = validator()?;
    let mut paths = manifests("tests/manifests/right")?;
    paths.extend(manifests("tests/manifests/wrong")?);
    let mut read = 0;
    for path in paths {
        let text = fs::read_to_string(&path)?;
        let lines: Vec<&str> = text.lines().collect();
        for taken in 0..=2 {
            for at in 0..lines.len() {
                let kept = lines.iter().enumerate();
                let kept = kept.filter(|(line, _)| !(at..at + taken).contains(line));
                let text: Vec<&str> = kept.map(|(_, line)| *line).collect();
                let text = text.join("\n");
                if is_read(&text) {
                    read += 1;
                    assert_valid(&validator, &path.display().to_string(), &text)?;
                }
            }
        }
    }
    assert!(read > 200, "{read}");
    Ok(())
}

fn validator_of_toolchains() -> Result<Validator, Box<dyn Error>> {
    let schema = manifest::toolchain_json_schema();
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    Ok(jsonschema::draft7::new(&schema)?)
}

#[test]
fn every_toolchain_that_is_built_in_is_valid() -> Result<(), Box<dyn Error>> {
    let validator = validator_of_toolchains()?;
    let paths = manifests("toolchains")?;
    assert!(paths.len() > 9, "{paths:?}");
    for path in paths {
        let name = path.display().to_string();
        assert_valid(&validator, &name, &fs::read_to_string(&path)?)?;
    }
    Ok(())
}

/// Each line of each file that is built in is broken in turn: what is invalid then the parser refuses, too, and a key that is
/// misspelt never passes.
#[test]
fn broken_toolchains_are_invalid() -> Result<(), Box<dyn Error>> {
    let validator = validator_of_toolchains()?;
    let mut misspelt = 0;
    for path in manifests("toolchains")? {
        let text = fs::read_to_string(&path)?;
        let name = path.display();
        for line in text.lines() {
            let Some((key, value)) = line.split_once(" = ").filter(|_| !line.starts_with('#'))
            else {
                continue;
            };
            let of_another_kind = text.replacen(line, &format!("{key} = 1.5"), 1);
            let json_of_it = json(&of_another_kind).ok_or("no TOML")?;
            assert!(!validator.is_valid(&json_of_it), "{name}: {key} = 1.5");
            // The keys of tables that have any are no one's to refuse.
            let open = [
                "SDKROOT", "apt", "dnf", "apk", "pacman", "zypper", "brew", "winget", "any", "page",
            ];
            if open.contains(&key) {
                continue;
            }
            misspelt += 1;
            let broken = text.replacen(line, &format!("{key}x = {value}"), 1);
            let is_valid = json(&broken).is_some_and(|json| validator.is_valid(&json));
            assert!(!is_valid, "{name}: {key}x");
        }
    }
    assert!(misspelt > 100, "{misspelt}");
    Ok(())
}

/// Takes each line out of each file: what the parser still reads has to be valid still.
#[test]
fn nothing_that_the_parser_reads_of_a_toolchain_is_invalid() -> Result<(), Box<dyn Error>> {
    let validator = validator_of_toolchains()?;
    let mut read = 0;
    for path in manifests("toolchains")? {
        let text = fs::read_to_string(&path)?;
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            let mut kept = lines.clone();
            kept.remove(at);
            let text = kept.join("\n");
            if toml::from_str::<gobuildx::toolchain::Layer>(&text).is_ok() {
                read += 1;
                assert_valid(&validator, &path.display().to_string(), &text)?;
            }
        }
    }
    assert!(read > 100, "{read}");
    Ok(())
}
