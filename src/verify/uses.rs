//! Where a program uses functions of the standard library: who leads there, and with which texts.
//!
//! A function that the linker put in is not for that used: with `reflect.Value.MethodByName`
//! somewhere, as text/template has it, every exported method stays. So rules ask who refers to a
//! function, up to one that isn't Go's own. Calls through interfaces don't show, so that nobody
//! leads there by direct calls is no proof.

use std::collections::BTreeMap;

use super::Evidence;
use super::owner::{Owner, Owners, package, readable};
use crate::inspect::{Argument, FunctionId, Program, Search, Word};

/// The functions of a program, with whose they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uses<'a> {
    program: &'a Program<'a>,
    owners: Owners<'a>,
    /// Functions of Go that only seem to use what they refer to.
    idle: &'a [&'a str],
}

/// Calls of functions in code that isn't Go's own.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls<'a> {
    /// The first call with each constant text.
    pub(super) texts: BTreeMap<&'a str, Call>,
    /// The first call with a text that isn't constant, or that can't be read.
    pub(super) unknown: Option<Call>,
}

impl Calls<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.unknown.is_none()
    }
}

/// One call: by whom, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    caller: FunctionId,
    called: FunctionId,
}

/// A call, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    /// The call.
    pub(super) call: Call,
    at: u32,
}

impl<'a> Evidence<'a> {
    /// The functions of the program; none where they can't be read.
    pub(super) fn uses(&self) -> Option<Uses<'a>> {
        Some(Uses {
            program: self.program?,
            owners: Owners::new(self.facts.build_info()),
            idle: &[],
        })
    }
}

impl<'a> Uses<'a> {
    /// The same, but these functions lead nowhere.
    pub(super) fn without(self, idle: &'a [&'a str]) -> Self {
        Self { idle, ..self }
    }

    /// Whether any of these functions is linked in, be it only inlined into others.
    pub(super) fn links(self, names: &[&str]) -> bool {
        names.iter().any(|name| self.program.has_name(name))
    }

    /// The shortest chain to any of these functions from one that isn't Go's own, and on to the
    /// main module where that shows; none if nobody leads there by direct calls.
    pub(super) fn chain(self, names: &[&str]) -> Option<Vec<String>> {
        let all = |find: fn(&Program<'a>, &str) -> Vec<FunctionId>| -> Vec<FunctionId> {
            let found = names.iter().map(|name| find(self.program, name));
            found.flatten().collect()
        };
        let targets = all(Program::named);
        let starts = [targets.clone(), all(Program::inlined_into)].concat();
        let ids = self.program.chain(&starts, |name| {
            if self.idle.contains(&name) {
                Search::Turns
            } else if self.owners.of(name) == Owner::Go {
                Search::GoesOn
            } else {
                Search::Ends
            }
        })?;
        let last = *ids.last()?;
        let mut chain = self.shown(&self.with_origin(ids));
        if !targets.contains(&last) {
            let holds = |name: &&&str| self.program.inlined_into(name).contains(&last);
            chain.extend(names.iter().find(holds).map(|name| readable(name)));
        }
        Some(chain)
    }

    /// The calls of these functions in code that isn't Go's own. Each function comes with the word
    /// of its arguments at which the text stands.
    pub(super) fn calls(self, functions: &[(&str, Word)]) -> Calls<'a> {
        let mut calls = Calls::default();
        for (name, word) in functions {
            for called in self.program.named(name) {
                for (caller, at) in self.program.callers(called) {
                    if self.owners.of(self.program.name(caller)) == Owner::Go {
                        continue;
                    }
                    let call = Call { caller, called };
                    match self.program.argument(caller, at, *word) {
                        Argument::Text(text) => {
                            calls.texts.entry(text).or_insert(call);
                        }
                        Argument::HandedOn(_) | Argument::Unknown => {
                            calls.unknown.get_or_insert(call);
                        }
                    }
                }
            }
        }
        calls
    }

    /// Whether it shows who refers to whom.
    pub(super) fn has_calls(self) -> bool {
        let mut functions = self.program.functions();
        functions.any(|(function, _)| self.program.callers(function).next().is_some())
    }

    /// Whether any other function refers to this one, be it one of Go's own.
    pub(super) fn is_referred_to(self, name: &str) -> bool {
        self.program.named(name).into_iter().any(|function| {
            let mut callers = self.program.callers(function);
            callers.any(|(caller, _)| {
                caller != function && !self.idle.contains(&self.program.name(caller))
            })
        })
    }

    /// The package of the first function whose name ends in one of these, as people write it.
    pub(super) fn package_with(self, endings: &[&str]) -> Option<String> {
        let mut functions = self.program.functions();
        let ends = |name: &str| endings.iter().any(|ending| name.ends_with(ending));
        functions
            .find(|(_, name)| ends(name))
            .map(|(_, name)| readable(package(name)))
    }

    /// The calls in code that isn't Go's own of each of these functions that is called there.
    pub(super) fn sites<T: Copy>(self, functions: &[(&str, T)]) -> Vec<(T, Site)> {
        let mut sites = Vec::new();
        for (called, name) in self.program.functions() {
            let Some((_, what)) = functions.iter().find(|(wanted, _)| *wanted == name) else {
                continue;
            };
            for (caller, at) in self.program.callers(called) {
                if self.owners.of(self.program.name(caller)) != Owner::Go {
                    let call = Call { caller, called };
                    sites.push((*what, Site { call, at }));
                }
            }
        }
        sites
    }

    /// The constant text that a function is called with.
    pub(super) fn text(self, site: Site, word: Word) -> Option<&'a str> {
        match self.program.argument(site.call.caller, site.at, word) {
            Argument::Text(text) => Some(text),
            Argument::HandedOn(_) | Argument::Unknown => None,
        }
    }

    /// The functions that lead to a call, from the outside in, with the one that is called.
    pub(super) fn chain_to(self, call: Call) -> Vec<String> {
        self.shown(&self.with_origin(vec![call.caller, call.called]))
    }

    /// A chain, with how the main module leads to its start, where that shows.
    fn with_origin(self, chain: Vec<FunctionId>) -> Vec<FunctionId> {
        let Some(first) = chain.first() else {
            return chain;
        };
        let origin = self.program.chain(&[*first], |name| {
            // Through Go's own code everybody leads everywhere.
            match self.owners.of(name) {
                Owner::Main => Search::Ends,
                Owner::Dependency => Search::GoesOn,
                Owner::Go => Search::Turns,
            }
        });
        let mut whole = origin.unwrap_or_default();
        whole.pop();
        whole.extend(chain);
        whole
    }

    /// The names along a chain, with those of the calls that were inlined.
    fn shown(self, ids: &[FunctionId]) -> Vec<String> {
        let mut names = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            names.push(self.program.name(*id));
            let Some(next) = ids.get(index + 1) else {
                continue;
            };
            let mut callers = self.program.callers(*next);
            let reference = callers.find(|(caller, _)| caller == id);
            names.extend(
                reference
                    .iter()
                    .flat_map(|(_, at)| self.program.frames(*id, *at)),
            );
        }
        // Trampolines are the linker's: they only bridge a distance.
        let names = names.into_iter().filter(|name| !name.contains("-tramp"));
        let mut names: Vec<String> = names.map(readable).collect();
        names.dedup();
        names
    }
}
