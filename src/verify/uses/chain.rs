//! Who leads to a function, and who does so most likely.

use std::collections::BTreeSet;
use std::fmt;

use super::{Call, Uses};
use crate::inspect::{FunctionId, Search};
use crate::verify::owner::{Owner, is_package_init, readable, runs_before_main};

/// Functions that lead to something, from the outside in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verify) struct Chain {
    pub(in crate::verify) names: Vec<String>,
    pub(in crate::verify) start: Start,
}

/// Where a chain of direct calls starts; the likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::verify) enum Start {
    /// In the main module.
    Main,
    /// In what another module does before `main`.
    Always,
    /// Elsewhere. Who calls it doesn't show: by an interface, as a value, or nobody.
    Unknown,
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(" → "))
    }
}

/// Steps by which a chain from the main module may be longer than one from elsewhere.
const DETOUR: usize = 2;

impl<'a> Uses<'a> {
    /// The likeliest chain to any of these functions from one that isn't Go's own, and on to the
    /// main module where that shows; none if nobody leads there by direct calls.
    pub(in crate::verify) fn chain(self, names: &[&str]) -> Option<Chain> {
        self.chain_past(names, &[])
    }

    /// The same, but through none of some functions, each given by how its name starts.
    pub(in crate::verify) fn chain_past(self, names: &[&str], past: &[&str]) -> Option<Chain> {
        let starts = self.with_inlined(names);
        let chains = self.program.chains(&starts, DETOUR, |function| {
            let name = self.program.name(function);
            if past.iter().any(|start| name.starts_with(start)) {
                return Search::Turns;
            }
            match self.owners.of(name) {
                // Before Go 1.13 a package called those that it imports, whatever it uses of them.
                Owner::Go if is_package_init(name) => Search::Turns,
                Owner::Go => Search::GoesOn,
                Owner::Main | Owner::Dependency => Search::Ends,
            }
        });
        let ids = chains.from(self.likeliest(&chains.ends)?);
        let last = *ids.last()?;
        let mut chain = self.shown(&self.with_origin(ids));
        let mut with_code = names.iter().flat_map(|name| self.program.named(name));
        if !with_code.any(|function| function == last) {
            let holds = |name: &&&str| self.program.inlined_into(name).contains(&last);
            let inlined = names.iter().find(holds).map(|name| readable(name));
            chain.names.extend(inlined);
        }
        Some(chain)
    }

    /// These functions, and those that they are inlined into.
    fn with_inlined(self, names: &[&str]) -> Vec<FunctionId> {
        let with_code = names.iter().flat_map(|name| self.program.named(name));
        let inlined = names
            .iter()
            .flat_map(|name| self.program.inlined_into(name));
        with_code.chain(inlined).collect()
    }

    /// Who most likely leads to something, of those who may: a function of the main module, else
    /// one that the main module leads to, else one that always runs; the first in each case.
    fn likeliest(self, functions: &[FunctionId]) -> Option<FunctionId> {
        let first = |which: &dyn Fn(FunctionId) -> bool| {
            let mut functions = functions.iter().copied();
            functions.find(|function| which(*function))
        };
        first(&|function| self.start(function) == Start::Main)
            .or_else(|| self.origin(functions)?.last().copied())
            .or_else(|| first(&|function| self.start(function) == Start::Always))
            .or_else(|| first(&|function| !self.is_generated(function)))
            .or_else(|| functions.first().copied())
    }

    /// The call that most likely happens.
    pub(in crate::verify) fn likeliest_call(
        self,
        calls: impl IntoIterator<Item = Call>,
    ) -> Option<Call> {
        let mut calls: Vec<Call> = calls.into_iter().collect();
        calls.sort_by_cached_key(|call| self.rank(*call));
        let callers: Vec<_> = calls.iter().map(|call| call.caller).collect();
        let likeliest = self.likeliest(&callers)?;
        calls.into_iter().find(|call| call.caller == likeliest)
    }

    /// One call of each caller, the likeliest first.
    pub(in crate::verify) fn by_caller(self, calls: &BTreeSet<Call>) -> Vec<Call> {
        let mut calls: Vec<_> = calls.iter().copied().collect();
        calls.dedup_by_key(|call| call.caller);
        let likeliest = self.likeliest_call(calls.iter().copied());
        calls.sort_by_cached_key(|call| (Some(*call) != likeliest, self.rank(*call)));
        calls
    }

    /// How likely a call is, as far as it alone tells; what is less is likelier.
    pub(super) fn rank(self, call: Call) -> (Start, usize, &'a str, Call) {
        let between = call.through.iter().flatten().count();
        let name = self.program.name(call.caller);
        (self.start(call.caller), between, name, call)
    }

    fn start(self, function: FunctionId) -> Start {
        let name = self.program.name(function);
        match self.owners.of(name) {
            Owner::Main if !self.is_generated(function) => Start::Main,
            Owner::Dependency if runs_before_main(name) => Start::Always,
            Owner::Main | Owner::Dependency | Owner::Go => Start::Unknown,
        }
    }

    /// Whether the compiler made it up: a method that a type has by what it embeds, which is there
    /// whether anybody asks for it or not.
    fn is_generated(self, function: FunctionId) -> bool {
        self.program.file(function) == Some("<autogenerated>")
    }

    /// How the main module leads to any of these, where that shows.
    fn origin(self, functions: &[FunctionId]) -> Option<Vec<FunctionId>> {
        let chains = self.program.chains(functions, 0, |function| {
            // Through Go's own code everybody leads everywhere.
            match self.owners.of(self.program.name(function)) {
                Owner::Main if !self.is_generated(function) => Search::Ends,
                Owner::Main | Owner::Dependency => Search::GoesOn,
                Owner::Go => Search::Turns,
            }
        });
        Some(chains.from(*chains.ends.first()?))
    }

    /// The functions that lead to a call, from the outside in, with the one that is called.
    pub(in crate::verify) fn chain_to(self, call: Call) -> Chain {
        self.shown(&self.with_origin(call.chain()))
    }

    /// A chain, with how the main module leads to its start, where that shows.
    fn with_origin(self, chain: Vec<FunctionId>) -> Vec<FunctionId> {
        let Some(first) = chain.first() else {
            return chain;
        };
        let origin = self.origin(&[*first]);
        let mut whole = origin.unwrap_or_default();
        whole.pop();
        whole.extend(chain);
        whole
    }

    /// The names along a chain, with those of the calls that were inlined.
    fn shown(self, ids: &[FunctionId]) -> Chain {
        let start = ids
            .first()
            .map_or(Start::Unknown, |first| self.start(*first));
        let names = self.program.along(ids).into_iter();
        let mut names: Vec<String> = names.map(readable).collect();
        names.dedup();
        Chain { names, start }
    }
}
