//! Services on a blank system: asked on a network of their own until they are well, checked, and told to end.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use gobuildx::host::Host;
use gobuildx::process::Cancel;
use gobuildx::runner::Runner;
use gobuildx::smoke::{
    self, BlankRoot, Call, Check, Failing, Farewell, Grant, Isolated, Isolation, Isolator, Limits,
    Means, Part, Pattern, Probe, Served, Service, Stream, Test, Tested, Unmade, Verdict,
};
use gobuildx::tools::bwrap::Ending;

use crate::project::Run;
use crate::smoked::{program, record, with};

pub const PORT: u16 = 8443;
/// For services that end in time.
const PLENTY: Duration = Duration::from_mins(1);
/// For those that don't.
pub const LIMIT: Duration = Duration::from_secs(2);
/// After which they are gone, also on a busy machine.
const GRACE: Duration = Duration::from_secs(20);

static EXAMPLE: LazyLock<PathBuf> = LazyLock::new(|| {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("blank/service");
    let output = Command::new("go")
        .args(["build", "-buildvcs=false", "-o"])
        .args([to.as_os_str(), "./cmd/service".as_ref()])
        .env("CGO_ENABLED", "0")
        .current_dir(example())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    to
});

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/service")
}

/// Nothing but that the first call exits with 0.
pub fn test(args: &[&str]) -> Test {
    Test {
        grants: BTreeSet::new(),
        limits: Limits {
            time: PLENTY,
            ..Limits::default()
        },
        first: Call {
            args: args.iter().map(ToString::to_string).collect(),
            ..Call::default()
        },
        service: None,
        checks: Vec::new(),
    }
}

pub fn serving(args: &[&str], probe: Probe) -> Service {
    Service {
        args: args.iter().map(ToString::to_string).collect(),
        port: PORT,
        probe,
    }
}

fn tested(program: &Path, test: &Test) -> Tested {
    let host = Host::probe().unwrap();
    let isolation = Isolation::find(Isolator::Bubblewrap, &host, &Cancel::new());
    tested_by(isolation.unwrap(), program, test)
}

/// What was seen of a program that is kept from the machine by this.
pub fn tested_by(isolation: Isolation, program: &Path, test: &Test) -> Tested {
    tested_on(Runner::Native, isolation, program, test)
}

/// The same, where something else than the machine itself runs it.
pub fn tested_on(runner: Runner, isolation: Isolation, program: &Path, test: &Test) -> Tested {
    let cancel = Cancel::new();
    let means = Means {
        runner,
        on_levels: std::collections::BTreeMap::new(),
        isolation,
    };
    let (root, path) = BlankRoot::of_program(program, &test.grants).unwrap();
    let subject = smoke::Subject {
        means: &means,
        root: &root,
        program: &path,
        own_program: Path::new(env!("CARGO_BIN_EXE_gobuildx")),
    };
    smoke::run(subject, test, &cancel).unwrap()
}

/// What is wrong with each run.
#[track_caller]
pub fn wrong(test: &Test, tested: &Tested) -> Vec<(usize, Failing)> {
    for run in &tested.runs {
        let isolated = &run.observation.isolated;
        assert_eq!(*isolated, Isolated::Yes, "{tested:#?}");
    }
    let judgement = smoke::judge(test, tested, &[]).unwrap();
    let is_good = judgement.verdict() == Verdict::Pass;
    assert_eq!(is_good, judgement.wrong.is_empty());
    let wrong = judgement.wrong.into_iter();
    wrong.map(|one| (one.run, one.failing)).collect()
}

/// What is wrong with a service of tests, and what was seen of it.
#[track_caller]
fn wrong_service(what: &str, time: Duration) -> (Vec<Failing>, Served) {
    let mut test = test(&["write"]);
    test.limits.time = time;
    test.service = Some(serving(
        &[what, &PORT.to_string()],
        Probe::Http("/".to_owned()),
    ));
    let program = program("serves");
    let start = Instant::now();
    let tested = tested(&program, &test);
    assert!(start.elapsed() < time + GRACE, "{:?}", start.elapsed());
    let Part::Service(served) = &tested.runs[1].part else {
        panic!("{tested:#?}");
    };
    let wrong = wrong(&test, &tested).into_iter();
    (wrong.map(|(_, failing)| failing).collect(), served.clone())
}

fn https(ca: Option<PathBuf>) -> Probe {
    let path = "/healthz".to_owned();
    Probe::Https { path, ca }
}

#[test]
fn the_example_is_well_by_every_way_to_ask_it() {
    let address = format!("127.0.0.1:{PORT}");
    let secure: &[&str] = &["serve", "--addr", &address];
    let plain: &[&str] = &["serve", "--addr", &address, "--insecure-http"];
    let asking = ["--health-check", "--addr", &address];
    let asking = asking.map(str::to_owned).to_vec();
    let ca = example().join("internal/cert/demo.cert.pem");
    for (args, probe) in [
        (secure, https(Some(ca))),
        (secure, https(None)),
        (plain, Probe::Http("/healthz".to_owned())),
        (secure, Probe::Tcp),
        (secure, Probe::Command(asking)),
    ] {
        let mut test = test(&["--version"]);
        test.first.stdout = Some(Pattern::new("service dev (commit *, built *)"));
        test.service = Some(serving(args, probe));
        let tested = tested(&EXAMPLE, &test);
        assert_eq!(wrong(&test, &tested), [], "{tested:#?}");
        let Part::Service(served) = &tested.runs[1].part else {
            panic!("{tested:#?}");
        };
        assert!(served.well_after.is_some() && served.told_to_end.is_some());
        assert_eq!(tested.runs[1].observation.ending, Ending::Exited(0));
    }
}

#[test]
fn a_service_is_believed_by_its_certificate_alone() {
    let address = format!("127.0.0.1:{PORT}");
    let mut test = test(&["--version"]);
    test.limits.time = LIMIT;
    // Any other certificate would do.
    let authorities = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap();
    let (first, _) = authorities.split_once("-----END CERTIFICATE-----").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.pem");
    std::fs::write(&other, format!("{first}-----END CERTIFICATE-----\n")).unwrap();
    test.service = Some(serving(&["serve", "--addr", &address], https(Some(other))));
    let tested = tested(&EXAMPLE, &test);
    let wrong = wrong(&test, &tested);
    let [(1, Failing::NeverWell(Some(why)))] = wrong.as_slice() else {
        panic!("{wrong:#?}");
    };
    assert!(why.contains("UnknownIssuer"), "{why}");
}

#[test]
fn a_service_that_is_never_well_is_told_with_its_last_answer() {
    let (wrong, served) = wrong_service("unwell", LIMIT);
    let answer = "503 Service Unavailable".to_owned();
    assert_eq!(wrong, [Failing::NeverWell(Some(answer))]);
    assert_eq!(served.told_to_end, None);
}

#[test]
fn what_a_service_answered_stands_though_it_answers_no_more_and_tells_what_is_missing() {
    let mut test = test(&["write"]);
    test.limits.time = LIMIT;
    test.service = Some(serving(
        &["falters", &PORT.to_string()],
        Probe::Http("/".to_owned()),
    ));
    let tested = tested(&program("serves"), &test);
    let answer = Some("503 Service Unavailable".to_owned());
    assert_eq!(wrong(&test, &tested), [(1, Failing::NeverWell(answer))]);
    let judgement = smoke::judge(&test, &tested, &[]).unwrap();
    assert_eq!(judgement.observed[0].text, "unknown time zone Europe/Paris");
    assert_eq!(judgement.observed[0].causes, ["tzdata"]);
}

#[test]
fn a_service_that_answers_byte_by_byte_is_gone_in_time_and_what_it_said_is_kept() {
    let mut test = test(&["write"]);
    test.limits.time = LIMIT;
    test.service = Some(serving(
        &["drips", &PORT.to_string()],
        Probe::Http("/".to_owned()),
    ));
    let tested = tested(&program("serves"), &test);
    let why = Some("no answer in time".to_owned());
    assert_eq!(wrong(&test, &tested), [(1, Failing::NeverWell(why))]);
    let stderr = tested.runs[1].observation.output.stderr_text();
    assert_eq!(stderr, "no more to say\n");
}

#[test]
fn a_service_that_ends_before_it_is_well_has_died() {
    let (wrong, served) = wrong_service("dies", PLENTY);
    assert_eq!(wrong, [Failing::Died(Ending::Exited(1))]);
    assert_eq!(served.well_after, None);
}

#[test]
fn a_service_is_to_end_when_it_is_told() {
    let (wrong, served) = wrong_service("ignores", LIMIT);
    assert_eq!(wrong, [Failing::Ignores(Farewell::Sigterm)]);
    assert_eq!(served.told_to_end, Some(Farewell::Sigterm));
    let (wrong, _) = wrong_service("ends badly", PLENTY);
    assert_eq!(
        wrong,
        [Failing::EndedBadly(Farewell::Sigterm, Ending::Exited(5))]
    );
    // Nobody has to know the signal.
    assert_eq!(wrong_service("unaware", PLENTY).0, []);
    assert_eq!(wrong_service("serves", PLENTY).0, []);
}

#[test]
fn what_a_service_leaves_behind_is_told() {
    let (wrong, _) = wrong_service("leaves", PLENTY);
    assert_eq!(wrong, [Failing::Left(vec!["serves".to_owned()])]);
}

#[test]
fn what_asks_a_service_leaves_nothing_behind_either() {
    let mut test = test(&["write"]);
    test.limits.time = LIMIT;
    let asking = Probe::Command(vec!["asks badly".to_owned()]);
    test.service = Some(serving(&["serves", &PORT.to_string()], asking));
    let tested = tested(&program("serves"), &test);
    let why = "it left processes behind: serves".to_owned();
    let wrong = wrong(&test, &tested);
    let (first, others) = wrong.split_first().unwrap();
    assert_eq!(*first, (1, Failing::NeverWell(Some(why))), "{tested:#?}");
    // The time may be up in the middle of asking once more.
    let left = (1, Failing::Left(vec!["serves".to_owned()]));
    assert!(others.iter().all(|one| *one == left), "{tested:#?}");
}

fn check(name: &str, call: Call) -> Check {
    Check {
        name: name.to_owned(),
        cpu: None,
        call,
    }
}

fn call(args: &[&str]) -> Call {
    test(args).first
}

pub fn absent(file: &str) -> Failing {
    Failing::NoFile(Unmade::Absent(file.to_owned()))
}

#[test]
fn each_check_tells_what_is_wrong_with_it() {
    let mut test = test(&["write"]);
    test.grants = BTreeSet::from([Grant::Tmp]);
    test.checks = vec![
        check(
            "echoes",
            Call {
                stdin: Some("to and fro\n".to_owned()),
                stdout: Some(Pattern::new("to * fro")),
                ..call(&["echo"])
            },
        ),
        check(
            "writes",
            Call {
                files: ["/tmp/report", "/tmp/other", "/serves"]
                    .map(str::to_owned)
                    .to_vec(),
                ..call(&["write", "/tmp/report"])
            },
        ),
        check(
            "fails as it should",
            Call {
                exit: 3,
                stderr: Some(Pattern::new("no use")),
                stdout: Some(Pattern::new("results")),
                ..call(&["fails"])
            },
        ),
    ];
    let expected = [
        (2, absent("/tmp/other")),
        (
            2,
            Failing::NoFile(Unmade::ThereBefore("/serves".to_owned())),
        ),
        (3, Failing::Lacks(Stream::Stdout, Pattern::new("results"))),
    ];
    let alone = tested(&program("serves"), &test);
    assert_eq!(wrong(&test, &alone), expected);
    test.service = Some(serving(&["serves", &PORT.to_string()], Probe::Tcp));
    let beside = tested(&program("serves"), &test);
    let expected = expected.map(|(run, failing)| (run + 1, failing));
    assert_eq!(wrong(&test, &beside), expected);
}

/// A bubblewrap that does something else: a script with the sandbox's words in `$@`.
fn other_bwrap(folder: &Path, script: &str) {
    let path = folder.join("bwrap");
    fs::write(&path, format!("#!/bin/bash\n{script}\nexec bwrap \"$@\"\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn nothing_is_said_of_a_program_that_sees_the_machine() {
    // Not where the sandbox has files of its own.
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let project = with("hello");
    fs::copy(program("hostile"), project.path("hostile")).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let because = |script: &str, program: &str| {
        other_bwrap(folder.path(), &format!("PATH=/usr/bin:/bin\n{script}"));
        let mut command = project.command(&["smoke", "--format", "json", "--timeout", "1s"]);
        command.args([program, "--", "waits"]).env("PATH", &path);
        let record = record(&Run::of(command.output().unwrap()));
        (record["verdict"].clone(), record["because"].clone())
    };
    let not_isolated = |why: &str| {
        let because = format!("not isolated: {why}");
        ("not run".into(), because.into())
    };
    assert_eq!(because("", "hello").0, "pass");
    let without = |word: &str| {
        format!("for word; do shift; [ \"$word\" = {word} ] || set -- \"$@\" \"$word\"; done")
    };
    assert_eq!(
        because(&without("--clearenv"), "hostile"),
        not_isolated("it sees a variable of the machine")
    );
    assert_eq!(
        because(&without("--unshare-net"), "hello"),
        not_isolated("it has the machine's network")
    );
    let with_files = "for word; do shift; [ \"$word\" = --remount-ro ] \
                      && set -- \"$@\" --ro-bind /etc /etc; set -- \"$@\" \"$word\"; done";
    assert_eq!(
        because(with_files, "hello"),
        not_isolated("its root has etc")
    );
}

#[test]
fn checks_ask_the_service_on_its_network() {
    let address = format!("127.0.0.1:{PORT}");
    let mut test = test(&["--health-check", "--addr", &address, "--timeout", "1s"]);
    test.first.exit = 1;
    test.first.stderr = Some(Pattern::new("connection refused"));
    test.service = Some(serving(&["serve", "--addr", &address], Probe::Tcp));
    test.checks = vec![check("asks", call(&["--health-check", "--addr", &address]))];
    let tested = tested(&EXAMPLE, &test);
    assert_eq!(wrong(&test, &tested), [], "{tested:#?}");
}
