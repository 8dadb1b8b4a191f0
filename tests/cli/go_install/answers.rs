//! Servers that answer as they should, and as they shouldn't.

use super::*;
use std::collections::BTreeMap;

const SECRET: &str = "s3cr3t";

/// A server with all of a proxy but the zip, which is answered as given.
fn serving(zip: Answer) -> (Project, Server) {
    let project = with_proxy(&toolchain(RELEASE));
    let mut answers: BTreeMap<String, Answer> = [
        "sumdb/sum.example.com/supported".to_owned(),
        proxy::lookup_path(RELEASE),
    ]
    .into_iter()
    .map(|path| {
        let bytes = fs::read(project.path(PROXY).join(&path)).unwrap();
        (path, Answer::File(bytes))
    })
    .collect();
    let path = proxy::zip_path(RELEASE);
    let path = path.strip_prefix("proxy/").unwrap();
    answers.insert(path.to_owned(), zip);
    let server = Server::start(answers);
    let url = server.url("");
    (project.env("GOPROXY", url), server)
}

fn whole() -> Vec<u8> {
    proxy::zip(&toolchain(RELEASE))
}

#[test]
fn a_server_gets_user_and_password_and_nobody_else_sees_them() {
    let (project, server) = serving(Answer::File(whole()));
    let project = project.env("GOPROXY", server.url(&format!("me:{SECRET}@")));
    let run = install(&project).exits(0).says("Installed");
    assert!(
        !run.stderr.contains(SECRET) && !run.stderr.contains("me:"),
        "{}",
        run.stderr
    );
    let asked = server.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    let header = "Basic bWU6czNjcjN0";
    assert!(
        asked
            .iter()
            .all(|(_, user)| user.as_deref() == Some(header)),
        "{asked:?}"
    );
}

#[test]
fn a_server_that_is_led_to_gets_no_password() {
    let (_project, other) = serving(Answer::File(whole()));
    let path = proxy::zip_path(RELEASE).replace("proxy/golang", "golang");
    let (project, server) = serving(Answer::Moved(format!("{}/{path}", other.url(""))));
    let project = project.env("GOPROXY", server.url(&format!("me:{SECRET}@")));
    install(&project).exits(0).says("Installed");
    let asked = other.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(|(_, user)| user.is_none()),
        "{asked:?}"
    );
}

#[test]
fn a_download_that_ends_too_soon_is_told_with_its_length() {
    let bytes = whole();
    let length = bytes.len();
    let (project, _server) = serving(Answer::Cut(bytes, 300));
    install(&project)
        .exits(4)
        .says(&format!("ended after 300 of {length} bytes"))
        .says("try again");
    assert_nothing_is_kept(&project);
}

#[test]
fn a_download_that_is_too_large_is_refused_when_it_is_announced() {
    let (project, _server) = serving(Answer::Announced(600 << 20));
    install(&project)
        .exits(4)
        .says("too much for what it should be");
    assert_nothing_is_kept(&project);
}

#[test]
fn the_next_proxy_is_asked_by_gos_rules() {
    let after = |status: u16, separator: &str| {
        let (project, server) = serving(Answer::Status(status));
        let second = Proxy::url(&project.path(PROXY));
        let list = format!("{}{separator}{second}", server.url(""));
        let project = project.env("GOPROXY", list);
        install(&project)
    };
    after(404, ",").exits(0).says("Installed");
    after(410, ",").exits(0).says("Installed");
    after(500, "|").exits(0).says("Installed");
    after(500, ",").exits(4).says("answers with status 500");
    let (project, _server) = serving(Answer::Status(404));
    install(&project)
        .exits(4)
        .says("isn't there")
        .says("Some proxies don't hand out toolchains");
    assert_nothing_is_kept(&project);
}

#[test]
fn whoever_interrupts_a_download_leaves_nothing_behind() {
    let (project, _server) = serving(Answer::Silent(1 << 20));
    let mut run = Live::start(&project, &["toolchains", "install", "go@1.26.8"]);
    run.until("Getting");
    wait_until("something is being installed", || {
        installed(&project)
            .iter()
            .any(|name| name.starts_with(".installing-"))
    });
    run.signal("INT");
    let (exit, _) = run.end();
    assert_eq!(exit, Some(130), "{:#?}", run.seen);
    assert_nothing_is_kept(&project);
    assert!(processes_of(&project).is_empty());
}
