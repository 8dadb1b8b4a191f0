//! Where the bytes of a program go: its code by package, as the function table has it, and the rest.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};

use serde::Serialize;

use super::Evidence;
use super::owner::{Owner, Owners, package};

/// Packages that are named; the code of the others is summed.
const NAMED: usize = 30;

/// Where the bytes of a program go.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weight {
    /// Bytes of the file that was weighed: what a packer makes of it is smaller.
    pub file: u64,
    /// Bytes of code, by whose it is.
    pub code: CodeWeight,
    /// The packages with most code, the largest first.
    pub packages: Vec<PackageWeight>,
    /// All other packages.
    pub others: OtherPackages,
    /// What is no function of Go: data, tables, headers, and C.
    pub rest: u64,
}

/// Bytes of code, by whose it is.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize,
)]
pub struct CodeWeight {
    /// The main module's.
    pub main: u64,
    /// Other modules'.
    pub dependency: u64,
    /// The standard library's, with the runtime and what compiler and linker add.
    pub go: u64,
}

/// A package, and the bytes of its functions.
#[derive(BorshDeserialize, BorshSerialize, Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageWeight {
    /// The import path; `main` as Go names it.
    pub package: String,
    /// Whose it is.
    pub owner: Owner,
    /// Bytes of code.
    pub code: u64,
}

/// Packages that are not named.
#[derive(
    BorshDeserialize, BorshSerialize, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize,
)]
pub struct OtherPackages {
    /// How many there are.
    pub packages: usize,
    /// Bytes of code.
    pub code: u64,
}

impl Weight {
    /// Weighs a program; none where its functions can't be read, or claim more than the file has.
    #[must_use]
    pub fn of(evidence: &Evidence<'_>) -> Option<Self> {
        let program = evidence.program.ok()?;
        let owners = Owners::new(evidence.facts.build_info());
        let functions = program.functions();
        let functions = functions.map(|(function, name)| (name, program.code_length(function)));
        weigh(functions, owners, evidence.bytes.len() as u64)
    }
}

fn weigh<'a>(
    functions: impl Iterator<Item = (&'a str, u64)>,
    owners: Owners<'_>,
    file: u64,
) -> Option<Weight> {
    let mut packages: BTreeMap<String, (Owner, u64)> = BTreeMap::new();
    let mut total: u64 = 0;
    // The linker writes one package after the other.
    let mut run: Option<(&str, &str, u64)> = None;
    let mut put_away = |(package, function, bytes): (&str, &str, u64)| {
        let (name, owner) = (readable(package), owners.of(function));
        let entry = packages.entry(name).or_insert((owner, 0));
        entry.1 = entry.1.saturating_add(bytes);
    };
    for (function, bytes) in functions {
        total = total.checked_add(bytes)?;
        let package = package(function);
        match &mut run {
            Some((same, _, sum)) if *same == package => *sum += bytes,
            _ => {
                if let Some(run) = run.replace((package, function, bytes)) {
                    put_away(run);
                }
            }
        }
    }
    if let Some(run) = run {
        put_away(run);
    }
    let rest = file.checked_sub(total)?;
    let mut code = CodeWeight::default();
    for (owner, bytes) in packages.values() {
        *code.part(*owner) += bytes;
    }
    let mut packages: Vec<PackageWeight> = packages
        .into_iter()
        .map(|(package, (owner, code))| PackageWeight {
            package,
            owner,
            code,
        })
        .collect();
    // It is stable: packages of one size stay in the order of their names.
    packages.sort_by_key(|package| std::cmp::Reverse(package.code));
    let others = packages.split_off(NAMED.min(packages.len()));
    Some(Weight {
        file,
        code,
        packages,
        others: OtherPackages {
            packages: others.len(),
            code: others.iter().map(|package| package.code).sum(),
        },
        rest,
    })
}

impl CodeWeight {
    fn part(&mut self, owner: Owner) -> &mut u64 {
        match owner {
            Owner::Main => &mut self.main,
            Owner::Dependency => &mut self.dependency,
            Owner::Go => &mut self.go,
        }
    }
}

/// What compiler and linker make is in no package: they mark it by a colon, C's names by none.
fn readable(package: &str) -> String {
    if package.contains(':') {
        "(made by the compiler)".to_owned()
    } else {
        package.replace("%2e", ".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::{BuildInfo, Module};

    fn weighed(functions: &[(&str, u64)], file: u64) -> Option<Weight> {
        let info = BuildInfo {
            main: Some(Module {
                path: "example.com/shop".to_owned(),
                ..Module::default()
            }),
            ..BuildInfo::default()
        };
        weigh(functions.iter().copied(), Owners::new(Some(&info)), file)
    }

    fn named(weight: &Weight) -> Vec<(&str, Owner, u64)> {
        let packages = weight.packages.iter();
        packages
            .map(|one| (one.package.as_str(), one.owner, one.code))
            .collect()
    }

    #[test]
    fn functions_of_a_package_are_summed_wherever_they_stand() {
        let functions = [
            ("runtime.main", 10),
            ("gopkg.in/yaml%2ev3.Unmarshal", 25),
            ("gopkg.in/yaml%2ev3.(*Decoder).Decode", 5),
            ("example.com/shop/basket.Add", 7),
            ("main.main", 1),
            ("runtime.mallocgc", 50),
            ("type:.eq.net/netip.Addr", 2),
        ];
        let weight = weighed(&functions, 1000).unwrap();
        assert_eq!(
            named(&weight),
            [
                ("runtime", Owner::Go, 60),
                ("gopkg.in/yaml.v3", Owner::Dependency, 30),
                ("example.com/shop/basket", Owner::Main, 7),
                ("(made by the compiler)", Owner::Go, 2),
                ("main", Owner::Main, 1),
            ]
        );
        let CodeWeight {
            main,
            dependency,
            go,
        } = weight.code;
        assert_eq!((main, dependency, go), (8, 30, 62));
        assert_eq!(weight.rest, 900);
    }

    #[test]
    fn small_packages_beyond_the_first_are_counted() {
        let names: Vec<String> = (0..40).map(|n| format!("p{n:02}.F")).collect();
        let functions: Vec<(&str, u64)> = names.iter().map(String::as_str).zip(1..).collect();
        let weight = weighed(&functions, 1000).unwrap();
        assert_eq!(weight.packages.len(), NAMED);
        assert_eq!(weight.packages[0].package, "p39");
        let smallest: u64 = (1..=10).sum();
        assert_eq!((weight.others.packages, weight.others.code), (10, smallest));
        let sum: u64 = weight.packages.iter().map(|package| package.code).sum();
        assert_eq!(sum + weight.others.code + weight.rest, 1000);
    }

    #[test]
    fn a_table_that_claims_more_than_the_file_has_is_not_believed() {
        assert_eq!(weighed(&[("main.main", 11)], 10), None);
        assert_eq!(weighed(&[("a.A", u64::MAX), ("b.B", 1)], 10), None);
    }
}
