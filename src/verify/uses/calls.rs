//! The texts that functions are called with.

use std::collections::{BTreeMap, BTreeSet};

use super::{Call, Site, Uses};
use crate::inspect::{Argument, List, Word};

/// Calls of functions in code that isn't Go's own.
#[derive(Clone, Debug, Default)]
pub(in crate::verify) struct Calls<'a> {
    /// The likeliest call with each constant text.
    pub(in crate::verify) texts: BTreeMap<&'a str, Call>,
    /// Those of them that variables only start with.
    starts: BTreeMap<&'a str, Call>,
    /// The likeliest call with a path below each constant folder.
    pub(in crate::verify) below: BTreeMap<&'a str, Call>,
    /// The calls with a text that isn't constant, or that can't be read.
    pub(in crate::verify) unknown: BTreeSet<Call>,
}

impl<'a> Calls<'a> {
    /// Replaces each constant text by a part of it; where that has none, it doesn't show what is meant.
    pub(in crate::verify) fn replace(&mut self, part: impl Fn(&'a str) -> Option<&'a str>) {
        self.starts.clear();
        for (text, call) in std::mem::take(&mut self.texts) {
            match part(text) {
                Some(part) => {
                    self.texts.entry(part).or_insert(call);
                }
                None => {
                    self.unknown.insert(call);
                }
            }
        }
    }

    pub(in crate::verify) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.unknown.is_empty()
    }

    /// Counts variables that start with what wants nothing as not constant: whoever sets one may want
    /// something.
    pub(in crate::verify) fn unsettle(&mut self, wants_nothing: impl Fn(&str) -> bool) {
        let starts = self.starts.iter();
        let harmless = starts.filter(|(text, _)| wants_nothing(text));
        self.unknown.extend(harmless.map(|(_, call)| *call));
    }
}

impl<'a> Uses<'a> {
    /// The calls of these functions in code that isn't Go's own. Each function comes with the word
    /// of its arguments at which the text stands.
    pub(in crate::verify) fn calls(self, functions: &[(&str, Word)]) -> Calls<'a> {
        let mut calls = Calls::default();
        for (word, site) in self.sites(functions) {
            self.follow(site, word, &mut calls);
        }
        calls
    }

    /// Adds the text that is passed at a call; where the caller only hands on what it was called
    /// with itself, those that its own callers pass.
    pub(in crate::verify) fn follow(self, site: Site, word: Word, calls: &mut Calls<'a>) {
        self.trace(site.call, self.argument(site, word), calls);
    }

    /// The same, with each text of the slice that is passed there.
    pub(in crate::verify) fn follow_list(self, site: Site, word: Word, calls: &mut Calls<'a>) {
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

    /// Adds a text that a call is about; where its caller was called with it, those that its own callers
    /// pass.
    pub(in crate::verify) fn trace(
        self,
        call: Call,
        argument: Argument<'a>,
        calls: &mut Calls<'a>,
    ) {
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
    pub(in crate::verify) fn add(self, found: Calls<'a>, calls: &mut Calls<'a>) {
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

    pub(super) fn add_text(self, text: &'a str, call: Call, calls: &mut Calls<'a>) {
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
}
