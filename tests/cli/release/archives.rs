//! What people download: real tar, zstd and unzip take it apart, and nothing is in it that isn't meant.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::{LINUX, archives, delivered, file, hello, of, planned, released, text, tool, version};
use crate::project::{PRINTS_VERSION, Project, says};

const FORMATS: &str = "[release]\narchives = [\"tar.gz\", \"tar.zst\", \"zip\"]\n\
                       files = [\"LICENSE*\", \"docs/**/*.md\", \"install.sh\"]\n";

/// A project with files besides its program, some of which are meant.
fn furnished() -> Project {
    let project = Project::hello()
        .file("LICENSE", "You may.\n")
        .file("docs/guide.md", "# Guide\n")
        .file("docs/deep/more.md", "# More\n")
        .file("docs/draft.txt", "no\n")
        .file("install.sh", "#!/bin/sh\n");
    let mode = |path: &str, mode| {
        fs::set_permissions(project.path(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("install.sh", 0o700);
    mode("LICENSE", 0o660);
    project
}

const MEMBERS: [(&str, u32); 5] = [
    ("LICENSE", 0o644),
    ("docs/deep/more.md", 0o644),
    ("docs/guide.md", 0o644),
    ("hello", 0o755),
    ("install.sh", 0o755),
];

/// The files below a folder with their modes.
fn modes(folder: &Path) -> Vec<(String, u32)> {
    let files = delivered(folder).into_iter();
    files.map(|(name, (mode, _))| (name, mode)).collect()
}

#[test]
fn tar_zstd_and_unzip_take_archives_apart() {
    let project = released(of(furnished(), &format!("{LINUX}{FORMATS}")));
    let program = project.path("dist/hello_linux_amd64_v1/hello");
    for (ending, words) in [
        ("tar.gz", ["tar", "--no-same-owner", "-xpzf"].as_slice()),
        ("tar.zst", &["tar", "--zstd", "--no-same-owner", "-xpf"]),
        ("zip", &["unzip", "-q"]),
    ] {
        let archive = file(&project, &format!("linux_amd64.{ending}"));
        let folder = project.path(&format!("un-{ending}"));
        fs::create_dir(&folder).unwrap();
        let mut args = words[1..].to_vec();
        args.push(archive.to_str().unwrap());
        tool(&folder, words[0], &args);
        let members = MEMBERS.map(|(name, mode)| (name.to_owned(), mode));
        assert_eq!(modes(&folder), members, "{ending}");
        for (name, _) in MEMBERS {
            let original = if name == "hello" {
                program.clone()
            } else {
                project.path(name)
            };
            let same = fs::read(folder.join(name)).unwrap() == fs::read(&original).unwrap();
            assert!(same, "{ending}: {name}");
        }
        let says = tool(&folder, "./hello", &[]);
        assert_eq!(says, "unset\n");
    }
}

#[test]
fn members_are_of_nobody_and_of_the_commits_time() {
    let project = released(of(furnished(), &format!("{LINUX}{FORMATS}")));
    let path = |ending: &str| file(&project, &format!("linux_amd64.{ending}"));
    let listed = |ending: &str| {
        let archive = path(ending);
        let args = [
            "--numeric-owner",
            "--full-time",
            "-tvf",
            archive.to_str().unwrap(),
        ];
        tool(project.root(), "tar", &args)
    };
    for ending in ["tar.gz", "tar.zst"] {
        let lines = listed(ending);
        let lines: Vec<Vec<&str>> = lines
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        let names: Vec<&str> = lines.iter().map(|words| words[5]).collect();
        assert_eq!(names, MEMBERS.map(|(name, _)| name), "{ending}");
        for words in lines {
            assert_eq!(words[1], "0/0", "{ending}");
            assert_eq!((words[3], words[4]), ("2024-05-06", "07:08:09"), "{ending}");
        }
    }
    let zip = path("zip");
    let lines = tool(project.root(), "zipinfo", &["-T", zip.to_str().unwrap()]);
    // A zip counts two seconds at a time.
    assert_eq!(
        lines.matches(" 20240506.070808 ").count(),
        MEMBERS.len(),
        "{lines}"
    );
}

#[test]
fn names_are_those_that_people_look_for() {
    let manifest = "[matrix]\ngoos = [\"linux\", \"windows\", \"darwin\"]\ngoarch = [\"amd64\", \"arm64\", \"arm\"]\n\
        variants = { amd64 = [\"v1\", \"v3\"], arm = [\"6\", \"7\"] }\n\
        exclude = [{ goos = \"darwin\", variant = \"v3\" }, { goos = \"windows\", goarch = \"arm64\" }, { goos = \"windows\", goarch = \"arm\" }, { goos = \"darwin\", goarch = \"arm\" }]\n";
    let project = of(Project::hello(), manifest);
    let planned = planned(&project);
    let commit = project.git(&["rev-parse", "--short=7", "HEAD"]);
    let start = format!("hello_v1.2.3-{commit}_");
    let names: Vec<&str> = archives(&planned)
        .iter()
        .map(|name| name.strip_prefix(&start).unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "darwin_amd64.tar.gz",
            "darwin_arm64.tar.gz",
            "linux_amd64.tar.gz",
            "linux_amd64v3.tar.gz",
            "linux_arm64.tar.gz",
            "linux_armv6.tar.gz",
            "linux_armv7.tar.gz",
            "windows_amd64.zip",
            "windows_amd64v3.zip",
        ]
    );
}

/// Two programs.
fn two() -> Project {
    Project::empty()
        .file("go.mod", "module example.com/hello\n\ngo 1.24\n")
        .file("cmd/hello/main.go", PRINTS_VERSION)
        .file("cmd/tool/main.go", &says("a tool"))
        .file("LICENSE", "You may.\n")
}

#[test]
fn programs_of_a_target_share_an_archive_or_have_one_each() {
    let project = released(of(
        two(),
        &format!("{LINUX}[release]\nfiles = [\"LICENSE\"]\n"),
    ));
    let members = |archive: &Path| {
        let listed = tool(project.root(), "tar", &["-tzf", archive.to_str().unwrap()]);
        listed.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        members(&file(&project, "linux_amd64.tar.gz")),
        ["LICENSE", "hello", "tool"]
    );

    project.write(
        "targets.toml",
        &format!("{LINUX}[release]\nbundle = \"binary\"\nfiles = [\"LICENSE\"]\n"),
    );
    let before = file(&project, "linux_amd64.tar.gz");
    project.git(&["commit", "-qam", "An archive for each"]);
    project.run(&["release", "-q"]).exits(0);
    assert_eq!(
        members(&file(&project, "linux_amd64.tar.gz")),
        ["LICENSE", "hello"]
    );
    let of_tool = format!("dist/tool_{}_linux_amd64.tar.gz", version(&project));
    assert_eq!(members(&project.path(&of_tool)), ["LICENSE", "tool"]);
    assert!(!before.exists(), "what was released before is gone");
}

#[test]
fn checksums_name_every_file_and_hold() {
    let project = released(hello(
        "[release.image]\nname = \"registry.example/hello\"\n",
    ));
    let dist = project.path("dist");
    tool(
        &dist,
        "sha256sum",
        &["-c", "--strict", "--quiet", "checksums.txt"],
    );
    let sums = project.read("dist/checksums.txt");
    let listed: Vec<&str> = sums
        .lines()
        .map(|line| line.split_once("  ").unwrap().1)
        .collect();
    let own = [".gitignore", "checksums.txt"];
    let all = delivered(&dist);
    let all: Vec<&String> = all
        .keys()
        .filter(|name| !own.contains(&name.as_str()))
        .collect();
    assert_eq!(listed, all);
    let record = project.json("dist/release.json");
    for one in record["files"].as_array().unwrap() {
        let path = dist.join(text(&one["path"]));
        assert_eq!(text(&one["sha256"]), super::sha256(&path));
        assert_eq!(one["size"], fs::metadata(&path).unwrap().len());
    }
}

#[test]
fn files_that_can_not_be_packed_are_told_with_what_to_do() {
    let with = |files: &str| format!("{LINUX}[release]\nfiles = [{files}]\n");
    let project = furnished().manifest(&with("\"LICENCE*\""));
    project
        .run(&["release"])
        .exits(3)
        .says("failed to find a file that `LICENCE*` of `files` means")
        .says(
            "help: patterns start at the manifest's folder; remove it, or write the name as it is",
        );

    symlink("/etc/passwd", project.path("NOTICE")).unwrap();
    let project = project.manifest(&with("\"NOTICE\""));
    project
        .run(&["release"])
        .exits(3)
        .says("NOTICE` into archives: it is a symbolic link")
        .says("help: name the file that it leads to");

    let project = project
        .file("Hello", "in the way\n")
        .manifest(&with("\"Hello\""));
    project
        .run(&["release"])
        .exits(3)
        .says("failed to plan the release: `Hello` of `files` has the name of a program in `hello_")
        .says("help: leave it out of `files`, or rename it");
    for escape in ["../secret", "/etc/passwd", "docs/../../secret"] {
        let project = Project::hello().manifest(&with(&format!("{escape:?}")));
        project.run(&["release"]).exits(3).says("targets.toml:7:10");
    }
    assert!(!project.path("dist").exists(), "nothing is built in vain");
}

#[test]
fn a_universal_program_is_packed_for_both_kinds_of_macs() {
    let manifest = "[matrix]\ngoos = [\"darwin\"]\ngoarch = [\"amd64\", \"arm64\"]\n[build]\nrebuild = \"changed\"\n\
                    [release]\nuniversal = true\n";
    let project = released(of(Project::hello(), manifest));
    let folder = project.path("mac");
    fs::create_dir(&folder).unwrap();
    let archive = file(&project, "darwin_universal.tar.gz");
    tool(&folder, "tar", &["-xpzf", archive.to_str().unwrap()]);
    let kind = tool(&folder, "file", &["-b", "hello"]);
    assert!(
        kind.starts_with("Mach-O universal binary with 2 architectures: [x86_64:"),
        "{kind}"
    );
    assert!(kind.contains("arm64"), "{kind}");
    assert_eq!(modes(&folder), [("hello".to_owned(), 0o755)]);
    assert_eq!(
        super::sha256(&folder.join("hello")),
        super::sha256(&project.path("dist/hello_darwin_universal/hello"))
    );

    let project = project.manifest(
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\n[release]\nuniversal = true\n",
    );
    project
        .run(&["release", "--dry-run"])
        .exits(3)
        .says("no program is built for darwin/amd64 and for darwin/arm64")
        .says("help: add both to the matrix, or remove `universal = true`");
}
