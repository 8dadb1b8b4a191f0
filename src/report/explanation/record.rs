//! The objects of `explain --format json`.

use serde::Serialize;

use super::binary::{Binary, Confirmation};
use crate::explain::{
    Block, Cause, Fit, Log, Match, Note, OTHERS, Other, Reading, Sighting, Subject, Topic, fixes,
    words,
};
use crate::verify::{Fix, Rule, RuleId, Severity, Systems, Verdict};

/// The version of all of them.
const SCHEMA: u32 = 1;

/// Rules, topics and causes that are in no binary.
#[derive(Clone, Debug, Serialize)]
pub struct Catalogue {
    schema: u32,
    rules: Vec<RuleRecord>,
    topics: Vec<TopicRecord>,
    causes: Vec<OtherRecord>,
}

impl Catalogue {
    /// All that there are.
    #[must_use]
    pub fn whole() -> Self {
        Self {
            schema: SCHEMA,
            rules: Rule::ALL.iter().copied().map(RuleRecord::new).collect(),
            topics: Topic::ALL.iter().map(TopicRecord::new).collect(),
            causes: OTHERS.iter().map(OtherRecord::new).collect(),
        }
    }

    /// Those of one name.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        Self {
            schema: SCHEMA,
            rules: subject.rule.into_iter().map(RuleRecord::new).collect(),
            topics: subject.topic.into_iter().map(TopicRecord::new).collect(),
            causes: subject.other.into_iter().map(OtherRecord::new).collect(),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct OtherRecord {
    name: &'static str,
    summary: &'static str,
    signs: &'static [&'static str],
    telling: &'static str,
    fixes: Vec<&'static Fix>,
}

impl OtherRecord {
    fn new(other: &'static Other) -> Self {
        Self {
            name: other.name,
            summary: other.summary,
            signs: other.signs,
            telling: other.telling,
            fixes: Cause::Other(other).fixes(),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct RuleRecord {
    id: RuleId,
    class: &'static str,
    severity: Severity,
    summary: &'static str,
    explanation: &'static str,
    symptom: &'static str,
    signs: &'static [&'static str],
    telling: Option<&'static str>,
    systems: Systems,
    fixes: Vec<&'static Fix>,
}

impl RuleRecord {
    fn new(rule: &'static Rule) -> Self {
        let note = Note::of(rule);
        Self {
            id: rule.id,
            class: words::class_name(rule.class),
            severity: rule.severity,
            summary: rule.summary,
            explanation: rule.explanation,
            symptom: rule.symptom,
            signs: rule.signs,
            telling: note.map(|note| note.telling),
            systems: rule.systems,
            fixes: fixes(rule),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct TopicRecord {
    id: &'static str,
    summary: &'static str,
    blocks: Vec<Block>,
}

impl TopicRecord {
    fn new(topic: &Topic) -> Self {
        Self {
            id: topic.id,
            summary: topic.summary,
            blocks: (topic.blocks)(),
        }
    }
}

/// A symptom and its causes.
#[derive(Clone, Debug, Serialize)]
pub struct SymptomRecord<'a> {
    schema: u32,
    symptom: &'a str,
    fit: Option<Fit>,
    causes: Vec<CauseRecord>,
    binary: Option<BinaryRecord<'a>>,
}

impl<'a> SymptomRecord<'a> {
    /// The record of what was found, and of what a binary says to it.
    #[must_use]
    pub fn new(symptom: &'a str, found: &[Match], binary: Option<&'a Binary>) -> Self {
        let causes = found.iter().map(|found| CauseRecord {
            sign: found.sign,
            ..CauseRecord::new(found.cause, symptom, binary)
        });
        Self {
            schema: SCHEMA,
            symptom,
            fit: found.first().map(|found| found.fit),
            causes: causes.collect(),
            binary: binary
                .map(|binary| BinaryRecord::new(binary, found.iter().map(|one| one.cause))),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct CauseRecord {
    name: &'static str,
    rule: Option<RuleId>,
    summary: &'static str,
    sign: Option<&'static str>,
    telling: Option<&'static str>,
    fixes: Vec<&'static Fix>,
    standing: Option<Confirmation>,
}

impl CauseRecord {
    fn new(cause: Cause, message: &str, binary: Option<&Binary>) -> Self {
        Self {
            name: cause.name(),
            rule: cause.rule().map(|rule| rule.id),
            summary: cause.summary(),
            sign: None,
            telling: cause.telling(),
            fixes: cause.fixes(),
            standing: binary.and_then(|binary| binary.standing(cause, message)),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct BinaryRecord<'a> {
    path: &'a str,
    verdict: Verdict,
    /// What the rules found in the binary and the log doesn't show.
    unseen: Vec<RuleId>,
}

impl<'a> BinaryRecord<'a> {
    fn new(binary: &'a Binary, seen: impl Iterator<Item = Cause>) -> Self {
        Self {
            path: &binary.path,
            verdict: binary.verdict,
            unseen: binary.unseen(seen),
        }
    }
}

/// What a log tells.
#[derive(Clone, Debug, Serialize)]
pub struct LogRecord<'a> {
    schema: u32,
    log: &'a str,
    lines: u64,
    /// Whether there is more of it than was read.
    cut: bool,
    sightings: Vec<SightingRecord<'a>>,
    binary: Option<BinaryRecord<'a>>,
}

impl<'a> LogRecord<'a> {
    /// The record of a log, and of what a binary says to it.
    #[must_use]
    pub fn new(path: &'a str, log: &'a Log, binary: Option<&'a Binary>) -> Self {
        let sightings = log.sightings.iter();
        Self {
            schema: SCHEMA,
            log: path,
            lines: log.lines,
            cut: log.reading != Reading::Whole,
            sightings: sightings
                .map(|one| SightingRecord::new(one, binary))
                .collect(),
            binary: binary.map(|binary| BinaryRecord::new(binary, log.causes())),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct SightingRecord<'a> {
    line: u64,
    text: &'a str,
    sign: &'static str,
    times: u64,
    causes: Vec<CauseRecord>,
}

impl<'a> SightingRecord<'a> {
    fn new(sighting: &'a Sighting, binary: Option<&Binary>) -> Self {
        let causes = sighting.causes.iter();
        Self {
            line: sighting.line,
            text: &sighting.text,
            sign: sighting.sign,
            times: sighting.times,
            causes: causes
                .map(|cause| CauseRecord::new(*cause, &sighting.text, binary))
                .collect(),
        }
    }
}
