//! The files that a program is to make: those that are there before it is started say nothing of it.

use std::collections::BTreeSet;

use super::super::Unmade;

/// Files that are to be made.
#[derive(Debug)]
pub(super) struct Files {
    asked: Vec<String>,
    before: BTreeSet<String>,
}

impl Files {
    /// Those that are asked for, before the start, when these of them are there.
    pub(super) fn new(asked: &[String], before: BTreeSet<String>) -> Self {
        let asked = asked.to_vec();
        Self { asked, before }
    }

    /// Those that are asked for.
    pub(super) fn asked(&self) -> &[String] {
        &self.asked
    }

    /// Those that the program didn't make, if these are there after its end.
    pub(super) fn unmade(&self, after: &BTreeSet<String>) -> Vec<Unmade> {
        let unmade = self.asked.iter().filter_map(|path| {
            if self.before.contains(path) {
                Some(Unmade::ThereBefore(path.clone()))
            } else if after.contains(path) {
                None
            } else {
                Some(Unmade::Absent(path.clone()))
            }
        });
        unmade.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_not_there_before_can_have_been_made() {
        let [made, absent, old] = ["/tmp/made", "/tmp/absent", "/old"].map(str::to_owned);
        let files = Files::new(
            &[made.clone(), absent.clone(), old.clone()],
            BTreeSet::from([old.clone()]),
        );
        let after = BTreeSet::from([made, old.clone()]);
        assert_eq!(
            files.unmade(&after),
            [Unmade::Absent(absent), Unmade::ThereBefore(old)]
        );
    }
}
