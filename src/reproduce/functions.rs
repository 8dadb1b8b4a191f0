//! Which functions of two builds differ, and in which packages.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::inspect::Program;
use crate::verify::package;

/// More functions than these are counted.
const TOLD: usize = 10;

/// How a function differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the first build has it.
    OnlyFirst,
    /// Only the second build has it.
    OnlySecond,
    /// Its code is longer or shorter.
    Resized,
    /// Its code has the same length and isn't the same.
    Changed,
}

impl Change {
    /// As people read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnlyFirst => "only in the first",
            Self::OnlySecond => "only in the second",
            Self::Resized => "of another length",
            Self::Changed => "of other code",
        }
    }
}

/// A function that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedFunction {
    /// Its name.
    pub name: String,
    /// How it differs.
    pub change: Change,
}

/// The functions that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FunctionDifferences {
    /// How many there are.
    pub count: usize,
    /// The packages that they are in.
    pub packages: Vec<String>,
    /// The first ones.
    pub first: Vec<ChangedFunction>,
}

/// The functions of two builds that differ; none where none does, or the tables can't be read.
///
/// Code refers to data by address. Where something has another length, what comes after it lies
/// elsewhere, and so nearly all code differs; then only other functions and other lengths count.
pub(super) fn differences(
    first: &Program<'_>,
    second: &Program<'_>,
) -> Option<FunctionDifferences> {
    of_codes(&by_name(first), &by_name(second))
}

fn of_codes(
    first: &BTreeMap<&str, Codes<'_>>,
    second: &BTreeMap<&str, Codes<'_>>,
) -> Option<FunctionDifferences> {
    let names: BTreeSet<&str> = first.keys().chain(second.keys()).copied().collect();
    let changed = |name: &&str| {
        let change = match (first.get(name), second.get(name)) {
            (Some(one), Some(other)) if one == other => return None,
            (Some(one), Some(other)) if lengths(one) == lengths(other) => Change::Changed,
            (Some(_), Some(_)) => Change::Resized,
            (Some(_), None) => Change::OnlyFirst,
            (None, _) => Change::OnlySecond,
        };
        let name = (*name).to_owned();
        Some(ChangedFunction { name, change })
    };
    let all: Vec<ChangedFunction> = names.iter().filter_map(changed).collect();
    let is_of_its_own = |one: &&ChangedFunction| one.change != Change::Changed;
    let own: Vec<ChangedFunction> = all.iter().filter(is_of_its_own).cloned().collect();
    let is_moved = all.len() > names.len() / 10;
    let mut told = if own.is_empty() && !is_moved {
        all
    } else {
        own
    };
    if told.is_empty() {
        return None;
    }
    let packages: BTreeSet<&str> = told.iter().map(|one| package(&one.name)).collect();
    Some(FunctionDifferences {
        count: told.len(),
        packages: packages.into_iter().map(str::to_owned).collect(),
        first: {
            told.truncate(TOLD);
            told
        },
    })
}

type Codes<'data> = Vec<&'data [u8]>;

/// The code of each name, of which some functions share one.
fn by_name<'data>(program: &Program<'data>) -> BTreeMap<&'data str, Codes<'data>> {
    let mut all: BTreeMap<&str, Codes<'_>> = BTreeMap::new();
    for (function, name) in program.functions() {
        let code = program.code(function).unwrap_or_default();
        all.entry(name).or_default().push(code);
    }
    all
}

fn lengths(codes: &[&[u8]]) -> Vec<usize> {
    codes.iter().map(|code| code.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions of twenty names with this code, and one with another.
    fn codes<'a>(others: &'a [u8], name: &'a str, own: &'a [u8]) -> BTreeMap<&'a str, Codes<'a>> {
        const NAMES: [&str; 20] = [
            "a.A", "a.B", "a.C", "a.D", "a.E", "a.F", "a.G", "a.H", "a.I", "a.J", "a.K", "a.L",
            "a.M", "a.N", "a.O", "a.P", "a.Q", "a.R", "a.S", "a.T",
        ];
        let mut codes: BTreeMap<&str, Codes<'_>> =
            NAMES.iter().map(|name| (*name, vec![others])).collect();
        codes.insert(name, vec![own]);
        codes
    }

    #[test]
    fn one_function_of_other_code_is_told_with_its_package() {
        let (first, second) = (codes(b"xy", "b/c.F", b"xy"), codes(b"xy", "b/c.F", b"xz"));
        let told = of_codes(&first, &second).unwrap();
        assert_eq!((told.count, &told.packages), (1, &vec!["b/c".to_owned()]));
        assert_eq!(told.first[0].change, Change::Changed);
        assert_eq!(of_codes(&first, &first), None);
    }

    #[test]
    fn where_all_code_is_moved_only_other_lengths_and_names_count() {
        let (first, second) = (
            codes(b"x1", "b.F", b"short"),
            codes(b"x2", "b.F", b"longer"),
        );
        let told = of_codes(&first, &second).unwrap();
        assert_eq!((told.count, told.first[0].name.as_str()), (1, "b.F"));
        assert_eq!(told.first[0].change, Change::Resized);
        let moved = codes(b"x2", "b.F", b"short");
        assert_eq!(of_codes(&first, &moved), None);
        let told = of_codes(&first, &codes(b"x2", "b.G", b"short")).unwrap();
        let changes: Vec<Change> = told.first.iter().map(|one| one.change).collect();
        assert_eq!(changes, [Change::OnlyFirst, Change::OnlySecond]);
    }
}
