//! A second build of a program that an emulator would start.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::project::{Project, Run};

/// A folder for PATH with these programs only.
fn path_of(programs: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let host = gobuildx::host::Host::probe().unwrap();
    for name in programs {
        let program = host.program(name).unwrap();
        symlink(program, folder.path().join(name)).unwrap();
    }
    folder
}

fn build(project: &Project) -> Run {
    project.run(&["build", "--matrix"]).exits(0)
}

/// When the snapshot was written: a build that asks go writes it anew.
fn taken(project: &Project) -> std::time::SystemTime {
    let snapshot = project.path("dist/.gobuildx/snapshot");
    fs::metadata(snapshot).unwrap().modified().unwrap()
}

#[test]
fn an_emulator_that_is_missing_leaves_nothing_to_do_until_it_is_there() {
    let path = path_of(&["go", "git"]);
    let project = Project::hello()
        .file(
            "targets.toml",
            "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"riscv64\"]\n\
             [build]\nrebuild = \"changed\"\n[smoke]\nargs = []\n",
        )
        .env("PATH", path.path());
    let missing = "`qemu-riscv64-static` is not on PATH";
    build(&project).says(missing);
    // What was written right before the first build settles in the second one.
    build(&project).says(missing);
    let before = taken(&project);
    build(&project).says("(nothing changed)").says(missing);
    assert_eq!(taken(&project), before, "neither go nor git is asked");

    // Whatever has that name is taken for it; what isolates programs isn't on this PATH.
    let emulator = path.path().join("qemu-riscv64-static");
    fs::write(&emulator, "").unwrap();
    fs::set_permissions(&emulator, fs::Permissions::from_mode(0o755)).unwrap();
    build(&project).says("not isolated: ");
}
