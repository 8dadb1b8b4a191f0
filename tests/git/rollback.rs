//! Former versions, as the history of a checkout tells them.

use gobuildx::failure::Failure as _;
use gobuildx::gitops::{Checkout, Deployment, GitopsError, Kind, Place, Until, Wanted};
use gobuildx::process::Cancel;

use crate::checkout::{IMAGE, deploy, deployed, overlay, place, release};
use crate::repository::{Repository, host};

fn former(
    repository: &Repository,
    places: &[Place],
    version: &str,
) -> Result<Deployment, GitopsError> {
    let wanted = Wanted {
        project: "hello".to_owned(),
        image: IMAGE.parse().unwrap(),
        tag: version.parse().unwrap(),
    };
    let checkout = Checkout::open(repository.root()).unwrap();
    checkout.former(places, &wanted, &host(), &Cancel::default())
}

#[test]
fn a_rollback_brings_back_the_very_image_of_a_former_version() {
    let repository = deployed();
    for version in ["v1.0.0", "v2.0.0", "v3.0.0"] {
        deploy(&repository, version, Until::Commit).unwrap();
    }
    let of_v1 = repository.git(&["show", "HEAD~2:overlay/kustomization.yaml"]);
    let found = former(&repository, &overlay(), "v1.0.0").unwrap();
    assert_eq!(found, release("v1.0.0"));

    let checkout = Checkout::open(repository.root()).unwrap();
    let plan = checkout.plan(&overlay(), &found).unwrap();
    plan.carry_out(Until::Commit, &host(), &Cancel::default())
        .unwrap();
    assert_eq!(
        repository.read("overlay/kustomization.yaml").trim_end(),
        of_v1
    );
    assert_eq!(
        repository.git(&["log", "-1", "--format=%s"]),
        "hello v1.0.0"
    );
    // And forth again.
    let found = former(&repository, &overlay(), "v3.0.0").unwrap();
    assert_eq!(found, release("v3.0.0"));
}

#[test]
fn of_two_images_of_one_version_the_last_one_counts() {
    let repository = deployed();
    let manifest = |digest: &str| format!("image: {IMAGE}@{digest}\n");
    let places = [place("app.yaml", Kind::Manifest)];
    let digests = ["first", "second"].map(|text| release(text).digest.to_string());
    for digest in &digests {
        repository.write("app.yaml", &manifest(digest));
        repository.commit("hello v1.0.0");
    }
    repository.write("app.yaml", &manifest(&release("v2.0.0").digest.to_string()));
    repository.commit("hello v2.0.0");
    let found = former(&repository, &places, "v1.0.0").unwrap();
    assert_eq!(found.digest.to_string(), digests[1]);
}

#[test]
fn a_version_that_others_committed_is_known_by_its_tag() {
    let repository = deployed();
    deploy(&repository, "v1.0.0", Until::Files).unwrap();
    repository.commit("Deploy the new hello (#12)");
    deploy(&repository, "v2.0.0", Until::Files).unwrap();
    repository.commit("And another one");
    let found = former(&repository, &overlay(), "v1.0.0").unwrap();
    assert_eq!(found, release("v1.0.0"));
}

#[test]
fn a_version_that_never_was_is_not_found() {
    let repository = deployed();
    deploy(&repository, "v1.0.0", Until::Commit).unwrap();
    let error = former(&repository, &overlay(), "v9.0.0").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("failed to find the version v9.0.0"),
        "{error}"
    );
    assert!(!error.hint().unwrap().contains("shallow"));
    deploy(&repository, "v2.0.0", Until::Commit).unwrap();
    let shallow = Repository::shallow(&repository, 1);
    let error = former(&shallow, &overlay(), "v1.0.0").unwrap_err();
    assert!(error.hint().unwrap().contains("git fetch --unshallow"));
    assert!(former(&repository, &overlay(), "v1.0.0").is_ok());
}

#[test]
fn a_version_of_which_files_had_several_images_is_refused() {
    let repository = deployed();
    let image = |text: &str| format!("image: {IMAGE}@{}\n", release(text).digest);
    repository.write("a.yaml", &image("a"));
    repository.write("b.yaml", &image("b"));
    repository.commit("hello v1.0.0");
    let places = [
        place("a.yaml", Kind::Manifest),
        place("b.yaml", Kind::Manifest),
    ];
    let error = former(&repository, &places, "v1.0.0").unwrap_err();
    assert!(matches!(error, GitopsError::Several { .. }), "{error}");
    let found = former(&repository, &places[..1], "v1.0.0").unwrap();
    assert_eq!(found.digest, release("a").digest);
}
