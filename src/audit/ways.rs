//! Who requires a module: the shortest way to it from a module of the project. Pure.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::module_facts::ModuleFacts;
use crate::tools::go::ListedModule;

/// The shortest ways from the modules of a project to all others.
///
/// Since Go 1.17 go.mod names all modules that are needed, so the project itself would be one step from each. What it
/// names for others alone is taken from those, and only where none of them leads there from go.mod.
pub(super) struct Ways<'f> {
    /// By the path of a module, the one before it.
    before: BTreeMap<&'f str, &'f str>,
}

impl<'f> Ways<'f> {
    pub(super) fn of(facts: &'f ModuleFacts) -> Self {
        let path = |text: &'f str| text.split_once('@').map_or(text, |(path, _)| path);
        let mut required: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, to) in &facts.requirements {
            let to = path(to);
            // Go and its toolchain are no modules.
            if !["go", "toolchain"].contains(&to) {
                required.entry(path(from)).or_default().push(to);
            }
        }
        let mains = facts.requirements.iter().map(|(from, _)| from.as_str());
        let mains: BTreeSet<&str> = mains.filter(|from| !from.contains('@')).collect();
        let (indirect, direct): (Vec<_>, Vec<_>) =
            facts.listed.iter().partition(|module| module.indirect);
        let is_indirect = |path: &str| {
            let has = |listed: &[&ListedModule]| listed.iter().any(|module| module.path == path);
            has(&indirect) && !has(&direct)
        };
        let mut ways = Self {
            before: mains.iter().map(|main| (*main, "")).collect(),
        };
        let of_project = |main: &&'f str| required.get(main).cloned().unwrap_or_default();
        let named = mains
            .iter()
            .flat_map(|main| of_project(main).into_iter().map(|to| (*main, to)));
        let (for_others, own): (Vec<_>, Vec<_>) = named.partition(|(_, to)| is_indirect(to));
        ways.extend(own, &required);
        ways.extend(for_others, &required);
        ways
    }

    /// Adds the ways that go on from some steps.
    fn extend(
        &mut self,
        steps: Vec<(&'f str, &'f str)>,
        required: &BTreeMap<&'f str, Vec<&'f str>>,
    ) {
        let mut steps = VecDeque::from(steps);
        while let Some((from, to)) = steps.pop_front() {
            if self.before.contains_key(to) {
                continue;
            }
            self.before.insert(to, from);
            let next = required.get(to).into_iter().flatten();
            steps.extend(next.map(|next| (to, *next)));
        }
    }

    /// From a module of the project to this one, which is left out.
    pub(super) fn to(&self, module: &str) -> Vec<String> {
        let mut way = Vec::new();
        let mut at = self.before.get(module).copied().unwrap_or_default();
        while !at.is_empty() {
            way.push(at.to_owned());
            at = self.before.get(at).copied().unwrap_or_default();
        }
        way.reverse();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(path: &str) -> ListedModule {
        ListedModule {
            path: path.to_owned(),
            version: "v1.0.0".to_owned(),
            ..ListedModule::default()
        }
    }

    #[test]
    fn the_way_to_a_module_is_the_shortest() {
        let edge = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let facts = ModuleFacts {
            requirements: vec![
                edge("m", "a@v1.0.0"),
                edge("m", "go@1.24"),
                edge("a@v1.0.0", "b@v1.0.0"),
                edge("b@v1.0.0", "c@v1.0.0"),
                edge("m", "d@v1.0.0"),
                edge("d@v1.0.0", "c@v1.1.0"),
            ],
            ..ModuleFacts::default()
        };
        let ways = Ways::of(&facts);
        assert_eq!(ways.to("c"), ["m", "d"]);
        assert_eq!(ways.to("a"), ["m"]);
        assert_eq!(ways.to("nobody"), [""; 0]);
    }

    #[test]
    fn what_go_mod_names_for_others_alone_is_required_by_those() {
        let edge = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let indirect = |path: &str| ListedModule {
            indirect: true,
            ..listed(path)
        };
        let facts = ModuleFacts {
            listed: vec![listed("a"), indirect("b"), indirect("c")],
            requirements: vec![
                edge("m", "a@v1.0.0"),
                edge("m", "b@v1.0.0"),
                edge("m", "c@v1.0.0"),
                edge("a@v1.0.0", "b@v1.0.0"),
            ],
            ..ModuleFacts::default()
        };
        let ways = Ways::of(&facts);
        assert_eq!(ways.to("b"), ["m", "a"]);
        // Nothing else leads to it.
        assert_eq!(ways.to("c"), ["m"]);
    }
}
