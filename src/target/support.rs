//! Tables of platforms that have a feature of Go.

use super::{Goarch, Goos, Target};

/// Systems, each with its architectures.
pub(super) type Table = &'static [(Goos, &'static [Goarch])];

pub(super) fn lists(table: Table, target: &Target) -> bool {
    table
        .iter()
        .any(|(goos, goarchs)| *goos == target.goos && goarchs.contains(&target.goarch))
}

pub(super) fn described(table: Table) -> String {
    let rows = table.iter().map(|(goos, goarchs)| {
        let names: Vec<&str> = goarchs.iter().map(|goarch| goarch.as_str()).collect();
        format!("{goos} ({})", names.join(", "))
    });
    rows.collect::<Vec<_>>().join(", ")
}

/// The architectures of Linux on which position-independent code is built.
pub(super) const LINUX: &[Goarch] = &[
    Goarch::I386,
    Goarch::Amd64,
    Goarch::Arm,
    Goarch::Arm64,
    Goarch::Loong64,
    Goarch::Ppc64le,
    Goarch::Riscv64,
    Goarch::S390x,
];
pub(super) const ANDROID: &[Goarch] = &[Goarch::I386, Goarch::Amd64, Goarch::Arm, Goarch::Arm64];
pub(super) const APPLE: &[Goarch] = &[Goarch::Amd64, Goarch::Arm64];
pub(super) const WINDOWS: &[Goarch] = &[Goarch::I386, Goarch::Amd64, Goarch::Arm64];
pub(super) const AMD64: &[Goarch] = &[Goarch::Amd64];
