//! What becomes of findings under each policy.

use super::*;
use crate::inspect::MinimumOs;
use crate::verify::{Need, Outcome, Severity, Subject};

fn rule(name: &str) -> &'static Rule {
    Rule::get(name.parse().unwrap()).unwrap()
}

fn runs_git() -> Finding {
    let need = Need::Program(Some("git".to_owned()));
    rule("exec").finding("git", String::new()).needing(need)
}

fn wants_a_zone() -> Finding {
    let subject = Subject::named("time zone", "Europe/Paris");
    let finding = rule("tzdata").finding(subject, String::new());
    finding.needing(Need::ZoneInfo)
}

fn has_a_loader() -> Finding {
    let path = "/lib64/ld-linux-x86-64.so.2";
    let finding = rule("elf-interp").finding(path, String::new());
    finding.needing(Need::Loader(path.to_owned()))
}

fn policy(name: &str) -> Policy {
    name.parse::<PolicyName>().unwrap().into()
}

fn standing(policy: &Policy, finding: &Finding) -> Standing {
    policy.judge(Rule::get(finding.rule).unwrap(), finding)
}

fn denying(name: &str, denied: &str) -> Policy {
    Policy {
        deny: [denied.parse().unwrap()].into(),
        ..policy(name)
    }
}

fn allowing(name: &str, allowed: &str, subject: Option<&str>) -> Policy {
    let (rule, reason) = (allowed.parse().unwrap(), "it is there".to_owned());
    let mut policy = policy(name);
    match subject {
        Some(subject) => {
            let subjects = [(subject.to_owned(), reason)].into();
            policy.allow_subjects.insert(rule, subjects);
        }
        None => {
            policy.allow.insert(rule, reason);
        }
    }
    policy
}

fn verification(policy: &Policy, findings: Vec<Finding>) -> Verification {
    let judged = |finding: Finding| Finding {
        standing: standing(policy, &finding),
        ..finding
    };
    Verification {
        policy: policy.name,
        verdict: Verdict::Conditional,
        outcome: Outcome::Passed,
        checked: ["exec", "tzdata"].map(|id| id.parse().unwrap()).to_vec(),
        findings: findings.into_iter().map(judged).collect(),
    }
}

#[test]
fn what_the_system_lacks_fails_and_what_it_has_is_no_condition() {
    assert_eq!(
        standing(&policy("scratch"), &wants_a_zone()),
        Standing::Fails
    );
    let provided = Finding {
        standing: standing(&policy("distroless-static"), &wants_a_zone()),
        ..wants_a_zone()
    };
    assert_eq!(provided.standing, Standing::Provided);
    assert_eq!(provided.verdict(), Verdict::Proven);
}

#[test]
fn the_static_policy_only_tells_what_strikes_while_the_program_runs() {
    assert_eq!(standing(&policy("static"), &wants_a_zone()), Standing::Told);
    assert_eq!(
        standing(&policy("static"), &has_a_loader()),
        Standing::Fails
    );
}

#[test]
fn a_dynamic_program_passes_where_its_loader_is() {
    let judged = |name| standing(&policy(name), &has_a_loader());
    assert_eq!(judged("debian-12"), Standing::Provided);
    assert_eq!(judged("glibc-2.17"), Standing::Provided);
    assert_eq!(judged("alpine"), Standing::Fails);
    assert_eq!(judged("scratch"), Standing::Fails);
}

#[test]
fn what_is_only_worse_fails_nothing_unless_it_is_denied() {
    let mut worse = wants_a_zone();
    worse.severity = Severity::Degrade;
    assert_eq!(standing(&policy("scratch"), &worse), Standing::Told);
    for name in ["scratch", "distroless-static", "static"] {
        let judged = standing(&denying(name, "tzdata"), &worse);
        assert_eq!(judged, Standing::Fails, "{name}");
    }
}

#[test]
fn what_is_only_worth_knowing_can_not_be_denied() {
    let mut told = runs_git();
    told.severity = Severity::Info;
    assert_eq!(standing(&denying("static", "exec"), &told), Standing::Told);
}

#[test]
fn what_is_denied_fails_also_where_its_name_does_not_show() {
    let mut unnamed = rule("asset").finding(Subject::unnamed("files"), String::new());
    unnamed.severity = Severity::Info;
    assert_eq!(standing(&policy("scratch"), &unnamed), Standing::Told);
    for name in ["scratch", "static"] {
        let judged = standing(&denying(name, "asset"), &unnamed);
        assert_eq!(judged, Standing::Fails, "{name}");
    }
}

#[test]
fn which_program_it_is_may_be_open() {
    let unnamed = rule("exec").finding("other programs", String::new());
    let unnamed = unnamed.needing(Need::Program(None));
    assert_eq!(standing(&policy("debian-12"), &unnamed), Standing::Told);
    assert_eq!(standing(&policy("scratch"), &unnamed), Standing::Fails);
}

#[test]
fn an_exception_may_be_for_one_subject() {
    let only_git = allowing("scratch", "exec", Some("git"));
    let allowed = Standing::Allowed("it is there".to_owned());
    assert_eq!(standing(&only_git, &runs_git()), allowed);
    let sh = Finding {
        subject: "sh".into(),
        ..runs_git()
    };
    assert_eq!(standing(&only_git, &sh), Standing::Fails);
    for subject in ["Europe/Paris", "time zone \"Europe/Paris\""] {
        let zone = allowing("scratch", "tzdata", Some(subject));
        assert_eq!(standing(&zone, &wants_a_zone()), allowed, "{subject}");
    }
}

#[test]
fn an_exception_for_one_subject_goes_before_what_is_denied() {
    let policy = Policy {
        deny: ["exec".parse().unwrap()].into(),
        ..allowing("static", "exec", Some("git"))
    };
    assert!(matches!(
        standing(&policy, &runs_git()),
        Standing::Allowed(_)
    ));
}

#[test]
fn what_another_policy_made_of_a_finding_does_not_count() {
    let provided = Finding {
        standing: Standing::Provided,
        ..runs_git()
    };
    let denying = denying("debian-12", "exec");
    assert_eq!(standing(&denying, &provided), Standing::Fails);
}

#[test]
fn an_exception_that_allows_nothing_is_unused() {
    let unused = |policy: &Policy, findings| -> Vec<String> {
        let unused = policy.unused(&verification(policy, findings));
        unused.iter().map(ToString::to_string).collect()
    };
    let whole = allowing("scratch", "exec", None);
    assert_eq!(unused(&whole, vec![runs_git()]), [""; 0]);
    assert_eq!(unused(&whole, vec![wants_a_zone()]), ["exec"]);
    let of_git = allowing("scratch", "exec", Some("git"));
    assert_eq!(unused(&of_git, vec![runs_git()]), [""; 0]);
    let of_sh = allowing("scratch", "exec", Some("sh"));
    assert_eq!(unused(&of_sh, vec![runs_git()]), ["exec (sh)"]);
    // What says nothing about the file can't have been of use.
    let of_windows = allowing("static", "win-dll", None);
    assert_eq!(unused(&of_windows, vec![runs_git()]), [""; 0]);
    // The system has it anyway.
    let needless = allowing("distroless-static", "tzdata", None);
    assert_eq!(unused(&needless, vec![wants_a_zone()]), ["tzdata"]);
}

#[test]
fn a_policy_fits_programs_for_its_system() {
    let name = |text: &str| text.parse::<PolicyName>().unwrap();
    assert!(name("static").fits(Goos::Windows) && name("scratch").fits(Goos::Linux));
    assert!(!name("windows-10").fits(Goos::Linux) && !name("alpine").fits(Goos::Darwin));
    assert!(name("macos-12").fits(Goos::Darwin));
}

#[test]
fn a_newer_macos_than_the_named_one_fails_though_it_is_only_told_elsewhere() {
    let needing = |major| {
        let need = Need::MacOs(MinimumOs { major, minor: 0 });
        rule("os-min").finding("macOS", String::new()).needing(need)
    };
    assert_eq!(standing(&policy("static"), &needing(13)), Standing::Told);
    assert_eq!(standing(&policy("macos-12"), &needing(13)), Standing::Fails);
    assert_eq!(
        standing(&policy("macos-12"), &needing(12)),
        Standing::Provided
    );
}

#[test]
fn nothing_is_proven_for_a_system_where_names_cannot_be_read() {
    let subject = "files of lists that can't be read";
    let finding = rule("asset").finding(subject, String::new());
    let held = policy("scratch").weigh(vec![finding], Vec::new());
    let conditional = (Verdict::Conditional, Outcome::Passed);
    assert_eq!((held.verdict, held.outcome), conditional);
    let texts = Subject::unnamed("texts");
    let unread = rule("unread-texts").finding(texts, String::new());
    let unread = vec![unread.needing(Need::Sight)];
    let allowed = allowing("scratch", "unread-texts", None);
    let held = allowed.weigh(unread.clone(), Vec::new());
    assert_eq!((held.verdict, held.outcome), conditional);
    // Without a system it is only told, beside the verdict.
    let held = policy("static").weigh(unread, Vec::new());
    assert_eq!(held.verdict, Verdict::Proven);
    assert_eq!(held.not_known(), ["texts"]);
}
