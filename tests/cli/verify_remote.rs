//! `gobuildx verify URL`: a release that a server has.

use std::collections::BTreeMap;
use std::fs;

use crate::go_install::server::{Answer, Server};
use crate::live::{Live, wait_until};
use crate::project::Run;
use crate::released::{Keys, Released};

const BELOW: &str = "hello/v1";

/// What a server has of a release.
fn answers(released: &Released) -> BTreeMap<String, Answer> {
    let files = released.files().into_iter();
    let files = files.filter(|(path, _)| !path.starts_with(".gobuildx/"));
    files
        .map(|(path, bytes)| (format!("{BELOW}/{path}"), Answer::File(bytes)))
        .collect()
}

fn address(server: &Server) -> String {
    format!("{}/{BELOW}/", server.url(""))
}

fn verify(released: &Released, address: &str) -> Run {
    let keys = released.keys.args();
    let mut args: Vec<&str> = keys.iter().map(String::as_str).collect();
    args.extend([address]);
    released.project.run(&[&["verify"], &*args].concat())
}

/// What was asked for, below the folder.
fn asked(server: &Server) -> Vec<String> {
    let asked = server.asked().into_iter();
    let below = asked.map(|(path, _)| path.strip_prefix(&format!("{BELOW}/")).unwrap().to_owned());
    below.collect()
}

#[test]
fn a_published_release_is_verified_as_a_folder_is() {
    let released = Released::signed();
    let server = Server::start(answers(&released));
    verify(&released, &address(&server))
        .exits(0)
        .prints("hello_linux_amd64_v1/hello")
        .says("Note: the signature in checksums.txt.minisig holds, by the key ")
        .says("modes of files (a server tells none)")
        .says("Done: 2 of 2 artifacts are as recorded and pass: ");
    let asked = asked(&server);
    assert_eq!(asked[..2], ["checksums.txt", "checksums.txt.minisig"]);
    let not_asked = |name: &str| !asked.iter().any(|path| path == name);
    assert!(
        not_asked("report.json") && not_asked("report.html"),
        "{asked:?}"
    );
    let folder = format!(
        "file://{}/",
        released.path("").to_str().unwrap().trim_end_matches('/')
    );
    verify(&released, &folder).exits(0);
}

#[test]
fn what_is_altered_or_not_there_is_named() {
    let released = Released::signed();
    let archive = released.named(".tar.gz");
    let path = format!("{BELOW}/{archive}");
    let mut altered = answers(&released);
    altered.insert(path.clone(), Answer::File(b"other".to_vec()));
    verify(&released, &address(&Server::start(altered.clone())))
        .exits(1)
        .says(&format!("`{archive}` is not the file that was recorded"));
    altered.remove(&path);
    verify(&released, &address(&Server::start(altered.clone())))
        .exits(1)
        .says(&format!("`{archive}` is missing"));
    altered.insert(path.clone(), Answer::Status(500));
    verify(&released, &address(&Server::start(altered.clone())))
        .exits(4)
        .says(&format!("/{path} answers with status 500"));
    altered.insert(path.clone(), Answer::Announced(5 << 30));
    verify(&released, &address(&Server::start(altered.clone())))
        .exits(1)
        .says("which is too much for what it should be");
    altered.remove(&format!("{BELOW}/artifacts.json"));
    altered.remove(&path);
    verify(&released, &address(&Server::start(altered)))
        .exits(1)
        .says("it has no artifacts.json");
}

#[test]
fn nothing_else_is_asked_for_before_the_signature_holds() {
    let released = Released::signed();
    let server = Server::start(answers(&released));
    let key = Keys::make().arg("minisign.pub");
    let other = Keys::make();
    released
        .project
        .run(&[
            "verify",
            "--key",
            &other.arg("minisign.pub"),
            &address(&server),
        ])
        .exits(1)
        .says("failed to verify `checksums.txt` by its signature: it is by the key ");
    assert_eq!(asked(&server), ["checksums.txt", "checksums.txt.minisig"]);
    let mut unsigned = answers(&released);
    unsigned.remove(&format!("{BELOW}/checksums.txt.minisig"));
    let server = Server::start(unsigned);
    verify(&released, &address(&server))
        .exits(1)
        .says("it has no checksums.txt.minisig, so nobody answers for the checksums");
    assert_eq!(asked(&server), ["checksums.txt", "checksums.txt.minisig"]);
    // A key that isn't there is told before anything is asked.
    let server = Server::start(answers(&released));
    released
        .project
        .run(&["verify", "--key", &key, &address(&server)])
        .exits(4);
    assert_eq!(asked(&server), [""; 0]);
}

#[test]
fn checksums_that_name_files_elsewhere_are_refused() {
    let released = Released::signed();
    for path in ["../outside", "/outside", "a/../../outside", "checksums.txt"] {
        let mut hostile = answers(&released);
        let sums = format!("{}  {path}\n", "0".repeat(64));
        hostile.insert(
            format!("{BELOW}/checksums.txt"),
            Answer::File(sums.into_bytes()),
        );
        let server = Server::start(hostile);
        let run = released.project.run(&["verify", &address(&server)]);
        assert!([1, 4].contains(&run.code), "{run:?}");
        assert!(run.stderr.contains(path), "{run:?}");
        assert!(!released.project.path("outside").exists());
    }
    let server = Server::start(BTreeMap::new());
    released
        .project
        .run(&["verify", &address(&server)])
        .exits(1)
        .says("it has no checksums.txt");
}

#[test]
fn an_address_that_others_may_change_needs_a_key_and_a_password_is_not_shown() {
    let released = Released::with_open_provenance();
    released
        .project
        .run(&["verify", "http://example.com/hello/v1"])
        .exits(2)
        .says("what comes by http may be changed by anybody on the way")
        .says("help: name the key that it is signed with (--key), or an https:// address");
    for address in [
        "https://me:hunter2@/x",
        "ftp://me:hunter2@example.com",
        "https://me:hunter2",
    ] {
        let run = released.project.run(&["verify", address]).exits(2);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    }
    let server = Server::start(BTreeMap::new());
    let address = format!("{}/x", server.url("me:hunter2@"));
    let run = released.project.run(&["verify", &address]).exits(1);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    assert!(server.asked()[0].1.is_some(), "the server is told");
}

#[test]
fn a_stop_ends_it_and_leaves_no_folder() {
    let mut released = Released::with_open_provenance();
    let mut silent = answers(&released);
    let archive = format!("{BELOW}/{}", released.named(".tar.gz"));
    silent.insert(archive.clone(), Answer::Silent(1000));
    let server = Server::start(silent);
    let temp = released.project.path("temp");
    fs::create_dir(&temp).unwrap();
    released.project = released.project.env("TMPDIR", &temp);
    let address = address(&server);
    let mut live = Live::start(&released.project, &["verify", &address]);
    wait_until("the file is asked for", || {
        server.asked().iter().any(|(path, _)| *path == archive)
    });
    live.signal("TERM");
    let (code, _) = live.end();
    assert_eq!(code, Some(143), "{:#?}", live.seen);
    assert_eq!(fs::read_dir(&temp).unwrap().count(), 0);
}
