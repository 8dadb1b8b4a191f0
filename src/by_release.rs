//! One of each for every release of Go that builds some cell of a matrix.

use std::collections::BTreeMap;

use crate::go_version::GoVersion;
use crate::manifest::{Cell, Located};

/// What there is once for every release that cells name, and for none where cells name none. Never empty.
#[derive(Clone, Debug)]
pub struct ByRelease<T> {
    release: Option<GoVersion>,
    first: T,
    others: BTreeMap<Option<GoVersion>, T>,
}

impl<T> ByRelease<T> {
    /// Made once for each release that cells name.
    pub fn of_cells(
        cells: &[Cell],
        mut make: impl FnMut(Option<&Located<GoVersion>>) -> T,
    ) -> Self {
        let mut named: BTreeMap<Option<GoVersion>, Option<&Located<GoVersion>>> = BTreeMap::new();
        for cell in cells {
            let release = cell.release().cloned();
            named.entry(release).or_insert(cell.go.as_ref());
        }
        let (release, go) = named.pop_first().unwrap_or_default();
        Self {
            release,
            first: make(go),
            others: named
                .into_iter()
                .map(|(release, go)| (release, make(go)))
                .collect(),
        }
    }

    /// That of the release that builds a cell; of a cell that isn't among those, some one.
    #[must_use]
    pub fn of(&self, cell: &Cell) -> &T {
        let release = cell.release().cloned();
        self.others.get(&release).unwrap_or(&self.first)
    }

    /// Some one of them, for what is the same in all.
    #[must_use]
    pub fn any(&self) -> &T {
        &self.first
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.first).chain(self.others.values())
    }

    /// What is made of each, with the release that is named.
    ///
    /// # Errors
    /// The first that there is.
    pub fn try_map<U, E>(
        self,
        mut make: impl FnMut(Option<&GoVersion>, T) -> Result<U, E>,
    ) -> Result<ByRelease<U>, E> {
        let first = make(self.release.as_ref(), self.first)?;
        let others = self.others.into_iter().map(|(release, one)| {
            let mapped = make(release.as_ref(), one)?;
            Ok((release, mapped))
        });
        Ok(ByRelease {
            first,
            others: others.collect::<Result<_, E>>()?,
            release: self.release,
        })
    }

    /// The same of each.
    #[must_use]
    pub fn map<U>(&self, mut make: impl FnMut(&T) -> U) -> ByRelease<U> {
        let others = self.others.iter();
        ByRelease {
            first: make(&self.first),
            others: others
                .map(|(release, one)| (release.clone(), make(one)))
                .collect(),
            release: self.release.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse;

    #[test]
    fn each_release_has_its_own() {
        let text = "[matrix]\ngoos = [\"linux\"]\ngo = [\"1.26.8\", \"1.25.14\"]\n";
        let cells = parse(None, text).unwrap().cells;
        let mut made = 0;
        let by_release = ByRelease::of_cells(&cells, |go| {
            made += 1;
            go.map(|go| go.value.to_string())
        });
        assert_eq!((made, cells.len()), (2, 4));
        for cell in &cells {
            let release = cell.release().map(ToString::to_string);
            assert_eq!(*by_release.of(cell), release);
        }
        assert_eq!(by_release.all().count(), 2);
    }

    #[test]
    fn cells_that_name_no_release_have_one_in_common() {
        let cells = parse(None, "").unwrap().cells;
        let by_release = ByRelease::of_cells(&cells, |go| go.is_some());
        assert_eq!(by_release.all().collect::<Vec<_>>(), [&false]);
    }
}
