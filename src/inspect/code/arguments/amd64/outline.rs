//! What all code of a function says of each place in it.

use iced_x86::{Decoder, FlowControl, Instruction, InstructionInfoFactory, Mnemonic};

use super::stack::{moves_stack, stack_slot, writes};
use super::{Follower, call_at};
use crate::inspect::code::arguments::LOAD_TO_CALL;
use crate::inspect::code::arguments::frame::Frame;
use crate::inspect::code::arguments::state::Kept;
use crate::inspect::code::calls::Code;

/// The least bytes from one place that is kept to the next, so that they take less memory than the
/// code.
const BETWEEN_RESETS: usize = 64;

/// What all of a function's code says of each place in it.
#[derive(Debug)]
pub(in super::super) struct Outline {
    /// Where branches inside the function lead, sorted.
    pub(super) branches: Vec<u64>,
    /// The function's own words that stay as they were.
    pub(super) kept: Kept,
    /// The arguments that are put away there for good: the word, and the argument.
    pub(super) puts: Vec<(usize, usize)>,
    /// Places behind which nothing is known of what was before, such as calls, sorted.
    resets: Vec<Reset>,
}

/// A place behind which nothing is known of what was before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reset {
    pub(super) at: usize,
    /// The frame there.
    pub(super) frame: Frame,
    /// The offset of the call that the place is behind, if it is behind one.
    pub(super) call: Option<u32>,
}

impl Outline {
    /// Reads all code of a function.
    pub(in super::super) fn of(follower: Follower, code: Code<'_>) -> Self {
        let inside = code.address..code.address.wrapping_add(code.bytes.len() as u64);
        let mut outline = Self {
            branches: Vec::new(),
            kept: Kept::default(),
            puts: Vec::new(),
            resets: Vec::new(),
        };
        let mut frame = Frame::default();
        let mut decoder = follower.decoder(code);
        let mut instruction = Instruction::default();
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            match instruction.flow_control() {
                FlowControl::Next => {
                    if let Some(moved) = moves_stack(&instruction) {
                        frame.follow(moved);
                    }
                    continue;
                }
                FlowControl::ConditionalBranch => {}
                _ => outline.add_reset(Reset {
                    at: decoder.position(),
                    frame,
                    call: call_at(code, &instruction),
                }),
            }
            if matches!(
                instruction.flow_control(),
                FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
            ) && inside.contains(&instruction.near_branch_target())
            {
                outline.branches.push(instruction.near_branch_target());
            }
        }
        outline.branches.sort_unstable();
        let convention = follower.convention;
        outline.kept = kept(follower.decoder(code), convention.own, convention.word);
        if !convention.registers.is_empty() {
            outline.puts = follower.puts(code, &outline);
        }
        outline
    }

    fn add_reset(&mut self, reset: Reset) {
        let last = self.resets.last().map_or(0, |last| last.at);
        if reset.at - last >= BETWEEN_RESETS {
            self.resets.push(reset);
        }
    }

    /// The last of the places before an offset.
    pub(super) fn last_reset(&self, before: usize) -> Option<Reset> {
        let after = self.resets.partition_point(|reset| reset.at <= before);
        self.resets.get(after.checked_sub(1)?).copied()
    }

    /// How much code is followed to a call, or from a load on to one.
    pub(in super::super) fn bytes_to(&self, code: Code<'_>, place: u32) -> usize {
        let place = place as usize;
        let start = self.last_reset(place).map_or(0, |reset| reset.at);
        let is_call = matches!(code.bytes.get(place), Some(0xe8 | 0xe9));
        place - start + if is_call { 0 } else { LOAD_TO_CALL }
    }
}

/// Which of the function's own words no instruction writes to, or makes a pointer to.
fn kept(mut decoder: Decoder<'_>, own: i64, word: i64) -> Kept {
    let mut factory = InstructionInfoFactory::new();
    let mut kept = Kept::default();
    let mut frame = Frame::default();
    let mut instruction = Instruction::default();
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        if let Some(moved) = moves_stack(&instruction) {
            frame.follow(moved);
        }
        let Some(offset) = stack_slot(&instruction) else {
            continue;
        };
        let Some(offset) = frame.own(offset).and_then(|start| start.checked_sub(own)) else {
            continue;
        };
        if instruction.mnemonic() == Mnemonic::Lea {
            // Behind a pointer to an argument may be anything; one to the frame ends there.
            if offset >= 0 {
                kept.write(offset, i64::MAX, word);
            }
            continue;
        }
        let used = factory.info(&instruction).used_memory();
        if used.iter().any(|used| writes(used.access())) {
            let size = i64::try_from(instruction.memory_size().size()).unwrap_or(i64::MAX);
            kept.write(offset, size, word);
        }
    }
    kept
}
