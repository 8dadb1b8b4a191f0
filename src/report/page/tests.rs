//! The page as a whole: what it says of a run, and what a hostile build can't make of it.

use std::collections::{BTreeMap, BTreeSet};

use super::artifact::ArtifactView;
use super::audit_tests::audit;
use super::foreseen::{Observed, foreseen};
use super::mark::{Mark, Tone};
use super::page;
use super::segment::segments;
use crate::delivery::SCHEMA;
use crate::exec::Startup;
use crate::plan::{ArtifactSteps, StepId, StepKind};
use crate::report::artifacts::SmokeVerdict;
use crate::report::run::StepOutcome::{Done, Failed, Skipped};
use crate::report::run::{HookReport, RunReport, StepOutcome, StepReport, TrialReport};
use crate::report::{ArtifactRecord, AuditReport, Believed, Packed, PlannedRecord, SmokeRecord};
use crate::smoke::{self, Predicted, Seen};
use crate::target::{BuildMode, Cgo};
use crate::verify::{
    CodeWeight, Finding, OtherPackages, Outcome, Owner, PackageWeight, PolicyName, Rule, RuleId,
    Standing, Verdict, Verification, Weight,
};

/// A build whose names and outputs are what `say` makes of them: one artifact that passed every gate, and one
/// that the gate refused.
fn report(say: fn(&str) -> String) -> RunReport {
    let planned = |binary: &str, lost| PlannedRecord {
        path: say(&format!("{binary}_linux_amd64_v1/{binary}")),
        binary: say(binary),
        target: "linux/amd64/v1".parse().unwrap(),
        toolchain: None,
        go: None,
        steps: ArtifactSteps {
            compile: StepId::new(StepKind::Compile, say("linux/amd64/v1")),
            verify: StepId::new(StepKind::Verify, say(binary)),
            reproduce: None,
            compress: Some(StepId::new(StepKind::Compress, say(binary))),
            smoke: Some(StepId::new(StepKind::Smoke, say(binary))),
            place: StepId::new(StepKind::Place, say(binary)),
        },
        reasons: vec![say("lib.go changed")],
        lost,
    };
    let lost = Verification {
        policy: PolicyName::Static,
        verdict: Verdict::Conditional,
        outcome: Outcome::Failed,
        findings: vec![finding(say, Standing::Fails)],
        checked: vec![RuleId::PLUGIN],
    };
    let (good, lost) = (planned("good", None), planned("bad", Some(lost)));
    RunReport {
        project: say("shop"),
        version: say("v1.2.3"),
        artifacts: vec![record(say, &good)],
        steps: steps(say, &good, &lost),
        planned: vec![good, lost],
        removed: vec![say("old_linux_amd64_v1/old")],
        hooks: vec![HookReport {
            id: say("hook:first"),
            outcome: StepOutcome::Failed,
            message: Some(say("the hook failed")),
            duration_ms: 7,
        }],
        notes: vec![say("a note")],
        audit: Some(AuditReport::new(audit(say))),
        schema: SCHEMA,
        plan: "sha256:00".to_owned(),
        exit: 1,
        duration_ms: 800,
        cores: 2,
        memory: None,
    }
}

fn record(say: fn(&str) -> String, planned: &PlannedRecord) -> ArtifactRecord {
    ArtifactRecord {
        binary: planned.binary.clone(),
        target: planned.target.clone(),
        cgo: Cgo::Disabled,
        toolchain: Some(say("musl")),
        go: Some(say("go1.26.8")),
        path: planned.path.clone(),
        size: 400,
        sha256: "00".repeat(32).parse().unwrap(),
        interpreter: Some(say("/lib/ld.so")),
        needed: vec![say("libc.so.6")],
        verdict: Verdict::Conditional,
        policy: PolicyName::Static,
        denied: BTreeSet::new(),
        checked: vec![RuleId::PLUGIN],
        findings: vec![
            finding(say, Standing::Allowed(say("because"))),
            finding(say, Standing::Told),
        ],
        buildmode: BuildMode::Exe,
        package: say("example.com/shop"),
        modules: None,
        header: None,
        embedded: BTreeSet::new(),
        packed: Some(Packed {
            size_before: 1000,
            tool: say("upx 4.2.4"),
        }),
        reproduced: None,
        not_known: Vec::new(),
        smoke: Some(SmokeVerdict {
            verdict: smoke::Verdict::Pass,
        }),
    }
}

fn finding(say: fn(&str) -> String, standing: Standing) -> Finding {
    let rule = Rule::get(RuleId::PLUGIN).unwrap();
    Finding {
        chain: vec![say("main.main"), say("plugin.Open")],
        symptom: say("plugin: not implemented"),
        standing,
        ..rule.finding(say("plugin"), say("it loads plugins"))
    }
}

fn weight(say: fn(&str) -> String) -> Weight {
    Weight {
        file: 1000,
        code: CodeWeight {
            main: 100,
            dependency: 0,
            go: 300,
        },
        packages: vec![PackageWeight {
            package: say("runtime"),
            owner: Owner::Go,
            code: 250,
        }],
        others: OtherPackages {
            packages: 2,
            code: 150,
        },
        rest: 600,
    }
}

fn smoked(say: fn(&str) -> String) -> SmokeRecord {
    let rule = RuleId::PLUGIN;
    let seen = |text: &str, causes, predicted| Seen {
        text: say(text),
        causes,
        predicted,
    };
    SmokeRecord {
        verdict: smoke::Verdict::Pass,
        missing: vec![rule],
        observed: vec![
            seen("plugin.Open: no such file", vec![rule.as_str()], true),
            seen("killed", vec!["out-of-memory", "seccomp"], false),
        ],
        predicted: vec![
            Predicted {
                rule,
                subject: say("plugin"),
                observed: true,
            },
            Predicted {
                rule: RuleId::CGO_STUB,
                subject: say("os/user"),
                observed: false,
            },
        ],
        besides: vec![say("after SIGTERM it exited with 1")],
        how: Some(say("natively")),
        ungranted: vec![say("/proc")],
        stricter_limits: vec![say("64 open files")],
        well_after_ms: Some(345),
        believed: Some(Believed::Anyone),
        time_ms: Some(12),
        said: vec![say("a line"), say("another")],
        ..SmokeRecord::not_run(say("good.tar.gz: good"), None, say("it is so"))
    }
}

fn steps(say: fn(&str) -> String, good: &PlannedRecord, lost: &PlannedRecord) -> Vec<StepReport> {
    let step = |id: &StepId, outcome, started_ms, duration_ms| StepReport {
        id: id.clone(),
        target: good.target.clone(),
        outcome,
        message: (outcome == StepOutcome::Failed).then(|| say("it failed")),
        findings: Vec::new(),
        weight: None,
        difference: None,
        trial: None,
        smoke: None,
        started_ms,
        duration_ms,
        memory: None,
        killed: None,
    };
    let optional = |id: &Option<StepId>| id.clone().unwrap();
    vec![
        step(&good.steps.compile, Done, 0, 500),
        StepReport {
            weight: Some(weight(say)),
            ..step(&good.steps.verify, Done, 500, 20)
        },
        StepReport {
            trial: Some(TrialReport::Started {
                how: say("natively"),
                ending: say("exited with 0"),
                startup: Some(Startup {
                    unpacked_us: 1_500,
                    packed_us: 9_000,
                }),
            }),
            ..step(&optional(&good.steps.compress), Done, 520, 100)
        },
        StepReport {
            smoke: Some(smoked(say)),
            ..step(&optional(&good.steps.smoke), Done, 620, 30)
        },
        step(&good.steps.place, Done, 650, 0),
        step(&lost.steps.verify, Failed, 510, 20),
        step(&optional(&lost.steps.compress), Skipped, 530, 0),
        step(&optional(&lost.steps.smoke), Skipped, 530, 0),
        step(&lost.steps.place, Skipped, 530, 0),
    ]
}

pub(super) fn harmless(text: &str) -> String {
    text.to_owned()
}

/// Everything that ends a text, a value, an element, a comment or a style sheet, or loads something.
pub(super) fn hostile(text: &str) -> String {
    format!(
        "{text}</style></title></svg></pre>\"'>--><script src='https://evil.example/x.js'></script>\
         <img src=x onerror=alert(1)>&lt;{{}}*/\u{202e}\u{0}\n]]>"
    )
}

/// All tags of a page with the names of their attributes; for those of the page itself the values too.
pub(super) fn tags(page: &str) -> Vec<String> {
    let sheet = page.find("<style>").unwrap()..page.find("</style>").unwrap();
    let mut tags = Vec::new();
    let mut rest = page.to_owned();
    rest.replace_range(sheet.start + "<style>".len()..sheet.end, "");
    for piece in rest.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap();
        // Values are between quotes; what is outside them is markup.
        let outside: Vec<&str> = tag.split('"').step_by(2).collect();
        tags.push(outside.join("\"\""));
    }
    tags
}

#[test]
fn a_hostile_build_changes_no_markup() {
    let (page_of_hostile, page_of_harmless) = (page(&report(hostile)), page(&report(harmless)));
    assert_eq!(tags(&page_of_hostile), tags(&page_of_harmless));
    assert!(!page_of_hostile.contains("<script") && !page_of_hostile.contains("<img"));
    assert!(!page_of_hostile.contains(['\u{202e}', '\0']));
    assert!(page_of_hostile.contains("shop&lt;/style&gt;&lt;/title&gt;"));
}

#[test]
fn nothing_is_loaded_and_nothing_is_run() {
    let page = page(&report(harmless));
    for what in [
        "http://", "https://", "src=", "url(", "@import", "<script", "<link", " on",
    ] {
        let in_tags = tags(&page).iter().any(|tag| tag.contains(what));
        assert!(!in_tags, "{what}");
    }
    for what in ["http://", "https://", "url(", "@import"] {
        assert!(!page.contains(what), "{what}");
    }
    assert!(
        page.contains("content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\"")
    );
}

#[test]
fn every_link_leads_to_one_place_on_the_page() {
    let page = page(&report(harmless));
    let values = |attribute: &str| -> Vec<String> {
        let pieces = page.split(attribute).skip(1);
        let values = pieces.map(|piece| piece.split('"').next().unwrap().to_owned());
        values.collect()
    };
    let ids = values(" id=\"");
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "{ids:?}");
    let links = values(" href=\"");
    assert!(links.len() >= 5 + 2, "{links:?}");
    for link in links {
        let id = link.strip_prefix('#').unwrap().to_owned();
        assert!(distinct.contains(&id), "{link}");
    }
}

#[test]
fn the_same_report_makes_the_same_page() {
    assert_eq!(page(&report(harmless)), page(&report(harmless)));
}

#[test]
fn the_page_says_what_came_of_it() {
    let page = page(&report(harmless));
    for said in [
        "1 of 2 artifacts in 800 ms, on 2 cores",
        "1 conditional; 1 ran on a blank system",
        "the hook failed",
        "old_linux_amd64_v1/old",
        "1.0 kB → 400 B (-60 %)",
        "600 B saved, for 7.5 ms more at each start.",
        "2 more packages",
        "Started natively, both exited with 0.",
        "not needed in this run",
        "after SIGTERM it exited with 1",
        "345 ms",
        "out-of-memory or seccomp",
        "not predicted",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn gates_have_a_word_each() {
    let report = report(harmless);
    let views = ArtifactView::all(&report);
    let words = |view: &ArtifactView<'_>| -> Vec<String> {
        let gates = view.gates.0.iter();
        gates.map(|gate| gate.word.to_string()).collect()
    };
    assert_eq!(
        words(&views[0]),
        [
            "compiled",
            "conditional",
            "packed, starts",
            "pass",
            "placed"
        ]
    );
    assert_eq!(
        words(&views[1]),
        [
            "compiled",
            "refused",
            "not reached",
            "not reached",
            "not reached"
        ]
    );
}

#[test]
fn an_artifact_is_told_from_others_in_few_words() {
    let report = report(harmless);
    let views = ArtifactView::all(&report);
    let brief = |view: &ArtifactView<'_>| -> Vec<String> {
        let marks = view.gates.brief();
        marks
            .into_iter()
            .map(|mark| mark.word.into_owned())
            .collect()
    };
    assert_eq!(
        brief(&views[0]),
        ["conditional", "packed, starts", "blank system: pass"]
    );
    assert_eq!(brief(&views[1]), ["refused"]);
}

/// The gates of the artifact that passed them all, once something is different.
fn gates_after(change: impl FnOnce(&mut RunReport)) -> [Mark; 5] {
    let mut report = report(harmless);
    change(&mut report);
    let views = ArtifactView::all(&report);
    views.into_iter().next().unwrap().gates.0
}

fn step_of(report: &mut RunReport, kind: StepKind) -> &mut StepReport {
    let mut steps = report.steps.iter_mut();
    steps.find(|step| step.id.kind() == kind).unwrap()
}

#[test]
fn what_was_not_checked_is_never_green() {
    let place = |kind| {
        let order = [
            StepKind::Compile,
            StepKind::Verify,
            StepKind::Compress,
            StepKind::Smoke,
            StepKind::Place,
        ];
        order.iter().position(|one| *one == kind).unwrap()
    };
    for kind in [
        StepKind::Compile,
        StepKind::Verify,
        StepKind::Compress,
        StepKind::Smoke,
        StepKind::Place,
    ] {
        for outcome in [
            StepOutcome::Skipped,
            StepOutcome::Stopped,
            StepOutcome::Failed,
        ] {
            let gates = gates_after(|report| step_of(report, kind).outcome = outcome);
            assert_ne!(gates[place(kind)].tone, Tone::Good, "{kind:?} {outcome:?}");
        }
        let gates = gates_after(|report| report.steps.retain(|step| step.id.kind() != kind));
        assert_eq!(gates[place(kind)].tone, Tone::Unknown, "{kind:?}");
    }
    let not_run = gates_after(|report| {
        let why = SmokeRecord::not_run("x".to_owned(), None, "no emulator".to_owned());
        step_of(report, StepKind::Smoke).smoke = Some(why);
    });
    assert_eq!(not_run[3], Mark::unknown("not run"));
    let not_started = gates_after(|report| {
        step_of(report, StepKind::Compress).trial = Some(TrialReport::NotStarted {
            not_started: "no emulator".to_owned(),
        });
    });
    assert_eq!(not_started[2], Mark::caution("packed, not started"));
    let unproven = gates_after(|report| report.artifacts[0].verdict = Verdict::Unproven);
    assert_eq!(unproven[1], Mark::unknown("not proven"));
    let not_asked = gates_after(|report| {
        report.planned[0].steps.smoke = None;
        report.planned[0].steps.compress = None;
    });
    assert_eq!(
        not_asked[2..4],
        [Mark::unknown("not asked"), Mark::unknown("not asked")]
    );
}

#[test]
fn predictions_stand_beside_what_was_seen() {
    let record = smoked(harmless);
    let rows = foreseen(&record);
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.what.as_str(), row.predicted, row.observed))
        .collect();
    assert_eq!(
        rows,
        [
            (
                "plugin",
                Some("plugin"),
                Observed::Line("plugin.Open: no such file")
            ),
            ("cgo-stub", Some("os/user"), Observed::Not),
            ("out-of-memory or seccomp", None, Observed::Line("killed")),
        ]
    );
}

#[test]
fn the_parts_of_a_file_add_up_to_it() {
    let weight = weight(harmless);
    let segments = segments(&weight, 2000);
    let drawn: Vec<_> = segments
        .iter()
        .map(|one| {
            (
                one.part.class(),
                one.start.to_string(),
                one.width.to_string(),
            )
        })
        .collect();
    let wanted = [
        ("own", "0.00%", "5.00%"),
        ("dependency", "5.00%", "0.00%"),
        ("go", "5.00%", "15.00%"),
        ("rest", "20.00%", "30.00%"),
    ];
    let wanted = wanted.map(|(class, start, width)| (class, start.to_owned(), width.to_owned()));
    assert_eq!(drawn, wanted);
}

/// The colours that a part of a style sheet names.
fn colours(text: &str) -> Vec<(&str, [u8; 3])> {
    let declared = text.split("--").skip(1).filter_map(|piece| {
        let (name, value) = piece.split_once(": #")?;
        let number = u32::from_str_radix(value.get(..6)?, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some((name, [red, green, blue]))
    });
    declared.collect()
}

/// The colours of the style sheet by their names: those of the light page, and those that the dark one has
/// in place of them.
fn palettes(sheet: &str) -> [BTreeMap<&str, [u8; 3]>; 2] {
    let (light, dark) = sheet.split_once("@media screen").unwrap();
    let dark = dark.split_once("* {").unwrap().0;
    let light: BTreeMap<&str, [u8; 3]> = colours(light).into_iter().collect();
    let mut both = light.clone();
    both.extend(colours(dark));
    [light, both]
}

/// How much one colour stands out from another.
///
/// Source: WCAG 2.2, "contrast ratio" and "relative luminance".
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |colour: [u8; 3]| {
        let [red, green, blue] = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_stands_out_from_what_is_behind_it() {
    for (scheme, colours) in ["light", "dark"]
        .iter()
        .zip(palettes(include_str!("draw/page.css")))
    {
        let texts = ["text", "muted", "link"];
        let grounds = ["ground", "card"];
        let on_grounds = texts
            .iter()
            .flat_map(|text| grounds.map(|ground| (*text, ground)));
        let marks = ["good", "caution", "bad", "unknown"];
        let on_marks = marks.map(|mark| (mark, format!("{mark}-ground")));
        let bars = ["blue", "violet", "teal", "orange", "pink", "slate"];
        let on_bars = bars.map(|bar| ("on-bar", bar));
        let pairs = on_grounds
            .chain(on_bars)
            .map(|(text, ground)| (text, ground.to_owned()))
            .chain(on_marks);
        for (text, ground) in pairs {
            let ratio = contrast(colours[text], colours[ground.as_str()]);
            assert!(ratio >= 4.5, "{scheme}: {text} on {ground}: {ratio:.2}");
        }
        for bar in bars {
            let ratio = contrast(colours[bar], colours["card"]);
            assert!(ratio >= 3.0, "{scheme}: {bar} on a card: {ratio:.2}");
        }
    }
}
