//! What tells two builds of one binary apart.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use super::cause::{Cause, Trace, Traced};
use super::functions::{self, FunctionDifferences};
use crate::inspect::{BuildInfo, Format, Loaded, Program, inspect, sections};
use crate::verify::Trimpath;

/// What tells two builds of one binary apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Bytes of the first file.
    pub first_size: u64,
    /// Bytes of the second file.
    pub second_size: u64,
    /// Where they first differ.
    pub offset: u64,
    /// The sections that differ.
    pub sections: Vec<SectionDifference>,
    /// The settings of the build that Go records otherwise.
    pub settings: Vec<SettingDifference>,
    /// The functions that differ, as far as they tell.
    pub functions: Option<FunctionDifferences>,
    /// What of the second build is in its bytes, with the text around it.
    pub traces: Vec<FoundTrace>,
    /// Texts that differ, where some do at one place.
    pub texts: Option<Texts>,
    /// What usually leads to that.
    pub causes: Vec<Cause>,
}

/// A section that differs; one that only one file has is empty in the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionDifference {
    /// Its name.
    pub name: String,
    /// Bytes in the first file.
    pub first_size: u64,
    /// Bytes in the second file.
    pub second_size: u64,
    /// Bytes that differ, where it has the same length in both.
    pub bytes: Option<u64>,
}

/// A setting that Go records otherwise; nothing where it doesn't.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingDifference {
    /// As `go version -m` has it: `vcs.modified`, `-ldflags`, `dep golang.org/x/sys`.
    pub name: String,
    /// Its value in the first file.
    pub first: Option<String>,
    /// Its value in the second file.
    pub second: Option<String>,
}

/// Something of the second build that is in its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundTrace {
    /// What it is.
    pub of: Traced,
    /// The text that has it.
    pub text: String,
}

/// Two texts that stand at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Texts {
    /// That of the first file.
    pub first: String,
    /// That of the second file.
    pub second: String,
}

impl Texts {
    /// Whether both have a time of day or a date in numbers.
    pub(super) fn are_times(&self) -> bool {
        let is_time = |text: &str| {
            let shape: String = text
                .chars()
                .map(|c| if c.is_ascii_digit() { '0' } else { c })
                .collect();
            ["00:00", "0000-00-00", "0000/00/00"]
                .iter()
                .any(|time| shape.contains(time))
        };
        is_time(&self.first) && is_time(&self.second)
    }
}

impl Difference {
    /// What tells two files apart; none where they are the same.
    #[must_use]
    pub fn between(
        first: &[u8],
        second: &[u8],
        trimpath: Trimpath,
        traces: &[Trace],
    ) -> Option<Self> {
        if first == second {
            return None;
        }
        let same = first.iter().zip(second).take_while(|(a, b)| a == b);
        let offset = same.count() as u64;
        let settings = settings(build_info(first).as_ref(), build_info(second).as_ref());
        let loaded = [first, second].map(|bytes| Loaded::of(Format::of(bytes), bytes));
        let functions = match loaded.each_ref().map(Program::find) {
            [Ok(first), Ok(second)] => functions::differences(&first, &second),
            _ => None,
        };
        let found = found(first, second, traces);
        let texts = texts(first, second);
        Some(Self {
            first_size: first.len() as u64,
            second_size: second.len() as u64,
            offset,
            sections: section_differences(first, second),
            causes: Cause::of(
                found.iter().map(|found| found.of),
                trimpath,
                &settings,
                texts.as_ref(),
                functions.as_ref(),
            ),
            settings,
            functions,
            traces: found,
            texts,
        })
    }
}

fn build_info(bytes: &[u8]) -> Option<BuildInfo> {
    inspect(bytes).ok()?.go.ok()
}

/// A section has a name, and the number of those before it that have the same one.
type SectionKey<'data> = (&'data str, usize);

fn numbered(bytes: &[u8]) -> Vec<(SectionKey<'_>, &[u8])> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let all = sections(bytes).into_iter();
    all.map(|section| {
        let number = seen.entry(section.name).or_default();
        *number += 1;
        ((section.name, *number), section.bytes)
    })
    .collect()
}

/// In the order of the first file; then those that only the second has.
fn section_differences(first: &[u8], second: &[u8]) -> Vec<SectionDifference> {
    let (first, second) = (numbered(first), numbered(second));
    let (own, other): (BTreeMap<_, _>, BTreeMap<_, _>) = (
        first.iter().copied().collect(),
        second.iter().copied().collect(),
    );
    let only_second = second.iter().filter(|(key, _)| !own.contains_key(key));
    let keys = first.iter().chain(only_second).map(|(key, _)| key);
    keys.filter_map(|key| {
        let one = own.get(key).copied().unwrap_or_default();
        let two = other.get(key).copied().unwrap_or_default();
        (one != two).then(|| SectionDifference {
            name: key.0.to_owned(),
            first_size: one.len() as u64,
            second_size: two.len() as u64,
            bytes: (one.len() == two.len()).then(|| {
                let pairs = one.iter().zip(two);
                pairs.filter(|(a, b)| a != b).count() as u64
            }),
        })
    })
    .collect()
}

/// What `go version -m` says, by name.
fn told(info: &BuildInfo) -> BTreeMap<String, String> {
    let mut told = BTreeMap::from([
        ("go".to_owned(), info.go_version.clone()),
        ("path".to_owned(), info.path.clone()),
    ]);
    let modules = info.main.iter().map(|module| ("mod", module));
    let modules = modules.chain(info.modules.iter().map(|module| ("dep", module)));
    for (word, module) in modules {
        let replaced = module
            .replace
            .as_ref()
            .map(|by| format!(" => {} {} {}", by.path, by.version, by.sum));
        let value = format!(
            "{} {}{}",
            module.version,
            module.sum,
            replaced.unwrap_or_default()
        );
        told.insert(format!("{word} {}", module.path), value.trim().to_owned());
    }
    for setting in &info.settings {
        told.insert(setting.key.clone(), setting.value.clone());
    }
    told
}

fn settings(first: Option<&BuildInfo>, second: Option<&BuildInfo>) -> Vec<SettingDifference> {
    let told = |info: Option<&BuildInfo>| info.map(told).unwrap_or_default();
    let (first, second) = (told(first), told(second));
    let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let differing = names
        .into_iter()
        .filter(|name| first.get(*name) != second.get(*name));
    differing
        .map(|name| SettingDifference {
            name: name.clone(),
            first: first.get(name).cloned(),
            second: second.get(name).cloned(),
        })
        .collect()
}

/// The traces of the second build that are in its file and not in the first one.
fn found(first: &[u8], second: &[u8], traces: &[Trace]) -> Vec<FoundTrace> {
    let found = traces.iter().filter_map(|trace| {
        let text = trace.text.as_bytes();
        let at = memchr::memmem::find(second, text)?;
        if text.is_empty() || memchr::memmem::find(first, text).is_some() {
            return None;
        }
        let at = at..at + text.len();
        Some(FoundTrace {
            of: trace.of,
            text: around(second, at),
        })
    });
    found.collect()
}

/// Bytes of a text that are shown on each side of what differs.
const SHOWN: usize = 40;
/// A shorter run of printable bytes is no text.
const SHORTEST: usize = 6;
/// Places that are looked at for a text: where addresses differ, there are very many.
const MOST_PLACES: usize = 100_000;

/// The printable bytes around a place.
fn around(bytes: &[u8], place: Range<usize>) -> String {
    let is_printable = |byte: &&u8| byte.is_ascii_graphic() || **byte == b' ';
    let before = bytes.get(..place.start).unwrap_or_default();
    let before = before.iter().rev().take(SHOWN).take_while(is_printable);
    let start = place.start - before.count();
    let after = bytes.get(place.end..).unwrap_or_default();
    let after = after.iter().take(SHOWN).take_while(is_printable).count();
    let text = bytes.get(start..place.end + after).unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}

/// The first texts that stand at the same place of a section and differ.
fn texts(first: &[u8], second: &[u8]) -> Option<Texts> {
    let (first, second) = (numbered(first), numbered(second));
    let second: BTreeMap<_, _> = second.into_iter().collect();
    let is_text = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    let mut places = 0;
    for (key, one) in first {
        // Build identifiers are texts, too, and follow from everything else.
        let (false, Some(other)) = (key.0.contains("note"), second.get(&key)) else {
            continue;
        };
        let pairs = one.iter().zip(*other).enumerate();
        let differing = pairs.filter(|(_, (a, b))| a != b && is_text(**a) && is_text(**b));
        for (at, _) in differing {
            places += 1;
            if places > MOST_PLACES {
                return None;
            }
            let (one, other) = (around(one, at..at + 1), around(other, at..at + 1));
            if one.len() >= SHORTEST && other.len() >= SHORTEST && !one.contains("Go build ID") {
                return Some(Texts {
                    first: one,
                    second: other,
                });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Setting;

    fn info(settings: &[(&str, &str)]) -> BuildInfo {
        let setting = |(key, value): &(&str, &str)| Setting {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        BuildInfo {
            settings: settings.iter().map(setting).collect(),
            ..BuildInfo::default()
        }
    }

    fn trace(of: Traced, text: &str) -> Trace {
        let text = text.to_owned();
        Trace { of, text }
    }

    #[test]
    fn files_that_are_the_same_have_no_difference() {
        assert_eq!(
            Difference::between(b"same", b"same", Trimpath::Trimmed, &[]),
            None
        );
    }

    #[test]
    fn a_file_of_no_format_still_tells_where_and_of_what_it_differs() {
        let traces = [
            trace(Traced::Sources, "/copy"),
            trace(Traced::User, "again"),
            trace(Traced::Home, "/home"),
        ];
        let (first, second) = (b"at /root/main.go again\0", b"at /copy/main.go again\0");
        let told = Difference::between(first, second, Trimpath::Trimmed, &traces).unwrap();
        assert_eq!((told.offset, &told.sections), (4, &vec![]));
        // What the first file has, too, is no trace.
        assert_eq!(told.traces.len(), 1);
        assert_eq!(told.traces[0].text, "at /copy/main.go again");
        assert_eq!(told.causes, [Cause::SourcePath]);
        let untrimmed = Difference::between(first, second, Trimpath::Kept, &traces).unwrap();
        assert_eq!(untrimmed.causes, [Cause::Untrimmed]);
    }

    #[test]
    fn what_nothing_points_at_is_unknown() {
        let told = Difference::between(b"a", b"b", Trimpath::Trimmed, &[]).unwrap();
        assert_eq!(told.causes, [Cause::Unknown]);
    }

    #[test]
    fn a_setting_that_differs_is_named_with_both_values() {
        let first = info(&[("vcs.modified", "false"), ("-tags", "x")]);
        let second = info(&[
            ("vcs.modified", "true"),
            ("-tags", "x"),
            ("CGO_CFLAGS", "-O1"),
        ]);
        let told = settings(Some(&first), Some(&second));
        let names: Vec<&str> = told.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["CGO_CFLAGS", "vcs.modified"]);
        assert_eq!(told[0].first, None);
        assert_eq!(told[1].second.as_deref(), Some("true"));
        let causes = Cause::of(std::iter::empty(), Trimpath::Trimmed, &told, None, None);
        assert_eq!(causes, [Cause::Stamp, Cause::Setting]);
    }

    #[test]
    fn texts_with_a_time_in_both_are_times() {
        let are_times = |first: &str, second: &str| {
            let (first, second) = (first.to_owned(), second.to_owned());
            Texts { first, second }.are_times()
        };
        assert!(are_times(
            "Sat Nov 28 11:45:21 2026",
            "Sun Nov 29 01:49:01 2026"
        ));
        assert!(are_times("2026-11-28", "2026-11-29"));
        assert!(!are_times("Sat Nov 28 11:45:21 2026", "never"));
        assert!(!are_times("v1.2.3", "v1.2.4"));
    }
}
