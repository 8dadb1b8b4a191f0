//! Following code of amd64 and 386.
//!
//! Source: Intel SDM volume 2; the instructions are decoded by `iced_x86`.

mod outline;
mod stack;
mod walk;

use iced_x86::{Code as Opcode, Decoder, DecoderOptions, FlowControl, Instruction};
use iced_x86::{InstructionInfo, Mnemonic, OpKind, Register, UsedMemory};

use super::Passing;
use super::frame::Move;
use super::state::{Convention, State, Value};
use crate::inspect::code::calls::Code;
use crate::inspect::code::memory::Pointer;
pub(super) use outline::Outline;
use stack::{moves_stack, stack_offset, stack_slot, writes};

/// RAX, RBX, RCX, RDI, RSI, R8, R9, R10, R11.
const AMD64: Convention = Convention {
    registers: &[0, 3, 1, 7, 6, 8, 9, 10, 11],
    stack: 0,
    own: 8,
    word: 8,
};
/// The address to return to stands before a function's own.
const AMD64_STACK: Convention = Convention {
    registers: &[],
    ..AMD64
};
const I386: Convention = Convention {
    own: 4,
    word: 4,
    ..AMD64_STACK
};

/// How the code of a function is to be followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Follower {
    bits: u32,
    convention: Convention,
}

impl Follower {
    pub(super) fn new(pointer: Pointer, passing: Passing) -> Self {
        let (bits, convention) = match (pointer, passing) {
            (Pointer::Wide, Passing::InRegisters) => (64, AMD64),
            (Pointer::Wide, Passing::OnStack) => (64, AMD64_STACK),
            (Pointer::Narrow, _) => (32, I386),
        };
        Self { bits, convention }
    }

    fn decoder(self, code: Code<'_>) -> Decoder<'_> {
        Decoder::with_ip(self.bits, code.bytes, code.address, DecoderOptions::NONE)
    }
}

/// The offset of an instruction in the code of its function, if it is a call.
fn call_at(code: Code<'_>, instruction: &Instruction) -> Option<u32> {
    let is_call = instruction.mnemonic() == Mnemonic::Call;
    is_call.then(|| u32::try_from(instruction.ip().wrapping_sub(code.address)).ok())?
}

fn step(state: &mut State, instruction: &Instruction, info: &InstructionInfo) {
    match instruction.flow_control() {
        FlowControl::Next => {}
        FlowControl::ConditionalBranch => return,
        _ => return state.forget(),
    }
    let value = match instruction.mnemonic() {
        Mnemonic::Lea => address(instruction).or_else(|| stack_slot(instruction).map(Value::Slot)),
        Mnemonic::Mov => moved(state, instruction),
        // Of vectors, only zero is known.
        Mnemonic::Movups => {
            number(instruction.op1_register()).and_then(|from| state.register(from))
        }
        Mnemonic::Xor | Mnemonic::Xorps if is_cleared(instruction) => Some(Value::Number(0)),
        _ => None,
    };
    // By the registers as they are before.
    let written: Vec<_> = info
        .used_memory()
        .iter()
        .filter(|used| writes(used.access()))
        .filter_map(|used| {
            let size = i64::try_from(used.memory_size().size()).unwrap_or(i64::MAX);
            let is_repeated = instruction.has_rep_prefix() || instruction.has_repne_prefix();
            let size = if is_repeated { i64::MAX } else { size };
            Some((written_slot(state, used)?, size))
        })
        .collect();
    for used in info
        .used_registers()
        .iter()
        .filter(|used| writes(used.access()))
    {
        let register = used.register().full_register();
        if register == Register::RSP {
            state.move_stack(moves_stack(instruction).unwrap_or(Move::Anywhere));
        } else if let Some(number) = number(register) {
            state.set(number, None);
        }
    }
    for (offset, size) in written {
        state.set_slot(offset, size, None);
    }
    if let Some(value) = value {
        keep(state, instruction, value);
    }
}

/// Where on the stack an instruction writes: from the stack pointer on, or through a pointer to it.
fn written_slot(state: &State, used: &UsedMemory) -> Option<i64> {
    let direct = stack_offset(used.base(), used.index(), used.displacement());
    direct.or_else(|| match state.register(number(used.base())?)? {
        Value::Slot(offset) => offset.checked_add(used.displacement().cast_signed()),
        _ => None,
    })
}

/// `XOR r, r` and `XORPS x, x`
fn is_cleared(instruction: &Instruction) -> bool {
    matches!(
        instruction.code(),
        Opcode::Xor_r32_rm32
            | Opcode::Xor_rm32_r32
            | Opcode::Xor_r64_rm64
            | Opcode::Xor_rm64_r64
            | Opcode::Xorps_xmm_xmmm128
    ) && instruction.op1_kind() == OpKind::Register
        && instruction.op0_register() == instruction.op1_register()
}

/// The address that `LEA` computes, if it is a constant.
fn address(instruction: &Instruction) -> Option<Value> {
    let is_constant = instruction.is_ip_rel_memory_operand()
        || (instruction.memory_base() == Register::None
            && instruction.memory_index() == Register::None);
    is_constant.then(|| Value::Number(instruction.memory_displacement64()))
}

/// The constant addresses that code loads, in its order.
pub(super) fn addresses(pointer: Pointer, code: Code<'_>) -> Vec<u64> {
    let decoder = Follower::new(pointer, Passing::OnStack);
    let instructions = decoder.decoder(code).into_iter();
    let loads = instructions.filter(|instruction| instruction.mnemonic() == Mnemonic::Lea);
    let loaded = loads.filter_map(|instruction| match address(&instruction) {
        Some(Value::Number(address)) => Some(address),
        _ => None,
    });
    loaded.collect()
}

/// What `MOV` moves: all of a register, or a number.
fn moved(state: &State, instruction: &Instruction) -> Option<Value> {
    match instruction.op1_kind() {
        OpKind::Register => {
            let register = instruction.op1_register();
            let value = state.register(number(register.full_register())?)?;
            match (value, register.size()) {
                (_, size) if size == state.word() => Some(value),
                (Value::Number(number), 4) => Some(Value::Number(number & 0xffff_ffff)),
                _ => None,
            }
        }
        OpKind::Memory => match stack_slot(instruction) {
            Some(slot) => state.slot(slot),
            None => variable(state, instruction),
        },
        OpKind::Immediate32 | OpKind::Immediate64 | OpKind::Immediate32to64 => {
            Some(Value::Number(instruction.immediate(1)))
        }
        _ => None,
    }
}

/// The variable that a word is read of, or the word that one points to.
fn variable(state: &State, instruction: &Instruction) -> Option<Value> {
    let is_word = instruction.memory_size().size() == state.word();
    if let Some(address) = address(instruction).filter(|_| is_word) {
        return address.word(0);
    }
    let is_plain = is_word && instruction.memory_index() == Register::None;
    let base = number(instruction.memory_base().full_register()).filter(|_| is_plain)?;
    let offset = instruction.memory_displacement64().cast_signed();
    state.register(base)?.word(offset)
}

/// The word that an instruction stores where what the call at an offset returned points to, and how far
/// behind.
fn stored(state: &State, instruction: &Instruction, call: u32) -> Option<(i64, Value)> {
    let is_word = instruction.mnemonic() == Mnemonic::Mov
        && instruction.op0_kind() == OpKind::Memory
        && instruction.memory_index() == Register::None
        && instruction.memory_size().size() == state.word();
    let base = number(instruction.memory_base().full_register()).filter(|_| is_word)?;
    let is_its = state.register(base) == Some(Value::Result { call, word: 0 });
    let offset = instruction.memory_displacement64().cast_signed();
    is_its.then_some((offset, moved(state, instruction)?))
}

/// Keeps what an instruction wrote into its first operand, if that is all of a register, a word of
/// the stack, or some words of zero.
fn keep(state: &mut State, instruction: &Instruction, value: Value) {
    match instruction.op0_kind() {
        OpKind::Register if instruction.op0_register().size() >= 4 => {
            if let Some(number) = number(instruction.op0_register().full_register()) {
                state.set(number, Some(value));
            }
        }
        OpKind::Memory => {
            if let Some(offset) = stack_slot(instruction) {
                let size = i64::try_from(instruction.memory_size().size()).unwrap_or(i64::MAX);
                state.set_slots(offset, size, value);
            }
        }
        _ => {}
    }
}

/// Vectors are behind the general registers.
const VECTORS: usize = 16;

/// The number of a register: general ones have those of instructions.
fn number(register: Register) -> Option<usize> {
    let number = register.number();
    if register.is_gpr64() {
        Some(number)
    } else {
        (register.is_vector_register() && number < VECTORS).then_some(VECTORS + number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::arguments::LOAD_TO_CALL;

    fn at_call(code: Code<'_>, call: u32, passing: Passing) -> Option<State> {
        at_call_with(code, call, Pointer::Wide, passing)
    }

    fn at_call_with(
        code: Code<'_>,
        call: u32,
        pointer: Pointer,
        passing: Passing,
    ) -> Option<State> {
        let follower = Follower::new(pointer, passing);
        follower.at_call(code, &Outline::of(follower, code), call)
    }

    fn known(bytes: &[u8], call: u32) -> State {
        let code = Code {
            address: 0x1000,
            bytes,
        };
        at_call(code, call, Passing::InRegisters).unwrap()
    }

    const LEA: [u8; 7] = [0x48, 0x8d, 0x05, 0, 1, 0, 0]; // LEA RAX, [RIP+0x100]
    const MOV: [u8; 5] = [0xbb, 3, 0, 0, 0]; // MOV EBX, 3
    const CALL: [u8; 5] = [0xe8, 0, 0, 0, 0];

    #[test]
    fn an_address_and_a_length_are_followed_to_the_call() {
        let code = [LEA.as_slice(), &MOV, &CALL].concat();
        let state = known(&code, 12);
        assert_eq!(state.argument(0), Some(Value::Number(0x1107)));
        assert_eq!(state.argument(1), Some(Value::Number(3)));
        assert_eq!(state.argument(2), Some(Value::Parameter(2)));
    }

    #[test]
    fn a_call_in_between_leaves_what_it_returned() {
        let code = [LEA.as_slice(), &MOV, &CALL, &CALL].concat();
        let result = Value::Result { call: 12, word: 0 };
        assert_eq!(known(&code, 17).argument(0), Some(result));
    }

    #[test]
    fn what_is_written_through_a_pointer_to_the_stack_is_forgotten() {
        // MOV qword [RSP+8], 3; LEA RDX, [RSP+8]
        let store = [0x48, 0xc7, 0x44, 0x24, 8, 3, 0, 0, 0];
        let pointer = [0x48, 0x8d, 0x54, 0x24, 8];
        let code = [store.as_slice(), &pointer, &CALL].concat();
        assert_eq!(known(&code, 14).slot(8), Some(Value::Number(3)));
        // MOVUPS [RDX], XMM15; MOV [RDX+8], RCX; REP STOSQ with RDI for RDX
        for (write, is_kept) in [
            ([0x44, 0x0f, 0x11, 0x3a].as_slice(), false),
            (&[0x48, 0x89, 0x4a, 8], true),
            (&[0x48, 0x89, 0xd7, 0xf3, 0x48, 0xab], false),
        ] {
            let code = [store.as_slice(), &pointer, write, &CALL].concat();
            let call = u32::try_from(code.len() - CALL.len()).unwrap();
            let kept = known(&code, call).slot(8) == Some(Value::Number(3));
            assert_eq!(kept, is_kept, "{write:x?}");
        }
    }

    #[test]
    fn where_a_branch_leads_nothing_is_known() {
        // JE over the MOV
        let code = [LEA.as_slice(), &[0x74, 5], &MOV, &CALL].concat();
        assert_eq!(known(&code, 14).argument(1), None);
    }

    #[test]
    fn where_a_function_is_loaded_from_a_variable_the_call_of_it_is_found() {
        // MOV RDX, [RIP+0x200]; MOV RCX, [RDX]; CALL RCX
        let load = [0x48, 0x8b, 0x15, 0, 2, 0, 0];
        let entry = [0x48, 0x8b, 0x0a];
        let by_register = [0xff, 0xd1];
        // Another function is loaded before that which is called: MOV RDX, [RIP+0x300]
        let other = [0x48, 0x8b, 0x15, 0, 3, 0, 0];
        let state = |parts: &[&[u8]], place| {
            let code = parts.concat();
            let code = Code {
                address: 0x1000,
                bytes: &code,
            };
            at_call(code, place, Passing::InRegisters)
        };
        // The opcode is behind the prefix.
        let found = state(&[&load, &entry, &LEA, &MOV, &by_register], 1).unwrap();
        assert_eq!(found.argument(0), Some(Value::Number(0x1111)));
        assert_eq!(found.argument(1), Some(Value::Number(3)));
        for (parts, place) in [
            ([load.as_slice(), &entry, &CALL, &by_register].as_slice(), 1),
            (&[&load, &other, &entry, &by_register], 1),
            (&[&load, &entry, &LEA, &by_register], 11),
            (&[&load, &[0x90; LOAD_TO_CALL], &entry, &by_register], 1),
        ] {
            assert!(state(parts, place).is_none(), "{parts:x?}");
        }
    }

    #[test]
    fn arguments_on_the_stack_are_read_from_there() {
        // MOV [RSP], RAX; MOV qword [RSP+8], 3
        let stores = [
            0x48, 0x89, 0x04, 0x24, 0x48, 0xc7, 0x44, 0x24, 8, 3, 0, 0, 0,
        ];
        let clear = [0x31, 0xdb, 0x89, 0xd8]; // XOR EBX, EBX; MOV EAX, EBX
        let code = [LEA.as_slice(), &stores, &CALL].concat();
        let state = known(&code, 20);
        assert_eq!(state.slot(0), Some(Value::Number(0x1107)));
        assert_eq!(state.slot(8), Some(Value::Number(3)));
        let code = [LEA.as_slice(), &clear, &CALL].concat();
        assert_eq!(known(&code, 11).argument(0), Some(Value::Number(0)));
    }

    #[test]
    fn what_is_no_call_has_no_arguments() {
        let code = Code {
            address: 0,
            bytes: &LEA,
        };
        assert!(at_call(code, 0, Passing::InRegisters).is_none());
        assert!(at_call(code, 3, Passing::InRegisters).is_none());
    }

    /// SUB RSP, 24; a load from the function's own arguments; MOV [RSP], RAX; CALL
    fn handed_on(between: &[u8]) -> Option<Value> {
        let code = [
            [0x48, 0x83, 0xec, 24].as_slice(),
            between,
            &[0x48, 0x8b, 0x44, 0x24, 32, 0x48, 0x89, 0x04, 0x24],
            &CALL,
        ]
        .concat();
        let call = u32::try_from(code.len() - CALL.len()).unwrap();
        let code = Code {
            address: 0x1000,
            bytes: &code,
        };
        at_call(code, call, Passing::OnStack).unwrap().argument(0)
    }

    #[test]
    fn an_argument_on_the_stack_is_followed_past_calls() {
        assert_eq!(handed_on(&[]), Some(Value::Parameter(0)));
        assert_eq!(handed_on(&CALL), Some(Value::Parameter(0)));
    }

    #[test]
    fn an_argument_on_the_stack_is_followed_on_386() {
        // SUB ESP, 12; MOV EAX, [ESP+16]; MOV [ESP], EAX
        let code = [
            [0x83, 0xec, 12].as_slice(),
            &[0x8b, 0x44, 0x24, 16, 0x89, 0x04, 0x24],
            &CALL,
        ]
        .concat();
        let code = Code {
            address: 0x1000,
            bytes: &code,
        };
        let state = at_call_with(code, 10, Pointer::Narrow, Passing::OnStack).unwrap();
        assert_eq!(state.argument(0), Some(Value::Parameter(0)));
    }

    #[test]
    fn an_argument_on_the_stack_that_is_changed_or_pointed_to_is_not() {
        // MOV [RSP+32], RCX; LEA RCX, [RSP+32]; PUSH RCX
        for between in [
            [0x48, 0x89, 0x4c, 0x24, 32].as_slice(),
            &[0x48, 0x8d, 0x4c, 0x24, 32],
            &[0x51],
        ] {
            assert_eq!(handed_on(between), None, "{between:x?}");
        }
    }

    #[test]
    fn words_of_zero_are_known() {
        // XORPS XMM0, XMM0; MOVUPS [RSP], XMM0
        let code = [
            [0x0f, 0x57, 0xc0].as_slice(),
            &[0x0f, 0x11, 0x04, 0x24],
            &CALL,
        ]
        .concat();
        let state = known(&code, 7);
        assert_eq!(state.slot(0), Some(Value::Number(0)));
        assert_eq!(state.slot(8), Some(Value::Number(0)));
        // CVTSI2SD XMM0, RAX in between
        let other = [
            [0x0f, 0x57, 0xc0].as_slice(),
            &[0xf2, 0x48, 0x0f, 0x2a, 0xc0],
            &[0x0f, 0x11, 0x04, 0x24],
            &CALL,
        ];
        assert_eq!(known(&other.concat(), 12).slot(0), None);
    }

    #[test]
    fn a_pointer_to_the_frame_is_none_to_an_argument() {
        // LEA RBP, [RSP+16]
        let frame_pointer = [0x48, 0x8d, 0x6c, 0x24, 16];
        assert_eq!(handed_on(&frame_pointer), Some(Value::Parameter(0)));
    }

    #[test]
    fn with_arguments_on_the_stack_registers_hold_none() {
        let code = [LEA.as_slice(), &MOV, &CALL].concat();
        let code = Code {
            address: 0x1000,
            bytes: &code,
        };
        let state = at_call(code, 12, Passing::OnStack).unwrap();
        assert_eq!(state.argument(0), None);
        assert_eq!(state.argument_of_two(0), None);
    }
}
