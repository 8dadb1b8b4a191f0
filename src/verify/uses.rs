//! Where a program uses functions of the standard library: who leads there, and with which texts.
//!
//! A function that the linker put in is not for that used: with `reflect.Value.MethodByName`
//! somewhere, as text/template has it, every exported method stays. So rules ask who refers to a
//! function, up to one that isn't Go's own. Calls through interfaces don't show, so that nobody
//! leads there by direct calls is no proof.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Evidence;
use super::owner::{Owner, Owners, is_package_init, package, readable, runs_before_main};
use super::rules::Shared;
use crate::inspect::{Argument, FunctionId, List, Program, Search, Word};

/// The functions of a program, with whose they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uses<'a> {
    program: &'a Program<'a>,
    owners: Owners<'a>,
    /// What rules have found of it.
    pub(super) shared: &'a Shared<'a>,
}

/// Calls of functions in code that isn't Go's own.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls<'a> {
    /// The likeliest call with each constant text.
    pub(super) texts: BTreeMap<&'a str, Call>,
    /// Those of them that variables only start with.
    starts: BTreeMap<&'a str, Call>,
    /// The likeliest call with a path below each constant folder.
    pub(super) below: BTreeMap<&'a str, Call>,
    /// The calls with a text that isn't constant, or that can't be read.
    pub(super) unknown: BTreeSet<Call>,
}

impl Calls<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.unknown.is_empty()
    }

    /// Counts variables that start with what wants nothing as not constant: whoever sets one may want
    /// something.
    pub(super) fn unsettle(&mut self, wants_nothing: impl Fn(&str) -> bool) {
        let starts = self.starts.iter();
        let harmless = starts.filter(|(text, _)| wants_nothing(text));
        self.unknown.extend(harmless.map(|(_, call)| *call));
    }
}

/// Functions that lead to something, from the outside in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) names: Vec<String>,
    pub(super) start: Start,
}

/// Where a chain of direct calls starts; the likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
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

/// Functions that put texts together, one behind the other.
const CONCATENATE: &[&str] = &[
    "runtime.concatstring2",
    "runtime.concatstring3",
    "runtime.concatstring4",
    "runtime.concatstring5",
];
/// Functions that put texts into another.
const FORMAT: &[&str] = &["fmt.Sprintf"];
/// Functions that put a slice of texts together as a path.
const JOIN: &[&str] = &["path/filepath.join", "path/filepath.Join", "path.Join"];

/// Functions between a text and the call that wants it, which only hand it on.
const WRAPPERS: usize = 4;

/// One call: by whom, through which functions that hand a text on, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    caller: FunctionId,
    through: [Option<FunctionId>; WRAPPERS],
    called: FunctionId,
}

/// A call, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    /// The call.
    pub(super) call: Call,
    at: u32,
}

impl Call {
    fn direct(caller: FunctionId, of: FunctionId) -> Self {
        Self {
            caller,
            through: [None; WRAPPERS],
            called: of,
        }
    }

    /// The same, called by whoever called its caller; none where there are too many between.
    fn behind(self, caller: FunctionId) -> Option<Self> {
        let [None, through @ ..] = self.through else {
            return None;
        };
        let mut longer = [None; WRAPPERS];
        let (first, last) = longer.split_at_mut(through.len());
        first.copy_from_slice(&through);
        last.fill(Some(self.caller));
        Some(Self {
            caller,
            through: longer,
            called: self.called,
        })
    }

    /// Whether it goes through any of some functions.
    pub(super) fn passes_any(self, functions: &BTreeSet<FunctionId>) -> bool {
        let mut chain = self.chain().into_iter();
        chain.any(|function| functions.contains(&function))
    }

    /// By whom it is.
    pub(super) fn caller(self) -> FunctionId {
        self.caller
    }

    /// From the outside in.
    fn chain(self) -> Vec<FunctionId> {
        let through = self.through.into_iter().rev().flatten();
        let caller = std::iter::once(self.caller);
        caller.chain(through).chain([self.called]).collect()
    }
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

    /// Whether a text is among what the program loads.
    pub(super) fn holds(self, text: &str) -> bool {
        self.program.holds(text.as_bytes())
    }

    /// The DLLs that variables name for when they are first used.
    pub(super) fn lazy_dlls(self) -> BTreeSet<&'a str> {
        self.program.lazy_dlls()
    }

    /// The likeliest chain to any of these functions from one that isn't Go's own, and on to the
    /// main module where that shows; none if nobody leads there by direct calls.
    pub(super) fn chain(self, names: &[&str]) -> Option<Chain> {
        self.chain_past(names, &[])
    }

    /// The same, but through none of some functions, each given by how its name starts.
    pub(super) fn chain_past(self, names: &[&str], past: &[&str]) -> Option<Chain> {
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
    pub(super) fn likeliest_call(self, calls: impl IntoIterator<Item = Call>) -> Option<Call> {
        let mut calls: Vec<Call> = calls.into_iter().collect();
        calls.sort_by_cached_key(|call| self.rank(*call));
        let callers: Vec<_> = calls.iter().map(|call| call.caller).collect();
        let likeliest = self.likeliest(&callers)?;
        calls.into_iter().find(|call| call.caller == likeliest)
    }

    /// How likely a call is, as far as it alone tells; what is less is likelier.
    fn rank(self, call: Call) -> (Start, usize, &'a str, Call) {
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

    /// The calls of these functions in code that isn't Go's own. Each function comes with the word
    /// of its arguments at which the text stands.
    pub(super) fn calls(self, functions: &[(&str, Word)]) -> Calls<'a> {
        let mut calls = Calls::default();
        for (word, site) in self.sites(functions) {
            self.follow(site, word, &mut calls);
        }
        calls
    }

    /// Whether it shows who refers to whom.
    pub(super) fn has_calls(self) -> bool {
        let mut functions = self.program.functions();
        functions.any(|(function, _)| self.program.callers(function).next().is_some())
    }

    /// Whether any of these functions is in the program though no code refers to it: then what its data
    /// starts with does.
    pub(super) fn is_held(self, names: &[&str]) -> bool {
        let mut functions = names.iter().flat_map(|name| self.program.named(name));
        functions.any(|function| {
            let mut callers = self.program.callers(function);
            !callers.any(|(caller, _)| caller != function)
        }) && self.has_calls()
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

    /// The constant text that a function is called with.
    pub(super) fn text(self, site: Site, word: Word) -> Option<&'a str> {
        match self.program.argument(site.call.caller, site.at, word) {
            Argument::Text(text) | Argument::Start(text) => Some(text),
            Argument::HandedOn(_) | Argument::Returned(_) | Argument::Unknown => None,
        }
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

    /// Those calls whose caller makes, on the heap, a value of the largest type of which `maker` does.
    pub(super) fn that_make_what(self, maker: &str, calls: Vec<Call>) -> Vec<Call> {
        if calls.is_empty() {
            return calls;
        }
        let new = self.program.named("runtime.newobject");
        let made_by = |function: FunctionId| {
            let all = new.iter().flat_map(|new| self.program.callers(*new));
            let its = all.filter(move |(caller, _)| *caller == function);
            its.filter_map(|(caller, at)| self.program.number(caller, at, Word(0)))
        };
        let makers = self.program.named(maker);
        // A type's descriptor starts with its size.
        let size = |address: &u64| self.program.word_at(*address);
        let Some(wanted) = makers.iter().copied().flat_map(made_by).max_by_key(size) else {
            return Vec::new();
        };
        let mut calls = calls;
        calls.retain(|call| made_by(call.caller).any(|made| made == wanted));
        calls
    }

    /// One call of each caller, the likeliest first.
    pub(super) fn by_caller(self, calls: &BTreeSet<Call>) -> Vec<Call> {
        let mut calls: Vec<_> = calls.iter().copied().collect();
        calls.dedup_by_key(|call| call.caller);
        let likeliest = self.likeliest_call(calls.iter().copied());
        calls.sort_by_cached_key(|call| (Some(*call) != likeliest, self.rank(*call)));
        calls
    }

    fn is_gos(self, function: FunctionId) -> bool {
        self.owners.of(self.program.name(function)) == Owner::Go
    }

    /// Adds the text that is passed at a call; where the caller only hands on what it was called
    /// with itself, those that its own callers pass.
    pub(super) fn follow(self, site: Site, word: Word, calls: &mut Calls<'a>) {
        let argument = self.program.argument(site.call.caller, site.at, word);
        self.trace(site.call, argument, calls);
    }

    /// The same, with each text of the slice that is passed there.
    pub(super) fn follow_list(self, site: Site, word: Word, calls: &mut Calls<'a>) {
        let mut todo = vec![(site.call, site.at, word)];
        while let Some((call, at, word)) = todo.pop() {
            match self.program.list(call.caller, at, word) {
                List::Texts(texts) => {
                    for text in texts {
                        self.trace(call, text, calls);
                    }
                }
                List::HandedOn(word) => {
                    let behind = self.behind(call);
                    if behind.is_empty() {
                        calls.unknown.insert(call);
                    }
                    todo.extend(behind.into_iter().map(|(call, at)| (call, at, word)));
                }
                List::Unknown => {
                    calls.unknown.insert(call);
                }
            }
        }
    }

    fn trace(self, call: Call, argument: Argument<'a>, calls: &mut Calls<'a>) {
        let mut todo = vec![(call, argument)];
        while let Some((call, argument)) = todo.pop() {
            match argument {
                Argument::Text(text) => self.add_text(text, call, calls),
                Argument::Start(text) => {
                    self.add_text(text, call, calls);
                    calls.starts.entry(text).or_insert(call);
                }
                Argument::HandedOn(word) => {
                    let behind = self.behind(call);
                    if behind.is_empty() {
                        calls.unknown.insert(call);
                    }
                    todo.extend(behind.into_iter().map(|(call, at)| {
                        let argument = self.program.argument(call.caller, at, word);
                        (call, argument)
                    }));
                }
                Argument::Returned(at) => {
                    if let Some(folder) = self.start_of_joined(call.caller, at) {
                        self.add_below(folder, call, calls);
                    }
                    calls.unknown.insert(call);
                }
                Argument::Unknown => {
                    calls.unknown.insert(call);
                }
            }
        }
    }

    /// Adds calls to others.
    pub(super) fn add(self, found: Calls<'a>, calls: &mut Calls<'a>) {
        calls.unknown.extend(found.unknown);
        for (text, call) in found.texts {
            self.add_text(text, call, calls);
        }
        for (text, call) in found.starts {
            calls.starts.entry(text).or_insert(call);
        }
        for (folder, call) in found.below {
            self.add_below(folder, call, calls);
        }
    }

    fn add_below(self, folder: &'a str, call: Call, calls: &mut Calls<'a>) {
        let first = calls.below.entry(folder).or_insert(call);
        *first = self.likelier(call, *first);
    }

    fn add_text(self, text: &'a str, call: Call, calls: &mut Calls<'a>) {
        let first = calls.texts.entry(text).or_insert(call);
        *first = self.likelier(call, *first);
    }

    fn likelier(self, one: Call, other: Call) -> Call {
        std::cmp::min_by_key(other, one, |call| self.rank(*call))
    }

    /// A call, as each caller of its caller makes it, with where that is.
    fn behind(self, call: Call) -> Vec<(Call, u32)> {
        let callers = self.program.callers(call.caller);
        let callers = callers.filter(|(caller, _)| *caller != call.caller);
        callers
            .filter_map(|(caller, at)| Some((call.behind(caller)?, at)))
            .collect()
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

    /// Whether the call at an offset in a function is of one of some others.
    fn is_of(self, caller: FunctionId, at: u32, functions: &[&str]) -> bool {
        let mut named = functions.iter().flat_map(|name| self.program.named(name));
        named.any(|function| self.program.refers(caller, at, function))
    }

    /// The folder that a path starts with which the call at an offset in a function returns, where
    /// that is constant.
    fn start_of_joined(self, caller: FunctionId, at: u32) -> Option<&'a str> {
        let text = |argument| match argument {
            Argument::Text(text) | Argument::Start(text) => Some(text),
            Argument::HandedOn(_) | Argument::Returned(_) | Argument::Unknown => None,
        };
        let folder = |start: &'a str| {
            // Only Windows has drives, and then either separator.
            let has_drive = start.get(1..3) == Some(":\\");
            let separates = |letter| letter == '/' || (letter == '\\' && has_drive);
            Some(start.rsplit_once(separates)?.0)
        };
        if self.is_of(caller, at, CONCATENATE) {
            // What the text is put into comes first.
            folder(text(self.program.argument(caller, at, Word(1)))?)
        } else if self.is_of(caller, at, FORMAT) {
            let format = text(self.program.argument(caller, at, Word(0)))?;
            folder(format.split('%').next()?)
        } else if self.is_of(caller, at, JOIN) {
            match self.program.list(caller, at, Word(0)) {
                // One alone is the path itself, and `..` may lead anywhere.
                List::Texts(texts)
                    if texts.len() > 1
                        && !texts
                            .iter()
                            .any(|one| text(*one).is_some_and(|one| one.contains(".."))) =>
                {
                    text(texts.first().copied()?)
                }
                List::Texts(_) | List::HandedOn(_) | List::Unknown => None,
            }
        } else {
            None
        }
    }

    /// The calls of these functions with an interface whose type has this as its first method. Each
    /// function comes with the word of its arguments at which the interface starts.
    pub(super) fn calls_with(self, method: &str, functions: &[(&str, Word)]) -> Vec<Call> {
        let mut sites = self.sites(functions);
        let methods = self.program.named(method);
        sites.retain(|(word, site)| {
            let is_of = |table| {
                let mut methods = methods.iter();
                methods.any(|method| self.program.is_table(table, *method))
            };
            self.number(*site, *word).is_some_and(is_of)
        });
        sites.into_iter().map(|(_, site)| site.call).collect()
    }

    /// Adds the texts that code which isn't Go's own makes interfaces of, by the first method of
    /// their type.
    pub(super) fn follow_boxed(self, method: &str, calls: &mut Calls<'a>) {
        for (call, text) in self.boxed(method) {
            match text {
                Some(text) => self.add_text(text, call, calls),
                None => {
                    calls.unknown.insert(call);
                }
            }
        }
    }

    /// The places where code which isn't Go's own makes interfaces of a type, by its first method.
    pub(super) fn makers(self, method: &str) -> impl Iterator<Item = Call> {
        self.boxed(method).into_iter().map(|(call, _)| call)
    }

    /// The same, with the text that an interface is made of, where that is constant.
    fn boxed(self, method: &str) -> Vec<(Call, Option<&'a str>)> {
        let Some(method) = self.program.named(method).first().copied() else {
            return Vec::new();
        };
        let tables = self.program.tables(method);
        if tables.is_empty() {
            return Vec::new();
        }
        let functions = self.program.functions().map(|(function, _)| function);
        let functions = functions.filter(|function| !self.is_gos(*function));
        let made = functions.flat_map(|function| {
            let texts = self.program.boxed(function, &tables).into_iter();
            texts.map(move |text| (Call::direct(function, method), text))
        });
        made.collect()
    }

    /// The functions that lead to a call, from the outside in, with the one that is called.
    pub(super) fn chain_to(self, call: Call) -> Chain {
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
        let mut names = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            names.push(self.program.name(*id));
            let Some(next) = ids.get(index + 1) else {
                continue;
            };
            let reference = self.program.first_reference(*id, *next);
            names.extend(
                reference
                    .into_iter()
                    .flat_map(|at| self.program.frames(*id, at)),
            );
        }
        // Trampolines are the linker's: they only bridge a distance.
        let names = names.into_iter().filter(|name| !name.contains("-tramp"));
        let mut names: Vec<String> = names.map(readable).collect();
        names.dedup();
        Chain { names, start }
    }
}
