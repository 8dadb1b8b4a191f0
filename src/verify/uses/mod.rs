//! Where a program uses functions of the standard library: who leads there, and with which texts.
//!
//! A function that the linker put in is not for that used: with `reflect.Value.MethodByName`
//! somewhere, as text/template has it, every exported method stays. So rules ask who refers to a
//! function, up to one that isn't Go's own. Calls through interfaces don't show, so that nobody
//! leads there by direct calls is no proof.

mod boxed;
mod call;
mod calls;
mod chain;
mod handed;
mod joined;
mod made;

use std::collections::BTreeSet;

pub(super) use call::{Call, Site};
pub(super) use calls::Calls;
pub(super) use chain::{Chain, Start};
pub(super) use handed::{Handed, IN_TABLES};
pub(super) use made::StructWithText;

use super::Evidence;
use super::owner::{Owner, Owners, package, readable};
use super::rules::Shared;
use crate::inspect::{Argument, FunctionId, LazyDllOf, Program, Word};

/// The functions of a program, with whose they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uses<'a> {
    program: &'a Program<'a>,
    owners: Owners<'a>,
    /// What rules have found of it.
    pub(super) shared: &'a Shared<'a>,
}

impl<'a> Evidence<'a> {
    /// The functions of the program; none where they can't be read.
    pub(super) fn uses(&self, shared: &'a Shared<'a>) -> Option<Uses<'a>> {
        Some(Uses {
            program: self.program.ok()?,
            owners: Owners::new(self.facts.build_info()),
            shared,
        })
    }
}

impl<'a> Uses<'a> {
    /// Whether any of these functions is linked in, be it only inlined into others.
    pub(super) fn links(self, names: &[&str]) -> bool {
        names.iter().any(|name| self.program.has_name(name))
    }

    /// The first of these functions that is in the program with code of its own.
    pub(super) fn first_of(self, names: &[&str]) -> Option<FunctionId> {
        let mut all = names.iter().flat_map(|name| self.program.named(name));
        all.next()
    }

    /// Whether a text is among what the program loads.
    pub(super) fn holds(self, text: &str) -> bool {
        self.program.holds(text.as_bytes())
    }

    /// The DLLs that variables name for when they are first used.
    pub(super) fn lazy_dlls(self) -> BTreeSet<&'a str> {
        self.program.lazy_dlls()
    }

    /// The calls of methods of what loads a DLL later, with the name of the DLL where that is a variable
    /// itself. Those of variables that point to one are left out: [`Self::lazy_dlls`] has these.
    pub(super) fn lazy_calls<'t>(
        self,
        methods: impl IntoIterator<Item = &'t (&'t str, LazyDllOf)>,
    ) -> Vec<(Call, Option<&'a str>)> {
        const RECEIVER: Word = Word(0);
        let mut sites = self.sites(methods);
        sites.retain(|(_, site)| !self.is_from_elsewhere(*site, RECEIVER));
        let named = sites.into_iter().map(|(of, site)| {
            let variable = self.number(site, RECEIVER);
            let name = variable.and_then(|at| self.program.lazy_dll_at(of, at));
            (site.call, name)
        });
        named.collect()
    }

    /// The calls of methods of what stands for a function of a DLL, with the name of that where a variable
    /// stands for it, or points to what does.
    pub(super) fn lazy_procs<'t>(
        self,
        methods: impl IntoIterator<Item = &'t (&'t str, LazyDllOf)>,
    ) -> Vec<(Call, Option<&'a str>)> {
        let sites = self.sites(methods).into_iter();
        let named = sites.map(|(of, site)| {
            let variable = self.variable(site, Word(0));
            let name = variable.and_then(|at| self.program.lazy_proc_at(of, at));
            (site.call, name)
        });
        named.collect()
    }

    /// Whether it shows who refers to whom.
    pub(super) fn has_calls(self) -> bool {
        let mut functions = self.program.functions();
        functions.any(|(function, _)| self.program.callers(function).next().is_some())
    }

    /// Whether any function but these and itself refers to one, be it one of Go's own.
    pub(super) fn is_referred_to(self, name: &str, but: &[&str]) -> bool {
        self.program.named(name).into_iter().any(|function| {
            let mut callers = self.program.callers(function);
            callers
                .any(|(caller, _)| caller != function && !but.contains(&self.program.name(caller)))
        })
    }

    /// The package of a function whose name has one of these endings, as people write it.
    pub(super) fn package_with(self, endings: &[&str]) -> Option<String> {
        let mut endings = endings.iter();
        let name = endings.find_map(|ending| self.program.name_ending(ending))?;
        Some(readable(package(name)))
    }

    /// The calls in code that isn't Go's own of each of these functions that is called there.
    pub(super) fn sites<'t, T: Copy + 't>(
        self,
        functions: impl IntoIterator<Item = &'t (&'t str, T)>,
    ) -> Vec<(T, Site)> {
        let mut sites = Vec::new();
        for (name, what) in functions {
            for called in self.program.named(name) {
                for (caller, at) in self.program.callers(called) {
                    // When the stack has grown, a function jumps to its own start.
                    if !self.is_gos(caller) && caller != called {
                        let call = Call::direct(caller, called);
                        sites.push((*what, Site { call, at }));
                    }
                }
            }
        }
        // In the order of the code, whichever that of the table is.
        sites.sort_by_key(|(_, site)| (site.call.called, site.call.caller, site.at));
        sites
    }

    /// The calls of these functions in code that isn't Go's own.
    pub(super) fn calls_of(self, names: &[&str]) -> impl Iterator<Item = Call> + use<> {
        let functions: Vec<_> = names.iter().map(|name| (*name, ())).collect();
        let sites = self.sites(&functions).into_iter();
        sites.map(|((), site)| site.call)
    }

    /// The calls of the system by functions of assembly that aren't Go's own, with their numbers. Each as a
    /// call of that function itself: who calls it with what doesn't matter.
    pub(super) fn traps(self) -> impl Iterator<Item = (Call, Option<u64>)> {
        let is_assembly =
            |file: Option<&str>| file.is_none_or(|file| file.strip_suffix(".s").is_some());
        let functions = self.program.functions().map(|(function, _)| function);
        let own = functions.filter(move |function| {
            !self.is_gos(*function) && is_assembly(self.program.file(*function))
        });
        own.flat_map(move |function| {
            let calls = self.program.system_calls(function).into_iter();
            calls.map(move |number| (Call::direct(function, function), number))
        })
    }

    /// The constant text that a function is called with.
    pub(super) fn text(self, site: Site, word: Word) -> Option<&'a str> {
        self.argument(site, word).text()
    }

    /// What a function is called with.
    pub(in crate::verify) fn argument(self, site: Site, word: Word) -> Argument<'a> {
        self.program.argument(site.call.caller, site.at, word)
    }

    /// The functions that make one of some calls, themselves or by a function that they call.
    pub(super) fn that_make(self, calls: &BTreeSet<Call>) -> BTreeSet<FunctionId> {
        let makers: BTreeSet<_> = calls.iter().map(|call| call.caller).collect();
        let callers = makers.iter().flat_map(|maker| self.program.callers(*maker));
        let callers: BTreeSet<_> = callers.map(|(caller, _)| caller).collect();
        &makers | &callers
    }

    /// The constant number that a function is called with.
    pub(super) fn number(self, site: Site, word: Word) -> Option<u64> {
        self.program.number(site.call.caller, site.at, word)
    }

    /// The same, of a function that may be assembly.
    pub(super) fn number_in_assembly(self, site: Site, word: Word) -> Option<u64> {
        let program = self.program;
        program.number_in_assembly(site.call.caller, site.at, word)
    }

    /// Whether a function is passed as a value at a call.
    pub(super) fn is_passed(self, site: Site, word: Word, function: &str) -> bool {
        // Such a value is the address of where the function's own stands.
        let value = self.number(site, word);
        let address = value.and_then(|value| self.program.word_at(value));
        let mut functions = self.program.named(function).into_iter();
        address.is_some() && functions.any(|named| self.program.address(named) == address)
    }

    /// The name of the function that makes a call.
    pub(super) fn caller(self, call: Call) -> &'a str {
        self.program.name(call.caller)
    }

    /// The name of the function that a call is of.
    pub(super) fn called(self, call: Call) -> &'a str {
        self.program.name(call.called)
    }

    /// The functions that aren't Go's own and make values of the largest type that `maker` makes on the
    /// heap, or of one that has such a value in it. As calls of `of`, where that is in the program.
    pub(super) fn that_make_what(self, maker: &str, of: &str) -> Vec<Call> {
        let new = self.program.named("runtime.newobject");
        let new = new.iter().flat_map(|new| self.program.callers(*new));
        let makers = self.program.named(maker);
        let its = new.filter(|(caller, _)| makers.contains(caller));
        let made = its.filter_map(|(caller, at)| self.program.number(caller, at, Word(0)));
        // A type's descriptor starts with its size.
        let largest = made.max_by_key(|descriptor| self.program.word_at(*descriptor));
        let of = self.program.named(of);
        let Some((descriptor, of)) = largest.zip(of.first()) else {
            return Vec::new();
        };
        let types = self.program.types_with(descriptor);
        let functions = self.program.functions().map(|(function, _)| function);
        let functions = functions.filter(|function| !self.is_gos(*function));
        // Who makes one loads its descriptor, be it to make it or to put one in its place.
        let makers = functions.filter(|function| self.program.loads_any(*function, &types));
        makers.map(|maker| Call::direct(maker, *of)).collect()
    }

    /// The text that a variable starts with which is passed at a call, or which one starts with a pointer
    /// to.
    pub(super) fn text_of_variable(self, site: Site, word: Word) -> Option<Argument<'a>> {
        let address = self.variable(site, word)?;
        Some(self.program.text_at(address))
    }

    fn variable(self, site: Site, word: Word) -> Option<u64> {
        let (caller, at) = (site.call.caller, site.at);
        let address = self.program.number(caller, at, word);
        let start = || self.program.start_of_variable(caller, at, word);
        address.or_else(start).filter(|address| *address != 0)
    }

    /// Whether a variable, or what one starts with a pointer to, is passed at a call.
    pub(super) fn is_variable(self, site: Site, word: Word) -> bool {
        self.variable(site, word).is_some()
    }

    fn is_gos(self, function: FunctionId) -> bool {
        self.owners.of(self.program.name(function)) == Owner::Go
    }

    /// The call of one of some functions whose result is passed on at another, where that shows.
    pub(super) fn result_of(self, site: Site, word: Word, functions: &[&str]) -> Option<Site> {
        let caller = site.call.caller;
        let Argument::Returned(at) = self.program.argument(caller, site.at, word) else {
            return None;
        };
        self.is_of(caller, at, functions)
            .then_some(Site { at, ..site })
    }

    /// Where the caller made the call that returned first what it passes at another.
    pub(super) fn returned(self, site: Site, word: Word) -> Option<u32> {
        self.program.returned(site.call.caller, site.at, word)
    }

    /// Whether a variable holds what is passed at a call, or the caller was called with it.
    pub(super) fn is_from_elsewhere(self, site: Site, word: Word) -> bool {
        self.program.is_held(site.call.caller, site.at, word)
    }

    /// Whether the call at an offset in a function is of one of some others.
    fn is_of(self, caller: FunctionId, at: u32, functions: &[&str]) -> bool {
        let mut named = functions.iter().flat_map(|name| self.program.named(name));
        named.any(|function| self.program.refers(caller, at, function))
    }
}
