//! The files of another repository that name the image, in a real git checkout.

use super::proxy::{Fate, Proxy, Reply};
use super::server::{Believes, Server};
use super::{LINUX, of, stages, text, tool, version};
use crate::project::{Project, says};

const IMAGE: &str = "127.0.0.1:PORT/hello";
const GITOPS: &str = "[release.image]\nname = \"127.0.0.1:PORT/hello\"\n\
    [release.gitops]\ncheckout = \"deploy\"\nkustomizations = [\"overlay\"]\nmanifests = [\"plain/app.yaml\"]\n\
    values = [{ file = \"chart/values.yaml\", digest = \"image.digest\", tag = \"image.tag\" }]\n";

/// A project, and the checkout beside its sources that its images are deployed from.
fn deploying(port: u16, more: &str) -> (Project, Project) {
    deploying_tagged(port, "", more)
}

/// The same with `tags` of the image.
fn deploying_tagged(port: u16, tags: &str, more: &str) -> (Project, Project) {
    let with_port = |text: &str| text.replace("PORT", &port.to_string());
    let checkout = Project::empty()
        .file(
            "overlay/kustomization.yaml",
            &with_port("resources:\n  - ../plain\n# Ours.\nimages:\n  - name: 127.0.0.1:PORT/hello\n    newTag: v0.0.0\n"),
        )
        .file(
            "plain/app.yaml",
            &with_port(
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hello\nspec:\n  containers:\n    - name: hello\n      image: 127.0.0.1:PORT/hello:v0.0.0 # ours\n",
            ),
        )
        .file("chart/values.yaml", "# Values.\nimage:\n  digest: \"\"\n  tag: v0.0.0\n")
        .committed();
    checkout.git(&["config", "user.name", "Tester"]);
    checkout.git(&["config", "user.email", "tester@example.com"]);
    let project = Project::hello().file(".gitignore", "/deploy\n");
    std::os::unix::fs::symlink(checkout.root(), project.path("deploy")).unwrap();
    let gitops = with_port(GITOPS).replace("[release.gitops]", &format!("{tags}[release.gitops]"));
    (of(project, &format!("{LINUX}{gitops}{more}")), checkout)
}

const FILES: [&str; 3] = [
    "overlay/kustomization.yaml",
    "plain/app.yaml",
    "chart/values.yaml",
];

fn digest(project: &Project) -> String {
    text(&project.json("dist/release.json")["image"]["digest"]).to_owned()
}

#[test]
fn kustomizations_manifests_and_values_name_the_digest_that_was_pushed() {
    let server = Server::start(Believes::Everybody);
    let (project, checkout) = deploying(server.port, "commit = true\n");
    let ended = stages(&project, 0, &["--publish"]);
    assert_eq!(ended["gitops"].0, "done", "{ended:?}");
    let (tag, digest) = (version(&project), digest(&project));
    let image = IMAGE.replace("PORT", &server.port.to_string());
    assert_eq!(
        checkout.read(FILES[0]),
        format!(
            "resources:\n  - ../plain\n# Ours.\nimages:\n  - name: {image}\n    newTag: {tag}\n    digest: {digest}\n"
        )
    );
    let app = checkout.read(FILES[1]);
    assert!(
        app.contains(&format!("image: \"{image}:{tag}@{digest}\" # ours\n")),
        "{app}"
    );
    let values = checkout.read(FILES[2]);
    assert_eq!(
        values,
        format!("# Values.\nimage:\n  digest: \"{digest}\"\n  tag: {tag}\n")
    );
    assert_eq!(
        checkout.git(&["log", "-1", "--format=%s"]),
        format!("hello {tag}")
    );
    assert_eq!(checkout.git(&["status", "--porcelain"]), "");

    let commits = checkout.git(&["rev-list", "--count", "HEAD"]);
    let again = stages(&project, 0, &["--publish"]);
    assert_eq!(again["gitops"].1, "the files named it already");
    assert_eq!(checkout.git(&["rev-list", "--count", "HEAD"]), commits);
}

#[test]
fn files_are_changed_without_a_commit_where_none_is_wanted() {
    let server = Server::start(Believes::Everybody);
    let (project, checkout) = deploying(server.port, "");
    project.run(&["release", "--publish", "-q"]).exits(0);
    assert_eq!(checkout.git(&["rev-list", "--count", "HEAD"]), "1");
    let changed = checkout.git(&["diff", "--name-only"]);
    assert_eq!(changed.lines().count(), FILES.len(), "{changed}");
}

#[test]
fn an_image_that_was_not_pushed_is_named_nowhere() {
    let server = Server::start(Believes::Everybody);
    let proxy = Proxy::before(server.port, |seen, _| match seen.method.as_str() {
        // The very last thing that a push does.
        "PUT" if seen.path.contains("/manifests/v") => Fate::Answered(Reply {
            status: 403,
            ..Reply::default()
        }),
        _ => Fate::Passes,
    });
    let (project, checkout) = deploying(proxy.port, "commit = true\n");
    let ended = stages(&project, 4, &["--publish"]);
    assert_eq!(ended["push"].0, "failed");
    assert_eq!(
        ended["gitops"],
        ("not run".to_owned(), "push failed".to_owned())
    );
    assert_eq!(checkout.git(&["status", "--porcelain"]), "");
    assert_eq!(checkout.git(&["rev-list", "--count", "HEAD"]), "1");
}

#[test]
fn files_that_can_not_be_changed_are_known_before_anything_is_built() {
    let server = Server::start(Believes::Everybody);
    let proxy = Proxy::before(server.port, |_, _| Fate::Passes);
    let (project, checkout) = deploying(proxy.port, "commit = true\n");
    checkout.git(&["rm", "-q", FILES[2]]);
    checkout.git(&["commit", "-qm", "No chart"]);
    project
        .run(&["release", "--publish"])
        .exits(3)
        .says("chart/values.yaml`: it is no file")
        .says("help: name files below the checkout in [release.gitops]");
    assert!(!project.path("dist").exists());
    project.run(&["release", "--publish", "--dry-run"]).exits(3);
    assert_eq!(proxy.seen(), []);
    // What stays here needs none of them.
    project.run(&["release", "-q"]).exits(0);
}

#[test]
fn a_commit_is_pushed_where_that_is_wanted() {
    let server = Server::start(Believes::Everybody);
    let (project, checkout) = deploying(server.port, "commit = true\npush = true\n");
    let origin = tempfile::tempdir().unwrap();
    tool(
        origin.path(),
        "git",
        &["init", "-q", "--bare", "-b", "main"],
    );
    checkout.git(&["remote", "add", "origin", origin.path().to_str().unwrap()]);
    checkout.git(&["push", "-q", "-u", "origin", "main"]);
    project.run(&["release", "--publish", "-q"]).exits(0);
    let there = tool(origin.path(), "git", &["log", "-1", "--format=%s", "main"]);
    assert_eq!(there.trim(), format!("hello {}", version(&project)));
}

#[test]
fn a_former_version_is_known_by_the_tag_that_stays() {
    let server = Server::start(Believes::Everybody);
    let tags = "tags = [\"latest\", \"{project}-{version}\"]\n";
    let (project, checkout) = deploying_tagged(server.port, tags, "commit = true\n");
    project.run(&["release", "--publish", "-q"]).exits(0);
    let (first, of_first) = (version(&project), digest(&project));
    let subject = || checkout.git(&["log", "-1", "--format=%s"]);
    assert_eq!(subject(), format!("hello hello-{first}"));
    let values = checkout.read(FILES[2]);
    assert!(
        values.contains(&format!("tag: hello-{first}\n")),
        "{values}"
    );

    project.write("main.go", &says("a second program"));
    project.git(&["commit", "-qam", "Second"]);
    project.run(&["release", "--publish", "-q"]).exits(0);
    let of_second = digest(&project);
    // The history of the checkout knows it, and no registry is asked.
    let run = project.run(&["release", "rollback", &first]).exits(0);
    assert!(
        !run.stderr.contains("its registry is asked"),
        "{}",
        run.stderr
    );
    run.says(&format!("{of_first} is {first} again"));
    assert_eq!(subject(), format!("hello hello-{first}"));
    assert_eq!(checkout.read(FILES[2]), values);

    // A version with its image needs no history.
    let second = version(&project);
    let named = format!("{second}@{of_second}");
    let run = project.run(&["release", "rollback", &named]).exits(0);
    run.says(&format!("{of_second} is {named} again"));
    let values = checkout.read(FILES[2]);
    assert!(values.contains(&of_second), "{values}");
    let unknown = format!("{second}@sha256:{}", "0".repeat(64));
    project
        .run(&["release", "rollback", &unknown])
        .exits(4)
        .says("it has no image sha256:0000");
    project
        .run(&["release", "rollback", "v1.0.0@sha256:1"])
        .exits(2)
        .says("isn't `sha256:` and 64 digits");
}

#[test]
fn a_former_version_comes_back_by_history_or_by_the_registry() {
    let server = Server::start(Believes::Everybody);
    let (project, checkout) = deploying(server.port, "commit = true\n");
    project.run(&["release", "--publish", "-q"]).exits(0);
    let (first, of_first) = (version(&project), digest(&project));
    let before: Vec<String> = FILES.iter().map(|file| checkout.read(file)).collect();

    project.write("main.go", &says("a second program"));
    project.git(&["commit", "-qam", "Second"]);
    project.git(&["tag", "v1.3.0"]);
    project.run(&["release", "--publish", "-q"]).exits(0);
    assert_ne!(digest(&project), of_first);

    let head = checkout.git(&["rev-parse", "HEAD"]);
    project
        .run(&["release", "rollback", &first, "--dry-run"])
        .exits(0)
        .prints(&of_first)
        .prints("changes");
    assert_eq!(checkout.git(&["rev-parse", "HEAD"]), head);
    let run = project.run(&["release", "rollback", &first]).exits(0);
    run.says(&format!("{of_first} is {first} again"));
    let after: Vec<String> = FILES.iter().map(|file| checkout.read(file)).collect();
    assert_eq!(after, before);
    assert_eq!(
        checkout.git(&["log", "-1", "--format=%s"]),
        format!("hello {first}")
    );

    // A checkout whose history knows nothing of it.
    checkout.git(&["checkout", "-q", "--orphan", "new"]);
    for (file, text) in FILES.iter().zip(&before) {
        checkout.write(
            file,
            &text
                .replace(&of_first, &format!("sha256:{}", "0".repeat(64)))
                .replace(&first, "v0.0.0"),
        );
    }
    checkout.git(&["commit", "-qam", "Anew"]);
    project
        .run(&["release", "rollback", &first])
        .exits(0)
        .says("its registry is asked");
    let after: Vec<String> = FILES.iter().map(|file| checkout.read(file)).collect();
    assert_eq!(after, before);
    project
        .run(&["release", "rollback", "v9.9.9"])
        .exits(4)
        .says("it has no image v9.9.9");
    Project::hello()
        .manifest(LINUX)
        .run(&["release", "rollback", "v1.0.0"])
        .exits(3)
        .says("the manifest has no `[release.gitops]` with `[release.image]`");
}
