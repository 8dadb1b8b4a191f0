//! How much garbage Go's compiler and linker leave before they collect it.

use borsh::{BorshDeserialize, BorshSerialize};

use super::{Action, Step};

/// The variable that tells Go's runtime, and so all of Go's own tools.
pub(super) const VARIABLE: &str = "GOGC";

/// Percent of what is in use. More costs memory and hardly saves time any more (docs/performance.md).
const SELDOM: &str = "400";

/// Bytes for each core from which on there is room for that: the linker of a program of 50 MB, which takes most of
/// all, stays below.
const ROOM: u64 = 2 << 30;

/// What compilers are told on a machine that has so many bytes for so many cores; none is Go's own choice. Memory that
/// has no limit, or that nothing tells of, counts as room.
pub(super) fn percent((cores, memory): (u32, Option<u64>)) -> Option<&'static str> {
    let has_room = memory.is_none_or(|memory| memory / u64::from(cores.max(1)) >= ROOM);
    has_room.then_some(SELDOM)
}

/// How seldom Go's compiler and linker collect garbage, as far as a plan says.
#[derive(BorshDeserialize, BorshSerialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garbage {
    /// When there is so much of it, in percent of what is in use.
    Percent(u32),
    /// As the user's environment says.
    OfUser,
}

/// What Go's runtime does by itself.
const USUAL: Garbage = Garbage::Percent(100);

impl Garbage {
    /// That of all go processes of a plan, given the names of the variables that they inherit.
    #[must_use]
    pub fn on(machine: (u32, Option<u64>), inherit: &[String]) -> Self {
        if inherit.iter().any(|name| name == VARIABLE) {
            return Self::OfUser;
        }
        let percent = percent(machine).and_then(|percent| percent.parse().ok());
        percent.map_or(USUAL, Self::Percent)
    }

    /// That of a step.
    #[must_use]
    pub fn of(step: &Step) -> Self {
        let (Action::Compile(compile) | Action::Recompile(compile)) = &step.action else {
            return USUAL;
        };
        let tuning = &compile.command.tuning;
        if tuning.inherit.iter().any(|name| name == VARIABLE) {
            return Self::OfUser;
        }
        let percent = tuning.env.get(VARIABLE);
        let percent = percent.and_then(|percent| percent.to_string().parse().ok());
        percent.map_or(USUAL, Self::Percent)
    }

    /// That of a go process that is done again alone: a plan's own wish doesn't hold for it.
    #[must_use]
    pub fn alone(self) -> Self {
        match self {
            Self::Percent(_) => USUAL,
            Self::OfUser => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_says_of_garbage_is_not_known() {
        let machine = (1, Some(ROOM));
        assert_eq!(Garbage::on(machine, &[]), Garbage::Percent(400));
        assert_eq!(Garbage::on((1, Some(1)), &[]), USUAL);
        let user = Garbage::on(machine, &[VARIABLE.to_owned()]);
        assert_eq!(user, Garbage::OfUser);
        assert_eq!(user.alone(), Garbage::OfUser);
        assert_eq!(Garbage::Percent(400).alone(), USUAL);
    }

    #[test]
    fn garbage_is_collected_seldom_where_each_core_has_memory_for_it() {
        assert_eq!(percent((2, Some(2 * ROOM))), Some(SELDOM));
        assert_eq!(percent((2, Some(2 * ROOM - 2))), None);
        assert_eq!(percent((0, Some(ROOM))), Some(SELDOM));
    }

    #[test]
    fn memory_without_a_limit_is_room() {
        assert_eq!(percent((8, None)), Some(SELDOM));
    }
}
