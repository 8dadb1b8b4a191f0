//! A rule, a topic, a cause that is in no binary, or the list of all.

use super::{FIELDS, Fields, PLAIN, fields, write_fixes};
use crate::console::STRONG;
use crate::explain::{Block, Cause, Note, OTHERS, Other, Subject, Topic, fixes, words};
use crate::verify::Rule;

/// Columns before the entries of a list.
const INDENT: usize = 2;

/// Every rule by class, every topic, and the causes that are in no binary.
#[must_use]
pub fn catalogue_text(width: Option<usize>) -> String {
    let mut fields = fields(width);
    for class in words::CLASSES {
        let rules = Rule::ALL.iter().filter(|rule| rule.class == class);
        let names = rules.map(|rule| (rule.id.as_str(), rule.summary));
        fields.title(STRONG, &format!("Rules that tell {}", words::class(class)));
        fields.entries(INDENT, names);
        fields.gap();
    }
    fields.title(STRONG, "Topics");
    let topics = Topic::ALL.iter().map(|topic| (topic.id, topic.summary));
    fields.entries(INDENT, topics);
    fields.gap();
    fields.title(STRONG, "Causes that are in no binary");
    let others = OTHERS.iter().map(|other| (other.name, other.summary));
    fields.entries(INDENT, others);
    fields.gap();
    fields.title(
        PLAIN,
        "gobuildx explain NAME tells more; gobuildx explain \"TEXT\" finds the causes of what is seen.",
    );
    fields.finish()
}

/// A rule, a topic, both, or a cause that is in no binary.
#[must_use]
pub fn subject_text(subject: Subject, width: Option<usize>) -> String {
    let mut fields = fields(width);
    if let Some(rule) = subject.rule {
        write_rule(&mut fields, rule);
    }
    if let Some(topic) = subject.topic {
        if subject.rule.is_some() {
            fields.gap();
        }
        write_topic(&mut fields, topic);
    }
    if let Some(other) = subject.other {
        write_other(&mut fields, other);
    }
    fields.finish()
}

fn write_rule(fields: &mut Fields, rule: &Rule) {
    let note = Note::of(rule);
    fields.title(STRONG, &format!("{}: {}", rule.id, rule.summary));
    fields.field(FIELDS, "kind", PLAIN, words::class(rule.class));
    fields.field(FIELDS, "severity", PLAIN, words::severity(rule.severity));
    fields.field(FIELDS, "systems", PLAIN, &rule.systems.in_words());
    fields.field(FIELDS, "why", PLAIN, rule.explanation);
    fields.field(FIELDS, "seen", PLAIN, rule.symptom);
    write_signs(fields, rule.signs);
    if let Some(note) = note {
        fields.field(FIELDS, "told by", PLAIN, note.telling);
    }
    fields.gap();
    fields.title(STRONG, "What to do");
    write_fixes(fields, &fixes(rule));
}

fn write_other(fields: &mut Fields, other: &'static Other) {
    fields.title(STRONG, &format!("{}: {}", other.name, other.summary));
    fields.field(FIELDS, "kind", PLAIN, "a cause that no file shows");
    write_signs(fields, other.signs);
    fields.field(FIELDS, "told by", PLAIN, other.telling);
    fields.gap();
    fields.title(STRONG, "What to do");
    write_fixes(fields, &Cause::Other(other).fixes());
}

fn write_signs(fields: &mut Fields, signs: &[&str]) {
    let mut label = "signs";
    for sign in signs {
        fields.field(FIELDS, label, PLAIN, sign);
        label = "";
    }
}

fn write_topic(fields: &mut Fields, topic: &Topic) {
    fields.title(STRONG, &format!("{}: {}", topic.id, topic.summary));
    for block in (topic.blocks)() {
        fields.gap();
        match block {
            Block::Text(text) => fields.paragraph(text),
            Block::List(list) => {
                fields.title(STRONG, list.title);
                fields.entries(INDENT, list.entries.into_iter());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::subject;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_rule_is_told_with_all_of_its_prose() {
        let text = plain(&subject_text(subject("tzdata").unwrap(), None));
        for words in [
            "tzdata: the program looks up time zones",
            "severity  fails",
            "systems   every system but darwin, ios",
            "unknown time zone …",
            "source    import _ \"time/tzdata\"",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn a_cause_that_no_file_shows_is_told_with_what_to_do() {
        let text = plain(&subject_text(subject("memory-limit").unwrap(), None));
        for words in ["memory-limit: ", "OOMKilled", "told by", "What to do"] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn the_list_has_every_name() {
        let text = plain(&catalogue_text(None));
        for rule in Rule::ALL {
            assert!(text.contains(rule.id.as_str()), "{}", rule.id);
        }
        for topic in Topic::ALL {
            assert!(text.contains(topic.id), "{}", topic.id);
        }
        for other in OTHERS {
            assert!(text.contains(other.name), "{}", other.name);
        }
    }

    #[test]
    fn topics_fit_a_terminal() {
        for topic in Topic::ALL {
            let subject = Subject {
                rule: None,
                topic: Some(topic),
                other: None,
            };
            let text = plain(&subject_text(subject, Some(80)));
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }
}
