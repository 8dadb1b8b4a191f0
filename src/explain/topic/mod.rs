//! What several rules have in common, told at length.

mod ca_roots;
mod dns;
mod files;
mod libraries;
mod linking;

/// A page on one matter.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// Its name; that of a rule where it tells more about it.
    pub id: &'static str,
    /// What tools say that it explains, in small letters.
    pub said: &'static [&'static str],
    /// What it tells, in one line.
    pub summary: &'static str,
    /// The page.
    pub blocks: fn() -> Vec<Block>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Text(&'static str),
    /// A list.
    List(List),
}

/// Names, and what is said about each.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct List {
    /// What they are.
    pub title: &'static str,
    /// A path, a variable or a library, and what it is for.
    pub entries: Vec<(&'static str, &'static str)>,
}

impl Topic {
    /// Every topic, sorted by name.
    pub const ALL: &'static [Self] = &[
        ca_roots::TOPIC,
        dns::TOPIC,
        files::TOPIC,
        libraries::TOPIC,
        linking::TOPIC,
    ];

    /// The topic of this name, of these words of a tool, or of this library; in small letters.
    #[must_use]
    pub fn find(words: &str) -> Option<&'static Self> {
        let is_meant = |topic: &&Self| {
            topic.id == words
                || topic.said.contains(&words)
                || (topic.id == libraries::TOPIC.id && libraries::tells_of(words))
        };
        Self::ALL.iter().find(is_meant)
    }
}

fn list(title: &'static str, entries: &[(&'static str, &'static str)]) -> Block {
    Block::List(List {
        title,
        entries: entries.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ldd_says_leads_to_a_topic() {
        let topic = |words| Topic::find(words).map(|topic| topic.id);
        assert_eq!(topic("not a dynamic executable"), Some("linking"));
        for library in [
            "libc",
            "libpthread.so.0",
            "linux-vdso.so.1",
            "vdso",
            "nss modules",
            "libsqlite3.so.0",
            "kernel32.dll",
        ] {
            assert_eq!(topic(library), Some("libraries"), "{library}");
        }
        assert_eq!(topic("libcurious"), None);
        assert_eq!(topic("no libc here"), None);
    }

    #[test]
    fn topics_are_sorted_and_none_is_empty() {
        assert!(Topic::ALL.is_sorted_by(|one, next| one.id < next.id));
        for topic in Topic::ALL {
            let blocks = (topic.blocks)();
            assert!(matches!(blocks[0], Block::Text(_)), "{}", topic.id);
            for block in blocks {
                match block {
                    Block::Text(text) => assert!(text.ends_with('.'), "{text}"),
                    Block::List(list) => {
                        assert!(!list.title.is_empty() && !list.entries.is_empty());
                    }
                }
            }
        }
    }
}
