//! A registry that asks who pushes, and what docker's files say of that.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use gobuildx::failure::Failure as _;
use gobuildx::oci::Layout;
use gobuildx::registry::{Push, Pushed, RegistryError, RegistryFault};

use super::harness::{client, tag_of};
use super::program::small_image;
use super::server::{Believes, Server, files_below};

/// `me:p:w`
const RIGHT: &str = "bWU6cDp3";
/// `me:wrong`
const WRONG: &str = "bWU6d3Jvbmc=";

fn configured(home: &Path, config: &str) {
    fs::create_dir_all(home.join(".docker")).unwrap();
    fs::write(home.join(".docker/config.json"), config).unwrap();
}

fn try_push(server: &Server, home: &Path, layout: &Layout) -> Result<Pushed, RegistryError> {
    let tags = [tag_of(layout)];
    let push = Push {
        client: &client(&server.repository("hello"), home),
        layout,
        tags: &tags,
        attachments: &[],
        journal: None,
    };
    push.run(&mut |_| ())
}

#[test]
fn who_pushes_is_told_as_docker_login_has_kept_it() {
    let server = Server::start(Believes::Me);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let host = format!("127.0.0.1:{}", server.port);

    let error = try_push(&server, temp.path(), &layout).unwrap_err();
    assert!(
        matches!(
            *error.fault,
            RegistryFault::Unauthorized {
                was_told: false,
                ..
            }
        ),
        "{error}"
    );
    let hint = error.hint().unwrap();
    assert!(hint.contains(&format!("docker login {host}")), "{hint}");

    configured(
        temp.path(),
        &format!(r#"{{"auths":{{"{host}":{{"auth":"{WRONG}"}}}}}}"#),
    );
    let error = try_push(&server, temp.path(), &layout).unwrap_err();
    assert!(
        matches!(
            *error.fault,
            RegistryFault::Unauthorized { was_told: true, .. }
        ),
        "{error}"
    );
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(
        !shown.contains("wrong") && !shown.contains(WRONG),
        "{shown}"
    );
    let sent = files_below(&server.data());
    assert!(sent.is_empty(), "{sent:?}");

    configured(
        temp.path(),
        &format!(r#"{{"auths":{{"{host}":{{"auth":"{RIGHT}"}}}}}}"#),
    );
    let pushed = try_push(&server, temp.path(), &layout).unwrap();
    assert_eq!(pushed.sent.len(), 4);
}

#[test]
fn podman_knows_it_where_docker_doesnt() {
    let server = Server::start(Believes::Me);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let folder = temp.path().join(".config/containers");
    fs::create_dir_all(&folder).unwrap();
    let key = format!("127.0.0.1:{}/hello", server.port);
    fs::write(
        folder.join("auth.json"),
        format!(r#"{{"auths":{{"{key}":{{"auth":"{RIGHT}"}}}}}}"#),
    )
    .unwrap();
    try_push(&server, temp.path(), &layout).unwrap();
}

/// A helper that knows `me` at one server, and notes how it was called.
fn helper(home: &Path, name: &str, script: &str) {
    let folder = home.join("bin");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("docker-credential-{name}"));
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_credential_helper_tells_who_pushes() {
    let server = Server::start(Believes::Me);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let host = format!("127.0.0.1:{}", server.port);
    let noted = temp.path().join("noted");
    helper(
        temp.path(),
        "test",
        &format!(
            "read -r server || :\necho \"$* $server\" >>{}\n\
             echo '{{\"ServerURL\":\"x\",\"Username\":\"me\",\"Secret\":\"p:w\"}}'",
            noted.display()
        ),
    );
    configured(
        temp.path(),
        &format!(r#"{{"credHelpers":{{"{host}":"test"}}}}"#),
    );
    try_push(&server, temp.path(), &layout).unwrap();
    // Once for all requests.
    assert_eq!(fs::read_to_string(&noted).unwrap(), format!("get {host}\n"));

    configured(temp.path(), r#"{"credsStore":"test"}"#);
    try_push(&server, temp.path(), &layout).unwrap();
}

#[test]
fn a_helper_that_knows_nothing_leaves_it_to_the_file_and_one_that_fails_is_named() {
    let server = Server::start(Believes::Me);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let host = format!("127.0.0.1:{}", server.port);
    let config = |store: &str| {
        let auths = format!(r#"{{"{host}":{{"auth":"{RIGHT}"}}}}"#);
        configured(
            temp.path(),
            &format!(r#"{{"credsStore":"{store}","auths":{auths}}}"#),
        );
    };
    helper(
        temp.path(),
        "empty",
        "echo 'credentials not found in native keychain'\nexit 1",
    );
    config("empty");
    try_push(&server, temp.path(), &layout).unwrap();

    helper(temp.path(), "broken", "echo hunter2\nexit 3");
    config("broken");
    let error = try_push(&server, temp.path(), &layout).unwrap_err();
    let shown = format!("{error} {:?}", error.hint());
    assert!(
        shown.contains("docker-credential-broken") && shown.contains("exited with 3"),
        "{shown}"
    );
    assert!(!shown.contains("hunter2"), "{shown}");

    config("missing");
    let error = try_push(&server, temp.path(), &layout)
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("is not on PATH"), "{error}");
}
