//! What a page says of dependencies, and what their authors can't make of it.

use super::audit::AuditView;
use super::audit_page;
use super::mark::{Mark, Tone};
use super::tests::{harmless, hostile, tags};
use crate::audit::{
    Audit, AuditRule, AuditedModule, AuditedProgram, Check, Finding, Grade, Known, Level, Licence,
    Newest, Outcome, Part, Question, Rating, Releases, Standing, Verdict,
};
use crate::report::AuditReport;

/// Dependencies whose authors write what `say` makes of it: a module with a vulnerability that is denied, and
/// findings that are allowed and told.
pub(super) fn audit(say: fn(&str) -> String) -> Audit {
    let program = say("shop linux/amd64/v1");
    let finding = |rule, standing| Finding {
        programs: vec![program.clone()],
        advisory: Some(say("GO-2021-0113")),
        chain: vec![say("main.main"), say("language.Parse")],
        level: Some(Level::Called),
        standing,
        ..Finding::of(rule, &say("golang.org/x/text"))
            .at(&say("v0.3.5"))
            .saying(say("out of bounds"))
            .mended_by(say("go get golang.org/x/text@v0.3.7"))
    };
    Audit {
        programs: vec![AuditedProgram {
            name: program.clone(),
            target: "linux/amd64/v1".parse().unwrap(),
            folder: say("."),
            go: say("go1.26.8"),
            known: Known::File {
                path: say("shop_linux_amd64_v1/shop"),
                unpacked_by: Some(say("upx 4.2.4")),
            },
            modules: Vec::new(),
            build: None,
            packages: std::collections::BTreeSet::new(),
        }],
        modules: vec![module(say)],
        only_required: 0,
        findings: vec![
            finding(AuditRule::Vulnerable, Standing::Denied { expired: None }),
            finding(
                AuditRule::Retracted,
                Standing::Allowed {
                    reason: say("ours alone"),
                    until: jiff::civil::date(2999, 12, 31),
                },
            ),
            finding(AuditRule::Deprecated, Standing::Told),
        ],
        checks: vec![Check {
            question: Question::Newest,
            outcome: Outcome::NotAsked {
                why: say("no network"),
            },
        }],
        database: None,
        unused: vec![say("old of example.com/*")],
        verdict: Verdict::Denied,
    }
}

fn module(say: fn(&str) -> String) -> AuditedModule {
    AuditedModule {
        path: say("golang.org/x/text"),
        version: say("v0.3.5"),
        replaced_by: Some(say("../text")),
        time: None,
        newest: Newest::Other {
            version: say("v0.30.0"),
            time: None,
        },
        releases: Some(Releases {
            all: 12,
            newer: 3,
            days_between: Some(41),
        }),
        deprecated: Some(say("use another")),
        retracted: vec![say("by mistake")],
        licence: Licence::Known(vec!["BSD-3-Clause"]),
        required_by: vec![say("shop"), say("example.com/between"), say("x")],
        programs: vec![Part {
            program: say("shop linux/amd64/v1"),
            packages: Some(3),
            code: Some(4096),
        }],
        advisories: vec![say("GO-2021-0113")],
        rating: Rating {
            grade: Grade::Bad,
            reasons: vec![say("vulnerable")],
        },
    }
}

#[test]
fn hostile_authors_change_no_markup() {
    let of = |say| audit_page(&AuditReport::new(audit(say)));
    assert_eq!(tags(&of(hostile)), tags(&of(harmless)));
    assert!(!of(hostile).contains("<script") && !of(hostile).contains("<img"));
    assert!(!of(hostile).contains(['\u{202e}', '\0']));
}

#[test]
fn the_page_says_what_is_denied_and_what_was_not_asked() {
    let page = audit_page(&AuditReport::new(audit(harmless)));
    for said in [
        "1 finding is denied, of 1 module in 1 program",
        "main.main → language.Parse",
        "go get golang.org/x/text@v0.3.7",
        "Allowed: ours alone",
        "allowed until 2999-12-31",
        "newer versions, retractions, deprecations: no network",
        "old of example.com/*",
        "v0.3.5 =&gt; ../text",
        "<td>12, 3 newer, each 41 days</td>",
        "<td>example.com/between → x</td>",
        "<td class=\"number\">3</td>",
        "4.1 kB",
        "golang.org/x/text@v0.3.5 (required by example.com/between → x)",
        "read from a copy of shop_linux_amd64_v1/shop, which upx 4.2.4 unpacked",
        "default-src &#39;none&#39;",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
}

#[test]
fn markdown_and_a_wide_terminal_have_all_columns_and_a_narrow_one_those_that_fit() {
    let report = AuditReport::new(audit(harmless));
    let markdown = report.markdown();
    for said in [
        "| Releases | Licence | Required by | In | Packages | Code |",
        "| 12, 3 newer, each 41 days | BSD-3-Clause | example.com/between → x | 1 | 3 | 4.1 kB |",
    ] {
        assert!(markdown.contains(said), "{said} in {markdown}");
    }
    let wide = report.table().fitted(None);
    assert!(
        wide.contains("Required by") && wide.contains("each 41 days"),
        "{wide}"
    );
    let narrow = report.table().fitted(Some(100));
    assert!(!narrow.contains("Required by"), "{narrow}");
    assert!(narrow.contains("Licence"), "{narrow}");
}

#[test]
fn only_what_was_asked_in_full_is_green() {
    let tone = |verdict| {
        let report = AuditReport::new(Audit {
            verdict,
            ..audit(harmless)
        });
        AuditView::of(&report).verdict.tone
    };
    assert_eq!(tone(Verdict::Clean), Tone::Good);
    assert_eq!(tone(Verdict::CleanAsFarAsAsked), Tone::Unknown);
    assert_eq!(tone(Verdict::Undecided), Tone::Bad);
    let report = AuditReport::new(audit(harmless));
    let view = AuditView::of(&report);
    assert_eq!(view.findings[2].0, Mark::unknown("told"));
}
