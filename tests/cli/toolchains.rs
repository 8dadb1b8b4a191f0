//! C toolchains: which definitions count, whom they are believed, which one is chosen, and that where its programs lie
//! changes nothing.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::answers::{compiles, only_argv, program, words};
use crate::project::Project;

/// Prints what the compiler was told of `WHO`.
const WHO: &str = "package main\n\n// #ifndef WHO\n// #define WHO 0\n// #endif\n// static int who(void) { return WHO; }\n\
    import \"C\"\n\nimport \"os\"\n\nfunc main() { os.Stdout.WriteString(string(rune('0' + C.who()))) }\n";

/// One cell with cgo.
const CELL: &str = "[[matrix.include]]\ntarget = \"linux/amd64\"\ncgo = true\n";

/// A program with C in it; nothing of a user's own counts.
fn project(manifest: &str) -> Project {
    let project = Project::empty()
        .file("go.mod", "module example.com/who\n\ngo 1.24\n")
        .file("main.go", WHO)
        .manifest(manifest);
    let config = project.path("config");
    project.env("XDG_CONFIG_HOME", config)
}

/// The only programs that there are: go and git, and these.
fn with_only(project: Project, programs: &[&str]) -> Project {
    let bin = project.path("bin");
    fs::create_dir(&bin).unwrap();
    for name in ["go", "git"].iter().chain(programs) {
        symlink(program(name), bin.join(name)).unwrap();
    }
    project.env("PATH", bin)
}

/// A toolchain of the name `mine`: gcc, with a word of its own.
fn mine(word: &str) -> String {
    format!(
        "like = \"gnu\"\ndescription = \"mine\"\ncommands = {{ cc = [\"{{gcc}}\", \"{word}\"] }}\n"
    )
}

/// The toolchain of the only go process of a plan, and why it is that.
#[track_caller]
fn chosen(plan: &Value) -> (String, String) {
    let [step] = compiles(plan)[..] else {
        panic!("{plan:#}")
    };
    let here = &step["tuning"]["toolchain"];
    let text = |key: &str| here[key].as_str().unwrap().to_owned();
    (text("name"), text("why"))
}

#[test]
fn a_toolchain_that_is_not_there_is_told_with_the_nearest_one() {
    let unknown = project(&format!("{CELL}toolchain = \"zig-muls\"\n"));
    unknown
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("the toolchain `zig-muls` can't compile linux/amd64/v1: there is no toolchain of this name")
        .says("targets.toml:4:13")
        .says("did you mean `zig-musl`?");
    let faulty =
        format!("{CELL}[toolchain.mine]\nlike = \"gnu\"\ninstall = {{ brewery = \"gcc\" }}\n");
    project(&faulty)
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("the toolchain `mine` can't be used: `install.brewery` is none")
        .says("targets.toml:4:12");
    let elsewhere =
        "[[matrix.include]]\ntarget = \"windows/amd64\"\ncgo = true\ntoolchain = \"musl-gcc\"\n";
    project(elsewhere)
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("it doesn't compile for this target on this machine")
        .says("gobuildx toolchains list");
    let old = format!("{CELL}toolchain = \"zig-gnu.2.5\"\n");
    project(&old)
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("the oldest glibc for this target is 2.17")
        .says("write `zig-gnu.2.17`, or a newer one");
}

#[test]
fn where_none_is_installed_nothing_is_built_and_all_that_would_do_are_told() {
    let project = with_only(project(CELL), &[]);
    project
        .run(&["build", "--matrix"])
        .exits(4)
        .says("failed to find a C toolchain for linux/amd64/v1, which is built with cgo\n")
        .says("\n  musl-gcc: neither `musl-gcc` nor `gcc` is on PATH\n")
        .says("help: one of these will do: ")
        .says("pip install ziglang");
    assert!(!project.path("dist/who_linux_amd64_v1").exists());
}

#[test]
fn the_best_that_is_installed_is_taken_and_those_that_would_be_better_are_named() {
    let project = with_only(project(CELL), &["gcc"]);
    let (name, why) = chosen(&project.plan(&["--matrix"]));
    assert_eq!(name, "gnu");
    assert_eq!(
        why,
        "the best that is installed; musl-gcc, zig-musl would come first"
    );
    let named = format!("{CELL}toolchain = \"gnu\"\n");
    let project = project.manifest(&named);
    assert_eq!(
        chosen(&project.plan(&["--matrix"])).1,
        "the manifest names it"
    );
}

#[test]
fn what_a_project_says_of_programs_needs_permission() {
    let project = project(&format!("{CELL}toolchain = \"mine\"\n"))
        .file("toolchains/mine.toml", &mine("-DWHO=7"));
    project
        .run(&["build", "--matrix"])
        .exits(2)
        .says("failed to use the toolchain `mine`: the project itself says what it starts")
        .says("build with --allow-toolchains");
    assert!(!project.path("dist/who_linux_amd64_v1").exists());
    project
        .build(&["--matrix", "--allow-toolchains"])
        .exits(0)
        .prints("linux/amd64/v1+mine")
        .prints("static: proven");
    assert_eq!(project.prints("who_linux_amd64_v1/who"), "7");
    let record = project.json("dist/artifacts.json");
    assert_eq!(record["artifacts"][0]["toolchain"], "mine");

    // It isn't asked for either where it would be chosen.
    let unnamed = project.file(
        "toolchains/mine.toml",
        &format!("rank = 1\n{}", mine("-DWHO=7")),
    );
    let unnamed = unnamed.manifest(CELL);
    unnamed
        .run(&["plan", "--matrix"])
        .exits(2)
        .says("the toolchain `mine`");
    let (name, why) = chosen(&unnamed.plan(&["--matrix", "--allow-toolchains"]));
    assert_eq!(name, "musl-gcc", "{why}: musl comes before any rank");
}

#[test]
fn no_verb_starts_what_a_project_names_without_permission() {
    let named = format!("{CELL}toolchain = \"mine\"\n");
    let project = project(&named);
    let mark = project.path("started");
    let starts = format!(
        "[[program]]\nname = \"gcc\"\ncommand = [\"sh\"]\nversion = [\"-c\", \": >'{}'; echo 1.0\"]\n\
         [[program]]\nname = \"gxx\"\ncommand = [\"sh\"]\nversion = [\"-c\", \"echo 1.0\"]\n",
        mark.display()
    );
    // The user's own toolchain is like one of which the project says what it starts.
    let project = project.file("toolchains/gnu.toml", &starts).file(
        "config/gobuildx/toolchains/mine.toml",
        "like = \"gnu\"\nrank = 1\n",
    );
    for (args, code) in [
        (["toolchains", "list"].as_slice(), 0),
        (&["toolchains", "show", "mine"], 0),
        (&["toolchains", "check"], 0),
        (&["toolchains", "check", "mine"], 2),
        (&["doctor"], 4),
        (&["doctor", "--toolchains"], 4),
        (&["plan", "--matrix"], 2),
        (&["build", "--matrix"], 2),
    ] {
        let run = project.run(args);
        assert!(!mark.exists(), "{args:?} starts it");
        run.exits(code);
    }
}

#[test]
fn where_a_project_only_ranks_and_describes_no_permission_is_needed() {
    let manifest =
        format!("{CELL}toolchain = \"gnu\"\n[toolchain.gnu]\nrank = 1\ndescription = \"gcc\"\n");
    let project = project(&manifest);
    assert_eq!(chosen(&project.plan(&["--matrix"])).0, "gnu");
}

#[test]
fn a_users_own_definition_needs_no_permission() {
    let project = project(&format!("{CELL}toolchain = \"mine\"\n"))
        .file("config/gobuildx/toolchains/mine.toml", &mine("-O1"));
    let plan = project.plan(&["--matrix"]);
    assert_eq!(chosen(&plan).0, "mine");
    let scripts = &compiles(&plan)[0]["tuning"]["toolchain"]["scripts"];
    assert_eq!(words(&scripts[0]["words"])[1..], ["-O1"], "{scripts:#}");
}

#[test]
fn a_definition_that_is_none_is_told_with_its_file_and_line() {
    project(CELL)
        .file(
            "config/gobuildx/toolchains/mine.toml",
            "rank = 1\nrnak = 2\n",
        )
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("failed to read the toolchain `mine` (")
        .says("config/gobuildx/toolchains/mine.toml)")
        .says("line 2");
    project(CELL)
        .file("toolchains/My gcc.toml", "rank = 1\n")
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("My gcc.toml`: a toolchain is named after its file, and this is no name");
    project(CELL)
        .file("toolchains/mine.toml", "rank = 1\n")
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("failed to use the toolchain `mine` (")
        .says("it has no `description`");
}

#[test]
fn a_later_layer_has_the_last_word() {
    let flags = |who: u8| format!("flags = {{ cflags = [\"-DWHO={who}\"] }}\n");
    let named = format!("{CELL}toolchain = \"gnu\"\n");
    let cflags = |project: &Project| {
        let plan = project.plan(&["--matrix", "--allow-toolchains"]);
        compiles(&plan)[0]["env"]["CGO_CFLAGS"].clone()
    };
    let project = project(&named).file("config/gobuildx/toolchains/gnu.toml", &flags(1));
    assert_eq!(cflags(&project), "-g -O2 -DWHO=1");
    let project = project.file("toolchains/gnu.toml", &flags(2));
    assert_eq!(cflags(&project), "-g -O2 -DWHO=2");
    let project = project.manifest(&format!("{named}[toolchain.gnu]\n{}", flags(3)));
    assert_eq!(cflags(&project), "-g -O2 -DWHO=3");
    project.build(&["--matrix", "--allow-toolchains"]).exits(0);
    assert_eq!(project.prints("who_linux_amd64_v1/who"), "3");
}

#[test]
fn a_matrix_names_toolchains_by_selectors_of_which_the_first_counts() {
    let project = project(
        "[matrix]\ngoos = [\"linux\"]\ngoarch = [\"amd64\"]\ncgo = [false, true]\n\
         variants = { amd64 = [\"v1\", \"v2\", \"v3\"] }\n\
         toolchains = { \"linux/*/v2\" = \"host\", \"linux/*/v[12]\" = \"gnu\" }\n",
    )
    .file(
        "plain.go",
        "//go:build !cgo\n\npackage main\n\nfunc main() {}\n",
    );
    let plan = project.plan(&["--matrix"]);
    let artifacts = plan["artifacts"].as_array().unwrap().iter();
    let of_each: Vec<(&str, Option<&str>)> = artifacts
        .map(|one| (one["path"].as_str().unwrap(), one["toolchain"].as_str()))
        .collect();
    assert_eq!(
        of_each,
        [
            ("who_linux_amd64_v1/who", None),
            ("who_linux_amd64_v1_gnu/who", Some("gnu")),
            ("who_linux_amd64_v2/who", None),
            ("who_linux_amd64_v2_host/who", Some("host")),
            ("who_linux_amd64_v3/who", None),
            ("who_linux_amd64_v3_cgo/who", Some("musl-gcc")),
        ]
    );
}

#[test]
fn two_cells_that_come_to_the_same_are_told() {
    project(&format!("{CELL}{CELL}toolchain = \"musl-gcc\"\n"))
        .run(&["plan", "--matrix"])
        .exits(3)
        .says("linux/amd64/v1 is built twice with the toolchain `musl-gcc`")
        .says("here first");
}

#[test]
fn a_policy_with_a_glibc_takes_one_that_has_it() {
    let wanted = "[build]\nrebuild = \"changed\"\n[verify]\npolicy = \"debian-12\"\n";
    let project = with_only(project(&format!("{CELL}{wanted}")), &["gcc", "musl-gcc"]);
    let plan = project.plan(&["--matrix"]);
    assert_eq!(chosen(&plan).0, "gnu");
    let argv = only_argv(&plan);
    assert!(
        !argv.iter().any(|word| word.contains("-static")),
        "{argv:?}"
    );
}

/// A compiler that notes the C of cgo that it compiles, and tells this version.
fn counting(noted: &Path, version: u8) -> String {
    let noted = noted.display();
    format!(
        "#!/bin/sh\ncase \" $* \" in *' -c '*cgo2.c' ') echo \"$*\" >>'{noted}' ;; esac\n\
         case \" $* \" in *' -### '* | *' --version '*)\n\
         gcc \"$@\" 2>&1 | sed 's/version [0-9]*/version {version}/; s/) [0-9]*/) {version}/' >&2\n\
         [ \"$1\" != --version ] || echo 'gcc {version}.1.0'; exit ;;\nesac\nexec gcc \"$@\"\n"
    )
}

/// Puts an executable file there.
fn install(file: &Path, script: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, script).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Builds with a compiler in this folder of the project, and says how much C was compiled so far.
fn compiled(project: Project, folder: &str, version: u8) -> (Project, usize) {
    let noted = project.path("noted");
    let compiler = format!("{folder}/my-gcc");
    install(&project.path(&compiler), &counting(&noted, version));
    let path = format!(
        "{}:{}",
        project.path(folder).display(),
        crate::live::folders()
    );
    let project = project.env("PATH", path);
    project.build(&["--matrix"]).exits(0);
    fs::remove_file(project.path(&compiler)).unwrap();
    assert_eq!(project.prints("who_linux_amd64_v1/who"), "0");
    let noted = fs::read_to_string(noted).unwrap_or_default();
    (project, noted.lines().count())
}

#[test]
fn where_a_compiler_lies_is_no_part_of_what_is_compiled_again_and_its_version_is() {
    for words in ["\"{gcc}\"", "\"{gcc}\", \"-O1\""] {
        let definition = format!(
            "like = \"gnu\"\ndescription = \"mine\"\ncommands = {{ cc = [{words}], cxx = [\"{{gcc}}\"] }}\n\
             [[program]]\nname = \"gcc\"\ncommand = [\"my-gcc\"]\nversion = [\"--version\"]\n"
        );
        let project = project(&format!("{CELL}toolchain = \"mine\"\n"))
            .file("config/gobuildx/toolchains/mine.toml", &definition);
        // No earlier test has compiled this.
        let source = format!("// In {}.\n{WHO}", project.root().display());
        let project = project.file("main.go", &source);
        let (project, first) = compiled(project, "here", 40);
        assert!(first > 0, "{words}");
        let (project, moved) = compiled(project, "over there", 40);
        assert_eq!(moved, first, "{words}: {}", project.read("noted"));
        let (_, newer) = compiled(project, "over there", 41);
        assert!(newer > moved, "{words}");
    }
}

#[test]
fn a_position_independent_program_needs_a_toolchain_that_links_it_without_a_loader() {
    let pie = "[build]\nbuildmode = \"pie\"\n";
    let project = project(&format!("{CELL}toolchain = \"musl-gcc\"\n{pie}"));
    project
        .run(&["build", "--matrix"])
        .exits(3)
        .says("the toolchain `musl-gcc` can't link a program that is position-independent and needs no loader")
        .says("targets.toml:6:")
        .says("`toolchain = \"zig-musl\"`");
    assert!(!project.path("dist/who_linux_amd64_v1").exists());
    let project = project.manifest(&format!("{CELL}toolchain = \"gnu\"\n{pie}"));
    project
        .build(&["--matrix"])
        .exits(0)
        .prints("static: proven");
    assert_eq!(project.prints("who_linux_amd64_v1/who"), "0");
    let file = "dist/who_linux_amd64_v1/who";
    project
        .run(&["inspect", file])
        .exits(0)
        .prints("position-independent");
}

#[test]
fn a_shell_makes_the_same_bytes_with_a_compiler_of_several_words() {
    let project = project(&format!(
        "{CELL}toolchain = \"mine\"\n[build]\nrebuild = \"changed\"\n"
    ))
    .file("config/gobuildx/toolchains/mine.toml", &mine("-DWHO=5"));
    project.run(&["build", "--matrix"]).exits(0);
    assert_eq!(project.prints("who_linux_amd64_v1/who"), "5");
    let read = || fs::read(project.path("dist/who_linux_amd64_v1/who")).unwrap();
    let built = read();
    let script = project
        .run(&["plan", "--matrix", "--format", "sh"])
        .exits(0)
        .stdout;
    fs::remove_dir_all(project.path("dist")).unwrap();
    let mut shell = Command::new("sh").stdin(Stdio::piped()).spawn().unwrap();
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    assert!(shell.wait().unwrap().success());
    assert!(read() == built, "the shell makes other bytes");
}

/// What Alpine's users type and what gobuildx does is the same.
#[test]
fn the_dockerfile_for_alpine_builds_as_the_manifest_beside_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dockerfile = fs::read_to_string(root.join("examples/alpine/Dockerfile")).unwrap();
    assert!(dockerfile.contains("RUN apk add --no-cache gcc musl-dev\n"));
    let mut lines = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("RUN "));
    let build = lines.find(|line| line.contains("go build")).unwrap();
    // A shell takes the line apart.
    let told =
        format!("go() {{ printf '%s\\n' \"CGO_ENABLED=$CGO_ENABLED\" go \"$@\"; }}\n{build}\n");
    let output = Command::new("sh").args(["-c", &told]).output().unwrap();
    let typed = String::from_utf8(output.stdout).unwrap();
    let mut typed: Vec<&str> = typed.lines().collect();
    let at = typed.iter().position(|word| *word == "-o").unwrap();
    typed.drain(at..at + 2);

    let manifest = root.join("examples/alpine.toml").display().to_string();
    let project = project("");
    let plan = project.plan(&["--matrix", "--manifest", &manifest]);
    assert_eq!(chosen(&plan).0, "musl-gcc");
    let cgo = format!(
        "CGO_ENABLED={}",
        compiles(&plan)[0]["env"]["CGO_ENABLED"].as_str().unwrap()
    );
    let planned = [&[cgo.as_str()], &only_argv(&plan)[..]].concat();
    assert_eq!(typed, planned);
}
