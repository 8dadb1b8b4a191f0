//! Structs that the program makes, and a text in each.

use std::collections::BTreeMap;

use super::{Call, Uses};
use crate::inspect::{Argument, FunctionId, Word};

/// A struct with a text in it.
#[derive(Clone, Copy, Debug)]
pub(in crate::verify) struct StructWithText {
    /// The names of its first fields.
    pub(in crate::verify) fields: &'static [&'static str],
    /// Where the text stands among its words.
    pub(in crate::verify) text: Word,
}

impl<'a> Uses<'a> {
    /// The texts that code which isn't Go's own puts into such structs that it makes, as calls of a
    /// function.
    pub(in crate::verify) fn texts_made(
        self,
        of: StructWithText,
        called: FunctionId,
    ) -> Vec<(Call, Argument<'a>)> {
        let types = self.program.structs(of.fields);
        if types.is_empty() {
            return Vec::new();
        }
        let all = types.iter().flat_map(|one| self.program.types_with(*one));
        let all: Vec<_> = all.collect();
        let new = self.program.named("runtime.newobject");
        let new = new.iter().flat_map(|new| self.program.callers(*new));
        let mut news: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (caller, at) in new {
            news.entry(caller).or_default().push(at);
        }
        let functions = self.program.functions().map(|(function, _)| function);
        let functions = functions.filter(|function| !self.is_gos(*function));
        let makers = functions.filter(|function| self.program.loads_any(*function, &all));
        let made = makers.flat_map(|maker| {
            let new = news.get(&maker).into_iter().flatten();
            let its = new.filter(|at| {
                let made = self.program.number(maker, **at, Word(0));
                made.is_some_and(|made| types.contains(&made))
            });
            let texts = its.map(|at| self.program.text_made(maker, *at, of.text));
            let mut texts: Vec<_> = texts.collect();
            if texts.is_empty() {
                // In another struct, or in the place of one that is there.
                texts.push(Argument::Unknown);
            }
            let call = Call::direct(maker, called);
            texts.into_iter().map(move |text| (call, text))
        });
        made.collect()
    }

    /// Whether it shows what structs the program makes, by the names of their fields.
    pub(in crate::verify) fn shows_structs(self) -> bool {
        self.program.reads_fields()
    }
}
