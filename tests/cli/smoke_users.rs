//! `smoke` in user namespaces, as rootless containers have them.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::live::wait_until;
use crate::project::{Project, Run};
use crate::smoked::{OrdinaryUser, hello_for, missing, processes_named, program, record, with};

/// A shell that runs what it is called with, once no namespace of users can be made anymore.
const WITHOUT_NAMESPACES: &[&str] = &[
    "unshare",
    "--map-root-user",
    "sh",
    "-c",
    "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" \"$@\"",
];

/// A folder with the programs that the tests of this file run.
fn programs() -> Project {
    let project = with("hello");
    for name in ["zone", "hostile"] {
        fs::copy(program(name), project.path(name)).unwrap();
    }
    project
}

#[test]
fn root_without_another_user_is_limited_as_who_it_is_outside() {
    let project = programs();
    let user = OrdinaryUser::of(&project);
    let run = |words: &[&str]| {
        let smoke = ["smoke", "--format", "json", "--timeout", "2s"];
        user.run_by(&["unshare", "--map-root-user"], &[&smoke, words].concat())
    };
    assert_eq!(record(&run(&["hello"]).exits(0))["verdict"], "pass");
    let zone = run(&["zone"]).exits(1);
    assert_eq!(missing(&record(&zone)), ["tzdata"]);
    let forks = record(&run(&["hostile", "--", "forks"]).exits(1));
    assert_eq!(forks["because"], "it didn't end within 2.0 s", "{forks:#}");
    user.has_left_nothing();
}

#[test]
fn root_with_other_users_becomes_one_of_these() {
    let project = programs();
    let zone = record(&in_a_container(&project, &["smoke", "--format", "json", "zone"]).exits(1));
    assert_eq!(missing(&zone), ["tzdata"], "{zone:#}");
    in_a_container(&project, &["smoke", "hello"]).exits(0);
    let root = project.root().display().to_string();
    assert_eq!(processes_named(&root), [""; 0]);
}

/// What gobuildx does as root of a user namespace with 65537 users.
fn in_a_container(project: &Project, args: &[&str]) -> Run {
    let gobuildx = project.command(args);
    let start = |launcher: &[&str]| {
        let mut command = Command::new(launcher[0]);
        command
            .args(&launcher[1..])
            .arg(gobuildx.get_program())
            .args(args)
            .current_dir(project.root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    if !rustix::process::geteuid().is_root() {
        let child = start(&["unshare", "--map-root-user", "--map-auto"]);
        return Run::of(child.wait_with_output().unwrap());
    }
    let becoming = "read mapped && exec setpriv --reuid 0 --regid 0 --clear-groups \"$0\" \"$@\"";
    let mut child = start(&["unshare", "--user", "sh", "-c", becoming]);
    let of = |process: &str| fs::read_link(format!("/proc/{process}/ns/user")).unwrap();
    let process = child.id().to_string();
    wait_until("it has users of its own", || of(&process) != of("self"));
    for map in ["uid_map", "gid_map"] {
        let users = "0 0 1\n1 100000 65536\n";
        fs::write(format!("/proc/{process}/{map}"), users).unwrap();
    }
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    Run::of(child.wait_with_output().unwrap())
}

#[test]
fn where_user_namespaces_are_forbidden_it_is_said_in_these_words_and_what_to_do() {
    let project = with("hello");
    let user = OrdinaryUser::of(&project);
    let record = record(
        &user
            .run_by(WITHOUT_NAMESPACES, &["smoke", "--format", "json", "hello"])
            .exits(1),
    );
    assert_eq!(record["verdict"], "not run");
    assert_eq!(
        record["because"],
        "not isolated: user namespaces are forbidden here, which bubblewrap needs \
         (`user.max_user_namespaces` is 0): `sysctl user.max_user_namespaces=15000` allows them; or take a \
         container by `isolation = \"docker\"` or `\"podman\"`"
    );
    user.has_left_nothing();
}

#[test]
fn programs_of_other_cpus_run_without_another_user_too() {
    let project = Project::empty();
    hello_for(&project, "linux", "arm64");
    let user = OrdinaryUser::of(&project);
    user.run_by(&["unshare", "--map-root-user"], &["smoke", "hello"])
        .exits(0)
        .prints("with qemu-aarch64-static, in isolation");
}
