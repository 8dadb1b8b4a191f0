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

/// A shell that runs what it is called with where there are no control groups.
const WITHOUT_GROUPS: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    "mount -t tmpfs none /sys/fs/cgroup && exec \"$0\" \"$@\"",
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
    // That takes a right of root over what the program may write to.
    in_a_container(&project, &["smoke", "--grant", "tmp", "hello"]).exits(0);
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
         container, by `--isolation docker` or `podman`, in the manifest `isolation = \"docker\"`"
    );
    user.has_left_nothing();
}

#[test]
fn of_other_namespaces_it_is_said_which_are_forbidden() {
    let project = with("hello");
    let user = OrdinaryUser::of(&project);
    let without_networks = WITHOUT_NAMESPACES
        .iter()
        .map(|word| word.replace("max_user", "max_net"));
    let without_networks: Vec<String> = without_networks.collect();
    let launcher: Vec<&str> = without_networks.iter().map(String::as_str).collect();
    let record = record(&user.run_by(&launcher, &["smoke", "--format", "json", "hello"]));
    let because = record["because"].as_str().unwrap();
    let why = "not isolated: network namespaces are forbidden here, which bubblewrap needs \
               (`user.max_net_namespaces` is 0)";
    assert!(because.starts_with(why), "{because}");
}

#[test]
fn without_a_control_group_each_process_is_limited_and_that_is_told() {
    let project = programs();
    let user = OrdinaryUser::of(&project);
    let run = |words: &[&str]| {
        let smoke = ["smoke", "--format", "json", "--timeout", "1m"];
        user.run_by(WITHOUT_GROUPS, &[&smoke, words].concat())
    };
    let hello = record(&run(&["hello"]).exits(0));
    assert_eq!(hello["memory_limit_of"], "each", "{hello:#}");
    let told =
        "    memory     the limit is sure for each process alone, not for all or what they share\n";
    user.run_by(WITHOUT_GROUPS, &["smoke", "hello"])
        .exits(0)
        .prints(told);
    let eats = record(&run(&["hostile", "--", "eats"]).exits(1));
    assert_eq!(eats["because"], "it exited with 2", "{eats:#}");
    user.has_left_nothing();
}

/// A shell that runs what it is called with under limits that nothing in it can raise.
const LIMITED: &[&str] = &["prlimit", "--nofile=64", "--data=536870912"];

#[test]
fn limits_of_the_caller_that_are_stricter_hold_and_are_told() {
    let project = programs();
    let user = OrdinaryUser::of(&project);
    let smoke = ["smoke", "--format", "json", "hello"];
    let free = record(&user.run(&smoke).exits(0));
    assert_eq!(free["stricter_limits"], serde_json::json!([]));
    let limited = record(&user.run_by(LIMITED, &smoke).exits(0));
    let stricter = ["536.9 MB of memory for each process", "64 open files"];
    assert_eq!(limited["stricter_limits"], serde_json::json!(stricter));
    user.run_by(LIMITED, &["smoke", "hello"]).exits(0).prints(
        "    limits     536.9 MB of memory for each process, 64 open files: the caller may have no more\n",
    );
    // Root becomes somebody else, who has no other threads.
    let low = [
        LIMITED,
        &[
            "--as=8589934592",
            "--nproc=200",
            "--cpu=600",
            "--fsize=50000000",
        ],
    ];
    let as_root = run_by(&project, &low.concat(), &smoke).exits(0);
    assert_eq!(
        record(&as_root)["stricter_limits"],
        serde_json::json!([
            stricter[0],
            "8.6 GB of addresses for each process",
            "200 threads of the user",
            stricter[1],
            "600 s of CPU time for each process",
            "50.0 MB in each file",
        ])
    );
}

/// What gobuildx does when this program starts it.
fn run_by(project: &Project, launcher: &[&str], args: &[&str]) -> Run {
    let run = project.command(args);
    let mut command = Command::new(launcher[0]);
    command
        .args(&launcher[1..])
        .arg(run.get_program())
        .args(args)
        .current_dir(project.root());
    Run::of(command.output().unwrap())
}

#[test]
fn what_the_caller_has_less_of_only_for_now_is_lifted_for_the_program() {
    let project = programs();
    let smoke = ["smoke", "--format", "json", "hello"];
    let launcher = ["prlimit", "--cpu=600:", "--fsize=50000000:"];
    let record = record(&run_by(&project, &launcher, &smoke).exits(0));
    assert_eq!(record["stricter_limits"], serde_json::json!([]));
    // It is full before the file has all that it may.
    let fills = [
        "smoke", "--format", "json", "--grant", "tmp", "hostile", "--", "fills",
    ];
    let fills = crate::smoked::record(&run_by(&project, &launcher, &fills));
    let said = fills["said"].to_string();
    assert!(said.contains("no space left on device"), "{fills:#}");
}

#[test]
fn a_build_tells_limits_of_the_caller_where_it_ends() {
    let text = "[[matrix.include]]\ntarget = \"linux/amd64\"\n[build]\nrebuild = \"changed\"\nvcs = false\n[smoke]\n";
    let project = Project::hello().file("targets.toml", text);
    let build = ["build", "--matrix"];
    run_by(&project, &["prlimit", "--cpu=600"], &build)
        .exits(0)
        .says("run on a blank system under limits of the caller: linux/amd64/v1 (600 s of CPU time for each process)");
    let page = project.read("dist/report.html");
    let told = "600 s of CPU time for each process: the caller may have no more";
    assert!(page.contains(told), "{page}");
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
