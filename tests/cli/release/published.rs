//! Images that are published: to Debian's registry on the loopback, and read back by skopeo.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use super::harness::{skopeo, try_run};
use super::proxy::{Fate, Proxy, Reply, Seen};
use super::server::{Believes, Server};
use super::{LINUX, hashed, of, stages, text, version};
use crate::live::{Live, wait_until};
use crate::project::{Project, says};

/// The hello project, whose image goes to a port of this machine.
fn of_port(port: u16, more: &str) -> Project {
    let image = format!("[release.image]\nname = \"127.0.0.1:{port}/hello\"\n{more}");
    of(Project::hello(), &format!("{LINUX}{image}"))
}

/// What a registry has under a tag.
fn digest(port: u16, tag: &str) -> String {
    let from = format!("docker://127.0.0.1:{port}/hello:{tag}");
    let raw = skopeo(["inspect", "--tls-verify=false", "--raw", &from]);
    format!("sha256:{}", hashed(raw.as_bytes()))
}

/// Whether a registry has a tag.
fn has(port: u16, tag: &str) -> bool {
    let from = format!("docker://127.0.0.1:{port}/hello:{tag}");
    let args = ["inspect", "--tls-verify=false", "--raw", &from];
    try_run("skopeo", args).status.success()
}

/// What changes a registry.
fn writes(seen: &[Seen]) -> Vec<&Seen> {
    let is_writing = |one: &&Seen| !["GET", "HEAD"].contains(&one.method.as_str());
    seen.iter().filter(is_writing).collect()
}

#[test]
fn what_the_registry_has_is_what_was_recorded_and_a_second_time_nothing_is_sent() {
    let server = Server::start(Believes::Everybody);
    let proxy = Proxy::before(server.port, |_, _| Fate::Passes);
    let project = of_port(proxy.port, "tags = [\"{version}\", \"latest\"]\n");
    let first = stages(&project, 0, &["--publish"]);
    assert_eq!(first["push"].0, "done", "{first:?}");
    let record = project.json("dist/release.json")["image"].clone();
    assert_eq!(
        record["tags"],
        serde_json::json!([version(&project), "latest"])
    );
    for tag in [&version(&project), "latest"] {
        assert_eq!(digest(server.port, tag), text(&record["digest"]), "{tag}");
    }
    assert!(!writes(&proxy.seen()).is_empty());

    proxy.forget();
    let second = stages(&project, 0, &["--publish"]);
    assert_eq!(writes(&proxy.seen()), Vec::<&Seen>::new());
    let says = &second["push"].1;
    assert!(says.ends_with("was there already"), "{says}");
}

#[test]
fn bills_and_provenance_are_attached_to_what_they_are_about() {
    let server = Server::start(Believes::Everybody);
    let project = of_port(server.port, "");
    project.run(&["release", "--publish", "-q"]).exits(0);
    let kinds = |subject: &str| {
        let tag = subject.replace(':', "-");
        let from = format!("docker://127.0.0.1:{}/hello:{tag}", server.port);
        let index = skopeo(["inspect", "--tls-verify=false", "--raw", &from]);
        let index: serde_json::Value = serde_json::from_str(&index).unwrap();
        let kinds = index["manifests"].as_array().unwrap().iter();
        let mut kinds: Vec<String> = kinds
            .map(|one| text(&one["artifactType"]).to_owned())
            .collect();
        kinds.sort();
        kinds
    };
    let root = project.json("dist/release.json")["image"]["digest"].clone();
    assert_eq!(kinds(text(&root)), ["application/vnd.in-toto+json"]);
    let file = text(&root).replace("sha256:", "dist/oci/blobs/sha256/");
    let of_platform = project.json(&file)["manifests"][0]["digest"].clone();
    assert_eq!(
        kinds(text(&of_platform)),
        ["application/spdx+json", "application/vnd.cyclonedx+json"]
    );
}

#[test]
fn a_tag_of_another_image_stays_and_one_that_names_no_version_moves() {
    let server = Server::start(Believes::Everybody);
    let manifest = format!(
        "[project]\nversion = \"1.0\"\n{LINUX}[release.image]\nname = \"127.0.0.1:{}/hello\"\ntags = [\"latest\", \"{{version}}\"]\n",
        server.port
    );
    let project = of(Project::hello(), &manifest);
    project.run(&["release", "--publish", "-q"]).exits(0);
    let first = digest(server.port, "1.0");

    project.write("main.go", &says("another program"));
    project.git(&["commit", "-qam", "Second"]);
    project
        .run(&["release", "--publish", "-q"])
        .exits(1)
        .says("the tag 1.0 is that of another image there, sha256:")
        .says("help: push it under a tag of its own");
    assert_eq!(digest(server.port, "1.0"), first);

    project.write("targets.toml", &manifest.replace("\"1.0\"", "\"1.1\""));
    project.git(&["commit", "-qam", "Third"]);
    project.run(&["release", "--publish", "-q"]).exits(0);
    assert_eq!(digest(server.port, "1.0"), first);
    assert_ne!(digest(server.port, "1.1"), first);
    assert_eq!(digest(server.port, "latest"), digest(server.port, "1.1"));
}

#[test]
fn nothing_is_pushed_before_all_gates_are_passed() {
    let server = Server::start(Believes::Everybody);
    let proxy = Proxy::before(server.port, |_, _| Fate::Passes);
    let project = of_port(
        proxy.port,
        "[smoke]\nargs = []\nstdout = \"something else\"\n",
    );
    let ended = stages(&project, 1, &["--publish"]);
    assert_eq!(ended["smoke"].0, "failed");
    assert_eq!(
        ended["push"],
        ("not run".to_owned(), "smoke failed".to_owned())
    );
    assert_eq!(proxy.seen(), []);
    // Nor without being asked to.
    let project = of_port(proxy.port, "");
    let ended = stages(&project, 0, &[]);
    assert_eq!(
        ended["push"].1,
        "without --publish nothing leaves this machine"
    );
    assert_eq!(proxy.seen(), []);
}

#[test]
fn a_registry_that_refuses_fails_the_release_and_all_files_stay() {
    let server = Server::start(Believes::Everybody);
    let proxy = Proxy::before(server.port, |seen, _| match seen.method.as_str() {
        "POST" => Fate::Answered(Reply {
            status: 403,
            body: "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not yours\"}]}".to_owned(),
            ..Reply::default()
        }),
        _ => Fate::Passes,
    });
    let project = of_port(proxy.port, "");
    let run = project.run(&["release", "--publish", "-q"]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    run.says("failed to push hello:v1.2.3-").says("not yours");
    assert!(project.path("dist/release.json").is_file());
    assert!(!has(server.port, &version(&project)));
}

#[test]
fn a_push_that_is_interrupted_is_finished_by_the_next_one() {
    let server = Server::start(Believes::Everybody);
    let (reached, is_reached) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let (reached, may_go_on) = (Mutex::new(reached), Mutex::new(may_go_on));
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = Arc::clone(&is_open);
    let proxy = Proxy::before(server.port, move |seen, _| {
        if seen.method == "PATCH" && !opened.load(Ordering::SeqCst) {
            let _ = reached.lock().unwrap().send(());
            let _ = may_go_on.lock().unwrap().recv();
            return Fate::Cut(0);
        }
        Fate::Passes
    });
    let project = of_port(proxy.port, "");
    let mut run = Live::start(&project, &["release", "--publish"]);
    is_reached.recv().unwrap();
    run.signal("INT");
    let (code, _) = run.end();
    assert_eq!(code, Some(130), "{:#?}", run.seen);
    let said = run.seen.join("\n");
    assert!(said.contains("Interrupted: "), "{said}");
    is_open.store(true, Ordering::SeqCst);
    drop(go_on);
    let tag = version(&project);
    assert!(!has(server.port, &tag), "no tag leads to half an image");

    let ended = stages(&project, 0, &["--publish"]);
    assert_eq!(ended["push"].0, "done");
    let record = project.json("dist/release.json");
    assert_eq!(digest(server.port, &tag), text(&record["image"]["digest"]));
    wait_until("nothing of an upload is noted", || {
        !project.path("dist/.gobuildx/push.json").exists()
    });
}

#[test]
fn a_publisher_that_is_killed_leaves_what_the_next_one_finishes() {
    let server = Server::start(Believes::Everybody);
    let (reached, is_reached) = channel();
    let reached = Mutex::new(reached);
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = Arc::clone(&is_open);
    // All contents are there, and no manifest.
    let proxy = Proxy::before(server.port, move |seen, _| {
        if seen.path.contains("/manifests/")
            && seen.method == "PUT"
            && !opened.load(Ordering::SeqCst)
        {
            let _ = reached.lock().unwrap().send(());
            return Fate::AnswerLost;
        }
        Fate::Passes
    });
    let project = of_port(proxy.port, "");
    let mut run = Live::start(&project, &["release", "--publish"]);
    is_reached.recv().unwrap();
    run.signal("KILL");
    assert_eq!(run.end().0, None);
    is_open.store(true, Ordering::SeqCst);
    proxy.forget();
    project.run(&["release", "--publish", "-q"]).exits(0);
    let tag = version(&project);
    assert_eq!(
        digest(server.port, &tag),
        text(&project.json("dist/release.json")["image"]["digest"])
    );
    // The program itself isn't sent again.
    let seen = proxy.seen();
    let large = seen.iter().filter(|one| one.passed > 100_000).count();
    assert_eq!(large, 0, "{seen:?}");
}

#[test]
fn a_file_that_a_command_changed_after_it_was_made_is_not_attached() {
    let server = Server::start(Believes::Everybody);
    let sign = "[release.sign]\ncmd = [[\"sh\", \"-c\", \"touch $1; echo evil >> dist/provenance.json\", \
                \"sh\", \"{signature}\"]]\n";
    let project = of_port(server.port, sign);
    project
        .run(&["release", "--publish", "-q", "--allow-hooks"])
        .exits(1)
        .says("failed to push: `provenance.json` changed after it was made");
    assert!(!has(server.port, &version(&project)));
}
