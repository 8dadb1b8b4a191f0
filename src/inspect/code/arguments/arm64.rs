//! Following code of arm64.
//!
//! Source: Arm Architecture Reference Manual, section C4.1 for the groups of instructions, and the
//! pages of the few that are followed.

use super::arm64_stack::{StackMoves, kept, written};
use super::arm64_word::{
    STACK_POINTER, branch, constant, goes_on, is_comparison, is_pair, is_vector, register,
    writes_base,
};
use super::state::{Convention, State, Value};
use super::{BEHIND_MAKING, LOAD_TO_CALL, Made, Passing};
use crate::inspect::code::calls::{Code, page, signed};

/// X0 to X15. On the stack the link register stands before the arguments.
const ARM64: Convention = Convention {
    registers: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    stack: 8,
    own: 8,
    word: 8,
};
const ARM64_STACK: Convention = Convention {
    registers: &[],
    ..ARM64
};

/// Where a function finds the value that it is called as.
const VALUE: usize = 26;

/// What is known where the call at an offset is made, or where that of a variable's function is that
/// is loaded there; none if there is no call.
pub(super) fn at_call(code: Code<'_>, place: u32, passing: Passing) -> Option<State> {
    if !place.is_multiple_of(4) {
        return None;
    }
    let convention = match passing {
        Passing::InRegisters => ARM64,
        Passing::OnStack => ARM64_STACK,
    };
    let instructions = code.bytes.as_chunks::<4>().0;
    let instructions = || instructions.iter().map(|bytes| u32::from_le_bytes(*bytes));
    let mut targets: Vec<i64> = (0_i64..)
        .zip(instructions())
        .filter_map(|(index, word)| Some(index + branch(word)?))
        .collect();
    targets.sort_unstable();
    let place = i64::from(place / 4);
    let mut function = None;
    let kept = kept(instructions(), convention.own, convention.word);
    let mut state = State::at_start(convention, kept);
    let mut moves = StackMoves::default();
    let end = usize::try_from(place).ok()? + LOAD_TO_CALL / 4;
    for (index, word) in (0_i64..).zip(instructions().take(end)) {
        // The start is jumped to only after the stack has grown, with all as it was.
        if index != 0 && targets.binary_search(&index).is_ok() {
            state.forget();
        }
        if index == place {
            if word & 0x7c00_0000 == 0x1400_0000 {
                return Some(state);
            }
            // Its arguments are made before it is called.
            function = Some(loaded_function(&state, word)?);
        } else if function.is_some() && is_call(word) {
            return (callee(&state, word) == function).then_some(state);
        }
        let here = code.address.wrapping_add_signed(4 * index);
        step(&mut state, word, here);
        if is_call(word)
            && let Ok(call) = u32::try_from(4 * index)
        {
            state.return_from(call);
        }
        if let Some(moved) = moves.of(word) {
            state.move_stack(moved);
        }
    }
    None
}

/// The two words of a text in what a call returned a pointer to, as the code right behind that sets
/// them: one way through it is followed, past functions that keep all registers.
pub(super) fn words_made(
    code: Code<'_>,
    made: Made,
    passing: Passing,
    keepers: &[u64],
) -> Option<(Value, Value)> {
    let Made { call: place, text } = made;
    let mut state = at_call(code, place, passing)?;
    let instructions = code.bytes.as_chunks::<4>().0;
    state.return_from(place);
    let pointer = Some(Value::Result {
        call: place,
        word: 0,
    });
    let start = i64::try_from(text.0).ok()?;
    let mut words = [None; 2];
    let mut index = i64::from(place / 4) + 1;
    for _ in 0..BEHIND_MAKING {
        let bytes = usize::try_from(index)
            .ok()
            .and_then(|index| instructions.get(index));
        let Some(word) = bytes.map(|bytes| u32::from_le_bytes(*bytes)) else {
            break;
        };
        let here = code.address.wrapping_add_signed(4 * index);
        if word & 0x7c00_0000 == 0x1400_0000 {
            let ahead = signed(word, 26);
            if !is_call(word) {
                index += ahead;
                continue;
            }
            if !keepers.contains(&here.wrapping_add_signed(4 * ahead)) {
                break;
            }
        } else if is_call(word) {
            break;
        } else if branch(word).is_none() {
            if !is_vector(word) && state.register(register(word, 5)) == pointer {
                let first = source(&state, register(word, 0));
                if word & 0xffc0_0000 == 0xf900_0000 {
                    put(&mut words, scaled(word) / 8 - start, first);
                } else if word & 0xffc0_0000 == 0xa900_0000 {
                    let number = signed(word >> 15, 7) - start;
                    put(&mut words, number, first);
                    put(&mut words, number + 1, source(&state, register(word, 10)));
                }
            }
            step(&mut state, word, here);
        }
        index += 1;
    }
    words[0].zip(words[1])
}

/// Sets one of the words, if it is among them.
fn put(words: &mut [Option<Value>; 2], number: i64, value: Option<Value>) {
    if let Some(word) = usize::try_from(number)
        .ok()
        .and_then(|number| words.get_mut(number))
    {
        *word = value;
    }
}

/// `BL`, `BLR`
fn is_call(word: u32) -> bool {
    word & 0xfc00_0000 == 0x9400_0000 || by_register(word).is_some()
}

/// The register that holds what `BLR` calls.
fn by_register(word: u32) -> Option<usize> {
    (word & 0xffff_fc1f == 0xd63f_0000).then(|| register(word, 5))
}

/// What is called by a register.
fn callee(state: &State, word: u32) -> Option<Value> {
    state.register(by_register(word)?)
}

/// The function of a variable that is loaded here as a value to be called.
fn loaded_function(state: &State, word: u32) -> Option<Value> {
    let is_load = word & 0xffc0_0000 == 0xf940_0000 && register(word, 0) == VALUE;
    let base = state.register(register(word, 5)).filter(|_| is_load);
    let variable = base?.word(scaled(word))?;
    variable.word(0)
}

fn step(state: &mut State, word: u32, here: u64) {
    // The groups of C4.1, by bits 28 to 25.
    match (word >> 25) & 0xf {
        _ if is_comparison(word) => {}
        0b1000 | 0b1001 => immediate(state, word, here),
        0b0101 | 0b1101 => {
            // ORR Xd, XZR, Xm is how registers are moved.
            let value = (word & 0xffe0_ffe0 == 0xaa00_03e0)
                .then(|| source(state, register(word, 16)))
                .flatten();
            set(state, register(word, 0), value);
        }
        0b1010 | 0b1011 => {
            if !goes_on(word) {
                state.forget();
            }
        }
        group if group & 0b0101 == 0b0100 => memory(state, word),
        // Vectors and floating point: few of them write a general register.
        0b0111 | 0b1111 => set(state, register(word, 0), None),
        _ => state.forget(),
    }
}

/// Sets a register. As a destination, the last is zero or the stack pointer.
fn set(state: &mut State, register: usize, value: Option<Value>) {
    if register == STACK_POINTER {
        state.forget_stack();
    } else {
        state.set(register, value);
    }
}

/// What a register holds. As a source, the last is zero.
fn source(state: &State, register: usize) -> Option<Value> {
    if register == STACK_POINTER {
        Some(Value::Number(0))
    } else {
        state.register(register)
    }
}

/// Data processing with an immediate.
fn immediate(state: &mut State, word: u32, here: u64) {
    if word & 0xffc0_0000 == 0x9100_0000 && register(word, 5) == STACK_POINTER {
        let slot = Value::Slot(((word >> 10) & 0xfff).into());
        return set(state, register(word, 0), Some(slot));
    }
    let number = if let Some(page) = page(word, here) {
        Some(page)
    } else if word & 0x9f00_0000 == 0x1000_0000 {
        let distance = signed((word >> 5) << 2 | (word >> 29) & 3, 21);
        Some(here.wrapping_add_signed(distance))
    } else if word & 0xffc0_0000 == 0x9100_0000 && register(word, 5) != STACK_POINTER {
        match state.register(register(word, 5)) {
            Some(Value::Number(base)) => Some(base.wrapping_add(u64::from((word >> 10) & 0xfff))),
            _ => None,
        }
    } else {
        constant(word)
    };
    set(state, register(word, 0), number.map(Value::Number));
}

/// Loads and stores.
fn memory(state: &mut State, word: u32) {
    let (first, base) = (register(word, 0), register(word, 5));
    let is_vector = is_vector(word);
    let is_pair = is_pair(word);
    let writes_base = writes_base(word);
    if writes_base {
        set(state, base, None);
    }
    if !is_vector && base == STACK_POINTER && !writes_base {
        if word & 0xffc0_0000 == 0xf900_0000 {
            let value = source(state, first);
            return state.set_slot(scaled(word), 8, value);
        }
        if word & 0xffc0_0000 == 0xf940_0000 {
            let value = state.slot(scaled(word));
            return set(state, first, value);
        }
        if word & 0xffc0_0000 == 0xa900_0000 {
            let offset = signed(word >> 15, 7) * 8;
            for (register, offset) in [(first, offset), (register(word, 10), offset + 8)] {
                let value = source(state, register);
                state.set_slot(offset, 8, value);
            }
            return;
        }
    }
    if let Some(pointer @ (Value::Number(_) | Value::Variable(_))) =
        state.register(base).filter(|_| !is_vector && !writes_base)
    {
        if word & 0xffc0_0000 == 0xf940_0000 {
            return set(state, first, pointer.word(scaled(word)));
        }
        if word & 0xffc0_0000 == 0xa940_0000 {
            let offset = signed(word >> 15, 7) * 8;
            set(state, first, pointer.word(offset));
            return set(state, register(word, 10), pointer.word(offset + 8));
        }
    }
    let (start, to_stack) = match state.register(base) {
        // Through a pointer to the stack.
        Some(Value::Slot(start)) => (start, word | 0x1f << 5),
        _ => (0, word),
    };
    if let Some((offset, size)) = written(to_stack) {
        // Another size, or a vector: what it writes isn't worth knowing.
        state.set_slot(start.saturating_add(offset), size, None);
    }
    let is_store = word & 0x00c0_0000 == 0 && (is_pair || !is_exclusive_or_atomic(word));
    let is_pair_store = is_pair && word & 0x0040_0000 == 0;
    if is_vector || is_store || is_pair_store {
        return;
    }
    set(state, first, None);
    if is_pair {
        set(state, register(word, 10), None);
    } else if is_exclusive_or_atomic(word) {
        set(state, register(word, 10), None);
        set(state, register(word, 16), None);
    }
}

/// The offset of `LDR` and `STR` of 64 bits.
fn scaled(word: u32) -> i64 {
    i64::from((word >> 10) & 0xfff) * 8
}

fn is_exclusive_or_atomic(word: u32) -> bool {
    word & 0x3f00_0000 == 0x0800_0000 || word & 0x3b20_0c00 == 0x3820_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_through_a_pointer_to_the_stack_is_forgotten() {
        // STP XZR, XZR, [SP, #16]; ADD X5, SP, #16; STR X3, [X5, #8]; BL
        let state = known(&[0xa901_7fff, 0x9100_43e5, 0xf900_04a3, 0x9400_0000]).unwrap();
        assert_eq!(state.register(5), Some(Value::Slot(16)));
        assert_eq!(state.slot(16), Some(Value::Number(0)));
        assert_eq!(state.slot(24), None);
    }

    #[test]
    fn where_a_function_is_loaded_from_a_variable_the_call_of_it_is_found() {
        // ADRP X27; LDR X26, [X27, #8]; LDR X2, [X26]; BLR X2
        let (load, entry, by_register) = ([0xb000_001b, 0xf940_077a], 0xf940_0342, 0xd63f_0040);
        let state = |words: &[u32]| {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let code = Code {
                address: 0x1000,
                bytes: &bytes,
            };
            at_call(code, 4, Passing::InRegisters)
        };
        let found = state(&[load[0], load[1], entry, PAGE, ADD, THREE, by_register]).unwrap();
        assert_eq!(found.argument(0), Some(Value::Number(0x291b)));
        assert_eq!(found.argument(1), Some(Value::Number(3)));
        // LDR X26, [X27, #16]
        let other = [load[0], load[1], 0xf940_0b7a, entry, by_register];
        let in_between = [load[0], load[1], entry, CALL, by_register];
        for words in [other, in_between] {
            assert!(state(&words).is_none(), "{words:x?}");
        }
        let mut far = vec![load[0], load[1], entry];
        far.extend([THREE; LOAD_TO_CALL / 4]);
        far.push(by_register);
        assert!(state(&far).is_none(), "too far away");
    }

    fn known(words: &[u32]) -> Option<State> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let code = Code {
            address: 0x1000,
            bytes: &bytes,
        };
        let call = u32::try_from(4 * (words.len() - 1)).unwrap();
        at_call(code, call, Passing::InRegisters)
    }

    const PAGE: u32 = 0xb000_0000; // ADRP X0, 1 page
    const ADD: u32 = 0x9124_6c00; // ADD X0, X0, #0x91b
    const THREE: u32 = 0xb240_07e1; // ORR X1, XZR, #3
    const CALL: u32 = 0x9400_0000;

    #[test]
    fn a_page_an_offset_and_a_length_are_followed_to_the_call() {
        let state = known(&[PAGE, ADD, THREE, CALL]).unwrap();
        assert_eq!(state.argument(0), Some(Value::Number(0x291b)));
        assert_eq!(state.argument(1), Some(Value::Number(3)));
        assert_eq!(state.argument(2), Some(Value::Parameter(2)));
        // MOVZ X1, #5, MOVN X1, #99 and ORR X1, XZR, #12
        for (word, number) in [
            (0xd280_00a1, 5),
            (0x9280_0c61, (-100_i64).cast_unsigned()),
            (0xb27e_07e1, 12),
        ] {
            let state = known(&[word, CALL]).unwrap();
            assert_eq!(state.argument(1), Some(Value::Number(number)));
        }
    }

    #[test]
    fn a_call_in_between_leaves_what_it_returned() {
        let state = known(&[PAGE, ADD, CALL, CALL]).unwrap();
        let result = Value::Result { call: 8, word: 0 };
        assert_eq!(state.argument(0), Some(result));
    }

    #[test]
    fn where_a_branch_leads_nothing_is_known() {
        // CBZ X5, over THREE
        let state = known(&[0xb400_0045, THREE, CALL]).unwrap();
        assert_eq!(state.argument(1), None);
    }

    #[test]
    fn what_is_loaded_over_is_forgotten_and_what_is_stored_is_not() {
        // LDR X1, [X2]; STR X1, [X2]; LDP X0, X1, [X2]
        let state = |word| known(&[PAGE, ADD, THREE, word, CALL]).unwrap();
        assert_eq!(state(0xf940_0041).argument(1), None);
        assert_eq!(state(0xf900_0041).argument(1), Some(Value::Number(3)));
        let pair = state(0xa940_0440);
        assert_eq!((pair.argument(0), pair.argument(1)), (None, None));
    }

    #[test]
    fn a_parameter_is_followed_through_the_stack() {
        // STR X0, [SP, #16]; LDR X3, [SP, #16]
        let state = known(&[0xf900_0be0, 0xf940_0be3, CALL]).unwrap();
        assert_eq!(state.argument(3), Some(Value::Parameter(0)));
    }

    #[test]
    fn a_comparison_leaves_the_stack_as_it_is() {
        // STR X0, [SP, #16]; CMP X1, #1, CMP X1, X2, CMN X1, #1, TST X1, #1 or TST X1, X2;
        // LDR X3, [SP, #16]
        for comparison in [
            0xf100_043f,
            0xeb02_003f,
            0xb100_043f,
            0xf240_003f,
            0xea02_003f,
        ] {
            let state = known(&[0xf900_0be0, comparison, 0xf940_0be3, CALL]).unwrap();
            let third = state.argument(3);
            assert_eq!(third, Some(Value::Parameter(0)), "{comparison:x}");
        }
        // SUB SP, X1, #1
        let state = known(&[0xf900_0be0, 0xd100_043f, 0xf940_0be3, CALL]).unwrap();
        assert_eq!(state.argument(3), None);
    }

    #[test]
    fn a_store_of_another_size_leaves_the_rest_of_the_stack() {
        // STR X0, [SP, #16]; STR W0, [SP, #24]; LDR X3, [SP, #16]; LDR X4, [SP, #24]
        let code = [0xf900_0be0, 0xb900_1be0, 0xf940_0be3, 0xf940_0fe4, CALL];
        let state = known(&code).unwrap();
        assert_eq!(state.argument(3), Some(Value::Parameter(0)));
        assert_eq!(state.argument(4), None);
    }

    #[test]
    fn the_zero_register_is_the_number_zero() {
        // MOV X0, XZR; STR XZR, [SP, #16]; LDR X3, [SP, #16]
        let state = known(&[0xaa1f_03e0, 0xf900_0bff, 0xf940_0be3, CALL]).unwrap();
        assert_eq!(state.argument(0), Some(Value::Number(0)));
        assert_eq!(state.argument(3), Some(Value::Number(0)));
    }

    #[test]
    fn what_is_no_call_has_no_arguments() {
        assert!(known(&[PAGE, ADD]).is_none());
    }
}
