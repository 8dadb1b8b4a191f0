//! Connections that break, and servers that are busy.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use gobuildx::oci::{Layout, Version};
use gobuildx::registry::{Client, Push, Pushed, RegistryError, RegistryFault, Retries};
use std::time::Duration;

use super::harness::{client, tag_of};
use super::keeping::Keeping;
use super::program::{noise, small_image};
use super::proxy::{Fate, Proxy, Reply, Seen};
use super::server::{Believes, Server, repository};

/// More than two parts of what is sent at once.
const SIZE: usize = 20 << 20;

fn try_push(client: &Client, layout: &Layout, journal: &Path) -> Result<Pushed, RegistryError> {
    let tags = [tag_of(layout)];
    let push = Push {
        client,
        layout,
        tags: &tags,
        attachments: &[],
        journal: Some(journal.to_owned()),
    };
    push.run(&mut |_| ())
}

fn once() -> Retries {
    Retries {
        most: 0,
        pause: Duration::ZERO,
    }
}

/// How many bytes were sent of contents.
fn sent(seen: &[Seen]) -> u64 {
    let parts = seen.iter().filter(|one| one.method == "PATCH");
    parts.map(|one| one.passed).sum()
}

fn count(seen: &[Seen], method: &str) -> usize {
    seen.iter().filter(|one| one.method == method).count()
}

fn busy(status: u16, header: &str) -> Fate {
    Fate::Answered(Reply {
        status,
        header: header.to_owned(),
        body: String::new(),
    })
}

#[test]
fn a_push_that_was_interrupted_is_continued_by_the_next_one_and_nothing_is_sent_twice() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(SIZE), &temp.path().join("oci"));
    let journal = temp.path().join("uploads.json");
    // The second part breaks in its middle, and everything after it.
    let is_open = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let opened = std::sync::Arc::clone(&is_open);
    let proxy = Proxy::before(server.port, move |seen, before| {
        let is_open = opened.load(std::sync::atomic::Ordering::SeqCst);
        match seen.method.as_str() {
            _ if is_open => Fate::Passes,
            "PATCH" if before == 1 => Fate::Cut(0),
            _ => Fate::Passes,
        }
    });
    let repository = repository(proxy.port, "hello");
    let interrupted = client(&repository, temp.path()).retrying(once());
    let error = try_push(&interrupted, &layout, &journal).unwrap_err();
    assert!(
        matches!(*error.fault, RegistryFault::Unreachable { .. }),
        "{error}"
    );
    assert!(journal.exists());
    let first = proxy.seen();
    assert_eq!(count(&first, "POST"), 1);

    proxy.forget();
    is_open.store(true, std::sync::atomic::Ordering::SeqCst);
    let pushed = try_push(&client(&repository, temp.path()), &layout, &journal).unwrap();
    assert!(pushed.is_news());
    let second = proxy.seen();
    // Only the configuration is begun anew: the layer goes on.
    assert_eq!(count(&second, "POST"), 1);
    let all: u64 = layout
        .contents()
        .unwrap()
        .blobs
        .iter()
        .map(|blob| blob.size)
        .sum();
    assert_eq!(sent(&first) + sent(&second), all);
    assert!(!journal.exists());

    proxy.forget();
    let again = try_push(&client(&repository, temp.path()), &layout, &journal).unwrap();
    assert!(!again.is_news());
    let third = proxy.seen();
    assert_eq!(
        (
            count(&third, "POST"),
            count(&third, "PATCH"),
            count(&third, "PUT")
        ),
        (0, 0, 0)
    );
}

#[test]
fn a_registry_that_forgets_an_upload_whose_part_breaks_gets_it_anew() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(SIZE), &temp.path().join("oci"));
    let proxy = Proxy::before(server.port, |seen, before| match seen.method.as_str() {
        "PATCH" if before == 1 => Fate::Cut(3 << 20),
        _ => Fate::Passes,
    });
    let client = client(&repository(proxy.port, "hello"), temp.path());
    let journal = temp.path().join("uploads.json");
    try_push(&client, &layout, &journal).unwrap();
    // Asked how far it is, the registry no longer knows the upload.
    assert_eq!(count(&proxy.seen(), "POST"), 3);
    let version = Version::Tag("v1".parse().unwrap());
    assert_eq!(client.resolve(&version).unwrap(), layout.root().digest);
}

/// A part of a content that breaks in its middle is continued at that very byte.
fn continues_in_the_middle(first: Retries, pushes: usize) {
    let server = Keeping::cutting_after(11 << 20);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(SIZE), &temp.path().join("oci"));
    let repository = repository(server.port, "hello");
    let journal = temp.path().join("uploads.json");
    let mut ended = try_push(
        &client(&repository, temp.path()).retrying(first),
        &layout,
        &journal,
    );
    for _ in 1..pushes {
        assert!(ended.is_err());
        ended = try_push(&client(&repository, temp.path()), &layout, &journal);
    }
    ended.unwrap();
    let blobs = layout.contents().unwrap().blobs;
    server.kept(|kept| {
        let all: u64 = blobs.iter().map(|blob| blob.size).sum();
        assert_eq!((kept.received, kept.begun), (all, blobs.len()));
    });
}

#[test]
fn a_part_that_breaks_in_its_middle_is_continued_in_the_same_push() {
    let retries = Retries {
        most: 1,
        pause: Duration::ZERO,
    };
    continues_in_the_middle(retries, 1);
}

#[test]
fn a_part_that_breaks_in_its_middle_is_continued_in_the_next_push() {
    continues_in_the_middle(once(), 2);
}

#[test]
fn an_end_whose_answer_is_lost_is_an_end() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(1000), &temp.path().join("oci"));
    let proxy = Proxy::before(server.port, |seen, before| match seen.method.as_str() {
        "PUT" if before == 0 => Fate::AnswerLost,
        _ => Fate::Passes,
    });
    let client = client(&repository(proxy.port, "hello"), temp.path());
    try_push(&client, &layout, &temp.path().join("uploads.json")).unwrap();
    assert_eq!(count(&proxy.seen(), "POST"), 2);
}

#[test]
fn a_busy_registry_is_asked_again() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(1000), &temp.path().join("oci"));
    let proxy = Proxy::before(server.port, |seen, before| {
        match (seen.method.as_str(), before) {
            ("HEAD", 0) => busy(503, "Retry-After: 0"),
            ("POST", 0) => busy(429, "Retry-After: 0"),
            ("PATCH" | "PUT", 0) => busy(502, ""),
            _ => Fate::Passes,
        }
    });
    let waited = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&waited);
    let client = client(&repository(proxy.port, "hello"), temp.path())
        .on_waiting(move |waiting| heard.borrow_mut().push(waiting.why.clone()));
    try_push(&client, &layout, &temp.path().join("uploads.json")).unwrap();
    let waited = waited.borrow();
    for status in ["503", "429", "502"] {
        let mut told = waited.iter();
        assert!(told.any(|why| why.contains(status)), "{waited:?}");
    }
}

#[test]
fn a_registry_that_stays_broken_is_told_of_with_what_it_says() {
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let proxy = Proxy::before(1, |seen, _| match seen.method.as_str() {
        "POST" => Fate::Answered(Reply {
            status: 500,
            header: String::new(),
            body: r#"{"errors":[{"code":"UNKNOWN","message":"disk\u001b full"}]}"#.to_owned(),
        }),
        _ => busy(404, ""),
    });
    let client = client(&repository(proxy.port, "hello"), temp.path());
    let error = try_push(&client, &layout, &temp.path().join("uploads.json")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            r"failed to push hello:v1 to 127.0.0.1:{}: it answers to the beginning of an upload with status 500 (UNKNOWN: disk\u{{1b}} full)",
            proxy.port
        )
    );
    assert_eq!(count(&proxy.seen(), "POST"), 3);
}
