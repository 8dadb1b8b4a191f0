//! Following the code of a function, one instruction after the other.

use iced_x86::Register;
use iced_x86::{Decoder, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpKind};

use super::{Follower, Outline, call_at, number, step, stored, variable};
use crate::inspect::code::arguments::state::{State, Value};
use crate::inspect::code::arguments::{BEHIND_MAKING, LOAD_TO_CALL, Made};
use crate::inspect::code::calls::Code;

/// Where a function finds the value that it is called as.
const VALUE: Register = Register::RDX;

/// What is known at an instruction, which itself isn't followed yet.
struct Walk<'c> {
    code: Code<'c>,
    /// Where branches lead.
    branches: &'c [u64],
    decoder: Decoder<'c>,
    factory: InstructionInfoFactory,
    instruction: Instruction,
    state: State,
}

impl Follower {
    /// The arguments that the first stretch of code puts away for good: up to a call, or to where it is
    /// jumped to.
    pub(super) fn puts(self, code: Code<'_>, outline: &Outline) -> Vec<(usize, usize)> {
        let mut walk = self.start(code, outline);
        let branches = walk.branches;
        walk.until(code.bytes.len(), |instruction| {
            let goes_on = matches!(
                instruction.flow_control(),
                FlowControl::Next | FlowControl::ConditionalBranch
            );
            !goes_on || is_reached(code, branches, instruction)
        });
        walk.state.forget();
        walk.state.into_puts()
    }

    /// What is known where the call at an offset is made, or where that of a variable's function is
    /// that is loaded there; none if there is no call.
    pub(in super::super) fn at_call(
        self,
        code: Code<'_>,
        outline: &Outline,
        place: u32,
    ) -> Option<State> {
        let end = usize::try_from(place).ok()?;
        let target = code.address.wrapping_add(place.into());
        let mut walk = self.walk_to(code, outline, place)?;
        if is_call(&walk.instruction) {
            return (walk.instruction.ip() == target).then_some(walk.state);
        }
        let function = walk.loaded_function()?;
        walk.follow();
        // Its arguments are made first.
        walk.until(end + LOAD_TO_CALL, is_call)?;
        (walk.callee()? == function).then_some(walk.state)
    }

    /// The two words of a text in what a call returned a pointer to, as the code right behind
    /// that sets them: one way through it is followed, past functions that keep all registers.
    pub(in super::super) fn words_made(
        self,
        code: Code<'_>,
        outline: &Outline,
        made: Made,
        keepers: &[u64],
    ) -> Option<(Value, Value)> {
        let Made { call: place, text } = made;
        let mut walk = self.walk_to(code, outline, place)?;
        call_at(code, &walk.instruction).filter(|call| *call == place)?;
        let size = i64::try_from(walk.state.word()).ok()?;
        let start = i64::try_from(text.0).ok()?.checked_mul(size)?;
        let mut words = [None; 2];
        walk.follow();
        for _ in 0..BEHIND_MAKING {
            if !walk.decoder.can_decode() {
                break;
            }
            walk.decoder.decode_out(&mut walk.instruction);
            match walk.instruction.flow_control() {
                FlowControl::Next => {
                    if let Some((offset, value)) = stored(&walk.state, &walk.instruction, place) {
                        match offset - start {
                            0 => words[0] = Some(value),
                            next if next == size => words[1] = Some(value),
                            _ => {}
                        }
                    }
                    walk.follow();
                }
                FlowControl::ConditionalBranch => {}
                FlowControl::UnconditionalBranch => walk.jump()?,
                FlowControl::Call if keepers.contains(&walk.instruction.near_branch_target()) => {}
                _ => break,
            }
        }
        words[0].zip(words[1])
    }

    /// Goes to the instruction at an offset, which isn't followed yet.
    fn walk_to<'c>(self, code: Code<'c>, outline: &'c Outline, place: u32) -> Option<Walk<'c>> {
        let end = usize::try_from(place).ok()?;
        let target = code.address.wrapping_add(place.into());
        let mut walk = self.start(code, outline);
        if let Some(reset) = outline.last_reset(end) {
            walk.state = walk.state.with_puts(&outline.puts);
            walk.decoder.set_position(reset.at).ok()?;
            let here = code.address.wrapping_add(reset.at as u64);
            walk.decoder.set_ip(here);
            match reset.call {
                Some(call) => walk.state.return_from(call),
                None => walk.state.forget(),
            }
            walk.state.set_frame(reset.frame);
        }
        walk.until(end, |instruction| instruction.next_ip() > target)?;
        Some(walk)
    }

    fn start<'c>(self, code: Code<'c>, outline: &'c Outline) -> Walk<'c> {
        Walk {
            code,
            branches: &outline.branches,
            decoder: self.decoder(code),
            factory: InstructionInfoFactory::new(),
            instruction: Instruction::default(),
            state: State::at_start(self.convention, outline.kept),
        }
    }
}

impl Walk<'_> {
    /// Goes on where a jump leads.
    fn jump(&mut self) -> Option<()> {
        let target = self.instruction.near_branch_target();
        let position = usize::try_from(target.checked_sub(self.code.address)?).ok()?;
        self.decoder.set_position(position).ok()?;
        self.decoder.set_ip(target);
        Some(())
    }

    /// Goes on to an instruction that is looked for and starts at an offset or before it.
    fn until(&mut self, end: usize, is_it: impl Fn(&Instruction) -> bool) -> Option<()> {
        while self.decoder.can_decode() && self.decoder.position() <= end {
            self.decoder.decode_out(&mut self.instruction);
            if is_reached(self.code, self.branches, &self.instruction) {
                self.state.forget();
            }
            if is_it(&self.instruction) {
                return Some(());
            }
            self.follow();
        }
        None
    }

    fn follow(&mut self) {
        let info = self.factory.info(&self.instruction);
        step(&mut self.state, &self.instruction, info);
        if let Some(call) = call_at(self.code, &self.instruction) {
            self.state.return_from(call);
        }
    }

    /// The function of a variable that is loaded here as a value to be called.
    fn loaded_function(&self) -> Option<Value> {
        let is_load = self.instruction.mnemonic() == Mnemonic::Mov
            && self.instruction.op0_register().full_register() == VALUE;
        let variable = variable(&self.state, &self.instruction).filter(|_| is_load);
        variable?.word(0)
    }

    /// What is called here by a register.
    fn callee(&self) -> Option<Value> {
        let is_register = self.instruction.op0_kind() == OpKind::Register;
        let register = self.instruction.op0_register().full_register();
        self.state
            .register(number(register).filter(|_| is_register)?)
    }
}

fn is_call(instruction: &Instruction) -> bool {
    matches!(instruction.mnemonic(), Mnemonic::Call | Mnemonic::Jmp)
}

/// Whether an instruction is reached from elsewhere. The start is jumped to only after the stack has
/// grown, with all as it was.
fn is_reached(code: Code<'_>, branches: &[u64], instruction: &Instruction) -> bool {
    let here = instruction.ip();
    here != code.address && branches.binary_search(&here).is_ok()
}
