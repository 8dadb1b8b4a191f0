//! Images in a real registry.

use gobuildx::failure::{Exit, Failure as _};
use gobuildx::oci::{Layout, Version};
use gobuildx::process::{Cancel, Reason};
use gobuildx::registry::{Client, Doing, Event, Moving, Push, Pushed, PushedTag, RegistryFault};

use super::harness::{client, host_of, skopeo, tag_of};
use super::program::{ARCHITECTURES, blueprint, image, noise, small_image};
use super::server::{Believes, Server, repository};

pub(crate) fn push(client: &Client, layout: &Layout) -> Pushed {
    let tags = [tag_of(layout)];
    let push = Push {
        client,
        layout,
        tags: &tags,
        attachments: &[],
        journal: None,
    };
    push.run(&mut |_| ()).unwrap()
}

#[test]
fn a_pushed_image_is_pulled_by_skopeo_with_the_same_digests() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let (layout, image) = image(&blueprint("v1.0"), &temp.path().join("oci"));
    let client = client(&server.repository("team/hello"), temp.path());
    let pushed = push(&client, &layout);
    assert_eq!(
        pushed.image.version,
        Some(Version::Digest(image.index.digest.clone()))
    );

    let from = format!("docker://127.0.0.1:{}/team/hello:v1.0", server.port);
    let raw = skopeo(["inspect", "--tls-verify=false", "--raw", &from]);
    assert_eq!(
        gobuildx::oci::Digest::of(raw.as_bytes()),
        image.index.digest
    );
    let to = format!("oci:{}/pulled:v1.0", temp.path().display());
    skopeo(["copy", "--all", "--src-tls-verify=false", &from, &to]);
    for built in &image.platforms {
        for blob in [&built.manifest, &built.config, &built.layer] {
            let name = format!("pulled/blobs/sha256/{}", blob.digest.hex());
            let bytes = std::fs::read(temp.path().join(name)).unwrap();
            assert_eq!(gobuildx::oci::Digest::of(&bytes), blob.digest);
        }
    }
    for goarch in ARCHITECTURES {
        let config = skopeo([
            "--override-arch",
            goarch,
            "inspect",
            "--tls-verify=false",
            "--config",
            &from,
        ]);
        assert!(
            config.contains(&format!(r#""architecture": "{goarch}""#)),
            "{config}"
        );
    }

    let version = Version::Tag("v1.0".parse().unwrap());
    assert_eq!(client.resolve(&version).unwrap(), image.index.digest);
}

#[test]
fn what_is_there_is_not_sent_again() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(100_000), &temp.path().join("oci"));
    let client = client(&server.repository("hello"), temp.path());
    let first = push(&client, &layout);
    // A layer, a configuration, a manifest and the index.
    assert_eq!(first.sent.len(), 4);
    let again = push(&client, &layout);
    assert!(!again.is_news(), "{:?}", again.sent);
    assert_eq!(again.image, first.image);
}

#[test]
fn progress_is_told_from_the_first_byte_to_the_last() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(9 << 20), &temp.path().join("oci"));
    let tags = [tag_of(&layout)];
    let mut events = Vec::new();
    Push {
        client: &client(&server.repository("hello"), temp.path()),
        layout: &layout,
        tags: &tags,
        attachments: &[],
        journal: None,
    }
    .run(&mut |event| events.push(event))
    .unwrap();
    let layer = layout.contents().unwrap().blobs[0].clone();
    assert!(matches!(events[0], Event::Begins { blobs: 2, bytes } if bytes > layer.size));
    let sent: Vec<u64> = events
        .iter()
        .filter_map(|event| match event {
            Event::Sending { blob, sent } if *blob == layer => Some(*sent),
            _ => None,
        })
        .collect();
    assert!(sent.is_sorted() && sent.len() > 10, "{sent:?}");
    assert_eq!(sent.last(), Some(&layer.size));
    assert!(events.contains(&Event::Sent(layer)));
}

#[test]
fn a_tag_that_stays_is_not_moved_and_one_that_may_move_is() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let client = client(&server.repository("hello"), temp.path());
    let old = small_image(b"old", &temp.path().join("old"));
    push(&client, &old);
    let new = small_image(b"new", &temp.path().join("new"));
    let pushing = |moving| {
        let tags = [PushedTag {
            tag: "v1".parse().unwrap(),
            moving,
        }];
        let push = Push {
            client: &client,
            layout: &new,
            tags: &tags,
            attachments: &[],
            journal: None,
        };
        push.run(&mut |_| ())
    };
    let error = pushing(Moving::Refused).unwrap_err();
    assert!(
        matches!(*error.fault, RegistryFault::Taken { .. }),
        "{error}"
    );
    assert_eq!(error.exit(), Exit::Failed);
    let version = Version::Tag("v1".parse().unwrap());
    assert_eq!(client.resolve(&version).unwrap(), old.root().digest);
    let moved = pushing(Moving::Allowed).unwrap();
    assert!(moved.is_news());
    assert_eq!(moved.tagged, ["v1".parse().unwrap()]);
    assert_eq!(client.resolve(&version).unwrap(), new.root().digest);
    // The former one is still there, by its digest: a rollback needs it.
    let former = Version::Digest(old.root().digest.clone());
    assert_eq!(client.resolve(&former).unwrap(), old.root().digest);
}

#[test]
fn a_tag_that_somebody_else_sets_meanwhile_is_not_moved() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let client = client(&server.repository("hello"), temp.path());
    let theirs = small_image(b"theirs", &temp.path().join("theirs"));
    let ours = small_image(b"ours", &temp.path().join("ours"));
    let tags = [tag_of(&ours)];
    let pushing = Push {
        client: &client,
        layout: &ours,
        tags: &tags,
        attachments: &[],
        journal: None,
    };
    let error = pushing.run(&mut |event| {
        if matches!(event, Event::Begins { .. }) {
            push(&client, &theirs);
        }
    });
    let error = error.unwrap_err();
    assert!(
        matches!(*error.fault, RegistryFault::Taken { .. }),
        "{error}"
    );
    let version = Version::Tag("v1".parse().unwrap());
    assert_eq!(client.resolve(&version).unwrap(), theirs.root().digest);
}

#[test]
fn what_isnt_there_is_told_of() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let client = client(&server.repository("hello"), temp.path());
    let error = client
        .resolve(&Version::Tag("v9".parse().unwrap()))
        .unwrap_err();
    assert_eq!(error.doing, Doing::Resolve);
    let expected = format!(
        "failed to look up hello:v9 at 127.0.0.1:{}: it has no image v9",
        server.port
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.exit(), Exit::Environment);
}

#[test]
fn a_registry_that_isnt_there_is_told_of() {
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let tags = [tag_of(&layout)];
    let error = Push {
        client: &client(&repository(port, "hello"), temp.path()),
        layout: &layout,
        tags: &tags,
        attachments: &[],
        journal: None,
    }
    .run(&mut |_| ())
    .unwrap_err();
    let start = format!("failed to push hello:v1 to 127.0.0.1:{port}: http://127.0.0.1:{port}: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(matches!(*error.fault, RegistryFault::Unreachable { .. }));
    let hint = error.hint().unwrap();
    assert!(hint.ends_with("is what listens there"), "{hint}");
}

#[test]
fn a_changed_image_is_not_pushed() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let layer = layout.contents().unwrap().blobs[0].clone();
    let file = temp
        .path()
        .join(format!("oci/blobs/sha256/{}", layer.digest.hex()));
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[12] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let client = client(&server.repository("hello"), temp.path());
    let tags = [tag_of(&layout)];
    let error = Push {
        client: &client,
        layout: &layout,
        tags: &tags,
        attachments: &[],
        journal: None,
    }
    .run(&mut |_| ())
    .unwrap_err();
    assert!(error.to_string().contains(layer.digest.hex()), "{error}");
    assert_eq!(error.exit(), Exit::Failed);
    let version = Version::Tag("v1".parse().unwrap());
    assert!(client.resolve(&version).is_err());
}

#[test]
fn a_stop_ends_a_push() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(&noise(9 << 20), &temp.path().join("oci"));
    let cancel = Cancel::new();
    let client = Client::new(&server.repository("hello"), &host_of(temp.path()), &cancel);
    let tags = [tag_of(&layout)];
    let error = Push {
        client: &client,
        layout: &layout,
        tags: &tags,
        attachments: &[],
        journal: None,
    }
    .run(&mut |event| {
        if matches!(event, Event::Sending { .. }) {
            cancel.trigger(Reason::Interrupted { signal: 2 });
        }
    })
    .unwrap_err();
    assert_eq!(error.exit(), Exit::Interrupted(2));
}
