//! A project with certificates to compile in, and what its programs print where there is nothing.

use std::path::Path;

use crate::blank;
use crate::project::{PRINTS_VERSION, Project};

/// The certificate of a CA, valid for a hundred years.
pub const CA: &str = include_str!("embed/ca.pem");

/// Says how many CAs it trusts.
pub const COUNTS: &str = r#"package main

import (
	"crypto/x509"
	"fmt"
)

func main() {
	pool, _ := x509.SystemCertPool()
	if pool == nil {
		pool = x509.NewCertPool()
	}
	fmt.Println("trusts", len(pool.Subjects()))
}
"#;

/// Its manifest.
pub const FILE: &str = "[embed]\nca_roots = \"certs/ca.pem\"\n";

/// Two programs, one of which never looks at a certificate.
pub fn counting() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/counts\n\ngo 1.24\n")
        .file("cmd/counts/main.go", COUNTS)
        .file("cmd/plain/main.go", PRINTS_VERSION)
        .file("certs/ca.pem", CA)
        .manifest(FILE)
}

/// A project whose certificates are pinned.
pub fn locked(project: Project) -> Project {
    project.run(&["lock"]).exits(0).says("Wrote targets.lock");
    project
}

/// What a program prints on a system on which there is nothing but its own network.
#[track_caller]
pub fn in_an_empty_root(program: &Path, variables: &[(&str, &str)]) -> String {
    let set = |system: blank::System, (name, value): &(&str, &str)| system.env(name, value);
    let system = variables.iter().fold(blank::system(program), set);
    let output = system.run(&[]);
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8(text).unwrap()
}

/// What a binary that was built prints there.
pub fn built(project: &Project, binary: &str) -> String {
    let path = format!("dist/{binary}_linux_amd64_v1/{binary}");
    in_an_empty_root(&project.path(&path), &[])
}
