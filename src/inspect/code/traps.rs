//! Whether code calls the system by an instruction of its own.

use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic};

use super::calls::Code;
use crate::target::Goarch;

/// Whether the code of one function calls the system; never told of architectures whose arguments
/// aren't read.
pub(super) fn calls_system(code: Code<'_>, goarch: Goarch) -> bool {
    match goarch {
        Goarch::Amd64 => has_trap(code, 64),
        Goarch::I386 => has_trap(code, 32),
        Goarch::Arm64 => {
            let words = code.bytes.as_chunks().0.iter();
            words
                .map(|word| u32::from_le_bytes(*word))
                .any(is_supervisor_call)
        }
        _ => false,
    }
}

/// Whether an instruction of x86 does so. By bytes alone constants would, too.
fn has_trap(code: Code<'_>, bits: u32) -> bool {
    /// The interrupt by which 32-bit programs call Linux and the BSDs.
    const SYSTEM: u64 = 0x80;
    let mut decoder = Decoder::with_ip(bits, code.bytes, code.address, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        let is_trap = match instruction.mnemonic() {
            Mnemonic::Syscall | Mnemonic::Sysenter => true,
            Mnemonic::Int => instruction.immediate(0) == SYSTEM,
            _ => false,
        };
        if is_trap {
            return true;
        }
    }
    false
}

/// `SVC`, with any number.
fn is_supervisor_call(word: u32) -> bool {
    word & 0xffe0_001f == 0xd400_0001
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(goarch: Goarch, bytes: &[u8]) -> bool {
        let address = 0x1000;
        calls_system(Code { address, bytes }, goarch)
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
