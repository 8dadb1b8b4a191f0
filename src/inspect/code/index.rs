//! Functions by their names, also of those that are only inlined into others.

use super::entries::Marks;
use super::groups::Groups;
use super::image::Image;
use super::names::Names;
use super::work::{TooMuch, Work};

/// Where a name would have a number: no file has as many.
const NO_NAME: u32 = u32::MAX;

/// Which functions bear which names, by the numbers of both.
#[derive(Clone, Debug, Default)]
pub(super) struct Index<'data> {
    pub(super) names: Names<'data>,
    /// The number of each function's name.
    name_of: Vec<u32>,
    /// The functions of each name.
    named: Groups<u32>,
    /// The functions that each name is inlined into, as often as it is.
    inlined: Groups<u32>,
}

impl<'data> Index<'data> {
    /// Reads the names of all functions of a program.
    pub(super) fn of(image: &Image<'data>, work: &mut Work) -> Result<Self, TooMuch> {
        let mut marks = Marks::below(image.table.names.len() as u64);
        let mut inlined = Vec::new();
        for (number, function) in image.numbered() {
            marks.add(function.name.into());
            if let Some(calls) = image.inlined_in(*function) {
                calls.names(work, |name| {
                    marks.add(name.into());
                    inlined.push((name, number));
                })?;
            }
        }
        let names = Names::new(&image.table, marks.numbered(), work)?;
        let number = |offset: u32| names.at(offset).unwrap_or(NO_NAME);
        for (name, _) in &mut inlined {
            *name = number(*name);
        }
        let functions = image.functions.iter();
        let name_of: Vec<u32> = functions.map(|own| number(own.name)).collect();
        Ok(Self {
            named: Groups::new(names.len(), name_of.iter().copied().zip(0..)),
            inlined: Groups::new(names.len(), inlined.iter().copied()),
            name_of,
            names,
        })
    }

    /// The name of a function; none where it can't be read.
    pub(super) fn name(&self, function: u32) -> Option<&'data str> {
        self.names.text(*self.name_of.get(function as usize)?)
    }

    /// All functions, each with its name.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, &'data str)> + '_ {
        let all = (0..).zip(&self.name_of);
        all.filter_map(|(function, name)| Some((function, self.names.text(*name)?)))
    }

    /// The functions with code of their own that have a name, sorted.
    pub(super) fn named(&self, name: &str) -> Vec<u32> {
        self.of_name(&self.named, name)
    }

    /// The functions that a name is inlined into, sorted.
    pub(super) fn inlined_into(&self, name: &str) -> Vec<u32> {
        self.of_name(&self.inlined, name)
    }

    fn of_name(&self, groups: &Groups<u32>, name: &str) -> Vec<u32> {
        let numbers = self.names.numbers(name);
        let mut functions: Vec<u32> = numbers
            .flat_map(|number| groups.of(number))
            .copied()
            .collect();
        functions.sort_unstable();
        functions.dedup();
        functions
    }
}
