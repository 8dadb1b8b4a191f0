//! What a word names: a rule, a topic, both, or a cause that is in no binary.

use super::other::{OTHERS, Other};
use super::topic::Topic;
use crate::verify::Rule;

/// What can be explained by its name; at least one of them is there.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The rule of that name.
    pub rule: Option<&'static Rule>,
    /// The topic of that name.
    pub topic: Option<&'static Topic>,
    /// The cause of that name that is in no binary.
    pub other: Option<&'static Other>,
}

/// What a word names; none for what is no name.
#[must_use]
pub fn subject(word: &str) -> Option<Subject> {
    let name = word.trim().to_ascii_lowercase();
    let subject = Subject {
        rule: name.parse().ok().and_then(Rule::get),
        topic: Topic::find(&name),
        other: OTHERS.iter().find(|other| other.name == name),
    };
    let is_any = subject.rule.is_some() || subject.topic.is_some() || subject.other.is_some();
    is_any.then_some(subject)
}

/// From here on two words are alike.
const ALIKE: f64 = 0.8;

/// The name that was probably meant by a word that is none.
#[must_use]
pub fn alike(word: &str) -> Option<&'static str> {
    let word = word.trim().to_ascii_lowercase();
    let rules = Rule::ALL.iter().map(|rule| rule.id.as_str());
    let names = rules.chain(Topic::ALL.iter().map(|topic| topic.id));
    let names = names.chain(OTHERS.iter().map(|other| other.name));
    names
        .map(|name| (strsim::jaro_winkler(&word, name), name))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_case() {
        assert_eq!(
            subject("ELF-interp ").unwrap().rule.unwrap().id.as_str(),
            "elf-interp"
        );
        assert_eq!(subject("dns").unwrap().topic.unwrap().id, "dns");
        let other = subject("memory-limit").unwrap().other.unwrap();
        assert_eq!(other.name, "memory-limit");
        assert!(subject("no such file").is_none());
    }

    #[test]
    fn a_name_with_a_slip_is_recognised() {
        assert_eq!(alike("elf-interpreter"), Some("elf-interp"));
        assert_eq!(alike("tzdat"), Some("tzdata"));
        assert_eq!(alike("librairies"), Some("libraries"));
        assert_eq!(alike("qwertz"), None);
    }
}
