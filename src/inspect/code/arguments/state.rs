//! What registers and the stack hold at a point of a function.

use super::frame::{Frame, Move};

/// Registers that are followed: more than any architecture has for arguments.
const REGISTERS: usize = 32;
/// Slots of the stack that are followed at once.
const MAX_SLOTS: usize = 64;

/// The words that one instruction writes at most.
const MOST_WORDS: i64 = 4;

/// Something that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A constant, which may be an address.
    Number(u64),
    /// A word of the function's own arguments.
    Parameter(usize),
    /// The address of a place on the stack, by its distance from the stack pointer.
    Slot(i64),
    /// What lies at an address: a variable, which starts with what the file has there.
    Variable(u64),
    /// The word that the variable at an address points to: of a function value, its code.
    Pointee(u64),
    /// A word of what the call at an offset in the function returned.
    Result { call: u32, word: usize },
}

impl Value {
    /// The number that it is.
    pub(super) fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Parameter(_)
            | Self::Slot(_)
            | Self::Variable(_)
            | Self::Pointee(_)
            | Self::Result { .. } => None,
        }
    }

    /// The word that lies so many bytes behind where this points to.
    pub(super) fn word(self, offset: i64) -> Option<Self> {
        match self {
            Self::Number(address) => Some(Self::Variable(address.wrapping_add_signed(offset))),
            Self::Variable(address) if offset == 0 => Some(Self::Pointee(address)),
            _ => None,
        }
    }
}

/// Where the words of arguments stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Convention {
    /// The registers, by their numbers.
    pub(super) registers: &'static [usize],
    /// How far from the stack pointer the first word stands, where they lie on the stack.
    pub(super) stack: i64,
    /// How far from where the stack pointer was at the start the first of the function's own words
    /// stands: its arguments, or where they come in registers, the room to put them.
    pub(super) own: i64,
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
    frame: Frame,
    /// Which of the function's own words stay what they were.
    kept: Kept,
    /// Which of them hold arguments that came in registers: the word, and the argument. Known where
    /// the first stretch of code ends.
    put: Option<Vec<(usize, usize)>>,
}

/// Which of the function's own words on the stack stay what they were, whatever is called: those that
/// no instruction of it writes to, or where arguments come in registers, one alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    written: u64,
    /// More than once.
    rewritten: u64,
}

impl Kept {
    /// An instruction writes `size` bytes from the first byte of the words on; so many that there is
    /// no end, where it makes a pointer to them.
    pub(super) fn write(&mut self, offset: i64, size: i64, word: i64) {
        let first = offset.div_euclid(word).max(0);
        let end = offset.saturating_add(size.max(1)).saturating_add(word - 1);
        for number in first..end.div_euclid(word).min(u64::BITS.into()) {
            let bit = 1 << number;
            if size == i64::MAX || self.written & bit != 0 {
                self.rewritten |= bit;
            }
            self.written |= bit;
        }
    }

    fn has(self, number: usize) -> bool {
        number < u64::BITS as usize && self.written & (1 << number) == 0
    }

    fn is_put_once(self, number: usize) -> bool {
        let all = self.written & !self.rewritten;
        number < u64::BITS as usize && all & (1 << number) != 0
    }
}

impl State {
    /// At the start of a function.
    pub(super) fn at_start(convention: Convention, kept: Kept) -> Self {
        let mut state = Self {
            convention,
            registers: [None; REGISTERS],
            slots: Vec::new(),
            frame: Frame::default(),
            kept,
            put: None,
        };
        for (word, register) in convention.registers.iter().enumerate() {
            state.set(*register, Some(Value::Parameter(word)));
        }
        state
    }

    /// At a place that is reached from elsewhere, or behind a call.
    pub(super) fn forget(&mut self) {
        if self.put.is_none() {
            self.put = Some(self.puts());
        }
        self.registers = [None; REGISTERS];
        self.slots.clear();
    }

    /// Behind the call at an offset: what it returned, where that comes in registers.
    pub(super) fn return_from(&mut self, call: u32) {
        self.forget();
        for (word, register) in self.convention.registers.iter().enumerate() {
            self.set(*register, Some(Value::Result { call, word }));
        }
    }

    /// The arguments that the code up to here put into the function's own words, where nothing else
    /// is put there.
    fn puts(&self) -> Vec<(usize, usize)> {
        let puts = self.slots.iter().filter_map(|(offset, value)| {
            let Value::Parameter(argument) = value else {
                return None;
            };
            let number = self.own_word(*offset)?;
            let stays = self.kept.is_put_once(number);
            stays.then_some((number, *argument))
        });
        puts.collect()
    }

    /// The same, of a function whose first stretch of code was followed.
    pub(super) fn into_puts(self) -> Vec<(usize, usize)> {
        self.put.unwrap_or_default()
    }

    /// What the first stretch of code put there, where another one is followed.
    pub(super) fn with_puts(mut self, puts: &[(usize, usize)]) -> Self {
        self.put = Some(puts.to_vec());
        self
    }

    /// When anything on the stack may have been written to.
    pub(super) fn forget_stack(&mut self) {
        self.slots.clear();
    }

    /// When the stack pointer moves.
    pub(super) fn move_stack(&mut self, moved: Move) {
        self.slots.clear();
        for held in &mut self.registers {
            // Its distance is another one now.
            *held = held.filter(|value| !matches!(value, Value::Slot(_)));
        }
        self.frame.follow(moved);
    }

    /// The size of a word in bytes.
    pub(super) fn word(&self) -> usize {
        usize::try_from(self.convention.word).unwrap_or_default()
    }

    /// At a place where the stack pointer is known to have moved so far.
    pub(super) fn set_frame(&mut self, frame: Frame) {
        self.frame = frame;
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
        let known = slot.map(|(_, value)| *value);
        known.or_else(|| self.parameter(offset))
    }

    /// The function's own argument at a distance from the stack pointer.
    fn parameter(&self, offset: i64) -> Option<Value> {
        let number = self.own_word(offset)?;
        if self.convention.registers.is_empty() {
            return self.kept.has(number).then_some(Value::Parameter(number));
        }
        let mut puts = self.put.iter().flatten();
        let put = puts.find(|(word, _)| *word == number);
        put.map(|(_, argument)| Value::Parameter(*argument))
    }

    /// The number of the function's own word at a distance from the stack pointer.
    fn own_word(&self, offset: i64) -> Option<usize> {
        let distance = self.frame.own(offset)?.checked_sub(self.convention.own)?;
        let word = self.convention.word;
        let number = usize::try_from(distance / word).ok()?;
        (distance >= 0 && distance % word == 0).then_some(number)
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

    /// Writes a word of the stack, or some words of zero; nothing else is known of several words.
    pub(super) fn set_slots(&mut self, offset: i64, size: i64, value: Value) {
        let word = self.convention.word;
        if size > word && value == Value::Number(0) && size <= MOST_WORDS * word {
            for number in 0..size / word {
                self.set_slot(offset.saturating_add(number * word), word, Some(value));
            }
        } else {
            self.set_slot(offset, size, Some(value));
        }
    }

    /// The value at a word of the arguments of a function that is called here. Where arguments come in
    /// registers, what else lies on the stack are those that no register was left for, which may be any.
    pub(super) fn argument(&self, word: usize) -> Option<Value> {
        if self.convention.registers.is_empty() {
            return self.on_stack(word);
        }
        let register = self.convention.registers.get(word)?;
        self.register(*register)
    }

    /// The values at a word and the next, which belong together.
    pub(super) fn argument_of_two(&self, word: usize) -> Option<(Value, Value)> {
        self.argument(word).zip(self.argument(word + 1))
    }

    /// The same, on the stack alone.
    pub(super) fn on_stack(&self, word: usize) -> Option<Value> {
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
        own: 8,
        word: 8,
    };
    const ON_STACK: Convention = Convention {
        registers: &[],
        ..CONVENTION
    };

    #[test]
    fn a_function_starts_with_its_own_arguments() {
        let state = State::at_start(CONVENTION, Kept::default());
        assert_eq!(state.argument(1), Some(Value::Parameter(1)));
        assert_eq!(state.argument(2), None);
    }

    #[test]
    fn the_first_word_that_a_variable_points_to_has_a_name_and_no_other() {
        let variable = Value::Number(8).word(8);
        assert_eq!(variable, Some(Value::Variable(16)));
        let first = Value::Variable(16).word(0);
        assert_eq!(first, Some(Value::Pointee(16)));
        assert_eq!(Value::Variable(16).word(8), None);
        assert_eq!(Value::Pointee(16).word(0), None);
    }

    #[test]
    fn what_lies_on_the_stack_is_no_argument_that_comes_in_a_register() {
        let with_stack = |convention| {
            let mut state = State::at_start(convention, Kept::default());
            state.forget();
            state.set_slot(0, 8, Some(Value::Number(2)));
            state.set_slot(8, 8, Some(Value::Number(3)));
            state
        };
        let of_stack = Some((Value::Number(2), Value::Number(3)));
        assert_eq!(with_stack(ON_STACK).argument_of_two(0), of_stack);
        assert_eq!(with_stack(CONVENTION).argument_of_two(0), None);
        assert_eq!(with_stack(CONVENTION).argument(0), None);
    }

    #[test]
    fn a_place_on_the_stack_is_another_one_when_the_stack_pointer_moves() {
        let mut state = State::at_start(CONVENTION, Kept::default());
        state.set(0, Some(Value::Slot(16)));
        assert_eq!(state.argument(0), Some(Value::Slot(16)));
        state.move_stack(Move::Down(8));
        assert_eq!(state.argument(0), None);
    }

    #[test]
    fn behind_a_call_the_registers_hold_what_it_returned() {
        let mut state = State::at_start(CONVENTION, Kept::default());
        state.set_slot(8, 8, Some(Value::Number(5)));
        state.return_from(12);
        let second = Value::Result { call: 12, word: 1 };
        assert_eq!(state.argument(1), Some(second));
        assert_eq!(state.slot(8), None);
    }

    #[test]
    fn what_is_written_over_in_part_is_forgotten() {
        let mut state = State::at_start(CONVENTION, Kept::default());
        state.forget();
        state.set_slot(8, 8, Some(Value::Number(5)));
        assert_eq!(state.slot(8), Some(Value::Number(5)));
        state.set_slot(0, 9, None);
        assert_eq!(state.slot(8), None);
    }

    #[test]
    fn arguments_on_the_stack_are_beyond_the_frame_and_outlive_calls() {
        let mut state = State::at_start(ON_STACK, Kept::default());
        state.move_stack(Move::Down(32));
        state.forget();
        assert_eq!(state.slot(40), Some(Value::Parameter(0)));
        assert_eq!(state.slot(56), Some(Value::Parameter(2)));
        assert_eq!(state.slot(44), None, "no whole word");
        assert_eq!(state.slot(32), None, "the address to return to");
        state.move_stack(Move::Anywhere);
        assert_eq!(state.slot(40), None);
    }

    #[test]
    fn an_argument_that_is_written_to_is_not_known() {
        let mut kept = Kept::default();
        kept.write(12, 8, 8);
        kept.write(16, 8, 8);
        let known: Vec<_> = (0..4).filter(|number| kept.has(*number)).collect();
        assert_eq!(known, [0, 3]);
        assert!(!kept.has(64));
        let once: Vec<_> = (0..4).filter(|number| kept.is_put_once(*number)).collect();
        assert_eq!(once, [1]);
        kept.write(24, i64::MAX, 8);
        assert!(!kept.is_put_once(3) && !kept.is_put_once(5) && kept.is_put_once(1));
    }

    #[test]
    fn an_argument_that_is_put_away_once_outlives_calls() {
        let mut kept = Kept::default();
        kept.write(0, 8, 8);
        for _ in 0..2 {
            kept.write(8, 8, 8);
        }
        let mut state = State::at_start(CONVENTION, kept);
        state.move_stack(Move::Down(32));
        for word in 0..2 {
            let value = state.register(CONVENTION.registers[word]);
            state.set_slot(40 + 8 * i64::try_from(word).unwrap(), 8, value);
        }
        state.return_from(0);
        assert_eq!(state.slot(40), Some(Value::Parameter(0)));
        assert_eq!(state.slot(48), None, "it is written to twice");
        assert_eq!(state.slot(56), None);
    }
}
