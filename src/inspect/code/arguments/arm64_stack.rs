//! What code of arm64 does to the stack: how far the pointer moves, and which words are written to.
//!
//! Source: Arm Architecture Reference Manual, `ADD`, `SUB (immediate)`, and the addressing modes of
//! `LDR`, `STR`, `LDP` and `STP`; Go's `cmd/internal/obj/arm64/obj7.go` for how a function starts.

use super::arm64_word::{STACK_POINTER, is_pair, is_vector, register, writes_base};
use super::frame::{Frame, Move};
use super::state::Kept;
use crate::inspect::code::calls::signed;

/// Follows the stack pointer from instruction to instruction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StackMoves {
    /// The register that holds the next stack pointer, and how far below the present one that is:
    /// so larger frames start.
    below: Option<(usize, i64)>,
}

impl StackMoves {
    /// How an instruction moves the stack pointer, if it does.
    pub(super) fn of(&mut self, word: u32) -> Option<Move> {
        let (to, from) = (register(word, 0), register(word, 5));
        if is_memory(word) {
            let moves = from == STACK_POINTER && writes_base(word);
            return moves.then(|| step(word).map_or(Move::Anywhere, |up| Move::Down(-up)));
        }
        if let Some(down) = subtracted(word) {
            let is_move = to == STACK_POINTER;
            if from == STACK_POINTER && !is_move {
                self.below = Some((to, down));
            }
            let below = self.below.filter(|(held, _)| down == 0 && *held == from);
            return is_move.then_some(match below {
                Some((_, down)) => Move::Down(down),
                None if from == STACK_POINTER => Move::Down(down),
                None => Move::Anywhere,
            });
        }
        // ADD and SUB of registers, AND of a number.
        let computes = word & 0xbfe0_0000 == 0x8b20_0000 || word & 0xff80_0000 == 0x9200_0000;
        (computes && to == STACK_POINTER).then_some(Move::Anywhere)
    }
}

/// `ADD` and `SUB` of a number: what is subtracted.
fn subtracted(word: u32) -> Option<i64> {
    if word & 0xbf80_0000 != 0x9100_0000 {
        return None;
    }
    let shift = if word & 0x0040_0000 == 0 { 0 } else { 12 };
    let number = i64::from((word >> 10) & 0xfff) << shift;
    Some(if word & 0x4000_0000 == 0 {
        -number
    } else {
        number
    })
}

fn is_memory(word: u32) -> bool {
    (word >> 25) & 0b0101 == 0b0100
}

/// How far a load or store that moves its base does so.
fn step(word: u32) -> Option<i64> {
    if !is_pair(word) {
        return Some(signed(word >> 12, 9));
    }
    let is_wide = word & 0xc400_0000 == 0x8000_0000;
    is_wide.then(|| signed(word >> 15, 7) * 8)
}

/// Which of the function's own arguments no instruction writes to, or makes a pointer to.
pub(super) fn kept(instructions: impl Iterator<Item = u32>, own: i64, size: i64) -> Kept {
    let mut kept = Kept::default();
    let mut frame = Frame::default();
    let mut moves = StackMoves::default();
    for word in instructions {
        if let Some(moved) = moves.of(word) {
            frame.follow(moved);
            continue;
        }
        let Some((offset, bytes)) = written(word) else {
            continue;
        };
        let start = frame.own(offset).and_then(|start| start.checked_sub(own));
        // A pointer to the frame ends there; a vector may end behind it.
        let is_elsewhere = |start: i64| start < 0 && !is_memory(word);
        if let Some(start) = start.filter(|start| !is_elsewhere(*start)) {
            kept.write(start, bytes, size);
        }
    }
    kept
}

/// The bytes of the stack that an instruction may write to, or lets others write to.
pub(super) fn written(word: u32) -> Option<(i64, i64)> {
    if register(word, 5) != STACK_POINTER {
        return None;
    }
    if !is_memory(word) {
        // ADD: a pointer, behind which may be anything.
        let added = subtracted(word)?.checked_neg().filter(|added| *added > 0);
        return added.map(|added| (added, i64::MAX));
    }
    if is_load(word) {
        return None;
    }
    let scale = match (is_vector(word), word >> 30) {
        (true, _) => 4,
        (false, size) => size,
    };
    Some(if is_pair(word) {
        // Of 4 or 8 bytes, or of vectors, whose smaller forms end before.
        let scale = if is_vector(word) { 4 } else { 2 + (word >> 31) };
        (signed(word >> 15, 7) << scale, 2 << scale)
    } else if word & 0x3b00_0000 == 0x3900_0000 {
        let offset = i64::from((word >> 10) & 0xfff);
        // The size of a vector stands elsewhere; it may be any.
        let first = if is_vector(word) { 0 } else { offset << scale };
        (
            first,
            if is_vector(word) {
                i64::MAX
            } else {
                1 << scale
            },
        )
    } else if word & 0x3b20_0c00 == 0x3800_0000 {
        (signed(word >> 12, 9), 1 << scale)
    } else {
        (0, i64::MAX)
    })
}

/// Whether general registers are loaded.
fn is_load(word: u32) -> bool {
    !is_vector(word)
        && if is_pair(word) {
            word & 0x0040_0000 != 0
        } else {
            word & 0x00c0_0000 != 0
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROLOGUE: u32 = 0xf81e_0ffe; // STR X30, [SP, #-32]!
    const SAVE: u32 = 0xf81f_83fd; // STUR X29, [SP, #-8]
    const EPILOGUE: u32 = 0xf842_07fe; // LDR X30, [SP], #32

    fn moved(words: &[u32]) -> Vec<Option<Move>> {
        let mut moves = StackMoves::default();
        words.iter().map(|word| moves.of(*word)).collect()
    }

    #[test]
    fn a_function_moves_the_stack_pointer_down_and_up() {
        let moves = moved(&[PROLOGUE, SAVE, EPILOGUE]);
        assert_eq!(moves, [Some(Move::Down(32)), None, Some(Move::Down(-32))]);
    }

    #[test]
    fn a_larger_frame_is_computed_in_another_register() {
        // SUB X27, SP, #288; STR X30, [X27]; MOV SP, X27; SUB SP, SP, X16
        let moves = moved(&[0xd104_83fb, 0xf900_037e, 0x9100_037f, 0xcb30_63ff]);
        assert_eq!(
            moves,
            [None, None, Some(Move::Down(288)), Some(Move::Anywhere)]
        );
    }

    #[test]
    fn what_writes_to_an_argument_is_seen() {
        let known = |word: u32| kept([PROLOGUE, SAVE, word].into_iter(), 8, 8);
        // LDR X0, [SP, #40]
        assert_eq!(known(0xf940_17e0), Kept::default());
        let mut first = Kept::default();
        first.write(0, 8, 8);
        // STR X0, [SP, #40]; STRB W0, [SP, #41]
        for word in [0xf900_17e0, 0x3900_a7e0] {
            assert_eq!(known(word), first, "{word:x}");
        }
        let mut all = Kept::default();
        all.write(0, i64::MAX, 8);
        // ADD X0, SP, #40; STR Q0, [SP, #16]
        for word in [0x9100_a3e0, 0x3d80_07e0] {
            assert_eq!(known(word), all, "{word:x}");
        }
        // ADD X0, SP, #16: a pointer to the frame
        assert_eq!(known(0x9100_43e0), Kept::default());
        // STP X0, X1, [SP, #40]
        let mut two = Kept::default();
        two.write(0, 16, 8);
        assert_eq!(known(0xa902_87e0), two);
    }
}
