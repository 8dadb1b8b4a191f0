//! Kustomizations that gobuildx changed, held against what kustomize itself makes of them.

use std::fs;
use std::path::Path;
use std::process::Command;

use gobuildx::gitops::{Checkout, Deployment, Kind, Until, revise};
use gobuildx::process::Cancel;

use crate::checkout::{DEPLOYMENT, IMAGE, KUSTOMIZATION, place, release};
use crate::repository::{Repository, host};

/// Runs kustomize in a folder, and returns what it printed.
fn kustomize(folder: &Path, args: &[&str]) -> String {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/kustomize");
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .output();
    let output = output.unwrap_or_else(|error| panic!("`make tools` installs kustomize: {error}"));
    assert!(output.status.success(), "kustomize {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with a kustomization, and what it is about.
fn folder(kustomization: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kustomization.yaml"), kustomization).unwrap();
    let deployment = DEPLOYMENT
        .replace("image: registry", "image: \"registry")
        .replace("hello}", "hello\"}");
    let other = "        - {name: other, image: other}\n        - {name: short, image: hello}\n";
    fs::write(folder.path().join("deployment.yaml"), deployment + other).unwrap();
    folder
}

/// What a cluster gets from a kustomization.
fn built(folder: &Path) -> String {
    kustomize(folder, &["build", "."])
}

/// What kustomize is told to set, in its own words.
fn words(name: &str, release: &Deployment, has_tag: bool) -> String {
    let tag = if has_tag {
        format!(":{}", release.tag)
    } else {
        String::new()
    };
    format!("{name}=*{tag}@{}", release.digest)
}

#[test]
fn the_result_is_that_of_kustomize_itself() {
    let release = release("v2.3.0-7a8b9c1");
    let old = format!("digest: sha256:{}", "1".repeat(64));
    let resources = "resources:\n- deployment.yaml\n";
    for (images, name, has_tag) in [
        (String::new(), IMAGE, false),
        ("images: []\n".to_owned(), IMAGE, false),
        ("images:\n".to_owned(), IMAGE, false),
        (
            "images:\n- name: other\n  newTag: v1\n".to_owned(),
            IMAGE,
            false,
        ),
        (
            format!("images:\n  - name: {IMAGE}\n    newTag: \"1.10\"\n"),
            IMAGE,
            true,
        ),
        (
            format!("images:\n  - name: {IMAGE}\n    {old} # old\n"),
            IMAGE,
            false,
        ),
        (
            format!("images:\n- {{name: {IMAGE}, {old}}}\n- {{name: other, newName: z}}\n"),
            IMAGE,
            false,
        ),
        (
            format!("images:\n- name: hello\n  newName: {IMAGE}\n  newTag: x\n"),
            "hello",
            true,
        ),
    ] {
        let text = format!("{resources}{images}");
        let (ours, theirs) = (folder(&text), folder(&text));
        let revised = revise(&text, &Kind::Kustomization, &release).unwrap();
        fs::write(ours.path().join("kustomization.yaml"), revised.text).unwrap();
        let words = words(name, &release, has_tag);
        kustomize(theirs.path(), &["edit", "set", "image", &words]);
        let built_by_ours = built(ours.path());
        assert_eq!(built_by_ours, built(theirs.path()), "{text}");
        let tag = if has_tag { ":v2.3.0-7a8b9c1" } else { "" };
        let image = format!("image: {IMAGE}{tag}@{}\n", release.digest);
        assert!(built_by_ours.contains(&image), "{text}\n{built_by_ours}");
        // A second time kustomize finds nothing to change, but for the way in which it writes.
        kustomize(ours.path(), &["edit", "set", "image", &words]);
        assert_eq!(built(ours.path()), built_by_ours, "{text}");
    }
}

#[test]
fn what_kustomize_builds_has_the_image_and_all_else_is_as_before() {
    let release = release("v1.0.0");
    let folder = folder(KUSTOMIZATION);
    let before = built(folder.path());
    let revised = revise(KUSTOMIZATION, &Kind::Kustomization, &release).unwrap();
    fs::write(folder.path().join("kustomization.yaml"), revised.text).unwrap();
    let old = format!("image: {IMAGE}:v0.0.0\n");
    let new = format!("image: {IMAGE}:v1.0.0@{}\n", release.digest);
    assert!(before.contains(&old), "{before}");
    assert_eq!(built(folder.path()), before.replace(&old, &new));
}

#[test]
fn a_manifest_with_the_image_is_still_one_for_kustomize() {
    let release = release("v1.0.0");
    let folder = folder("resources:\n- deployment.yaml\n");
    let before = built(folder.path());
    let path = folder.path().join("deployment.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let revised = revise(&text, &Kind::Manifest, &release).unwrap();
    fs::write(&path, revised.text).unwrap();
    let old = format!("image: {IMAGE}\n");
    let new = format!("image: {IMAGE}@{}\n", release.digest);
    assert!(before.contains(&old), "{before}");
    assert_eq!(built(folder.path()), before.replace(&old, &new));
}

#[test]
fn the_example_of_a_deployment_gets_a_release_and_is_rolled_back() {
    let repository = Repository::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/deploy");
    for path in [
        "base/deployment.yaml",
        "base/service.yaml",
        "base/kustomization.yaml",
        "overlays/production/kustomization.yaml",
    ] {
        repository.write(path, &fs::read_to_string(example.join(path)).unwrap());
    }
    repository.commit("First");
    let overlay = repository.path("overlays/production");
    let checkout = Checkout::open(repository.root()).unwrap();
    let places = [place("overlays/production", Kind::Kustomization)];
    let image = "registry.example/team/service";
    let of = |version: &str| Deployment {
        image: image.parse().unwrap(),
        ..release(version)
    };
    for version in ["v1.0.0", "v2.0.0", "v1.0.0"] {
        let plan = checkout.plan(&places, &of(version)).unwrap();
        plan.carry_out(Until::Commit, &host(), &Cancel::default())
            .unwrap();
        let pinned = format!("image: {image}:{version}@{}\n", of(version).digest);
        assert!(built(&overlay).contains(&pinned), "{}", built(&overlay));
    }
    // Nothing but two lines was ever touched.
    let changed = repository.git(&["diff", "--stat=80", "HEAD~3"]);
    assert!(
        changed.ends_with("1 file changed, 2 insertions(+), 2 deletions(-)"),
        "{changed}"
    );
}
