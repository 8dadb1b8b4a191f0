//! The calls of the system that code makes by an instruction of its own, and their numbers.

use std::collections::BTreeSet;

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register};

use super::arguments::{arm64_branch, arm64_constant, arm64_goes_on};
use super::calls::Code;
use crate::target::Goarch;

/// The calls of the system in the code of one function, each with the number that was put into its register
/// last; without one where another way through the code may have put another there. None told of
/// architectures whose arguments aren't read.
pub(super) fn system_calls(code: Code<'_>, goarch: Goarch) -> Vec<Option<u64>> {
    match goarch {
        Goarch::Amd64 => traps(code, 64),
        Goarch::I386 => traps(code, 32),
        Goarch::Arm64 => supervisor_calls(code),
        _ => Vec::new(),
    }
}

/// Those of x86. By bytes alone constants would be some, too.
fn traps(code: Code<'_>, bits: u32) -> Vec<Option<u64>> {
    /// The interrupt by which 32-bit programs call Linux and the BSDs.
    const SYSTEM: u64 = 0x80;
    let decoder = || Decoder::with_ip(bits, code.bytes, code.address, DecoderOptions::NONE);
    let branches: BTreeSet<u64> = decoder().into_iter().filter_map(branch).collect();
    let mut calls = Vec::new();
    let mut number = None;
    for instruction in decoder() {
        if branches.contains(&instruction.ip()) {
            number = None;
        }
        let is_trap = match instruction.mnemonic() {
            Mnemonic::Syscall | Mnemonic::Sysenter => true,
            Mnemonic::Int => instruction.immediate(0) == SYSTEM,
            _ => false,
        };
        if is_trap {
            calls.push(number.take());
        } else if !matches!(
            instruction.flow_control(),
            FlowControl::Next | FlowControl::ConditionalBranch
        ) {
            number = None;
        } else if instruction.op0_kind() == OpKind::Register
            && instruction.op0_register().full_register() == Register::RAX
        {
            let is_constant = instruction.mnemonic() == Mnemonic::Mov
                && matches!(
                    instruction.op1_kind(),
                    OpKind::Immediate32 | OpKind::Immediate64 | OpKind::Immediate32to64
                );
            number = is_constant.then(|| instruction.immediate(1));
        }
    }
    calls
}

/// Where a branch leads.
fn branch(instruction: Instruction) -> Option<u64> {
    let is_branch = matches!(
        instruction.flow_control(),
        FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
    );
    is_branch.then(|| instruction.near_branch_target())
}

/// Those of arm64: `SVC`, with any number. What is wanted stands in X8.
fn supervisor_calls(code: Code<'_>) -> Vec<Option<u64>> {
    const REGISTER: u32 = 8;
    let words = code.bytes.as_chunks().0.iter();
    let words = (0_i64..).zip(words.map(|word| u32::from_le_bytes(*word)));
    let branches = words
        .clone()
        .filter_map(|(at, word)| Some(at + arm64_branch(word)?));
    let branches: BTreeSet<i64> = branches.collect();
    let mut calls = Vec::new();
    let mut number = None;
    for (at, word) in words {
        if branches.contains(&at) {
            number = None;
        }
        if word & 0xffe0_001f == 0xd400_0001 {
            calls.push(number.take());
        } else if !arm64_goes_on(word) {
            number = None;
        } else if word & 0x1f == REGISTER {
            // Whatever else has the register there may write to it.
            number = arm64_constant(word);
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(goarch: Goarch, bytes: &[u8]) -> Vec<Option<u64>> {
        let address = 0x1000;
        system_calls(Code { address, bytes }, goarch)
    }

    fn calls(goarch: Goarch, bytes: &[u8]) -> bool {
        !numbers(goarch, bytes).is_empty()
    }

    #[test]
    fn the_number_is_what_was_put_into_its_register_last() {
        // MOVL $59, AX; SYSCALL; SYSCALL
        let twice = [0xb8, 59, 0, 0, 0, 0x0f, 0x05, 0x0f, 0x05];
        assert_eq!(numbers(Goarch::Amd64, &twice), [Some(59), None]);
        // MOVL $59, AX; MOVL BX, AX; SYSCALL
        let other = [0xb8, 59, 0, 0, 0, 0x89, 0xd8, 0x0f, 0x05];
        assert_eq!(numbers(Goarch::Amd64, &other), [None]);
        // MOVZ X8, #221, or ORR X8, XZR, #3; MOVZ X0, #1; SVC
        for (put, number) in [(0xd280_1ba8_u32, 221), (0xb240_07e8, 3)] {
            let words = [put, 0xd280_0020, 0xd400_0001];
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            assert_eq!(numbers(Goarch::Arm64, &bytes), [Some(number)]);
        }
    }

    #[test]
    fn a_number_that_a_jump_may_bring_is_not_known() {
        // MOVL $2, AX; JMP go; MOVL $59, AX; go: SYSCALL
        let two = [0xb8, 2, 0, 0, 0, 0xeb, 5, 0xb8, 59, 0, 0, 0, 0x0f, 0x05];
        assert_eq!(numbers(Goarch::Amd64, &two), [None]);
        assert_eq!(numbers(Goarch::I386, &two), [None]);
        // go: MOVL $59, AX; SYSCALL; JMP go
        let again = [0xb8, 59, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7];
        assert_eq!(numbers(Goarch::Amd64, &again), [Some(59)]);
        // MOVL $59, AX; CALL 0; SYSCALL
        let called = [0xb8, 59, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0x0f, 0x05];
        assert_eq!(numbers(Goarch::Amd64, &called), [None]);
        let words = |words: &[u32]| {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            numbers(Goarch::Arm64, &bytes)
        };
        let [open, execve, call] = [0xd280_0708, 0xd280_1ba8, 0xd400_0001];
        // CBZ X1, go, and B go, over one instruction.
        let [unless, over] = [0xb400_0041, 0x1400_0002];
        assert_eq!(words(&[open, over, execve, call]), [None]);
        assert_eq!(words(&[open, unless, execve, call]), [None]);
        // CBZ X1, go; MOVZ X8, #221; SVC; go:
        assert_eq!(words(&[0xb400_0061, execve, call]), [Some(221)]);
        // MOVZ X8, #221; BL 0; SVC
        assert_eq!(words(&[execve, 0x9400_0000, call]), [None]);
    }

    #[test]
    fn instructions_that_call_the_system_are_known() {
        assert!(calls(Goarch::Amd64, &[0x90, 0x0f, 0x05, 0xc3]));
        assert!(calls(Goarch::Amd64, &[0xcd, 0x80, 0xc3]));
        assert!(calls(Goarch::I386, &[0xcd, 0x80, 0xc3]));
        assert!(calls(Goarch::I386, &[0x0f, 0x34, 0xc3]));
        assert!(calls(Goarch::Arm64, &0xd400_1001_u32.to_le_bytes()));
    }

    #[test]
    fn constants_of_the_same_bytes_call_nobody() {
        // MOVL $0x80cd050f, AX
        let constant = [0xb8, 0x0f, 0x05, 0xcd, 0x80, 0xc3];
        assert!(!calls(Goarch::Amd64, &constant));
        assert!(!calls(Goarch::I386, &constant));
        // INT $3, and BRK.
        assert!(!calls(Goarch::Amd64, &[0xcd, 0x03]));
        assert!(!calls(Goarch::Arm64, &0xd420_0000_u32.to_le_bytes()));
    }
}
