//! A release in a checkout: what is written, committed and pushed, and what isn't.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use gobuildx::gitops::{Checkout, Delivered, Deployment, GitopsError, Kind, Place, Until};
use gobuildx::oci::Digest;
use gobuildx::process::Cancel;

use crate::repository::{Repository, host};

pub const IMAGE: &str = "registry.example/hello";
pub const KUSTOMIZATION: &str = "\
resources:
  - deployment.yaml

# What is deployed.
images:
  - name: registry.example/hello # ours
    newTag: v0.0.0
";
pub const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello
spec:
  selector: {matchLabels: {app: hello}}
  template:
    metadata: {labels: {app: hello}}
    spec:
      containers:
        - {name: hello, image: registry.example/hello}
";

/// A release, whose image is named by its version.
pub fn release(version: &str) -> Deployment {
    Deployment {
        project: "hello".to_owned(),
        image: IMAGE.parse().unwrap(),
        tag: version.parse().unwrap(),
        digest: Digest::of(version.as_bytes()),
    }
}

pub fn place(path: &str, kind: Kind) -> Place {
    let path = path.to_owned();
    Place { path, kind }
}

/// The kustomization of a repository.
pub fn overlay() -> Vec<Place> {
    vec![place("overlay", Kind::Kustomization)]
}

/// A repository with a kustomization.
pub fn deployed() -> Repository {
    let repository = Repository::new();
    repository.write("overlay/kustomization.yaml", KUSTOMIZATION);
    repository.write("overlay/deployment.yaml", DEPLOYMENT);
    repository.commit("First");
    repository
}

/// Puts a version into the kustomization.
pub fn deploy(to: &Repository, version: &str, until: Until) -> Result<Delivered, GitopsError> {
    let checkout = Checkout::open(to.root()).unwrap();
    let plan = checkout.plan(&overlay(), &release(version))?;
    plan.carry_out(until, &host(), &Cancel::default())
}

/// The kustomization with a version.
fn with(version: &str) -> String {
    let entry = format!("newTag: {version}\n    digest: {}", release(version).digest);
    KUSTOMIZATION.replace("newTag: v0.0.0", &entry)
}

#[test]
fn files_are_written_and_nothing_is_committed_unless_that_is_wanted() {
    let repository = deployed();
    let head = repository.git(&["rev-parse", "HEAD"]);
    let path = repository.path("overlay/kustomization.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let done = deploy(&repository, "v1.0.0", Until::Files).unwrap();
    assert_eq!(done.written, ["overlay/kustomization.yaml"]);
    assert_eq!((done.commit, done.pushed), (None, None));
    assert_eq!(
        repository.read("overlay/kustomization.yaml"),
        with("v1.0.0")
    );
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o640
    );
    assert_eq!(repository.git(&["rev-parse", "HEAD"]), head);
    // No temporary file is left.
    assert_eq!(
        repository.git(&["status", "--porcelain"]),
        "M overlay/kustomization.yaml"
    );
}

#[test]
fn a_commit_has_the_files_of_the_release_and_nothing_else() {
    let repository = deployed();
    repository.write("overlay/deployment.yaml", "# being edited\n");
    repository.write("new.txt", "not tracked\n");
    let done = deploy(&repository, "v1.0.0", Until::Commit).unwrap();
    let hash = repository.git(&["rev-parse", "HEAD"]);
    assert_eq!(done.commit.as_deref(), Some(hash.as_str()));
    let told = repository.git(&["show", "--format=%an <%ae>%n%B", "--name-only"]);
    let image = format!("{IMAGE}@{}", release("v1.0.0").digest);
    assert_eq!(
        told,
        format!(
            "Tester <tester@example.com>\nhello v1.0.0\n\n{image}\n\n\noverlay/kustomization.yaml"
        )
    );
    let left = repository.git(&["status", "--porcelain"]);
    assert_eq!(left, "M overlay/deployment.yaml\n?? new.txt");
}

#[test]
fn nothing_to_change_is_no_commit() {
    let repository = deployed();
    deploy(&repository, "v1.0.0", Until::Commit).unwrap();
    let head = repository.git(&["rev-parse", "HEAD"]);
    let done = deploy(&repository, "v1.0.0", Until::Commit).unwrap();
    assert!(done.written.is_empty());
    assert_eq!(done.commit, None);
    assert_eq!(repository.git(&["rev-parse", "HEAD"]), head);
}

#[test]
fn hooks_of_the_checkout_do_not_run() {
    let repository = deployed();
    for name in [
        "pre-commit",
        "commit-msg",
        "post-commit",
        "reference-transaction",
    ] {
        let path = repository.path(".git/hooks").join(name);
        fs::write(&path, "#!/bin/sh\necho ran >>ran\nexit 1\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    repository.git(&["config", "core.fsmonitor", "touch ran; false"]);
    deploy(&repository, "v1.0.0", Until::Commit).unwrap();
    assert!(!repository.path("ran").exists());
}

/// Places in two files of a repository.
fn both() -> [Place; 2] {
    [
        place("overlay/deployment.yaml", Kind::Manifest),
        place("overlay", Kind::Kustomization),
    ]
}

#[test]
fn what_a_killed_run_has_written_is_committed_by_the_next() {
    let repository = deployed();
    let checkout = Checkout::open(repository.root()).unwrap();
    let plan = checkout.plan(&both(), &release("v1.0.0")).unwrap();
    plan.carry_out(Until::Files, &host(), &Cancel::default())
        .unwrap();
    // One of both wasn't written yet.
    repository.write("overlay/deployment.yaml", DEPLOYMENT);
    let plan = checkout.plan(&both(), &release("v1.0.0")).unwrap();
    let done = plan
        .carry_out(Until::Commit, &host(), &Cancel::default())
        .unwrap();
    assert_eq!(done.written, ["overlay/deployment.yaml"]);
    let names = repository.git(&["show", "--format=%s", "--name-only"]);
    assert_eq!(
        names,
        "hello v1.0.0\n\noverlay/deployment.yaml\noverlay/kustomization.yaml"
    );
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
}

#[test]
fn all_that_a_killed_run_has_written_is_committed_by_the_next() {
    let repository = deployed();
    deploy(&repository, "v1.0.0", Until::Files).unwrap();
    let done = deploy(&repository, "v1.0.0", Until::Commit).unwrap();
    assert!(done.written.is_empty());
    assert!(done.commit.is_some());
    assert_eq!(repository.git(&["status", "--porcelain"]), "");

    // On the way to another version nothing but this one is left.
    deploy(&repository, "v2.0.0", Until::Files).unwrap();
    let done = deploy(&repository, "v1.0.0", Until::Commit).unwrap();
    assert_eq!(done.written, ["overlay/kustomization.yaml"]);
    assert_eq!(done.commit, None);
    assert_eq!(repository.git(&["status", "--porcelain"]), "");

    // What somebody has changed besides is theirs, though the image stands there.
    deploy(&repository, "v2.0.0", Until::Files).unwrap();
    let text = repository.read("overlay/kustomization.yaml");
    repository.write("overlay/kustomization.yaml", &format!("{text}# more\n"));
    let error = deploy(&repository, "v2.0.0", Until::Commit).unwrap_err();
    assert!(matches!(error, GitopsError::Unsettled { .. }), "{error}");
}

#[test]
fn a_file_that_can_not_be_put_back_is_named() {
    let repository = deployed();
    let path = repository.path("overlay/kustomization.yaml");
    let signer = repository.path("signer");
    let script = format!("#!/bin/sh\nrm {0}; mkdir {0}; exit 1\n", path.display());
    fs::write(&signer, script).unwrap();
    fs::set_permissions(&signer, fs::Permissions::from_mode(0o755)).unwrap();
    repository.git(&["config", "commit.gpgSign", "true"]);
    repository.git(&["config", "gpg.program", signer.to_str().unwrap()]);
    let error = deploy(&repository, "v1.0.0", Until::Commit).unwrap_err();
    assert!(matches!(error, GitopsError::Left { .. }), "{error}");
    let error = error.to_string();
    assert!(error.contains("overlay/kustomization.yaml` ("), "{error}");
    assert!(
        error.ends_with("has the new image and can't be put back"),
        "{error}"
    );
}

/// What refuses a commit, in a checkout that stays as it is.
fn refused(repository: &Repository, until: Until) -> GitopsError {
    let before = repository.read("overlay/kustomization.yaml");
    let head = repository.git(&["rev-parse", "HEAD"]);
    let error = deploy(repository, "v1.0.0", until).unwrap_err();
    assert_eq!(repository.read("overlay/kustomization.yaml"), before);
    assert_eq!(repository.git(&["rev-parse", "HEAD"]), head);
    error
}

#[test]
fn a_checkout_with_changes_of_others_is_left_alone() {
    let staged = deployed();
    staged.write("other.txt", "x\n");
    staged.git(&["add", "other.txt"]);
    let error = refused(&staged, Until::Commit).to_string();
    assert!(error.ends_with("something else is staged there"), "{error}");

    let edited = deployed();
    edited.write(
        "overlay/kustomization.yaml",
        &format!("{KUSTOMIZATION}# more\n"),
    );
    let error = refused(&edited, Until::Commit).to_string();
    assert!(
        error.ends_with(
            "overlay/kustomization.yaml has changes that aren't committed, or isn't tracked at all"
        ),
        "{error}"
    );

    let untracked = deployed();
    untracked.git(&["rm", "-q", "--cached", "overlay/kustomization.yaml"]);
    untracked.git(&["commit", "-q", "-m", "No longer tracked"]);
    let error = refused(&untracked, Until::Commit);
    assert!(matches!(error, GitopsError::Unsettled { .. }), "{error}");
    // To write files git isn't asked.
    deploy(&untracked, "v1.0.0", Until::Files).unwrap();
}

#[test]
fn a_commit_that_git_refuses_leaves_the_files_as_they_were() {
    let repository = deployed();
    repository.git(&["config", "--unset", "user.name"]);
    repository.git(&["config", "--unset", "user.email"]);
    repository.git(&["config", "user.useConfigOnly", "true"]);
    let error = refused(&repository, Until::Commit).to_string();
    assert!(error.contains("git config --global user.email"), "{error}");
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_checkout_need_not_be_the_top_folder_nor_a_repository() {
    let repository = deployed();
    let checkout = Checkout::open(&repository.path("overlay")).unwrap();
    let places = [place("kustomization.yaml", Kind::Kustomization)];
    let plan = checkout.plan(&places, &release("v1.0.0")).unwrap();
    let done = plan
        .carry_out(Until::Commit, &host(), &Cancel::default())
        .unwrap();
    assert_eq!(done.written, ["kustomization.yaml"]);
    assert_eq!(repository.git(&["status", "--porcelain"]), "");

    let bare = tempfile::tempdir().unwrap();
    fs::write(bare.path().join("kustomization.yaml"), KUSTOMIZATION).unwrap();
    let checkout = Checkout::open(bare.path()).unwrap();
    let plan = checkout.plan(&places, &release("v1.0.0")).unwrap();
    let error = plan.carry_out(Until::Commit, &host(), &Cancel::default());
    assert!(matches!(error, Err(GitopsError::Git(_))), "{error:?}");
    plan.carry_out(Until::Files, &host(), &Cancel::default())
        .unwrap();
}

#[test]
fn a_file_that_changes_between_the_plan_and_its_end_is_not_overwritten() {
    let repository = deployed();
    let checkout = Checkout::open(repository.root()).unwrap();
    let plan = checkout.plan(&both(), &release("v1.0.0")).unwrap();
    repository.write("overlay/kustomization.yaml", "# new\n");
    let error = plan.carry_out(Until::Files, &host(), &Cancel::default());
    assert!(matches!(error, Err(GitopsError::Changed(_))), "{error:?}");
    // The first one is put back.
    assert_eq!(repository.read("overlay/deployment.yaml"), DEPLOYMENT);
    assert_eq!(repository.read("overlay/kustomization.yaml"), "# new\n");
}

#[test]
fn one_file_may_be_several_places() {
    let repository = Repository::new();
    repository.write("values.yaml", "a: {digest: x}\nb: {digest: x, tag: y}\n");
    let values = |digest: &str, tag: Option<&str>| Kind::Values {
        digest: digest.parse().unwrap(),
        tag: tag.map(|tag| tag.parse().unwrap()),
    };
    let places = [
        place("values.yaml", values("a.digest", None)),
        place("./values.yaml", values("b.digest", Some("b.tag"))),
    ];
    let checkout = Checkout::open(repository.root()).unwrap();
    let plan = checkout.plan(&places, &release("v1.0.0")).unwrap();
    assert_eq!(plan.files().len(), 1);
    plan.carry_out(Until::Files, &host(), &Cancel::default())
        .unwrap();
    let digest = release("v1.0.0").digest;
    let expected = format!("a: {{digest: {digest}}}\nb: {{digest: {digest}, tag: v1.0.0}}\n");
    assert_eq!(repository.read("values.yaml"), expected);
}

#[test]
fn nothing_outside_of_the_checkout_is_read_or_written() {
    let repository = deployed();
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("kustomization.yaml");
    fs::write(&file, KUSTOMIZATION).unwrap();
    symlink(&file, repository.path("link.yaml")).unwrap();
    symlink(outside.path(), repository.path("folder")).unwrap();
    symlink("overlay/kustomization.yaml", repository.path("inside.yaml")).unwrap();
    fs::copy(&file, repository.path(".git/x.yaml")).unwrap();
    let checkout = Checkout::open(repository.root()).unwrap();
    let absolute = file.to_str().unwrap();
    for (path, why) in [
        ("link.yaml", "it lies outside of the checkout"),
        ("folder", "it lies outside of the checkout"),
        (
            "folder/kustomization.yaml",
            "it lies outside of the checkout",
        ),
        ("../x.yaml", "it lies outside of the checkout"),
        ("overlay/../../x.yaml", "it lies outside of the checkout"),
        (absolute, "it lies outside of the checkout"),
        ("", "it lies outside of the checkout"),
        (".git/x.yaml", "it is git's own"),
        ("none.yaml", "it is no file"),
        ("overlay/kustomization.yaml/x", "it is no file"),
        (
            ".",
            "there is no kustomization.yaml, kustomization.yml or Kustomization in it",
        ),
    ] {
        let places = [place(path, Kind::Kustomization)];
        let error = checkout.plan(&places, &release("v1.0.0")).unwrap_err();
        assert!(error.to_string().ends_with(why), "{path}: {error}");
    }
    // A link within it is followed, and stays.
    let places = [place("inside.yaml", Kind::Kustomization)];
    let plan = checkout.plan(&places, &release("v1.0.0")).unwrap();
    let done = plan
        .carry_out(Until::Commit, &host(), &Cancel::default())
        .unwrap();
    assert_eq!(done.written, ["overlay/kustomization.yaml"]);
    assert!(repository.path("inside.yaml").is_symlink());
}

#[test]
fn a_file_that_can_not_be_changed_is_named_with_the_line() {
    let repository = deployed();
    repository.write(
        "overlay/kustomization.yaml",
        "images:\n- name: a\n  name: b\n",
    );
    let error = deploy(&repository, "v1.0.0", Until::Files).unwrap_err();
    let path = repository
        .root()
        .canonicalize()
        .unwrap()
        .join("overlay/kustomization.yaml");
    let expected = format!(
        "failed to write the release into `{}:3`: the key `name` stands here a second time",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    repository.write("overlay/kustomization.yml", "");
    let error = deploy(&repository, "v1.0.0", Until::Files).unwrap_err();
    assert!(
        error.to_string().contains("there are several of"),
        "{error}"
    );
    fs::remove_file(repository.path("overlay/kustomization.yml")).unwrap();
    fs::write(repository.path("overlay/kustomization.yaml"), b"a: \xff\n").unwrap();
    let error = deploy(&repository, "v1.0.0", Until::Files).unwrap_err();
    assert!(error.to_string().ends_with("it is not UTF-8"), "{error}");
}

/// A server's repository, and a checkout of it.
fn with_upstream() -> (Repository, Repository) {
    let server = deployed();
    server.git(&["config", "receive.denyCurrentBranch", "ignore"]);
    let checkout = Repository::clone(&server);
    (server, checkout)
}

#[test]
fn a_push_brings_the_commit_to_the_upstream_of_the_branch() {
    let (server, checkout) = with_upstream();
    checkout.git(&["branch", "other"]);
    checkout.git(&["tag", "-a", "-m", "x", "local"]);
    checkout.git(&["config", "push.default", "matching"]);
    checkout.git(&["config", "push.followTags", "true"]);
    let done = deploy(&checkout, "v1.0.0", Until::Push).unwrap();
    let pushed = done.pushed.unwrap();
    assert_eq!(
        (pushed.remote.as_str(), pushed.branch.as_str()),
        ("origin", "refs/heads/main")
    );
    assert_eq!(server.git(&["rev-parse", "main"]), done.commit.unwrap());
    let refs = server.git(&["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs, "refs/heads/main");
    let again = deploy(&checkout, "v1.0.0", Until::Push).unwrap();
    assert_eq!((again.commit, again.pushed), (None, None));
}

#[test]
fn a_push_that_the_server_refuses_is_told_and_done_by_the_next_run() {
    let (server, checkout) = with_upstream();
    server.commit("Meanwhile");
    let error = deploy(&checkout, "v1.0.0", Until::Push).unwrap_err();
    assert!(matches!(error, GitopsError::Push { .. }), "{error}");
    assert!(error.to_string().contains("fetch first"), "{error}");
    assert_eq!(checkout.git(&["log", "-1", "--format=%s"]), "hello v1.0.0");
    checkout.git(&["pull", "-q", "--rebase"]);
    let done = deploy(&checkout, "v1.0.0", Until::Push).unwrap();
    assert_eq!(done.commit, None);
    assert!(done.pushed.is_some());
    assert_eq!(
        server.git(&["log", "-1", "--format=%s", "main"]),
        "hello v1.0.0"
    );
}

#[test]
fn nothing_of_others_is_pushed_along() {
    let (server, checkout) = with_upstream();
    let before = server.git(&["rev-parse", "main"]);
    checkout.commit("Not finished");
    let error = refused(&checkout, Until::Push).to_string();
    assert!(
        error.contains("(\"Not finished\") isn't pushed either"),
        "{error}"
    );
    checkout.git(&["checkout", "-q", "--detach"]);
    let error = refused(&checkout, Until::Push);
    assert!(matches!(error, GitopsError::NoUpstream(_)), "{error}");
    assert_eq!(server.git(&["rev-parse", "main"]), before);
}
