//! `gobuildx verify` of a release: signatures, provenance and what is in archives, as those who take it see that.

use std::fs;

use serde_json::{Value, json};

use crate::released::{Keys, Released, TAKEN};

/// What is of the machine that built, and nothing has a digest of.
const NOT_COVERED: [&str; 3] = [".gitignore", "report.html", "report.json"];

/// The files that somebody could change.
fn covered(released: &Released) -> Vec<(String, Vec<u8>)> {
    let files = released.files().into_iter();
    let covered = files.filter(|(path, _)| {
        !path.starts_with(".gobuildx/") && !NOT_COVERED.contains(&path.as_str())
    });
    covered.collect()
}

#[test]
fn a_release_as_it_was_signed_is_verified_and_its_keys_are_told() {
    let released = Released::signed();
    let run = released.verify().exits(0);
    let run = run
        .says("Note: the signature in checksums.txt.minisig holds, by the key ")
        .says("Note: the signature in provenance.intoto.jsonl holds, by the key ")
        .says("not checked: whether a second build makes the same bytes, ")
        .says("report.html, and what report.json says besides artifacts")
        .says("Done: 2 of 2 artifacts are as recorded and pass: ");
    assert!(!run.stderr.contains("no record names"), "{}", run.stderr);
    let json = released.verify_with(&["--format", "json"]).exits(0).json();
    let states: Vec<(&str, &str)> = json["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["file"].as_str().unwrap(),
                one["state"].as_str().unwrap(),
            )
        })
        .collect();
    let verified = [
        ("checksums.txt.minisig", "verified"),
        ("provenance.intoto.jsonl", "verified"),
    ];
    assert_eq!(states, verified);
    // A key is short enough to be written down, and may be in a variable.
    let text = fs::read_to_string(released.keys.path("minisign.pub")).unwrap();
    let key = text.lines().last().unwrap();
    released
        .project
        .run(&["verify", "--key", key, TAKEN])
        .exits(0);
    let mut by_variable = released
        .project
        .command(&["verify", "--key", "env:RELEASE_KEY", TAKEN]);
    let output = by_variable.env("RELEASE_KEY", &text).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn without_keys_signatures_are_not_taken_for_good() {
    let released = Released::signed();
    released
        .project
        .run(&["verify", TAKEN])
        .exits(0)
        .says("not checked: the signature in checksums.txt.minisig (name its key with --key), ")
        .says("the signature in provenance.intoto.jsonl (name its key with --provenance-key), ");
    let run = released
        .project
        .run(&["verify", "--format", "json", TAKEN])
        .exits(0);
    let signatures = &run.json()["signatures"];
    for signature in signatures.as_array().unwrap() {
        assert_eq!(signature["state"], "not-checked");
        assert_eq!(signature["key"], Value::Null);
    }
}

#[test]
fn a_flipped_byte_anywhere_is_caught_and_the_file_is_named() {
    let released = Released::signed();
    let files = covered(&released);
    for wanted in [
        "artifacts.json",
        "metadata.json",
        "release.json",
        "checksums.txt",
        "checksums.txt.minisig",
        "provenance.intoto.jsonl",
        "CHANGELOG.md",
        "Dockerfile",
        "oci/index.json",
        "oci/oci-layout",
        ".tar.gz",
        ".image.tar",
        ".cdx.json",
        ".spdx.json",
        "hello_linux_amd64_v1/hello",
    ] {
        assert!(
            files.iter().any(|(path, _)| path.ends_with(wanted)),
            "{wanted}"
        );
    }
    for (index, (path, bytes)) in files.iter().enumerate() {
        let places = match path.as_str() {
            // Its first line is signed by nobody, and its last byte counts for nothing.
            "checksums.txt.minisig" => vec![2, 30, bytes.len() / 2, bytes.len() - 1],
            _ => vec![0, (index + 1) * 7919 % bytes.len()],
        };
        for place in places {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            fs::write(released.path(path), changed).unwrap();
            let run = released.verify().exits(1);
            assert!(
                run.stderr.contains(path),
                "{path}, byte {place}:\n{}",
                run.stderr
            );
        }
        fs::write(released.path(path), bytes).unwrap();
    }
    released.verify().exits(0);
}

#[test]
fn a_file_that_is_gone_is_named() {
    let released = Released::signed();
    for (path, bytes) in covered(&released) {
        let mode = fs::metadata(released.path(&path)).unwrap().permissions();
        fs::remove_file(released.path(&path)).unwrap();
        // Without metadata.json less is known, and it is still missing.
        released.verify().exits(1).says(&path);
        fs::write(released.path(&path), bytes).unwrap();
        fs::set_permissions(released.path(&path), mode).unwrap();
    }
    released.verify().exits(0);
}

#[test]
fn a_signature_of_another_key_file_or_version_is_refused() {
    let released = Released::signed();
    let others = Keys::make();
    let key = others.arg("minisign.pub");
    released
        .project
        .run(&["verify", "--key", &key, TAKEN])
        .exits(1)
        .says("`checksums.txt.minisig` doesn't hold by the key that is named: it is by the key ")
        .says("help: use nothing of this release, and get it again");
    let key = others.arg("dsse.pub");
    released
        .project
        .run(&["verify", "--provenance-key", &key, TAKEN])
        .exits(1)
        .says("`provenance.intoto.jsonl` doesn't hold by the key that is named: ");
    // One of several keys is enough.
    released.verify_with(&["--provenance-key", &key]).exits(0);
    released.sign("timestamp:1\tfile:checksums.txt\tversion:v9.9.9");
    released
        .verify()
        .exits(1)
        .says("`checksums.txt.minisig` is a signature of the version `v9.9.9`, and not of `");
    released.sign("timestamp:1\tfile:other.txt\thashed");
    released
        .verify()
        .exits(1)
        .says("is a signature of the file `other.txt`, and not of `checksums.txt`");
    // What minisign itself says of it names no version.
    released.sign("timestamp:1\tfile:checksums.txt\thashed");
    released.verify().exits(0);
    fs::remove_file(released.path("checksums.txt.minisig")).unwrap();
    let sarif = released.verify_with(&["--format", "sarif"]).exits(1);
    let result = &sarif.json()["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "dist-signature");
    released
        .verify()
        .exits(1)
        .says("`checksums.txt.minisig` is missing, so nobody answers for the checksums");
}

#[test]
fn a_key_that_is_none_is_told_before_anything_is_read() {
    let released = Released::with_open_provenance();
    let pem = released.keys.arg("dsse.pub");
    released
        .project
        .run(&["verify", "--key", &pem, TAKEN])
        .exits(4)
        .says("it is no key of minisign");
    released
        .project
        .run(&["verify", "--key", "absent.pub", TAKEN])
        .exits(4)
        .says("failed to read a key from `absent.pub`");
    released
        .project
        .run(&["verify", "--provenance-key", "env:ABSENT", TAKEN])
        .exits(4)
        .says("the variable ABSENT: it is not set");
}

#[test]
fn provenance_that_nobody_signed_is_told_as_such_and_held_against_the_rest() {
    let released = Released::with_open_provenance();
    let key = released.keys.arg("minisign.pub");
    let by_key = ["verify", "--key", &key, TAKEN];
    released
        .project
        .run(&by_key)
        .exits(0)
        .says("who wrote provenance.json (it isn't signed)");
    released.verify().exits(1).says(
        "`provenance.intoto.jsonl` is missing, so nobody answers for how the release was made",
    );
    let whole = released.project.read(&format!("{TAKEN}/provenance.json"));
    let told = |change: &dyn Fn(&mut Value), says: &str| {
        released.rewrite("provenance.json", change);
        released.project.run(&by_key).exits(1).says(says);
        fs::write(released.path("provenance.json"), &whole).unwrap();
        released.record("provenance.json");
    };
    let archive = released.named(".tar.gz");
    let at = |value: &Value| {
        let subjects = value["subject"].as_array().unwrap();
        subjects
            .iter()
            .position(|one| one["name"] == *archive)
            .unwrap()
    };
    let contradicts =
        format!("provenance.json and checksums.txt don't say the same of `{archive}`");
    told(
        &|value| {
            let at = at(value);
            value["subject"].as_array_mut().unwrap().remove(at);
        },
        &contradicts,
    );
    told(
        &|value| {
            let at = at(value);
            value["subject"][at]["digest"]["sha256"] = "0".repeat(64).into();
        },
        &contradicts,
    );
    told(
        &|value| {
            let other = json!({ "name": "other", "digest": { "sha256": "0".repeat(64) } });
            value["subject"].as_array_mut().unwrap().push(other);
        },
        "provenance.json and checksums.txt don't say the same of `other`",
    );
}

#[test]
fn provenance_of_another_release_is_told() {
    let released = Released::with_open_provenance();
    let key = released.keys.arg("minisign.pub");
    let by_key = ["verify", "--key", &key, TAKEN];
    let whole = released.project.read(&format!("{TAKEN}/provenance.json"));
    let told = |change: &dyn Fn(&mut Value), says: &str| {
        released.rewrite("provenance.json", change);
        released.project.run(&by_key).exits(1).says(says);
        fs::write(released.path("provenance.json"), &whole).unwrap();
        released.record("provenance.json");
    };
    let parameters = "/predicate/buildDefinition/externalParameters";
    told(
        &|value| value.pointer_mut(parameters).unwrap()["version"] = "v9".into(),
        "`provenance.json` is of another release: its version is `v9`, and that of artifacts.json `",
    );
    told(
        &|value| {
            let plan = &mut value.pointer_mut(parameters).unwrap()["plan"];
            plan["digest"]["sha256"] = "0".repeat(64).into();
        },
        "`provenance.json` is of another release: its plan is `sha256:0000",
    );
    told(
        &|value| {
            let parameters = value.pointer_mut(parameters).unwrap();
            parameters.as_object_mut().unwrap().remove("version");
        },
        "`provenance.json` is not what its name says: it doesn't say of which version it is",
    );
    told(
        &|value| value["_type"] = "other".into(),
        "`provenance.json` is not what its name says: it is of the type `other`",
    );
    released.project.run(&by_key).exits(0);
    // What is no digest isn't that of the statement, either.
    released.rewrite("metadata.json", |value| value["plan"] = "no digest".into());
    let run = released.project.run(&by_key).exits(1);
    run.says("and that of metadata.json `no digest`");
}

#[test]
fn an_archive_with_a_program_that_no_record_knows_is_told() {
    let released = Released::with_open_provenance();
    let archive = released.named("_linux_amd64.tar.gz");
    let key = released.keys.arg("minisign.pub");
    let told = || released.project.run(&["verify", "--key", &key, TAKEN]);
    let program = fs::read("/bin/true").unwrap();
    // All digests agree, so only what is in the archive tells.
    released.repack(&archive, "hello", &program);
    let statement = |value: &mut Value| {
        for subject in value["subject"].as_array_mut().unwrap() {
            if subject["name"] == *archive {
                let digest = crate::released::sha256(&released.path(&archive));
                subject["digest"]["sha256"] = digest.into();
            }
        }
    };
    released.rewrite("provenance.json", statement);
    let run = told().exits(1);
    let words = format!("`{archive}` holds `hello`, a program or library that no record knows");
    assert_eq!(
        run.stderr.matches("failed to verify").count(),
        1,
        "{}",
        run.stderr
    );
    run.says(&words);
    // Texts are none.
    let own = fs::read(released.path("hello_linux_amd64_v1/hello")).unwrap();
    released.repack(&archive, "hello", &own);
    released.repack(&archive, "README", b"A text.\n");
    released.rewrite("provenance.json", statement);
    told().exits(0);
    fs::write(released.path(&archive), "no archive").unwrap();
    released.record(&archive);
    released.rewrite("provenance.json", statement);
    told()
        .exits(1)
        .says(&format!("`{archive}` is not what its name says: "));
}

#[test]
fn copies_that_were_signed_for_macos_are_known_by_the_record_of_the_release() {
    let keys = Keys::make();
    let sign = "printf signature >> \"$1\"";
    let release = format!(
        "[release]\nsbom = []\n\n[release.sign]\nmacos = [[\"sh\", \"-c\", {sign:?}, \"sh\", \"{{path}}\"]]\n"
    );
    let released = Released::of(keys, &release, &["--allow-hooks"]);
    let record = released.project.json(&format!("{TAKEN}/release.json"));
    let program = "hello_darwin_arm64_v8.0/hello";
    let size = fs::metadata(released.path(program)).unwrap().len();
    assert_eq!(record["signed"][0]["path"], program);
    assert_eq!(record["signed"][0]["size"], size + "signature".len() as u64);
    released.project.run(&["verify", TAKEN]).exits(0);
    released.rewrite("release.json", |record| {
        record.as_object_mut().unwrap().remove("signed");
    });
    let archive = released.named("_darwin_arm64.tar.gz");
    released
        .project
        .run(&["verify", TAKEN])
        .exits(1)
        .says(&format!(
            "`{archive}` holds `hello`, a program or library that no record knows"
        ));
}
