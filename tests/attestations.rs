//! What a release says of itself, made from a real program and signed with keys that openssl and minisign made; they verify
//! it, and gobuildx verifies theirs.
//!
//! What is written stays in cargo's folder for tests: `tests/ways/test_attestations.py` holds it against other readers.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests run the real tools, and panic when something is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gobuildx::attest::{Build, Envelope, LOCAL_BUILDER, Resource, SIGNED, Statement, UNSIGNED};
use gobuildx::digest::{Sha256Hex, hex};
use gobuildx::failure::Failure as _;
use gobuildx::host::Environment;
use gobuildx::inspect::inspect;
use gobuildx::sbom::{Bill, LinkedC, Shipped, cyclonedx, licences, requirements, spdx};
use gobuildx::secret::Secret;
use gobuildx::signing::minisign::{SecretKey, TrustedComment};
use gobuildx::signing::{KeyFault, KeySource, KeyText, PublicKey, SigningKey, minisign};
use gobuildx::target::{BuildMode, Cgo};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

const EPOCH: u64 = 1_700_000_000;
const VERSION: &str = "v1.2.3-7a8b9c1";

/// A program with C, which a loader links with the system's library.
const WITH_C: &str =
    "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { C.srand(1) }\n";

fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(output(command).stdout).unwrap()
}

/// A folder of its own for a test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn sha256(bytes: &[u8]) -> Sha256Hex {
    hex(&Sha256::digest(bytes)).parse().unwrap()
}

fn go(dir: &Path, args: &[&str], cgo: Cgo) -> String {
    let cgo = if cgo == Cgo::Enabled { "1" } else { "0" };
    let mut go = Command::new("go");
    go.args(args)
        .current_dir(dir)
        .env("CGO_ENABLED", cgo)
        .env("GOFLAGS", "");
    stdout(&mut go)
}

/// What there is to know of a program that go built.
fn bill(program: &Path, sources: &Path, cgo: Cgo) -> Bill {
    let bytes = fs::read(program).unwrap();
    let facts = inspect(&bytes).unwrap();
    let info = facts.build_info().unwrap();
    let modules = info.linked();
    let cache = go(sources, &["env", "GOMODCACHE"], cgo);
    let places = (sources, Some(Path::new(cache.trim())));
    let name = program.file_name().unwrap().to_str().unwrap().to_owned();
    Bill {
        name: name.clone(),
        version: VERSION.to_owned(),
        file: Shipped {
            name,
            size: bytes.len() as u64,
            sha256: sha256(&bytes),
        },
        target: "linux/amd64/v1".parse().unwrap(),
        buildmode: BuildMode::default(),
        package: Some(info.path.clone()),
        go: Some(info.go_version.clone()),
        licences: licences(&modules, places),
        requirements: requirements(&modules, places),
        modules: Some(modules),
        cgo,
        c: LinkedC {
            needed: facts
                .needed
                .iter()
                .map(|library| library.name.clone())
                .collect(),
            ..LinkedC::default()
        },
        epoch: EPOCH,
    }
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let found = list
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is missing in {list:#}"))
}

#[test]
fn a_bill_of_a_real_program_has_what_is_linked_and_nothing_else() {
    let folder = folder("bills");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/service");
    let program = folder.join("service");
    let build = [
        "build",
        "-trimpath",
        "-ldflags=-s -w",
        "-o",
        program.to_str().unwrap(),
        "./cmd/service",
    ];
    go(&sources, &build, Cgo::Disabled);
    let bill = bill(&program, &sources, Cgo::Disabled);
    let bytes = cyclonedx(&bill).unwrap();
    assert_eq!(bytes, cyclonedx(&bill).unwrap());
    fs::write(folder.join("service.cdx.json"), &bytes).unwrap();
    fs::write(folder.join("service.spdx.json"), spdx(&bill).unwrap()).unwrap();

    let document: Value = serde_json::from_slice(&bytes).unwrap();
    let listed = go(
        &sources,
        &["version", "-m", program.to_str().unwrap()],
        Cgo::Disabled,
    );
    let count = |word: &str| listed.lines().filter(|line| line.starts_with(word)).count();
    let components = document["components"].as_array().unwrap();
    // And Go itself.
    assert_eq!(components.len(), count("\tmod\t") + count("\tdep\t") + 1);
    let toml = named(&document["components"], "github.com/BurntSushi/toml");
    assert_eq!(toml["licenses"][0]["license"]["id"], "MIT");
    let purl = toml["purl"].as_str().unwrap();
    assert!(
        listed.contains(&purl.replace("pkg:golang/", "").replace('@', "\t")),
        "{purl}"
    );
    assert_eq!(document["compositions"][0]["aggregate"], "complete");
    let digest = &document["metadata"]["component"]["hashes"][0]["content"];
    let summed = stdout(Command::new("sha256sum").arg(&program));
    assert_eq!(summed.split(' ').next(), digest.as_str());
}

#[test]
fn a_bill_of_a_program_with_c_names_its_libraries_and_says_that_there_may_be_more() {
    let folder = folder("bills-with-c");
    fs::write(
        folder.join("go.mod"),
        "module example.com/withc\n\ngo 1.24\n",
    )
    .unwrap();
    fs::write(folder.join("main.go"), WITH_C).unwrap();
    go(&folder, &["build", "-o", "withc", "."], Cgo::Enabled);
    let bill = bill(&folder.join("withc"), &folder, Cgo::Enabled);
    let bytes = cyclonedx(&bill).unwrap();
    fs::write(folder.join("withc.cdx.json"), &bytes).unwrap();
    fs::write(folder.join("withc.spdx.json"), spdx(&bill).unwrap()).unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    named(&document["components"], "libc.so.6");
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
}

/// What a private key's file holds.
fn key_text(path: &Path) -> KeyText {
    let source: KeySource = path.to_str().unwrap().parse().unwrap();
    let text = source.read(Path::new("/"), &Environment::default());
    text.unwrap()
}

/// What a public key's file holds.
fn public_text(path: &Path) -> KeyText {
    let source: KeySource = path.to_str().unwrap().parse().unwrap();
    let text = source.read_public(Path::new("/"), &Environment::default());
    text.unwrap()
}

fn statement() -> Statement {
    let files = [
        ("service.tar.gz", &b"archive"[..]),
        ("checksums.txt", b"sums"),
    ];
    let files = files.map(|(name, bytes)| (name.to_owned(), sha256(bytes)));
    let build = Build {
        version: VERSION.to_owned(),
        manifest: Some(sha256(b"manifest")),
        plan: sha256(b"plan"),
        targets: BTreeSet::from(["linux/amd64/v1".to_owned(), "windows/amd64/v1".to_owned()]),
        variables: BTreeSet::from(["GOPROXY".to_owned()]),
        resources: BTreeSet::from([
            Resource::commit(
                &"7a".repeat(20),
                Some("https://user:hunter2@example.com/service.git"),
            ),
            Resource::go_toolchain("go1.26.8", &Sha256Hex::of(b"go")),
            Resource::c_toolchain(
                "zig-musl",
                BTreeMap::from([("zig".to_owned(), "0.17.1".to_owned())]),
            ),
        ]),
        builder: LOCAL_BUILDER.to_owned(),
        epoch: EPOCH,
    };
    Statement::of(&BTreeMap::from(files), &build).unwrap()
}

#[test]
fn provenance_is_signed_with_a_key_of_openssl() {
    let folder = folder("provenance");
    let key = folder.join("key.pem");
    output(
        Command::new("openssl")
            .args(["genpkey", "-algorithm", "ed25519", "-out"])
            .arg(&key),
    );
    let public = folder.join("public.pem");
    output(
        Command::new("openssl")
            .args(["pkey", "-pubout", "-in"])
            .arg(&key)
            .arg("-out")
            .arg(&public),
    );

    let private = SigningKey::read(&key_text(&key)).unwrap();
    let verifier = PublicKey::read(&public_text(&public)).unwrap();
    assert_eq!(private.public(), verifier);
    assert_eq!(verifier.to_pem(), fs::read_to_string(&public).unwrap());
    let line = Envelope::sign(&statement(), &private)
        .unwrap()
        .to_line()
        .unwrap();
    assert_eq!(
        Envelope::verify((SIGNED, &line), std::slice::from_ref(&verifier))
            .unwrap()
            .0,
        statement()
    );
    fs::write(folder.join(SIGNED), &line).unwrap();
    fs::write(folder.join("public.id"), verifier.id().to_string()).unwrap();
    fs::write(folder.join(UNSIGNED), statement().to_file().unwrap()).unwrap();

    // openssl takes a signature of ours for one of its own key.
    let message = folder.join("message");
    fs::write(&message, "message").unwrap();
    fs::write(folder.join("signature"), private.sign(b"message")).unwrap();
    let mut verify = Command::new("openssl");
    verify
        .args(["pkeyutl", "-verify", "-pubin", "-rawin", "-inkey"])
        .arg(&public);
    output(
        verify
            .arg("-in")
            .arg(&message)
            .arg("-sigfile")
            .arg(folder.join("signature")),
    );
}

#[test]
fn a_key_that_openssl_encrypted_says_what_to_do() {
    let folder = folder("encrypted");
    let key = folder.join("key.pem");
    let mut make = Command::new("openssl");
    make.args([
        "genpkey",
        "-algorithm",
        "ed25519",
        "-aes256",
        "-pass",
        "pass:hunter2",
        "-out",
    ]);
    output(make.arg(&key));
    let error = SigningKey::read(&key_text(&key)).unwrap_err();
    assert!(
        error.to_string().contains("ENCRYPTED PRIVATE KEY"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("openssl pkey"));
    output(
        Command::new("openssl")
            .args(["genpkey", "-algorithm", "x25519", "-out"])
            .arg(&key),
    );
    let error = SigningKey::read(&key_text(&key)).unwrap_err();
    assert_eq!(error.fault, KeyFault::NotEd25519);
}

/// A pair of keys of minisign, with a password or without.
fn pair(folder: &Path, password: Option<&str>) -> (PathBuf, PathBuf) {
    let (secret, public) = (folder.join("minisign.key"), folder.join("minisign.pub"));
    let mut make = Command::new("minisign");
    make.args(["-G", "-f", "-s"])
        .arg(&secret)
        .arg("-p")
        .arg(&public);
    if password.is_none() {
        make.arg("-W");
    }
    typed(&mut make, &[password.unwrap_or_default(); 2]);
    (secret, public)
}

/// Runs a program, to which lines are typed.
fn typed(command: &mut Command, lines: &[&str]) {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    // One that asks for nothing may have closed its end.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// What minisign says of a signature.
fn verified(file: &Path, public: &Path) -> Output {
    let mut verify = Command::new("minisign");
    verify
        .arg("-Vm")
        .arg(file)
        .arg("-p")
        .arg(public)
        .output()
        .unwrap()
}

#[test]
fn minisign_verifies_ours_and_we_verify_its_own() {
    let folder = folder("minisign");
    let (secret, public) = pair(&folder, None);
    let file = folder.join("checksums.txt");
    let content = b"0000  service.tar.gz\n";
    fs::write(&file, content).unwrap();
    let key = SecretKey::read(&key_text(&secret), None).unwrap();
    let verifier = minisign::PublicKey::read(&public_text(&public)).unwrap();
    assert_eq!(key.public(), verifier);

    let comment = TrustedComment::of("checksums.txt", VERSION, EPOCH);
    let signature = folder.join("checksums.txt.minisig");
    fs::write(&signature, key.sign(content, &comment)).unwrap();
    let said = verified(&file, &public);
    let shown = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success(), "{said:?}");
    assert!(shown.contains(&comment.to_string()), "{shown}");

    // A flipped byte of the file or the comment is seen by both.
    fs::write(&file, b"0001  service.tar.gz\n").unwrap();
    assert!(!verified(&file, &public).status.success());
    fs::write(&file, content).unwrap();
    let other = key.sign(content, &comment).replace("v1.2.3", "v1.2.4");
    fs::write(&signature, &other).unwrap();
    assert!(!verified(&file, &public).status.success());
    assert!(verifier.verify(("checksums.txt", content), &other).is_err());

    for method in [&[][..], &["-l"]] {
        let mut sign = Command::new("minisign");
        sign.args(["-S", "-t", "by hand", "-s"])
            .arg(&secret)
            .arg("-m")
            .arg(&file);
        output(sign.args(method));
        let theirs = fs::read_to_string(&signature).unwrap();
        let comment = verifier
            .verify(("checksums.txt", content), &theirs)
            .unwrap();
        assert_eq!(comment.to_string(), "by hand");
        assert!(
            verifier
                .verify(("checksums.txt", b"other"), &theirs)
                .is_err()
        );
    }
}

#[test]
fn a_key_with_a_password_is_opened_by_that_alone() {
    let folder = folder("minisign-password");
    let (secret, public) = pair(&folder, Some("correct horse"));
    let text = key_text(&secret);
    let missing = SecretKey::read(&text, None).unwrap_err();
    assert_eq!(missing.fault, KeyFault::PasswordMissing);
    let wrong = SecretKey::read(&text, Some(&Secret::from("battery staple"))).unwrap_err();
    assert_eq!(wrong.fault, KeyFault::PasswordWrong);
    for error in [missing, wrong] {
        let message = error.to_string();
        assert!(message.contains("minisign.key`"), "{message}");
        assert!(error.hint().unwrap().contains("password"), "{message}");
    }
    let key = SecretKey::read(&text, Some(&Secret::from("correct horse"))).unwrap();
    let file = folder.join("checksums.txt");
    fs::write(&file, "content").unwrap();
    let comment = TrustedComment::of("checksums.txt", VERSION, EPOCH);
    fs::write(
        folder.join("checksums.txt.minisig"),
        key.sign(b"content", &comment),
    )
    .unwrap();
    assert!(verified(&file, &public).status.success());
    // Of another pair minisign thinks the same as we do.
    let other = self::folder("minisign-other");
    let (_, other) = pair(&other, None);
    assert!(!verified(&file, &other).status.success());
    let other = minisign::PublicKey::read(&public_text(&other)).unwrap();
    let signature = fs::read_to_string(folder.join("checksums.txt.minisig")).unwrap();
    let error = other
        .verify(("checksums.txt", b"content"), &signature)
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains(&key.public().number().to_string()),
        "{message}"
    );
}
