//! How instructions use the stack.

use iced_x86::{Instruction, Mnemonic, OpAccess, OpKind, Register};

use crate::inspect::code::arguments::frame::Move;

/// How an instruction moves the stack pointer, if it does.
pub(super) fn moves_stack(instruction: &Instruction) -> Option<Move> {
    let is_first = instruction.op0_kind() == OpKind::Register
        && instruction.op0_register().full_register() == Register::RSP;
    let is_number = !matches!(instruction.op1_kind(), OpKind::Register | OpKind::Memory);
    let number = || is_number.then(|| instruction.immediate(1).cast_signed());
    let down = |number: Option<i64>| Some(number.map_or(Move::Anywhere, Move::Down));
    match instruction.mnemonic() {
        Mnemonic::Sub if is_first => down(number()),
        Mnemonic::Add if is_first => down(number().and_then(i64::checked_neg)),
        Mnemonic::Push | Mnemonic::Pop => Some(Move::Down(-i64::from(
            instruction.stack_pointer_increment(),
        ))),
        Mnemonic::Cmp | Mnemonic::Test => None,
        Mnemonic::Enter | Mnemonic::Leave => Some(Move::Anywhere),
        _ if is_first => Some(Move::Anywhere),
        _ => None,
    }
}

/// The distance from the stack pointer of an instruction's operand in memory.
pub(super) fn stack_slot(instruction: &Instruction) -> Option<i64> {
    stack_offset(
        instruction.memory_base(),
        instruction.memory_index(),
        instruction.memory_displacement64(),
    )
}

pub(super) fn stack_offset(base: Register, index: Register, displacement: u64) -> Option<i64> {
    let is_slot = base.full_register() == Register::RSP && index == Register::None;
    // On 386 the upper half is missing.
    is_slot.then(|| match base.size() {
        4 => displacement.cast_signed() << 32 >> 32,
        _ => displacement.cast_signed(),
    })
}

/// Whether an instruction writes to what it has such access to.
pub(super) fn writes(access: OpAccess) -> bool {
    !matches!(
        access,
        OpAccess::None | OpAccess::Read | OpAccess::CondRead | OpAccess::NoMemAccess
    )
}
