//! What is attached to images.

use gobuildx::oci::{Annotations, Digest, Index, Layout, Manifest, Version};
use gobuildx::registry::{Attachment, Client, Push, Pushed, kind};

use super::harness::{client, skopeo, tag_of};
use super::program::{blueprint, image, small_image};
use super::proxy::{Fate, Proxy, Reply, Seen};
use super::server::{Believes, Server, repository};

const SBOM: &[u8] = br#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#;
const PROVENANCE: &[u8] = br#"{"payloadType":"application/vnd.in-toto+json"}"#;

fn attachment(layout: &Layout, kind: &str, bytes: &[u8]) -> Attachment {
    Attachment {
        subject: layout.root().clone(),
        kind: kind.to_owned(),
        bytes: bytes.to_vec(),
        annotations: Annotations::new(),
    }
}

fn push(client: &Client, layout: &Layout, attachments: &[Attachment]) -> Pushed {
    let tags = [tag_of(layout)];
    let push = Push {
        client,
        layout,
        tags: &tags,
        attachments,
        journal: None,
    };
    push.run(&mut |_| ()).unwrap()
}

/// What the index of a subject leads to.
fn referrers(port: u16, subject: &Digest) -> Index {
    let from = format!("docker://127.0.0.1:{port}/hello:sha256-{}", subject.hex());
    let raw = skopeo(["inspect", "--tls-verify=false", "--raw", &from]);
    serde_json::from_str(&raw).unwrap()
}

#[test]
fn what_is_attached_is_found_by_the_index_of_a_registry_that_keeps_none_itself() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let (layout, image) = image(&blueprint("v1"), &temp.path().join("oci"));
    let client = client(&server.repository("hello"), temp.path());
    let mut of_platform = attachment(&layout, kind::SPDX, b"{}");
    of_platform.subject = image.platforms[1].manifest.clone();
    let attachments = [
        attachment(&layout, kind::CYCLONEDX, SBOM),
        attachment(&layout, kind::DSSE, PROVENANCE),
        of_platform,
    ];
    let pushed = push(&client, &layout, &attachments);
    assert_eq!(pushed.attached.len(), 3);

    let index = referrers(server.port, &layout.root().digest);
    let kinds: Vec<&str> = index
        .manifests
        .iter()
        .map(|one| one.artifact_type.as_deref().unwrap())
        .collect();
    assert_eq!(kinds, [kind::CYCLONEDX, kind::DSSE]);
    assert_eq!(index.manifests[0].digest, pushed.attached[0]);
    let of_platform = referrers(server.port, &image.platforms[1].manifest.digest);
    assert_eq!(of_platform.manifests.len(), 1);

    // From the manifest to the very bytes.
    let from = format!(
        "docker://127.0.0.1:{}/hello@{}",
        server.port, pushed.attached[0]
    );
    let raw = skopeo(["inspect", "--tls-verify=false", "--raw", &from]);
    let manifest: Manifest = serde_json::from_str(&raw).unwrap();
    assert_eq!(manifest.subject.unwrap().digest, layout.root().digest);
    let to = format!("dir:{}/attached", temp.path().display());
    skopeo(["copy", "--src-tls-verify=false", &from, &to]);
    let blob = temp
        .path()
        .join("attached")
        .join(manifest.layers[0].digest.hex());
    assert_eq!(std::fs::read(blob).unwrap(), SBOM);

    let proxy = Proxy::before(server.port, |_, _| Fate::Passes);
    let client = super::harness::client(&repository(proxy.port, "hello"), temp.path());
    let again = push(&client, &layout, &attachments);
    assert!(!again.is_news(), "{:?}", again.sent);
    let seen = proxy.seen();
    let only_asks = |seen: &Seen| matches!(seen.method.as_str(), "GET" | "HEAD");
    assert!(seen.len() > 5 && seen.iter().all(only_asks), "{seen:?}");
    assert_eq!(referrers(server.port, &layout.root().digest), index);
}

#[test]
fn what_others_have_attached_stays() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let client = client(&server.repository("hello"), temp.path());
    push(
        &client,
        &layout,
        &[attachment(&layout, "application/x-other", b"theirs")],
    );
    push(
        &client,
        &layout,
        &[attachment(&layout, kind::CYCLONEDX, SBOM)],
    );
    let kinds: Vec<_> = referrers(server.port, &layout.root().digest)
        .manifests
        .into_iter()
        .map(|one| one.artifact_type.unwrap())
        .collect();
    assert_eq!(kinds, ["application/x-other", kind::CYCLONEDX]);
}

#[test]
fn a_registry_that_tells_nobody_what_is_attached_gets_the_index() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let attachments = [attachment(&layout, kind::CYCLONEDX, SBOM)];
    for status in [401, 403] {
        let name = format!("app{status}");
        let proxy = Proxy::before(server.port, move |seen, _| {
            if !seen.path.contains("/referrers/") {
                return Fate::Passes;
            }
            Fate::Answered(Reply {
                status,
                header: "WWW-Authenticate: Basic realm=\"x\"".to_owned(),
                body: String::new(),
            })
        });
        let client = client(&repository(proxy.port, &name), temp.path());
        push(&client, &layout, &attachments);
        let again = push(&client, &layout, &attachments);
        assert!(!again.is_news(), "{status}: {:?}", again.sent);
    }
}

#[test]
fn a_registry_that_keeps_what_is_attached_needs_no_index() {
    let server = Server::start(Believes::Everybody);
    let temp = tempfile::tempdir().unwrap();
    let layout = small_image(b"program", &temp.path().join("oci"));
    let attachments = [attachment(&layout, kind::CYCLONEDX, SBOM)];
    let subject = layout.root().digest.clone();
    // Nothing is told of the attachment but that: no look at what was there before.
    let plain = client(&server.repository("hello"), temp.path());
    let pushed = push(&plain, &layout, &attachments);
    let manifest = format!("/v2/fresh/manifests/{}", pushed.attached[0]);
    let proxy = Proxy::before(server.port, move |seen, _| {
        if seen.method == "PUT" && seen.path == manifest {
            return Fate::Answered(Reply {
                status: 201,
                header: format!("OCI-Subject: {subject}"),
                body: String::new(),
            });
        }
        Fate::Passes
    });
    let client = client(&repository(proxy.port, "fresh"), temp.path());
    push(&client, &layout, &attachments);
    let seen = proxy.seen();
    let index = seen
        .iter()
        .find(|one| one.path.contains("/manifests/sha256-"));
    assert_eq!(index, None);
    let version = Version::Tag("v1".parse().unwrap());
    assert_eq!(client.resolve(&version).unwrap(), layout.root().digest);
}
