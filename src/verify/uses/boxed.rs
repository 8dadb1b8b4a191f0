//! Interfaces that the program makes, by the first method of their type.

use super::{Call, Calls, Uses};
use crate::inspect::Word;

impl<'a> Uses<'a> {
    /// The calls of these functions with an interface whose type has this as its first method. Each
    /// function comes with the word of its arguments at which the interface starts.
    pub(in crate::verify) fn calls_with(
        self,
        method: &str,
        functions: &[(&str, Word)],
    ) -> Vec<Call> {
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
    pub(in crate::verify) fn follow_boxed(self, method: &str, calls: &mut Calls<'a>) {
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
    pub(in crate::verify) fn makers(self, method: &str) -> impl Iterator<Item = Call> {
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
}
