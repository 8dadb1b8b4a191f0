//! Files have their modes whatever the umask, and a full disk leaves nothing behind.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use gobuildx::atomic::{Mode, OutputFolder};
use gobuildx::process::{Cancel, Command};

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().permissions().mode() & 0o7777
}

/// Not a test of its own: writes below the current folder.
#[test]
#[ignore = "run by the other tests"]
fn program() {
    let out = OutputFolder::create("a/dist").unwrap();
    std::fs::write("staged", "binary").unwrap();
    out.place(Path::new("staged"), "bin/x/tool", Mode::Executable)
        .unwrap();
    out.write("bin/y/tool", b"binary", Mode::Executable)
        .unwrap();
    out.write("report.json", b"{}", Mode::Record).unwrap();
    let error = out.write("large", &vec![0; 1 << 20], Mode::Record);
    std::fs::write("result", format!("{error:?}")).unwrap();
}

/// Runs the program in a new folder after some settings of the shell.
fn run(settings: &str) -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    let script = format!(r#"{settings}; exec "$0" --exact program --ignored"#);
    Command::new("/bin/sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .dir(temp.path())
        .run(&Cancel::new())
        .unwrap();
    temp
}

#[test]
fn the_umask_changes_no_mode() {
    for umask in ["000", "022", "077", "0277"] {
        let temp = run(&format!("umask {umask}"));
        let root = temp.path().join("a");
        for folder in ["", "dist", "dist/bin", "dist/bin/x", "dist/bin/y"] {
            assert_eq!(mode(&root.join(folder)), 0o755, "{umask} {folder}");
        }
        for file in ["dist/bin/x/tool", "dist/bin/y/tool"] {
            assert_eq!(mode(&root.join(file)), 0o755, "{umask} {file}");
        }
        for file in ["dist/report.json", "dist/large"] {
            assert_eq!(mode(&root.join(file)), 0o644, "{umask} {file}");
        }
    }
}

#[test]
fn a_file_that_finds_no_room_leaves_nothing() {
    let temp = run("trap '' XFSZ; ulimit -f 64");
    let result = std::fs::read_to_string(temp.path().join("result")).unwrap();
    assert!(result.contains("FileTooLarge"), "{result}");
    let mut names: Vec<_> = std::fs::read_dir(temp.path().join("a/dist"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["bin", "report.json"]);
}
