//! Sets of targets in the manifest's words: axes with exceptions, and selectors.

use std::collections::BTreeSet;

use crate::target::{Goarch, Goos, Target};

/// The axes of `[matrix]`, and the pairs of their product that are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axes {
    /// `goos`, in the order that people expect.
    pub goos: Vec<Goos>,
    /// `goarch`
    pub goarch: Vec<Goarch>,
    /// `exclude`
    pub exclude: Vec<(Goos, Goarch)>,
}

/// The order in which systems are named; others come after these.
const ORDER: &[Goos] = &[Goos::Linux, Goos::Darwin, Goos::Windows];

/// The axes whose product, without what is excluded, is this set.
pub(super) fn axes(targets: &BTreeSet<Target>) -> Axes {
    let systems: BTreeSet<Goos> = targets.iter().map(|target| target.goos).collect();
    let mut goos: Vec<Goos> = systems.into_iter().collect();
    let place = |goos: &Goos| ORDER.iter().position(|known| known == goos);
    goos.sort_by_key(|goos| place(goos).unwrap_or(ORDER.len()));
    let architectures: BTreeSet<Goarch> = targets.iter().map(|target| target.goarch).collect();
    let goarch: Vec<Goarch> = architectures.into_iter().collect();
    let product = goos
        .iter()
        .flat_map(|goos| goarch.iter().map(move |goarch| (*goos, *goarch)));
    let exclude = product
        .filter(|(goos, goarch)| !targets.contains(&Target::new(*goos, *goarch)))
        .collect();
    Axes {
        goos,
        goarch,
        exclude,
    }
}

/// Selectors that pick `own` from `all`; none where that is all of it, or nothing.
pub(super) fn selectors(own: &BTreeSet<Target>, all: &BTreeSet<Target>) -> Vec<String> {
    if own == all {
        return Vec::new();
    }
    let Axes { goos, .. } = axes(own);
    let mut selectors = Vec::new();
    for goos in goos {
        let of_it = |targets: &BTreeSet<Target>| -> Vec<Target> {
            let of_it = targets.iter().filter(|target| target.goos == goos);
            of_it.cloned().collect()
        };
        let mine = of_it(own);
        if mine == of_it(all) {
            selectors.push(format!("{goos}/*"));
        } else {
            let pairs = mine.iter();
            selectors.extend(pairs.map(|target| format!("{goos}/{}", target.goarch)));
        }
    }
    selectors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(targets: &[&str]) -> BTreeSet<Target> {
        targets
            .iter()
            .map(|target| target.parse().unwrap())
            .collect()
    }

    #[test]
    fn what_the_product_has_too_much_is_excluded() {
        let axes = axes(&set(&["windows/amd64", "linux/amd64", "linux/arm64"]));
        assert_eq!(axes.goos, [Goos::Linux, Goos::Windows]);
        assert_eq!(axes.goarch, [Goarch::Amd64, Goarch::Arm64]);
        assert_eq!(axes.exclude, [(Goos::Windows, Goarch::Arm64)]);
    }

    #[test]
    fn a_whole_system_is_one_selector() {
        let all = set(&["linux/amd64", "linux/arm64", "darwin/arm64", "darwin/amd64"]);
        let own = set(&["linux/amd64", "linux/arm64", "darwin/arm64"]);
        assert_eq!(selectors(&own, &all), ["linux/*", "darwin/arm64"]);
        assert_eq!(selectors(&all, &all), [""; 0]);
        assert_eq!(selectors(&set(&[]), &all), [""; 0]);
    }
}
