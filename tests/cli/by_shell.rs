//! `plan --format sh`: a shell makes the same bytes without gobuildx.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::project::Project;

const TARGETS: [&str; 4] = ["--target", "linux/amd64", "--target", "windows/arm64"];

#[test]
fn a_shell_makes_the_same_bytes_wherever_it_runs() {
    let project = Project::empty()
        .file(
            "it's mine/ä b/go.mod",
            "module example.com/hello\n\ngo 1.24\n",
        )
        .file("it's mine/ä b/main.go", crate::project::PRINTS_VERSION);
    let root = project.path("it's mine/ä b");
    let gobuildx = |args: &[&str]| {
        let output = project
            .command(args)
            .args(["--rebuild", "changed"])
            .args(TARGETS)
            .current_dir(&root)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    gobuildx(&["build"]);
    let files = [
        "hello_linux_amd64_v1/hello",
        "hello_windows_arm64_v8.0/hello.exe",
    ];
    let read = |file: &str| fs::read(root.join("dist").join(file)).unwrap();
    let built = files.map(read);
    let script = gobuildx(&["plan", "--format", "sh"]);

    for shell in ["sh", "bash"] {
        fs::remove_dir_all(root.join("dist")).unwrap();
        let mut child = Command::new(shell)
            .current_dir("/")
            .envs([("GOFLAGS", "-race"), ("GOAMD64", "v4"), ("CDPATH", "/")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&script).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(files.map(read) == built, "{shell} makes other bytes");
        let own = fs::read_dir(root.join("dist/.gobuildx")).unwrap();
        let mut names: Vec<_> = own.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["lock", "placed"], "intermediate files stay behind");
    }
}

#[test]
fn a_shell_leaves_no_records_of_an_earlier_run_and_its_artifacts_are_known() {
    let project = Project::hello();
    let changed = ["--rebuild", "changed"];
    project
        .run(&[&["build"][..], &changed[..]].concat())
        .exits(0);
    let args = [
        &["plan", "--format", "sh", "--target", "windows/amd64"][..],
        &changed[..],
    ]
    .concat();
    let script = project.run(&args).exits(0).stdout;
    let mut shell = Command::new("sh").stdin(Stdio::piped()).spawn().unwrap();
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    assert!(shell.wait().unwrap().success());
    assert!(!project.path("dist/checksums.txt").exists());
    assert!(
        project
            .path("dist/hello_windows_amd64_v1/hello.exe")
            .exists()
    );

    project
        .run(&[&["build"][..], &changed[..]].concat())
        .exits(0)
        .says("Removed");
    assert!(!project.path("dist/hello_windows_amd64_v1").exists());
    assert!(project.path("dist/hello_linux_amd64_v1/hello").exists());
}
