//! Connections that break, and servers that are busy.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = Arc::clone(&is_open);
    let proxy = Proxy::before(server.port, move |seen, before| {
        let is_open = opened.load(Ordering::SeqCst);
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
    is_open.store(true, Ordering::SeqCst);
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

/// A layer whose first part is sent before the connection breaks. What is asked of its upload then meets a fate, until it
/// is opened.
struct Interrupted {
    _server: Server,
    temp: tempfile::TempDir,
    layout: Layout,
    proxy: Proxy,
    is_open: Arc<AtomicBool>,
}

impl Interrupted {
    fn new(away: Fate) -> Self {
        let server = Server::start(Believes::Everybody);
        let temp = tempfile::tempdir().unwrap();
        let layout = small_image(&noise(SIZE), &temp.path().join("oci"));
        let is_open = Arc::new(AtomicBool::new(false));
        let opened = Arc::clone(&is_open);
        let proxy = Proxy::before(server.port, move |seen, before| {
            let is_open = opened.load(Ordering::SeqCst);
            match seen.method.as_str() {
                _ if is_open => Fate::Passes,
                "PATCH" if before > 0 => Fate::Cut(0),
                "GET" if seen.path.contains("/uploads/") => away.clone(),
                _ => Fate::Passes,
            }
        });
        Self {
            _server: server,
            temp,
            layout,
            proxy,
            is_open,
        }
    }

    fn journal(&self) -> PathBuf {
        self.temp.path().join("uploads.json")
    }

    fn push(&self) -> Result<Pushed, RegistryError> {
        let client = client(&repository(self.proxy.port, "hello"), self.temp.path());
        try_push(&client, &self.layout, &self.journal())
    }

    fn push_once(&self) -> RegistryError {
        let client = client(&repository(self.proxy.port, "hello"), self.temp.path());
        let client = client.retrying(once());
        try_push(&client, &self.layout, &self.journal()).unwrap_err()
    }
}

#[test]
fn an_outage_that_lasts_longer_than_the_tries_costs_nothing_that_was_sent() {
    for away in [Fate::Cut(0), busy(503, "Retry-After: 0")] {
        let interrupted = Interrupted::new(away.clone());
        interrupted.push().unwrap_err();
        // Nor does a second push meanwhile.
        interrupted.push().unwrap_err();
        let first = interrupted.proxy.seen();
        assert_eq!(count(&first, "POST"), 1, "{away:?}");
        assert!(interrupted.journal().exists(), "{away:?}");

        interrupted.proxy.forget();
        interrupted.is_open.store(true, Ordering::SeqCst);
        interrupted.push().unwrap();
        let second = interrupted.proxy.seen();
        assert_eq!(count(&second, "POST"), 1, "{away:?}");
        let blobs = interrupted.layout.contents().unwrap().blobs;
        let all: u64 = blobs.iter().map(|blob| blob.size).sum();
        assert_eq!(sent(&first) + sent(&second), all, "{away:?}");
    }
}

#[test]
fn an_upload_that_leads_elsewhere_is_begun_anew() {
    let interrupted = Interrupted::new(Fate::Answered(Reply {
        status: 204,
        header: "Range: 0-9\r\nLocation: ftp://elsewhere.example/".to_owned(),
        body: String::new(),
    }));
    interrupted.push_once();
    assert!(interrupted.journal().exists());
    interrupted.push_once();
    assert_eq!(count(&interrupted.proxy.seen(), "POST"), 2);
}

#[test]
fn an_upload_to_a_store_that_is_gone_is_begun_anew() {
    let interrupted = Interrupted::new(Fate::Passes);
    interrupted.push_once();
    let text = fs::read_to_string(interrupted.journal()).unwrap();
    let own = format!("http://127.0.0.1:{}/", interrupted.proxy.port);
    let elsewhere = text.replace(&own, "http://localhost:1/");
    assert_ne!(text, elsewhere);
    fs::write(interrupted.journal(), elsewhere).unwrap();
    interrupted.is_open.store(true, Ordering::SeqCst);
    interrupted.push().unwrap();
    assert!(!interrupted.journal().exists());
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
