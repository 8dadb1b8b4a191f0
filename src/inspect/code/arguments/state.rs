//! What registers and the stack hold at a point of a function.

/// Registers that are followed: more than any architecture has for arguments.
const REGISTERS: usize = 32;
/// Slots of the stack that are followed at once.
const MAX_SLOTS: usize = 64;

/// Something that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A constant, which may be an address.
    Number(u64),
    /// A word of the function's own arguments.
    Parameter(usize),
}

/// Where the words of arguments stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Convention {
    /// The registers, by their numbers.
    pub(super) registers: &'static [usize],
    /// How far from the stack pointer the first word stands, where they lie on the stack.
    pub(super) stack: i64,
    /// The size of a word in bytes.
    pub(super) word: i64,
}

/// What is known; all else may be anything.
#[derive(Clone, Debug)]
pub(super) struct State {
    convention: Convention,
    registers: [Option<Value>; REGISTERS],
    /// By the distance from the stack pointer.
    slots: Vec<(i64, Value)>,
}

impl State {
    /// At the start of a function.
    pub(super) fn at_start(convention: Convention) -> Self {
        let mut state = Self {
            convention,
            registers: [None; REGISTERS],
            slots: Vec::new(),
        };
        for (word, register) in convention.registers.iter().enumerate() {
            state.set(*register, Some(Value::Parameter(word)));
        }
        state
    }

    /// At a place that is reached from elsewhere, or behind a call.
    pub(super) fn forget(&mut self) {
        self.registers = [None; REGISTERS];
        self.slots.clear();
    }

    /// When the stack pointer moves.
    pub(super) fn forget_stack(&mut self) {
        self.slots.clear();
    }

    pub(super) fn register(&self, number: usize) -> Option<Value> {
        self.registers.get(number).copied().flatten()
    }

    pub(super) fn set(&mut self, register: usize, value: Option<Value>) {
        if let Some(slot) = self.registers.get_mut(register) {
            *slot = value;
        }
    }

    pub(super) fn slot(&self, offset: i64) -> Option<Value> {
        let slot = self.slots.iter().find(|(at, _)| *at == offset);
        slot.map(|(_, value)| *value)
    }

    /// Writes `size` bytes of the stack, of which whole words are known.
    pub(super) fn set_slot(&mut self, offset: i64, size: i64, value: Option<Value>) {
        let word = self.convention.word;
        self.slots.retain(|(at, _)| {
            at.saturating_add(word) <= offset || offset.saturating_add(size) <= *at
        });
        if let Some(value) = value
            && size == word
            && self.slots.len() < MAX_SLOTS
        {
            self.slots.push((offset, value));
        }
    }

    /// The value at a word of the arguments of a function that is called here: from its register,
    /// else from the stack.
    pub(super) fn argument(&self, word: usize) -> Option<Value> {
        self.in_register(word).or_else(|| self.on_stack(word))
    }

    /// The values at a word and the next, which belong together: both are in registers, or both on
    /// the stack. Before Go 1.17 the registers hold something else.
    pub(super) fn argument_of_two(&self, word: usize) -> Option<(Value, Value)> {
        let in_registers = self.in_register(word).zip(self.in_register(word + 1));
        in_registers.or_else(|| self.on_stack(word).zip(self.on_stack(word + 1)))
    }

    fn in_register(&self, word: usize) -> Option<Value> {
        let register = self.convention.registers.get(word)?;
        self.register(*register)
    }

    fn on_stack(&self, word: usize) -> Option<Value> {
        let offset = i64::try_from(word)
            .ok()?
            .checked_mul(self.convention.word)?;
        self.slot(self.convention.stack.checked_add(offset)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONVENTION: Convention = Convention {
        registers: &[0, 3],
        stack: 0,
        word: 8,
    };

    #[test]
    fn a_function_starts_with_its_own_arguments() {
        let state = State::at_start(CONVENTION);
        assert_eq!(state.argument(1), Some(Value::Parameter(1)));
        assert_eq!(state.argument(2), None);
    }

    #[test]
    fn two_words_of_one_argument_are_never_of_two_places() {
        let mut state = State::at_start(CONVENTION);
        state.forget();
        state.set(0, Some(Value::Number(1)));
        state.set_slot(0, 8, Some(Value::Number(2)));
        state.set_slot(8, 8, Some(Value::Number(3)));
        let of_stack = Some((Value::Number(2), Value::Number(3)));
        assert_eq!(state.argument_of_two(0), of_stack);
    }

    #[test]
    fn what_is_written_over_in_part_is_forgotten() {
        let mut state = State::at_start(CONVENTION);
        state.forget();
        state.set_slot(8, 8, Some(Value::Number(5)));
        assert_eq!(state.argument(1), Some(Value::Number(5)));
        state.set_slot(0, 9, None);
        assert_eq!(state.argument(1), None);
    }
}
