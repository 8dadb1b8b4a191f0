//! `gobuildx lock`: what is pinned, and what a build makes of it.

use std::fs;
use std::process::Command;

use crate::counting::{CA, FILE, built, counting, locked};
use crate::project::Project;

#[test]
fn what_is_not_pinned_is_not_compiled_in() {
    let project = counting();
    project
        .build(&[])
        .exits(3)
        .says("`certs/ca.pem` is not pinned in targets.lock")
        .says("run `gobuildx lock`");
    let project = locked(project);
    project.run(&["lock"]).exits(0).says("Kept targets.lock");
    let more = format!("# Ours\n{CA}");
    project.write("certs/ca.pem", &more);
    project
        .build(&[])
        .exits(3)
        .says("`certs/ca.pem` is not the file that targets.lock pins");
    project.run(&["lock"]).exits(0).says("Wrote targets.lock");
    project.run(&["plan"]).exits(0);

    project.write("targets.lock", "schema = 2\n");
    project.run(&["plan"]).exits(3).says("it has the schema 2");
    let key = "-----BEGIN PRIVATE KEY-----\nMTIz\n-----END PRIVATE KEY-----\n";
    project.write("certs/ca.pem", &format!("{CA}{key}"));
    project.write("targets.lock", "schema = 1\n");
    for verb in ["lock", "plan"] {
        project
            .run(&[verb])
            .exits(3)
            .says("has a private key in line 12");
    }
    let huge = fs::File::create(project.path("certs/ca.pem")).unwrap();
    huge.set_len(20 << 30).unwrap();
    project
        .run(&["lock"])
        .exits(3)
        .says("it is larger than 16 MiB");
    fs::remove_file(project.path("certs/ca.pem")).unwrap();
    project
        .run(&["lock"])
        .exits(3)
        .says("`certs/ca.pem` can't be read");
}

#[test]
fn a_lock_is_written_for_what_the_manifest_asks() {
    let project = Project::hello();
    project
        .run(&["lock"])
        .exits(2)
        .says("failed to find a manifest");
    let project = project.manifest("[embed]\ntzdata = true\n");
    project.run(&["lock"]).exits(0).says("Nothing to pin");
    assert!(!project.path("targets.lock").exists());
    let project = project.manifest(FILE).file("certs/ca.pem", CA);
    let project = locked(project).manifest("");
    project
        .run(&["lock"])
        .exits(0)
        .says("targets.lock can be removed");
}

#[test]
fn the_certificates_of_mozilla_are_those_that_the_lock_pins() {
    let project = counting().manifest("[embed]\nca_roots = true\n");
    project
        .run(&["plan"])
        .exits(3)
        .says("Mozilla's CA certificates are not pinned in targets.lock");
    // A version whose table has roots that are trusted only for what they signed until some day.
    let version = "v0.0.0-20260209214922-2f26647a795e";
    let lock = |sum: &str| {
        format!(
            "schema = 1\n\n[mozilla]\nmodule = \"golang.org/x/crypto/x509roots/fallback\"\n\
             version = \"{version}\"\nsum = \"{sum}\"\n"
        )
    };
    project.write("targets.lock", &lock("h1:AAAA="));
    project
        .run(&["plan"])
        .exits(3)
        .says("the module that go gets is not the one that targets.lock pins");
    project
        .run(&["lock"])
        .exits(3)
        .says("its digest is another one");

    project.write(
        "targets.lock",
        &lock("h1:G2pNJMnWEb60ip90TMo++m9fpt+d3YIZa0er3buPKRo="),
    );
    project.run(&["lock"]).exits(0).says(version);
    project.build(&["--binary", "counts"]).exits(0);
    assert_eq!(built(&project, "counts"), "trusts 144\n");
    let sources = project.plan(&["--binary", "counts"])["sources"].clone();
    let what = sources[0]["what"].as_str().unwrap();
    assert!(what.ends_with(version), "{what}");

    let updated = project.run(&["lock", "--update"]).exits(0);
    updated
        .says(&format!("  gone since {version}: "))
        .says("Wrote targets.lock");
    assert!(!project.read("targets.lock").contains(version));
}

/// Writes two CAs: one that has expired, and one that isn't valid yet.
const OTHER_TIMES: &str = r#"package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"time"
)

func main() {
	out, _ := os.Create("certs/ca.pem")
	for number, year := range []int{2001, 2997} {
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		day := time.Date(year, 2, 3, 0, 0, 0, 0, time.UTC)
		ca := &x509.Certificate{
			SerialNumber: big.NewInt(int64(number + 1)), NotBefore: day, NotAfter: day.AddDate(1, 0, 0),
			IsCA: true, BasicConstraintsValid: true,
		}
		der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
		if err != nil {
			panic(err)
		}
		pem.Encode(out, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
}
"#;

#[test]
fn certificates_that_are_not_valid_today_are_told_and_compiled_in() {
    let project = counting().file("times/main.go", OTHER_TIMES);
    let written = Command::new("go")
        .args(["run", "./times"])
        .current_dir(project.root())
        .status();
    assert!(written.unwrap().success());
    project
        .run(&["lock"])
        .exits(0)
        .says("certs/ca.pem: 2 certificates")
        .says("Note: certificate 1 of certs/ca.pem expired on 2002-02-03\n")
        .says("Note: certificate 2 of certs/ca.pem is valid from 2997-02-03 on, and not before\n");
    project.build(&["--binary", "counts"]).exits(0);
    assert_eq!(built(&project, "counts"), "trusts 2\n");
}
