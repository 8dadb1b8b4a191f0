//! What a release says of itself: bills of materials and provenance, held against what go, upx and openssl say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{LINUX, TAG, file, hello, released, sha256, text, tool, version};
use crate::answers::go;
use crate::audit::parses;
use crate::project::{PRINTS_VERSION, Project};

/// The modules that go reads in a program: path and version.
fn linked(project: &Project, program: &str) -> BTreeSet<(String, String)> {
    let said = go(&["version", "-m", project.path(program).to_str().unwrap()]);
    let words = said
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    words
        .filter(|words| ["mod", "dep"].map(Some).contains(&words.get(1).copied()))
        .map(|words| (words[2].to_owned(), words[3].to_owned()))
        .collect()
}

/// The modules that a bill of `CycloneDX` has.
fn listed(bill: &Value) -> BTreeSet<(String, String)> {
    let components = bill["components"].as_array().unwrap().iter();
    let modules = components.filter(|one| {
        let purl = one["purl"].as_str().unwrap_or_default();
        purl.starts_with("pkg:golang/") && !purl.starts_with("pkg:golang/stdlib")
    });
    modules
        .map(|one| {
            (
                text(&one["name"]).to_owned(),
                text(&one["version"]).to_owned(),
            )
        })
        .collect()
}

fn bill(project: &Project, name: &str) -> Value {
    let path = format!("dist/a_{}_linux_amd64.{name}", version(project));
    project.json(&path)
}

fn with_modules(more: &str) -> Project {
    let project = parses("v0.3.7").manifest(&format!("{LINUX}{more}"));
    released(project.committed().tagged(TAG))
}

#[test]
fn bills_have_the_modules_that_are_linked() {
    let project = with_modules("");
    let program = "dist/a_linux_amd64_v1/a";
    let modules = linked(&project, program);
    assert!(modules.contains(&("golang.org/x/text".to_owned(), "v0.3.7".to_owned())));
    let cyclonedx = bill(&project, "cdx.json");
    assert_eq!(cyclonedx["specVersion"], "1.6");
    assert_eq!(listed(&cyclonedx), modules);
    let digest = sha256(&project.path(program));
    assert!(
        cyclonedx["metadata"].to_string().contains(&digest),
        "{cyclonedx:#}"
    );
    // What each module needs is known of all of them.
    let relations = cyclonedx["dependencies"].as_array().unwrap();
    let mut relations = relations.iter();
    let of_main = relations.find(|one| text(&one["ref"]).starts_with("example.com/a"));
    assert_eq!(
        of_main.unwrap()["dependsOn"],
        serde_json::json!(["golang.org/x/text@v0.3.7"])
    );
    let compositions = cyclonedx["compositions"].as_array().unwrap();
    assert_eq!(compositions.len(), 1, "{compositions:?}");

    let spdx = bill(&project, "spdx.json");
    assert_eq!(spdx["spdxVersion"], "SPDX-2.3");
    let packages = spdx["packages"].as_array().unwrap();
    for (path, version) in &modules {
        let is_it =
            |one: &&Value| one["name"] == path.as_str() && one["versionInfo"] == version.as_str();
        assert!(packages.iter().any(|one| is_it(&one)), "{path}");
    }
    assert!(spdx.to_string().contains(&digest));
}

#[test]
fn a_packed_program_has_the_bill_of_what_was_packed() {
    let project = with_modules("[compress]\nupx = [\"-1\"]\n");
    let program = "dist/a_linux_amd64_v1/a";
    tool(project.root(), "upx", &["-qqq", "-t", program]);
    tool(
        project.root(),
        "upx",
        &["-qqq", "-d", "-o", "unpacked", program],
    );
    let modules = linked(&project, "unpacked");
    assert!(!modules.is_empty());
    let cyclonedx = bill(&project, "cdx.json");
    assert_eq!(listed(&cyclonedx), modules);
    // What is shipped is the packed file.
    let digest = sha256(&project.path(program));
    assert!(
        cyclonedx["metadata"].to_string().contains(&digest),
        "{cyclonedx:#}"
    );
}

/// What a statement is about: digests by name.
fn subjects(statement: &Value) -> BTreeMap<String, String> {
    let subjects = statement["subject"].as_array().unwrap().iter();
    subjects
        .map(|one| {
            (
                text(&one["name"]).to_owned(),
                text(&one["digest"]["sha256"]).to_owned(),
            )
        })
        .collect()
}

#[test]
fn provenance_is_about_every_file_and_says_from_what_they_were_made() {
    let project = with_modules("[release.image]\nname = \"registry.example/a\"\n");
    let statement = project.json("dist/provenance.json");
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    let subjects = subjects(&statement);
    for (name, digest) in &subjects {
        assert_eq!(
            &sha256(&project.path(&format!("dist/{name}"))),
            digest,
            "{name}"
        );
    }
    let sums = project.read("dist/checksums.txt");
    let summed = sums.lines().map(|line| line.split_once("  ").unwrap().1);
    // Itself, and the records that name it.
    let about_it = [
        "artifacts.json",
        "metadata.json",
        "provenance.json",
        "release.json",
    ];
    let summed: Vec<&str> = summed.filter(|name| !about_it.contains(name)).collect();
    assert_eq!(subjects.keys().collect::<Vec<_>>(), summed);

    let definition = &statement["predicate"]["buildDefinition"];
    let resources = definition["resolvedDependencies"].to_string();
    let head = project.git(&["rev-parse", "HEAD"]);
    for part in [
        head.as_str(),
        "golang.org/x/text",
        "v0.3.7",
        go(&["env", "GOVERSION"]).trim_start_matches("go"),
    ] {
        assert!(resources.contains(part), "{part}: {resources}");
    }
    let manifest = sha256(&project.path("targets.toml"));
    assert_eq!(
        definition["externalParameters"]["manifest"]["digest"]["sha256"],
        manifest
    );
    assert_eq!(
        definition["externalParameters"]["version"],
        version(&project)
    );
}

/// A project whose provenance is signed by a key that openssl made.
fn with_key() -> Project {
    let sign = "[release.sign]\ndsse = \"made-key.pem\"\n";
    let project = Project::hello().file(".gitignore", "made*\n");
    let project = super::of(project, &format!("{LINUX}{sign}"));
    let openssl = |args: &str| {
        let args: Vec<&str> = args.split(' ').collect();
        tool(project.root(), "openssl", &args)
    };
    openssl("genpkey -algorithm ed25519 -out made-key.pem");
    tool(project.root(), "chmod", &["600", "made-key.pem"]);
    openssl("pkey -in made-key.pem -pubout -out made-key.pub");
    project
}

/// Whether openssl takes a signature for that of these bytes.
fn verifies(project: &Project, signed: &[u8], signature: &[u8]) -> bool {
    fs::write(project.path("made-signed"), signed).unwrap();
    fs::write(project.path("made-sig"), signature).unwrap();
    let path = |name: &str| project.path(name).to_str().unwrap().to_owned();
    let (key, signed, signature) = (path("made-key.pub"), path("made-signed"), path("made-sig"));
    let what = ["-rawin", "-in", &signed, "-sigfile", &signature];
    let args = ["pkeyutl", "-verify", "-pubin", "-inkey", &key];
    let verified = super::harness::try_run("openssl", args.into_iter().chain(what));
    verified.status.success()
}

#[test]
fn gpg_signs_as_a_command_of_the_manifest_and_verifies() {
    let home = tempfile::tempdir().unwrap();
    let at = home.path().to_str().unwrap();
    let gpg = |more: &[&str]| {
        let words = ["--homedir", at, "--batch", "--passphrase", ""];
        let mut command = Command::new("gpg");
        command.args(words).args(more).output().unwrap()
    };
    let made = gpg(&[
        "--quick-gen-key",
        "tester@example.com",
        "ed25519",
        "sign",
        "never",
    ]);
    assert!(made.status.success(), "{made:?}");
    let project = hello(&format!(
        "[release.sign]\ncmd = [[\"gpg\", \"--homedir\", \"{at}\", \"--batch\", \"--detach-sign\", \
         \"--output\", \"{{signature}}\", \"{{path}}\"]]\n"
    ));
    project.run(&["release", "-q", "--allow-hooks"]).exits(0);
    let sums = project.path("dist/checksums.txt");
    let signature = project.path("dist/checksums.txt.sig");
    let verify = [
        "--verify",
        signature.to_str().unwrap(),
        sums.to_str().unwrap(),
    ];
    assert!(gpg(&verify).status.success());
    fs::write(&sums, fs::read_to_string(&sums).unwrap() + "\n").unwrap();
    assert!(!gpg(&verify).status.success());
}

#[test]
fn openssl_verifies_signed_provenance_and_refuses_another_statement() {
    let project = with_key();
    let ended = super::stages(&project, 0, &[]);
    assert_eq!(ended["sign"], ("done".to_owned(), "provenance".to_owned()));
    assert!(!project.path("dist/provenance.json").exists());

    let envelope = project.json("dist/provenance.intoto.jsonl");
    let decoded = |value: &Value| {
        data_encoding::BASE64
            .decode(text(value).as_bytes())
            .unwrap()
    };
    let (kind, payload) = (
        text(&envelope["payloadType"]),
        decoded(&envelope["payload"]),
    );
    assert_eq!(kind, "application/vnd.in-toto+json");
    let mut signed = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    signed.extend(&payload);
    let signature = decoded(&envelope["signatures"][0]["sig"]);
    assert!(verifies(&project, &signed, &signature));
    *signed.last_mut().unwrap() ^= 1;
    assert!(!verifies(&project, &signed, &signature));

    let statement: Value = serde_json::from_slice(&payload).unwrap();
    let archive = file(&project, "linux_amd64.tar.gz");
    let name = archive.file_name().unwrap().to_str().unwrap();
    assert_eq!(subjects(&statement)[name], sha256(&archive));
}

#[test]
fn keys_that_can_not_be_had_stop_a_release_before_anything_is_built() {
    for (sign, why) in [
        (
            "minisign = \"no-such.key\"",
            "failed to read a key from `no-such.key`: ",
        ),
        (
            "dsse = \"env:NO_SUCH_KEY\"",
            "failed to read a key from the variable NO_SUCH_KEY: it is not set",
        ),
    ] {
        let project = hello(&format!("[release.sign]\n{sign}\n"));
        project.run(&["release"]).exits(4).says(why).says("help: ");
        assert!(!project.path("dist").exists(), "{sign}");
    }
}

#[test]
fn the_changelog_has_the_commits_since_the_last_version() {
    let project = hello("");
    project.write("main.go", &PRINTS_VERSION.replace("unset", "none"));
    project.git(&["commit", "-qam", "Say none where nothing is set"]);
    project.git(&["tag", "v1.3.0"]);
    project.run(&["release", "-q"]).exits(0);
    let changelog = project.read("dist/CHANGELOG.md");
    assert!(
        changelog.contains("Say none where nothing is set"),
        "{changelog}"
    );
    assert!(!changelog.contains("First"), "{changelog}");
    assert!(changelog.contains("v1.3.0"), "{changelog}");
}
