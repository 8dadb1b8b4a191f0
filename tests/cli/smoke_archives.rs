//! `smoke` on archives, those that gobuildx makes and those of others; and what others say of its own.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use gobuildx::archive::{Format, Member, pack};
use gobuildx::atomic::Mode;

use crate::folder::Small;
use crate::project::{Project, Run};
use crate::smoked::{hello_for, program, record, with};

const EPOCH: u64 = 1_700_000_000;

/// Packs a program with a text beside it.
fn packed(project: &Project, format: Format, program: &Path) -> String {
    project.write("LICENSE", "free\n");
    let member = |path: &str, mode, from: &Path| Member {
        path: path.parse().unwrap(),
        mode,
        from: from.to_owned(),
    };
    let members = [
        member("hello-1.0/bin/hello", Mode::Executable, program),
        member("hello-1.0/LICENSE", Mode::Record, &project.path("LICENSE")),
    ];
    let name = format!("hello.{format}");
    let file = File::create_new(project.path(&name)).unwrap();
    pack(format, &members, EPOCH, file).unwrap();
    name
}

/// What a program says of the project, which has to be content.
#[track_caller]
fn content(project: &Project, program: &str, args: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(args).current_dir(project.root()).output();
    Run::of(output.unwrap()).exits(0).stdout
}

#[test]
fn a_program_passes_from_every_kind_of_archive() {
    for format in Format::ALL {
        let project = Project::empty();
        let archive = packed(&project, *format, &program("hello"));
        let run = project
            .run(&["smoke", "--format", "json", &archive])
            .exits(0);
        let record = record(&run);
        assert_eq!(record["path"], format!("{archive}:/hello-1.0/bin/hello"));
        assert_eq!(record["verdict"], "pass");
    }
}

#[test]
fn a_machine_without_room_for_an_archive_says_nothing_of_its_programs() {
    for format in Format::ALL {
        let project = Project::empty();
        let archive = packed(&project, *format, &program("hello"));
        let tmp = project.path("tmp");
        let Some(_small) = Small::mount(tmp.clone(), "size=400k") else {
            return;
        };
        let project = project.env("TMPDIR", tmp);
        let run = project.run(&["smoke", "--format", "json", &archive]);
        let record = record(&run.exits(4));
        assert_eq!(record["verdict"], "not run", "{record:#}");
        let because = record["because"].as_str().unwrap();
        let why = "`hello-1.0/bin/hello` can't be written: No space left on device";
        assert!(because.contains(why), "{because}");
        let next = record["next"].as_str().unwrap();
        assert!(next.contains("`TMPDIR=DIR` names another one"), "{next}");
    }
}

#[test]
fn a_program_for_another_cpu_is_emulated() {
    let project = Project::empty();
    let hello = hello_for(&project, "linux", "arm64");
    let archive = packed(&project, Format::TarGz, &hello);
    let run = project
        .run(&["smoke", "--format", "json", &archive])
        .exits(0);
    let record = record(&run);
    assert_eq!(record["verdict"], "pass", "{record:#}");
    assert_eq!(record["target"], "linux/arm64/v8.0");
    assert_eq!(record["how"], "with qemu-aarch64-static");
}

#[test]
fn other_programs_read_the_archives() {
    let project = Project::empty();
    let hello = program("hello");
    let names = ["hello-1.0/LICENSE\n", "hello-1.0/bin/hello\n"].concat();
    let gz = packed(&project, Format::TarGz, &hello);
    assert_eq!(content(&project, "tar", &["-tzf", &gz]), names);
    let zst = packed(&project, Format::TarZst, &hello);
    content(&project, "zstd", &["-tq", &zst]);
    assert_eq!(content(&project, "tar", &["--zstd", "-tf", &zst]), names);
    let zip = packed(&project, Format::Zip, &hello);
    content(&project, "unzip", &["-tq", &zip]);
    let script = "import sys, tarfile, zipfile\n\
                  tar, zip = tarfile.open(sys.argv[1]), zipfile.ZipFile(sys.argv[2])\n\
                  assert zip.testzip() is None\n\
                  for one in tar: print(oct(one.mode), one.uid, one.gid, one.uname, one.mtime, one.name)\n\
                  for one in zip.infolist(): print(oct(one.external_attr >> 16), one.filename)\n";
    let expected = "0o644 0 0  1700000000 hello-1.0/LICENSE\n\
                    0o755 0 0  1700000000 hello-1.0/bin/hello\n\
                    0o100644 hello-1.0/LICENSE\n\
                    0o100755 hello-1.0/bin/hello\n";
    assert_eq!(
        content(&project, "python3", &["-c", script, &gz, &zip]),
        expected
    );
    for (unpacker, args) in [
        ("tar", ["-xzf", gz.as_str()]),
        ("tar", ["-xf", zst.as_str()]),
        ("unzip", ["-q", zip.as_str()]),
    ] {
        content(&project, unpacker, &args);
        content(
            &project,
            "cmp",
            &["hello-1.0/bin/hello", hello.to_str().unwrap()],
        );
        content(&project, "hello-1.0/bin/hello", &[]);
        fs::remove_dir_all(project.path("hello-1.0")).unwrap();
    }
}

#[test]
fn archives_of_other_programs_are_read_whatever_the_umask_is() {
    let project = Project::empty();
    fs::create_dir_all(project.path("hello-1.0/bin")).unwrap();
    fs::copy(program("hello"), project.path("hello-1.0/bin/hello")).unwrap();
    let folder = "hello-1.0";
    content(&project, "tar", &["-czf", "a.tar.gz", folder]);
    content(&project, "tar", &["-czf", "b.tgz", "./hello-1.0"]);
    content(&project, "tar", &["--zstd", "-cf", "c.tar.zst", folder]);
    content(&project, "zip", &["-qr", "d.zip", folder]);
    let mut shell = Command::new("sh");
    let gobuildx = env!("CARGO_BIN_EXE_gobuildx");
    shell.args([
        "-c",
        "umask 077; exec \"$0\" smoke *.tgz *.zip *.tar.*",
        gobuildx,
    ]);
    Run::of(shell.current_dir(project.root()).output().unwrap())
        .exits(0)
        .says("Done: 4 passed, 0 failed, 0 not run");
}

#[test]
fn an_archive_without_a_program_is_a_failure() {
    let project = Project::empty().file("README", "text");
    content(&project, "tar", &["-czf", "texts.tar.gz", "README"]);
    project
        .run(&["smoke", "texts.tar.gz"])
        .exits(1)
        .prints("failed to find a program in `texts.tar.gz`")
        .prints("programs are the files of an archive that may be started");
}

/// An archive of these paths, made by tar.
pub fn tarred(project: &Project, options: &[&str], paths: &[&str]) {
    let tar = Command::new("tar")
        .args(options)
        .args(["-czf", "all.tar.gz"])
        .args(paths)
        .current_dir(project.root())
        .status();
    assert!(tar.unwrap().success());
}

#[test]
fn what_is_granted_hides_nothing_of_an_archive() {
    let project = with("hello").file("tmp/form", "empty").file("proc/x", "");
    tarred(&project, &[], &["hello", "tmp", "proc"]);
    let smoke = ["smoke", "--format", "json", "all.tar.gz"];
    assert_eq!(record(&project.run(&smoke).exits(0))["verdict"], "pass");
    for grant in ["tmp", "proc"] {
        let run = project.run(&[&smoke[..], &["--grant", grant]].concat());
        let record = record(&run.exits(2));
        assert_eq!(record["verdict"], "not run", "{record:#}");
        let why = format!("failed to grant `{grant}`: it would hide `/{grant}` of the archive");
        assert_eq!(record["because"], why);
        let next = record["next"].as_str().unwrap();
        assert!(next.starts_with(&format!("leave `{grant}` out")), "{next}");
    }
}

#[test]
fn of_an_archive_with_links_it_is_said_how_to_pack_it_without() {
    let project = with("hello");
    std::os::unix::fs::symlink("hello", project.path("linked")).unwrap();
    tarred(&project, &[], &["hello", "linked"]);
    let smoke = ["smoke", "--format", "json", "all.tar.gz"];
    let refused = record(&project.run(&smoke).exits(1));
    let because = refused["because"].as_str().unwrap();
    assert!(
        because.contains("`linked` is no file but a link"),
        "{because}"
    );
    let next = refused["next"].as_str().unwrap();
    assert!(next.contains("`tar --dereference`"), "{next}");
    tarred(&project, &["--dereference"], &["linked"]);
    assert_eq!(record(&project.run(&smoke).exits(0))["verdict"], "pass");
}

#[test]
fn an_archive_that_leads_out_is_refused() {
    let project = Project::empty().file("a/program", "x");
    let args = ["-C", "a", "-P", "-czf", "out.tar.gz", "../a/program"];
    content(&project, "tar", &args);
    project
        .run(&["smoke", "out.tar.gz"])
        .exits(1)
        .prints("failed to unpack `out.tar.gz`: `../a/program` leads out of the archive");
}
