//! A program that needs something of its system finds it in its image.

use std::fs;

use gobuildx::atomic::OutputFolder;
use gobuildx::inspect::{Loaded, Program, inspect};
use gobuildx::oci::{Digest, Layout, Materials, Wanted, wanted};
use gobuildx::process::Cancel;
use gobuildx::verify::{Evidence, Policy, verify};

use super::harness::run;
use super::program::{blueprint, compile};

const SOURCE: &str = r#"package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"os/user"
	"time"
)

func main() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	fmt.Println("zone:", berlin, err)
	pool, err := x509.SystemCertPool()
	fmt.Println("roots:", len(pool.Subjects()), err)
	who, err := user.LookupId("65532")
	fmt.Println("user:", who.Username, who.HomeDir, err)
	group, err := user.LookupGroupId("65532")
	fmt.Println("group:", group.Name, err)
	file, err := os.CreateTemp("", "x")
	fmt.Println("tmp:", file != nil, err)
}
"#;

/// A certificate, as a file has it.
const ROOT: &[u8] = include_bytes!("../cli/embed/ca.pem");

/// What the static gate says that an image has to have for a program.
fn wanted_by(program: &[u8]) -> Wanted {
    let facts = inspect(program).unwrap();
    let loaded = Loaded::of(facts.format, program);
    let code = Program::find(&loaded);
    let evidence = Evidence {
        bytes: program,
        facts: &facts,
        program: code.as_ref(),
        expectation: None,
        source_dirs: &[],
    };
    wanted(&verify(&evidence, &Policy::default()).findings)
}

#[test]
fn a_program_finds_what_the_gate_says_that_it_needs_and_runs_as_nobody_in_particular() {
    let temp = tempfile::tempdir().unwrap();
    compile(SOURCE, "amd64", temp.path());
    let program = temp.path().join("amd64");
    let bytes = fs::read(&program).unwrap();
    let wanted = wanted_by(&bytes);

    let mut blueprint = blueprint("v1");
    blueprint.parts.truncate(1);
    blueprint.parts[0].digest = Digest::of(&bytes);
    blueprint.parts[0].program = program;
    blueprint.parts[0].extras = wanted.extras;
    let goroot = run("go", ["env", "GOROOT"]);
    let zones = fs::read(format!("{}/lib/time/zoneinfo.zip", goroot.trim())).unwrap();
    let materials = Materials {
        ca_roots: Some(ROOT.to_vec()),
        zone_info: Some(zones),
    };
    let into = OutputFolder::create(temp.path().join("oci")).unwrap();
    Layout::write(&blueprint, &materials, &into, &Cancel::new()).unwrap();

    let from = format!("{}/oci:v1", temp.path().display());
    let bundle = temp.path().join("bundle");
    let bundle = bundle.to_str().unwrap();
    run("umoci", ["unpack", "--rootless", "--image", &from, bundle]);
    let config = fs::read_to_string(format!("{bundle}/config.json")).unwrap();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    let mut words = vec![
        "--unshare-all",
        "--clearenv",
        "--uid",
        "65532",
        "--gid",
        "65532",
    ];
    let root = format!("{bundle}/rootfs");
    words.extend(["--bind", &root, "/"]);
    for variable in config["process"]["env"].as_array().unwrap() {
        let (name, value) = variable.as_str().unwrap().split_once('=').unwrap();
        words.extend(["--setenv", name, value]);
    }
    words.extend(["--", "/hello"]);
    assert_eq!(
        run("bwrap", words),
        "zone: Europe/Berlin <nil>\nroots: 1 <nil>\nuser: app / <nil>\ngroup: app <nil>\ntmp: true <nil>\n"
    );
}
