//! Files of a checkout that name an image: what is written is YAML that means what it should, and a second time is no
//! change.

#![no_main]

use gobuildx::gitops::{Deployment, Kind, revise};
use gobuildx::oci::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let release = Deployment {
        project: "service".to_owned(),
        image: "registry.example/team/service".parse().unwrap(),
        tag: "v1.0.0".parse().unwrap(),
        digest: Digest::of(b""),
    };
    let values = Kind::Values {
        digest: "image.digest".parse().unwrap(),
        tag: Some("image.tag".parse().unwrap()),
    };
    for kind in [Kind::Kustomization, Kind::Manifest, values] {
        if let Ok(revised) = revise(text, &kind, &release) {
            let again = revise(&revised.text, &kind, &release).unwrap();
            assert_eq!(again.text, revised.text);
        }
    }
});
