//! Programs for Windows. The wine of most tests is `tests/cli/blank/wine`: what that is and does, a file beside it says. A
//! real one takes a root folder that `make wine` makes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gobuildx::host::Host;
use gobuildx::process::Cancel;
use gobuildx::runner::Runner;
use gobuildx::smoke::{
    self, Check, Failing, Farewell, Isolation, Isolator, Part, Pattern, Probe, Test, Tested, Wine,
};
use gobuildx::tools::bwrap::Ending;
use serde_json::{Value, json};

use crate::cgo::{notes, quickly};
use crate::contained::Engine;
use crate::live::{Live, with_own_temporary};
use crate::project::Project;
use crate::serving::{PORT, absent, serving, test, tested_on, wrong};
use crate::smoke_archives::tarred;
use crate::smoked::{OrdinaryUser, hello_for, missing, processes_named, program, record};

/// A wine that does what it should.
const GOOD: &str = "good";

/// A folder with a program for Windows, and beside it a root folder with a wine of some kind.
fn with_wine(kind: &str) -> Project {
    let project = with_own_temporary(Project::empty());
    hello_for(&project, "windows", "amd64");
    project.write("wine/usr/lib/wine/kind", kind);
    fs::create_dir_all(project.path("wine/usr/bin")).unwrap();
    symlink("usr/bin", project.path("wine/bin")).unwrap();
    for name in ["lib/wine/wine64", "lib/wine/wineserver", "bin/sh"] {
        fs::copy(program("wine"), project.path("wine/usr").join(name)).unwrap();
    }
    project
}

const SMOKE: [&str; 5] = ["smoke", "--format", "json", "--wine-root", "wine"];

/// What comes of the one program that is smoked with the wine of the folder.
#[track_caller]
fn smoked(project: &Project, code: i32, more: &[&str]) -> Value {
    let words: Vec<&str> = SMOKE.iter().chain(more).copied().collect();
    record(&project.run(&words).exits(code))
}

#[track_caller]
fn has_left_nothing(project: &Project) {
    let left = fs::read_dir(project.path("tmp")).unwrap();
    assert_eq!(left.count(), 0);
    let root = project.root().display().to_string();
    assert_eq!(processes_named(&root), [""; 0]);
}

#[test]
fn what_is_granted_to_linux_alone_hides_nothing_of_an_archive_for_windows() {
    let project = with_wine(GOOD)
        .file("all/proc/x", "")
        .file("all/tmp/form", "");
    fs::rename(project.path("hello.exe"), project.path("all/hello.exe")).unwrap();
    tarred(&project, &["-C", "all"], &["hello.exe", "proc", "tmp"]);
    let record = smoked(&project, 0, &["--grant", "proc", "all.tar.gz"]);
    assert_eq!(record["verdict"], "pass", "{record:#}");
    let record = smoked(&project, 2, &["--grant", "tmp", "all.tar.gz"]);
    assert_eq!(record["verdict"], "not run", "{record:#}");
    let why = "failed to grant `tmp`: it would hide `/tmp` of the archive";
    assert_eq!(record["because"], why);
}

#[test]
fn no_link_of_a_wine_or_of_its_windows_leads_to_files_of_this_machine() {
    let project = with_wine("leads out");
    assert_eq!(smoked(&project, 0, &["hello.exe"])["verdict"], "pass");
    let project = with_wine("leads out by its registry");
    let because = smoked(&project, 1, &["hello.exe"])["because"].clone();
    assert!(
        because.as_str().unwrap().contains("made no Windows"),
        "{because}"
    );
    for (place, leads_to) in [("etc", "/etc"), ("etc/fonts", "/etc")] {
        let project = with_wine("fonts");
        let link = project.path("wine").join(place);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(leads_to, link).unwrap();
        assert_eq!(
            smoked(&project, 0, &["hello.exe"])["verdict"],
            "pass",
            "{place}"
        );
    }
}

#[test]
fn a_program_for_windows_runs_with_wine_and_what_it_had_besides_is_told() {
    let project = with_wine(GOOD);
    let record = smoked(&project, 0, &["hello.exe"]);
    assert_eq!(record["verdict"], "pass", "{record:#}");
    assert_eq!(record["how"], "with wine 8.0");
    assert_eq!(record["dimensions"]["environment_isolated"], "yes");
    // It had more than was granted, so what it needs isn't known.
    assert_eq!(record["dimensions"]["dependencies_complete"], "unknown");
    assert_eq!(
        record["ungranted"],
        json!(["wine's Windows at C:", r"wine's own files at \\?\unix"])
    );
    has_left_nothing(&project);
}

#[test]
fn names_in_a_windows_need_not_be_text() {
    let project = with_wine("no text");
    assert_eq!(smoked(&project, 0, &["hello.exe"])["verdict"], "pass");
    has_left_nothing(&project);
}

#[test]
fn a_wine_on_which_no_go_program_runs_fails_none() {
    for (kind, because) in [
        (
            "old",
            "wine 8.0 in `WINE` runs no Go program: it has no bcryptprimitives.dll, ",
        ),
        (
            "odd",
            "wine 8.0 in `WINE` runs no Go program: wine: Unhandled page fault",
        ),
        (
            "idle",
            "wine 8.0 in `WINE` runs no Go program: it says that all is well, and runs nothing",
        ),
        (
            "full",
            "wine 8.0 in `WINE` made no Windows: wine: no space left",
        ),
        (
            "broken",
            "the wine in `WINE` doesn't start: wine: could not load ntdll.so",
        ),
        (
            "hangs",
            "the wine in `WINE` doesn't start: it was not done after 10s",
        ),
        (
            "endless",
            "wine 8.0 in `WINE` made no Windows: it wrote more than 1.2 GB for it",
        ),
    ] {
        let project = with_wine(kind);
        let record = smoked(&project, 1, &["hello.exe"]);
        assert_eq!(record["verdict"], "not run", "{record:#}");
        let root = project.path("wine").display().to_string();
        let told = record["because"].as_str().unwrap().replace(&root, "WINE");
        assert!(told.starts_with(because), "{kind}: {told}");
        has_left_nothing(&project);
    }
}

#[test]
fn a_root_folder_without_wine_or_what_it_takes_says_how_one_is_made() {
    let project = with_wine(GOOD);
    fs::create_dir(project.path("empty")).unwrap();
    for (root, missing) in [("mute", "bin/sh"), ("alone", "lib/wine/wineserver")] {
        for name in ["lib/wine/wine64", "lib/wine/wineserver", "bin/sh"] {
            if name != missing {
                project.write(&format!("{root}/usr/{name}"), "");
            }
        }
        fs::create_dir_all(project.path(root).join("usr/bin")).unwrap();
        symlink("usr/bin", project.path(root).join("bin")).unwrap();
    }
    for (root, because) in [
        ("empty", "there is no wine in `"),
        ("mute", "there is no wine in `"),
        ("alone", "there is no wine in `"),
        ("absent", "there is no folder `"),
    ] {
        let words = [
            "smoke",
            "--format",
            "json",
            "--wine-root",
            root,
            "hello.exe",
        ];
        let record = record(&project.run(&words).exits(1));
        let told = record["because"].as_str().unwrap();
        assert!(told.starts_with(because), "{told}");
        assert!(
            told.contains("`mmdebstrap --variant=minbase --include=wine64 "),
            "{told}"
        );
    }
}

#[test]
fn wine_runs_programs_of_one_cpu_kept_from_the_machine_by_bubblewrap() {
    let project = with_wine(GOOD);
    for goarch in ["arm64", "386"] {
        hello_for(&project, "windows", goarch);
        let record = smoked(&project, 1, &["hello.exe"]);
        let because = format!(
            "wine runs programs for windows/amd64 here, and this is one for windows/{goarch}"
        );
        assert!(
            record["because"].as_str().unwrap().starts_with(&because),
            "{record:#}"
        );
    }
    hello_for(&project, "windows", "amd64");
    let record = smoked(&project, 1, &["hello.exe", "--cpu", "v1"]);
    assert_eq!(record["verdict"], "not run", "{record:#}");
    assert_eq!(
        record["because"],
        "only programs for linux/amd64 run on CPUs of other levels, and this is one for windows/amd64/v1"
    );
    let engine = Engine::new();
    let project = project.env("PATH", engine.path());
    let record = smoked(&project, 1, &["hello.exe", "--isolation", "docker"]);
    assert_eq!(record["verdict"], "not run", "{record:#}");
    assert_eq!(
        record["because"],
        "wine is kept from this machine by bubblewrap only, which isn't to be had: docker is taken instead"
    );
}

#[test]
fn a_program_for_windows_exits_with_codes_that_linux_has_for_signals() {
    let project = with_wine(GOOD);
    let record = smoked(&project, 1, &["hello.exe", "--", "exits", "148"]);
    assert_eq!(record["because"], "it exited with 148", "{record:#}");
}

#[test]
fn the_processes_of_wine_are_none_that_a_program_leaves() {
    let project = with_wine(GOOD);
    for name in [
        r"C:\windows\system32\services.exe",
        "/usr/lib/wine/wineserver64",
    ] {
        let record = smoked(&project, 0, &["hello.exe", "--", "leaves", name]);
        assert_eq!(record["verdict"], "pass", "{record:#}");
    }
    for name in ["/d/hello.exe", "/d/wineserver-agent", "D:/wineserver.exe"] {
        let record = smoked(&project, 1, &["hello.exe", "--", "leaves", name]);
        let because = record["because"].as_str().unwrap();
        assert!(
            because.starts_with("it left processes behind: "),
            "{record:#}"
        );
    }
    has_left_nothing(&project);
}

#[test]
fn a_program_for_windows_is_ended_with_all_that_it_started_when_its_time_is_over() {
    let project = with_wine(GOOD);
    let words = ["hello.exe", "--timeout", "1s", "--", "sleeps"];
    let record = smoked(&project, 1, &words);
    assert_eq!(record["because"], "it didn't end within 1.0 s");
    has_left_nothing(&project);
}

#[test]
fn who_keeps_files_to_oneself_runs_programs_for_windows_too() {
    let project = with_wine(GOOD);
    let strictly = ["sh", "-c", "umask 077; exec \"$@\"", "sh"];
    let words = ["smoke", "--wine-root", "wine", "hello.exe"];
    let mut live = Live::start_as(&project, &strictly, &words);
    assert_eq!(live.end().0, Some(0));
    has_left_nothing(&project);
}

#[test]
fn an_ordinary_user_runs_programs_for_windows_too() {
    let project = with_wine(GOOD);
    fs::remove_dir(project.path("tmp")).unwrap();
    let user = OrdinaryUser::of(&project);
    let words: Vec<&str> = SMOKE.iter().chain(&["hello.exe"]).copied().collect();
    let record = record(&user.run(&words).exits(0));
    assert_eq!(record["how"], "with wine 8.0", "{record:#}");
    user.has_left_nothing();
}

/// What was seen of the program of a folder, with the wine in a root folder.
fn tested(root: &Path, program: &Path, test: &Test) -> Tested {
    let (host, cancel) = (Host::probe().unwrap(), Cancel::new());
    let isolation = Isolation::find(Isolator::Bubblewrap, &host, &cancel).unwrap();
    let Isolation::Bubblewrap(bubblewrap) = &isolation else {
        panic!("{isolation:?}");
    };
    let runner = Runner::Wine(Wine::find(root, bubblewrap, &cancel).unwrap());
    tested_on(runner, isolation, program, test)
}

#[test]
fn a_service_for_windows_is_told_to_end_as_by_its_console() {
    let project = with_wine(GOOD);
    let (root, program) = (project.path("wine"), project.path("hello.exe"));
    let port = PORT.to_string();
    for (what, expected) in [
        ("aware", vec![]),
        ("unaware", vec![]),
        ("ignores", vec![(1, Failing::Ignores(Farewell::CtrlC))]),
    ] {
        let mut test = test(&["--version"]);
        test.limits.time = Duration::from_secs(3);
        test.service = Some(serving(&["serves", &port, what], Probe::Tcp));
        let tested = tested(&root, &program, &test);
        assert_eq!(wrong(&test, &tested), expected, "{what}: {tested:#?}");
        let Part::Service(served) = &tested.runs[1].part else {
            panic!("{tested:#?}");
        };
        assert_eq!(served.told_to_end, Some(Farewell::CtrlC), "{what}");
    }
}

#[test]
fn files_are_looked_for_on_the_drive_of_the_program() {
    let project = with_wine(GOOD);
    let mut test = test(&["writes", "/tmp/report"]);
    test.grants = std::iter::once(smoke::Grant::Tmp).collect();
    test.first.files = vec!["/tmp/report".to_owned(), "/tmp/other".to_owned()];
    let tested = tested(&project.path("wine"), &project.path("hello.exe"), &test);
    let expected = [(0, absent("/tmp/other"))];
    assert_eq!(wrong(&test, &tested), expected);
}

const MANIFEST: &str = "[matrix]\ngoos = [\"windows\"]\ngoarch = [\"amd64\"]\n[build]\nrebuild = \"changed\"\n\
                        [smoke]\n[smoke.runner.wine]\nroot = \"wine\"\n";

#[test]
fn a_manifest_names_the_wine_that_its_programs_are_run_with() {
    let project = building(GOOD, MANIFEST);
    project
        .run(&["plan", "--matrix"])
        .exits(0)
        .prints("with wine 8.0");
    let build = project.run(&["build", "--matrix"]).exits(0);
    build.says("  Ran hello_windows_amd64_v1 (on a blank system");
    let artifacts = project.json("dist/artifacts.json");
    assert_eq!(artifacts["artifacts"][0]["smoke"]["verdict"], "pass");
    // A file that the manifest says nothing of is run with it, too.
    for path in ["dist", "hello.exe"] {
        let words = ["smoke", "--format", "json", path];
        let record = record(&project.run(&words).exits(0));
        assert_eq!(record["how"], "with wine 8.0", "{record:#}");
    }
    has_left_nothing(&project);
}

/// The folder of a project that builds for Windows, with a wine.
fn building(kind: &str, manifest: &str) -> Project {
    with_wine(kind)
        .file("targets.toml", manifest)
        .file("go.mod", "module example.com/hello\n\ngo 1.24\n")
        .file("main.go", "package main\n\nfunc main() {}\n")
}

const NOT_BY_DEFAULT: &str =
    "[matrix]\ngoos = [\"windows\"]\ngoarch = [\"amd64\"]\n[smoke]\nrun = false\n";
const BUT_WINDOWS: &str = "[[override]]\nmatch = \"windows/*\"\n[override.smoke]\nrun = true\n";

#[test]
fn an_override_that_runs_programs_takes_over_their_wine() {
    let wine = "[smoke.runner.wine]\nroot = \"wine\"\n";
    let project = building(GOOD, &format!("{NOT_BY_DEFAULT}{wine}{BUT_WINDOWS}"));
    let plan = project.run(&["plan", "--matrix"]).exits(0);
    plan.prints("with wine 8.0");
}

#[test]
fn an_override_that_runs_programs_takes_over_what_isolates_them() {
    let isolation = "isolation = \"docker\"\n";
    let wine = "[smoke.runner.wine]\nroot = \"wine\"\n";
    let engine = Engine::new();
    let text = format!("{NOT_BY_DEFAULT}{isolation}{wine}{BUT_WINDOWS}");
    let project = building(GOOD, &text).env("PATH", with_go(&engine));
    let plan = project.run(&["plan", "--matrix"]).exits(0);
    plan.prints("docker is taken instead");
}

#[test]
fn a_check_on_a_cpu_of_a_level_leaves_programs_for_windows_their_wine() {
    let check = "[[smoke.check]]\nargs = [\"--version\"]\ncpu = \"v1\"\n";
    let project = building(GOOD, &format!("{MANIFEST}{check}"));
    let plan = project.run(&["plan", "--matrix"]).exits(0);
    plan.prints("with wine 8.0");
}

/// A PATH on which the engine comes first, and all that builds is.
fn with_go(engine: &Engine) -> String {
    let host = Host::probe().unwrap();
    let path = host.env.get("PATH").unwrap().to_string_lossy();
    format!("{}:{path}", engine.folder().display())
}

#[test]
fn the_doctor_says_whether_what_the_manifest_names_to_run_programs_works() {
    let state = |kind: &str, manifest: &str, code: i32| {
        let project = with_wine(kind).file("targets.toml", manifest);
        let report = project
            .run(&["doctor", "--format", "json"])
            .exits(code)
            .json();
        let tools = report["tools"].as_array().unwrap().clone();
        let of = |name: &str| tools.iter().find(|tool| tool["name"] == name).cloned();
        (of("wine"), of("podman"))
    };
    let (wine, podman) = state(GOOD, MANIFEST, 0);
    let wine = wine.unwrap();
    assert_eq!(
        (&wine["state"], &wine["version"]),
        (&json!("found"), &json!("8.0"))
    );
    assert_eq!(podman, None);
    let (wine, _) = state("old", MANIFEST, 0);
    let problem = wine.unwrap()["problem"].as_str().unwrap().to_owned();
    assert!(
        problem.contains("it has no bcryptprimitives.dll"),
        "{problem}"
    );
    let strict = "[smoke]\nnot_run = \"fail\"\nisolation = \"podman\"\n";
    let (wine, podman) = state(GOOD, strict, 4);
    assert_eq!(wine, None);
    let podman = podman.unwrap();
    assert_eq!(
        (&podman["state"], &podman["need"]),
        (&json!("missing"), &json!("required"))
    );
}

/// The root folder that `make wine` makes.
fn real() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/wine");
    assert!(root.is_dir(), "make wine makes it");
    root
}

/// For programs that end in time.
const PLENTY: &str = "60s";

/// What comes of a program with the real wine.
#[track_caller]
fn really(project: &Project, code: i32, time: &str, more: &[&str]) -> Value {
    let root = real();
    let root = root.to_str().unwrap();
    let words = [
        "smoke",
        "--format",
        "json",
        "--timeout",
        time,
        "--wine-root",
        root,
    ];
    let words = words.into_iter();
    let words: Vec<&str> = words.chain(more.iter().copied()).collect();
    record(&project.run(&words).exits(code))
}

/// A program for Windows of these statements.
fn windows(imports: &[&str], body: &str) -> Project {
    let imports: Vec<String> = imports
        .iter()
        .map(|name| format!("import \"{name}\""))
        .collect();
    let imports = imports.join("\n");
    let project = with_own_temporary(Project::empty())
        .file("go.mod", "module example.com/app\n\ngo 1.24\n")
        .file("main.go", &format!("package main\n\n{imports}\n{body}\n"));
    let built = std::process::Command::new("go")
        .args(["build", "-trimpath", "-o", "app.exe", "."])
        .current_dir(project.root())
        .envs([
            ("GOOS", "windows"),
            ("GOARCH", "amd64"),
            ("CGO_ENABLED", "0"),
        ])
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    project
}

#[test]
#[ignore = "takes a root folder with wine: make wine"]
fn real_wine_runs_a_go_program_and_leaves_nothing() {
    let project = windows(&["os"], "func main() { println(os.Args[1]) }");
    let record = really(&project, 0, PLENTY, &["app.exe"]);
    assert_eq!(record["verdict"], "pass", "{record:#}");
    assert!(
        record["how"].as_str().unwrap().starts_with("with wine "),
        "{record:#}"
    );
    has_left_nothing(&project);
}

#[test]
#[ignore = "takes a root folder with wine: make wine"]
fn programs_with_sqlite_for_windows_write_and_read_on_real_wine() {
    let toolchains = ["mingw-w64", "zig-windows"];
    let project = quickly(notes(), &toolchains);
    let manifest = fs::read_to_string(project.path("cgo.toml")).unwrap();
    let wine = real().display().to_string();
    let manifest = format!("{manifest}\n[smoke.runner.wine]\nroot = \"{wine}\"\n");
    let project = with_own_temporary(project.manifest(&manifest));
    let args = ["build", "--matrix", "--target", "windows/*"];
    project.run(&args).exits(0);
    let records = project.json("dist/artifacts.json");
    let artifacts = records["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), toolchains.len());
    for (artifact, toolchain) in artifacts.iter().zip(toolchains) {
        assert_eq!(artifact["toolchain"], toolchain);
        assert_eq!(artifact["smoke"]["verdict"], "pass", "{artifact:#}");
    }
    has_left_nothing(&project);
}

#[test]
#[ignore = "takes a root folder with wine: make wine"]
fn a_dll_that_windows_lacks_is_missing_with_real_wine_as_it_was_predicted() {
    let body = "var other = syscall.NewLazyDLL(\"nosuch.dll\")\nvar f = other.NewProc(\"F\")\n\
                func main() { f.Call() }";
    let project = windows(&["syscall"], body);
    let lazily = really(&project, 1, PLENTY, &["app.exe"]);
    assert_eq!(missing(&lazily), ["win-dll-lazy"], "{lazily:#}");
    assert_eq!(lazily["observed"][0]["predicted"], true, "{lazily:#}");
    // The one that every program imports gets another name.
    let mut bytes = fs::read(project.path("app.exe")).unwrap();
    let name = b"kernel32.dll\0";
    let at: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(name))
        .collect();
    assert!(!at.is_empty());
    for at in at {
        bytes[at..at + 8].copy_from_slice(b"kernelxx");
    }
    fs::write(project.path("app.exe"), bytes).unwrap();
    let imported = really(&project, 1, PLENTY, &["app.exe"]);
    assert_eq!(missing(&imported), ["win-dll"], "{imported:#}");
    assert_eq!(imported["observed"][0]["predicted"], true, "{imported:#}");
}

#[test]
#[ignore = "takes a root folder with wine: make wine"]
fn a_service_with_real_wine_is_well_and_ends_by_ctrl_c() {
    let body = "func main() {\n\
        if len(os.Args) < 3 { return }\n\
        told := make(chan os.Signal, 1)\n\
        if os.Args[1] == \"aware\" { signal.Notify(told, os.Interrupt) }\n\
        http.HandleFunc(\"/\", func(http.ResponseWriter, *http.Request) {})\n\
        go http.ListenAndServe(\"127.0.0.1:\" + os.Args[2], nil)\n\
        <-told\n\
        println(\"told\")\n}";
    let project = windows(&["net/http", "os", "os/signal"], body);
    let port = PORT.to_string();
    for (what, code) in [("aware", 0), ("unaware", 0x3A)] {
        let mut test = test(&["--version"]);
        test.limits.time = Duration::from_mins(1);
        test.service = Some(serving(&[what, &port], Probe::Http("/".to_owned())));
        let tested = tested(&real(), &project.path("app.exe"), &test);
        assert_eq!(wrong(&test, &tested), [], "{tested:#?}");
        assert_eq!(tested.runs[1].observation.ending, Ending::Exited(code));
    }
}

#[test]
#[ignore = "takes a root folder with wine: make wine"]
fn a_program_on_real_wine_sees_its_drive_and_a_windows_it_can_not_change() {
    let body = "func main() {\n\
        _, drive := os.Stat(`D:\\app.exe`)\n\
        _, machine := os.Stat(`Z:\\`)\n\
        system := os.WriteFile(`C:\\windows\\x`, nil, 0o644)\n\
        own := os.WriteFile(os.Getenv(\"APPDATA\")+`\\x`, nil, 0o644)\n\
        other := os.WriteFile(`D:\\x`, nil, 0o644)\n\
        tmp := os.WriteFile(`/tmp/x`, nil, 0o644)\n\
        text, _ := io.ReadAll(os.Stdin)\n\
        fmt.Println(drive == nil, machine == nil, system == nil, own == nil, other == nil, tmp == nil, string(text))\n}";
    let project = windows(&["fmt", "io", "os"], body);
    let mut test = test(&[]);
    test.grants = std::iter::once(smoke::Grant::Tmp).collect();
    test.limits.time = Duration::from_mins(1);
    test.first.stdin = Some("read".to_owned());
    test.first.stdout = Some(Pattern::new("true false false true false true read"));
    test.first.files = vec!["/tmp/x".to_owned()];
    test.checks = vec![Check {
        name: "again".to_owned(),
        cpu: None,
        call: test.first.clone(),
    }];
    let tested = tested(&real(), &project.path("app.exe"), &test);
    assert_eq!(wrong(&test, &tested), [], "{tested:#?}");
}

#[test]
#[ignore = "takes a root folder with wine: make wine"]
fn what_a_hostile_program_does_on_real_wine_is_contained_and_told() {
    let body = "func main() {\n\
        switch os.Args[1] {\n\
        case \"daemon\": exec.Command(os.Args[0], \"sleep\").Start()\n\
        case \"memory\": for { block := make([]byte, 64<<20); for i := 0; i < len(block); i += 4096 { block[i] = 1 }; kept = append(kept, block) }\n\
        case \"disk\": f, _ := os.Create(os.Getenv(\"TEMP\") + `\\x`); for { if _, err := f.Write(make([]byte, 1<<20)); err != nil { panic(err) } }\n\
        case \"output\": for { os.Stdout.Write(make([]byte, 1<<16)) }\n\
        case \"sleep\": time.Sleep(time.Hour)\n\
        }\n}\n\nvar kept [][]byte";
    let project = windows(&["os", "os/exec", "time"], body);
    for (what, because) in [
        ("daemon", "it left processes behind: app.exe"),
        ("memory", "it exited with 2"),
        ("disk", "it exited with 2"),
        ("output", "it didn't end within 5.0 s"),
        ("sleep", "it didn't end within 5.0 s"),
    ] {
        let begin = Instant::now();
        let record = really(&project, 1, "5s", &["app.exe", "--", what]);
        assert_eq!(record["because"], because, "{record:#}");
        assert!(begin.elapsed() < Duration::from_mins(2));
        has_left_nothing(&project);
    }
}

#[test]
#[ignore = "takes a root folder with wine: make wine"]
fn a_stop_leaves_nothing_of_real_wine() {
    let project = windows(&["time"], "func main() { time.Sleep(time.Hour) }");
    let root = real();
    let root = root.to_str().unwrap();
    // While the Windows is made, and while the program runs.
    for reached in ["wineboot", "/d/app.exe"] {
        let words = ["smoke", "--wine-root", root, "--timeout", "60s", "app.exe"];
        let mut live = Live::start(&project, &words);
        crate::live::wait_until(reached, || {
            let tmp = project.path("tmp").display().to_string();
            let own = processes_named(reached);
            !own.is_empty() && !processes_named(&tmp).is_empty()
        });
        live.signal("INT");
        let (code, _) = live.end();
        assert_eq!(code, Some(130));
        has_left_nothing(&project);
    }
}
