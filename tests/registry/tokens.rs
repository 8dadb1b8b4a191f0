//! Registries that want tokens, which somebody else gives; and that nobody else gets what is secret.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_encoding::BASE64;
use gobuildx::failure::Failure as _;
use gobuildx::oci::{Layout, Version};
use gobuildx::registry::{Push, Pushed, RegistryError, RegistryFault};
use gobuildx::secret::{PLACEHOLDER, redacted};

use super::harness::{client, tag_of};
use super::program::small_image;
use super::proxy::{Fate, Proxy, Reply, Seen};
use super::server::{Believes, Server, repository};

fn reply(status: u16, header: String, body: String) -> Fate {
    Fate::Answered(Reply {
        status,
        header,
        body,
    })
}

fn challenge(realm: &str) -> Fate {
    let header = format!(
        r#"WWW-Authenticate: Bearer realm="{realm}",service="test",scope="repository:hello:pull""#
    );
    reply(401, header, String::new())
}

fn configured(home: &Path, port: u16, entry: &str) {
    fs::create_dir_all(home.join(".docker")).unwrap();
    let config = format!(r#"{{"auths":{{"127.0.0.1:{port}":{entry}}}}}"#);
    fs::write(home.join(".docker/config.json"), config).unwrap();
}

fn password() -> String {
    format!(r#"{{"auth":"{}"}}"#, BASE64.encode(b"me:hunter2"))
}

fn try_push(port: u16, home: &Path, layout: &Layout) -> Result<Pushed, RegistryError> {
    let tags = [tag_of(layout)];
    let push = Push {
        client: &client(&repository(port, "hello"), home),
        layout,
        tags: &tags,
        attachments: &[],
        journal: None,
    };
    push.run(&mut |_| ())
}

fn tokens(seen: &[Seen]) -> Vec<&Seen> {
    seen.iter().filter(|one| one.path == "/token").collect()
}

#[test]
fn a_token_is_got_once_and_again_when_it_has_run_out() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    // The first token is good until the first PATCH.
    let proxy = Proxy::before(server.port, |seen, before| {
        if seen.path == "/token" {
            let number = if before < 2 { 1 } else { 2 };
            let body = format!(r#"{{"token":"t{number}","expires_in":60}}"#);
            return reply(200, String::new(), body);
        }
        let is_late = matches!(seen.method.as_str(), "PATCH" | "PUT");
        match seen.authorization.as_deref() {
            Some("Bearer t1") if !is_late => Fate::Passes,
            Some("Bearer t2") => Fate::Passes,
            _ => challenge(&format!("http://{}/token", seen.host)),
        }
    });
    configured(temp.path(), proxy.port, &password());
    try_push(proxy.port, temp.path(), &layout).unwrap();

    let seen = proxy.seen();
    let got = tokens(&seen);
    assert_eq!(got.len(), 2);
    let basic = format!("Basic {}", BASE64.encode(b"me:hunter2"));
    for one in &seen {
        let is_told = one.authorization.as_deref() == Some(basic.as_str());
        assert_eq!(is_told, one.path == "/token", "{one:?}");
    }
}

#[test]
fn an_identity_token_is_traded_for_one_and_sent_to_nobody_else() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let proxy = Proxy::before(server.port, |seen, _| {
        if seen.path == "/token" {
            let body = r#"{"access_token":"t1"}"#.to_owned();
            return reply(200, String::new(), body);
        }
        match seen.authorization.as_deref() {
            Some("Bearer t1") => Fate::Passes,
            _ => challenge(&format!("http://{}/token", seen.host)),
        }
    });
    configured(temp.path(), proxy.port, r#"{"identitytoken":"hunter/2"}"#);
    try_push(proxy.port, temp.path(), &layout).unwrap();
    let seen = proxy.seen();
    let got = tokens(&seen);
    assert_eq!((got.len(), got[0].method.as_str()), (1, "POST"));
    let body = &got[0].body;
    assert!(
        body.contains("grant_type=refresh_token") && body.contains("refresh_token=hunter%2F2"),
        "{body}"
    );
    assert!(
        body.contains("scope=repository%3Ahello%3Apull%2Cpush"),
        "{body}"
    );
}

#[test]
fn no_password_is_sent_where_others_can_listen() {
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let proxy = Proxy::before(1, |_, _| challenge("http://registry.example/token"));
    configured(temp.path(), proxy.port, &password());
    let error = try_push(proxy.port, temp.path(), &layout).unwrap_err();
    assert!(matches!(*error.fault, RegistryFault::Realm), "{error}");
}

#[test]
fn who_gives_no_token_is_told_of() {
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let proxy = Proxy::before(1, |seen, _| {
        if seen.path == "/token" {
            let body = r#"{"errors":[{"code":"DENIED","message":"unknown user"}]}"#;
            return reply(403, String::new(), body.to_owned());
        }
        challenge(&format!("http://{}/token", seen.host))
    });
    configured(temp.path(), proxy.port, &password());
    let error = try_push(proxy.port, temp.path(), &layout)
        .unwrap_err()
        .to_string();
    let end = format!(
        "http://127.0.0.1:{}/token gives no token for it, but answers with status 403 (DENIED: unknown user)",
        proxy.port
    );
    assert!(error.ends_with(&end), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn who_gives_tokens_and_is_busy_is_asked_again() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let asked = AtomicUsize::new(0);
    let proxy = Proxy::before(server.port, move |seen, _| {
        if seen.path == "/token" {
            return match asked.fetch_add(1, Ordering::SeqCst) {
                0 => reply(503, String::new(), String::new()),
                1 => reply(429, String::new(), String::new()),
                _ => reply(200, String::new(), r#"{"token":"t1"}"#.to_owned()),
            };
        }
        match seen.authorization.as_deref() {
            Some("Bearer t1") => Fate::Passes,
            _ => challenge(&format!("http://{}/token", seen.host)),
        }
    });
    configured(temp.path(), proxy.port, &password());
    try_push(proxy.port, temp.path(), &layout).unwrap();
    assert_eq!(tokens(&proxy.seen()).len(), 3);
}

#[test]
fn who_gives_tokens_and_stays_busy_is_no_reason_to_log_in() {
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    for (status, hint) in [(503, "try again later"), (403, "log in with")] {
        let proxy = Proxy::before(1, move |seen, _| match seen.path.as_str() {
            "/token" => reply(status, String::new(), String::new()),
            _ => challenge(&format!("http://{}/token", seen.host)),
        });
        configured(temp.path(), proxy.port, &password());
        let error = try_push(proxy.port, temp.path(), &layout).unwrap_err();
        let told = error.hint().unwrap();
        assert!(told.starts_with(hint), "{status}: {told}");
    }
}

#[test]
fn a_token_that_a_registry_repeats_is_not_shown() {
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    // Longer than what is told of an answer.
    let token = format!("eyJ{}", "0123456789abcdef".repeat(40));
    let given = format!(r#"{{"token":"{token}"}}"#);
    let said = format!(r#"{{"errors":[{{"code":"X","message":"invalid token: {token}!"}}]}}"#);
    let proxy = Proxy::before(1, move |seen, _| match seen.authorization.as_deref() {
        _ if seen.path == "/token" => reply(200, String::new(), given.clone()),
        Some(_) => reply(400, String::new(), said.clone()),
        None => challenge(&format!("http://{}/token", seen.host)),
    });
    configured(temp.path(), proxy.port, &password());
    let error = try_push(proxy.port, temp.path(), &layout).unwrap_err();
    let told = redacted(&error.to_string()).into_owned();
    let end = format!("(X: invalid token: {PLACEHOLDER}!)");
    assert!(told.ends_with(&end), "{told}");
}

#[test]
fn another_server_that_an_answer_leads_to_hears_nothing_of_who_asks() {
    let temp = tempfile::tempdir().unwrap();
    let other = Proxy::before(1, |_, _| reply(200, String::new(), "manifest".to_owned()));
    let to = format!(
        "Location: http://localhost:{}/elsewhere?signed=1",
        other.port
    );
    let proxy = Proxy::before(1, move |seen, _| {
        if seen.authorization.is_none() {
            let header = "WWW-Authenticate: Basic realm=\"x\"".to_owned();
            return reply(401, header, String::new());
        }
        reply(307, to.clone(), String::new())
    });
    configured(temp.path(), proxy.port, &password());
    let client = client(&repository(proxy.port, "hello"), temp.path());
    let digest = client
        .resolve(&Version::Tag("v1".parse().unwrap()))
        .unwrap();
    assert_eq!(digest, gobuildx::oci::Digest::of(b"manifest"));
    let seen = other.seen();
    assert_eq!((seen.len(), seen[0].path.as_str()), (1, "/elsewhere"));
    assert_eq!(seen[0].authorization, None);
}

#[test]
fn a_registry_that_leads_from_place_to_place_without_end_is_left() {
    let temp = tempfile::tempdir().unwrap();
    let proxy = Proxy::before(1, |seen, _| {
        reply(302, format!("Location: {}x", seen.path), String::new())
    });
    let client = client(&repository(proxy.port, "hello"), temp.path());
    let error = client
        .resolve(&Version::Tag("v1".parse().unwrap()))
        .unwrap_err();
    assert!(error.to_string().ends_with("without end"), "{error}");
}
