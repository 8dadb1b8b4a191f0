//! Versions that have a vulnerability, by the events that began and ended it.
//!
//! Source: "Evaluation" in the OSV schema (<https://ossf.github.io/osv-schema/#evaluation>), as
//! `internal/semver/affects.go` of golang.org/x/vuln does it.

use std::cmp::Ordering;

use crate::audit::ModuleVersion;

/// What a version did to a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was there from the beginning.
    FromBeginning,
    /// It is the first that has it.
    Introduced(ModuleVersion),
    /// It is the first that hasn't it any more.
    Fixed(ModuleVersion),
    /// It is the last that has it.
    LastAffected(ModuleVersion),
}

/// The versions that have a vulnerability; all, where nothing narrows them down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// The events of each, sorted.
    ranges: Vec<Vec<Event>>,
}

/// Events of which none is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a range of versions doesn't say where it starts")]
pub struct NoIntroduction;

impl Event {
    fn version(&self) -> Option<&ModuleVersion> {
        match self {
            Self::FromBeginning => None,
            Self::Introduced(version) | Self::Fixed(version) | Self::LastAffected(version) => {
                Some(version)
            }
        }
    }

    fn starts(&self) -> bool {
        matches!(self, Self::FromBeginning | Self::Introduced(_))
    }
}

impl Ranges {
    /// Adds a range by its events, in whichever order; one without events holds every version.
    ///
    /// # Errors
    /// When no event is a beginning.
    pub fn add(&mut self, mut events: Vec<Event>) -> Result<(), NoIntroduction> {
        if !events.is_empty() && !events.iter().any(Event::starts) {
            return Err(NoIntroduction);
        }
        events.sort_by(|a, b| match (a.version(), b.version()) {
            (Some(a), Some(b)) => a.precedence(b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        });
        self.ranges.push(events);
        Ok(())
    }

    /// Whether a version has the vulnerability.
    #[must_use]
    pub fn hold(&self, version: &ModuleVersion) -> bool {
        let mut ranges = self.ranges.iter();
        self.ranges.is_empty() || ranges.any(|events| holds(events, version))
    }

    /// The versions behind one that fix the vulnerability.
    pub fn fixes<'a>(
        &'a self,
        version: &'a ModuleVersion,
    ) -> impl Iterator<Item = &'a ModuleVersion> {
        let fixed = |event: &'a Event| match event {
            Event::Fixed(fixed) => Some(fixed),
            Event::FromBeginning | Event::Introduced(_) | Event::LastAffected(_) => None,
        };
        let all = self.ranges.iter().flatten().filter_map(fixed);
        all.filter(|fixed| version.precedence(fixed) == Ordering::Less)
    }
}

/// Whether a version is in a range of sorted events.
fn holds(events: &[Event], version: &ModuleVersion) -> bool {
    let mut holds = events.is_empty();
    for event in events {
        match event {
            Event::FromBeginning => holds = true,
            Event::Introduced(first) if !holds => {
                holds = version.precedence(first) != Ordering::Less;
            }
            Event::Fixed(fixed) if holds => holds = version.precedence(fixed) == Ordering::Less,
            Event::LastAffected(last) if holds => {
                holds = version.precedence(last) != Ordering::Greater;
            }
            Event::Introduced(_) | Event::Fixed(_) | Event::LastAffected(_) => {}
        }
    }
    holds
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> ModuleVersion {
        text.parse().unwrap()
    }

    fn ranges(events: Vec<Event>) -> Ranges {
        let mut ranges = Ranges::default();
        ranges.add(events).unwrap();
        ranges
    }

    #[test]
    fn a_range_holds_its_beginning_and_not_its_end() {
        let ranges = ranges(vec![
            Event::Introduced(version("v1.2.0")),
            Event::Fixed(version("v1.4.0")),
        ]);
        for (text, holds) in [
            ("v1.1.9", false),
            ("v1.2.0-rc.1", false),
            ("v1.2.0", true),
            ("v1.2.0+incompatible", true),
            ("v1.4.0-0.20210101000000-0123456789ab", true),
            ("v1.4.0", false),
            ("v1.4.0+incompatible", false),
        ] {
            assert_eq!(ranges.hold(&version(text)), holds, "{text}");
        }
        let (old, new) = (version("v1.3.0"), version("v1.4.0"));
        assert_eq!(ranges.fixes(&old).collect::<Vec<_>>(), [&new]);
        assert_eq!(ranges.fixes(&new).count(), 0);
    }

    #[test]
    fn the_last_affected_version_is_affected() {
        let ranges = ranges(vec![
            Event::FromBeginning,
            Event::LastAffected(version("v1.4.0")),
        ]);
        assert!(ranges.hold(&version("v1.4.0+incompatible")));
        assert!(!ranges.hold(&version("v1.4.1")));
        assert_eq!(ranges.fixes(&version("v1.0.0")).count(), 0);
    }

    #[test]
    fn what_nothing_narrows_down_holds_every_version() {
        assert!(Ranges::default().hold(&version("v1.0.0")));
        assert!(ranges(Vec::new()).hold(&version("v1.0.0")));
        let fixed = vec![Event::Fixed(version("v1.0.0"))];
        assert_eq!(Ranges::default().add(fixed), Err(NoIntroduction));
    }

    fn numbered(number: u16) -> ModuleVersion {
        version(&format!("v1.{}.{}", number / 10, number % 10))
    }

    proptest! {
        #[test]
        fn a_version_is_held_between_a_beginning_and_the_next_end(
            cuts in proptest::collection::btree_set(1_u16..500, 0..8),
            from_beginning: bool,
            wanted in 0_u16..510,
            order in any::<proptest::sample::Index>(),
        ) {
            let mut events = Vec::new();
            events.extend(from_beginning.then_some(Event::FromBeginning));
            for cut in &cuts {
                let starts = events.last().is_none_or(|last: &Event| !last.starts());
                let event = if starts { Event::Introduced } else { Event::Fixed };
                events.push(event(numbered(*cut)));
            }
            prop_assume!(!events.is_empty());
            let before = cuts.iter().filter(|cut| **cut <= wanted).count();
            let expected = (before + usize::from(from_beginning)) % 2 == 1;
            let end = cuts.iter().find(|cut| **cut > wanted).map(|cut| numbered(*cut));
            let middle = order.index(events.len());
            events.rotate_left(middle);
            let (ranges, wanted) = (ranges(events), numbered(wanted));
            prop_assert_eq!(ranges.hold(&wanted), expected);
            if expected {
                prop_assert_eq!(ranges.fixes(&wanted).min(), end.as_ref());
            }
        }

        #[test]
        fn several_ranges_hold_what_any_of_them_holds(
            first in (0_u16..100, 1_u16..100),
            second in (0_u16..100, 1_u16..100),
            wanted in 0_u16..300,
        ) {
            let range = |(start, length): (u16, u16)| vec![
                Event::Introduced(numbered(start)),
                Event::Fixed(numbered(start + length)),
            ];
            let mut both = ranges(range(first));
            both.add(range(second)).unwrap();
            let held = |(start, length)| (start..start + length).contains(&wanted);
            prop_assert_eq!(both.hold(&numbered(wanted)), held(first) || held(second));
        }
    }
}
