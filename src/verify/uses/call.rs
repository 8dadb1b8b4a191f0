//! One call of a function.

use std::collections::BTreeSet;

use crate::inspect::FunctionId;

/// Functions between a text and the call that wants it, which only hand it on.
const WRAPPERS: usize = 4;

/// One call: by whom, through which functions that hand a text on, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::verify) struct Call {
    pub(super) caller: FunctionId,
    pub(super) through: [Option<FunctionId>; WRAPPERS],
    pub(super) called: FunctionId,
}

/// A call, and where it is.
#[derive(Clone, Copy, Debug)]
pub(in crate::verify) struct Site {
    /// The call.
    pub(in crate::verify) call: Call,
    pub(in crate::verify) at: u32,
}

impl Site {
    /// The same place, for another call of its caller.
    pub(in crate::verify) fn of(self, call: Call) -> Self {
        Self { call, ..self }
    }
}

impl Call {
    pub(super) fn direct(caller: FunctionId, of: FunctionId) -> Self {
        Self {
            caller,
            through: [None; WRAPPERS],
            called: of,
        }
    }

    /// The same, called by whoever called its caller; none where there are too many between.
    pub(super) fn behind(self, caller: FunctionId) -> Option<Self> {
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
    pub(in crate::verify) fn passes_any(self, functions: &BTreeSet<FunctionId>) -> bool {
        let mut chain = self.chain().into_iter();
        chain.any(|function| functions.contains(&function))
    }

    /// Of what it is.
    pub(in crate::verify) fn called(self) -> FunctionId {
        self.called
    }

    /// By whom it is.
    pub(in crate::verify) fn caller(self) -> FunctionId {
        self.caller
    }

    /// From the outside in.
    pub(super) fn chain(self) -> Vec<FunctionId> {
        let through = self.through.into_iter().rev().flatten();
        let caller = std::iter::once(self.caller);
        caller.chain(through).chain([self.called]).collect()
    }
}
