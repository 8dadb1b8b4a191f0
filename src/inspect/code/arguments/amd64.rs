//! Following code of amd64 and 386.
//!
//! Source: Intel SDM volume 2; the instructions are decoded by `iced_x86`.

use iced_x86::{Code as Opcode, Decoder, DecoderOptions, FlowControl, Instruction};
use iced_x86::{InstructionInfo, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register};

use super::state::{Convention, State, Value};
use crate::inspect::code::calls::Code;

/// RAX, RBX, RCX, RDI, RSI, R8, R9, R10, R11.
const AMD64: Convention = Convention {
    registers: &[0, 3, 1, 7, 6, 8, 9, 10, 11],
    stack: 0,
    word: 8,
};
const I386: Convention = Convention {
    registers: &[],
    stack: 0,
    word: 4,
};

/// What is known where the call at an offset is made; none if there is no call.
pub(super) fn at_call(code: Code<'_>, call: u32, pointer: usize) -> Option<State> {
    let (bits, convention) = if pointer == 8 {
        (64, AMD64)
    } else {
        (32, I386)
    };
    let end = usize::try_from(call).ok()?;
    let target = code.address.wrapping_add(call.into());
    let decode = || Decoder::with_ip(bits, code.bytes, code.address, DecoderOptions::NONE);
    let targets = branches(decode(), code);
    let mut state = State::at_start(convention);
    let mut factory = InstructionInfoFactory::new();
    let mut decoder = decode();
    let mut instruction = Instruction::default();
    while decoder.can_decode() && decoder.position() <= end {
        decoder.decode_out(&mut instruction);
        let here = instruction.ip();
        // The start is jumped to only after the stack has grown, with all as it was.
        if here != code.address && targets.binary_search(&here).is_ok() {
            state.forget();
        }
        if here == target {
            let is_call = matches!(instruction.mnemonic(), Mnemonic::Call | Mnemonic::Jmp);
            return is_call.then_some(state);
        }
        step(&mut state, &instruction, factory.info(&instruction));
    }
    None
}

/// Where branches inside a function lead, sorted.
fn branches(mut decoder: Decoder<'_>, code: Code<'_>) -> Vec<u64> {
    let inside = code.address..code.address.wrapping_add(code.bytes.len() as u64);
    let mut targets = Vec::new();
    let mut instruction = Instruction::default();
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        if matches!(
            instruction.flow_control(),
            FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
        ) && inside.contains(&instruction.near_branch_target())
        {
            targets.push(instruction.near_branch_target());
        }
    }
    targets.sort_unstable();
    targets
}

fn step(state: &mut State, instruction: &Instruction, info: &InstructionInfo) {
    match instruction.flow_control() {
        FlowControl::Next => {}
        FlowControl::ConditionalBranch => return,
        _ => return state.forget(),
    }
    let value = match instruction.mnemonic() {
        Mnemonic::Lea => address(instruction),
        Mnemonic::Mov => moved(state, instruction),
        Mnemonic::Xor if is_cleared(instruction) => Some(Value::Number(0)),
        _ => None,
    };
    for used in info
        .used_registers()
        .iter()
        .filter(|used| writes(used.access()))
    {
        let register = used.register().full_register();
        if register == Register::RSP {
            state.forget_stack();
        } else if let Some(number) = number(register) {
            state.set(number, None);
        }
    }
    for used in info
        .used_memory()
        .iter()
        .filter(|used| writes(used.access()))
    {
        if let Some(offset) = stack_offset(used.base(), used.index(), used.displacement()) {
            let size = i64::try_from(used.memory_size().size()).unwrap_or(i64::MAX);
            state.set_slot(offset, size, None);
        }
    }
    if let Some(value) = value {
        keep(state, instruction, value);
    }
}

fn writes(access: OpAccess) -> bool {
    !matches!(
        access,
        OpAccess::None | OpAccess::Read | OpAccess::CondRead | OpAccess::NoMemAccess
    )
}

/// `XOR r, r`
fn is_cleared(instruction: &Instruction) -> bool {
    matches!(
        instruction.code(),
        Opcode::Xor_r32_rm32 | Opcode::Xor_rm32_r32 | Opcode::Xor_r64_rm64 | Opcode::Xor_rm64_r64
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

/// What `MOV` moves: all of a register, or a number.
fn moved(state: &State, instruction: &Instruction) -> Option<Value> {
    match instruction.op1_kind() {
        OpKind::Register => {
            let register = instruction.op1_register();
            let value = state.register(number(register.full_register())?)?;
            match (value, register.size()) {
                (_, 8) => Some(value),
                (Value::Number(number), 4) => Some(Value::Number(number & 0xffff_ffff)),
                _ => None,
            }
        }
        OpKind::Memory => state.slot(stack_slot(instruction)?),
        OpKind::Immediate32 | OpKind::Immediate64 | OpKind::Immediate32to64 => {
            Some(Value::Number(instruction.immediate(1)))
        }
        _ => None,
    }
}

/// Keeps what an instruction wrote into its first operand, if that is all of a register or a word
/// of the stack.
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
                state.set_slot(offset, size, Some(value));
            }
        }
        _ => {}
    }
}

/// The distance from the stack pointer of an instruction's operand in memory.
fn stack_slot(instruction: &Instruction) -> Option<i64> {
    stack_offset(
        instruction.memory_base(),
        instruction.memory_index(),
        instruction.memory_displacement64(),
    )
}

fn stack_offset(base: Register, index: Register, displacement: u64) -> Option<i64> {
    let is_slot = base.full_register() == Register::RSP && index == Register::None;
    // On 386 the upper half is missing.
    is_slot.then(|| match base.size() {
        4 => displacement.cast_signed() << 32 >> 32,
        _ => displacement.cast_signed(),
    })
}

/// The number of a general register, as instructions have it.
fn number(register: Register) -> Option<usize> {
    register.is_gpr64().then(|| register.number())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(bytes: &[u8], call: u32) -> State {
        let code = Code {
            address: 0x1000,
            bytes,
        };
        at_call(code, call, 8).unwrap()
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
    fn a_call_in_between_leaves_nothing() {
        let code = [LEA.as_slice(), &MOV, &CALL, &CALL].concat();
        assert_eq!(known(&code, 17).argument(0), None);
    }

    #[test]
    fn where_a_branch_leads_nothing_is_known() {
        // JE over the MOV
        let code = [LEA.as_slice(), &[0x74, 5], &MOV, &CALL].concat();
        assert_eq!(known(&code, 14).argument(1), None);
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
        assert!(at_call(code, 0, 8).is_none());
        assert!(at_call(code, 3, 8).is_none());
    }
}
