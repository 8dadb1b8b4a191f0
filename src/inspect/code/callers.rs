//! Who refers to each function.

use super::calls::{Targets, references};
use super::entries::Entries;
use super::groups::Groups;
use super::image::Image;
use super::work::TooMuch;

/// Bytes of code for each reference: no program has more.
const CODE_A_REFERENCE: usize = 8;

/// The places in the code that refer to each function.
#[derive(Clone, Debug, Default)]
pub(super) struct Callers {
    /// Where each function starts.
    entries: Entries,
    /// The address of the first function.
    first: u64,
    /// By function; places are counted from the first one on.
    places: Groups<u32>,
}

impl Callers {
    /// Reads the code of all functions; nothing is found where the program doesn't show where they
    /// start, or where the architecture isn't read.
    pub(super) fn of(image: &Image<'_>) -> Result<Self, TooMuch> {
        let starts = image.functions.iter();
        let starts: Option<Vec<u64>> = starts.map(|function| image.address(*function)).collect();
        // Places are told apart by the function that they are in, so no two start at once.
        let is_sorted = |starts: &Vec<u64>| starts.is_sorted_by(|start, next| start < next);
        let Some(starts) = starts.filter(is_sorted) else {
            return Ok(Self::default());
        };
        let first = starts.first().copied().unwrap_or_default();
        // No function starts behind the code that the file holds.
        let code = image.memory.at(first).unwrap_or_default();
        let entries = Entries::new(&starts, code.len() as u64);
        let targets = Targets::new(&image.memory, &entries);
        let most = code.len() / CODE_A_REFERENCE;
        let mut found = Vec::new();
        for code in image.code_in_pieces(targets.least()) {
            let Ok(start) = u32::try_from(code.address - first) else {
                break;
            };
            if references(code, start, targets, &mut found).is_none() {
                return Ok(Self::default());
            }
            if found.len() > most {
                return Err(TooMuch);
            }
        }
        let found = found.iter().map(|found| (found.to, found.at));
        Ok(Self {
            places: Groups::new(image.functions.len(), found),
            entries,
            first,
        })
    }

    /// How many references to a function there are.
    pub(super) fn count(&self, function: u32) -> usize {
        self.places.of(function).len()
    }

    /// The offset in a function's code at which it first refers to another.
    pub(super) fn first_reference(
        &self,
        image: &Image<'_>,
        caller: u32,
        function: u32,
    ) -> Option<u32> {
        let start = image.address(image.function(caller)?)?;
        let start = start.checked_sub(self.first)?;
        // Many may refer to one, and each of them is asked about.
        let places = self.places.of(function);
        let before = places.partition_point(|place| u64::from(*place) < start);
        let place = *places.get(before)?;
        let is_its = self.entries.last_at(self.first.checked_add(place.into())?) == Some(caller);
        let at = u64::from(place).checked_sub(start)?;
        u32::try_from(at).ok().filter(|_| is_its)
    }

    /// Whether the place at an offset in a function's code refers to another.
    pub(super) fn refers(&self, image: &Image<'_>, caller: u32, at: u32, function: u32) -> bool {
        let start = image.function(caller).and_then(|own| image.address(own));
        let place = start
            .and_then(|start| start.checked_add(at.into())?.checked_sub(self.first))
            .and_then(|place| u32::try_from(place).ok());
        let places = self.places.of(function);
        place.is_some_and(|place| places.binary_search(&place).is_ok())
    }

    /// The functions that refer to one, each with the offset in its code at which it does.
    pub(super) fn of_function<'a>(
        &'a self,
        image: &'a Image<'_>,
        function: u32,
    ) -> impl Iterator<Item = (u32, u32)> + 'a {
        let places = self.places.of(function).iter();
        places.filter_map(|place| {
            let address = self.first.checked_add((*place).into())?;
            let number = self.entries.last_at(address)?;
            let start = image.address(image.function(number)?)?;
            Some((number, u32::try_from(address.checked_sub(start)?).ok()?))
        })
    }
}
